"""Loads and checks what ledgers can say: lists of names, sentences, and the words that sentences choose from."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ..model import FREQUENCY, ROW_ORDER, UPWARD, Catalog, Ledger, Roll, Saying, Speech, Where, may_go
from .crosscheck import check_pattern, check_where, resolve
from .vocabulary import COLLECTS, SCOPES
from .yamlmap import Map

TIME, SUBJECT = "时段", "主语"  # slots of a wording besides those of verbs
ROLL_KEYS = (
    *("id", "name", "title", "field", "where", "marks", "order", "most", "classifier", "scope", "collect"),
    *("weigh", "minus"),
)
SPEECH_KEYS = ("topics", "times", "part_times", "year_only", "subjects", "verbs", "done", "free", "serial", "calls")
MARKS = ("", "《》", "“”")
SLOT = re.compile(r"\{(\w+)\}")
CLAUSES = re.compile("[，；。：]")


def read_roll(m: Map, ledger: str, where: Callable[[Map, Any], Where]) -> Roll:
    """Returns one list of names of a ledger. Raises StandardError."""
    m.only(ROLL_KEYS)
    if not str(m.need("name")).isidentifier():
        raise m.error(f"name {m['name']!r} cannot be used in a template: letters, digits and _ only")
    for key, known in (("marks", MARKS), ("scope", SCOPES), ("collect", COLLECTS)):
        if m.get(key, known[0]) not in known:
            raise m.error(f"{key}: {m[key]!r} is none of {', '.join(known)}")
    rest = {key: m[key] for key in ROLL_KEYS if key in m and key != "where"}
    return Roll(
        **{"title": m["name"], **rest, "ledger": ledger, "field": m.need("field"), "id": m.need("id")},
        where=where(m, m.get("where")),
    )


def read_sayings(m: Map, ledger: str) -> tuple[Saying, ...]:
    """Returns the sentences of a ledger. Raises StandardError."""
    made = []
    for n, raw in enumerate(m.maps("says"), 1):
        raw.only(("topic", "weight", "wordings"))
        wordings = raw.need("wordings")
        if not isinstance(wordings, list) or not wordings or not all(isinstance(w, str) for w in wordings):
            raise raw.error("wordings: a list of sentences is wanted")
        made.append(Saying(f"{ledger}.{n}", raw.need("topic"), raw.get("weight", 0), tuple(wordings)))
    return tuple(made)


def read_speech(maps: list[Map], kinds: Collection[str]) -> Speech:
    """Returns the words of all speech.yaml files; a later one adds topics, subjects and verbs and replaces lists.

    `kinds`: the kinds of units that may have words of their own. Raises StandardError.
    """
    found: dict[str, Any] = {"topics": {}, "subjects": {}, "verbs": {}, "part_times": {}, "calls": {}}
    for m in maps:
        for key, value in m.only(SPEECH_KEYS).items():
            if key == "calls":
                found[key] |= {kind: _calls(m, kind, kinds, words) for kind, words in value.items()}
            elif isinstance(value, Mapping):
                found[key] |= {name: tuple(words) for name, words in value.items()}
            else:
                found[key] = tuple(value) if isinstance(value, list) else value
    return Speech(**found)


def _calls(m: Map, kind: str, kinds: Collection[str], words: Mapping[str, str]) -> dict[str, str]:
    """Returns what a kind of unit calls itself: pattern -> word."""
    if kind not in kinds:
        raise m.error(f"calls: {kind!r} is none of {', '.join(kinds)}")
    for pattern in words:
        check_pattern(m, pattern)
        if re.compile(pattern).groups:
            raise m.error(f"calls: {pattern!r} must not have groups")
    return dict(words)


def check_speech(c: Catalog, places: Mapping[str, Map]) -> None:
    """Raises StandardError at the first list or sentence that names something unknown or claims without support."""
    ids = {i.id: i.name for i in c.indicators.values()}
    for roll in c.rolls.values():
        at = places[f"roll {roll.name}"]
        if ids.setdefault(roll.id, roll.name) != roll.name:
            raise at.error(f"id {roll.id} is taken by {ids[roll.id]}")
        if roll.name in c.indicators:
            raise at.error(f"{roll.name} is an indicator already")
        _check_roll(c, at, roll)
    for ledger in c.ledgers.values():
        for saying in ledger.says:
            _check_saying(c, places[f"saying {saying.key}"], ledger, saying)
    for d in c.documents.values():
        for topic in (t for h in d.headings for group in h.topics for t in group):
            if topic not in c.speech.topics:
                raise places[f"document {d.name}"].error(f"topics: there is no topic {topic!r}")


def _check_roll(c: Catalog, at: Map, roll: Roll) -> None:
    if not c.ledgers[roll.ledger].reported:
        raise at.error(f"the rows of {roll.ledger} stay in the unit and are never printed")
    check_where(c, at, roll.ledger, roll.where)
    units = {f.name: f for f in c.unit}
    own = {f.name for f in c.ledgers[roll.ledger].fields}
    paths = (roll.field, *(() if roll.order in (ROW_ORDER, FREQUENCY) else (roll.order,)), roll.weigh, roll.minus)
    for path in filter(None, paths):
        told = units[path] if path in units and path not in own else resolve(c, at, roll.ledger, path)
        if not may_go(told, UPWARD):
            raise at.error(f"field: {path} stays in the unit and is never printed")
    if c.speech.serial:
        check_pattern(at, c.speech.serial)


def _check_saying(c: Catalog, at: Map, ledger: Ledger, saying: Saying) -> None:
    if saying.topic not in c.speech.topics:
        raise at.error(f"topic: {saying.topic!r} is none of {', '.join(c.speech.topics)}")
    words = {TIME, SUBJECT, *c.speech.verbs}
    for wording in saying.wordings:
        for name in SLOT.findall(wording):
            if name not in words and name not in c.indicators and name not in c.rolls:
                raise at.error(f"wordings: there is no indicator, list or word {name!r}")
        for clause in unsupported(c, wording):
            raise at.error(f"wordings: {clause!r} says that something was done, but names no figure and no list")


def unsupported(c: Catalog, text: str) -> Iterator[str]:
    """Yields the clauses of a wording that hold a verb of completed action, but no figure and no list of names."""
    for clause in CLAUSES.split(text):
        slots = SLOT.findall(clause)
        if any(name in c.indicators or name in c.rolls for name in slots):
            continue
        if any(name in c.speech.verbs for name in slots) or any(verb in clause for verb in c.speech.done):
            yield clause


# ------------------------------------------------------------------ what kinds of unit call themselves


@lru_cache(maxsize=64)
def own_words(c: Catalog, kind: str) -> Callable[[str], str]:
    """Returns what puts a kind's own words into a text: a school has no 机关, a hospital no 党组. Names in {} stay."""
    calls = c.speech.calls.get(kind, {})
    if not calls:
        return str
    words = tuple(calls.values())
    found = re.compile("|".join([r"\{\w+\}", *(f"({pattern})" for pattern in calls)]))

    def own(text: str) -> str:
        return found.sub(lambda m: words[m.lastindex - 1] if m.lastindex else m[0], text)

    return own


@lru_cache(maxsize=64)
def spoken_by(c: Catalog, kind: str) -> Catalog:
    """Returns the catalog whose sentences, openings and subjects are in the words of a kind of unit."""
    if kind not in c.speech.calls:
        return c
    own = own_words(c, kind)

    def each(words: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(own, words)))

    ledgers = {
        name: replace(x, says=tuple(replace(s, wordings=each(s.wordings)) for s in x.says))
        for name, x in c.ledgers.items()
    }
    topics = {name: each(words) for name, words in c.speech.topics.items()}
    subjects = {person: each(words) for person, words in c.speech.subjects.items()}
    return replace(c, ledgers=ledgers, speech=replace(c.speech, topics=topics, subjects=subjects))
