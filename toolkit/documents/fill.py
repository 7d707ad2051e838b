"""Fills a document from a workbook: collects what the template may print; layout is done in word.filling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import CannotRun
from ..findings import listed
from ..machine.guard import guarding
from ..model import PUBLIC, Catalog, Document
from ..rows.submission import left_out_text
from ..submissions.comparing.last import LastYear, Values, read_last
from ..submissions.exchange.public import is_public, public_last, public_version
from ..submissions.source import Source, coverage, facts, open_source
from ..word.edited.bare import bare_figures
from ..word.edited.names import kind_name
from ..word.edited.paragraphs import open_document
from ..word.filling.render import NotReady, Printed, fill_template
from ..word.filling.session import Manner
from ..word.filling.shell import Frame, Imprint, RedHead
from ..wording.phrase import words
from .charting.shown import chart_makers
from .context import DRAFT, NOTHING, context, offer, passages
from .extract import last_year
from .templates import document as find_document
from .templates import template_of, unsupported

LISTED = 20  # missing items that a message names
REPORTS = (".docx", ".txt")  # last year's report, whose numbers are recognised
SHOWN = 8  # figures of an old report that a warning lists


@dataclass(frozen=True)
class Filled:
    """The result: number of printed figures, missing items (draft only), warnings, coverage if units are missing."""

    printed: int
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
    coverage: str
    masked: int = -1  # figures masked in a public version; -1: it is none
    left_out: Mapping[str, int] = field(default_factory=dict)  # rows of the source that do not count, by reason

    def lines(self, out: Path) -> Iterator[str]:
        """Yields the result for the clerk: the file, missing figures, warnings and coverage."""
        yield f"已生成：{out}（填入{self.printed}个数）"
        if self.masked >= 0:
            yield f"公开版：{self.masked}处数已遮去，人名写作“某”。请核对后再公开。"
        if self.missing:
            yield f"草稿中有{len(self.missing)}处缺数，已标黄：{listed(self.missing, LISTED, '项')}"
        yield from (f"提醒：{w}" for w in self.warnings)
        if self.coverage:
            yield self.coverage
        if said := left_out_text(self.left_out):
            yield f"{said}，文中的数不含这些行。"


@dataclass(frozen=True)
class Look:
    """Options for one document that its template does not determine."""

    draft: bool = False  # mark what is missing instead of stopping
    template: Path | None = None  # a user's own; None: that of the document
    red_head: str = ""  # 发文机关标志; "" for no red head
    doc_no: str = ""  # 发文字号 below it
    imprint: str | None = None  # 抄送机关 of the 版记; None for no 版记
    last: Path | LastYear | None = None  # last year's workbook, folder or report, for .上年 and .同比
    public: bool | None = None  # a public version; None: as the front page says
    sealed: bool = False  # the signature leaves room for a seal


PLAIN = Look()


def fill(
    catalog: Catalog,
    document: str | Document,
    source: str | Path | Source,
    out: Path,
    look: Look = PLAIN,
    names: Mapping[str, Any] = NOTHING,
) -> Filled:
    """Fills the document (or its name or Chinese title) from a workbook or an opened source and writes it to `out`.

    `names` go before the names of the source.

    Raises CannotRun for an unknown document or an unsuitable source. Unless it is a draft, also raises it for
    missing figures or passages, naming each with the sheet to enter it in.
    """
    d = document if isinstance(document, Document) else find_document(catalog, document)
    s = source if isinstance(source, Source) else open_source(catalog, source)
    if is_public(s, look.public):
        s = public_version(s)
    if d.source == "consolidated" and s.kind != "consolidated":
        raise CannotRun(
            f"“{d.title}”要用汇总工作簿生成：请先汇总，再用汇总工作簿生成。", "汇总的命令：dangjian aggregate。"
        )
    if d.stays and s.kind != "unit":
        raise CannotRun(f"“{d.title}”有只在本单位留存的内容，要用本单位的工作簿生成。")
    if d.needs and not look.draft and not any(s.rows.get(ledger) for ledger in d.needs):
        titles = "”“".join(catalog.ledgers[ledger].title for ledger in d.needs)
        raise CannotRun(f"“{d.title}”取自“{titles}”表，表中没有已核的行，不能成文。请先填写并核定。", f"\n{DRAFT}")
    template = look.template or template_of(d)
    try:
        before, unknown = _last(catalog, look.last, s)
        if s.audience == PUBLIC:
            before = public_last(s, before)
        with guarding([p for p in (s.path, look.template, _path(look.last)) if p]):
            report = fill_template(
                template,
                out,
                context(catalog, d, s, look.draft, template, names, before),
                _manner(catalog, d, s, look, before),
                _frame(d, s, look),
                offer(catalog, d),
            )
    except NotReady as e:
        raise CannotRun(_where_to_enter(catalog, e), f"\n{DRAFT}" if e.missing else "") from e
    return Filled(
        sum(p.count for p in report.printed),
        report.missing + report.problems,
        report.warnings
        + tuple(f"没有与上年比较：{why}。" for why in unknown)
        + _of_year(catalog, d, s)
        + (_old(out) + _claims(catalog, template) if look.template else ()),
        coverage(s) if s.missing else "",
        _masks(catalog, s, report.printed),
        s.left_out,
    )


def _of_year(catalog: Catalog, d: Document, s: Source) -> tuple[str, ...]:
    """Returns a warning for each passage of the clerk that speaks of the whole year in a document about a part of it."""
    if s.period.is_long:
        return ()
    speech, written = catalog.speech, passages(d, s, draft=True)
    return tuple(
        f"“文字材料”的段落“{part}”写有“{word}”，本期是{s.period.name}，请核改。"
        for part, found in written.items()
        if part not in speech.free
        for word in speech.year_only
        if any(word in n.text for n in found)
    )


def _masks(catalog: Catalog, s: Source, printed: Iterable[Printed]) -> int:
    """Returns how many printed figures are masked; -1 if the document is no public version."""
    return sum(p.count for p in printed if words(catalog).masks["digits"] in p.phrase) if s.audience == PUBLIC else -1


def _old(document: Path) -> tuple[str, ...]:
    """Returns a warning if figures of an old report stand in a document as they were."""
    found = [text for _, text in bare_figures(open_document(document))]
    if not found:
        return ()
    said = listed(list(dict.fromkeys(found)), SHOWN, "种")
    return (f"文中还有{len(found)}处旧报告的数原样留着，已标黄：{said}。请逐处核改。",)


def _claims(catalog: Catalog, template: Path) -> tuple[str, ...]:
    """Returns a warning for each sentence of a template of one's own that says something was done without support."""
    found = unsupported(template, catalog.speech)
    return tuple(f"模板里的“{sentence}”没有数或名称作依据，已照印，请核对。" for _, sentence in found)


def _path(last: Path | LastYear | None) -> Path | None:
    return last.path if isinstance(last, LastYear) else last


def _last(catalog: Catalog, last: Path | LastYear | None, s: Source) -> tuple[Values, tuple[str, ...]]:
    """Returns last year's values, and why they are not known. Raises CannotRun if the file is not of last year."""
    if last is None:
        return {}, ()
    if isinstance(last, Path) and last.suffix.lower() in REPORTS:
        return last_year(catalog, last, s.period), ()
    return (last if isinstance(last, LastYear) else read_last(catalog, last)).values(s)


def _manner(catalog: Catalog, d: Document, s: Source, look: Look, before: Values) -> Manner:
    unit = s.unit
    return Manner(
        words(catalog),
        str(unit.get("unit_id") or ""),
        s.year,
        str(unit.get("unit_name") or ""),
        d.wording,
        str(unit.get("approx_word") or ""),
        before,
        s.period.last_name,
        chart_makers(s),
        s.told,
        look.draft,
    )


def _frame(d: Document, s: Source, look: Look) -> Frame:
    imprint = None
    if look.imprint is not None:
        known = facts(s)
        day: date = known["成文日期"]
        imprint = Imprint(known["单位全称"], f"{day.year}年{day.month}月{day.day}日", look.imprint)
    head = RedHead(look.red_head, look.doc_no) if look.red_head else None
    return Frame(
        head, imprint, look.sealed, kind_name(d.name, own=look.template is not None, public=s.audience == PUBLIC)
    )


def _where_to_enter(catalog: Catalog, e: NotReady) -> str:
    """Returns a message: each missing figure with the sheet to enter it in, then the wordings that would be untrue."""
    sheets = {i.title: catalog.ledgers[i.numerator.ledger].title for i in catalog.indicators.values()}
    lines = [f"  {t}：请在“{sheets[t]}”表补填，或在封面申报“本年无”" if t in sheets else f"  {t}" for t in e.missing]
    head = [f"缺{len(e.missing)}项，不能成文："] if lines else ["不能成文："]
    return "\n".join([*head, *lines, *(f"  {p}" for p in e.problems)])
