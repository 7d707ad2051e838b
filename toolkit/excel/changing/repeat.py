"""New rows from the last one of a ledger: the same again, and the same meeting for the other organisations.

What each row must say for itself is left blank: its number and its state; for another organisation also its
head-counts, its people and its evidence. So is what follows from the organisation: a cell that is blank above stays
blank, and a level is copied only if it was stated against the kind of the organisation. It would stand there, folded
away, when the organisation of the new row is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...errors import CannotRun
from ...model import UPWARD, Book, Catalog, Field, Ledger, Row, Submission, may_go
from ...rows.casting.cell import written
from ...rows.casting.settle import follower, names_of

Cells = dict[tuple[int, int], Any]  # row and column from 1 -> new value

ORGANISATION = "org_id"


def last_row_again(catalog: Catalog, s: Submission, book: Book, ledger: str) -> Cells:
    """Returns the cells of a row below the last one that say the same; `book` is the workbook as typed. Raises CannotRun if there is no row."""
    last = _last(catalog, s, ledger)
    return dict(_cells(catalog, s, last, last.number + 1, last.values, _stated(catalog, s, book, last)))


def for_other_organisations(catalog: Catalog, s: Submission, book: Book, ledger: str) -> Cells:
    """Returns the cells of rows below the last one: the same for each running organisation of the same kind.

    An organisation that has such a row already gets none. Raises CannotRun if there is no row, or no organisation.
    """
    last = _last(catalog, s, ledger)
    orgs = {r.values["org_id"]: r.values for r in s.rows.get("org", ()) if r.values.get("org_state") != "撤销"}
    own = orgs.get(last.values.get(ORGANISATION))
    if ledger == "org" or own is None:
        raise CannotRun("最后一行没有填“所属党组织”，不知道还要给哪些党组织登记。请补填后再点一次。")
    said = [f for f in _stated(catalog, s, book, last) if _shared(f)]
    same = [f.name for f in said if f.name != ORGANISATION]
    there = {r.values.get(ORGANISATION) for r in s.rows[ledger] if all(r.values[n] == last.values[n] for n in same)}
    others = [code for code, o in orgs.items() if o["org_type"] == own["org_type"] and code not in there]
    if not others:
        raise CannotRun(f"没有其他{own['org_type']}要登记：都已有与最后一行相同的记录。")
    cells: Cells = {}
    for number, code in enumerate(others, last.number + 1):
        cells |= dict(_cells(catalog, s, last, number, {**last.values, ORGANISATION: code}, said))
    return cells


def _last(catalog: Catalog, s: Submission, ledger: str) -> Row:
    rows = s.rows.get(ledger, ())
    if not rows:
        raise CannotRun(f"“{catalog.ledgers[ledger].title}”里还没有填过的行。请先填一行，再点这个按钮。")
    return max(rows, key=lambda r: r.number)


def _typed(ledger: Ledger) -> list[Field]:
    return [f for f in ledger.fields if not f.calc and not f.constraints.unique and f.name not in ("status", "remark")]


def _stated(catalog: Catalog, s: Submission, book: Book, row: Row) -> list[Field]:
    """Returns the fields whose cells say something of their own: nothing that follows from the organisation."""
    cells = next(g.cells[row.number - 1] for g in book.grids.values() if g.title == row.sheet.title)
    blank = {n for n, c in row.sheet.columns.items() if c > len(cells) or cells[c - 1] in (None, "")}

    def own(f: Field) -> bool:
        if not f.follows:
            return True
        decided = any(f.follows.values())  # by the kind of the organisation, not a name that it goes by
        following = follower(catalog, row.ledger, f, s.rows) if decided else None
        return f.name not in blank and not (following and following(row.values) == row.values[f.name])

    return [f for f in _typed(catalog.ledgers[row.ledger]) if own(f)]


def _shared(f: Field) -> bool:
    """Whether a field says the same of a meeting whichever organisation it was held by; not what its kind decides."""
    decided = any((f.follows or {}).values())
    return f.type not in ("integer", "number", "list") and may_go(f, UPWARD) and not decided and f.name != "src"


def _cells(
    catalog: Catalog, s: Submission, row: Row, number: int, values: dict[str, Any], fields: Sequence[Field]
) -> Iterator[tuple[tuple[int, int], Any]]:
    rows = {name: [r.values for r in found] for name, found in s.rows.items()}
    for f in fields:
        value = values.get(f.name)
        if value is None or f.name not in row.sheet.columns:
            continue
        if f.foreignKey and f.type != "list":
            value = names_of(catalog, f.foreignKey, rows).get(value, value)
        yield (number, row.sheet.columns[f.name]), written(value) if isinstance(value, (bool, tuple)) else value
