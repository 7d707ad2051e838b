"""Replaces text as a tracked change of Word: the old text stays in it, struck out, until somebody accepts the new one."""

from __future__ import annotations

from copy import deepcopy
from itertools import count

from lxml import etree

from ..ooxml import XML_SPACE, make, q
from .edited import Edited

AUTHOR = "台账"


class Revisions:
    """The tracked changes of one document; `day` is written beside them, e.g. 2026-12-20T00:00:00Z."""

    def __init__(self, day: str) -> None:
        self._day, self._ids = day, count(90001)

    def replace(self, edited: Edited, start: int, end: int, new: str) -> None:
        """Replaces the characters from `start` to `end`; like Edited.replace, from the end of a text upwards."""
        last: etree._Element | None = None
        for at, node in list(edited.touched(start, end)):
            run, text = node.getparent(), node.text or ""
            cut = max(start - at, 0), min(end - at, len(text))
            last = self._struck(run, node, *cut)
        if last is not None and new:
            inserted = self._change("w:ins", last[0], new, "w:t")
            last.addnext(inserted)

    def _struck(self, run: etree._Element, node: etree._Element, start: int, end: int) -> etree._Element:
        """Parts a run so that the characters of `node` from `start` to `end` are deleted ones; returns the deletion."""
        text = node.text or ""
        after = _copy(run)
        for child in list(run)[list(run).index(node) + 1 :]:
            after.append(child)
        if text[end:]:
            _put(after, "w:t", text[end:], 1 if len(after) and after[0].tag == q("w:rPr") else 0)
        node.text = text[:start]
        _keep(node)
        gone = self._change("w:del", run, text[start:end], "w:delText")
        run.addnext(gone)
        if len(after) > (after.find(q("w:rPr")) is not None):
            gone.addnext(after)
        if not node.text:
            run.remove(node)
        if len(run) == (run.find(q("w:rPr")) is not None):
            run.getparent().remove(run)
        return gone

    def _change(self, kind: str, like: etree._Element, text: str, tag: str) -> etree._Element:
        made = make(kind, id=next(self._ids), author=AUTHOR, date=self._day)
        run = _copy(like)
        _put(run, tag, text, len(run))
        made.append(run)
        return made


def _copy(run: etree._Element) -> etree._Element:
    """Returns an empty run with the same properties."""
    made, properties = make("w:r"), run.find(q("w:rPr"))
    if properties is not None:
        made.append(deepcopy(properties))
    return made


def _put(run: etree._Element, tag: str, text: str, at: int) -> None:
    node = make(tag)
    node.text = text
    _keep(node)
    run.insert(at, node)


def _keep(node: etree._Element) -> None:
    if node.text and node.text != node.text.strip():
        node.set(XML_SPACE, "preserve")
