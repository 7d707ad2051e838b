"""Translates formulas, references and links between the syntax of Excel and that of LibreOffice.

Excel: `=SUM('表 1'!A1,B2)`; LibreOffice: `=SUM($'表 1'.A1;B2)`. Texts inside a formula are not changed.
"""

from __future__ import annotations

import re

_QUOTED = r"'(?:[^']|'')+'"
_CELL = r"\$?[A-Za-z]{1,3}\$?\d+"
# Match a quoted text, a sheet with its sign, a separator of arguments, or a brace of a constant array.
_EXCEL = re.compile(rf'"(?:[^"]|"")*"|(?:{_QUOTED}|[\w.]+)!|[,;{{}}]')
_CALC = re.compile(rf'"(?:[^"]|"")*"|\$?(?:{_QUOTED}|[^\W\d][\w]*)\.(?={_CELL}|#REF!)|[;|{{}}]')


def to_calc(formula: str) -> str:
    """Translates a formula from Excel's syntax to LibreOffice's."""
    inside = False

    def one(m: re.Match[str]) -> str:
        nonlocal inside
        word = m[0]
        if word in "{}":
            inside = word == "{"
        if word.endswith("!"):
            return f"${word[:-1]}."
        return {",": ";", ";": "|" if inside else ";"}.get(word, word)

    return _EXCEL.sub(one, formula)


def to_excel(formula: str) -> str:
    """Translates a formula from LibreOffice's syntax to Excel's."""
    inside = False

    def one(m: re.Match[str]) -> str:
        nonlocal inside
        word = m[0]
        if word in "{}":
            inside = word == "{"
        if word.endswith(".") and not word.startswith('"'):
            return f"{word[:-1].removeprefix('$')}!"
        return {";": ",", "|": ";" if inside else "|"}.get(word, word)

    return _CALC.sub(one, formula)


def link_to_calc(address: str) -> str:
    """Translates a link inside a workbook, `#'表'!D7`, to LibreOffice's syntax; returns other addresses unchanged."""
    if not address.startswith("#"):
        return address
    sheet, sign, cell = address[1:].rpartition("!")
    return f"#{sheet}.{cell}" if sign else address


def link_to_excel(address: str) -> str:
    """Reverses `link_to_calc`."""
    if not address.startswith("#"):
        return address
    sheet, sign, cell = address[1:].rpartition(".")
    return f"#{sheet.removeprefix('$')}!{cell}" if sign else address
