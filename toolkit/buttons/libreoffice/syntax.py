"""Formulas, references and links: from the way Excel writes them to LibreOffice's, and back.

Excel: `=SUM('表 1'!A1,B2)`; LibreOffice: `=SUM($'表 1'.A1;B2)`. Texts inside a formula are left alone.
"""

from __future__ import annotations

import re

_QUOTED = r"'(?:[^']|'')+'"
_CELL = r"\$?[A-Za-z]{1,3}\$?\d+"
# A text; a sheet with its sign; a separator of arguments; a brace of a constant array.
_EXCEL = re.compile(rf'"(?:[^"]|"")*"|(?:{_QUOTED}|[\w.]+)!|[,;{{}}]')
_CALC = re.compile(rf'"(?:[^"]|"")*"|\$?(?:{_QUOTED}|[^\W\d][\w]*)\.(?={_CELL}|#REF!)|[;|{{}}]')


def to_calc(formula: str) -> str:
    """A formula of Excel, as LibreOffice takes it."""
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
    """A formula of LibreOffice, as Excel shows it."""
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
    """`#'表'!D7` as LibreOffice writes links inside a workbook; other addresses as they are."""
    if not address.startswith("#"):
        return address
    sheet, sign, cell = address[1:].rpartition("!")
    return f"#{sheet}.{cell}" if sign else address


def link_to_excel(address: str) -> str:
    """The reverse of link_to_calc."""
    if not address.startswith("#"):
        return address
    sheet, sign, cell = address[1:].rpartition(".")
    return f"#{sheet.removeprefix('$')}!{cell}" if sign else address


def column_number(letters: str) -> int:
    """A column by its letters, from 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
