"""Reads the text of a paragraph over its runs as one string; text that nobody reads is left out (visible.py)."""

from __future__ import annotations

from lxml import etree

from ..ooxml import find, q
from .visible import Runs

_OWN = "ancestor::w:p[1]"


class ParagraphText:
    """One w:p as a string; tabs are \\t, breaks \\n. Text boxes inside are paragraphs of their own."""

    def __init__(self, p: etree._Element, unseen: Runs = frozenset()) -> None:
        """`unseen`: the runs of the part that nobody reads."""
        self.p, self.unseen = p, unseen
        self.nodes: list[tuple[etree._Element, int]] = []  # (w:t, w:tab or w:br; its position in the text)
        self.text = ""
        self.read()

    def read(self) -> None:
        """Reads `nodes` and `text` from the element."""
        self.nodes, text = [], ""
        for node in find(self.p, ".//w:r/w:t | .//w:r/w:tab | .//w:r/w:br"):
            if node.getparent() not in self.unseen and find(node, _OWN)[0] is self.p:
                self.nodes.append((node, len(text)))
                text += (node.text or "") if node.tag == q("w:t") else "\t" if node.tag == q("w:tab") else "\n"
        self.text = text
