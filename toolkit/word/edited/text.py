"""The text of a paragraph over its runs: read as one string, cut and filled in place."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from ..ooxml import XML_SPACE, find, q

_OWN = "ancestor::w:p[1]"


class ParagraphText:
    """One w:p as a string; tabs are \\t, breaks \\n. Text boxes inside are paragraphs of their own."""

    def __init__(self, p: etree._Element) -> None:
        self.p = p
        self.nodes: list[tuple[etree._Element, int]] = []  # (w:t, w:tab or w:br; where it starts)
        self.text = ""
        self.read()

    def read(self) -> None:
        self.nodes, text = [], ""
        for node in find(self.p, ".//w:r/w:t | .//w:r/w:tab | .//w:r/w:br"):
            if find(node, _OWN)[0] is self.p:
                self.nodes.append((node, len(text)))
                text += (node.text or "") if node.tag == q("w:t") else "\t" if node.tag == q("w:tab") else "\n"
        self.text = text

    def delete(self, spans: Iterable[tuple[int, int]]) -> None:
        """Takes the characters out of whichever runs hold them."""
        gone = {i for start, end in spans for i in range(start, end)}
        if not gone:
            return
        for node, start in self.nodes:
            if node.tag == q("w:t"):
                node.text = "".join(c for i, c in enumerate(node.text or "", start) if i not in gone)
                node.set(XML_SPACE, "preserve")
            elif start in gone:
                drop(node)
        self.read()

    def insert(self, at: int, text: str) -> None:
        """Puts text before position `at`, in the run that stands there."""
        for node, start in self.nodes:
            if node.tag == q("w:t") and start <= at < start + len(node.text or ""):
                old = node.text or ""
                node.text = old[: at - start] + text + old[at - start :]
                break
        self.read()

    def style_of(self, at: int) -> str:
        """The character style of the run at a position."""
        for node, start in self.nodes:
            if start <= at < start + max(1, len(node.text or "")):
                names = find(node, "../w:rPr/w:rStyle/@w:val")
                return str(names[0]) if names else ""
        return ""


def drop(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)
