"""Workbooks open in LibreOffice."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...errors import CannotRun
from .bridge.connection import SPREADSHEET, path_to_url, properties, struct, url_to_path
from .names import Names
from .sheets import Sheets

if TYPE_CHECKING:
    from .engine import App

FILTERS = {
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xls": "MS Excel 97",
    ".ods": "calc8",
}
AS_SET_WITHOUT_ASKING = 5  # com.sun.star.document.MacroExecMode.USE_CONFIG_REJECT_CONFIRMATION
NOT_OPENED = "LibreOffice 打不开 {path}。请检查文件是否完好，能否手工打开。"
NEVER_SAVED = "工作簿还没有保存过。请先用“另存为”保存，再试一次。"
UNKNOWN_TYPE = "不能保存为 {path}：文件名应以 {known} 结尾。"


class Books:
    """The spreadsheets open in one LibreOffice."""

    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def api(self) -> Any:
        """The UNO collection of open documents."""
        return self.app.desktop.Components

    def _documents(self) -> Iterator[Any]:
        components = self.app.desktop.Components.createEnumeration()
        while components.hasMoreElements():
            document = components.nextElement()
            if document.supportsService(SPREADSHEET):
                yield document

    def by_uid(self, uid: str) -> Book | None:
        """Returns the spreadsheet with this run-time id (RuntimeUID), or None."""
        return next((b for b in self if b.document.RuntimeUID == uid), None)

    @property
    def active(self) -> Book | None:
        """The active spreadsheet, else the first open one, else None."""
        current = self.app.desktop.CurrentComponent
        if current is not None and current.supportsService(SPREADSHEET):
            return self._known(current)
        return next(iter(self), None)

    def __len__(self) -> int:
        return sum(1 for _ in self._documents())

    def __iter__(self) -> Iterator[Book]:
        return (self._known(d) for d in self._documents())

    def __call__(self, name_or_index: str | int) -> Book:
        if isinstance(name_or_index, int):
            return list(self)[name_or_index - 1]
        for book in self:
            if name_or_index.lower() in (book.name.lower(), book.fullname.lower()):
                return book
        raise KeyError(name_or_index)

    def _known(self, document: Any) -> Book:
        """Returns the caller's own Book for its document, a new Book for any other."""
        caller = self.app.caller
        return caller if caller is not None and caller.document == document else Book(self.app, document)

    def add(self) -> Book:
        """Opens a new empty spreadsheet."""
        return Book(self.app, self.app.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ()))

    def open(self, fullname: str, update_links: Any = None, read_only: bool | None = None, *more: Any) -> Book:
        """Opens a file; its macros run only if the settings allow it without asking. Raises CannotRun if it cannot."""
        arguments = properties(MacroExecutionMode=AS_SET_WITHOUT_ASKING, ReadOnly=bool(read_only))
        document = self.app.desktop.loadComponentFromURL(path_to_url(os.path.abspath(fullname)), "_blank", 0, arguments)
        if document is None:
            raise CannotRun(NOT_OPENED.format(path=fullname))
        return Book(self.app, document)


class Book:
    """One open spreadsheet."""

    def __init__(self, app: App, document: Any) -> None:
        self.app, self.document = app, document
        self.sheets = Sheets(self)
        self._kinds: dict[int, int] = {}

    @property
    def api(self) -> Any:
        """The UNO document."""
        return self.document

    @property
    def fullname(self) -> str:
        """The path; for a workbook that was never saved only its title, as in Excel."""
        url = self.document.URL
        return url_to_path(url) if url else str(self.document.Title)

    @property
    def name(self) -> str:
        """The file name."""
        return os.path.basename(self.fullname)

    @property
    def names(self) -> Names:
        """The names defined for the workbook."""
        return Names(self, self.document.NamedRanges)

    @cached_property
    def epoch(self) -> dt.datetime:
        """The day from which date numbers are counted."""
        day = self.document.NullDate
        return dt.datetime(day.Year, day.Month, day.Day)

    @cached_property
    def number_formats(self) -> Any:
        """The UNO number formats of the document."""
        return self.document.NumberFormats

    @cached_property
    def locale(self) -> Any:
        """The locale in which Excel's number formats are written: en-US."""
        return struct("com.sun.star.lang.Locale", Language="en", Country="US")

    def number_kind(self, key: int) -> int:
        """Returns the kind of value that a number format shows (com.sun.star.util.NumberFormat)."""
        if key not in self._kinds:
            self._kinds[key] = self.number_formats.getByKey(key).Type
        return self._kinds[key]

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Saves the workbook, to `path` if given. Raises CannotRun without any path or for an unknown suffix."""
        if path is None and not self.document.hasLocation():
            raise CannotRun(NEVER_SAVED)
        if path is None:
            self.document.store()
            return
        ending = os.path.splitext(path)[1].lower()
        if ending not in FILTERS:
            raise CannotRun(UNKNOWN_TYPE.format(path=path, known="、".join(FILTERS)))
        secret = {"Password": password} if password else {}
        arguments = properties(FilterName=FILTERS[ending], **secret)
        self.document.storeAsURL(path_to_url(os.path.abspath(path)), arguments)

    def close(self) -> None:
        """Closes the workbook without saving."""
        self.document.close(True)

    def activate(self) -> None:
        """Brings the workbook's window to the front; does nothing if it has none."""
        controller = self.document.CurrentController
        if controller is not None:
            controller.Frame.activate()
