"""Rows of ledgers in templates: their values, and the filters that select, order, group and list them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, overload

from jinja2 import TemplateRuntimeError
from markupsafe import Markup, escape

from ...wording.phrase import plain

Row = dict[str, Any]
Print = Callable[[str, str], Markup]  # Session.print_cell: prints a text with the id of its field
MONTH, UNIT, BRANCH = "月", "单位", "支部"  # keys of groups
GROUP = "行"  # the rows of a group
MARKS = {"引号": "“”", "书名号": "《》", "无": ""}  # Word's quotation marks cannot stand in a tag
DATES = ("日期", "登记日期", "印发日期", "开始日期", "统计日期")  # titles of the field that 按月 uses
ORGANISATION = "所属党组织"


@dataclass(frozen=True)
class Cell:
    """A value from a row of a ledger; `id` names its field in bookmarks."""

    value: Any
    id: str
    known: tuple[str, ...] = ()  # the closed list of its field


@dataclass(frozen=True)
class Table:
    """Rows of a ledger, made only when a template asks for them: Cells and plain values by the titles of the fields."""

    make: Callable[[], list[dict[str, Any]]]


class Text(str):
    """Text from a cell: prints itself in a bookmark, and compares like text."""

    _id = ""
    _rank = 0  # the place of the value in the closed list of its field
    _print: Print

    def __html__(self) -> Markup:
        return self._print(str(self), self._id)


class Number(Decimal):
    """A number from a cell, likewise."""

    _id = ""
    _print: Print

    def __html__(self) -> Markup:
        return self._print(plain(Decimal(self)), self._id)


class Several(list[Text]):
    """A cell with several values, printed with 、 between them."""

    def __html__(self) -> Markup:
        return Markup("、").join(t.__html__() for t in self)


def cell(value: Any, id_: str, print_: Print, known: Sequence[str] = ()) -> Any:
    """Returns a cell's value as a template sees it; dates and yes/no are plain values. `known`: a closed list in order."""
    if value is None or isinstance(value, (bool, date)):
        return value
    if isinstance(value, tuple):
        return Several(cell(str(v), id_, print_) for v in value)
    made = Number(value) if isinstance(value, (int, float, Decimal)) else Text(" ".join(str(value).split()))
    made._id, made._print = id_, print_
    if isinstance(made, Text) and value in known:
        made._rank = known.index(value) + 1
    return made


class Whole(int):
    """A whole number such as the year; it is equal to a text of its digits, as older templates write it."""

    def __eq__(self, other: object) -> bool:
        return int(self) == (int(other) if isinstance(other, str) and other.isdecimal() else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = int.__hash__


class Rows(Sequence[Row]):
    """Rows of one ledger in a template, made when they are first used."""

    def __init__(self, print_: Print, make: Callable[[], list[Row]]) -> None:
        self._print, self._make = print_, make
        self._made: list[Row] | None = None

    @property
    def all(self) -> list[Row]:
        """The rows."""
        if self._made is None:
            self._made = self._make()
        return self._made

    def of(self, rows: list[Row]) -> Rows:
        """Returns some of the rows."""
        return Rows(self._print, lambda: rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    @overload
    def __getitem__(self, at: int) -> Row: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...

    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        return self.of(self.all[at]) if isinstance(at, slice) else self.all[at]


class NameList:
    """A list of names in a template: prints 《A》《B》等5项制度; it is true if there is a name."""

    def __init__(self, some: bool, print_: Callable[[], Markup]) -> None:
        self._some, self._print = some, print_

    def __html__(self) -> Markup:
        return self._print()

    def __str__(self) -> str:
        return self.__html__()

    def __bool__(self) -> bool:
        return self._some


# ------------------------------------------------------------------ filters


def select(rows: Rows, **wanted: Any) -> Rows:
    """筛选: the rows whose fields have these values; a list of values allows each."""
    return rows.of([r for r in rows if all(_matches(_value(r, k), v) for k, v in wanted.items())])


def without(rows: Rows, **unwanted: Any) -> Rows:
    """除去: the rows none of whose fields has these values."""
    return rows.of([r for r in rows if not any(_matches(_value(r, k), v) for k, v in unwanted.items())])


def order(rows: Rows, field: str, 倒序: bool = False) -> Rows:  # the name is written in templates
    """排序: the rows by a field, blanks last; values of a closed list in its order."""
    known = [r for r in rows if _value(r, field) is not None]
    blank = [r for r in rows if _value(r, field) is None]
    return rows.of(
        [*sorted(known, key=lambda r: (getattr(r[field], "_rank", 0), r[field]), reverse=bool(倒序)), *blank]
    )


def first(rows: Rows, count: int) -> Rows:
    """前: the first rows."""
    return rows.of(rows.all[: int(count)])


def listing(rows: Rows, field: str, marks: str = "引号", most: int = 0, classifier: str = "项") -> Markup:
    """列举: the names in a field, each once, between marks (a key of MARKS); after `most` only their number follows."""
    marks = MARKS.get(marks, marks)
    found: dict[str, Any] = {}
    for r in rows:
        value = _value(r, field)
        for one in value if isinstance(value, Several) else (value,):
            if one not in (None, ""):
                found.setdefault(str(one), one)
    names = list(found.values())
    if not names:
        return rows._print("", "")
    shown = [escape(n) for n in (names[:most] if most else names)]
    left, right = (marks[0], marks[-1]) if len(marks) > 1 else ("", "")
    text = Markup("" if left else "、").join(Markup(left) + n + Markup(right) for n in shown)
    return text + (f"等{len(names)}{classifier}" if len(shown) < len(names) else "")


def by_month(rows: Rows) -> list[Row]:
    """按月: groups with 月 and 行, by the date of the rows."""
    title = next((t for t in DATES if rows and t in rows[0]), DATES[0])
    return _groups(rows, MONTH, lambda r: (d.year, d.month) if (d := _value(r, title)) else None, lambda k: f"{k[1]}月")


def by_branch(rows: Rows) -> list[Row]:
    """按支部: groups with 支部 and 行."""
    return _groups(rows, BRANCH, lambda r: _value(r, ORGANISATION), lambda k: k)


def by_unit(rows: Rows) -> list[Row]:
    """按单位: groups with 单位 and 行."""
    return _groups(rows, UNIT, lambda r: _value(r, UNIT), lambda k: k)


FILTERS: dict[str, Callable[..., Any]] = {
    "筛选": select,
    "除去": without,
    "排序": order,
    "前": first,
    "列举": listing,
    "按月": by_month,
    "按支部": by_branch,
    "按单位": by_unit,
}
GROUPS = {"按月": MONTH, "按支部": BRANCH, "按单位": UNIT}  # filter -> key of its groups


def _groups(rows: Rows, key: str, of: Callable[[Row], Any], said: Callable[[Any], Any]) -> list[Row]:
    found: dict[Any, list[Row]] = {}
    for r in rows:
        found.setdefault(of(r), []).append(r)
    keys = sorted(k for k in found if k is not None) if key == MONTH else [k for k in found if k is not None]
    return [{key: said(k), GROUP: rows.of(found[k])} for k in keys]


def _value(row: Row, field: str) -> Any:
    if field not in row:
        raise TemplateRuntimeError(f"没有“{field}”一栏，可用：{'、'.join(row)}")
    return row[field]


def _matches(value: Any, wanted: Any) -> bool:
    options = wanted if isinstance(wanted, (list, tuple)) else (wanted,)
    if isinstance(value, bool):
        value = "是" if value else "否"
    return any(v == o for v in (value if isinstance(value, Several) else (value,)) for o in options)
