"""Loads the declared rules of standard/lint.yaml, overridden by the user's folders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...model import ERROR, WARNING
from ...standard.catalog import STANDARD, added_folders
from ...standard.yamlmap import Map, load_map

SEVERITIES = (ERROR, WARNING, "off")
LAYERS = ("国家标准", "单位规定", "文种")
KEYS = (
    "name",
    "code",
    "severity",
    "layer",
    "ground",
    "message",
    "remedy",
    "check",
    "patterns",
    "fix",
    "with",
)
WORDS = ("separator", "titles", "not_titles", "signature", "continues", "begins", "list_after")


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
    """One declared rule; `with_` holds the parameters of its named check."""

    name: str
    code: str
    severity: str
    layer: str
    ground: str
    message: str
    remedy: str
    check: str
    patterns: tuple[re.Pattern[str], ...]
    fix: str | None
    with_: Mapping[str, Any]


@dataclass(frozen=True)
class Rules:
    """All rules in force, and the patterns that identify the lines of a document."""

    rules: tuple[Rule, ...]
    layout: tuple[Rule, ...]  # of the page and the fonts
    separator: str
    titles: re.Pattern[str]
    not_titles: re.Pattern[str]
    signature: re.Pattern[str]
    continues: re.Pattern[str]
    begins: re.Pattern[str]
    list_after: re.Pattern[str]
    kinds: Mapping[str, Map]  # document -> pattern of its title, and what it needs
    subjects: tuple[Map, ...]

    def named(self, name: str) -> Rule | None:
        """Returns the text rule with this name; None if there is none in force."""
        return next((r for r in self.rules if r.name == name), None)


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
    for folder in folders:
        if not (folder / "lint.yaml").exists():
            continue
        m = load_map(folder / "lint.yaml").only((*WORDS, "kinds", "subjects", *rules))
        words.update({key: m[key] for key in WORDS if key in m})
        words.file = m.file
        kinds.update(m.get("kinds", {}))
        subjects += m.maps("subjects")
        for group, known in rules.items():
            for raw in m.maps(group):
                rule = _rule(raw, checks)
                known[rule.name] = rule
    text, look = (tuple(r for r in known.values() if r.severity != "off") for known in rules.values())
    titles, not_titles, signature, continues, begins, list_after = (
        _compiled(words, words.need(key)) for key in WORDS if key != "separator"
    )
    return Rules(
        text,
        look,
        words.need("separator"),
        titles,
        not_titles,
        signature,
        continues,
        begins,
        list_after,
        kinds,
        tuple(subjects),
    )


def _rule(m: Map, checks: frozenset[str]) -> Rule:
    m.only(KEYS)
    for key, known in (("severity", SEVERITIES), ("layer", LAYERS)):
        if m.need(key) not in known:
            raise m.error(f"{key} {m[key]!r} is none of {', '.join(known)}")
    check = m.get("check", "patterns")
    if check not in checks:
        raise m.error(f"there is no check {check!r}")
    patterns = tuple(_compiled(m, p) for p in m.get("patterns", ()))
    if check == "patterns" and not patterns:
        raise m.error("a rule needs patterns or a check")
    texts = {key: str(m.need(key)) for key in ("name", "code", "severity", "layer", "ground", "message", "remedy")}
    return Rule(**texts, check=check, patterns=patterns, fix=m.get("fix"), with_=m.get("with", {}))


def _compiled(m: Map, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as e:
        raise m.error(f"not a pattern: {pattern!r}: {e}") from e
