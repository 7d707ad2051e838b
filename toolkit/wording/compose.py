"""Composes the paragraphs of a document from the sentences that ledgers declare.

A sentence is said only if at least one figure or list of names in it is not empty; the clauses of the others are
dropped (rules.md F1). Each name is said once. Wordings, openings, time words and verbs are chosen by a hash of unit,
year and place, then changed where a word would stand twice in a paragraph or too often in the document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import count

from ..model import Catalog, Heading, Saying, stable
from ..standard.sayings import CLAUSES, SLOT, SUBJECT, TIME
from .clauses import MARK, plan_cut
from .phrase import Words, words

_LEAD = re.compile(rf"((?:\{{(?:{TIME}|{SUBJECT})\}})*)(.*)")
OFTEN = 3  # how often one time word or verb may stand in a document
CALLED = re.compile(r"【([^【】]{1,60})】")
SHORT, LONG = 20, 80  # characters of a sentence that goes on with the one before it, and of both
_PARTED = re.compile("[，；]")


@dataclass(frozen=True)
class Composed:
    """One paragraph: its opening, and its sentences with 【name】 for each figure and list."""

    title: str
    text: str


@dataclass
class Composer:
    """Composes one document.

    `empty` tells whether a figure or list has nothing to say; `printed` gives the words of a list, "" for a figure.
    """

    catalog: Catalog
    empty: Callable[[str], bool]
    printed: Callable[[str], str]
    seed: str  # unit and year
    person: str = "third"  # a key of Speech.subjects
    said: set[str] = field(default_factory=set)  # names said elsewhere in the document
    heard: Counter[str] = field(default_factory=Counter)  # time words and verbs in the document
    times: tuple[str, ...] = ()  # words for {时段}; empty: those of the standard, for a year
    _known: dict[str, tuple[bool, dict[str, int]]] = field(default_factory=dict)  # empty? and its time words
    complete: bool = False  # for a template: empty names stay in the sentences and are cut when it is filled
    foreseen: set[str] = field(default_factory=set)  # names in the whole sentences so far

    @property
    def spoken(self) -> tuple[str, ...]:
        """The time words that the sentences may begin with."""
        return self.times or self.catalog.speech.times

    @cached_property
    def _times(self) -> tuple[str, ...]:
        return tuple(map(_bare, self.spoken))

    def hear(self, texts: Iterable[str]) -> None:
        """Takes note of text that the document holds already: its names are not said again, its words count."""
        for text in texts:
            self.said.update(name.strip() for name in CALLED.findall(text))
            self._count(text)

    def paragraphs(self, heading: Heading) -> list[Composed]:
        """Returns the paragraphs under a heading, one for each group of topics about which there is something to say."""
        made = []
        for group in heading.topics:
            here: Counter[str] = Counter()
            spoken: list[str] = []
            topic = ""
            every: list[tuple[str, str]] = []  # what is said now, and the whole sentence
            for saying in _sayings(self.catalog, group):
                text, whole = self._sentence(saying, here, spoken)
                spoken += [text] if text else []
                every += [(text, whole)] if whole else []
                topic = topic or (saying.topic if text else "")
            if every:
                topic = topic or group[0]
                made.append(Composed(self._opening(topic, heading), self._joined(every)))
        return made

    def _opening(self, topic: str, heading: Heading) -> str:
        """Returns the opening of a paragraph, which does not repeat its heading."""
        openings, titles = self._among(self.catalog.speech.topics[topic], topic), (heading.title, *heading.also)
        return next((o for o in openings if not any(o in title for title in titles)), openings[0])

    def _joined(self, every: Sequence[tuple[str, str]]) -> str:
        """Returns sentences as one text: a short one goes on with the sentence before it, a short first one with the next.

        They are parted by ；, for what opens a sentence (发展的党员中，) must not reach into the next. Sentences
        between the two that are empty now go along, so that a template fills to the same text.
        """
        ends = ["。"] * len(every)
        last, length, brief = -1, 0, False
        for n, (text, _) in enumerate(every):
            if not text:
                continue
            size = len(CALLED.sub("00次", text))
            short = size <= SHORT and not _PARTED.search(text)
            goes_on = last >= 0 and length + size <= LONG and (short or brief) and not text.startswith(self._times)
            if goes_on:
                ends[last:n] = ["；"] * (n - last)
            last, length, brief = n, length + size if goes_on else size, short and not goes_on
        return "".join(whole + end for (_, whole), end in zip(every, ends, strict=True))

    def _sentence(self, saying: Saying, here: Counter[str], spoken: Sequence[str]) -> tuple[str, str]:
        """Returns the sentence without its full stop ("" if nothing in it may be said), and as it is to be written."""
        best: tuple[int, bool] = (0, False)
        text, chosen = "", ("", "")
        possible = [n for n in _names(self.catalog, saying) if not self._is_silent(n)]
        openings = {s[:2] for s in spoken} if possible else ()
        for n, wording in enumerate(self._among(saying.wordings, saying.key) if possible else ()):
            lead, rest = _LEAD.match(wording).groups()  # type: ignore[union-attr]  # matches any text
            filled = self._filled(lead, saying.key, here), self._filled(rest, f"{saying.key}.{n}", here)
            said = self._cut(filled[1], self._is_silent)
            rank = (len(CALLED.findall(said)), said[:2] not in openings)
            if rank[0] and rank > best:
                best, text, chosen = rank, filled[0] + said, filled
            if rank == (len(possible), True):
                break
        whole = self._whole(saying, chosen) if self.complete else text
        if text:
            self.said.update(CALLED.findall(text))
            here += self._count(text)
        return text, whole

    def _whole(self, saying: Saying, chosen: tuple[str, str]) -> str:
        """Returns a sentence with its empty names; one that is not said now has neither time word nor subject.

        Nor has it clauses without a name, which would stay when all others are cut.
        """
        lead, rest = chosen
        if not rest:
            wordings = self._among(saying.wordings, saying.key)
            full = (w for w in wordings if all(SLOT.search(clause) for clause in CLAUSES.split(w)))
            rest = self._filled(_LEAD.sub(r"\2", next(full, wordings[0])), saying.key, Counter())
        text = self._cut(rest, lambda n: n in self.said or n in self.foreseen or self._is_too_often(n))
        self.foreseen.update(CALLED.findall(text))
        return lead + text if text else ""

    def _is_silent(self, name: str) -> bool:
        """Whether a name is empty or said already, or would bring in a time word once too often."""
        return name in self.said or self._facts(name)[0] or self._is_too_often(name)

    def _is_too_often(self, name: str) -> bool:
        times = self._facts(name)[1]
        return bool(times) and any(self.heard[w] + n > OFTEN for w, n in times.items())

    def _facts(self, name: str) -> tuple[bool, dict[str, int]]:
        """Returns whether a name is empty, and the time words that it prints with their number."""
        known = self._known.get(name)
        if known is None:
            times = self._times if name in self.catalog.rolls else ()
            text = self.printed(name) if times else ""
            known = self._known[name] = self.empty(name), {w: n for w in times if (n := text.count(w))}
        return known

    def _among(self, words: Sequence[str], key: str) -> Sequence[str]:
        """Returns the words in the order in which this unit prefers them."""
        return sorted(words, key=lambda w: stable(f"{self.seed}|{key}|{w}")) if len(words) > 1 else words

    # ---------------------------------------------------------------- one wording

    def _filled(self, wording: str, key: str, here: Counter[str]) -> str:
        """Returns the wording with its time word, subject and verbs; names stay."""
        speech, taken = self.catalog.speech, Counter(here)

        def word(m: re.Match[str]) -> str:
            name = m[1]
            if name in (TIME, SUBJECT):  # one a paragraph
                words = self.spoken if name == TIME else speech.subjects.get(self.person, ())
                free = [] if any(taken[_bare(w)] for w in words) else self._free(words, f"{key}{name}", taken)
                chosen = next(iter(free), "")
            elif name in speech.verbs:
                chosen = self._least(speech.verbs[name], f"{key}{name}", taken)
            else:
                return m[0]
            taken[_bare(chosen)] += bool(chosen)
            return chosen

        return SLOT.sub(word, wording)

    def _free(self, words: Sequence[str], key: str, taken: Counter[str]) -> Sequence[str]:
        return self._among([w for w in words if not taken[_bare(w)] and self.heard[_bare(w)] < OFTEN], key)

    def _least(self, words: Sequence[str], key: str, taken: Counter[str]) -> str:
        """Returns a word that is free; else none where that is declared, or else the word heard least."""
        free = self._free([w for w in words if w], key, taken)
        if not free and "" in words:
            return ""
        return free[0] if free else min(self._among(words, key), key=lambda w: (taken[_bare(w)], self.heard[_bare(w)]))

    def _cut(self, text: str, silent: Callable[[str], bool]) -> str:
        """Returns the text without the clauses of silent names, with 【name】 for each of the others; "" if none is left."""
        return _without(text, tuple(silent(n) for n in SLOT.findall(text)), known_words(self.catalog))

    def _count(self, text: str) -> Counter[str]:
        """Counts the declared words in a text; returns those found."""
        plain = CALLED.sub(lambda m: self.printed(m[1].strip()), text)
        found = Counter({w: plain.count(w) for w in _declared(self.catalog, self.times) if w in plain})
        self.heard.update(found)
        return found


@lru_cache(maxsize=4096)
def _without(text: str, gone: tuple[bool, ...], words: Words) -> str:
    """Cached: in a batch of documents the same sentences lose the same names many times."""
    number = count()
    marked = SLOT.sub(lambda _: f"\ue000{next(number)}\ue002", text)
    cut = plan_cut(marked, gone.__getitem__, words)
    names = SLOT.findall(text)
    return "" if cut.stuck else MARK.sub(lambda m: f"【{names[int(m[1])]}】", cut.apply(marked))


def _bare(word: str) -> str:
    return word.rstrip("，")


@lru_cache(maxsize=4)
def _declared(catalog: Catalog, times: tuple[str, ...]) -> tuple[str, ...]:
    """Returns all time words, subjects and verbs."""
    speech = catalog.speech
    every = (w for some in (speech.times, times, *speech.subjects.values(), *speech.verbs.values()) for w in some)
    return tuple(dict.fromkeys(filter(None, map(_bare, every))))


@lru_cache(maxsize=4)
def known_words(catalog: Catalog) -> Words:
    """Returns the words for clauses; a sentence of which only time words and subjects are left is dropped."""
    speech, own = catalog.speech, words(catalog)
    leads = {_bare(w) for some in (speech.times, *speech.part_times.values(), *speech.subjects.values()) for w in some}
    return replace(own, lead_ins=tuple(dict.fromkeys([*own.lead_ins, *(w for w in leads if w and "{" not in w)])))


@lru_cache(maxsize=256)
def _sayings(catalog: Catalog, topics: tuple[str, ...]) -> tuple[Saying, ...]:
    """Returns the sentences about some topics: topic by topic, the greater weight first."""
    every = [s for ledger in catalog.ledgers.values() for s in ledger.says if s.topic in topics]
    return tuple(sorted(every, key=lambda s: (topics.index(s.topic), -s.weight)))


@lru_cache(maxsize=1024)
def _names(catalog: Catalog, saying: Saying) -> frozenset[str]:
    """Returns the figures and lists that the wordings of a sentence name."""
    found = {n for w in saying.wordings for n in SLOT.findall(w)}
    return frozenset(n for n in found if n in catalog.indicators or n in catalog.rolls)
