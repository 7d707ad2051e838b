"""Names of figure bookmarks; a name holds all that is needed to print the figure again.

`DJ_OL01_GW001_2026_Dr2_9f3c_1`: indicator, unit, year, scope and form, checksum of the printed text,
running number. Bookmarks survive Word, WPS and LibreOffice; content controls and document variables do not
in all three (docs/decisions/0007). One more bookmark, `DJ_doc_<document>`, spans the whole text.
"""

from __future__ import annotations

import re
import zlib
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from ...model import Shown

MAX_NAME = 40  # Word's limit for a bookmark's name
MAX_ID, MAX_UNIT = 8, 12
MAX_COMPARISON = 7  # characters of a comparison's form
PREFIX = "DJ_"
# KIND: filled from the document's own template; OWN: from a template that the user gave.
KIND, OWN = f"{PREFIX}doc_", f"{PREFIX}own_"
PUBLIC_KIND, PUBLIC_OWN = f"{PREFIX}pubdoc_", f"{PREFIX}pubown_"  # the same of a public version
SCOPES = {"单位": "D", "支部": "Z", "小组": "X", "不分": "B"}
NUMBER = "n"  # form: the exact number alone
LIST, CELL = "l", "c"  # forms: a list of names, a single name from a row
COMPARISONS = {
    "上年": "b",
    "同比": "t",
    "增减": "d",
    "增幅": "g",
}  # forms: a comparison, followed by last year's value (12p5 is 12.5)
_NAME = re.compile(
    r"DJ_([A-Za-z0-9]{1,12})_([A-Za-z0-9]{1,12})_(\d{4})_([DZXB])([nlc]|[btdg]\d{1,9}(?:p\d{1,9})?|(?:r\d)?w?(?:o\d{1,3})?a?)_([0-9a-f]{4})_(\d{1,5})"
    r"((?:_Copy_\d+)*)"  # LibreOffice adds it to a second bookmark of the same name
)
_FORM = re.compile(r"(?:r(\d))?(w?)(?:o(\d{1,3}))?(a?)")


class MarkName(NamedTuple):
    """Parts of a figure bookmark's name; `str()` gives the name, at most 40 characters."""

    id: str  # of the indicator; read from a name, it may be a digest of short()
    unit: str  # code of the unit; likewise
    year: int
    scope: str  # 单位, 支部, 小组, 不分
    form: str  # NUMBER, LIST, CELL, or how a phrase is rounded: see form_of()
    check: str  # see check_of()
    n: int
    copied: bool = False  # a second bookmark of the same name in LibreOffice

    def __str__(self) -> str:
        tail = f"_{self.year}_{SCOPES[self.scope]}{self.form}_{self.check}_{self.n}"
        head = f"{PREFIX}{short(self.id, MAX_ID)}_"
        room = MAX_NAME - len(head) - len(tail)
        return head + short(self.unit, min(room, MAX_UNIT)) + tail

    def is_of(self, unit: str) -> bool:
        """Returns whether the figure belongs to the unit with this code."""
        return self.unit in (unit, short(unit, 0))


def read_name(name: str) -> MarkName | None:
    """Returns the parts of a bookmark's name; None if it is not a figure bookmark."""
    found = _NAME.fullmatch(name)
    if not found:
        return None
    scope = next(title for title, letter in SCOPES.items() if letter == found[4])
    return MarkName(found[1], found[2], int(found[3]), scope, found[5], found[6], int(found[7]), bool(found[8]))


def form_of(shown: Shown | None) -> str:
    """Returns the form code of a wording: r2 two digits kept; w whole 万; o60 60%以上; a words for 100 %."""
    if shown is None:
        return ""
    parts = (f"r{shown.round}" if shown.round else "", "w" if shown.wan else "")
    return "".join(parts) + (f"o{shown.over}" if shown.over is not None else "") + ("a" if shown.all_ else "")


def form_of_comparison(kind: str, before: Decimal) -> str:
    """Returns the form code of a comparison with last year's value; "" if the value is too long for a bookmark's name."""
    code = COMPARISONS[kind] + f"{before:f}".replace(".", "p")
    return code if len(code) <= MAX_COMPARISON and before >= 0 else ""


def comparison_of(form: str) -> tuple[str, Decimal] | None:
    """Returns the kind of comparison that a form code means, with last year's value; None if it means none."""
    kind = next((kind for kind, letter in COMPARISONS.items() if form.startswith(letter)), None)
    return (kind, Decimal(form[1:].replace("p", "."))) if kind else None


def shown_of(form: str, all_: str) -> Shown:
    """Returns the wording that a form code means. Raises ValueError for an unknown form.

    `all_`: the document's words for 100 %, used only with a.
    """
    found = _FORM.fullmatch(form)
    if not found:
        raise ValueError(form)
    return Shown(
        int(found[1]) if found[1] else None,
        bool(found[2]),
        int(found[3]) if found[3] else None,
        all_ if found[4] else "",
    )


@lru_cache(maxsize=4096)
def short(code: str, room: int) -> str:
    """Returns a code as it is, or its digest (x and 6 hex digits) if it exceeds `room` or is not alphanumeric ASCII."""
    if len(code) <= room and re.fullmatch("[A-Za-z0-9]+", code):
        return code
    return f"x{zlib.crc32(code.encode()) & 0xFFFFFF:06x}"


def cell_id(ledger: str, field: str) -> str:
    """Returns the id of single names from a field: the ledger's code and a digest of the field's name."""
    return f"{ledger}{zlib.crc32(field.encode()) & 0xFFFFFF:06x}"


def kind_name(document: str, own: bool, public: bool = False) -> str:
    """Returns the name of the bookmark that records the kind of document, cut to 40 characters."""
    prefix = (PUBLIC_OWN if own else PUBLIC_KIND) if public else (OWN if own else KIND)
    return (prefix + re.sub(r"\W", "", document))[:MAX_NAME]
