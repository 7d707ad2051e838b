"""Recognises which indicator a quantity in a text states, by the words near it and its measure word.

The words are in standard/facts.yaml. A poor match gives no indicator: filling a blank takes less time than
finding a wrong name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ..errors import StandardError
from ..model import Catalog, Indicator
from ..standard.catalog import STANDARD
from ..standard.yamlmap import Map, load_map
from .lexicon import BREAKS, is_bare
from .quantities import Quantity
from .sentences import inside, names

FAR = 120  # characters before or after a quantity that may name what it counts
NEAR_WEIGHT, FAR_WEIGHT = 1.0, 0.4
LIKELY = 0.6  # minimum score for naming an indicator


@dataclass(frozen=True)
class Surroundings:
    """The words around a quantity: `near` from its part of the clause, `far` from the sentence before that part."""

    near: str
    far: str


def surroundings(text: str, found: Sequence[Quantity], at: int) -> Surroundings:
    """Returns the words around `found[at]`; `found` holds the quantities of `text` in order."""
    q = found[at]
    before = found[at - 1].end if at else 0
    after = found[at + 1].start if at + 1 < len(found) else len(text)
    named = names(text)
    marks = [i for i in range(max(before, q.start - FAR), q.start) if text[i] in _STOPS and not inside(named, i)]
    start = max([before, q.start - FAR, *(i + 1 for i in marks)])
    sentence = max(text.rfind("。", 0, q.start), text.rfind("\n", 0, q.start), q.start - FAR) + 1
    near = text[start : q.start]
    if not marks and before > sentence:  # 70个正向标准和100个负面问题: the words between belong to the first
        near = re.split("[和及与、]", near)[-1]
    elif is_bare(near):  # 今年开展4场: the clause before names what is counted
        start = max([sentence, before, *(i + 1 for i in marks[:-1])])
        near = text[start : q.start]
    end = q.end
    while end < min(after, q.end + FAR) and (text[end] not in _STOPS or inside(named, end)):
        end += 1
    behind = "" if text[q.end : q.end + 1] in BREAKS else text[q.end : end]
    return Surroundings(near + "\n" + behind, text[min(sentence, start) : start])


_STOPS = "，；。：！？,;:!?\n"


@dataclass(frozen=True)
class Recognised:
    """The signs of one indicator: a word of every group, no word of `never`, one of the measure words."""

    groups: tuple[tuple[str, ...], ...]
    never: tuple[str, ...]
    words: frozenset[str]


class Signs:
    """The content of standard/facts.yaml. Raises StandardError for a mistake in the file."""

    def __init__(self) -> None:
        m = load_map(STANDARD / "facts.yaml").only(("families", "same_amount", "indicators", "comparisons"))
        self.families = [frozenset(map(str, f)) for f in m.need("families")]
        self.same_amount = {str(k): Decimal(str(v)) for k, v in m.need("same_amount").items()}
        self.comparisons = tuple(map(str, m.need("comparisons")))
        self.declared = {str(name): self._declared(e) for name, e in m.need("indicators").items()}

    @staticmethod
    def _declared(entry: Any) -> Recognised:
        if not isinstance(entry, Map):
            raise StandardError("facts.yaml: an indicator is a mapping with all, not, words")
        entry.only(("all", "not", "words"))
        groups = tuple(tuple(str(g).split("|")) for g in entry.need("all"))
        return Recognised(groups, tuple(map(str, entry.get("not", ()))), frozenset(map(str, entry.get("words", ()))))

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
        if (q.kind == "percent" or q.kind == "ratio") != (indicator.denominator is not None) or q.kind == "ratio":
            return 0.0
        if q.word == own or q.word in sign.words:
            return 1.0
        return 0.95 if any({q.word, own} <= f for f in self.families) else 0.0


@lru_cache(maxsize=1)
def signs() -> Signs:
    """Returns the signs, loaded once. Raises StandardError for a mistake in the file."""
    return Signs()


def recognise(catalog: Catalog, q: Quantity, context: Surroundings) -> tuple[Indicator | None, float, str]:
    """Returns the indicator, its score (0 to 1) and the reason; (None, 0, "") if no score reaches LIKELY."""
    if q.kind == "percent" and any(w in context.near for w in signs().comparisons):
        return None, 0.0, ""
    best: tuple[float, float, Indicator | None, str] = (0.0, 0.0, None, "")
    for indicator in catalog.indicators.values():
        sign = signs().of(indicator)
        fit = signs().fits(q, indicator, sign)
        if not fit or any(w in context.near for w in sign.never):
            continue
        found = [_find(group, context) for group in sign.groups]
        weights = [weight for _, weight in found]
        if min(weights) == 0 or weights[0] < NEAR_WEIGHT:
            continue
        score = fit * sum(weights) / len(weights)
        rank = fit * sum(len(word) * weight for word, weight in found)
        if score >= LIKELY and rank > best[0]:
            words = "".join(f"“{w}”" for w, _ in found)
            best = (rank, score, indicator, f"有{words}，量词“{q.word}”")
    return best[2], best[1], best[3]


def _find(group: Sequence[str], context: Surroundings) -> tuple[str, float]:
    for where, weight in ((context.near, NEAR_WEIGHT), (context.far, FAR_WEIGHT)):
        hits = [w for w in group if w in where]
        if hits:
            return max(hits, key=len), weight
    return "", 0.0


def in_unit(q: Quantity, indicator: Indicator) -> Decimal | None:
    """Returns the value in the indicator's own unit: 2万斤 as 10吨."""
    own, said = (signs().same_amount.get(word) for word in (indicator.classifier, q.word))
    if q.value is None or own is None or said is None:
        return q.value
    return q.value * said / own
