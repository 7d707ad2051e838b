#!/usr/bin/env python3
"""Counts cells and keys of one new row, typed for real in LibreOffice: here, and in the workbook of an earlier commit.

    python scripts/keystrokes.py [--against COMMIT] [--most PERCENT]

The clerk fills what the sheet itself asks of the row: columns with the header of a required one, and those that its
kind requires besides. The new row shares with the row above only the branch, and what 党组织 says once of the branch. What
the sheet offers is used: 复制上一行 where there is such a button, else Ctrl+D; dates without the year where it takes them.
Options are typed, which takes fewer keys than picking them. A sign of a text is one key (an input method takes more), a
click is one. States are left to 核定, which each product does by itself at the end; its own `explain` then has to list
the row among those that count. Exit code 1 where more than PERCENT of the keys or cells are left.

Needs git, and the tools of the click tests: soffice, Xvfb, xdotool, python3-uno.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support import desk as settings  # noqa: E402
from support.desk import Desk, wait  # noqa: E402
from support.screen import SLOW  # noqa: E402
from support.work import Work  # noqa: E402

from toolkit.excel.actions import BY_NAME  # noqa: E402
from toolkit.excel.samples import sample  # noqa: E402
from toolkit.excel.unit.build import build_unit_workbook  # noqa: E402
from toolkit.excel.unit.buttons import SUFFIX  # noqa: E402
from toolkit.standard.catalog import load_catalog  # noqa: E402

BEFORE = "59626ef"
YEAR, PLAN = 2026, "duty"  # of the sample workbook, which every commit has
SAMPLE = "workbooks/samples/ZX002_霁川市政协机关_2026.xlsx"
HEAD = 3  # row of the titles
BRANCH, LEVEL, STATUS = "所属党组织", "统计层级", "状态"
COMPLETES = ("/org.openoffice.Office.Calc/Input", "AutoInput", "false")  # from the rows above, here and there alike
PICTURE = "keystrokes.png"  # in the folder for temporary files, where something goes wrong
LOST, TRIES = 4, 5  # seconds after which a key is lost; how often it is pressed, more slowly at each try
# What is said once of the branch, in the ledger 党组织, where the workbook has such a column.
ONCE = {"常用地点": ("地点", "党员活动室"), "记录本": ("佐证材料", "支部工作手册")}
USUAL = {LEVEL: "支部", "是否估算": "否", "数量": "1", "时间范围": "本年"}


@dataclass(frozen=True)
class Case:
    """A row: its ledger, what the clerk knows of it, and the indicator that counts it."""

    name: str
    ledger: str
    indicator: str
    facts: dict[str, str]


MEETING = {"地点": "党员活动室", "佐证材料": "支部工作手册"}
CASES = (
    Case(
        "主题党日",
        "组织生活",
        "主题党日_支部",
        {"日期": "2026-9-8", "类型": "主题党日", "主题议题": "参观党史馆", **MEETING},
    ),
    Case(
        "党课",
        "组织生活",
        "支部书记讲党课",
        {"日期": "2026-9-9", "类型": "党课", "主题议题": "学习新党章", **MEETING, "应到人数": "9", "实到人数": "9"}
        | {"授课人身份": "支部书记", "授课人代码": "P007"},
    ),
    Case(
        "荣誉",
        "荣誉品牌",
        "支部荣誉",
        {"日期": "2026-9-10", "类型": "支部荣誉", "名称": "先进党支部", "级别": "省", "授予单位": "市直工委"}
        | {"佐证材料": "奖牌照片"},
    ),
)


class Clerk:
    """Types into the open workbook by real keys, and counts them; what got lost on the way is typed again, uncounted."""

    def __init__(self, work: Work, case: Case) -> None:
        self.work, self.case, self.keys, self.cells = work, case, 0, 0
        self.sheet = work.sheet(case.ledger)
        work.front(case.ledger)
        head = self.sheet.getCellRangeByPosition(0, HEAD - 1, 60, HEAD - 1).getDataArray()[0]
        self.at = {str(title): n for n, title in enumerate(head) if title}
        red = self.sheet.getCellByPosition(self.at[BRANCH], HEAD - 1).CellBackColor
        self.asked = [t for t, n in self.at.items() if t in case.facts or (t != STATUS and self._colour(n) == red)]
        self.row = HEAD + 1  # the example
        while self.sheet.getCellByPosition(self.at["日期"], self.row).String:
            self.row += 1

    def _colour(self, column: int) -> int:
        return int(self.sheet.getCellByPosition(column, HEAD - 1).CellBackColor)

    def prepare(self) -> None:
        """Gives the row above to a branch, and says of the branch what is always so; nobody types that for a new row."""
        orgs = self.work.sheet("党组织")
        titles = orgs.getCellRangeByPosition(0, HEAD - 1, 60, HEAD - 1).getDataArray()[0]
        row = next(r for r in range(HEAD + 1, 60) if orgs.getCellByPosition(titles.index("类别"), r).String == "党支部")
        named = "党组织名称" if self._offers_copies() else "党组织编码"
        above = {BRANCH: orgs.getCellByPosition(titles.index(named), row).String, LEVEL: USUAL[LEVEL]}
        for title, (column, said) in ONCE.items():
            if title in titles and self.case.facts.get(column) == said:
                orgs.getCellByPosition(titles.index(title), row).String = said
                above[column] = ""
        for title, said in above.items():
            self.sheet.getCellByPosition(self.at[title], self.row - 1).String = said

    def _offers_copies(self) -> bool:
        return BY_NAME["repeat_row"].caption in self.work.screen.buttons(self.work.document)

    def fill(self) -> None:
        """Fills the new row from left to right; cells that hold the right value already are passed over."""
        self.keys += 1  # a click
        if self._offers_copies():
            self.work.click("ledger bar", BY_NAME["repeat_row"].caption)
            wait("the row is copied", lambda: self._said(BRANCH))
            self.work.wait_idle()
        else:
            self._go(min(self.at[t] for t in self.asked))
        for title in sorted(self.asked, key=self.at.__getitem__):
            if self._is_filled(title):
                continue
            while self._column() < self.at[title]:
                self._move("Tab")
            self._type(title)
        left = [(t, self._said(t)) for t in self.asked if not self._is_filled(t)]
        assert not left, left

    def _type(self, title: str) -> None:
        """Types what belongs into the selected cell; for the branch of the row above a chord does."""
        value = self._value(title)
        self.cells += 1
        if title == BRANCH:
            self.keys += 1
            self._until("the branch", lambda: self.work.screen.press("ctrl+d"), lambda: self._is_filled(title))
            return
        self.keys += len(value := self._typed(title))
        column, delays = self.at[title], [SLOW]

        def typed() -> None:
            self.work.screen.press("Escape", "Escape")
            self._go(column)
            delays.append(delays[-1] * 2)
            self.work.screen.write(value, delays[-1])
            self.work.screen.press("Tab")

        self._until(title, typed, lambda: self._is_filled(title) and self._column() > column)
        self.keys += 1

    def _move(self, key: str) -> None:
        """Presses a key that moves the cell cursor."""
        before = self.work.selected()
        self.keys += 1
        self._until(key, lambda: self.work.screen.press(key), lambda: self.work.selected() != before)

    def _until(self, what: str, press: Callable[[], None], done: Callable[[], bool]) -> None:
        """Presses again where LibreOffice lost a key; that is not counted, as a person would not press twice."""
        for _ in range(TRIES):
            press()
            try:
                wait(what, done, LOST)
                return
            except AssertionError:
                self.work.screen.still()
        self.work.screen.picture(Path(tempfile.gettempdir()) / PICTURE)
        raise AssertionError(f"{self.case.name}: LibreOffice does not take {what}, see {PICTURE}")

    # -------------------------------------------------------- seeing

    def _go(self, column: int) -> None:
        controller, document = self.work.document.CurrentController, self.work.document
        controller.select(self.sheet.getCellByPosition(column, self.row))
        controller.select(document.createInstance("com.sun.star.sheet.SheetCellRanges"))  # the cursor, no marked cell

    def _column(self) -> int:
        return int(self.work.selected()[0])

    def _value(self, title: str) -> str:
        if title == BRANCH:
            return str(self.sheet.getCellByPosition(self.at[BRANCH], self.row - 1).String)
        return self.case.facts.get(title) or USUAL[title]

    def _typed(self, title: str) -> str:
        """What is typed for the value: without its year, where the sheet takes such a date."""
        value = self._value(title)
        return value.removeprefix(f"{YEAR}-") if title == "日期" and self._offers_copies() else value

    def _said(self, title: str) -> str:
        return str(self.sheet.getCellByPosition(self.at[title], self.row).String)

    def _is_filled(self, title: str) -> bool:
        said, value = self._said(title), self._value(title)
        if title == "日期":
            return f"{YEAR}-{said}".endswith(value) or [n.lstrip("0") for n in said.split("-")] == value.split("-")
        return said == value


def product(checkout: Path, *command: str) -> str:
    """What a command of that checkout prints."""
    env = os.environ | {"PYTHONPATH": str(checkout)}
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", *command], cwd=checkout, env=env, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def counted(desk: Desk, checkout: Path, book: Path, case: Case) -> tuple[int, int]:
    """Cells and keys of the row; fails where the product of the checkout does not count it."""
    work = Work(desk, book)
    try:
        clerk = Clerk(work, case)
        clerk.prepare()
        clerk.fill()
        work.document.store()
    finally:
        work.document.setModified(False)
        work.close()
    approved = book.with_name(f"approved{book.suffix}")
    approved.unlink(missing_ok=True)
    said = product(checkout, "approve", str(book), "-o", str(approved))
    cells = product(checkout, "explain", case.indicator, str(approved))
    assert re.search(rf"{case.ledger}!\D*{clerk.row + 1}\b", cells), f"{case.name} is not counted: {said}{cells}"
    return clerk.cells, clerk.keys


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--against", default=BEFORE, metavar="COMMIT", help="the earlier commit")
    parser.add_argument("--most", type=int, default=100, metavar="PERCENT", help="exit 1 where more is left")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder) / "old"
        packed = subprocess.run(["git", "archive", asked.against], cwd=ROOT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(old, filter="data")
        settings.SETTINGS += (COMPLETES,)
        desk = Desk()
        try:
            lines = [(c, _measured(desk, old, Path(folder), c), _measured(desk, ROOT, Path(folder), c)) for c in CASES]
        finally:
            desk.close()
    print("| row | cells before | now | keys before | now | left |\n|---|---|---|---|---|---|")
    worst = 0.0
    for case, before, now in lines:
        left = [100 * n / b for b, n in zip(before, now, strict=True)]
        worst = max(worst, *left)
        shares = " and ".join(f"{n:.0f} %" for n in left)
        print(f"| {case.name} | {before[0]} | {now[0]} | {before[1]} | {now[1]} | {shares} |")
    sys.exit(1 if worst > asked.most else 0)


def _measured(desk: Desk, checkout: Path, folder: Path, case: Case) -> tuple[int, int]:
    book = folder / f"{case.name}{SUFFIX if checkout == ROOT else '.xlsx'}"
    if checkout == ROOT:
        catalog = load_catalog()
        unit, rows, declared = next(iter(sample(catalog, PLAN)))
        build_unit_workbook(catalog, unit, book, rows, declared)
    else:
        shutil.copy(checkout / SAMPLE, book)
    return counted(desk, checkout, book, case)


if __name__ == "__main__":
    main()
