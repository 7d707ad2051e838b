"""Writes the template: names in double braces where a proposal is taken, marks on old figures that stay."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ...word.edited.bare import first_free, mark_bare
from ...word.edited.paragraphs import Opened
from ...word.edited.rewrite import rewrite
from ...word.edited.text import put_text
from ...word.ooxml import dump
from ...wording.reading.facts import FactPlace
from .proposals import PUT, Proposal


def write_template(opened: Opened, proposals: Iterable[Proposal], out: Path) -> None:
    """Writes `out` from the opened report. Raises CannotRun if it cannot be written.

    Runs keep their properties: a name stands in the run where the old text began.
    """
    before = {name: dump(root) for name, root in opened.roots.items()}
    edits: dict[int, list[tuple[FactPlace, str | None]]] = {}
    for p in proposals:
        for pieces in p.places:
            for n, piece in enumerate(pieces):
                if p.decision == PUT:
                    edits.setdefault(piece.index, []).append((piece, f"{p.lead}{{{{ {p.name} }}}}" if n == 0 else ""))
                elif p.is_bare:
                    edits.setdefault(piece.index, []).append((piece, None))
    number = max(map(first_free, opened.roots.values()), default=1)
    for index, found in sorted(edits.items()):
        held = opened.paragraphs[index].held
        for piece, new in sorted(found, key=lambda e: -e[0].start):
            if new is None:
                mark_bare(held, piece.start, piece.end, number)
                number += 1
            else:
                put_text(held, piece.start, piece.end, new)
    changed = {n: data for n, root in opened.roots.items() if (data := dump(root)) != before[n]}
    rewrite(opened.path, changed, out)
