"""Makes a template from an old report, and a review sheet on which the clerk decides; made again with that sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import CannotRun
from ...excel.listings.review import Decided, read_review, write_review
from ...findings import Remark, Spot, perhaps, remark
from ...machine.guard import guarding
from ...model import Catalog, Document
from ...word.edited.paragraphs import Opened, open_document
from ..claims import vocabulary as claims_vocabulary
from ..context import names_of
from ..extract import LONGEST_TITLE, TITLE_WITHIN, year_of
from ..names import check_own
from ..templates import document as find_document
from .proposals import FIGURE, KEEP, OPEN, PUT, Proposal, figures
from .sweep import Sweep
from .write import write_template

PLAN = "plan"


@dataclass(frozen=True)
class Drafted:
    """A template made from a report: all proposals as decided, and what is wrong in the sheet or the template."""

    proposals: tuple[Proposal, ...]
    remarks: tuple[Remark, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """Numbers of figures by state."""
        return Counter(p.state for p in self.proposals if p.kind == FIGURE)

    @property
    def bare(self) -> tuple[Proposal, ...]:
        """What stays of the old year without anybody having decided so."""
        return tuple(p for p in self.proposals if p.is_bare)


def draft(
    catalog: Catalog, path: Path, out: Path, sheet: Path | None = None, review: Path | None = None, unit: str = ""
) -> Drafted:
    """Writes the template `out` of the report at `path`, and the review `sheet` of its proposals.

    With `review`, a sheet on which people decided, their decisions hold, and no sheet is written.
    Raises CannotRun if a file cannot be used, or the review is of another report.
    """
    with guarding([path, *([review] if review else [])]):
        opened = open_document(path)
        if opened.kind != "docx":
            raise CannotRun(f"“{path.name}”不是 .docx：模板从 Word 文档来。请在 Word 中另存为“Word 文档(*.docx)”。")
        proposals, document = proposed(catalog, opened, unit)
        remarks: list[Remark] = []
        if review:
            proposals, remarks = _decided(catalog, document, proposals, read_review(review), review.name)
        write_template(opened, proposals, out)
        if sheet and not review:
            rows = [_row(p) for p in proposals]
            write_review(sheet, path.stem, rows, sorted(_names(catalog, document)))
        remarks += [r for r in check_own(catalog, out, document.name) if r.code != "V20"]
    return Drafted(tuple(proposals), tuple(remarks))


def proposed(catalog: Catalog, opened: Opened, unit: str = "") -> tuple[list[Proposal], Document]:
    """Returns the proposals for an opened report, and the document whose names it may use."""
    paragraphs = opened.paragraphs
    head = [p.text for p in paragraphs[:TITLE_WITHIN] if len(p.text) <= LONGEST_TITLE]
    kind = _kind(head)
    document = find_document(catalog, kind or "situation")
    year = year_of(paragraphs)
    if year is not None and kind == PLAN:
        year -= 1  # a plan is named after the year to come
    found = list(figures(catalog, opened))
    return [*found, *Sweep(paragraphs, found, year, unit, catalog.rolls).proposals()], document


def _kind(head: Sequence[str]) -> str:
    kinds = claims_vocabulary()["kinds"]
    return next((k for text in head for k, words in kinds.items() if any(w in text for w in words)), "")


def _names(catalog: Catalog, d: Document) -> list[str]:
    return [name for name, shape in names_of(catalog, d).items() if shape.kind not in ("list", "map")]


# ---------------------------------------------------------------- the sheet


def _row(p: Proposal) -> Decided:
    number = p.places[0][0].index + 1
    return Decided(
        p.key, p.kind, p.text, p.context, number, len(p.places), p.state, p.decision, p.name, p.choices, p.reason
    )


def _decided(
    catalog: Catalog, d: Document, proposals: Sequence[Proposal], rows: Sequence[Decided], sheet: str
) -> tuple[list[Proposal], list[Remark]]:
    """Returns the proposals with the decisions of a sheet. A name filled in without a decision is to be put in."""
    given = {(r.kind, r.key): r for r in rows}
    same = sum((p.kind, p.key) in given and given[p.kind, p.key].text == p.text.strip() for p in proposals)
    if same * 2 < max(len(proposals), len(given)):
        raise CannotRun(f"“{sheet}”不是这份报告的复核表。请用同一份报告生成的那一份。")
    known, made, remarks = _names(catalog, d), list[Proposal](), list[Remark]()
    for p in proposals:
        row = given.pop((p.kind, p.key), None)
        if row is None or row.text != p.text.strip():
            remarks.append(remark("V21", Spot(p.places[0][0].index + 1, p.text), text=p.text))
            made.append(replace(p, decision=OPEN if p.decision != KEEP else KEEP))
            continue
        name = row.name.strip("{} \u3000")
        if name and name.partition(".")[0] not in known:
            spot = Spot(p.places[0][0].index + 1, p.text)
            remarks.append(remark("V22", spot, name=name, near=perhaps(name, known)))
            made.append(replace(p, name="", decision=OPEN))
            continue
        wish = PUT if row.decision == OPEN and name and name != p.name else row.decision
        if wish == PUT and not name:
            remarks.append(remark("V23", Spot(p.places[0][0].index + 1, p.text), text=p.text))
            wish = OPEN
        made.append(replace(p, name=name, decision=wish if wish in (PUT, KEEP) else OPEN))
    remarks += [remark("V24", Spot(0, r.text), text=r.text) for r in given.values()]
    return made, remarks
