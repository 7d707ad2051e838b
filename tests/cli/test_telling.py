"""What a command tells a program that shows it: progress as lines, the clerk's text beside the JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.units import many

from toolkit.cli.main import main
from toolkit.model import Catalog
from toolkit.window.telling import ASKED, progress_of


def test_the_text_is_in_the_json_only_when_asked_for(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(catalog, tmp_path / "in", 2)
    plain = CliRunner().invoke(main, ["check", "--json", str(tmp_path / "in")])
    text = CliRunner().invoke(main, ["check", str(tmp_path / "in")])
    monkeypatch.setenv(ASKED, "1")
    told = CliRunner().invoke(main, ["check", "--json", str(tmp_path / "in")])
    assert json.loads(told.stdout) == {**json.loads(plain.stdout), "said": text.stdout.rstrip("\n")}
    assert [progress_of(line) for line in told.stderr.splitlines()] == [(1, 2), (2, 2)]
    assert plain.stderr == ""


def test_what_only_the_command_line_has_is_not_said(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(catalog, tmp_path / "in", 1)
    (tmp_path / "汇总.xlsx").write_bytes(b"mine")
    order = ["aggregate", "--json", str(tmp_path / "in"), "-o", str(tmp_path / "汇总.xlsx")]
    assert "--force" in json.loads(CliRunner().invoke(main, order).stdout)["error"]
    monkeypatch.setenv(ASKED, "1")
    assert "--" not in json.loads(CliRunner().invoke(main, order).stdout)["error"]


@pytest.mark.parametrize("line", ["进度 1", "进度 a/b", "进度 1/2 份", "已登记", ""])
def test_other_lines_are_no_progress(line: str) -> None:
    assert progress_of(line) is None
