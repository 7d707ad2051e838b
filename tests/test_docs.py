"""What the pages for developers name is there: tests, files, limits, commands, decisions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.paths import ROOT

from toolkit.cli.main import main

DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.glob("*.md")), *sorted((DOCS / "decisions").glob("*.md")), ROOT / "CONTRIBUTING.md"]
NAMED = re.compile(r"`((?:toolkit|tests|scripts|docs|workbooks|word_templates)/[^`\s:*<…]+)")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def tests() -> set[str]:
    files = [*(ROOT / "tests").rglob("test_*.py")]
    return {name for p in files for name in [p.stem, *re.findall(r"def (test_\w+)", p.read_text("utf-8"))]}


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_the_tests_and_files_that_a_page_names_are_there(page: Path, tests: set[str]) -> None:
    text = page.read_text("utf-8")
    assert [n for n in re.findall(r"\b(test_\w+)`", text) if n not in tests] == []
    assert [p for p in NAMED.findall(text) if not (ROOT / p).exists()] == []


def test_the_limits_are_constants_of_the_modules_that_are_named() -> None:
    module, seen = "", 0
    for line in (DOCS / "limits.md").read_text("utf-8").splitlines():
        where = line.split("|")[4] if line.count("|") == 5 else ""
        for path, name in re.findall(r"`([\w/]+\.py)`|\b([A-Z]+(?:_[A-Z]+)*)\b", where):
            module = path or module
            if name and module:
                seen += 1
                assert re.search(rf"^(?:[A-Z_]+, )*{name}\b", (ROOT / "toolkit" / module).read_text("utf-8"), re.M), (
                    module,
                    name,
                )
    assert seen > 20


def test_every_command_stands_in_the_design() -> None:
    text = (DOCS / "design.md").read_text("utf-8")
    rows = "\n".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
    assert [name for name in main.commands if not re.search(rf"`{name}\b", rows)] == []


def test_every_decision_stands_in_the_list() -> None:
    listed = (DOCS / "decisions" / "README.md").read_text("utf-8")
    assert [p.name for p in sorted((DOCS / "decisions").glob("0*.md")) if f"]({p.name})" not in listed] == []
