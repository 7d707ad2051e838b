"""Reads .xlsx sheets as written by Excel, WPS, LibreOffice and XlsxWriter, without building an XML tree.

One regular expression finds the cells with content. A sheet that might be read differently from python-calamine
gives None and is left to python-calamine: cells written in another way, unusual number formats, times of day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import product
from string import ascii_uppercase
from typing import Any

from ...model import CellError
from ...rows.casting.text import EPOCH

AREA = 2_000_000  # largest rectangle of cells that is allocated here

# Possessive quantifiers throughout, so there is no backtracking. Groups: column, row, attributes, formula, value.
_CELL = re.compile(
    rb'<c r="([A-Z]++)([0-9]++)"([^>/]*+)>(?:(<f)(?:[^>]*+/>|[^>]*+>[^<]*+</f>))?+'
    rb'(?:(?:<v>|<is><t(?: xml:space="preserve")?+>)([^<]*+)(?:</v>|</t></is>))?+</c>'
)
_ATTRIBUTES = re.compile(rb'(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?')
HIDDEN = re.compile(rb'<row r="([0-9]+)"[^>]* hidden="(?:1|true)"')
_COLUMNS = {
    "".join(letters).encode(): n
    for n, letters in enumerate(x for size in (1, 2) for x in product(ascii_uppercase, repeat=size))
}
# A plain text with the phoneticPr that East Asian versions of Excel add; else the whole item, for _rich.
_STRING = re.compile(
    r'<si>(?:(?:<t(?: xml:space="preserve")?>([^<]*)</t>(?:<phoneticPr [^>]*/>)?)?</si>|(.*?)</si>)', re.DOTALL
)
_RUN, _PRONUNCIATION = re.compile(r'<t(?: xml:space="preserve")?>([^<]*)</t>'), re.compile(r"<rPh .*?</rPh>", re.DOTALL)
_ENTITY = re.compile("&(?:#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6})|(lt|gt|quot|apos|amp));")
_NAMED = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}
_XF, _FORMAT_OF = re.compile(rb"<xf ([^>]*)>"), re.compile(rb'numFmtId="([0-9]+)"')
_CODE = re.compile(rb'<numFmt numFmtId="([0-9]+)" formatCode="([^"]*)"/>')
# Built-in formats that are certainly numbers, and certainly dates.
_NUMBERS, _DAYS = {*range(14), *range(37, 45), 48, 49}, {14, 15, 16, 17}
_QUIET = re.compile(r'"[^"]*"|&quot;.*?&quot;|\\.|_.|\[\$[^\]]*\]|\[[0-9]+\]|\[Red\]')
_DAY_CODE, _TIME_LETTERS = re.compile("[yYmMdD/.,年月日 -]+"), re.compile(r"[dmhysaDMHYSA\[]")
_FIRST_DAY, _LAST_DAY = 61, 2_958_465  # serials between Excel's 29 February 1900 and its last day


Way = Callable[[bytes], Any]  # raw cell content -> value; raises ValueError or KeyError if it is not certain


class Ways(dict[bytes, Way]):
    """Maps the attributes of a `<c>` element to the function that converts its content, for one workbook."""

    def __init__(self, strings: Mapping[bytes, str | None], dates: Mapping[bytes, bool | None]) -> None:
        """Takes shared texts by number, and for each style whether its numbers are dates (None: not certain)."""
        super().__init__()
        self._texts, self._dates = strings.__getitem__, dates

    def __missing__(self, attributes: bytes) -> Way:
        self[attributes] = way = self._way(attributes)
        return way

    def _way(self, attributes: bytes) -> Way:
        found = _ATTRIBUTES.fullmatch(attributes)
        if not found:
            raise KeyError(attributes)
        style, kind = found.groups()
        if kind == b"s":
            return self._texts
        if kind in _OTHERS:
            return _OTHERS[kind]
        if kind not in (None, b"n"):
            raise KeyError(attributes)
        is_date = self._dates[style or b"0"]
        return _number if is_date is False else _day if is_date else _unsure


def utf8(xml: bytes) -> bool:
    """Returns whether a part is UTF-8 and has no DTD, comment or CDATA."""
    head = xml[:200].lower().replace(b"'", b'"')
    return (b"encoding=" not in head or b'encoding="utf-8"' in head) and b"<!" not in xml


def shared_strings(xml: bytes) -> dict[bytes, str | None]:
    """Returns the shared strings by number (blank ones None); {} if the part is not written plainly."""
    if not utf8(xml):
        return {}
    text = xml[xml.find(b"<sst") :].decode("utf-8", "replace")
    found = _STRING.findall(text)
    if len(found) != text.count("</si>") or "<si/>" in text or "\r" in text:
        return {}
    return {
        b"%d" % n: unescaped(t) or (_rich(rest) if rest else None)
        for n, (t, rest) in enumerate(found)
        if "_x" not in t + rest  # perhaps a character written as _x000D_
    }


def _rich(item: str) -> str | None:
    """Returns the text of an item with several formatted runs, without its phonetic text (rPh)."""
    return unescaped("".join(_RUN.findall(_PRONUNCIATION.sub("", item)))) or None


def unescaped(text: str) -> str:
    """Returns XML text with its entities decoded."""
    return _ENTITY.sub(_char, text) if "&" in text else text


def _char(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    return _NAMED[name] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))


@lru_cache(maxsize=8)  # the workbooks of all units have the same styles
def date_styles(xml: bytes) -> dict[bytes, bool | None]:
    """Returns for each cell style whether its numbers are dates (None: not certain); {} if the part is not plain."""
    start, end = xml.find(b"<cellXfs"), xml.find(b"</cellXfs>")
    codes = _CODE.findall(xml)
    if not utf8(xml) or start < 0 or len(codes) != xml.count(b"<numFmt "):
        return {}
    own = {int(n): _is_date(code.decode("utf-8", "replace")) for n, code in codes}
    dates: dict[bytes, bool | None] = {}
    for n, attributes in enumerate(_XF.findall(xml, start, end)):
        found = _FORMAT_OF.search(attributes)
        number = int(found[1]) if found else 0
        dates[b"%d" % n] = own.get(number, False if number in _NUMBERS else True if number in _DAYS else None)
    return dates


def _is_date(code: str) -> bool | None:
    first = _QUIET.sub("", code).partition(";")[0]
    if code == "General" or not _TIME_LETTERS.search(first):
        return False
    return True if _DAY_CODE.fullmatch(first) else None


def cells_of(xml: bytes, ways: Ways) -> list[list[Any]] | None:
    """Returns the cells of a worksheet part from A1 on, as in model.Grid; None if another reader must read it."""
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")
    if not utf8(xml) or not xml[-40:].rstrip().endswith(b"</worksheet>") or b"\0" in xml:
        return None
    if start < 0 or end < 0:
        return [] if b"<sheetData/>" in xml else None
    data = xml[start:end]
    found = _CELL.findall(data, 0, data.rfind(b"</c>") + 4)  # skips the prepared blank rows that usually follow
    # Every cell with content and every hidden row must have been recognised.
    hidden = data.count(b' hidden="')
    if len(found) != data.count(b"</c>") or b":c>" in data or (hidden and hidden != len(HIDDEN.findall(data))):
        return None
    try:
        return _grid(found, ways)
    except (ValueError, KeyError):  # an invalid number, or a missing shared text
        return None


def _grid(found: Sequence[tuple[bytes, ...]], ways: Ways) -> list[list[Any]] | None:
    rows = {f[1]: int(f[1]) for f in found}
    width = max((_COLUMNS[x] for x in {f[0] for f in found}), default=-1) + 1
    height = max(rows.values(), default=0)
    if width * height > AREA:
        return None
    grid: list[list[Any]] = [[None] * width for _ in range(height)]
    lines = {row: grid[n - 1] for row, n in rows.items()}
    for letters, row, attributes, formula, v in found:
        if v:
            lines[row][_COLUMNS[letters]] = ways[attributes](v)
        elif formula and ways[attributes] is not _text:  # t="str": the result is an empty text
            lines[row][_COLUMNS[letters]] = CellError("")
    return grid


def _number(v: bytes) -> float:
    if b"_" in v:  # only Python accepts 1_000 as a number
        raise ValueError(v)
    return float(v)


def _day(v: bytes) -> date:
    serial = _number(v)
    if not _FIRST_DAY <= serial <= _LAST_DAY or serial != int(serial):
        raise ValueError(v)
    return EPOCH + timedelta(int(serial))


def _unsure(v: bytes) -> Any:
    raise ValueError(v)


def _error(v: bytes) -> CellError:
    return CellError(v.decode("utf-8", "replace"))


def _truth(v: bytes) -> bool | None:
    if v not in (b"0", b"1"):
        raise ValueError(v)
    return v == b"1"


def _text(v: bytes) -> str | None:
    if b"\r" in v or b"_x" in v:
        raise ValueError(v)
    return unescaped(v.decode()) or None


_OTHERS: Mapping[bytes | None, Way] = {b"inlineStr": _text, b"str": _text, b"b": _truth, b"e": _error}
