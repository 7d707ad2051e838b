"""Tells which figures a typed number names: by the words beside it, or by a short name that fills its clause alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from ..model import Figure
from ..wording.phrase import classifier
from ..wording.reading.quantities import Quantity
from .tracked import TrackedDocument

SHORTEST = 3  # characters; shorter names of indicators are not searched for
_BEFORE = re.compile(r"(?:^|[，；、。}])([^，；、。{}]{5,20})\{(\w+)\}")  # shorter words say too little
_SHORT = re.compile(r"(?:^|[，；、。}])([^，；、。{}]{2,6})\{(\w+)\}")  # these only if they stand alone


class Named:
    """The figures of one document's source, by the names that sentences use for them."""

    def __init__(self, document: TrackedDocument, vocabulary: Mapping[str, Any]) -> None:
        """`vocabulary`: standard/verify.yaml."""
        self._source, self._printed, self._words = document.source, document.words, vocabulary

    def beside(self, clause: str, at: int, q: Quantity) -> tuple[tuple[Figure, ...], str]:
        """Returns the figures with the longest name directly beside the number, and it; fillers between are ignored."""
        before, after = clause[:at], clause[at + q.end - q.start :]
        best: tuple[Figure, ...] = ()
        longest = ""
        for name, figures in self._names.items():
            if len(name) > len(longest) and self._is_beside(name, before, after):
                measured = tuple(f for f in figures if self._measures(f, q))
                best, longest = (measured, name) if measured else (best, longest)
        return best, longest

    def alone(self, clause: str, at: int, q: Quantity) -> tuple[Figure, ...]:
        """Returns the figures whose short name fills the clause alone: 共有党员50名, 参会率100%."""
        if clause[at + q.end - q.start :].strip():
            return ()
        word = self._leads.sub("", clause[:at].strip())
        figures = self._short_names.get(word) or self._short_names.get(self._fillers.sub("", word), [])
        return tuple(f for f in figures if self._measures(f, q))

    @cached_property
    def _leads(self) -> re.Pattern[str]:
        return re.compile(f"^(?:{'|'.join(map(re.escape, self._words['leads']))})+")

    @cached_property
    def _short_names(self) -> Mapping[str, list[Figure]]:
        """The figures by short words of the ledgers' sentences, and ratios by an end of their name that no other has."""
        found: dict[str, list[Figure]] = defaultdict(list)
        for words, figures in self._said_before(_SHORT).items():
            found[self._leads.sub("", words)] += figures
        ends: dict[str, list[Figure]] = defaultdict(list)
        for f in self._source.figures.values():
            if f.indicator.denominator is not None:
                ends[f.indicator.name.partition("_")[0][-SHORTEST:]].append(f)
        return found | {end: figures for end, figures in ends.items() if len(figures) == 1}

    def _is_beside(self, name: str, before: str, after: str) -> bool:
        place = before.rfind(name)
        shortened = name not in self._full_names
        if not shortened and after.removeprefix("的").startswith(name):
            return True
        if place < 0 or (shortened and before[:place].endswith("等")):  # 交通劝导等志愿服务 is only a part of it
            return False
        return not self._fillers.sub("", before[place + len(name) :])

    @cached_property
    def _fillers(self) -> re.Pattern[str]:
        return re.compile("|".join(sorted(map(re.escape, self._words["fillers"]), key=len, reverse=True)))

    @cached_property
    def _full_names(self) -> Mapping[str, list[Figure]]:
        """The figures by name and title of their indicator; one name may belong to several levels."""
        found: dict[str, list[Figure]] = defaultdict(list)
        for f in self._source.figures.values():
            base, title = f.indicator.name.partition("_")[0], re.sub("（[^）]*）", "", f.indicator.title)
            for name in {base, title}:
                if len(name) >= SHORTEST:
                    found[name].append(f)
        return found

    @cached_property
    def _names(self) -> Mapping[str, list[Figure]]:
        """The figures by all names that sentences may use, also without 人数 or 次数 at the end."""
        found = defaultdict(list, {name: list(figures) for name, figures in self._full_names.items()})
        for name, figures in self._full_names.items():
            shorter = without(name, self._words["count_endings"])
            if shorter != name and len(shorter) > SHORTEST and shorter not in self._full_names:
                found[shorter] += [f for f in figures if f.indicator.denominator is None]
        for words, figures in self._said_before(_BEFORE).items():
            if words not in found:
                found[words] = figures
        return found

    def _said_before(self, pattern: re.Pattern[str]) -> Mapping[str, list[Figure]]:
        """Returns the figures by the words of the pattern that the ledgers' own sentences put before them."""
        found: dict[str, list[Figure]] = defaultdict(list)
        for ledger in self._source.catalog.ledgers.values():
            for wording in (w for saying in ledger.says for w in saying.wordings):
                for words, name in pattern.findall(wording):
                    figure = self._source.figures.get(name)
                    if figure and figure not in found[words]:
                        found[words].append(figure)
        return found

    def _measures(self, f: Figure, q: Quantity) -> bool:
        if f.indicator.denominator is not None:
            return q.kind == "percent" and q.word in ("%", "％")
        if q.kind == "money":
            return f.indicator.classifier == "元"
        own = {f.indicator.classifier, classifier(f, self._printed)}
        return q.word in own or any(q.word in same and own & set(same) for same in self._words["same_measures"])


def without(text: str, endings: Iterable[str]) -> str:
    """Returns a text without the first of the endings that it has."""
    ending = next((e for e in endings if text.endswith(e)), "")
    return text.removesuffix(ending)
