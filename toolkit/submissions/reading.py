"""Reads one unit's workbook, counts its rows and digests them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..excel.reading.read import read_book
from ..findings import finding, listed
from ..model import Book, Catalog, Figure, LeftOut, Place, Row, Submission
from ..rows.casting.text import shown_number
from ..rows.conditions import Context
from ..rows.submission import context_of, counted, submission_of, usable, with_fates
from ..standard.sheets import REPORT

if TYPE_CHECKING:
    from ..figures.digest import UnitDigest


MOST = 3  # numbers of 报送表 that a finding names


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


def digest_book(catalog: Catalog, book: Book) -> Digested:
    """Returns one unit's workbook, checked and counted; what its 报送表 shows is compared with its rows (I02)."""
    read = digested(catalog, submission_of(catalog, book))
    if read.digest is None or REPORT not in book.grids:
        return read
    from ..figures.evaluate import figures_alone
    from ..figures.printed import unlike

    s, code = read.submission, read.digest.code
    shown = unlike(book.grids[REPORT], figures_alone(catalog, read.digest, "", "").values())
    if not shown:
        return read
    which = [f"“{f.indicator.title}”是{_said(f, x.number)}，应为{_said(f, f.value or 0)}" for x, f in shown]
    at = Place(s.path, code, REPORT, shown[0][0].row, shown[0][0].column)
    said = finding("I02", at, count=len(shown), which=listed(which, MOST, "个"))
    digest = replace(read.digest, warnings=read.digest.warnings + 1)
    return replace(read, submission=replace(s, findings=(*s.findings, said)), digest=digest)


def _said(f: Figure, number: Any) -> str:
    return f"{float(number):.1%}" if f.indicator.denominator else shown_number(number)


def _balanced(s: Submission, read: int) -> Submission:
    """Returns the submission, with a Finding if some rows of its file were neither read nor reported as unread."""
    known = read + sum(s.unread.values())
    if s.held is None or s.held == known:
        return s
    return replace(s, findings=(*s.findings, finding("F10", Place(s.path), read=s.held, told=known)))
