"""The quantities that a finished report states, and how they compare with the ledgers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..model import Indicator
from .quantities import Quantity

SURE = 0.85  # how well an indicator must fit to be called certain


@dataclass(frozen=True)
class Fact:
    """One quantity of a document. `paragraph` as open_document counts: the line in plain text."""

    paragraph: int
    sentence: str
    quantity: Quantity
    indicator: Indicator | None
    score: float  # 0 to 1
    reason: str
    planned: bool
    value: Decimal | None  # in the indicator's unit where one is named

    @property
    def confidence(self) -> str:
        return "" if self.indicator is None else "高" if self.score >= SURE else "中"


@dataclass(frozen=True)
class Compared:
    """One indicator: what the report says of it, and this year's value. Shares are percent."""

    indicator: Indicator
    facts: tuple[Fact, ...]  # the best first
    now: Decimal | None

    @property
    def before(self) -> Decimal | None:
        return self.facts[0].value

    @property
    def change(self) -> Decimal | None:
        return None if self.now is None or self.before is None else self.now - self.before
