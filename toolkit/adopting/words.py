"""Loads standard/adopting.yaml: the words by which ledgers kept before are recognised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..model import Catalog, Field, Ledger
from ..rows.casting.text import fold
from ..standard.folders import STANDARD, added_folders
from ..standard.yamlmap import Map, load_map

SURE, PERHAPS = "is", "may"  # the two strengths of a declared title
_KEYS = (
    "ledgers", "none", "endings", "columns", "values", "sensitive", "harmless", "names", "numbering", "usual",
    "neutral", "leads", "tails", "units", "own_units", "own_units_of", "times", "notes", "facts", "surnames",
    "never", "swaps", "counts", "general", "by_title", "not_by_title", "ends", "ends_not", "as_of",
)  # fmt: skip
_MARKS = re.compile(r"[\s:：*＊、,，.。;；_\-—“”\"'《》·]+")
_BRACKET = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]")


def key(text: Any) -> str:
    """Returns the form in which titles are compared: without spaces, marks and width; brackets keep their content."""
    return _key(str(text))


@lru_cache(maxsize=1 << 14)
def _key(text: str) -> str:
    plain = re.sub(r"[()\[\]【】]", "", fold(text))
    return _MARKS.sub("", plain)


def bare(text: Any) -> str:
    """Returns the key of a title without what stands in brackets; the whole key if nothing else is left."""
    return key(_BRACKET.sub("", str(text))) or key(text)


def bracketed(text: Any) -> str:
    """Returns what the last brackets of a title hold, or ""."""
    found = _BRACKET.findall(str(text))
    return key(found[-1]) if found else ""


@dataclass(frozen=True, eq=False)
class Words:
    """The content of adopting.yaml, with the titles of the standard's own fields."""

    raw: Mapping[str, Any]
    fields: Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]]  # ledger -> key of a title -> (field, strength)
    values: Mapping[str, str]  # key of a value -> option
    keys: Mapping[str, frozenset[str]]  # names, numbering, usual, neutral ... as keys
    sensitive: tuple[tuple[str, re.Pattern[str]], ...]
    harmless: re.Pattern[str]
    facts: re.Pattern[str]
    never: re.Pattern[str]  # what no cell may tell of a person
    all_titles: frozenset[str]
    computed: Mapping[str, Mapping[str, str]]  # ledger -> key of a title -> title of a formula column

    def kind_of_private(self, title: str) -> str:
        """Returns why a column with this title is never taken: 身份证号, 电话 …; "" if it may be."""
        plain = key(title)
        if self.harmless.search(plain):
            return ""
        found = next((kind for kind, pattern in self.sensitive if pattern.search(plain)), "")
        return "" if found and plain in self.all_titles and found != "住址" else found

    def is_title(self, title: str) -> bool:
        """Whether a cell with this text is a usual title of a column."""
        return bool(self.forms(title) & self.all_titles) or bool(self.kind_of_private(title)) or bool(period(title))

    def forms(self, title: str) -> set[str]:
        """Returns the keys under which a title may be declared."""
        return {key(title), bare(title)} - {""}

    def stripped(self, title: str) -> set[str]:
        """Returns the keys of a title without a leading or ending word that changes nothing."""
        found: set[str] = set()
        for form in self.forms(title):
            heads = {form, *(form.removeprefix(w) for w in self.keys["leads"])}
            found |= heads | {h.removesuffix(w) for h in heads for w in self.keys["tails"]}
        for end, other in self.raw["swaps"]:
            found |= {f.removesuffix(end) + other for f in found | self.forms(title) if f.endswith(end)}
        return {f for f in found if len(f) > 1} - self.forms(title)


_HAN = {c: n for n, c in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}
_MONTH = re.compile(r"(0?[1-9]|1[0-2]|十[一二]?|[一二三四五六七八九])月(?:份)?")
_QUARTER = re.compile(r"第?([一二三四1-4])季度")


def period(title: str) -> str:
    """Returns the month or quarter that a title names, as 3月 or 一季度; "" if it names none."""
    plain = key(title)
    if m := _MONTH.fullmatch(plain):
        return f"{_HAN.get(m[1]) or int(m[1])}月"
    return f"第{m[1]}季度" if (m := _QUARTER.fullmatch(plain)) else ""


def words(catalog: Catalog, learnt: Mapping[str, Mapping[str, str]] | None = None) -> Words:
    """Returns the declared words, with those of the folders that --standard adds. Raises StandardError.

    `learnt` holds what this user decided before: ledger -> key of a title -> field.
    """
    made = _words(catalog)
    if not learnt:
        return made
    fields = {name: dict(known) for name, known in made.fields.items()}
    for ledger, titles in learnt.items():
        own = {f.name for f in catalog.ledgers[ledger].fields} if ledger in catalog.ledgers else set()
        for title, name in titles.items():
            if name in own:
                fields[ledger][title] = ((name, SURE),)
    more = frozenset(t for titles in learnt.values() for t in titles)
    return Words(**{**made.__dict__, "fields": fields, "all_titles": made.all_titles | more})


@lru_cache(maxsize=4)
def _words(catalog: Catalog) -> Words:
    raw = Map()
    for folder in (STANDARD, *added_folders()):
        if (folder / "adopting.yaml").exists():
            raw.update(load_map(folder / "adopting.yaml").only(_KEYS))
    columns = raw.need("columns")
    fields = {x.name: _titles(x, columns.get("*", {}), columns.get(x.name, {})) for x in catalog.ledgers.values()}
    keys = {
        k: frozenset(map(key, raw.need(k)))
        for k in ("names", "numbering", "usual", "neutral", "leads", "tails", "general")
    }
    declared = frozenset(t for known in fields.values() for t in known)
    return Words(
        raw,
        fields,
        {key(w): option for option, told in raw.need("values").items() for w in told},
        keys,
        tuple((kind, re.compile("|".join(map(fold, told)))) for kind, told in raw.need("sensitive").items()),
        re.compile("|".join(map(key, raw.need("harmless")))),
        re.compile(raw.need("facts")),
        re.compile("|".join(raw.need("never"))),
        declared | keys["names"] | keys["numbering"] | keys["usual"],
        {
            x.name: {
                key(w): f.title
                for f in x.fields
                if f.calc
                for w in (f.title, *columns.get(x.name, {}).get(f.name, {}).get(SURE, ()))
            }
            for x in catalog.ledgers.values()
        },
    )


def _titles(
    ledger: Ledger, shared: Mapping[str, Any], own: Mapping[str, Any]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Returns the titles of one ledger: the fields' own, then those declared for it, then the shared ones."""
    found: dict[str, dict[str, str]] = {}

    def add(told: Iterable[Any], f: Field, strength: str, anew: bool = False) -> None:
        for word in told:
            if anew or key(word) not in found:
                found.setdefault(key(word), {}).setdefault(f.name, strength)

    typed = [f for f in ledger.fields if not f.calc and f.name != "rec_id"]
    for f in typed:
        for form in {key(f.title), bare(f.title)}:
            found.setdefault(form, {})[f.name] = SURE
    titles = set(found)
    for strength in (SURE, PERHAPS):
        named = {w for f in ledger.fields for w in map(key, own.get(f.name, {}).get(strength, ()))}
        for f in typed:
            add((w for w in own.get(f.name, {}).get(strength, ()) if key(w) not in titles), f, strength, anew=True)
        titles |= named
    for strength in (SURE, PERHAPS):
        before = set(found)
        for f in typed:
            if not own.get(f.name, {}).get("alone"):
                told = shared.get(f.name, {}).get(strength, ())
                add((w for w in told if key(w) not in before), f, strength, anew=True)
    return {title: tuple(by.items()) for title, by in found.items()}
