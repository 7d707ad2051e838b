"""Recognises which indicator a quantity in a text states, by the words near it and its measure word.

The words are in standard/facts.yaml. What speaks against a match is in doubts.py. A poor match gives no indicator:
filling a blank takes less time than finding a wrong name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ...model import Catalog, Indicator
from ..sentences import inside, names
from .doubts import against, subject
from .lexicon import BREAKS, is_bare
from .quantities import Quantity
from .signs import Recognised, Surroundings, signs
from .zeros import ZERO

FAR = 120  # characters before or after a quantity that may name what it counts
TOLD = 6000  # characters above that may name it
NEAR_WEIGHT, FAR_WEIGHT, TOLD_WEIGHT = 1.0, 0.4, 0.3
LIKELY = 0.6  # minimum score for naming an indicator
RIVAL = 0.9  # a second indicator that ranks this near to the first makes it doubtful
MOST_CHOICES = 2
PEOPLE = ("人次", "人", "名", "位")


@dataclass(frozen=True)
class Recognition:
    """The indicator that a quantity most likely states (None if none is likely), and how certain that is.

    `score` is from 0 to 1. `choices` are the likeliest two, if it is not `sure`.
    """

    indicator: Indicator | None = None
    score: float = 0.0
    reason: str = ""
    choices: tuple[Indicator, ...] = ()
    sure: bool = False


NOTHING = Recognition()


def surroundings(text: str, found: Sequence[Quantity], told: str = "") -> Iterator[Surroundings]:
    """Yields the words around each quantity of `text`; `found` holds these in order, `told` is what stands above."""
    named, last = names(text), Surroundings("", "", "")
    for at in range(len(found)):
        last = _around(text, found, at, told, named, last.before)
        yield last


def _around(
    text: str, found: Sequence[Quantity], at: int, told: str, named: Sequence[tuple[int, int]], last: str
) -> Surroundings:
    """Returns the words around `found[at]`; `last` are those before the quantity before it."""
    q = found[at]
    before = found[at - 1].end if at else 0
    after = found[at + 1].start if at + 1 < len(found) else len(text)
    marks = [i for i in range(max(before, q.start - FAR), q.start) if text[i] in _STOPS and not inside(named, i)]
    start = max([before, q.start - FAR, *(i + 1 for i in marks)])
    far = max(0, q.start - FAR)
    sentence = max(text.rfind("。", far, q.start), text.rfind("\n", far, q.start), q.start - FAR) + 1
    end = q.end
    while end < min(after, q.end + FAR) and (text[end] not in _ENDS or inside(named, end)):
        end += 1
    behind = q.counted if q.kind == ZERO else "" if text[q.end : q.end + 1] in BREAKS else text[q.end : end]
    near = text[start : q.start]
    listed = not marks and before > sentence
    if listed:  # 70个正向标准和100个负面问题: the words between belong to the first
        near = re.split("[和及与、]", near)[-1]
    bare = is_bare(near) and is_bare(behind)
    if at and bare and q.word in PEOPLE and q.start - before <= len(near) + 1:
        near = last  # 开展志愿服务8次，120人次参加
    elif bare and not listed:  # 今年开展4场: the clause before names what is counted
        start = max([sentence, before, *(i + 1 for i in marks[:-1])])
        near = text[start : q.start]
    first = min(sentence, start)
    return Surroundings(near, behind, text[first:start], (told + text[max(0, first - TOLD) : max(0, first)])[-TOLD:])


_STOPS = "，；。：！？,;:!?\n"
_ENDS = _STOPS + "（("


def recognise(catalog: Catalog, q: Quantity, context: Surroundings) -> Recognition:
    """Returns what a quantity most likely states."""
    found = sorted(_likely(catalog, q, context), key=lambda c: -c[0])
    if not found:
        return NOTHING
    choices = tuple(i for _, _, i, _ in found[:MOST_CHOICES])
    rank, score, indicator, hits = found[0]
    shown = "".join(f"“{w}”" for w in hits)
    refused, doubt = against(context, indicator, hits, q.kind == "percent")
    if refused:
        return Recognition(None, 0.0, refused, choices)
    reason = f"有{shown}" + (f"，量词“{q.word}”" if q.word else "")
    rivals = [i for r, _, i, words in found[1:] if r >= RIVAL * rank and not set(words) <= set(hits)]
    if rivals:
        doubt = doubt or f"也可能是“{rivals[0].name}”"
    if not signs().alike(q, indicator):
        doubt = doubt or f"量词是“{q.word}”，不是“{indicator.classifier}”"
    if doubt:
        return Recognition(indicator, score, f"{reason}；{doubt}", choices)
    return Recognition(indicator, score, reason, (), True)


def _likely(
    catalog: Catalog, q: Quantity, context: Surroundings
) -> Iterator[tuple[float, float, Indicator, tuple[str, ...]]]:
    """Yields rank, score, indicator and the words found, for each indicator that the words allow."""
    whose, _ = subject(context)
    for indicator in catalog.indicators.values():
        sign = signs().of(indicator)
        fit = signs().fits(q, indicator, sign)
        if not fit or any(w in context.near for w in sign.never) or not _is_of(whose, sign):
            continue
        found = [_find(group, context, first=not n) for n, group in enumerate(sign.groups)]
        weights = [weight for _, weight in found]
        if min(weights) == 0 or weights[0] < NEAR_WEIGHT:
            continue
        score = fit * sum(weights) / len(weights)
        if score >= LIKELY:
            yield fit * sum(len(w) * weight for w, weight in found), score, indicator, tuple(w for w, _ in found)


def _is_of(whose: str, sign: Recognised) -> bool:
    return not sign.subject or not whose or sign.subject == whose


def _find(group: Sequence[str], context: Surroundings, first: bool) -> tuple[str, float]:
    places = [(context.near, NEAR_WEIGHT), (context.far, FAR_WEIGHT)]
    for where, weight in places if first else [*places, (context.told, TOLD_WEIGHT)]:
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
