"""Checks what people wrote beside the printed figures: typed numbers, and claims that something is complete.

A number is compared only if it refers to an indicator with certainty: the indicator's name is directly before
or after it, with the right measure word. The sentence must not limit the number to a part, and must not be
about another year or about plans. The words that decide are in standard/verify.yaml.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any

from ..findings import Remark, Spot, listed, remark
from ..model import Figure
from ..span import PART_OF_YEAR, WHOLE
from ..standard.folders import STANDARD
from ..standard.yamlmap import load_map
from ..wording.numerals import VAGUE
from ..wording.phrase import share
from ..wording.reading.quantities import Quantity, Sentence, quantities, sentences
from ..year.tasks import with_target
from .named import SHORTEST, Named, without
from .tracked import TrackedDocument

_KEYS = (
    "levels",
    "fillers",
    "partial",
    "other_times",
    "plans",
    "plan_headings",
    "units",
    "shares",
    "done",
    "names",
    "share_endings",
    "count_endings",
    "kinds",
    "same_measures",
    "leads",
    "others",
)
_YEAR = re.compile(r"(20\d{2})年")
LISTED = 5  # missing units named in a message
NEAR = Decimal("0.1")  # tolerance of 近 and 约, as a share of the figure


@lru_cache(maxsize=1)
def vocabulary() -> Mapping[str, Any]:
    """Returns standard/verify.yaml, loaded once. Raises StandardError for a mistake in it."""
    m = load_map(STANDARD / "verify.yaml").only(_KEYS)
    return {key: m.need(key) for key in _KEYS}


@dataclass(frozen=True)
class Typed:
    """A number that a person typed, and the figures it may refer to."""

    quantity: Quantity
    spot: Spot
    figures: tuple[Figure, ...]


class Claims:
    """Compares the sentences of one document with its source."""

    def __init__(self, document: TrackedDocument) -> None:
        self.document, self.source = document, document.source
        self.vocabulary = vocabulary()
        self.named = Named(document, self.vocabulary)

    def remarks(self) -> Iterator[Remark]:
        """Yields wrong numbers (V10), unfounded claims (V11, V17) and unverifiable differing numbers (V13)."""
        unsure: dict[str, list[Typed]] = defaultdict(list)
        for part, sentence in self._sentences():
            if not self._is_elsewhere(sentence.text):
                for typed in self._typed(part, sentence):
                    yield from self._contradiction(typed, unsure)
                yield from self._complete(part, sentence)
        for name, found in unsure.items():
            values = list(dict.fromkeys(t.quantity.text for t in found))
            if len(values) > 1:
                title = self.source.figures[name].indicator.title
                yield remark("V13", found[0].spot, title=title, values="、".join(values))

    # ------------------------------------------------------------- sentences

    def _sentences(self) -> Iterator[tuple[str, Sentence]]:
        """Yields all sentences outside headings and plans, with their part and their position in its text."""
        for part, edited in self.document.parts.items():
            plans_from: int | None = None  # level of the heading of a section of plans
            for start, _ in edited.paragraphs:
                low, high = edited.line(start)
                level = self.document.level(part, start)
                text = edited.text[low:high]
                if level is not None:
                    if plans_from is None or level <= plans_from:
                        plans_from = level if _any(self.vocabulary["plan_headings"], text) else None
                elif plans_from is None:
                    for s in sentences(self._without_plan(text)):
                        yield part, Sentence(low + s.start, s.text)

    def _without_plan(self, text: str) -> str:
        """Returns a text with the measures of 工作要点 that stand in it blanked: their numbers are targets."""
        for measure in self._measures_planned:
            text = text.replace(measure, "　" * len(measure))
        return text

    @cached_property
    def _measures_planned(self) -> tuple[str, ...]:
        rows = (with_target(self.source.catalog, r) for r in self.source.own_rows("plan"))
        return tuple(m for text in rows if (m := text.rstrip("。")))

    def _is_elsewhere(self, text: str) -> bool:
        """Returns whether a sentence is about another year or period."""
        years = {int(y) for y in _YEAR.findall(text)}
        if years and years != {self.source.year}:
            return True
        own = self.source.period.part
        if any(part != own for part in re.findall(f"{PART_OF_YEAR}|{WHOLE}", text)) and not self.source.period.is_long:
            return True
        return _any(self.vocabulary["other_times"], text)

    # ----------------------------------------------------------- typed numbers

    def _typed(self, part: str, sentence: Sentence) -> Iterator[Typed]:
        marks = [m.start() for m in _CLAUSES.finditer(sentence.text)]
        partial = _first_end(self._partial, sentence.text)
        for q in quantities(sentence.text):
            start, end = sentence.start + q.start, sentence.start + q.end
            if q.masked or q.target or q.value is None or self._is_printed(part, start, end):
                continue
            clause, at = _clause(sentence.text, q, marks)
            named, name = self.named.beside(clause, at, q)
            if partial <= q.start or _any(self.vocabulary["plans"], clause.replace(name, "") if name else clause):
                continue
            if not named and not _any(self.vocabulary["others"], sentence.text[: q.start - at]):
                named = self.named.alone(clause, at, q)
            figures = self._of_level(named, sentence.text)
            if figures:
                yield Typed(q, self.document.spot(part, start, end), figures)

    @cached_property
    def _partial(self) -> list[str]:
        """The words that limit a number to a part; the name of the source's own period is none."""
        own = self.source.period.part
        return [word for word in self.vocabulary["partial"] if word not in own]

    def _of_level(self, figures: tuple[Figure, ...], text: str) -> tuple[Figure, ...]:
        levels = [level for level, words in self.vocabulary["levels"].items() if _any(words, text)]
        wanted = tuple(f for f in figures if f.indicator.scope in levels)
        return wanted or (figures if not levels or all(f.indicator.scope == "不分" for f in figures) else ())

    def _contradiction(self, typed: Typed, unsure: dict[str, list[Typed]]) -> Iterator[Remark]:
        known = [f for f in typed.figures if f.state == "known" and (f.denominator or not f.indicator.denominator)]
        if len(known) < len(typed.figures):
            if len(typed.figures) == 1:
                unsure[typed.figures[0].indicator.name].append(typed)
        elif not any(agrees(typed.quantity, f) for f in known):
            titles = "”或“".join(f.indicator.title for f in known)
            values = "、".join(self.document.worded(f) for f in known)
            yield remark("V10", typed.spot, old=typed.quantity.text, title=titles, new=values)

    # ------------------------------------------------------- absolute claims

    def _complete(self, part: str, sentence: Sentence) -> Iterator[Remark]:
        text = sentence.text
        for name in self.vocabulary["names"]:
            text = text.replace(name, "　" * len(name))
        if _any(self.vocabulary["plans"], text):
            return
        low = next(self._incomplete(text), None)
        for kind in ("units", "shares", "done"):
            found = next((m for pattern in self.vocabulary[kind] if (m := re.search(pattern, text))), None)
            if not found or self._is_printed(part, sentence.start + found.start(), sentence.start + found.end()):
                continue
            code, why = "V11", self._lacking
            if low and kind != "units":
                why = f"“{low.indicator.title}”是{self.document.worded(low)}"
            elif kind == "done":
                code = "V17"
            if why:
                spot = self.document.spot(part, sentence.start + found.start(), sentence.start + found.end())
                yield remark(code, spot, word=found[0].strip("，。； "), why=why)
                return

    def _is_printed(self, part: str, start: int, end: int) -> bool:
        """Returns whether the span overlaps a printed figure, which states its own coverage."""
        starts, furthest = self._printed.get(part, ([], []))
        n = bisect_left(starts, end)
        return n > 0 and furthest[n - 1] > start

    @cached_property
    def _printed(self) -> dict[str, tuple[list[int], list[int]]]:
        """By part: where its figures begin, in order, and how far those up to there reach."""
        spans: dict[str, list[tuple[int, int]]] = {}
        for f in self.document.figures:
            spans.setdefault(f.part, []).append(f.at)
        return {
            part: ([a for a, _ in sorted(found)], list(accumulate((b for _, b in sorted(found)), max)))
            for part, found in spans.items()
        }

    @cached_property
    def _lacking(self) -> str:
        missing = self.source.missing
        return f"缺{len(missing)}家未报（{listed(missing, LISTED, '家')}）" if missing else ""

    def _incomplete(self, text: str) -> Iterator[Figure]:
        """Yields the ratios below 100% whose subject the sentence mentions."""
        for f in self.source.figures.values():
            if f.indicator.denominator is None or f.state != "known" or not f.denominator:
                continue
            stem = without(f.indicator.name, self.vocabulary["share_endings"])
            if len(stem) >= SHORTEST and stem in text and (f.numerator or 0) < f.denominator:
                yield f


def agrees(q: Quantity, f: Figure) -> bool:
    """Returns whether a number in words matches the figure: 余 from below, 近 about, a range within."""
    actual = share(f) if f.indicator.denominator is not None else Decimal(f.value or 0)
    value = q.value or Decimal(0)
    if q.high is not None:
        return value <= actual <= q.high
    if any(c in q.approx for c in VAGUE):  # 十几 is 11 to 19
        return value < actual < value + Decimal(10) ** _zeros(value)
    if any(w in q.approx for w in ("以上", "超", "逾", "不少于", "不低于", "多", "余", "突破", "至少")):
        step = Decimal(10) ** _zeros(value)
        return value <= actual < (value + step if any(w in q.approx for w in ("余", "多")) else value * 2 + step)
    if any(w in q.approx for w in ("近", "约", "接近", "左右", "上下")):
        return abs(actual - value) <= actual * NEAR
    if f.indicator.denominator is not None:
        step = Decimal(1).scaleb(-max(0, -int(value.normalize().as_tuple().exponent)))
        near = actual.quantize(step, ROUND_HALF_UP)
        return value == (100 - step if near == 100 > actual else near)  # as wording.phrase.percent prints it
    return actual == value


def _zeros(value: Decimal) -> int:
    """Returns the power of ten of the last nonzero digit: 500 -> 2, 46000 -> 3."""
    return max(0, int(value.normalize().as_tuple().exponent)) if value else 0


_CLAUSES = re.compile("[，,；;。、]")


def _clause(text: str, q: Quantity, marks: list[int]) -> tuple[str, int]:
    """Returns the clause around a quantity, and its position in it; `marks`: where clauses of the text end."""
    before, behind = bisect_left(marks, q.start), bisect_left(marks, q.end)
    low = marks[before - 1] if before else -1
    return text[low + 1 : marks[behind] if behind < len(marks) else len(text)], q.start - low - 1


def _first_end(words: Iterable[str], text: str) -> int:
    """Returns where the first of the words to be complete ends; beyond the text if there is none."""
    return min((at + len(w) for w in words if (at := text.find(w)) >= 0), default=len(text) + 1)


def _any(words: Iterable[str], text: str) -> bool:
    return any(word in text for word in words)
