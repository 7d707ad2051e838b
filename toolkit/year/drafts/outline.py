"""Reads the outline of a written plan: parts, items and their text, whatever the numbering."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ...word.edited.paragraphs import Paragraph
from ..declared import plan_words

TITLE = 40  # characters of a title


@dataclass
class Item:
    """One item: its title and its pieces of text."""

    title: str
    texts: list[str] = field(default_factory=list)
    measures: list[tuple[str, str]] = field(default_factory=list)  # (text, who and by when as written)
    titled: bool = True  # the plan gives the title itself


@dataclass
class Section:
    """One part of a plan."""

    title: str
    items: list[Item] = field(default_factory=list)
    titled: bool = True


@dataclass(frozen=True)
class Outline:
    """A plan as written: its title lines, what stands before the first part, and the parts."""

    heading: str
    preamble: str
    sections: Sequence[Section]


@dataclass(frozen=True)
class _Line:
    kind: int | None  # level of numbering; None: plain text
    text: str  # without its number


def outline(paragraphs: Iterable[Paragraph]) -> Outline:
    """Returns the outline of a plan. Tables and headers are no part of it."""
    body = [p for p in paragraphs if not p.in_table and (not p.part or p.part == "word/document.xml")]
    lines = [_line(p) for p in body if p.text.strip()]
    present = sorted({x.kind for x in lines if x.kind is not None})
    part, item = _levels(present)
    sections: list[Section] = []
    heading, preamble = lines[0].text if lines else "", list[str]()
    for n, x in enumerate(lines):
        text = x.text.strip()
        if x.kind is not None and x.kind == part:
            title, rest = _titled(text)
            sections.append(Section(title))
            if rest:
                _add(sections[-1], rest)
        elif x.kind is not None and x.kind == item:
            if not sections:
                sections.append(Section(_plain(heading) or "工作任务", titled=False))
            title, rest = _titled(text)
            sections[-1].items.append(Item(title, [rest] if rest else []))
        elif sections:
            _add(sections[-1], text)
        elif n:
            preamble.append(text)
    for s in sections:
        if not s.items:
            s.items.append(Item(s.title, titled=False))
        for i in s.items:
            _take_duty(i)
    return Outline(heading, "\n".join(preamble), sections)


def _line(p: Paragraph) -> _Line:
    text = p.text.strip()
    for kind, pattern in enumerate(plan_words().need("numbering")):
        if m := re.match(pattern, text):
            return _Line(kind, text[m.end() :])
    return _Line(1 + p.level if p.level in (0, 1) and len(text) <= TITLE else None, text)


def _levels(present: Sequence[int]) -> tuple[int | None, int | None]:
    """Returns the levels of parts and items; a plan with one level of 一、 has parts only, with any other items only."""
    if len(present) > 1:
        return present[0], present[1]
    if not present:
        return None, None
    return (present[0], None) if present[0] <= 1 else (None, present[0])


def _titled(text: str) -> tuple[str, str]:
    """Splits an item into its title and the rest: the title ends with a full stop or colon, and is short."""
    m = re.match(rf"([^。：:\n]{{2,{TITLE + 20}}})(?:[。：:]|$)", text)
    if m and len(m.group(1)) <= TITLE and not re.search("[（(【]", m.group(1)):
        return m.group(1), text[m.end() :].strip()
    short = re.match(rf"[^，。；（(【]{{2,{TITLE}}}", text)
    title = short.group() if short else text[:TITLE]
    rest = text[len(title) :]
    return (title, rest.strip()) if re.match(r"[（(【]", rest) else (title, text)


def _add(section: Section, text: str) -> None:
    if not section.items:
        section.items.append(Item(section.title, titled=False))
    section.items[-1].texts.append(text)


def _take_duty(item: Item) -> None:
    """Moves what says who and by when out of the text: a bracket of its measure, or a line of its own for the item."""
    duty, common = plan_words().need("duty"), ""
    kept: list[tuple[str, str]] = []
    for text in item.texts or [item.title]:
        if re.match(rf"(?:{duty})[^。]{{0,6}}[:：]", text):
            common += f"；{text}"
            continue
        own = ""
        for m in re.finditer(r"[（(【\[][^（）()【】\[\]]{2,80}[)）】\]]", text):
            if re.search(duty, m.group()):
                own += f"；{m.group()[1:-1]}"
                text = text.replace(m.group(), "")
        if text.strip(" 。；"):
            kept.append((text, own))
    item.measures = [(text, own or common) for text, own in kept or [(item.title, "")]]


def _plain(heading: str) -> str:
    return re.sub(plan_words().need("plan_years"), "", heading).strip("《》 ")[:TITLE]
