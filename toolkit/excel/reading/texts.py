"""Reads the shared texts of a workbook, and what texts and attributes in its parts mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from .ordinary import ordinary_texts
from .package import Attributes, walk

INDEX = re.compile(r"\s*\+?([0-9]{1,9})\s*")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class Texts:
    """The shared texts of a workbook, read when the first of them is asked for. Raises Refused for bad XML."""

    def __init__(self, xml: bytes = b"") -> None:
        self._xml = xml
        # How long each is, in bytes; None if they are not written as usual.
        self.ordinary: Sequence[int] | None = ordinary_texts(xml) if xml else ()

    @property
    def texts(self) -> Sequence[str | None]:
        """The texts, blank ones None."""
        return self._read[0]

    @property
    def struck(self) -> frozenset[int]:
        """The numbers of the texts that are struck out in part."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[Sequence[str | None], frozenset[int]]:
        return _texts(self._xml) if self._xml else ((), frozenset())


def decoded(text: str) -> str:
    """Returns a text with escapes such as _x000D_ as the characters they stand for (ECMA-376, ST_Xstring)."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def on(a: Attributes) -> bool:
    """Whether an element such as `strike` switches something on; without a value it does."""
    return a.get("val", "1") not in ("0", "false")


def whole(text: str | None) -> int:
    """Returns a whole number, 0 for none."""
    found = INDEX.fullmatch(text or "")
    return int(found[1]) if found else 0


def _texts(xml: bytes) -> tuple[list[str | None], frozenset[int]]:
    found: list[str | None] = []
    struck: set[int] = set()
    words: list[str] = []
    inside = quiet = False

    def start(tag: str, a: Attributes) -> None:
        nonlocal inside, quiet
        if tag == "t":
            inside = not quiet
        elif tag == "si":
            words.clear()
        elif tag == "rPh":
            quiet = True
        elif tag == "strike" and on(a):
            struck.add(len(found))

    def end(tag: str) -> None:
        nonlocal inside, quiet
        if tag == "t":
            inside = False
        elif tag == "si":
            found.append(decoded("".join(words)) or None)
        elif tag == "rPh":
            quiet = False

    def text(data: str) -> None:
        if inside:
            words.append(data)

    walk(xml, start, end, text)
    return found, frozenset(struck)
