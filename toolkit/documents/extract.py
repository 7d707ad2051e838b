"""Extracts the quantities of a finished report, each with the indicator that it most likely states.

wording.reading.quantities finds the quantities, wording.reading.recognise the indicators.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import CannotRun
from ..excel.listings.facts import write_facts
from ..machine.guard import guarding
from ..model import Catalog, Indicator
from ..span import PART_OF_YEAR, Span
from ..word.edited.paragraphs import Paragraph, open_document
from ..word.edited.tables import cells
from ..wording.numerals import numeral
from ..wording.phrase import rounded, share, words
from ..wording.reading.facts import Compared, Fact, FactPlace, rank
from ..wording.reading.lexicon import is_existing, is_plan, plan_said
from ..wording.reading.quantities import Quantity, quantities
from ..wording.reading.recognise import TOLD, Recognition, in_unit, recognise, surroundings
from ..wording.reading.signs import CELL, Surroundings
from ..wording.reading.zeros import ZERO, zeros
from ..wording.sentences import sentences

if TYPE_CHECKING:
    from ..submissions.source import Source

HEADING = 40  # characters; a longer line is not a heading
_NUMBER = re.compile(r"(\d[\d,]{0,14}(?:\.\d{1,6})?)\s*([%％\u4e00-\u9fff]{0,4})")
_UNIT = re.compile(r"[（(](?:单位[：:])?\s*([%％\u4e00-\u9fff]{1,4})\s*[）)]")  # 数量（次）
Piece = tuple[int, int, int]  # position in a text; index and number of the paragraph that begins there
TITLE_WITHIN, LONGEST_TITLE = 6, 60  # the title is among the first paragraphs, and no longer
_TITLE_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*(?:年|党|度)")
BROKEN = 20  # characters; a line of at least this length without an end mark was cut in two by a page break


def extract(catalog: Catalog, path: Path) -> list[Fact]:
    """Returns all quantities of a .docx or .txt as facts, in order. Raises CannotRun if it cannot be opened."""
    return facts_of(catalog, open_document(path).paragraphs)


_position = itemgetter(0)  # of a Piece


def facts_of(catalog: Catalog, paragraphs: Sequence[Paragraph]) -> list[Fact]:
    """Returns all quantities of the paragraphs of a document as facts, in order."""
    found = list(_table_facts(catalog, paragraphs))
    in_tables = {place.index for fact in found for place in fact.places}
    planned, told = False, ""  # by the headings above; these, the nearest last
    for starts, text in _passages(paragraphs):
        if in_tables and starts[0][1] in in_tables:
            continue
        if len(text) <= HEADING and not re.search("[。；，]", text):
            planned, told = planned if (said := plan_said(text)) is None else said, f"{told}{text}\n"[-TOLD:]
        found += _facts(catalog, text, starts, planned, told)
    return sorted(found, key=lambda f: f.places[0].index) if in_tables else found


def compare(facts: Sequence[Fact], source: Source | None) -> list[Compared]:
    """Returns the indicators that the facts name, ordered by id, with this year's value from `source`.

    The facts that are certain come first, then results before targets. Masked quantities are skipped.
    """
    by_name: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.indicator and not fact.quantity.masked:
            by_name.setdefault(fact.indicator.name, []).append(fact)
    found = []
    for group in by_name.values():
        group.sort(key=rank)
        indicator = group[0].indicator
        assert indicator is not None
        found.append(Compared(indicator, tuple(group), _now(source, indicator)))
    return sorted(found, key=lambda c: c.indicator.id)


def last_year(catalog: Catalog, path: Path, period: Span) -> dict[str, Decimal]:
    """Returns the values of the report of the same months one year before `period`, by the indicator's name; only those that are certain.

    Raises CannotRun if it cannot be opened or names another year, or another part of it, in its title.
    """
    paragraphs = open_document(path).paragraphs
    told, wanted = year_of(paragraphs), period.last
    if told is not None and told != wanted.end.year:
        raise CannotRun(f"“{path.name}”的题目写的是{told}年，不是上年（{wanted.end.year}年）。请换用上年的报告。")
    title = next((p.text for p in paragraphs[:TITLE_WITHIN] if _TITLE_YEAR.search(p.text)), "")
    parts = re.findall(PART_OF_YEAR, title) or [""] if told else [wanted.part]
    if wanted.part not in parts:
        raise CannotRun(f"“{path.name}”写的是{parts[0] or '全年'}，不是{wanted.name}。请换用上年同期的报告。")
    compared = compare(facts_of(catalog, paragraphs), None)
    return {c.indicator.name: c.before for c in compared if c.before is not None and c.is_exact}


def year_of(paragraphs: Sequence[Paragraph]) -> int | None:
    """Returns the year that the title of a report names; None if there is none."""
    head = (p.text for p in paragraphs[:TITLE_WITHIN] if len(p.text) <= LONGEST_TITLE)
    return next((int(m[1]) for text in head if (m := _TITLE_YEAR.search(text))), None)


def _now(source: Source | None, indicator: Indicator) -> Decimal | None:
    figure = source.figures.get(indicator.name) if source else None
    if source is None or figure is None or figure.value is None:
        return None
    return rounded(share(figure), words(source.catalog)) if indicator.denominator else Decimal(figure.value)


def write_workbook(
    catalog: Catalog,
    out: Path,
    document: Path,
    facts: Sequence[Fact],
    compared: Sequence[Compared],
    source: Source | None,
) -> None:
    """Writes the facts and the comparison to a workbook. Raises CannotRun if it cannot be written."""
    now = f"{source.unit.get('unit_name') or source.path}{source.period.name}的台账" if source else ""
    with guarding([document]):
        write_facts(out, document.stem, facts, compared, catalog.indicators.values(), now)


# ---------------------------------------------------------------------- reading


def _passages(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[list[Piece], str]]:
    """Yields the paragraphs as text; joins those that a page break cut in two.

    Each text comes with its pieces as (position, index of the paragraph, paragraph number), in order.
    """
    texts, starts, length = list[str](), list[Piece](), 0
    last: Paragraph | None = None
    for index, p in enumerate(paragraphs):
        if last and not _goes_on(last, p):
            yield starts, "".join(texts)
            texts, starts, length = [], [], 0
        starts.append((length, index, p.number))
        texts.append(p.text)
        length, last = length + len(p.text), p
    if length:
        yield starts, "".join(texts)


def _goes_on(before: Paragraph, p: Paragraph) -> bool:
    """Returns whether a line ends in mid-sentence and the next paragraph continues it."""
    end = before.text.rstrip()
    title = before.number == 1 and not re.search("[，。；：、]", end)
    whole = title or len(end) < BROKEN or end[-1] in "。！？；：…”》）*" or before.level is not None or before.in_table
    return not whole and not re.match(
        r"\s*(?:[（(][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十]+、|\d+[.、．])", p.text
    )


def _facts(catalog: Catalog, text: str, starts: list[Piece], planned: bool, told: str) -> Iterator[Fact]:
    found = quantities(text)
    if none := [z for z in zeros(text) if not _is_among(z, found)]:
        found = sorted([*found, *none], key=lambda q: q.start)
    spans = sentences(text)
    n = 0
    last: dict[int, Indicator | None] = {}  # the indicator named last in each sentence
    for at, (q, context) in enumerate(zip(found, surroundings(text, found, told), strict=True)):
        while n < len(spans) - 1 and spans[n].end <= q.start:
            n += 1
        number = starts[bisect_right(starts, q.start, key=_position) - 1][2]
        r = recognise(catalog, q, context)
        if r.indicator and r.indicator == last.get(n) and "其中" in text[found[at - 1].end if at else 0 : q.start]:
            r = Recognition(None, 0.0, "是前一个数的一部分", (r.indicator,))
        last[n] = r.indicator or last.get(n)
        if q.kind == ZERO and not r.sure:
            continue  # 没有 is said of many things
        value = in_unit(q, r.indicator) if r.indicator else q.value
        goal = q.target or (planned and not is_existing(text, q.start))
        places = tuple(_places(text, starts, q))
        sentence = spans[n].text.strip()
        yield Fact(number, sentence, q, r.indicator, r.score, r.reason, goal, value, r.choices, places, r.sure)


def _is_among(q: Quantity, found: Sequence[Quantity]) -> bool:
    """Returns whether a quantity shares characters with one of `found`, which are in order and share none."""
    n = bisect_left(found, q.end, key=lambda other: other.start)
    return n > 0 and found[n - 1].end > q.start


def _table_facts(catalog: Catalog, paragraphs: Sequence[Paragraph]) -> Iterator[Fact]:
    """Yields the numbers in tables whose heads say what they count."""
    titles = [p.text for p in paragraphs if not p.in_table and len(p.text) <= HEADING]
    planned, above = is_plan(titles), "\n".join([*titles, ""])[-TOLD:]
    for cell in cells(paragraphs):
        p = paragraphs[cell.index]
        number = _NUMBER.fullmatch(p.text.strip())
        if not number:
            continue
        heads = [_UNIT.sub("", head).strip() for head in (cell.row, cell.column)]
        told = next((m[1] for m in map(_UNIT.search, (cell.column, cell.row)) if m), "")
        for q in _in_cell(p.text, number[1], number[2] or told):
            r = recognise(catalog, q, Surroundings("".join(heads), "", "", above))
            if not q.word and r.indicator is None:
                continue
            value = in_unit(q, r.indicator) if r.indicator else q.value
            at = (FactPlace(cell.index, 0, len(p.text)),)
            shown = "／".join(filter(None, (cell.row, cell.column, q.text)))
            yield Fact(p.number, shown, q, r.indicator, r.score, r.reason, planned, value, r.choices, at, r.sure)


def _in_cell(text: str, number: str, word: str) -> Iterator[Quantity]:
    """Yields the quantity of a cell; without a measure word it is a bare number."""
    said = f"{number}{word}"
    found = quantities(said)
    if len(found) == 1 and found[0].text == said:
        yield replace(found[0], text=text.strip(), phrase=text.strip(), start=0, end=len(text))
    elif not word and (value := numeral(number)) is not None:
        yield Quantity(0, len(text), text.strip(), value, None, "", "", CELL, False, "", text.strip())


def _places(text: str, starts: list[Piece], q: Quantity) -> Iterator[FactPlace]:
    """Yields where a quantity stands with its approximating words, one place for each paragraph that it touches."""
    before, _, after = q.phrase.partition(q.text)
    start = q.start - len(before) if before and text.endswith(before, 0, q.start) else q.start
    end = q.end + len(after) if text.startswith(after, q.end) else q.end
    for n in range(max(bisect_right(starts, start, key=_position) - 1, 0), bisect_left(starts, end, key=_position)):
        position, index, _ = starts[n]
        last = starts[n + 1][0] if n + 1 < len(starts) else len(text)
        if start < last:
            yield FactPlace(index, max(start, position) - position, min(end, last) - position)
