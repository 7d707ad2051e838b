"""Updates the figures of an edited document from the ledgers; every other word stays as edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import CannotRun
from ..findings import Spot
from ..machine.guard import DOCX, check_file, guarding
from ..model import Catalog
from ..submissions.source import Source
from ..word.edited.rewrite import rewrite
from ..word.ooxml import dump
from ..wording.locate import check_of
from .charting.shown import StaleChart, new_parts, stale
from .tracked import FIXABLE, FOREIGN, SAME, STALE, UNKNOWN, TrackedDocument, TrackedFigure, open_tracked


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


def refresh(catalog: Catalog, path: Path, source: str | Path | Source, out: Path) -> Refreshed:
    """Writes `path` to `out` with the current figures of the ledgers.

    A figure that is now zero or missing, or that is no longer found, is left unchanged and listed.
    Parts without a change keep their bytes. Raises CannotRun for a document of another unit or year.
    """
    inputs = [path, *([source] if isinstance(source, (str, Path)) else [])]
    with guarding(inputs):
        check_file(out, DOCX)
    tracked = open_tracked(catalog, path, source)
    if tracked.figures and all(f.state in (FOREIGN, UNKNOWN) for f in tracked.figures):
        raise CannotRun("文中的数都不属于这个单位和年度，没有更新。请换用与公文相符的工作簿。")
    parts = {part: dump(tracked.opened.roots[part]) for part in tracked.parts if _print_again(tracked, part)}
    old = list(stale(tracked.opened, tracked.source))
    with guarding(inputs):
        rewrite(path, parts | new_parts(iter(old)), out)
    return Refreshed(
        (*(_change(f) for f in tracked.figures if f.state in FIXABLE), *map(_redrawn, old)),
        tuple(_change(f) for f in tracked.figures if f.state not in (*FIXABLE, SAME)),
        sum(f.state == SAME for f in tracked.figures),
        tracked.source.left_out,
    )


def _print_again(tracked: TrackedDocument, part: str) -> bool:
    """Updates the changed figures of one part, last first to keep positions valid; returns whether any changed."""
    edited = tracked.parts[part]
    wrong = [f for f in tracked.figures if f.part == part and f.state in FIXABLE]
    for f in sorted(wrong, key=lambda f: f.at, reverse=True):
        edited.replace(*f.at, f.new)
        name = f.name._replace(check=check_of(f.new))
        if f.name.copied:  # needs a new name: the one LibreOffice gives to a copy is too long for Word
            name = name._replace(n=1 + max(x.name.n for x in tracked.figures if x.name.id == f.name.id), copied=False)
        edited.rename(f.bookmark, str(name))
    return bool(wrong)


def _redrawn(x: StaleChart) -> Reprinted:
    """Returns a chart whose numbers differed; without numbers now it stays as it is."""
    return Reprinted(Spot(), f"图“{x.shown.name}”", x.differences[0], "已重画" if x.now else "", STALE)


def _change(f: TrackedFigure) -> Reprinted:
    return Reprinted(f.spot, f.title, f.old, f.new if f.state in FIXABLE else "", f.state)
