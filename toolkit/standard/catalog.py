"""Loads the YAML files of the standard as a Catalog. Every mistake is a StandardError with file and line."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import StandardError
from ..model import (
    AUDIENCES,
    ERROR,
    PUBLIC,
    UPWARD,
    WARNING,
    Catalog,
    Condition,
    Constraints,
    Document,
    Field,
    Heading,
    Indicator,
    Ledger,
    Measure,
    Obligation,
    Passage,
    Roll,
    Rule,
    Sensitive,
    Shown,
    Where,
)
from .crosscheck import cross_check
from .folders import EDITION, STANDARD, added_folders, fingerprint_of, stamp_of
from .sayings import check_speech, read_roll, read_sayings, read_speech
from .short_view import is_needed, of_kinds, ordered
from .vocabulary import CALCS, CHECKS, COLLECTS, EXPECTED, EXTENSIONS, MEASURES, OPERATORS, PERIODS, SCOPES, TYPES
from .yamlmap import Map, items_of, load_map


def load_catalog(*more: str | Path) -> Catalog:
    """Returns the product's standard, overlaid with the directories `more` in order.

    A directory has the layout of toolkit/standard/; a part with a known name replaces the
    product's. Those of added_folders() come before `more`.
    """
    return load_folders(*added_folders(), *more)


def load_folders(*folders: str | Path) -> Catalog:
    """Returns the product's standard, overlaid with these directories and no others."""
    return _load(tuple((str(p), stamp_of(Path(p))) for p in folders), tuple(dict.fromkeys(EXTENSIONS)))


@lru_cache(maxsize=8)
def _load(more: tuple[tuple[str, int], ...], extensions: tuple[str, ...]) -> Catalog:
    base = load_map(STANDARD / "standard.yaml").only(("version", "title", "common", "rules", "kinds", "unit"))
    common = tuple(_field(m) for m in base.maps("common"))
    kinds = {k.need("name"): tuple(k.get("without", ())) for k in base.maps("kinds")}
    shared = list(base.maps("rules"))
    ledgers: dict[str, Ledger] = {}
    indicators: dict[str, Indicator] = {}
    obligations: dict[str, Obligation] = {}
    documents: dict[str, Document] = {}
    rolls: dict[str, Roll] = {}
    declared = _Declared()
    wording: Map = Map()
    forbidden: Map = Map()
    folders, version = (STANDARD, *(Path(p) for p, _ in more)), str(base.need("version"))
    for folder in folders:
        if not folder.is_dir():
            raise StandardError(f"{folder}: no such directory")
        if (folder / EDITION).exists():
            version = str(load_map(folder / EDITION).only(("version", "changes")).need("version"))
        declared.here = set()
        for path in sorted(folder.glob("ledgers/*.yaml")):
            m = load_map(path)
            ledger = _ledger(m, common, shared)
            declared.add(ledgers, "ledger", ledger.name, m, ledger)
            declared.parts(ledger.name, m, shared)
            for raw in m.maps("indicators"):
                indicator = _indicator(raw, ledger.name)
                declared.add(indicators, "indicator", indicator.name, raw, indicator)
            for raw in m.maps("names"):
                roll = read_roll(raw, ledger.name, _where)
                declared.add(rolls, "roll", roll.name, raw, roll)
        for raw in items_of(folder / "indicators.yaml"):
            indicator = _indicator(raw, None)
            declared.add(indicators, "indicator", indicator.name, raw, indicator)
        for raw in items_of(folder / "obligations.yaml"):
            o = _obligation(raw)
            declared.add(obligations, "obligation", o.id, raw, o)
        for path in sorted(folder.glob("documents/*.yaml")):
            m = load_map(path)
            document = _document(m)
            declared.add(documents, "document", document.name, m, document)
        for name, into in (("wording.yaml", wording), ("forbidden.yaml", forbidden)):
            if (folder / name).exists():
                into.update(load_map(folder / name))
                into.file = name
    catalog = Catalog(
        version=version,
        title=base.need("title"),
        unit=tuple(of_kinds(_field(m), kinds) for m in base.maps("unit")),
        ledgers=ledgers,
        indicators=indicators,
        obligations=tuple(obligations.values()),
        documents=documents,
        wording=wording,
        forbidden=forbidden,
        rolls=rolls,
        speech=read_speech([load_map(f / "speech.yaml") for f in folders if (f / "speech.yaml").exists()], kinds),
        kinds=kinds,
        guides={k["name"]: str(k["guides"]) for k in base.maps("kinds") if "guides" in k},
        fingerprint=fingerprint_of(folders),
        extensions=extensions,
    )
    cross_check(catalog, declared.places)
    check_speech(catalog, declared.places)
    return catalog


@dataclass
class _Declared:
    """Where each part of the standard is declared: in all directories, and in the current one."""

    places: dict[str, Map] = dataclasses.field(default_factory=dict)
    here: set[str] = dataclasses.field(default_factory=set)

    def add(self, into: dict[str, Any], kind: str, name: str, raw: Map, made: Any) -> None:
        """Stores `made`; a later directory may replace it, the same one may not declare it twice."""
        key = f"{kind} {name}"
        if key in self.here:
            raise raw.error(f"{key} is declared in {self.places[key].file}:{self.places[key].line} already")
        self.here.add(key)
        self.places[key], into[name] = raw, made

    def parts(self, ledger: str, m: Map, shared: list[Map]) -> None:
        """Records where each field and each rule of a ledger is declared; its own rules come first."""
        self.places.update({f"field {ledger}.{f['name']}": f for f in m.maps("fields")})
        self.places.update({f"rule {ledger} {n}": r for n, r in enumerate([*m.maps("rules"), *shared])})
        self.places.update({f"saying {ledger}.{n}": r for n, r in enumerate(m.maps("says"), 1)})


@lru_cache
def _names(cls: type) -> tuple[str, ...]:
    return tuple(f.name.rstrip("_") for f in dataclasses.fields(cls))


def _one_of(m: Map, key: str, known: Collection[str], default: str | None = None) -> str:
    value = m.get(key, default) if default is not None else m.need(key)
    if value not in known:
        raise m.error(f"{key}: {value!r} is none of {', '.join(known)}")
    return str(value)


def _where(m: Map, raw: Any) -> Where:
    if raw is None:
        return ()
    if not isinstance(raw, Mapping):
        raise m.error("a filter is a mapping of field: value, [values] or {operator: value}")
    made = []
    for path, test in raw.items():
        if isinstance(test, Map):
            for op, value in test.only(OPERATORS).items():
                made.append(Condition(path, op, tuple(value) if isinstance(value, list) else value))
        elif isinstance(test, list):
            made.append(Condition(path, "in", tuple(test)))
        else:
            made.append(Condition(path, "eq", test))
    return tuple(made)


def _field(m: Map) -> Field:
    m.only(_names(Field))
    raw = m.get("constraints", Map())
    if not isinstance(raw, Map):
        raise m.error("constraints: a mapping is wanted")
    raw.only(_names(Constraints))
    limits: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}
    rest = {
        k: v
        for k, v in m.items()
        if k not in ("constraints", "required_when", "global", "type", "suggest", "formerly", "audience")
    }
    for key in ("name", "title"):
        m.need(key)
    if len(calc := m.get("calc") or {}) > 1 or any(k not in CALCS for k in calc):
        raise m.error(f"calc: one of {', '.join(CALCS)}")
    return Field(
        **rest,
        type=_one_of(m, "type", TYPES),
        constraints=Constraints(**limits),
        required_when=_where(m, m.get("required_when")),
        suggest=tuple(m.get("suggest", ())),
        formerly=tuple(m.get("formerly", ())),
        global_=bool(m.get("global", False)),
        audience=_one_of(m, "audience", AUDIENCES, UPWARD),
    )


def _ledger(m: Map, common: tuple[Field, ...], rules: list[Map]) -> Ledger:
    m.only((*_names(Ledger), "common", "indicators", "names"))
    m.need("fields")
    own = [_field(f) for f in m.maps("fields")]
    named = {f.name: f for f in own}
    if len(named) < len(own):
        raise m.error("two fields have the same name")
    if m.get("common", True):
        # Shared columns come before and after the ledger's own; an own field replaces the shared one of its name.
        lead = [f for f in common if f.name in ("rec_id", "org_id", "scope", "date")]
        tail = [f for f in common if f not in lead]
        shared = {f.name for f in common}
        inner = [f for f in own if f.name not in shared]
        fields = [named.get(f.name, f) for f in lead] + inner + [named.get(f.name, f) for f in tail]
    else:
        fields = own
    short = m["short"] if "short" in m else [f.name for f in fields if is_needed(f)]
    return Ledger(
        name=m.need("name"),
        title=m.need("title"),
        code=m.need("code"),
        description=m.get("description", ""),
        fields=ordered(m, fields, short),
        short=tuple(short),
        label=m.get("label", ""),
        formerly=tuple(m.get("formerly", ())),
        rules=tuple(_rule(r) for r in [*m.maps("rules"), *rules]),
        declared=m.get("declared", True),
        reported=m.get("reported", True),
        sensitive=tuple(
            Sensitive(_where(s, s.need("where")), s.need("field"), s.need("below"), tuple(s.need("hide")))
            for s in m.maps("sensitive")
        ),
        next_year=_where(m, m["next_year"]) if "next_year" in m else None,
        says=read_sayings(m, m["name"]),
    )


def _rule(m: Map) -> Rule:
    check = _one_of(m, "check", CHECKS)
    needed, optional = CHECKS[check]
    m.only(("check", "message", "remedy", "severity", "when", *needed, *optional))
    args = {k: m.need(k) for k in needed} | {k: m[k] for k in optional if k in m}
    if check == "implies":
        args["then"] = _where(m, args["then"])
    if check == "any_of":
        args["options"] = tuple(_where(m, o) for o in args["options"])
    return Rule(
        check,
        args,
        m.need("message"),
        m.get("remedy", ""),
        _one_of(m, "severity", (ERROR, WARNING), ERROR),
        _where(m, m.get("when")),
    )


def _measure(m: Map, ledger: str | None, collect: str) -> Measure:
    by = m.get("by", ())
    if m.get("op") not in ("count", EXPECTED):
        m.need("field")
    return Measure(
        ledger=m.get("ledger") or ledger or m.need("ledger"),
        op=_one_of(m, "op", MEASURES),
        field=m.get("field"),
        minus=m.get("minus"),
        by=(by,) if isinstance(by, str) else tuple(by),
        where=_where(m, m.get("where")),
        collect=_one_of(m, "collect", COLLECTS, collect),
    )


MEASURE_KEYS = ("ledger", "op", "field", "minus", "by", "where", "collect")


def _indicator(m: Map, ledger: str | None) -> Indicator:
    m.only((*_names(Indicator), *MEASURE_KEYS))
    collect = _one_of(m, "collect", COLLECTS, "汇总")
    if m.need("op") == "ratio":
        parts = [_measure(m.need(k).only(MEASURE_KEYS), ledger, collect) for k in ("numerator", "denominator")]
    else:
        parts = [_measure(m, ledger, collect)]
    if not str(m.need("name")).isidentifier():
        raise m.error(f"name {m['name']!r} cannot be used in a template: letters, digits and _ only")
    rest = {k: m[k] for k in ("scope", "distinct_by_nature", "above_full", "zero", "phrase", "source") if k in m}
    _one_of(m, "scope", SCOPES, "不分")
    return Indicator(
        id=m.need("id"),
        name=m["name"],
        title=m.need("title"),
        classifier="%" if len(parts) == 2 else m.need("classifier"),
        audience=_one_of(m, "audience", AUDIENCES[1:], PUBLIC),
        numerator=parts[0],
        denominator=parts[1] if len(parts) == 2 else None,
        **rest,
    )


def _obligation(m: Map) -> Obligation:
    m.only(_names(Obligation))
    _one_of(m, "every", PERIODS)
    _one_of(m, "per", ("unit", "org"), "unit")
    _one_of(m, "severity", (ERROR, WARNING), WARNING)
    for key in ("id", "title", "ledger", "times", "requirement", "source", "version"):
        m.need(key)
    filters = {k: _where(m, m.get(k)) for k in ("where", "applies")}
    return Obligation(**{**m, "version": str(m["version"]), **filters})


def _document(m: Map) -> Document:
    m.only(_names(Document))
    wording = {}
    for name, raw in m.get("wording", {}).items():
        raw.only(("round", "wan", "over", "all"))
        wording[name] = Shown(raw.get("round"), raw.get("wan", False), raw.get("over"), raw.get("all", ""))
    return Document(
        name=m.need("name"),
        title=m.need("title"),
        heading=m.need("heading"),
        template=m.need("template"),
        source=_one_of(m, "source", ("unit", "consolidated"), "unit"),
        often=bool(m.get("often", False)),
        stays=bool(m.get("stays", False)),
        person=_one_of(m, "person", ("first", "third"), "third"),
        headings=tuple(_heading(h) for h in m.maps("headings")),
        passages=tuple(Passage(**p.only(_names(Passage))) for p in m.maps("passages")),
        wording=wording,
        needs=tuple(m.get("needs", ())),
        compare=tuple(m.get("compare", ())),
        params=m.get("params", {}),
    )


def _heading(m: Map) -> Heading:
    groups = [[g] if isinstance(g, str) else g for g in m.only(("id", "title", "topics", "also")).get("topics", [])]
    return Heading(m.need("id"), m.need("title"), tuple(tuple(group) for group in groups), tuple(m.get("also", ())))
