"""Page layout of a sheet: column widths, row heights, paper, repeated rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

TALLEST = 409  # points of a row: Excel's limit
FILTERED = 32  # points of a header whose texts stand above the signs of the filter


def widths(ws: Worksheet, sizes: Iterable[float]) -> None:
    """Sets the column widths in characters, from the first column on."""
    for n, size in enumerate(sizes):
        ws.set_column(n, n, size)


def pages(ws: Worksheet, head: int, landscape: bool = True, title: str = "") -> None:
    """Sets A4, one page wide, the first `head` rows repeated on every page, sheet name and page numbers below.

    `title` is printed above each page of a sheet that begins with its table.
    """
    ws.set_paper(9)
    if landscape:
        ws.set_landscape()
    ws.fit_to_pages(1, 0)
    ws.set_margins(left=0.5, right=0.5, top=0.9 if title else 0.6, bottom=0.6)
    if title:  # the space ends the font size, so that the title may begin with a digit
        ws.set_header(f'&C&"黑体"&14 {title[:80].replace("&", "&&")}')
    ws.set_footer("&L&9&A&C&9第 &P 页，共 &N 页")
    ws.hide_gridlines(2)
    if head:
        ws.repeat_rows(0, head - 1)


def page_breaks(heights: Sequence[float], kept: Mapping[int, int], room: float, again: float) -> list[int]:
    """Returns the rows, from 0, with which a page begins, the first page left out.

    A row stays on the page of the next `kept[row]` rows, unless all that hangs together is higher than a page. `room`
    is the height of a page, `again` what of it the repeated rows take on further pages.
    """
    found, used = list[int](), 0.0
    for row, high in enumerate(heights):
        end = row
        for n in range(row, len(heights)):  # rows that stay with rows that stay with this one
            if n > end:
                break
            end = max(end, n + kept.get(n, 0))
        together = sum(heights[row : end + 1])
        if used + (high if again + together > room else together) > room:
            found.append(row)
            used = again
        used += high
    return found


def height(*texts: tuple[str, float]) -> float:
    """Returns the row height in points for wrapped (text, column width) pairs; not every program fits rows itself."""
    return min(
        TALLEST,
        5 + 14 * max((-(-display_width(text) // max(1, int(room - 2))) or 1 for text, room in texts), default=1),
    )


def display_width(text: Any) -> int:
    """Returns the width of a text in characters; full-width characters count double."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in str(text))
