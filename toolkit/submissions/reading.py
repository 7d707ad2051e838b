"""Reads one unit's workbook, counts its rows and digests them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..excel.reading.read import read_book
from ..findings import finding
from ..model import Catalog, LeftOut, Place, Row, Submission
from ..rows.conditions import Context
from ..rows.submission import context_of, counted, submission_of, usable, with_fates

if TYPE_CHECKING:
    from ..figures.digest import UnitDigest


def read_submission(catalog: Catalog, path: str | Path) -> Submission:
    """Returns the unit workbook at `path` with all findings. A bad file gives findings, never an exception."""
    return submission_of(catalog, read_book(Path(path)))


@dataclass(frozen=True)
class Digested:
    """One unit's submission with its counted rows and digest; `digest` is None if it cannot be used."""

    submission: Submission
    context: Context
    counted: Mapping[str, list[Row]]
    left_out: tuple[LeftOut, ...] = ()
    digest: UnitDigest | None = None


def digested(catalog: Catalog, s: Submission) -> Digested:
    """Counts and digests a checked submission."""
    if not usable(s):
        return Digested(s, Context.of(s.unit), {})
    count, left_out = counted(catalog, s)
    from ..figures.digest import digest_submission  # not needed for checking alone

    context = context_of(catalog, s)
    s = _balanced(s, sum(map(len, count.values())) + len(left_out))
    digest = digest_submission(catalog, s, context, count, left_out)
    return Digested(with_fates(s, left_out), context, count, tuple(left_out), digest)


def _balanced(s: Submission, read: int) -> Submission:
    """Returns the submission, with a Finding if some rows of its file were neither read nor reported as unread."""
    known = read + sum(s.unread.values())
    if s.held is None or s.held == known:
        return s
    return replace(s, findings=(*s.findings, finding("F10", Place(s.path), read=s.held, told=known)))
