"""Keeps one finding for one mistake: what only follows from a cell or a row that was not understood is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..findings import JOINT, finding
from ..model import Finding, Place

BLANK, MISPLACED = "C01", "C23"
# Said whatever else is wrong with a cell: they decide what may leave the unit, or concern another cell as well.
_ALWAYS = frozenset({"F06", "C10", "C15", "C16", "C19", "T01"})
_UNREAD = frozenset({"C02", "C03", "C04", "C05", "C06", "C08", "C09", "C11", "C12", "C17", "C20", "C21", "C22"})
_FOLLOWS = ("C", "N", "R")  # first letters of the codes on single cells
MANY = 4  # cells of one row that are wrong or blank: from here on the row is one mistake
SHORT = 12  # characters of each value in the finding on a row
MOST, TOO_MANY = 10_000, "F20"  # errors, and warnings, that are listed of one workbook
BLANKS = 3  # blank cells of one row that are one finding


def once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Returns the findings with at most one for each cell that was not understood, and one for a misplaced row.

    In a cell with an error of its content, 未填 and broken rules are consequences. Several required cells left blank in
    one row are one finding (C01) that names all their columns in its field; so are many wrong cells (C23), which look
    like a row pasted into the wrong columns. Marks of secrecy and personal data are always kept.
    """
    found = list(dict.fromkeys(findings))
    by_row: dict[tuple[str, str, int], list[Finding]] = {}
    for f in found:
        if f.place.row and f.place.column and f.code[0] in _FOLLOWS and f.code not in _ALWAYS:
            by_row.setdefault((f.place.file, f.place.sheet, f.place.row), []).append(f)
    instead: dict[Finding, Finding | None] = {}
    for row in by_row.values():
        if len(row) > 1:
            instead |= _in_row(row)
    return tuple(made for f in found if (made := instead.get(f, f)) is not None)


def limited(path: str, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Returns at most MOST errors and MOST warnings of a workbook; those beyond are counted in F20 and F21.

    With F20 nothing of the workbook counts: a row whose error is not listed could not be told from a sound one.
    """
    if len(findings) <= MOST:
        return tuple(findings)
    errors, warnings = (
        [f for f in findings if f.is_error and f.code != TOO_MANY],
        [f for f in findings if not f.is_error],
    )
    kept = {id(f) for f in (*errors[:MOST], *warnings[:MOST])}
    told = [f for f in findings if id(f) in kept or f.code == TOO_MANY]
    for code, found in ((TOO_MANY, errors), ("F21", warnings)):
        if len(found) > MOST:
            told.append(finding(code, Place(path), most=MOST, count=len(found) - MOST))
    return tuple(told)


def _in_row(row: Sequence[Finding]) -> dict[Finding, Finding | None]:
    """Returns what becomes of the findings on one row: another finding, or None for one that is left out."""
    at_cell: dict[Place, list[Finding]] = {}
    for f in row:
        at_cell.setdefault(f.place, []).append(f)
    instead: dict[Finding, Finding | None] = {}
    for here in at_cell.values():
        cause = next((f for f in here if f.is_error and f.code[0] == "C" and f.code != BLANK), None)
        cause = cause or next((f for f in here if f.code == BLANK), None)
        if cause:
            instead |= {f: None for f in here if f is not cause}
        elif any(f.is_error for f in here):
            instead |= {f: None for f in here if f.code == "N01"}
    left = [f for f in row if f not in instead]
    blank = [f for f in left if f.code == BLANK and f.is_error]
    unread = [f for f in left if f.code in _UNREAD and f.is_error]
    if len(unread) > 1 and len(unread) + len(blank) >= MANY:
        wrong = sorted((*unread, *blank), key=lambda f: f.place.column)
        return {**dict.fromkeys(row), wrong[0]: _misplaced(wrong)}
    if len(blank) >= BLANKS:
        field = JOINT.join(f.field for f in blank)
        one = finding(BLANK, blank[0].place, field)
        instead |= {**dict.fromkeys(blank), blank[0]: replace(one, remedy="补填这几格；不是记录的，清除整行")}
    return instead


def _misplaced(wrong: Sequence[Finding]) -> Finding:
    def shown(f: Finding) -> str:
        value = f.value[:SHORT] + "…" if len(f.value) > SHORT else f.value
        return f"{f.place.cell}“{f.field}”" + (f"填的是“{value}”" if value else "未填")

    return finding(
        MISPLACED,
        wrong[0].place,
        JOINT.join(f.field for f in wrong),
        JOINT.join(f.value for f in wrong if f.value),
        count=len(wrong),
        cells="；".join(map(shown, wrong)),
    )
