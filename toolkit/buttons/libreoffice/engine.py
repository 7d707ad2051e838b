"""LibreOffice as an engine of xlwings, as far as the macros need: engine, application, and how to connect.

Only members that the macros use are there; anything else of xlwings ends in an AttributeError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import xlwings as xw
from xlwings.main import Engine as XlwingsEngine

from ...errors import CannotRun
from .books import Book, Books
from .connection import TIMEOUT, component_context, enum, properties, service, struct
from .mainthread import in_main_thread
from .ranges import Range
from .values import Grid, converted, prepare

CLOSED = "调用的工作簿已经关闭，请重新打开后再试一次。"
BOXES = {"critical": "ERRORBOX", "info": "INFOBOX"}
BUTTONS = {"ok": 1, "ok_cancel": 2, "yes_no": 3, "yes_no_cancel": 4}
ANSWERS = {0: "cancel", 1: "ok", 2: "yes", 3: "no"}


class Engine:
    name, type = "libreoffice", "desktop"

    def __init__(self) -> None:
        self.apps = Apps()

    @staticmethod
    def prepare_xl_data_element(value: Any, options: Any) -> Any:
        return prepare(value)

    @staticmethod
    def clean_value_data(
        data: Iterable[Iterable[Any]],
        datetime_builder: Callable[..., Any],
        empty_as: Any,
        number_builder: Callable[[float], Any] | None,
        err_to_str: bool,
    ) -> Grid:
        return converted(data, datetime_builder, empty_as, number_builder, err_to_str)


class Apps:
    """The connections; the newest one is the active application."""

    def __init__(self) -> None:
        self.connected: list[App] = []

    def keys(self) -> list[int]:
        return [a.pid for a in self]

    def __iter__(self) -> Iterator[App]:
        return reversed(self.connected)

    def __len__(self) -> int:
        return len(self.connected)

    def __getitem__(self, pid: int) -> App:
        return next(a for a in self if a.pid == pid)

    @staticmethod
    def cleanup() -> None:
        """Nothing is left behind: LibreOffice was not started from here."""


class App:
    """One running LibreOffice."""

    def __init__(self, context: Any, pid: int) -> None:
        self.context, self.pid = context, pid
        self.desktop = service(context, "com.sun.star.frame.Desktop")
        self.caller: Book | None = None
        self._indicator: Any = None
        self._status: str | bool = False
        self._locked: Any = None
        self.display_alerts = self.enable_events = True  # the API never asks, whatever they say

    @property
    def engine(self) -> Engine:
        return engine

    @property
    def api(self) -> Any:
        return self.desktop

    @property
    def books(self) -> Books:
        return Books(self)

    @property
    def visible(self) -> bool:
        return True

    @property
    def version(self) -> str:
        provider = service(self.context, "com.sun.star.configuration.ConfigurationProvider")
        access = "com.sun.star.configuration.ConfigurationAccess"
        node = properties(nodepath="/org.openoffice.Setup/Product")
        return str(provider.createInstanceWithArguments(access, node).ooSetupVersion)

    @property
    def book(self) -> Book:
        """The workbook in whose window the user is told things: the caller, else the active one."""
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
        selected = self.book.document.CurrentSelection
        if selected is None or not hasattr(selected, "RangeAddress"):
            return None
        return self.book.sheets.by_address(selected.RangeAddress)

    @property
    def screen_updating(self) -> bool:
        return self._locked is None

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        if value and self._locked is not None:
            self._locked.unlockControllers()
            self._locked = None
        elif not value and self._locked is None:
            self._locked = self.book.document
            self._locked.lockControllers()

    @property
    def calculation(self) -> str:
        return "automatic" if self.book.document.isAutomaticCalculationEnabled() else "manual"

    @calculation.setter
    def calculation(self, value: str) -> None:
        self.book.document.enableAutomaticCalculation(value == "automatic")

    def calculate(self) -> None:
        self.book.document.calculateAll()

    @property
    def status_bar(self) -> str | bool:
        return self._status

    @status_bar.setter
    def status_bar(self, value: str | bool | None) -> None:
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
        """A message box over the caller's window; waits for the answer."""
        frame = self._frame
        if frame is None:
            raise CannotRun(CLOSED)
        kind = BOXES.get(mode or "", "MESSAGEBOX")
        if buttons not in (None, "ok"):
            kind = "QUERYBOX"  # an INFOBOX has one button, whatever is asked for
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
        self.book.activate()

    def range(self, first: Any, last: Any = None) -> Range:
        return self.book.sheets.active.range(first, last)

    def release(self) -> str | bool:
        """End what LibreOffice shows for this process; what the status bar said last."""
        said = self._status
        self._end_status()
        self.screen_updating = True
        return said


engine = Engine()


def connect(pipe_name: str, document_uid: str, timeout: float = TIMEOUT) -> xw.Book:
    """Connect to the LibreOffice that listens on the pipe; its document becomes `Book.caller()`.

    Raises CannotRun when nobody listens or the document is closed.
    """
    app = attach(f"pipe,name={pipe_name}", timeout)
    app.caller = app.books.by_uid(document_uid)
    if app.caller is None:
        raise CannotRun(CLOSED)
    book = xw.Book(impl=app.caller)
    book.set_mock_caller()
    return book


def attach(target: str, timeout: float = TIMEOUT) -> App:
    """Connect to a soffice started with `--accept=TARGET;urp;...`, and make this engine xlwings' active one."""
    app = App(component_context(target, timeout), len(engine.apps) + 1)
    engine.apps.connected.append(app)
    if engine.name not in xw.engines.engines_by_name:
        xw.engines.add(XlwingsEngine(impl=engine))
    xw.engines[engine.name].activate()
    return app


def warm() -> None:
    """Load what a connection needs, while there is nothing yet to connect to. Raises CannotRun without LibreOffice."""
    struct("com.sun.star.beans.PropertyValue")


def release() -> str:
    """Leave every connected LibreOffice as its user expects it; what its status bar said last."""
    said = [app.release() for app in engine.apps]
    return next((s for s in said if isinstance(s, str)), "")
