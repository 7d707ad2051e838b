"""A workbook open on the desk: what a clerk clicks in it, and what can be seen in it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from toolkit.buttons.libreoffice.bridge.connection import service
from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.model import Catalog
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.aggregate import aggregate

from . import small_city as city
from .desk import Desk, wait
from .screen import Screen
from .year_plans import task

RED = 0xFFC7CE  # of a cell with an error
NONE = -1  # no colour
LIFE, FRONT = "组织生活", "封面"
WRONG, DRAFT, WRONG_DRAFT = 6, 7, 8  # rows of 组织生活 in `unit_book`
PRESENT, STATUS = "实到人数", "状态"


class Work:
    """One open workbook."""

    def __init__(self, desk: Desk, path: Path) -> None:
        self.path, self.folder, self.log = (
            path,
            path.parent,
            desk.file(".local", "state", "dangjian", "libreoffice.log"),
        )
        self.logged_before = len(self.logged())
        self.document = desk.open(path)
        self.context = desk.context
        self.screen = Screen(desk.context, desk.env)
        self.screen.wake(self.document)

    def close(self) -> None:
        if self.screen.message():
            self.screen.answer()
        self.wait_idle()
        self.document.close(True)

    # -------------------------------------------------------- doing

    def click(self, way: str, caption: str) -> None:
        """Click an action: its button, or its entry in the menu or the toolbar."""
        ways: dict[str, Callable[[str], None]] = {
            "menu": self.screen.menu,
            "toolbar": self.screen.tool,
            "button": self._button,
            "ledger bar": self._button,
        }
        before = len(self.logged())
        for _ in range(3):
            ways[way](caption)
            if self._reacts(before):
                return
            self.screen.wake(self.document)
        self.screen.picture(self.folder.parent / "screen.png")
        raise AssertionError(f"three clicks on {caption} ({way}) started nothing: {self.folder.parent / 'screen.png'}")

    def _reacts(self, before: int) -> bool:
        """Whether the extension was asked; LibreOffice loses a click now and then, and a person clicks again."""
        try:
            wait("the click is noted", lambda: len(self.logged()) > before, 6)
        except AssertionError:
            return False
        return True

    def _button(self, caption: str) -> None:
        self.screen.button(self.document, caption)

    def close_other(self, name: str) -> None:
        """Close another workbook of the folder, once it is open, and remove it."""
        path = self.folder / name
        wait(f"{name} is open", lambda: any(path.as_uri() == d.URL for d in self._documents()))
        for document in [d for d in self._documents() if path.as_uri() == d.URL]:
            document.close(True)
        path.unlink()
        self.to_front()

    def to_front(self) -> None:
        """Bring the window of the workbook before all others, as by a click in the task bar."""
        window = self.document.CurrentController.Frame.ContainerWindow
        window.setVisible(True)
        window.toFront()
        self.screen.wake(self.document)

    def _documents(self) -> list[Any]:
        found = service(self.context, "com.sun.star.frame.Desktop").Components.createEnumeration()
        documents = []
        while found.hasMoreElements():
            documents.append(found.nextElement())
        return [d for d in documents if hasattr(d, "URL")]

    def answer(self, seconds: float = 30) -> str:
        """Click OK in the message box that comes, and return what it said."""
        said = self.screen.answer(seconds)
        self.screen.wake(self.document)
        return said

    def front(self, title: str) -> None:
        """Bring a sheet to the front."""
        self.document.CurrentController.setActiveSheet(self.sheet(title))

    # -------------------------------------------------------- seeing

    def sheet(self, title: str) -> Any:
        return self.document.Sheets.getByName(title)

    def has(self, title: str) -> bool:
        return bool(self.document.Sheets.hasByName(title))

    def cell(self, title: str, row: int, column: int | str) -> Any:
        """A cell by its row (from 1) and its column (from 1, or the ledger's heading)."""
        at = column if isinstance(column, int) else self.column(title, column)
        return self.sheet(title).getCellByPosition(at - 1, row - 1)

    def column(self, title: str, heading: str) -> int:
        headings = self.sheet(title).getCellRangeByPosition(0, 2, 60, 2).getDataArray()[0]
        return list(headings).index(heading) + 1

    def text(self, title: str, row: int, column: int | str) -> str:
        return str(self.cell(title, row, column).String)

    def note(self, title: str, row: int, column: int | str) -> str:
        """The note of a cell, or nothing."""
        return str(self.cell(title, row, column).Annotation.String)

    def values(self, title: str) -> list[tuple[Any, ...]]:
        """All that stands on a sheet."""
        return list(self._used(title).getDataArray())

    def _used(self, title: str) -> Any:
        sheet = self.sheet(title)
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        last = cursor.RangeAddress
        return sheet.getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow)

    def formulas(self, title: str) -> tuple[tuple[str, ...], ...]:
        """All that was entered on a sheet."""
        found: tuple[tuple[str, ...], ...] = self._used(title).getFormulaArray()
        return found

    def write_formulas(self, title: str, formulas: tuple[tuple[str, ...], ...]) -> None:
        self._used(title).setFormulaArray(formulas)

    def selected(self) -> tuple[int, int]:
        """Column and row, from 0, of the first selected cell."""
        at = self.document.CurrentSelection.RangeAddress
        return at.StartColumn, at.StartRow

    def active(self) -> str:
        return str(self.document.CurrentController.ActiveSheet.Name)

    def files(self) -> set[str]:
        """Everything beside the workbook, hidden files as well."""
        return {p.name for p in self.folder.iterdir()} - {self.path.name}

    # -------------------------------------------------------- what ran

    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def happened(self) -> str:
        """What the extension logged since the workbook was opened."""
        return self.logged()[self.logged_before :]

    def wait_idle(self) -> None:
        """Until every action begun has ended."""
        wait("the action ends", lambda: self.happened().count(": started") == self.happened().count(": ended"), 30)

    def wait_done(self, times: int = 1) -> None:
        wait("the action is done", lambda: self.happened().count(": ended") >= times, 30)


def unit_book(catalog: Catalog, path: Path, *more: dict[str, Any]) -> Path:
    """A unit's workbook with one wrong row, one clean draft and one wrong draft (see WRONG, DRAFT, WRONG_DRAFT)."""
    life = [
        city.party_day(1),
        city.party_day(2, present_n=9),
        city.party_day(3, status="草稿"),
        city.party_day(4, status="草稿", present_n=9),
        *more,
    ]
    return city.write(catalog, path, city.unit("A001", "某某市测试局"), _rows(life))


def clean_book(catalog: Catalog, path: Path) -> Path:
    """A unit's workbook without errors, all rows 已核, and all that 党建工作情况 needs."""
    life = [city.party_day(n) for n in range(1, 7)]
    return city.write(
        catalog, path, city.unit("A001", "某某市测试局"), _rows(life) | written("situation", "问题", "打算")
    )


def consolidated_book(catalog: Catalog, folder: Path) -> Path:
    """A consolidated workbook with buttons, beside the folder of the submissions it was made from: one has an error."""
    sent = folder / "报送件"
    sent.mkdir(parents=True)
    head = _rows([city.party_day(1)]) | written("summary", "不足", "打算") | {"plan": [task(1)]}
    city.write(catalog, sent / "A001.xlsx", city.unit("A001", "某某市测试工委"), head)
    second_bureau(catalog, sent / "A002.xlsx")
    made = folder / "全市汇总.xlsm"
    write_consolidated(aggregate(catalog, [sent], jobs=1), made)
    return made


def second_bureau(catalog: Catalog, path: Path) -> Path:
    """The workbook of the unit below, with an error in one row."""
    below = city.unit("A002", "某某市第二测试局", "A001")
    return city.write(catalog, path, below, _rows([city.party_day(1), city.party_day(2, present_n=9)]))


def _rows(life: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {"org": [city.org()], "orglife": life}


def written(document: str, *passages: str) -> dict[str, list[dict[str, Any]]]:
    """The passages that a document cannot do without."""
    title = load_catalog().documents[document].title
    text = "个别支部活动形式不够丰富，需要改进。"
    return {"narrative": [{"document": title, "passage": p, "seq": 1, "text": text} for p in passages]}
