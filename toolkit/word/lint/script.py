"""Reads a document as lines with their role, their number and the places of linked figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ...rows.casting.text import HAN_DIGITS
from ...wording.numerals import numeral
from ..edited.paragraphs import Opened, Paragraph
from ..ooxml import MAIN, find, q
from .rules import Rules

CHINESE = HAN_DIGITS[1:] + "十"
HAN = "\u3400-\u9fff"
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
_DATE = re.compile(
    r"\s*(?:(?:19|20)\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|(?:19|20)\d\d[.\-/]\d{1,2}[.\-/]\d{1,2}"
    r"|[〇零○一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)\s*"
)
_ANNEX = re.compile(r"\s*附\s*件\s*\d{0,2}\s*(?:[:：]|$)")
_STOPS = re.compile("[。！？；：…]")
_CLOSERS = "”’）》」』)]*\"' \t\u00a0\u3000\u200b\ufeff"
SHORT, LONGEST_HEADING, TITLE_WITHIN = 20, 60, 12


@dataclass(frozen=True)
class Label:
    """The number at the head of a line: text[start:end], e.g. （二）; its level 0-3 and its value `count`."""

    start: int
    end: int
    level: int
    count: int


@dataclass(frozen=True)
class Line:
    """One paragraph with its role.

    `role`: head (before the title), title, repeat (the title once more), heading, body, sign, date, annex, note,
    loose, noise, table. `linked`: spans of figures that a bookmark ties to the ledger.
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
    """Returns whether a text ends with a sentence mark, apart from closing quotation marks and brackets."""
    return text.rstrip(_CLOSERS)[-1:] in tuple("。！？：….!?:")


@dataclass(frozen=True)
class Script:
    """All lines of a document, the rules, and its kind: a name in `kinds` of lint.yaml, or empty."""

    lines: tuple[Line, ...]
    rules: Rules
    kind: str

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


def script(document: Opened, rules: Rules, kind: str = "") -> Script:
    """Returns the lines of the body with their roles; `kind` is guessed from the title if it is not given."""
    body = [p for p in document.paragraphs if p.part in ("", MAIN)]
    lines = [Line(i, p, "table" if p.in_table else "body", linked=_linked(p)) for i, p in enumerate(body)]
    lines = _told_apart(lines, rules)
    made = Script(tuple(lines), rules, kind)
    return replace(made, kind=kind or _guess(made.title, rules))


def _guess(title: str, rules: Rules) -> str:
    if not title:
        return ""
    return next((name for name, k in rules.kinds.items() if re.search(k["title"], title)), "")


def _told_apart(lines: Sequence[Line], rules: Rules) -> list[Line]:
    noise = rules.named("web_noise")
    patterns = noise.patterns if noise else ()
    made = [
        replace(line, role="noise") if line.role == "body" and any(p.search(line.text) for p in patterns) else line
        for line in lines
    ]
    made = _with_title(made, rules)
    made = [replace(line, label=_label(line.text)) if line.role == "body" else line for line in made]
    made = [replace(line, role=_role(line)) if line.role == "body" else line for line in made]
    return _with_closing(made, rules)


def _with_title(lines: list[Line], rules: Rules) -> list[Line]:
    """Marks the first line that reads like a title; lines before it become the head, unless one is a sentence."""
    early = [line for line in lines if line.role == "body"][:TITLE_WITHIN]
    for n, line in enumerate(early):
        bare = _bare(line)
        if _label(line.text) or finished(line.text):
            return lines
        reads_so = rules.titles.search(re.sub(r"[（(][^（()）]{1,12}[）)]$", "", bare)) and not rules.not_titles.search(
            bare
        )
        if reads_so and len(bare) <= LONGEST_HEADING:
            head = {before.index for before in early[:n]}
            roles = dict.fromkeys(head, "head") | {other.index: "repeat" for other in lines if _bare(other) == bare}
            roles[line.index] = "title"
            return [replace(old, role=roles.get(old.index, old.role)) for old in lines]
    return lines


def _bare(line: Line) -> str:
    return re.sub(r"[\s*#]+", "", line.text)


def _label(text: str) -> Label | None:
    for level, pattern in enumerate(_LABELS):
        if m := pattern.match(text):
            count = numeral(m["n"])
            return Label(m.start("label"), m.end("label"), level, int(count)) if count is not None else None
    return None


def _role(line: Line) -> str:
    text = line.text.strip()
    if line.paragraph.level is not None:
        return "heading"
    if _DATE.fullmatch(text):
        return "date"
    if _ANNEX.match(text):
        return "annex"
    if text[0] in "（(" and text[-1] in "）)" and not line.label:
        return "note"
    if line.label and _is_heading(text, line.label):
        return "heading"
    bare = re.search("[，。；：！？、,;:!?]", text) is None
    return "loose" if bare and len(text) <= SHORT and not line.label else "body"


def _is_heading(text: str, label: Label) -> bool:
    """Returns whether a numbered line is a heading: short and without a stop.

    A stop at the end of a short first-level heading is a mistake and does not make it a sentence.
    """
    rest = text[label.end - label.start :]
    if label.level == 0 and rest[-1:] == "。" and len(text) <= SHORT and "，" not in rest:
        rest = rest[:-1]
    return len(text) <= LONGEST_HEADING and not _STOPS.search(rest) and rest[-1:] not in tuple("，、,;:!?.")


def _with_closing(lines: list[Line], rules: Rules) -> list[Line]:
    """Marks signatures: the short line before a date, or the last line of a document that has a title."""
    flow = [line for line in lines if line.role not in ("table", "noise")]
    signs = set()
    has_title = any(line.role == "title" for line in flow)
    for n, line in enumerate(flow):
        following = flow[n + 1].role if n + 1 < len(flow) else "end"
        plain = line.role in ("body", "loose") and not line.label and len(line.text.strip()) <= 40
        if not plain or not n or re.search("[，。；：！？]", line.text):
            continue
        if following == "date" or (following == "end" and has_title and rules.signature.search(line.text.strip())):
            signs.add(line.index)
    return [replace(line, role="sign") if line.index in signs else line for line in lines]


def _linked(p: Paragraph) -> tuple[tuple[int, int], ...]:
    """Returns the spans of DJ_… bookmarks in the paragraph's text."""
    if p.element is None:
        return ()
    at, opened, spans = 0, {}, []
    for node in p.element.iter(q("w:t"), q("w:tab"), q("w:br"), q("w:bookmarkStart"), q("w:bookmarkEnd")):
        key = node.get(q("w:id"))
        if node.tag == q("w:bookmarkStart"):
            if (node.get(q("w:name")) or "").startswith("DJ_"):
                opened[key] = at
        elif node.tag == q("w:bookmarkEnd"):
            if key in opened:
                spans.append((opened.pop(key), at))
        elif (
            node.getparent() not in p.unseen
            and find(node, "ancestor::w:p[1]")[0] is p.element
            and find(node, "boolean(parent::w:r)")
        ):
            at += len(node.text or "") if node.tag == q("w:t") else 1
    return tuple(spans)


def sentences_of(lines: Iterable[Line]) -> Iterator[tuple[Line, int, str]]:
    """Yields (line, start, text) of each part of a line up to 。！？；."""
    for line in lines:
        for m in re.finditer("[^。！？；]+[。！？；]?", line.text):
            yield line, m.start(), m.group()
