"""PDF by the Office or WPS of a Windows machine, imitated."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from toolkit.documents.printing import pages
from toolkit.errors import CannotRun


class Office:
    """Word or Excel as its COM interface shows it."""

    def __init__(self) -> None:
        self.quit = False
        self.closed: list[bool] = []
        self.Documents = SimpleNamespace(Open=self._open)
        self.Workbooks = SimpleNamespace(Open=self._open_book)

    def _open(self, path: str, confirm: bool, read_only: bool, recent: bool) -> Any:
        assert (confirm, read_only, recent) == (False, True, False)
        if b"bad" in Path(path).read_bytes():
            raise RuntimeError("com_error")
        return SimpleNamespace(
            ExportAsFixedFormat=lambda to, kind: Path(to).write_bytes(b"%PDF" if kind == 17 else b""),
            Close=self.closed.append,
        )

    def _open_book(self, path: str, links: int, read_only: bool) -> Any:
        assert (links, read_only) == (0, True)
        return SimpleNamespace(
            ExportAsFixedFormat=lambda kind, to: Path(to).write_bytes(b"%PDF of sheets" if kind == 0 else b""),
            Close=self.closed.append,
        )

    def Quit(self) -> None:
        self.quit = True


def lend(monkeypatch: pytest.MonkeyPatch, programs: dict[str, Office]) -> None:
    def start(name: str) -> Office:
        if name not in programs:
            raise RuntimeError("com_error")
        return programs[name]

    package, client = ModuleType("win32com"), ModuleType("win32com.client")
    client.DispatchEx = start  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "win32com", package)
    monkeypatch.setitem(sys.modules, "win32com.client", client)
    monkeypatch.setattr(pages, "starter", lambda: None)


@pytest.mark.parametrize("name", ["Word.Application", "KWPS.Application"])
def test_word_or_wps_makes_the_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    office = Office()
    lend(monkeypatch, {name: office})
    good, bad = tmp_path / "好.docx", tmp_path / "坏.docx"
    good.write_bytes(b"PK")
    bad.write_bytes(b"bad")
    made = pages.to_pdf([bad, good], tmp_path / "out")
    assert made == {bad: None, good: tmp_path / "out" / "好.pdf"}
    assert (tmp_path / "out" / "好.pdf").read_bytes() == b"%PDF"
    assert office.quit and office.closed == [False]


@pytest.mark.parametrize("name", ["Excel.Application", "KET.Application"])
def test_excel_or_wps_makes_the_pdf_of_a_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    office = Office()
    lend(monkeypatch, {name: office})
    book = tmp_path / "汇总.xlsx"
    book.write_bytes(b"PK")
    assert pages.to_pdf([book], tmp_path / "out") == {book: tmp_path / "out" / "汇总.pdf"}
    assert (tmp_path / "out" / "汇总.pdf").read_bytes() == b"%PDF of sheets"
    assert office.quit and office.closed == [False]


def test_without_any_program_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lend(monkeypatch, {})
    with pytest.raises(CannotRun, match=r"Word.*WPS"):
        pages.to_pdf([tmp_path / "x.docx"], tmp_path)
