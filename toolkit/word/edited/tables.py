"""Reads the tables of a document: each cell with the heads of its row and its column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from ..ooxml import find, q
from .paragraphs import Paragraph

MAX_SPAN = 60  # columns that one cell may cover


@dataclass(frozen=True)
class Cell:
    """One paragraph of a table that is alone in its cell; `index` is its place among the paragraphs of the document.

    `row` and `column` are the texts at the beginning of its row and at the top of its column.
    """

    index: int
    row: str
    column: str


def cells(paragraphs: Sequence[Paragraph]) -> Iterator[Cell]:
    """Yields the cells below the first row and right of the first column, in the order of the text."""
    indices = {p.element: n for n, p in enumerate(paragraphs) if p.element is not None and p.in_table}
    tables = dict.fromkeys(next(e.iterancestors(q("w:tbl"))) for e in indices)
    for table in tables:
        rows = [list(_row(r)) for r in find(table, "w:tr")]
        heads = [_text(c, paragraphs, indices) for c in rows[0]] if rows else []
        for row in rows[1:]:
            first = _text(row[0], paragraphs, indices) if row else ""
            for n, cell in enumerate(row):
                held = [indices[p] for p in find(cell, "w:p") if p in indices]
                if n and len(held) == 1 and (n == 0 or cell is not row[n - 1]):
                    yield Cell(held[0], first, heads[n] if n < len(heads) else "")


def _row(row: etree._Element) -> Iterator[etree._Element]:
    """Yields the cells of a row, one that covers several columns once for each."""
    for cell in find(row, "w:tc"):
        told = str(find(cell, "string(w:tcPr/w:gridSpan/@w:val)"))
        yield from [cell] * (min(int(told), MAX_SPAN) if told.isdecimal() and len(told) < 4 else 1)


def _text(cell: etree._Element, paragraphs: Sequence[Paragraph], indices: dict[etree._Element, int]) -> str:
    return "".join(paragraphs[indices[p]].text.strip() for p in find(cell, "w:p") if p in indices)
