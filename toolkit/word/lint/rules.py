"""Loads the declared rules of standard/lint.yaml, overridden by the user's folders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...model import ERROR, WARNING
from ...standard.folders import STANDARD, added_folders
from ...standard.yamlmap import Map, load_map

SEVERITIES = (ERROR, WARNING, "off")
SHOULD = "应当"  # the force of a rule that names none
KEYS = ("name", "code", "severity", "tier", "force", "ground", "message", "remedy")
MORE = ("check", "patterns", "fix", "with", "unless")
WORDS = (
    "titles",
    "not_titles",
    "dress",
    "subtitle",
    "headline",
    "byline",
    "signature",
    "signed",
    "footnote",
    "continues",
    "begins",
    "list_after",
    "open_end",
)
# a unit's own file may still name the layer, as files of earlier versions do
LAYERS = {"国家标准": "国标", "单位规定": "单位规定", "文种": "实务"}


@dataclass(frozen=True)
class Hit:
    """What a check found: the index of the line, `text[start:end]` of it, and `parts`, words for the message.

    `new` is the text that corrects it; None if a person has to.
    """

    line: int
    start: int
    end: int
    parts: Mapping[str, str] = field(default_factory=dict)
    new: str | None = None


@dataclass(frozen=True)
class Rule:
    """One declared rule; `with_` holds the parameters of its named check.

    `tier`: the kind of source it rests on. `says`: how that source is cited, such as 国标规定 or 实务通常.
    `severity` never exceeds the ceiling of the tier; a rule whose source does not say 应当 is a warning at most.
    """

    name: str
    code: str
    severity: str
    tier: str
    says: str
    ground: str
    message: str
    remedy: str
    check: str
    patterns: tuple[re.Pattern[str], ...]
    fix: str | None
    with_: Mapping[str, Any]
    unless: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Rules:
    """All rules in force, and the patterns that identify the lines of a document, by their names in WORDS."""

    rules: tuple[Rule, ...]
    layout: tuple[Rule, ...]  # of the page and the fonts
    separator: str
    words: Mapping[str, re.Pattern[str]]
    kinds: Mapping[str, Map]  # document -> pattern of its title, and what it needs
    subjects: tuple[Map, ...]

    def named(self, name: str) -> Rule | None:
        """Returns the text rule with this name; None if there is none in force."""
        return next((r for r in self.rules if r.name == name), None)


def frames_in(text: str, rules: Rules) -> Iterator[tuple[Rule, re.Match[str]]]:
    """Yields what identifies a line as the frame of a web page, with the rule that declares it."""
    for rule in rules.rules:
        if rule.check == "frame" and not (rule.unless and rule.unless.search(text)):
            yield from ((rule, m) for p in rule.patterns if (m := p.search(text)))


def load_rules(checks: Iterable[str]) -> Rules:
    """Returns the rules of the product and of the folders in DANGJIAN_STANDARD; the later of one name wins.

    `checks`: the names of all checks. Raises StandardError for an unknown key, check, layer or severity,
    or for an invalid pattern.
    """
    folders = (STANDARD, *added_folders())
    stamps = tuple((f / "lint.yaml").stat().st_mtime_ns for f in folders if (f / "lint.yaml").exists())
    return _load(folders, stamps, frozenset(checks))


@lru_cache(maxsize=4)
def _load(folders: tuple[Path, ...], stamps: tuple[int, ...], checks: frozenset[str]) -> Rules:
    words = Map()
    rules: dict[str, dict[str, Rule]] = {"rules": {}, "layout": {}}
    kinds: dict[str, Map] = {}
    subjects: list[Map] = []
    texts = ("separator", *WORDS, "tiers", "forces")
    for folder in folders:
        if not (folder / "lint.yaml").exists():
            continue
        m = load_map(folder / "lint.yaml").only((*texts, "kinds", "subjects", *rules))
        words.update({key: m[key] for key in texts if key in m})
        words.file = m.file
        kinds.update(m.get("kinds", {}))
        subjects += m.maps("subjects")
        for group, known in rules.items():
            for raw in m.maps(group):
                rule = _rule(raw, checks, words)
                known[rule.name] = rule
    text, look = (tuple(r for r in known.values() if r.severity != "off") for known in rules.values())
    patterns = {key: _compiled(words, words.need(key)) for key in WORDS}
    return Rules(text, look, words.need("separator"), patterns, kinds, tuple(subjects))


def _rule(m: Map, checks: frozenset[str], words: Map) -> Rule:
    m.only((*KEYS, *MORE, "layer"))
    tiers, forces = words.need("tiers"), words.need("forces")
    tier = m.get("tier") or LAYERS.get(m.get("layer", ""), "") or m.need("tier")
    force = m.get("force", SHOULD)
    for key, value, known in (
        ("severity", m.need("severity"), SEVERITIES),
        ("tier", tier, tuple(tiers)),
        ("force", force, (SHOULD, *forces)),
    ):
        if value not in known:
            raise m.error(f"{key} {value!r} is none of {', '.join(known)}")
    check = m.get("check", "patterns")
    if check not in checks:
        raise m.error(f"there is no check {check!r}")
    patterns = tuple(_compiled(m, p) for p in m.get("patterns", ()))
    if check == "patterns" and not patterns:
        raise m.error("a rule needs patterns or a check")
    lowered = m["severity"] == ERROR and (tiers[tier]["ceiling"] != ERROR or force != SHOULD)
    texts = {key: str(m.need(key)) for key in ("name", "code", "ground", "message", "remedy")}
    return Rule(
        **texts,
        severity=WARNING if lowered else m["severity"],
        tier=tier,
        says=tiers[tier]["must"] if force == SHOULD else tiers[tier]["short"] + forces[force],
        check=check,
        patterns=patterns,
        fix=m.get("fix"),
        with_=m.get("with", {}),
        unless=_compiled(m, m["unless"]) if "unless" in m else None,
    )


def _compiled(m: Map, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as e:
        raise m.error(f"not a pattern: {pattern!r}: {e}") from e
