"""Fills a template with data and writes the finished document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ...errors import CannotRun
from ..edited.story import Story
from ..more_parts import MoreParts
from ..ooxml import MAIN, dump, parse
from ..tags.shapes import ANY, shape_of
from .chart import add_chart
from .marks import drop_copies, resolve, span
from .merged import merge_equal
from .pictures import NAME as PICTURES
from .pictures import Picture, Pictures, add_picture
from .sandbox import Compiled, Offer, load_template, refuse, run
from .session import NUMBERS, Manner, Mark, Session
from .shell import (
    SETTINGS,
    Frame,
    add_imprint,
    add_red_head,
    has_contents,
    keep_signature,
    place_signature,
    with_fields_updated,
    with_styles,
)

NO_FRAME = Frame()
_STYLES = "word/styles.xml"


@dataclass(frozen=True)
class Printed:
    """One figure as printed, with a bookmark for each printing."""

    id: str
    name: str
    unit: str
    phrase: str
    bookmarks: tuple[str, ...]

    @property
    def count(self) -> int:
        """Number of printings."""
        return len(self.bookmarks)


@dataclass(frozen=True)
class FillReport:
    """What a filling printed, dropped and could not print; all names are Chinese."""

    path: Path
    printed: tuple[Printed, ...]
    dropped: tuple[str, ...]  # indicators whose clause was dropped because they are zero
    missing: tuple[str, ...]  # titles; drafts only
    problems: tuple[str, ...]  # wordings that would be untrue; drafts only
    warnings: tuple[str, ...]


class NotReady(CannotRun):
    """Raised if figures are missing or cannot be worded as declared; listed in `missing` and `problems`."""

    def __init__(self, template: str, missing: list[str], problems: list[str]) -> None:
        self.missing, self.problems = tuple(missing), tuple(problems)
        lines = [f"“{template}”不能成文。"]
        if missing:
            lines.append(f"缺数：{'、'.join(missing)}。请补填台账，或在封面申报“本年无”；也可先生成草稿。")
        super().__init__("\n".join([*lines, *problems]))


def fill_template(
    template: Path,
    out: Path,
    context: Mapping[str, Any],
    manner: Manner,
    frame: Frame = NO_FRAME,
    offer: Offer | None = None,
) -> FillReport:
    """Fills a .docx template and writes `out`; an existing `out` is replaced only by a complete document.

    `context`: name in the template -> Figure, Narrative, text, number, date, None, or lists and
    mappings of these. `offer`: what the document offers to a template; by default what `context` holds.

    Raises NotReady, except for drafts, if figures are missing or their wording would be untrue.
    Raises CannotRun for a bad template, an unknown name, or if `out` is the template.
    """
    if out.exists() and template.exists() and out.samefile(template):
        raise CannotRun("输出文件不能覆盖模板。请换一个文件名。")
    compiled = load_template(template)
    refuse(compiled, offer or _offered(compiled, context))
    session = Session(manner, context)
    stories = _render(compiled, context, session, template)
    if (session.missing or session.problems) and not manner.draft:
        raise NotReady(template.name, session.missing, session.problems)
    first_id = max(part.next_id for part in compiled.stories.values())
    placed = resolve(stories.values(), session, compiled.styles, manner.year, first_id)
    body = stories[MAIN]
    if frame.kind:
        span(body, frame.kind, first_id + len(placed))
    place_signature(body, compiled.styles, frame.sealed)
    keep_signature(body, compiled.styles)
    parts = {name: _finished(story, compiled.stories[name].bookmarks) for name, story in stories.items()}
    parts[MAIN] = merge_equal(parts[MAIN], MAIN)
    if frame.red_head or frame.imprint:
        parts[MAIN] = _surrounded(parts[MAIN], frame)
        if _STYLES not in compiled.package.parts:
            raise CannotRun(f"模板“{template.name}”没有样式，加不了红头和版记。请用 Word 打开模板，另存一份再试。")
        parts[_STYLES] = with_styles(compiled.package.parts[_STYLES])
    if has_contents(parts[MAIN]) and SETTINGS in compiled.package.parts:
        parts[SETTINGS] = with_fields_updated(compiled.package.parts[SETTINGS])
    more = _more_parts(compiled.package.parts, parts, session) if session.pictures else {}
    compiled.package.write(parts | more, out)
    return FillReport(
        out,
        _printed(placed),
        _dropped(session),
        tuple(session.missing),
        tuple(session.problems),
        tuple(session.warnings),
    )


def _more_parts(parts: Mapping[str, bytes], stories: Mapping[str, bytes], session: Session) -> dict[str, bytes]:
    """Returns the parts that pictures and charts need besides the text."""
    more = MoreParts(parts, stories)
    for n, shown in enumerate(session.pictures, 1):
        if isinstance(shown, Picture):
            add_picture(more, shown, n)
        else:
            add_chart(more, shown, n)
    return more.made


def _offered(compiled: Compiled, context: Mapping[str, Any]) -> Offer:
    return Offer({name: shape_of(context[name]) if name in compiled.names else ANY for name in context})


def _render(compiled: Compiled, context: Mapping[str, Any], session: Session, template: Path) -> dict[str, Story]:
    wrapped: dict[str, Any] = {name: session.wrap(context[name]) for name in compiled.names if name in context}
    wrapped |= {name: Markup(mark) for name, mark in NUMBERS.items()} | {
        PICTURES: Pictures(template, session.print_picture, session.manner.charts)
    }
    return {name: run(compiled, name, wrapped) for name in compiled.stories}


# What must end with a paragraph may have lost all of its paragraphs to a loop or a branch.
_EMPTY = re.compile(
    r"(<w:tc>|</w:tcPr>|</w:tbl>|<w:txbxContent>|<w:(?:hdr|ftr)(?: [^<>]*)?>)(\s*</w:(?:tc|txbxContent|hdr|ftr)>)"
)


def _finished(story: Story, bookmarks: bool) -> bytes:
    xml = _EMPTY.sub(r"\1<w:p/>\2", story.xml())
    return (drop_copies(xml) if bookmarks else xml).encode()


def _surrounded(part: bytes, frame: Frame) -> bytes:
    root = parse(part, MAIN)
    if frame.red_head:
        add_red_head(root, frame.red_head)
    if frame.imprint:
        add_imprint(root, frame.imprint)
    return dump(root)


def _printed(placed: list[tuple[Mark, str]]) -> tuple[Printed, ...]:
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for mark, bookmark in placed:
        groups.setdefault((mark.id, mark.name, mark.unit, mark.text), []).append(bookmark)
    return tuple(Printed(*key, tuple(names)) for key, names in groups.items())


def _dropped(session: Session) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mark.name for mark in session.marks if mark.kind == "zero"))
