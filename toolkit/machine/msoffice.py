"""Converts documents and workbooks to PDF with the Office or WPS of a Windows machine, through COM."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .registry import program

WORKBOOKS = (".xlsx", ".xlsm")
NO_MACROS = 3  # MsoAutomationSecurity.msoAutomationSecurityForceDisable


@dataclass(frozen=True)
class Application:
    """A program of Office and the one of WPS that does the same, and how it makes a PDF."""

    names: tuple[str, ...]  # as COM knows them
    files: tuple[str, ...]  # as Windows registers them
    quiet: Any  # DisplayAlerts: no questions
    make: Callable[[Any, str, str], None]  # application, document, PDF


def _by_word(app: Any, document: str, pdf: str) -> None:
    opened = app.Documents.Open(document, False, True, False)  # no questions, read only, not among the recent
    try:
        opened.ExportAsFixedFormat(pdf, 17)  # WdExportFormat.wdExportFormatPDF
    finally:
        opened.Close(False)


def _by_excel(app: Any, document: str, pdf: str) -> None:
    opened = app.Workbooks.Open(document, 0, True)  # links as they are, read only
    try:
        opened.ExportAsFixedFormat(0, pdf)  # XlFixedFormatType.xlTypePDF
    finally:
        opened.Close(False)


WORD = Application(("Word.Application", "KWPS.Application"), ("winword.exe", "wps.exe"), 0, _by_word)
EXCEL = Application(("Excel.Application", "KET.Application"), ("excel.exe", "et.exe"), False, _by_excel)


def application(document: Path) -> Application:
    """Returns the application for a document or a workbook."""
    return EXCEL if document.suffix.lower() in WORKBOOKS else WORD


def installed(wanted: Application) -> bool:
    """Whether Office or WPS has registered itself on this machine; nothing is started."""
    return any(program(name) for name in wanted.files)


def started(wanted: Application) -> Any | None:
    """Starts an instance of its own and returns it; None where there is neither Office nor WPS."""
    try:
        from win32com.client import DispatchEx  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return None
    for name in wanted.names:
        try:
            return DispatchEx(name)
        except Exception:  # pywin32's com_error; not installed or not registered
            continue
    return None


def convert(wanted: Application, app: Any, documents: Sequence[Path], folder: Path) -> None:
    """Writes `<name>.pdf` of each document to the folder, where the program can, and ends the program."""
    app.Visible = False
    app.DisplayAlerts = wanted.quiet
    app.AutomationSecurity = NO_MACROS
    try:
        for document in documents:
            try:
                wanted.make(app, str(document.resolve()), str(folder / f"{document.stem}.pdf"))
            except Exception:  # a document that the program refuses has no PDF; the caller names it
                continue
    finally:
        app.Quit()
