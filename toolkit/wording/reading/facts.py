"""The quantities found in a finished report, and their comparison with the ledgers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ...model import Indicator
from .quantities import Quantity

SURE_WORD, DOUBT_WORD = "高", "待定"


@dataclass(frozen=True)
class FactPlace:
    """A figure, or a part of it, with its approximating words: `start` to `end` in paragraph `index` of the document."""

    index: int
    start: int
    end: int


@dataclass(frozen=True)
class Fact:
    """One quantity of a document; `paragraph` is numbered as in open_document (the line in plain text)."""

    paragraph: int
    sentence: str
    quantity: Quantity
    indicator: Indicator | None
    score: float  # 0 to 1
    reason: str
    planned: bool
    value: Decimal | None  # in the indicator's unit, if an indicator was recognised
    choices: tuple[Indicator, ...] = ()  # the likeliest two, if it is not certain which
    places: tuple[FactPlace, ...] = ()  # one; two if a page break cuts the figure

    sure: bool = False

    @property
    def confidence(self) -> str:
        """高 if nothing speaks against the indicator, else 待定; "" if none is likely."""
        if self.indicator is None and not self.choices:
            return ""
        return SURE_WORD if self.sure else DOUBT_WORD


def rank(fact: Fact) -> tuple[bool, bool, bool]:
    """Returns how good a fact is as the year's value of its indicator; the best ranks lowest."""
    return (fact.value is None, fact.planned, not fact.sure)


@dataclass(frozen=True)
class Compared:
    """One indicator: its values in the report and its value this year; shares are in percent."""

    indicator: Indicator
    facts: tuple[Fact, ...]  # best match first
    now: Decimal | None

    @property
    def rivals(self) -> tuple[Fact, ...]:
        """The facts that are as good as the first, which is among them."""
        return tuple(f for f in self.facts if rank(f) == rank(self.facts[0]))

    @property
    def is_open(self) -> bool:
        """Whether equally good facts state different values, so that a person must say which is meant."""
        return len({f.value for f in self.rivals}) > 1

    @property
    def before(self) -> Decimal | None:
        """The value that the report states; None if it is open which."""
        return None if self.is_open else self.facts[0].value

    @property
    def is_exact(self) -> bool:
        """Whether the report states one certain, exact result."""
        best = self.facts[0]
        rounded = bool(best.quantity.approx) or best.quantity.high is not None
        return best.sure and not best.planned and not rounded and not self.is_open

    @property
    def change(self) -> Decimal | None:
        """`now` minus `before`; None if either is unknown."""
        return None if self.now is None or self.before is None else self.now - self.before
