"""Writes the annex of evidence (数据出处表, .docx or .xlsx): the source cells of every figure of a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import CannotRun
from ..excel.listings.evidence import write_evidence
from ..figures.formula import formula, roll_formula
from ..machine.guard import DOCX, XLSX, guarding
from ..model import MASKED, Catalog, Figure, Place, Row
from ..standard.vocabulary import SCOPES
from ..submissions.source import Source, coverage, facts, open_source
from ..word.edited.paragraphs import open_document
from ..word.filling.template import build_document
from ..wording.phrase import plain
from ..wording.reading.quantities import sentences
from .chapters import heading
from .tracked import TrackedDocument, TrackedFigure

WITHHELD = "公开版不印"
COLUMNS = ("序号", "数", "所在语句", "指标", "口径", "数值", "来源单元格")
BLOCKS = 4  # blocks of source cells listed; further ones are only counted
SENTENCE = 120  # characters quoted from a sentence


@dataclass(frozen=True)
class Evidence:
    """One printed figure, list of names or single name, and its sources."""

    number: int
    phrase: str
    sentence: str
    indicator: str
    formula: str
    value: str
    cells: str

    @property
    def row(self) -> tuple[str, ...]:
        """The cells of its table row, in the order of COLUMNS."""
        return (str(self.number), self.phrase, self.sentence, self.indicator, self.formula, self.value, self.cells)


def write_annex(catalog: Catalog, document: Path, source: str | Path | Source, out: Path) -> int:
    """Writes the evidence for the finished `document` to `out` (.docx or .xlsx); returns the number of figures.

    Raises CannotRun for another suffix, for a source that cannot be used, or if writing fails.
    """
    if out.suffix.lower() not in (*XLSX, *DOCX):
        raise CannotRun(f"“{out.name}”不能作数据出处表：请用 .docx 或 .xlsx 作后缀。")
    s = source if isinstance(source, Source) else open_source(catalog, source)
    tracked = TrackedDocument(open_document(document), s)
    rows = evidence(tracked)
    kind = catalog.documents.get(tracked.kind[0])
    title = f"《{heading(kind, s).replace('|', '').format_map(facts(s)) if kind else document.stem}》数据出处表"
    about = f"数据来源：{Path(s.path).name}，{s.period.name}，{coverage(s)}；只统计状态为“已核”的记录。"
    with guarding([document, *([s.path] if s.path else [])]):
        if out.suffix.lower() in XLSX:
            write_evidence(out, title, about, COLUMNS, [e.row for e in rows])
        else:
            build_document(out.name, _body(title, about, rows), out, landscape=True)
    return len(rows)


def evidence(tracked: TrackedDocument) -> list[Evidence]:
    """Returns one Evidence per printed figure, in the order of the text."""
    found = [f for f in tracked.figures if f.figure or f.listed or f.cell]
    return [Evidence(n, f.old, _sentence(tracked, f), *_source(tracked.source, f)) for n, f in enumerate(found, 1)]


def _source(source: Source, f: TrackedFigure) -> tuple[str, str, str, str]:
    """Returns indicator, formula, value and cells of one figure, list of names or single name."""
    if figure := f.figure:
        indicator = figure.indicator
        title = f"{f.title}（{indicator.id}）"
        if figure.state == MASKED:
            return title, _formula(source.catalog, figure), WITHHELD, WITHHELD
        return title, _formula(source.catalog, figure), _value(figure), _cells(source.explain(indicator.name))
    if f.listed:
        roll, names = f.listed.roll, len(f.listed.names)
        title = f"{f.title}（{roll.id}）"
        return title, roll_formula(source.catalog, roll), f"共{names}个", _cells(source.explain(roll.name))
    ledger, field = f.cell or ("", "")
    return f.title, "单个名称", f.old, _cells(source.places(ledger, field, f.old))


def _sentence(tracked: TrackedDocument, f: TrackedFigure) -> str:
    edited = tracked.parts[f.part]
    low, high = edited.line(f.at[0])
    at = f.at[0] - low
    said = next((s.text for s in sentences(edited.text[low:high]) if s.start <= at < s.end), edited.text[low:high])
    said = " ".join(said.split())
    return said if len(said) <= SENTENCE else f"{said[:SENTENCE]}…"


def _formula(catalog: Catalog, figure: Figure) -> str:
    scope = figure.indicator.scope
    level = "" if scope == SCOPES[0] else f"；统计层级＝{scope}"
    return f"{formula(catalog, figure.indicator)}{level}"


def _value(figure: Figure) -> str:
    if figure.indicator.denominator is not None:
        return f"分子{plain(figure.numerator or 0)}，分母{plain(figure.denominator or 0)}"
    return plain(figure.value or 0)


def _cells(behind: Iterable[tuple[Place, Row, Any]]) -> str:
    """Returns the source cells: 组织生活 D7:D12 D15，共7格; for several origin workbooks, also their number."""
    found = list(behind)
    if not found:
        return "没有记录"
    origins = {row.values["origin_file"] for _, row, _ in found if row.values.get("origin_file")}
    blocks = _blocks(place for place, _, _ in found)
    said, sheet = "", ""
    for block in blocks[:BLOCKS]:
        said += ("；" if said else "") + block.sheet if block.sheet != sheet else ""
        said, sheet = f"{said} {block.cells}", block.sheet
    more = " 等" if len(blocks) > BLOCKS else "，共"
    return f"{said}{more}{len(found)}格" + (f"（汇自{len(origins)}份工作簿）" if len(origins) > 1 else "")


@dataclass
class _Block:
    """Adjacent cells in one column."""

    first: Place
    last: Place

    @property
    def sheet(self) -> str:
        return self.first.sheet

    @property
    def cells(self) -> str:
        return self.first.cell if self.first == self.last else f"{self.first.cell}:{self.last.cell}"


def _blocks(places: Iterable[Place]) -> list[_Block]:
    made: list[_Block] = []
    for p in places:
        above = made[-1].last if made else None
        if above and (above.sheet, above.column, above.row + 1) == (p.sheet, p.column, p.row):
            made[-1].last = p
        else:
            made.append(_Block(p, p))
    return made


def _body(title: str, about: str, rows: list[Evidence]) -> Iterator[str]:
    yield "#annexpage 附件"
    yield f"#title {title}"
    yield about
    yield "#table 5,9.5,24,14,20.5,9,18"
    yield f"#th {'|'.join(COLUMNS)}"
    for e in rows:
        cells = [" ".join(cell.replace("|", "｜").split()) for cell in e.row]
        yield f"#td ^{cells[0]}|^{cells[1]}|{'|'.join(cells[2:5])}|^{cells[5]}|{cells[6]}"
