"""A document as lines with their role, their number and the places of linked figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ...rows.casting.text import HAN_DIGITS
from ...wording.numerals import numeral
from ..edited.paragraphs import Paragraph
from .rules import Rules

CHINESE = HAN_DIGITS[1:] + "十"
HAN = "\u3400-\u9fff"
CJK = f"{HAN}“”‘’《》（）【】、，。；：！？…"
_SPACE = "[ \t\u00a0\u3000]"
# the four levels of GB/T 9704 7.3.3, with the marks that people put behind the number
_LABELS = tuple(
    re.compile(f"(?P<lead>{_SPACE}*(?:#{{1,6}} ?)?\\**)(?P<label>{pattern})")
    for pattern in (
        f"(?P<n>[{CHINESE}]{{1,3}})[、.．]",
        f"[（(](?P<n>[{CHINESE}]{{1,3}})[）)]",
        r"(?P<n>\d{1,2})[.．、](?![\d、])",
        r"[（(](?P<n>\d{1,2})[）)]",
    )
)
POINT = re.compile(f"(?:^|(?<=[。；，：]))(?P<x>{_SPACE}*\\**(?P<n>[{CHINESE}]{{1,2}})是)")
_TAGS = re.compile("(?:</?[a-zA-Z][^<>]{0,80}>|\\*\\*)")
_REMARK = re.compile("[（(][^（()）]{1,80}[）)]$")
_CLOSERS = "”’）》」』)]*\"' \t\u00a0\u3000\u200b\ufeff"


@dataclass(frozen=True)
class Label:
    """The number at the head of a line: text[start:end], e.g. （二）; its level 0-3 and its value `count`."""

    start: int
    end: int
    level: int
    count: int


def label_of(text: str) -> Label | None:
    """Returns the number at the head of a text; None if there is none."""
    for level, pattern in enumerate(_LABELS):
        if m := pattern.match(text):
            count = numeral(m["n"])
            return Label(m.start("label"), m.end("label"), level, int(count)) if count is not None else None
    return None


@dataclass(frozen=True)
class Line:
    """One paragraph with its role.

    `role`: head (before the title), title, subtitle (behind ——), byline, repeat (the title once more), heading,
    body, sign, date, annex, note (footnotes, lines in brackets), loose (too short to say), noise (the frame of a
    web page), table. structure.py tells them apart. `linked`: spans of figures that a bookmark ties to the ledger.
    """

    index: int
    paragraph: Paragraph
    role: str = "body"
    label: Label | None = None
    linked: tuple[tuple[int, int], ...] = ()

    @property
    def text(self) -> str:
        """Text of the paragraph."""
        return self.paragraph.text

    @property
    def number(self) -> int:
        """Number of the paragraph, as in Paragraph."""
        return self.paragraph.number

    @property
    def ends(self) -> bool:
        """Whether the line ends like a sentence."""
        return finished(self.text)

    def is_linked(self, start: int, end: int) -> bool:
        """Returns whether text[start:end] overlaps a figure that is tied to the ledger."""
        return any(a < end and start < b for a, b in self.linked)


def finished(text: str) -> bool:
    """Returns whether a text ends with a sentence mark.

    Closing quotation marks and brackets, HTML tags and a remark in brackets behind the mark do not count.
    """
    text = _TAGS.sub("", text).rstrip()
    return any(t.rstrip(_CLOSERS)[-1:] in tuple("。！？：….!?:") for t in (text, _REMARK.sub("", text)))


@dataclass(frozen=True)
class Script:
    """All lines of a document, the rules, and its kind: a name in `kinds` of lint.yaml, or empty."""

    lines: tuple[Line, ...]
    rules: Rules
    kind: str
    public: bool = False  # a public version, whose masks are meant

    def role(self, *roles: str) -> Iterator[Line]:
        """Yields the lines with one of these roles."""
        return (line for line in self.lines if line.role in roles)

    @cached_property
    def prose(self) -> tuple[Line, ...]:
        """All lines except web noise."""
        return tuple(line for line in self.lines if line.role != "noise")

    @cached_property
    def flow(self) -> tuple[Line, ...]:
        """Lines that follow one another on the page: no tables, no web noise."""
        return tuple(line for line in self.lines if line.role not in ("table", "noise"))

    @cached_property
    def title(self) -> str:
        """The title without blanks; empty if there is none."""
        return "".join(re.sub(r"\s+", "", line.text) for line in self.role("title"))

    @cached_property
    def year(self) -> int | None:
        """The first year in the title; None if there is none."""
        found = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", self.title)
        return int(found[1]) if found else None


def sentences_of(lines: Iterable[Line]) -> Iterator[tuple[Line, int, str]]:
    """Yields (line, start, text) of each part of a line up to 。！？；."""
    for line in lines:
        for m in re.finditer("[^。！？；]+[。！？；]?", line.text):
            yield line, m.start(), m.group()
