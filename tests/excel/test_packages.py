"""A package may name and place its parts as it likes, as long as its relationships say where they are (ECMA-376-2)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from support.markdown_book import book

from toolkit.excel.reading.read import read_book

Parts = dict[str, bytes]
SHEET, BOOK, RELATIONS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
TABLE = """
    | 日期        | 主题   | 人数 |
    |-------------|--------|------|
    | @2026-03-05 | 读书会 | 12   |
    | 3月6日      | 党课   | '12  |
"""


def rename(parts: Parts, old: str, new: str) -> Parts:
    """A part, or all of a folder, under another name, also where it is named."""

    def said(name: str, data: bytes) -> bytes:
        return data.replace(old.encode(), new.encode()) if name.endswith((".rels", "Types].xml")) else data

    return {name.replace(old, new): said(name, data) for name, data in parts.items()}


def target(parts: Parts, old: str, new: str) -> Parts:
    """The relationships of the workbook with another spelling of a target."""
    return parts | {RELATIONS: parts[RELATIONS].replace(old.encode(), new.encode())}


def moved(parts: Parts, old: str, new: str) -> Parts:
    return {new if name == old else name: data for name, data in parts.items()}


ARRANGED: Mapping[str, Callable[[Parts], Parts]] = {
    "another folder": lambda p: rename(p, "worksheets/", "blaetter/"),
    "shared texts elsewhere": lambda p: rename(p, "sharedStrings.xml", "t/texts.xml"),
    "styles elsewhere": lambda p: rename(p, "styles.xml", "s/looks.xml"),
    "the workbook elsewhere": lambda p: moved(
        moved(
            {
                n: d.replace(b"xl/workbook.xml", b"xl/book.xml") if n in ("_rels/.rels", "[Content_Types].xml") else d
                for n, d in p.items()
            },
            BOOK,
            "xl/book.xml",
        ),
        RELATIONS,
        "xl/_rels/book.xml.rels",
    ),
    "absolute targets": lambda p: target(p, 'Target="worksheets/', 'Target="/xl/worksheets/'),
    "dots in targets": lambda p: target(p, 'Target="worksheets/', 'Target="../xl/./worksheets/'),
    "a space in a name": lambda p: target(moved(p, SHEET, "xl/worksheets/sheet 1.xml"), "sheet1.xml", "sheet%201.xml"),
    "a name in Chinese": lambda p: target(moved(p, SHEET, "xl/worksheets/表.xml"), "sheet1.xml", "%E8%A1%A8.xml"),
    "capitals": lambda p: moved(p, SHEET, "xl/Worksheets/Sheet1.XML"),
    "UTF-16": lambda p: p | {BOOK: p[BOOK].decode().replace("UTF-8", "UTF-16").encode("utf-16")},
    "a mark of byte order": lambda p: {n: b"\xef\xbb\xbf" + d if n.endswith(".xml") else d for n, d in p.items()},
    "prefixes": lambda p: (
        p | {SHEET: re.sub(rb"<(/?)(?=[a-z])", rb"<\1x:", p[SHEET]).replace(b"xmlns=", b"xmlns:x=", 1)}
    ),
}


@pytest.mark.parametrize("arranged", ARRANGED)
def test_a_valid_package_is_read_however_it_is_arranged(arranged: str, tmp_path: Path) -> None:
    usual = book(tmp_path, {"组织生活": TABLE})
    with zipfile.ZipFile(usual) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    made = ARRANGED[arranged](parts)
    assert made != parts
    other = tmp_path / "另.xlsx"
    with zipfile.ZipFile(other, "w") as archive:
        for name, data in made.items():
            archive.writestr(name, data)
    wanted, found = read_book(usual), read_book(other)
    assert found.findings == ()
    assert {t: g.cells for t, g in found.grids.items()} == {t: g.cells for t, g in wanted.grids.items()}
