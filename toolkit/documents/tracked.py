"""Finds the printed figures of an edited document: the text of each now, and its value in the ledgers now."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

from ..errors import CannotRun
from ..findings import Spot, around
from ..model import MASKED, Catalog, Figure, Listed, Shown
from ..submissions.exchange.public import public_version
from ..submissions.source import Source, open_source
from ..word.edited.edited import Bookmark, Edited, is_public
from ..word.edited.names import (
    CELL,
    KIND,
    LIST,
    MAX_ID,
    NUMBER,
    OWN,
    PUBLIC_KIND,
    PUBLIC_OWN,
    MarkName,
    cell_id,
    comparison_of,
    read_name,
    short,
    shown_of,
)
from ..word.edited.paragraphs import Opened, Paragraph, open_document
from ..wording.change import compared
from ..wording.locate import AROUND, Located, Spelling, alike, check_of, locate, reprint
from ..wording.naming import enumerated, names_in, span_of
from ..wording.phrase import MissingFigure, WordingError, Words, above_full, bare, is_void, nothing, phrase

# The states of a figure. Those in FIXABLE can be updated.
SAME, STALE, EDITED = "same", "stale", "edited"
ZERO, MISSING, UNTRUE, LOST = "zero", "missing", "untrue", "unreadable"
UNKNOWN, FOREIGN, GONE = "unknown", "foreign", "gone"
FIXABLE = (STALE, EDITED)
NEAR = 2 * AROUND  # characters from a bookmark to the end of a figure that is found at it, at most
_start, _end = itemgetter(0), itemgetter(1)  # of a span
MAX_FIGURES = 5000  # in one part; real documents have a few dozen


@dataclass(frozen=True)
class TrackedFigure:
    """One bookmarked figure, list of names or single name; `old` is its text, `new` the correct text ("" if unknown)."""

    name: MarkName
    bookmark: Bookmark
    part: str
    spot: Spot
    state: str
    title: str
    old: str = ""
    new: str = ""
    why: str = ""  # reason for MISSING and UNTRUE
    figure: Figure | None = None
    listed: Listed | None = None
    cell: tuple[str, str] | None = None  # ledger and field of a single name
    located: Located | None = None

    @property
    def at(self) -> tuple[int, int]:
        """The span of the figure in its part's text, or of its bookmark if no figure was found."""
        return (self.located.start, self.located.end) if self.located else (self.bookmark.start, self.bookmark.end)


class TrackedDocument:
    """An opened document with the source it is compared with."""

    def __init__(self, opened: Opened, source: Source) -> None:
        self.opened = opened
        self.words = Words.of(source.catalog.wording)
        self.parts = {name: Edited(root, opened.unseen[name]) for name, root in opened.roots.items()}
        self.public = is_public(opened.roots.values())
        self.source = public_version(source) if self.public else source
        self._paragraphs: Mapping[Any, Paragraph] = {p.element: p for p in opened.paragraphs if p.element is not None}

    @cached_property
    def kind(self) -> tuple[str, bool]:
        """The name of the document it was filled as ("" if unknown), and whether from a user's own template."""
        for edited in self.parts.values():
            for bookmark in edited.bookmarks:
                for prefix in (KIND, OWN, PUBLIC_KIND, PUBLIC_OWN):
                    if bookmark.name.startswith(prefix):
                        told = re.sub(r"(?:_Copy_\d+)+$", "", bookmark.name[len(prefix) :])
                        names = (d for d in self.source.catalog.documents if re.sub(r"\W", "", d).startswith(told))
                        return next(names, told), prefix in (OWN, PUBLIC_OWN)
        return "", False

    @cached_property
    def figures(self) -> list[TrackedFigure]:
        """All figures, in the order of the parts and of their text."""
        return [tracked for part, edited in self.parts.items() for tracked in self._of_part(part, edited)]

    def _of_part(self, part: str, edited: Edited) -> Iterator[TrackedFigure]:
        ours = [(b, name) for b in edited.bookmarks if (name := read_name(b.name))]
        if len(ours) > MAX_FIGURES:
            raise CannotRun(f"“{self.opened.path.name}”里的数超过{MAX_FIGURES}个，无法核对。请拆分后再试。")
        spans = {(b.start, b.end) for b, _ in ours}
        ends = [sorted(spans), sorted(spans, key=_end)]
        for bookmark, name in ours:
            # A span that shares characters with a figure here, but does not hold the bookmark, begins or ends near it.
            low, high = bookmark.start - NEAR, bookmark.end + NEAR
            near = {
                span
                for ordered, key in zip(ends, (_start, _end), strict=True)
                for span in ordered[bisect_left(ordered, low, key=key) : bisect_right(ordered, high, key=key)]
            }
            others = [(a, b) for a, b in near if not (a <= bookmark.start and bookmark.end <= b)]
            yield self._judged(part, edited, bookmark, name, others)

    def spot(self, part: str, start: int, end: int) -> Spot:
        """Returns the place of a span for a remark: paragraph, surrounding text and part."""
        edited = self.parts[part]
        p = self._paragraphs.get(edited.paragraph(start))
        return Spot(p.number if p else 0, around(edited.text, start, end), part)

    def in_table(self, part: str, at: int) -> bool:
        """Returns whether a position is in a table."""
        p = self._paragraphs.get(self.parts[part].paragraph(at))
        return p is not None and p.in_table

    def level(self, part: str, at: int) -> int | None:
        """Returns the outline level of the heading at a position, from 0; None if it is not in a heading."""
        p = self._paragraphs.get(self.parts[part].paragraph(at))
        return p.level if p else None

    def worded(self, figure: Figure) -> str:
        """Returns a figure in words for a message, without rounding."""
        if above := above_full(figure, self.words):
            return above
        try:
            said = phrase(figure, None, self.words)
        except (WordingError, MissingFigure):
            return "缺数"
        return said.removeprefix("达") or nothing(figure, self.words)

    # ------------------------------------------------------------- one figure

    def _judged(
        self, part: str, edited: Edited, bookmark: Bookmark, name: MarkName, others: list[tuple[int, int]]
    ) -> TrackedFigure:
        spot = self.spot(part, bookmark.start, bookmark.end)
        inside = edited.text[bookmark.start : bookmark.end]
        tracked = TrackedFigure(name, bookmark, part, spot, UNKNOWN, name.id, " ".join(inside.split()))
        if name.form in (LIST, CELL):
            return self._list(tracked, inside) if name.form == LIST else self._cell(tracked, inside)
        figure = self._by_id.get(name.id)
        if figure is None:
            return tracked
        if comparison := comparison_of(name.form):
            return self._comparison(tracked, inside, figure, *comparison)
        tracked = replace(tracked, title=figure.indicator.title, figure=figure)
        if self._is_foreign(name):
            return replace(tracked, state=FOREIGN)
        shown = shown_of("" if name.form == NUMBER else name.form, self._words_for_all(figure))
        if figure.state == MASKED or self.words.masks["digits"] in inside:
            return self._masked(tracked, inside, shown)
        spelling = Spelling.of(figure, shown, self.words, name.form == NUMBER)
        found = locate(edited.text, bookmark.start, bookmark.end, spelling, name.check, others)
        if found is None:
            return replace(tracked, state=LOST)
        spot = self.spot(part, found.start, found.end)
        return self._compared(replace(tracked, located=found, old=found.text, spot=spot), spelling, shown, edited)

    def _masked(self, tracked: TrackedFigure, inside: str, shown: Shown) -> TrackedFigure:
        """Judges a figure that is masked, or was when it was printed: its whole bookmark is compared."""
        figure, at = tracked.figure, tracked.bookmark
        assert figure
        if not inside.strip():
            return replace(tracked, state=LOST)
        tracked = replace(tracked, located=Located(at.start, at.end, inside), old=inside)
        if figure.state == "missing":
            return replace(tracked, state=MISSING, why="缺数：台账为空且未申报")
        try:
            said = phrase(figure, shown, self.words, str(self.source.unit.get("approx_word") or ""))
        except WordingError as e:
            return replace(tracked, state=UNTRUE, why=str(e).rstrip("。"))
        new = bare(figure, self.words) if said and tracked.name.form == NUMBER else said
        if not new:
            return replace(tracked, state=ZERO)
        if inside == new:
            return replace(tracked, state=SAME, new=new)
        return replace(tracked, state=STALE if check_of(inside) == tracked.name.check else EDITED, new=new)

    def _compared(self, tracked: TrackedFigure, spelling: Spelling, shown: Shown, edited: Edited) -> TrackedFigure:
        found, figure = tracked.located, tracked.figure
        assert found and figure
        if figure.state == "missing":
            return replace(tracked, state=MISSING, why="缺数：台账为空且未申报")
        try:
            now = self._worded(figure, shown, spelling, found.text)
        except WordingError as e:
            return replace(tracked, state=UNTRUE, why=str(e).rstrip("。"))
        if not now:
            zero = nothing(figure, self.words)
            if not alike(found.text, zero, spelling) and not self.in_table(tracked.part, found.start):
                return replace(tracked, state=ZERO)
            now = zero
        if spelling.ratio and self.in_table(tracked.part, found.start):
            now = now.removeprefix(spelling.leads[0])
        before = edited.text[max(0, found.start - AROUND) : found.start].rpartition("\n")[2]
        new = reprint(found, now, before, spelling)
        if new is None:
            return replace(tracked, state=UNTRUE, why=f"台账现应写作“{now}”，与文中改过的说法接不上")
        if alike(found.text, new, spelling):
            return replace(tracked, state=SAME, new=found.text)
        untouched = check_of(found.text) == tracked.name.check
        return replace(tracked, state=STALE if untouched else EDITED, new=new)

    def _is_foreign(self, name: MarkName) -> bool:
        return not name.is_of(self._unit) or name.year != self.source.year

    def _list(self, tracked: TrackedFigure, inside: str) -> TrackedFigure:
        """Judges a list of names: an edited one is right if each name in it stands in the rows, once, and so does its count."""
        roll = next((r for r in self.source.catalog.rolls.values() if short(r.id, MAX_ID) == tracked.name.id), None)
        if roll is None:
            return tracked
        listed = self.source.rolls[roll.name]
        tracked = replace(tracked, title=roll.title, listed=listed)
        if self._is_foreign(tracked.name):
            return replace(tracked, state=FOREIGN)
        start, end = span_of(inside, roll, tracked.name.check)
        names, count = names_in(inside[start:end], roll)
        if not names:
            return replace(tracked, state=LOST)
        new, start, end = enumerated(listed), tracked.bookmark.start + start, tracked.bookmark.start + end
        old = inside[start - tracked.bookmark.start : end - tracked.bookmark.start]
        spot = self.spot(tracked.part, start, end)
        tracked = replace(tracked, located=Located(start, end, old), old=old, spot=spot, new=new, state=SAME)
        if not new:
            return replace(tracked, state=ZERO)
        if old == new:
            return tracked
        if check_of(old) == tracked.name.check:
            return replace(tracked, state=STALE)
        right = set(names) <= set(listed.names) and len(set(names)) == len(names)
        right = right and count in (None, len(listed.names))
        return tracked if right else replace(tracked, state=EDITED)

    def _comparison(
        self, tracked: TrackedFigure, inside: str, figure: Figure, kind: str, before: Decimal
    ) -> TrackedFigure:
        """Judges a comparison with last year's value, which its bookmark holds."""
        at = tracked.bookmark
        tracked = replace(tracked, title=f"{figure.indicator.title}的{kind}", located=Located(at.start, at.end, inside))
        if self._is_foreign(tracked.name):
            return replace(tracked, state=FOREIGN)
        if not inside.strip():
            return replace(tracked, state=LOST)
        if kind != "上年" and (figure.state != "known" or figure.est or is_void(figure)):
            return replace(tracked, state=MISSING, why="今年没有确切的数")
        new = compared(kind, figure, before, self.words, self.source.period.last_name)
        if inside == new:
            return replace(tracked, state=SAME, new=new)
        if not new:
            return replace(tracked, state=ZERO)
        return replace(tracked, state=STALE if check_of(inside) == tracked.name.check else EDITED, new=new)

    def _cell(self, tracked: TrackedFigure, inside: str) -> TrackedFigure:
        """Judges a name from a row: it has to stand in a counted row."""
        known = self._cells.get(tracked.name.id)
        if known is None:
            return tracked
        ledger, field, title = known
        tracked = replace(tracked, title=title, cell=(ledger, field))
        if self._is_foreign(tracked.name):
            return replace(tracked, state=FOREIGN)
        found = any(True for _ in self.source.places(ledger, field, inside))
        return replace(tracked, state=SAME if found else GONE, new=tracked.old)

    def _worded(self, figure: Figure, shown: Shown, spelling: Spelling, old: str) -> str:
        own = str(self.source.unit.get("approx_word") or "")
        said = phrase(figure, shown, self.words, next((w for w in spelling.approx if w in old), own))
        return bare(figure, self.words) if spelling.number_only else said

    # ---------------------------------------------------------------- look-ups

    @cached_property
    def _by_id(self) -> dict[str, Figure]:
        return {short(f.indicator.id, MAX_ID): f for f in self.source.figures.values()}

    @cached_property
    def _cells(self) -> dict[str, tuple[str, str, str]]:
        """Ledger, field and title by the id of single names."""
        return {
            cell_id(ledger.code, f.name): (name, f.name, f"{ledger.title}的{f.title}")
            for name, ledger in self.source.catalog.ledgers.items()
            for f in ledger.fields
        }

    @property
    def _unit(self) -> str:
        return str(self.source.unit.get("unit_id") or "")

    def _words_for_all(self, figure: Figure) -> str:
        """Returns the words for 100% of this figure in this document, or else in any other."""
        documents = self.source.catalog.documents
        first = [documents[self.kind[0]]] if self.kind[0] in documents else []
        said = (d.wording.get(figure.indicator.name, Shown()).all_ for d in (*first, *documents.values()))
        return next(filter(None, said), "")


def open_tracked(catalog: Catalog, path: Path, source: str | Path | Source) -> TrackedDocument:
    """Opens the document at `path` with its source. Raises CannotRun for text files: they contain no bookmarks."""
    opened = open_document(path)
    if opened.kind != "docx":
        raise CannotRun(f"“{path.name}”不是 .docx：只有 Word 文档里的数能与台账核对。")
    return TrackedDocument(opened, source if isinstance(source, Source) else open_source(catalog, source))
