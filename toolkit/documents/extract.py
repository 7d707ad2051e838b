"""Extracts the quantities of a finished report, each with the indicator that it most likely states.

wording.quantities finds the quantities, wording.recognise the indicators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from ..excel.listings.facts import write_facts
from ..machine.guard import guarding
from ..model import Catalog, Indicator
from ..word.edited.paragraphs import Paragraph, open_document
from ..wording.facts import Compared, Fact
from ..wording.lexicon import is_plan
from ..wording.phrase import rounded, share, words
from ..wording.quantities import quantities
from ..wording.recognise import in_unit, recognise, surroundings
from ..wording.sentences import sentences

if TYPE_CHECKING:
    from ..submissions.source import Source

HEADING = 40  # characters; a longer line is not a heading
BROKEN = 20  # characters; a line of at least this length without an end mark was cut in two by a page break


def extract(catalog: Catalog, path: Path) -> list[Fact]:
    """Returns all quantities of a .docx or .txt as facts, in order. Raises CannotRun if it cannot be opened."""
    found: list[Fact] = []
    titles: list[str] = []  # nearest first
    for starts, text in _passages(open_document(path).paragraphs):
        if len(text) <= HEADING and not re.search("[。；，]", text):
            titles.insert(0, text)
        found += _facts(catalog, text, starts, is_plan(titles))
    return found


def compare(facts: Sequence[Fact], source: Source | None) -> list[Compared]:
    """Returns the indicators that the facts name, ordered by id, with this year's value from `source`.

    Of several facts on one indicator the best match is compared, among equal ones the first. Targets are
    compared only if no fact is a result. Masked quantities are skipped.
    """
    by_name: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.indicator and not fact.quantity.masked:
            by_name.setdefault(fact.indicator.name, []).append(fact)
    found = []
    for group in by_name.values():
        group.sort(key=lambda f: (f.value is None, f.planned, -f.score))
        indicator = group[0].indicator
        assert indicator is not None
        found.append(Compared(indicator, tuple(group), _now(source, indicator)))
    return sorted(found, key=lambda c: c.indicator.id)


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
    now = f"{source.unit.get('unit_name') or source.path}{source.year}年的台账" if source else ""
    with guarding([document]):
        write_facts(out, document.stem, facts, compared, catalog.indicators.values(), now)


# ---------------------------------------------------------------------- reading


def _passages(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[list[tuple[int, int]], str]]:
    """Yields the paragraphs as text; joins those that a page break cut in two.

    Each text comes with the starts of its pieces as (position, paragraph number), in order.
    """
    text, starts = "", list[tuple[int, int]]()
    last: Paragraph | None = None
    for p in paragraphs:
        if last and not _goes_on(last, p):
            yield starts, text
            text, starts = "", []
        starts.append((len(text), p.number))
        text, last = text + p.text, p
    if text:
        yield starts, text


def _goes_on(before: Paragraph, p: Paragraph) -> bool:
    """Returns whether a line ends in mid-sentence and the next paragraph continues it."""
    end = before.text.rstrip()
    title = before.number == 1 and not re.search("[，。；：、]", end)
    whole = title or len(end) < BROKEN or end[-1] in "。！？；：…”》）*" or before.level is not None or before.in_table
    return not whole and not re.match(
        r"\s*(?:[（(][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十]+、|\d+[.、．])", p.text
    )


def _facts(catalog: Catalog, text: str, starts: list[tuple[int, int]], planned: bool) -> Iterator[Fact]:
    found = quantities(text)
    spans = sentences(text)
    n = 0
    for at, q in enumerate(found):
        while n < len(spans) - 1 and spans[n].end <= q.start:
            n += 1
        number = next(number for position, number in reversed(starts) if position <= q.start)
        indicator, score, reason = recognise(catalog, q, surroundings(text, found, at))
        value = in_unit(q, indicator) if indicator else q.value
        yield Fact(number, spans[n].text.strip(), q, indicator, score, reason, planned or q.target, value)
