"""Reads last year's values from the sheet 逐项对照 of `extract`, where a clerk may have settled doubtful ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from ...errors import CannotRun
from ...model import Book, Catalog
from ...standard.sheets import COMPARED

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年")


def year_of(book: Book) -> int | None:
    """Returns the year that the title of the sheet names; None if it names none or several."""
    years = {int(y) for row in book.grids[COMPARED].cells[:1] for y in _YEAR.findall(str(row[:1]))}
    return years.pop() if len(years) == 1 else None


def values_of(catalog: Catalog, book: Book) -> Mapping[str, Decimal | None]:
    """Returns the column 上年 by the indicator's name; shares in percent. Raises CannotRun if it has no such column."""
    by_id = {i.id: name for name, i in catalog.indicators.items()}
    cells = book.grids[COMPARED].cells
    head = next((n for n, row in enumerate(cells) if "编号" in row and "上年" in row), None)
    if head is None:
        raise CannotRun(f"{book.path}：对照表“{COMPARED}”里没有“编号”“上年”两栏。请用 extract 另存的工作簿。")
    key, value = cells[head].index("编号"), cells[head].index("上年")
    found: dict[str, Decimal | None] = {}
    for row in cells[head + 1 :]:
        name = by_id.get(str(row[key]) if len(row) > key else "")
        if name and len(row) > value:
            found[name] = _number(row[value])
    return found


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        made = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return made if made.is_finite() and 0 <= made < Decimal(10) ** 12 else None
