"""Converts documents to PDF with the Word or WPS of a Windows machine, through COM."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .registry import program

PROGRAMS = ("Word.Application", "KWPS.Application")  # Microsoft Word, WPS Writer
PDF = 17  # WdExportFormat.wdExportFormatPDF
NO_MACROS = 3  # MsoAutomationSecurity.msoAutomationSecurityForceDisable
NO_QUESTIONS = 0  # WdAlertLevel.wdAlertsNone


def installed() -> bool:
    """Whether Word or WPS has registered itself on this machine; nothing is started."""
    return any(program(name) for name in ("winword.exe", "wps.exe"))


def word() -> Any | None:
    """Starts an instance of its own and returns it; None where there is neither Word nor WPS."""
    try:
        from win32com.client import DispatchEx  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return None
    for name in PROGRAMS:
        try:
            return DispatchEx(name)
        except Exception:  # pywin32's com_error; not installed or not registered
            continue
    return None


def convert(app: Any, documents: Sequence[Path], folder: Path) -> None:
    """Writes `<name>.pdf` of each document to the folder, where the program can, and ends the program."""
    app.Visible = False
    app.DisplayAlerts = NO_QUESTIONS
    app.AutomationSecurity = NO_MACROS
    try:
        for document in documents:
            try:
                opened = app.Documents.Open(str(document.resolve()), False, True, False)  # no questions, read only
                try:
                    opened.ExportAsFixedFormat(str(folder / f"{document.stem}.pdf"), PDF)
                finally:
                    opened.Close(False)
            except Exception:  # a document that Word refuses has no PDF; the caller names it
                continue
    finally:
        app.Quit()
