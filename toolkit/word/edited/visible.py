"""Tells which text of a document is read by nobody: struck out, hidden, as pale as the paper, tiny, or removed.

A toggle that several styles set is on if an odd number of them set it (ECMA-376 part 1, 17.7.3); a run's own
property has the last word. The copy of a text box that Word keeps for old programs is text twice, so it counts as unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from lxml import etree

from ..ooxml import parse, q
from ..styles import is_default

Runs = frozenset[etree._Element]

# Elements whose content is no longer, or not yet once more, part of the text.
GONE = frozenset({q("w:del"), q("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"})
_TOGGLES = tuple(q(f"w:{name}") for name in ("strike", "dstrike", "vanish"))
_COLOUR, _FILLED = q("w:color"), (q("w:shd"), q("w:highlight"))
_VAL, _FILL, _P, _R, _RPR, _PPR = q("w:val"), q("w:fill"), q("w:p"), q("w:r"), q("w:rPr"), q("w:pPr")
_ROW, _BOXED = q("w:tr"), (q("w:tc"), q("w:txbxContent"))
_OFF, _PAPER = ("0", "false", "off", "none"), ("auto", "FFFFFF", "ffffff", "", "clear", "none", None)
_STYLES = "word/styles.xml"
_SIZE, _TINY = q("w:sz"), 4  # half points: 2 pt and less
_HEX, _PALE = re.compile("[0-9A-Fa-f]{6}"), 0xF2
MAX_CHAIN = 12  # longest chain of styles based on one another


class Sight:
    """The styles of a document, as far as they hide text."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        root = parse(parts[_STYLES], _STYLES) if _STYLES in parts else etree.Element("none")
        self._styles = {str(s.get(q("w:styleId"))): s for s in root.iter(q("w:style"))}
        self._default = next((k for k, s in self._styles.items() if is_default(s)), "")
        self._root = root
        self._known: dict[str, tuple[frozenset[str], str, str]] = {}
        self._properties: dict[etree._Element, etree._Element | None] = {}  # of the paragraphs of the part that is read

    def unseen(self, root: etree._Element) -> Runs:
        """Returns the runs of a part whose text nobody reads."""
        return frozenset(self._unseen(root))

    def _unseen(self, root: etree._Element) -> Iterator[etree._Element]:
        gone: list[etree._Element] = []  # the open elements whose content is gone
        self._properties.clear()
        for event, node in etree.iterwalk(root, events=("start", "end"), tag=(*GONE, _ROW, _R)):
            if event == "end":
                if gone and gone[-1] is node:
                    gone.pop()
            elif node.tag == _R:
                if gone or self._hidden(node):
                    yield node
            elif node.tag != _ROW or _row_hidden(node):
                gone.append(node)

    def _hidden(self, run: etree._Element) -> bool:
        own = run.find(_RPR)
        paragraph = self._properties_around(run)
        of_run, colour, size = self._style(_named(own, "w:rStyle"))
        of_paragraph, inherited, height = self._style(_named(paragraph, "w:pStyle") or self._default)
        on = (of_run ^ of_paragraph) | self._defaults
        for tag in _TOGGLES if own is not None else ():
            if (toggle := own.find(tag)) is not None:
                on = on - {tag} if toggle.get(_VAL) in _OFF else on | {tag}
        colour = _value(own, _COLOUR) or colour or inherited or ""
        tiny = _is_tiny(_value(own, _SIZE) or size or height)
        pale = _is_pale(colour) and not _on_colour(run, own, paragraph)
        return bool(on) or tiny or pale or _as_its_ground(colour, own, paragraph)

    def _properties_around(self, run: etree._Element) -> etree._Element | None:
        """Returns the properties of a run's paragraph; looks for them once, not again for each of many runs."""
        p = next(run.iterancestors(_P), None)
        if p is None:
            return None
        if p not in self._properties:
            self._properties[p] = p.find(_PPR)
        return self._properties[p]

    @cached_property
    def _defaults(self) -> frozenset[str]:
        found = next(self._root.iter(q("w:rPrDefault")), None)
        properties = found.find(_RPR) if found is not None else None
        return _toggles(properties)[0]

    def _style(self, name: str) -> tuple[frozenset[str], str, str]:
        """Returns the toggles that a style has on, its colour, and its size in half points ("" for none)."""
        if name not in self._known:
            settled: dict[str, bool] = {}
            colour, size, at = "", "", name
            for _ in range(MAX_CHAIN):
                if (style := self._styles.get(at)) is None:
                    break
                properties = style.find(_RPR)
                on, off = _toggles(properties)
                settled = dict.fromkeys(off, False) | dict.fromkeys(on, True) | settled
                colour, size = colour or _value(properties, _COLOUR), size or _value(properties, _SIZE)
                at = _named(style, "w:basedOn")
            self._known[name] = frozenset(tag for tag, on in settled.items() if on), colour, size
        return self._known[name]


def _value(properties: etree._Element | None, tag: str) -> str:
    found = properties.find(tag) if properties is not None else None
    return str(found.get(_VAL) or "") if found is not None else ""


def _is_tiny(size: str) -> bool:
    return size.isascii() and size.isdecimal() and int(size[:9]) <= _TINY


def _is_pale(colour: str) -> bool:
    """Whether the colour is that of paper, or as good as that."""
    return bool(_HEX.fullmatch(colour)) and min(bytes.fromhex(colour)) >= _PALE


def _as_its_ground(colour: str, own: etree._Element | None, paragraph: etree._Element | None) -> bool:
    fills = (_fill(e) for e in (own, paragraph) if e is not None)
    ground = next((f for f in fills if f not in _PAPER), "")
    return bool(ground) and str(ground).upper() == colour.upper()


def _fill(properties: etree._Element) -> str | None:
    shade = properties.find(_FILLED[0])
    return None if shade is None else shade.get(_FILL)


def _toggles(properties: etree._Element | None) -> tuple[frozenset[str], frozenset[str]]:
    """Returns the toggles that these properties set on, and those that they set off."""
    found = {} if properties is None else {t: e for t in _TOGGLES if (e := properties.find(t)) is not None}
    off = frozenset(t for t, e in found.items() if e.get(_VAL) in _OFF)
    return frozenset(found) - off, off


def _named(properties: etree._Element | None, tag: str) -> str:
    found = properties.find(q(tag)) if properties is not None else None
    return str(found.get(_VAL) or "") if found is not None else ""


def _row_hidden(row: etree._Element) -> bool:
    hidden = row.find(f"{q('w:trPr')}/{q('w:hidden')}")
    removed = row.find(f"{q('w:trPr')}/{q('w:del')}")
    return removed is not None or (hidden is not None and hidden.get(_VAL) not in _OFF)


def _on_colour(run: etree._Element, own: etree._Element | None, paragraph: etree._Element | None) -> bool:
    """Whether white text may stand on something dark: a fill of its own, a table cell or a text box."""
    fills = (e.find(tag) for e in (own, paragraph) if e is not None for tag in _FILLED)
    filled = any(f.get(_FILL, f.get(_VAL)) not in _PAPER for f in fills if f is not None)
    return filled or next(run.iterancestors(*_BOXED), None) is not None
