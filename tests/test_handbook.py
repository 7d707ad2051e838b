"""Docs that cannot drift: generated pages, templates and workbooks are as built."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from build_workbooks import build
from support.paths import ROOT

from toolkit.cli.main import main
from toolkit.word.filling.template import build_template


def test_the_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/build_handbook.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, f"{done.stdout}\nmend with: python scripts/build_handbook.py"


@pytest.mark.parametrize("name", list(main.commands))
def test_every_command_has_a_place_in_the_handbook(name: str) -> None:
    assert f"## {name}\n" in (ROOT / "docs/handbook/命令.md").read_text(encoding="utf-8")


def unzipped(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as z:
        return {name: z.read(name) for name in z.namelist()}


@pytest.mark.parametrize("body", sorted((ROOT / "word_templates/body").glob("*.txt")), ids=lambda p: p.stem)
def test_the_templates_are_as_built(body: Path, tmp_path: Path) -> None:
    build_template(body, tmp_path / "built.docx")
    committed = ROOT / "word_templates" / f"{body.stem}.docx"
    assert unzipped(committed) == unzipped(tmp_path / "built.docx"), "mend with: python scripts/build_templates.py"


def test_the_workbooks_are_as_built(tmp_path: Path) -> None:
    build(tmp_path)
    committed = {p.relative_to(ROOT / "workbooks") for p in (ROOT / "workbooks").rglob("*.xlsx")}
    assert committed == {p.relative_to(tmp_path) for p in tmp_path.rglob("*.xlsx")}
    stale = [str(p) for p in committed if unzipped(ROOT / "workbooks" / p) != unzipped(tmp_path / p)]
    assert stale == [], "mend with: python scripts/build_workbooks.py"
