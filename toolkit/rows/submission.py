"""Reads and checks one unit's workbook, and separates counted rows from rows left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from .. import __version__
from ..findings import BREAKS_SHEET, finding
from ..model import Book, Catalog, Finding, LeftOut, Place, Row, Submission
from ..standard.sheets import COUNTED, COVER, KIND_FIELD, META, NIL, NOT_APPLICABLE, ROSTER, SLIP, SOME
from .casting.settle import settle
from .checks import check_rows
from .conditions import Context, compute
from .cover import placed, read_meta, read_unit
from .once import TOO_MANY, limited, once
from .privacy import PERSONAL, withheld
from .read import read_rows
from .unread import account

PLACEHOLDER = re.compile(r"【([^【】]{1,40})】")
# Words that a narrative may put in 【】 besides indicators: facts about the unit and the period.
FACTS = ("单位全称", "单位简称", "学习品牌", "年度", "上年", "下年", "时期", "报告期")
OUTSIDE = "不在填报期内"  # why a row of another part of the year does not count
IN_ERROR = "有错误"  # why a row with an error does not count
_STATUS = "状态为"  # begins the reason why a row with a status other than 已核 does not count
COMPARISONS = ("上年", "同比", "增减", "增幅")  # may follow the name of an indicator, after a dot
TARGET = "目标"  # in a measure of the plan: the placeholder of its worded target


def submission_of(catalog: Catalog, book: Book) -> Submission:
    """Returns a unit workbook, from a file or from the open application, with all its findings.

    If the file has an error or is no workbook of the standard, `unit` and `rows` are empty.
    """
    broken, foreign = any(f.is_error for f in book.findings), not {COVER, META} <= set(book.grids)
    if broken or foreign:
        told = book.findings if broken else (*book.findings, _foreign(book))
        return Submission(book.path, book.sha256, "", {}, {}, {}, told)
    book = _of_today(catalog, book)
    meta = read_meta(book.grids[META])
    unit, declared, found = read_unit(catalog, book.grids[COVER], book.path)
    findings = [*book.findings, *found]
    version = str(meta.get("version", ""))
    findings += other_version(catalog, book.path, meta)
    checked = check_submission(catalog, _read_sheets(catalog, book, unit, declared, version, findings))
    return replace(checked, findings=placed(catalog, book.grids[COVER], checked.findings))


def _of_today(catalog: Catalog, book: Book) -> Book:
    """Returns the book with the sheets that bear an earlier title of a ledger under its present one."""
    grids = dict(book.grids)
    for ledger in catalog.ledgers.values():
        for title in ledger.formerly:
            if title in grids and ledger.title not in grids:
                grids[ledger.title] = grids.pop(title)
    return replace(book, grids=grids)


def other_version(catalog: Catalog, path: str, meta: Mapping[str, str]) -> Iterable[Finding]:
    """Yields F15 if the workbook was made by a newer standard than this one, F04 if by any other; F16 for the program.

    `meta` is the hidden sheet. A workbook of an older program is as good as one of this program.
    """
    standard, product = meta.get("version", ""), meta.get("product", "")
    if standard != catalog.version:
        code = "F15" if is_newer(standard, catalog.version) else "F04"
        yield finding(code, Place(path), value=standard, expected=catalog.version)
    if is_newer(product, __version__):
        yield finding("F16", Place(path), value=product, expected=__version__)


def is_newer(version: str, than: str) -> bool:
    """Returns whether a version, of the standard or of the program, comes after another."""
    return numbers_of(version) > numbers_of(than)


def numbers_of(version: str) -> list[int]:
    """Returns the numbers of a version, in their order."""
    return [int(n) for n in re.findall(r"[0-9]{1,9}", version)]


def _foreign(book: Book) -> Finding:
    """Returns what to say of a workbook that is none of a unit: the product's own kinds are called by their name."""
    kind = read_meta(book.grids[META]).get("kind", "") if META in book.grids else ""
    return finding({ROSTER: "F31", SLIP: "F32"}.get(kind, "F03"), Place(book.path))


def _read_sheets(
    catalog: Catalog, book: Book, unit: dict[str, Any], declared: dict[str, str], version: str, findings: list[Finding]
) -> Submission:
    code, year = str(unit.get("unit_id") or ""), unit.get("year") or date.today().year
    rows: dict[str, tuple[Row, ...]] = {}
    for name, ledger in catalog.ledgers.items():
        grid = book.grids.get(ledger.title)
        if grid is None:
            continue
        read, found = read_rows(grid, ledger, book.path, code, year, book.date1904)
        if not any(f.code == "S12" for f in found):
            rows[name] = tuple(read)
        findings += found
    findings += settle(catalog, rows, findings)
    declared = {**declared, **_not_for(catalog, unit, declared, rows)}
    held, unread, told = account(catalog, book, code, findings)
    return Submission(
        book.path, book.sha256, version, unit, declared, rows, (*findings, *told), held=held, unread=unread
    )


def _not_for(
    catalog: Catalog, unit: Mapping[str, Any], declared: Mapping[str, str], rows: Mapping[str, Any]
) -> dict[str, str]:
    """Returns 不适用 for the ledgers that this kind of unit has no use for, while nobody filled or declared them."""
    without = catalog.kinds.get(str(unit.get(KIND_FIELD)), ())
    return {name: NOT_APPLICABLE for name in without if not declared.get(name) and name in rows and not rows[name]}


def check_submission(catalog: Catalog, submission: Submission) -> Submission:
    """Returns the submission with computed formula columns and all checks beyond single cells; see privacy.withheld."""
    context = context_of(catalog, submission)
    compute_columns(catalog, submission.rows, context)
    findings = [
        *submission.findings,
        *_period(submission),
        *_declarations(catalog, submission),
        *check_rows(catalog, submission.rows, context),
        *_placeholders(catalog, submission),
    ]
    return withheld(catalog, replace(submission, findings=limited(submission.path, once(findings))))


def compute_columns(catalog: Catalog, rows: Mapping[str, Iterable[Row]], context: Context) -> None:
    """Computes the formula columns in place; the values found in the cells are ignored."""
    for name, found in rows.items():
        calcs = [f for f in catalog.ledgers[name].fields if f.calc]
        for row in found:
            for f in calcs:
                row.values[f.name] = compute(f, row.values, context)


def _declarations(catalog: Catalog, s: Submission) -> Iterable[Finding]:
    """Compares the declarations 有／本年无／不适用 with the content of the sheets."""
    code = str(s.unit.get("unit_id") or "")
    for name, ledger in catalog.ledgers.items():
        said, filled = s.declared.get(name, ""), bool(s.rows.get(name))
        if not ledger.declared or name not in s.rows:
            continue
        wrong = ""
        if filled and said in (NIL, NOT_APPLICABLE):
            wrong = "S07"
        elif not filled and said in ("", SOME):
            wrong = "S08" if said else "S06"
        if wrong:
            yield finding(wrong, Place(s.path, code, COVER), ledger.title, said, sheet=ledger.title)


def _period(s: Submission) -> Iterable[Finding]:
    """Yields an error if the period of the front page is none, or has no day in the year."""
    start, end, year = (s.unit.get(name) for name in ("period_start", "period_end", "year"))
    if start and end and (start > end or (year and not start.year <= year <= end.year)):
        place = Place(s.path, str(s.unit.get("unit_id") or ""), COVER)
        yield finding("S28", place, "截止日期", str(end), start=start, end=end, year=year or "未填")


def _placeholders(catalog: Catalog, s: Submission) -> Iterable[Finding]:
    known = {*catalog.indicators, *catalog.rolls, *FACTS, TARGET}
    for name in ("narrative", "plan"):
        for row in s.rows.get(name, ()):
            for key, text in row.values.items():
                for word in PLACEHOLDER.findall(text) if isinstance(text, str) else ():
                    if word not in known and _without_form(word) not in catalog.indicators:
                        yield finding("T01", row.place(key), value=word, known=tuple(known))


def _without_form(word: str) -> str:
    """Returns the indicator in 【主题党日.同比】; the word itself if it has no such ending."""
    name, _, form = word.partition(".")
    return name if form in COMPARISONS else word


def counted(catalog: Catalog, s: Submission) -> tuple[dict[str, list[Row]], list[LeftOut]]:
    """Returns the rows that count, by ledger, and the other rows with the reason.

    Rows with an error, with a status other than 已核, or of another part of the year are left out (domain rule). All rows of a
    sheet are left out if its header is unreliable or the front page declares it empty.
    """
    broken = {(f.place.sheet, f.place.row) for f in s.findings if f.is_error and f.place.row}
    personal = {(f.place.sheet, f.place.row) for f in s.findings if f.code == PERSONAL}
    unreliable = {f.place.sheet for f in s.findings if f.code in BREAKS_SHEET}
    context = Context.of(s.unit)
    count: dict[str, list[Row]] = {}
    left_out: list[LeftOut] = []
    for name, rows in s.rows.items():
        said, dated = s.declared.get(name, ""), [f for f in catalog.ledgers[name].fields if f.in_year]
        count[name] = []
        for row in rows:
            status = row.values.get("status", COUNTED)
            if row.sheet.title in unreliable:
                left_out.append(LeftOut(row, "表头有误"))
            elif (row.sheet.title, row.number) in personal:
                left_out.append(LeftOut(row, "有个人号码，文字不上报"))
            elif (row.sheet.title, row.number) in broken:
                left_out.append(LeftOut(row, IN_ERROR))
            elif any(context.strays(day) for f in dated if (day := row.values.get(f.name))):
                left_out.append(LeftOut(row, OUTSIDE))
            elif said in (NIL, NOT_APPLICABLE):
                left_out.append(LeftOut(row, f"封面申报“{said}”"))
            elif status != COUNTED and any(f.name == "status" for f in catalog.ledgers[name].fields):
                left_out.append(LeftOut(row, f"{_STATUS}“{status or '空'}”"))
            else:
                count[name].append(row)
    return count, left_out


def left_out_text(reasons: Mapping[str, int]) -> str:
    """Returns how many rows do not count, with the reasons: 未计入3行（有错误2行、状态为“草稿”1行）; "" if all count."""
    if not any(reasons.values()):
        return ""
    said = "、".join(f"{reason}{n}行" for reason, n in sorted(reasons.items()) if n)
    return f"未计入{sum(reasons.values())}行（{said}）"


def in_error(reasons: Mapping[str, int]) -> bool:
    """Whether rows do not count for another reason than their status or the period, which the clerk chose."""
    return any(n and reason != OUTSIDE and not reason.startswith(_STATUS) for reason, n in reasons.items())


def context_of(catalog: Catalog, s: Submission) -> Context:
    """Returns what the rows of a submission are judged against and may refer to."""
    return Context.of(s.unit).knowing(catalog.ledgers, s.rows, s.declared)


def usable(s: Submission) -> bool:
    """Whether the workbook may be used at all: it names its unit, has no secrecy mark (rules.md 4) and few errors."""
    return bool(s.unit.get("unit_id")) and not any(f.code in ("F06", TOO_MANY) for f in s.findings)


def taken(s: Submission, ledger: str) -> list[Row]:
    """Returns the rows of a ledger that count; the submission must come from `with_fates`."""
    left_out = s.left_out.get(ledger, {})
    return [row for n, row in enumerate(s.rows.get(ledger, ())) if n not in left_out]


def with_fates(s: Submission, left_out: Iterable[LeftOut]) -> Submission:
    """Returns the submission with `left_out` filled: the rows that do not count, and why."""
    reasons = {id(x.row): x.reason for x in left_out}
    fates = {name: {n: reasons[id(r)] for n, r in enumerate(rows) if id(r) in reasons} for name, rows in s.rows.items()}
    return replace(s, left_out=fates)
