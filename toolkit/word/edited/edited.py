"""Reads one part of an edited document as one string, with the positions of its bookmarks.

Text that nobody reads is skipped (visible.py), but a bookmark may begin in removed or hidden text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from ..ooxml import XML_SPACE, q
from .names import PUBLIC_KIND, PUBLIC_OWN
from .visible import Runs

_MOVED = {q("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_TEXT, _RUN, _P, _NAME, _ID = q("w:t"), q("w:r"), q("w:p"), q("w:name"), q("w:id")
_START, _END, _FIELD = q("w:bookmarkStart"), q("w:bookmarkEnd"), q("w:instrText")
_REFERS = (q("w:instr"), q("w:anchor"))
_WHITE = {q("w:tab"): "\t", q("w:br"): "\v", q("w:cr"): "\v"}


@dataclass(frozen=True)
class Bookmark:
    """One bookmark; `start` and `end` are positions in the part's text, equal if no text is left inside."""

    name: str
    start: int
    end: int
    element: etree._Element


def is_public(roots: Iterable[etree._Element]) -> bool:
    """Returns whether a bookmark says that the document is a public version."""
    names = (str(start.get(_NAME, "")) for root in roots for start in root.iter(_START))
    return any(name.startswith((PUBLIC_KIND, PUBLIC_OWN)) for name in names)


class Edited:
    """One part: `text`, with line feeds between paragraphs, and `bookmarks` in order of their starts."""

    def __init__(self, root: etree._Element, unseen: Runs) -> None:
        """`unseen`: the runs of the part that nobody reads."""
        self.root, self._unseen = root, unseen
        self.nodes: list[tuple[int, etree._Element]] = []  # (position in the text, w:t)
        self.paragraphs: list[tuple[int, etree._Element]] = []
        self._pieces: list[str] = []
        self._length = 0
        self._marks: list[tuple[etree._Element, int, int]] = []
        self._open: dict[str, list[int]] = {}  # id -> indices in _marks of bookmarks not ended yet
        self._read()
        self.bookmarks = [Bookmark(e.get(_NAME, ""), start, end, e) for e, start, end in self._marks]
        self.text = "".join(self._pieces)

    def _read(self) -> None:
        skipped: etree._Element | None = None
        for event, node in etree.iterwalk(self.root, events=("start", "end")):
            if skipped is not None:
                if node is skipped and event == "end":
                    skipped = None
            elif event == "start" and node.tag in _MOVED:
                skipped = node
            elif node.tag == _P:
                self._add("\n")
                if event == "start":
                    self.paragraphs.append((self._length, node))
            elif event == "start":
                self._take(node)

    def _take(self, node: etree._Element) -> None:
        if (node.tag == _TEXT or node.tag in _WHITE) and node.getparent() in self._unseen:
            return
        if node.tag == _TEXT:
            self.nodes.append((self._length, node))
            self._add(node.text or "")
        elif node.tag in _WHITE:
            if node.getparent().tag == _RUN:  # a tab stop is a w:tab too
                self._add(_WHITE[node.tag])
        elif node.tag == _START:
            self._open.setdefault(node.get(_ID, ""), []).append(len(self._marks))
            self._marks.append((node, self._length, self._length))
        elif node.tag == _END and self._open.get(node.get(_ID, "")):
            n = self._open[node.get(_ID, "")].pop()
            element, start, _ = self._marks[n]
            self._marks[n] = (element, start, self._length)

    def _add(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)

    def line(self, at: int) -> tuple[int, int]:
        """Returns start and end of the paragraph around a position."""
        end = self.text.find("\n", at)
        return self.text.rfind("\n", 0, at) + 1, end if end >= 0 else len(self.text)

    def paragraph(self, at: int) -> etree._Element | None:
        """Returns the w:p around a position; None before the first paragraph."""
        n = bisect_right(self.paragraphs, at, key=lambda found: found[0])
        return self.paragraphs[n - 1][1] if n else None

    def replace(self, start: int, end: int, new: str) -> None:
        """Replaces the characters from `start` to `end` by `new`, in the run of the first of them.

        `text` is not updated and only positions before `start` stay valid, so replace from the end upwards.
        """
        for at, node in self.touched(start, end):
            old = node.text or ""
            node.text = old[: max(start - at, 0)] + new + old[end - at :]
            if node.text != node.text.strip():
                node.set(XML_SPACE, "preserve")
            new = ""

    def touched(self, start: int, end: int) -> Iterator[tuple[int, etree._Element]]:
        """Yields the w:t, with their positions, that hold characters from `start` to `end`."""
        first = max(bisect_right(self.nodes, start, key=lambda found: found[0]) - 1, 0)
        while first and self.nodes[first - 1][0] == self.nodes[first][0]:
            first -= 1
        for n in range(first, len(self.nodes)):
            at, node = self.nodes[n]
            if at >= end:
                return
            if start < at + len(node.text or ""):
                yield at, node

    def rename(self, bookmark: Bookmark, name: str) -> None:
        """Renames a bookmark, and the fields and links of this part that refer to it."""
        bookmark.element.set(_NAME, name)
        for node in (nodes := self._references.pop(bookmark.name, [])):
            if node.tag == _FIELD:
                node.text = (node.text or "").replace(bookmark.name, name)
            for attribute in _REFERS:
                if bookmark.name in node.get(attribute, ""):
                    node.set(attribute, node.get(attribute, "").replace(bookmark.name, name))
        if nodes:
            self._references.setdefault(name, []).extend(nodes)

    @cached_property
    def _references(self) -> dict[str, list[etree._Element]]:
        """The fields and links of this part, by each word in them: one of them may be the name of a bookmark."""
        found: dict[str, list[etree._Element]] = {}
        for node in self.root.iter(_FIELD, q("w:fldSimple"), q("w:hyperlink")):
            told = [node.text or "" if node.tag == _FIELD else "", *(node.get(a, "") for a in _REFERS)]
            for word in {word for text in told for word in text.split()}:
                found.setdefault(word, []).append(node)
        return found
