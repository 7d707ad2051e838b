"""A file is opened with what the machine has for it, a workbook at its cell."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest
from support.browser import wait

from toolkit.buttons import goto
from toolkit.errors import CannotRun
from toolkit.window import opening


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that are started instead of programs."""
    made: list[list[str]] = []
    monkeypatch.setattr(opening, "_start", made.append)
    monkeypatch.setattr(opening, "starter", lambda: Path("/usr/bin/soffice"))
    return made


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "甲 局#1.xlsx"
    path.touch()
    return path


@pytest.mark.parametrize(
    ("sheet", "place"),
    [("组织生活", "组织生活.D7"), ("a.b", "'a.b'.D7"), ("李's 表", "'李''s 表'.D7"), ("a#b&c", "'a#b&c'.D7")],
)
def test_libreoffice_opens_at_the_cell(started: list[list[str]], book: Path, sheet: str, place: str) -> None:
    opening.open_file(book, sheet, "D7")
    (program, address) = started[0]
    file, _, at = address.partition("#")
    assert (program, file, unquote(at)) == ("/usr/bin/soffice", book.as_uri(), place)


def test_without_a_cell_or_without_libreoffice_the_file_opens(
    started: list[list[str]], book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening.open_file(book)
    monkeypatch.setattr(opening, "starter", lambda: None)
    opening.open_file(book, "组织生活", "D7")
    assert started == [["xdg-open", str(book)]] * 2


def test_a_result_opens_its_folder(started: list[list[str]], book: Path) -> None:
    opening.open_folder(book)
    opening.open_folder(book.parent)
    assert started == [["xdg-open", str(book.parent)]] * 2


def test_what_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="已被移走"):
        opening.open_file(tmp_path / "无.xlsx")
    with pytest.raises(CannotRun, match="没有找到文件夹"):
        opening.open_folder(tmp_path / "无" / "无.xlsx")


@pytest.mark.parametrize(("code", "opened"), [(0, []), (1, ["甲 局#1.xlsx"])], ids=["Excel", "no Excel"])
def test_excel_is_asked_for_the_cell_and_otherwise_the_file_opens(
    book: Path, monkeypatch: pytest.MonkeyPatch, code: int, opened: list[str]
) -> None:
    said, plain = list[list[str]](), list[str]()

    def ask(command: list[str], **_: Any) -> SimpleNamespace:
        said.append(command[-4:])
        return SimpleNamespace(returncode=code)

    monkeypatch.setattr(opening.sys, "platform", "darwin")
    monkeypatch.setattr(subprocess, "run", ask)
    monkeypatch.setattr(opening, "_open", lambda path: plain.append(path.name))
    opening.open_file(book, "组织生活", "D7")
    wait("Excel is asked", lambda: said and len(plain) == len(opened))
    assert said == [["toolkit.buttons.goto", str(book), "组织生活", "D7"]]
    assert plain == opened


def test_excel_shows_the_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    did: list[str] = []

    class Thing:
        """Any object of xlwings, which notes what is asked of it."""

        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, name: str) -> Thing:
            return Thing(f"{self._name}.{name}")

        def __getitem__(self, name: str) -> Thing:
            return Thing(f"{self._name}[{name}]")

        def __call__(self, *given: object, **_: object) -> Thing:
            did.append(f"{self._name}({', '.join(map(str, given))})")
            return Thing(did[-1])

    monkeypatch.setattr(goto, "xw", Thing("xw"))
    goto.goto("甲.xlsx", "组织生活", "D7")
    assert did[0] == "xw.Book(甲.xlsx)"
    assert did[-1].endswith("sheets[组织生活].range(D7).select()")
