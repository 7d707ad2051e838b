"""LibreOffice as an engine of xlwings: the engine, the application and the connection.

Only the members that the macros use exist; any other member of xlwings raises AttributeError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import xlwings as xw
from xlwings.main import Engine as XlwingsEngine

from ...errors import CannotRun
from .books import Book, Books
from .bridge.connection import TIMEOUT, component_context, enum, properties, service, struct
from .bridge.mainthread import in_main_thread
from .bridge.values import Grid, converted, prepare
from .ranges import Range

CLOSED = "调用的工作簿已经关闭，请重新打开后再试一次。"
BOXES = {"critical": "ERRORBOX", "info": "INFOBOX"}
BUTTONS = {"ok": 1, "ok_cancel": 2, "yes_no": 3, "yes_no_cancel": 4}
ANSWERS = {0: "cancel", 1: "ok", 2: "yes", 3: "no"}


class Engine:
    """The xlwings engine `libreoffice`."""

    name, type = "libreoffice", "desktop"

    def __init__(self) -> None:
        self.apps = Apps()

    @staticmethod
    def prepare_xl_data_element(value: Any, options: Any) -> Any:
        """Prepares one value for writing (see `values.prepare`)."""
        return prepare(value)

    @staticmethod
    def clean_value_data(
        data: Iterable[Iterable[Any]],
        datetime_builder: Callable[..., Any],
        empty_as: Any,
        number_builder: Callable[[float], Any] | None,
        err_to_str: bool,
    ) -> Grid:
        """Applies the reading options to values (see `values.converted`)."""
        return converted(data, datetime_builder, empty_as, number_builder, err_to_str)


class Apps:
    """The connected LibreOffices; the newest connection is the active application."""

    def __init__(self) -> None:
        self.connected: list[App] = []

    def keys(self) -> list[int]:
        """Returns the ids of the connections, the newest first."""
        return [a.pid for a in self]

    def __iter__(self) -> Iterator[App]:
        return reversed(self.connected)

    def __len__(self) -> int:
        return len(self.connected)

    def __getitem__(self, pid: int) -> App:
        return next(a for a in self if a.pid == pid)

    @staticmethod
    def cleanup() -> None:
        """Does nothing, because this process did not start LibreOffice."""


class App:
    """One running LibreOffice. `pid` is the number of the connection, from 1."""

    def __init__(self, context: Any, pid: int) -> None:
        self.context, self.pid = context, pid
        self.desktop = service(context, "com.sun.star.frame.Desktop")
        self.caller: Book | None = None
        self._indicator: Any = None
        self._status: str | bool = False
        self._locked: Any = None
        self.display_alerts = self.enable_events = True  # without effect: LibreOffice's API never asks the user

    @property
    def engine(self) -> Engine:
        """The engine."""
        return engine

    @property
    def api(self) -> Any:
        """The UNO desktop."""
        return self.desktop

    @property
    def books(self) -> Books:
        """The open spreadsheets."""
        return Books(self)

    @property
    def visible(self) -> bool:
        """Always True."""
        return True

    @property
    def version(self) -> str:
        """The version of LibreOffice, from its configuration."""
        provider = service(self.context, "com.sun.star.configuration.ConfigurationProvider")
        access = "com.sun.star.configuration.ConfigurationAccess"
        node = properties(nodepath="/org.openoffice.Setup/Product")
        return str(provider.createInstanceWithArguments(access, node).ooSetupVersion)

    @property
    def book(self) -> Book:
        """The workbook whose window shows messages: the caller, else the active workbook.

        Raises CannotRun if no workbook is open.
        """
        book = self.caller or self.books.active
        if book is None:
            raise CannotRun(CLOSED)
        return book

    @property
    def _frame(self) -> Any:
        controller = self.book.document.CurrentController
        return controller.Frame if controller is not None else None

    @property
    def selection(self) -> Range | None:
        """The selected cells of the workbook; None if the selection is not one range."""
        selected = self.book.document.CurrentSelection
        if selected is None or not hasattr(selected, "RangeAddress"):
            return None
        return self.book.sheets.by_address(selected.RangeAddress)

    @property
    def screen_updating(self) -> bool:
        """Whether the screen updates."""
        return self._locked is None

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        """Stops or resumes the updates of the screen."""
        if value and self._locked is not None:
            self._locked.unlockControllers()
            self._locked = None
        elif not value and self._locked is None:
            self._locked = self.book.document
            self._locked.lockControllers()

    @property
    def calculation(self) -> str:
        """The calculation mode of the workbook: "automatic" or "manual"."""
        return "automatic" if self.book.document.isAutomaticCalculationEnabled() else "manual"

    @calculation.setter
    def calculation(self, value: str) -> None:
        """Sets automatic or manual calculation."""
        self.book.document.enableAutomaticCalculation(value == "automatic")

    def calculate(self) -> None:
        """Recalculates all formulas of the workbook."""
        self.book.document.calculateAll()

    @property
    def status_bar(self) -> str | bool:
        """The text that this process shows in the status bar; False without one."""
        return self._status

    @status_bar.setter
    def status_bar(self, value: str | bool | None) -> None:
        """Shows a text in the status bar; an empty value removes it."""
        if not value:
            self._end_status()
            return
        frame = self._frame
        if frame is not None and self._indicator is None:
            self._indicator = frame.createStatusIndicator()
            self._indicator.start(str(value), 100)
        elif self._indicator is not None:
            self._indicator.setText(str(value))
        self._status = str(value)

    def _end_status(self) -> None:
        if self._indicator is not None:
            self._indicator.end()
        self._indicator, self._status = None, False

    def alert(
        self, prompt: str, title: str | None, buttons: str | None, mode: str | None, callback: str | None = None
    ) -> str:
        """Shows a message box over the caller's window and waits. Returns "ok", "cancel", "yes" or "no".

        Raises CannotRun if the workbook has no window.
        """
        frame = self._frame
        if frame is None:
            raise CannotRun(CLOSED)
        kind = BOXES.get(mode or "", "MESSAGEBOX")
        if buttons not in (None, "ok"):
            kind = "QUERYBOX"  # an INFOBOX always has only one button
        answer = in_main_thread(
            self.context, lambda: self._ask(frame.ContainerWindow, kind, BUTTONS[buttons or "ok"], title or "", prompt)
        )
        return ANSWERS[answer]

    def _ask(self, window: Any, kind: str, buttons: int, title: str, prompt: str) -> int:
        toolkit = service(self.context, "com.sun.star.awt.Toolkit")
        kinds = "com.sun.star.awt.MessageBoxType"
        box = toolkit.createMessageBox(window, enum(kinds, kind), buttons, title, prompt)
        answer: int = box.execute()
        box.dispose()
        return answer

    def activate(self, steal_focus: bool = False) -> None:
        """Brings the workbook's window to the front."""
        self.book.activate()

    def range(self, first: Any, last: Any = None) -> Range:
        """Returns cells of the active sheet (see `Sheet.range`)."""
        return self.book.sheets.active.range(first, last)

    def release(self) -> str | bool:
        """Ends the status bar text and resumes screen updates. Returns the last status bar text or False."""
        said = self._status
        self._end_status()
        self.screen_updating = True
        return said


engine = Engine()


def connect(pipe_name: str, document_uid: str, timeout: float = TIMEOUT) -> xw.Book:
    """Connects to the LibreOffice that listens on the pipe; its document becomes `Book.caller()`.

    Raises CannotRun if no LibreOffice listens there or the document is closed.
    """
    app = attach(f"pipe,name={pipe_name}", timeout)
    app.caller = app.books.by_uid(document_uid)
    if app.caller is None:
        raise CannotRun(CLOSED)
    book = xw.Book(impl=app.caller)
    book.set_mock_caller()
    return book


def attach(target: str, timeout: float = TIMEOUT) -> App:
    """Connects to a soffice started with `--accept=TARGET;urp;...` and activates this engine in xlwings."""
    app = App(component_context(target, timeout), len(engine.apps) + 1)
    engine.apps.connected.append(app)
    if engine.name not in xw.engines.engines_by_name:
        xw.engines.add(XlwingsEngine(impl=engine))
    xw.engines[engine.name].activate()
    return app


def warm() -> None:
    """Loads UNO before there is a LibreOffice to connect to. Raises CannotRun without LibreOffice."""
    struct("com.sun.star.beans.PropertyValue")


def release() -> str:
    """Ends what this process shows in every connected LibreOffice.

    Returns the last status bar text, "" without one.
    """
    said = [app.release() for app in engine.apps]
    return next((s for s in said if isinstance(s, str)), "")
