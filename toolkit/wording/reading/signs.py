"""The words by which an indicator is recognised in a text (standard/facts.yaml), and the words around a quantity."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ...errors import StandardError
from ...model import Indicator
from ...standard.folders import STANDARD
from ...standard.yamlmap import Map, load_map
from .quantities import Quantity
from .zeros import ZERO

CELL = "cell"  # kind of a number in a table without a measure word
_LISTS = ("comparisons", "held", "attended", "above", "long", "between", "to_whom", "others", "ordinary", "ours")


@dataclass(frozen=True)
class Surroundings:
    """The words around a quantity, from the nearest to the farthest.

    `before` and `behind` are its part of the clause, `far` is the sentence before that part, `told` the paragraph
    before that sentence and the headings above, the nearest last.
    """

    before: str
    behind: str
    far: str
    told: str = ""

    @property
    def near(self) -> str:
        """Its part of the clause."""
        return f"{self.before}\n{self.behind}"


@dataclass(frozen=True)
class Recognised:
    """The signs of one indicator: a word of every group, no word of `never`, one of the measure words.

    `subject`: who must have done it (支部, 单位; "" for anybody). `close`: it is certain only if all words are near.
    """

    groups: tuple[tuple[str, ...], ...]
    never: tuple[str, ...]
    words: frozenset[str]
    subject: str = ""
    close: bool = False

    @property
    def all_words(self) -> tuple[str, ...]:
        """The words of all groups."""
        return tuple(w for group in self.groups for w in group)


class Signs:
    """The content of standard/facts.yaml. Raises StandardError for a mistake in the file."""

    def __init__(self) -> None:
        m = load_map(STANDARD / "facts.yaml")
        m.only(("families", "same_amount", "indicators", "subjects", "years", *_LISTS))
        self.families = [frozenset(map(str, f)) for f in m.need("families")]
        self.same_amount = {str(k): Decimal(str(v)) for k, v in m.need("same_amount").items()}
        self.lists: Mapping[str, tuple[str, ...]] = {k: tuple(map(str, m.need(k))) for k in _LISTS}
        self.subjects = {str(k): tuple(map(str, v)) for k, v in m.need("subjects").items()}
        self.years = re.compile(str(m.need("years")))
        self.declared = {str(name): self._declared(e) for name, e in m.need("indicators").items()}

    @staticmethod
    def _declared(entry: Any) -> Recognised:
        if not isinstance(entry, Map):
            raise StandardError("facts.yaml: an indicator is a mapping with all, not, words, subject, close")
        entry.only(("all", "not", "words", "subject", "close"))
        groups = tuple(tuple(str(g).split("|")) for g in entry.need("all"))
        never, words = tuple(map(str, entry.get("not", ()))), frozenset(map(str, entry.get("words", ())))
        return Recognised(groups, never, words, str(entry.get("subject", "")), bool(entry.get("close", False)))

    def of(self, indicator: Indicator) -> Recognised:
        """Returns the declared signs, or else the words of the indicator's title and name."""
        if indicator.name in self.declared:
            return self.declared[indicator.name]
        plain_title = re.sub(r"（[^）]*）|(?:次|人|个|户|篇|条|份|件|期)?数$", "", indicator.title)
        either = {plain_title, indicator.name.partition("_")[0].removesuffix("数"), *re.split("[、和及]", plain_title)}
        return Recognised((tuple(sorted(w for w in either if len(w) > 1)),), (), frozenset())

    def fits(self, q: Quantity, indicator: Indicator, sign: Recognised) -> float:
        """Returns 1 for the indicator's own measure word, 0.95 for one of its family, 0 for any other."""
        own = indicator.classifier
        if not q.word and q.kind in (ZERO, CELL):
            return 0.0 if indicator.denominator else 1.0
        if (q.kind == "percent" or q.kind == "ratio") != (indicator.denominator is not None) or q.kind == "ratio":
            return 0.0
        if q.word == own or q.word in sign.words:
            return 1.0
        if own in ("名", "人", "位") and q.word.endswith("人次"):
            return 0.0  # the same person may count several times
        return 0.95 if any({q.word, own} <= f for f in self.families) else 0.0

    def alike(self, q: Quantity, indicator: Indicator) -> bool:
        """Returns whether the measure word counts the same kind of thing: 支 is not 项."""
        own = indicator.classifier
        loose = (f for f in self.families if "个" in f)
        return q.word in ("", own, *self.of(indicator).words) or not any({q.word, own} <= f for f in loose)


@lru_cache(maxsize=1)
def signs() -> Signs:
    """Returns the signs, loaded once. Raises StandardError for a mistake in the file."""
    return Signs()
