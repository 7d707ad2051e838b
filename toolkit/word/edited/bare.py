"""Marks figures of an old year that stand in a template as they were: a bookmark and a yellow ground.

`DJ_old_9f3c21aa_1`: checksum of the text, running number. A figure whose text has changed since is no longer old.
"""

from __future__ import annotations

import re
import zlib
from bisect import insort
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from ...findings import Spot, around
from ..ooxml import XML_SPACE, find, make, q
from .edited import Edited
from .names import PREFIX
from .paragraphs import Opened
from .text import ParagraphText

BARE = f"{PREFIX}old_"
_NAME = re.compile(rf"{BARE}([0-9a-f]{{8}})_\d{{1,5}}(?:_Copy_\d+)*")


def bare_figures(opened: Opened) -> Iterator[tuple[Spot, str]]:
    """Yields place and text of each marked figure of a document that still reads as it did."""
    for part, root in opened.roots.items():
        edited = Edited(root, opened.unseen[part])
        numbers = {p.element: p.number for p in opened.paragraphs if p.part == part}
        for bookmark in edited.bookmarks:
            named = _NAME.fullmatch(bookmark.name)
            text = edited.text[bookmark.start : bookmark.end]
            if named and named[1] == _check(text):
                number = numbers.get(edited.paragraph(bookmark.start), 0)
                yield Spot(number, around(edited.text, bookmark.start, bookmark.end), part), text.strip()


def mark_bare(held: ParagraphText, start: int, end: int, n: int) -> None:
    """Puts bookmark and yellow ground on text[start:end]; `n` is its number, unique in the document.

    Runs are divided at both ends, each piece with the properties of the whole.
    """
    _divide(held, start)
    _divide(held, end)
    runs = [node.getparent() for node, _ in held.between(start, end)]
    if not runs:
        return
    for run in dict.fromkeys(runs):
        _highlight(run)
    name = f"{BARE}{_check(held.text[start:end])}_{n}"
    runs[0].addprevious(make("w:bookmarkStart", id=n, name=name))
    runs[-1].addnext(make("w:bookmarkEnd", id=n))


def first_free(root: etree._Element) -> int:
    """Returns an id greater than that of any bookmark of a part."""
    ids = [str(e.get(q("w:id"))) for e in root.iter(q("w:bookmarkStart"))]
    return max((int(i) for i in ids if re.fullmatch(r"\d{1,9}", i)), default=0) + 1


def _check(text: str) -> str:
    return f"{zlib.crc32(''.join(text.split()).encode()):08x}"


def _divide(held: ParagraphText, at: int) -> None:
    """Divides the run that holds a position, so that a run begins there."""
    for node, begins in held.touched(at, at + 1):
        inner = at - begins
        if node.tag != q("w:t") or not 0 <= inner < len(node.text or ""):
            continue
        run = node.getparent()
        if inner == 0 and not any(True for _ in node.itersiblings(*_SHOWN, preceding=True)):
            return
        second = make("w:r")
        second.attrib.update(run.attrib)
        if (properties := run.find(q("w:rPr"))) is not None:
            second.append(deepcopy(properties))
        rest = make("w:t", (node.text or "")[inner:])
        node.text = (node.text or "")[:inner]
        for t in (node, rest):
            t.set(XML_SPACE, "preserve")
        after = list(node.itersiblings())
        second.append(rest)
        second.extend(after)
        run.addnext(second)
        insort(held.nodes, (rest, at), key=lambda found: found[1])
        return


_SHOWN = (q("w:t"), q("w:tab"), q("w:br"), q("w:drawing"))


def _highlight(run: etree._Element) -> None:
    properties = run.find(q("w:rPr"))
    if properties is None:
        properties = make("w:rPr")
        run.insert(0, properties)
    for old in find(properties, "w:highlight"):
        properties.remove(old)
    later = next((e for e in properties if etree.QName(e).localname in _AFTER_HIGHLIGHT), None)
    mark = make("w:highlight", val="yellow")
    if later is None:
        properties.append(mark)
    else:
        later.addprevious(mark)


# Elements that follow w:highlight in the schema order of run properties.
_AFTER_HIGHLIGHT = (
    *("u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs", "em", "lang"),
    *("eastAsianLayout", "specVanish", "oMath", "rPrChange"),
)
