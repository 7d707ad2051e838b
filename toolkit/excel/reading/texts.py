"""Reads the shared texts of a workbook, and what texts and attributes in its parts mean."""

from __future__ import annotations

from .ordinary import ordinary_texts
from .package import Attributes, walk
from .values import INDEX, decoded


def shared_texts(xml: bytes) -> tuple[list[str | None], frozenset[int]]:
    """Returns the shared texts of a workbook, blank ones None, and the numbers of those that are struck out in part.

    Raises Refused for bad XML.
    """
    if not xml:
        return [], frozenset()
    plain = ordinary_texts(xml)
    return _texts(xml) if plain is None else (plain, frozenset())


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
