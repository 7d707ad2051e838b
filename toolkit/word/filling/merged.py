"""Merges equal cells below each other in tables that ask for it, so that a task stands once beside its measures.

A table asks by its description (Word: table properties, alternative text): 合并相同：1、3 names the columns.
"""

from __future__ import annotations

import re

from lxml import etree

from ..ooxml import dump, find, make, parse, q

ASKED = "合并相同："
_COLUMNS = re.compile(rf"{ASKED}\s*([\d、,， ]{{1,40}})")
_BEFORE = {q("w:cnfStyle"), q("w:tcW"), q("w:gridSpan"), q("w:hMerge")}  # stand before w:vMerge


def merge_equal(xml: bytes, name: str) -> bytes:
    """Returns a part with the equal cells of its tables merged; unchanged if no table asks for it."""
    if ASKED.encode() not in xml:
        return xml
    root = parse(xml, name)
    for table in find(root, "//w:tbl[w:tblPr/w:tblDescription]"):
        told = find(table, "w:tblPr/w:tblDescription")[0]
        if asked := _COLUMNS.search(told.get(q("w:val"), "")):
            told.getparent().remove(told)
            _merge(table, [int(n) - 1 for n in re.findall(r"\d{1,2}", asked[1])])
    return dump(root)


def _merge(table: etree._Element, columns: list[int]) -> None:
    above: list[str] = []  # the texts of the columns in the row above; [] at the start and below a heading
    first: dict[int, etree._Element] = {}
    for row in find(table, "w:tr"):
        cells = find(row, "w:tc")
        if find(row, "w:trPr/w:tblHeader") or find(row, "w:tc/w:tcPr/w:gridSpan") or len(cells) <= max(columns):
            above = []
            continue
        texts = ["".join(find(cells[c], ".//w:t/text()")) for c in columns]
        for at, c in enumerate(columns):
            if not above or texts[: at + 1] != above[: at + 1] or not texts[at].strip():
                first[c] = cells[c]
                continue
            if not find(first[c], "w:tcPr/w:vMerge"):
                _mark(first[c], "restart")
            _mark(cells[c], "continue")
            _empty(cells[c])
        above = texts


def _mark(cell: etree._Element, how: str) -> None:
    properties = find(cell, "w:tcPr")
    if not properties:
        cell.insert(0, make("w:tcPr"))
        properties = [cell[0]]
    at = sum(child.tag in _BEFORE for child in properties[0])
    properties[0].insert(at, make("w:vMerge", val=how))


def _empty(cell: etree._Element) -> None:
    """Removes what a merged cell repeats; a cell must hold a paragraph."""
    paragraphs = find(cell, "w:p")
    for p in paragraphs[1:]:
        cell.remove(p)
    for child in find(paragraphs[0], "*[not(self::w:pPr)]") if paragraphs else ():
        paragraphs[0].remove(child)
