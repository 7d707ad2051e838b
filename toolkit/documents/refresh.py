"""Updates the figures of an edited document from the ledgers; every other word stays as edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import CannotRun
from ..findings import Spot
from ..machine.guard import DOCX, check_file, guarding
from ..model import Catalog
from ..submissions.source import Source
from ..word.edited.renumber import Number, renumbered
from ..word.edited.revisions import Revisions
from ..word.edited.rewrite import rewrite
from ..word.ooxml import MAIN, dump
from ..word.styles import load_format
from ..wording.locate import check_of
from .charting.shown import StaleChart, new_parts, stale
from .tracked import FIXABLE, FOREIGN, SAME, STALE, UNKNOWN, TrackedDocument, TrackedFigure, open_tracked

PLAN, ANNEX = "plan", "公文附件标识"  # a document whose 条 run through; the style that begins an annex


@dataclass(frozen=True)
class Reprinted:
    """One updated figure, or one that only a person can correct: then `new` is ""."""

    spot: Spot
    title: str
    old: str
    new: str
    state: str


@dataclass(frozen=True)
class Refreshed:
    """The updated figures, those left for a person, and the number of correct ones."""

    changed: tuple[Reprinted, ...]
    left: tuple[Reprinted, ...]
    same: int
    left_out: Mapping[str, int]  # rows of the source that do not count, by reason


def refresh(
    catalog: Catalog,
    path: Path,
    source: str | Path | Source,
    out: Path,
    renumber: bool = False,
    track: bool = False,
) -> Refreshed:
    """Writes `path` to `out` with the current figures of the ledgers.

    `renumber`: headings and points are numbered anew. `track`: changes of text are tracked changes of Word.

    A figure that is now zero or missing, or that is no longer found, is left unchanged and listed.
    Parts without a change keep their bytes. Raises CannotRun for a document of another unit or year.
    """
    inputs = [path, *([source] if isinstance(source, (str, Path)) else [])]
    with guarding(inputs):
        check_file(out, DOCX)
    tracked = open_tracked(catalog, path, source)
    if tracked.figures and all(f.state in (FOREIGN, UNKNOWN) for f in tracked.figures):
        raise CannotRun("文中的数都不属于这个单位和年度，没有更新。请换用与公文相符的工作簿。")
    numbers = {part: _numbers(tracked, part) if renumber and part == MAIN else [] for part in tracked.parts}
    day = (tracked.source.unit.get("fill_date") or tracked.source.period.end).isoformat()
    made = Revisions(f"{day}T00:00:00Z") if track else None
    parts = {
        part: dump(tracked.opened.roots[part])
        for part in tracked.parts
        if _print_again(tracked, part, numbers[part], made)
    }
    old = list(stale(tracked.opened, tracked.source))
    with guarding(inputs):
        rewrite(path, parts | new_parts(iter(old)), out)
    return Refreshed(
        (
            *(_change(f) for f in tracked.figures if f.state in FIXABLE),
            *map(_redrawn, old),
            *map(_numbered, numbers.get(MAIN, [])),
        ),
        tuple(_change(f) for f in tracked.figures if f.state not in (*FIXABLE, SAME)),
        sum(f.state == SAME for f in tracked.figures),
        tracked.source.left_out,
    )


def _numbers(tracked: TrackedDocument, part: str) -> list[Number]:
    annexes = {s["id"] for s in load_format()["styles"] if s["name"] == ANNEX}
    return list(renumbered(tracked.parts[part], annexes, running=tracked.kind[0] == PLAN))


def _print_again(tracked: TrackedDocument, part: str, numbers: Sequence[Number], made: Revisions | None) -> bool:
    """Updates figures and numbers of one part, last first to keep positions valid; returns whether any changed."""
    edited = tracked.parts[part]
    wrong = [f for f in tracked.figures if f.part == part and f.state in FIXABLE]
    numbered: dict[str, int] = {}  # the highest number among the bookmarks of a figure
    for x in tracked.figures:
        numbered[x.name.id] = max(x.name.n, numbered.get(x.name.id, 0))
    changes = [*((f.at, f.new, f) for f in wrong), *(((n.start, n.end), n.new, None) for n in numbers)]
    for at, new, f in sorted(changes, key=lambda c: c[0], reverse=True):
        if made:
            made.replace(edited, *at, new)
        else:
            edited.replace(*at, new)
        if f is None:
            continue
        name = f.name._replace(check=check_of(f.new))
        if f.name.copied:  # needs a new name: the one LibreOffice gives to a copy is too long for Word
            numbered[name.id] += 1
            name = name._replace(n=numbered[name.id], copied=False)
        edited.rename(f.bookmark, str(name))
    return bool(changes)


def _numbered(n: Number) -> Reprinted:
    return Reprinted(Spot(), "序号", n.old, n.new, STALE)


def _redrawn(x: StaleChart) -> Reprinted:
    """Returns a chart whose numbers differed; without numbers now it stays as it is."""
    return Reprinted(Spot(), f"图“{x.shown.name}”", x.differences[0], "已重画" if x.now else "", STALE)


def _change(f: TrackedFigure) -> Reprinted:
    return Reprinted(f.spot, f.title, f.old, f.new if f.state in FIXABLE else "", f.state)
