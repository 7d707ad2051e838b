"""Loads standard/reading.yaml, which declares how entries typed by hand are understood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ...standard.folders import STANDARD
from ...standard.yamlmap import load_map
from .text import fold

_KEYS = ("classifiers", "multiples", "yes", "no", "separators", "totals", "placeholders")


@dataclass(frozen=True)
class Conventions:
    """The content of reading.yaml."""

    classifiers: frozenset[str]
    multiples: dict[str, int]
    truth: dict[str, bool]
    separator: re.Pattern[str]
    totals: frozenset[str]
    placeholders: frozenset[str]


@lru_cache(maxsize=1)
def conventions() -> Conventions:
    """Returns the declared conventions. Raises StandardError if the file has a mistake."""
    m = load_map(STANDARD / "reading.yaml").only(_KEYS)
    truth = {fold(w): True for w in m.need("yes")} | {fold(w): False for w in m.need("no")}
    return Conventions(
        frozenset(m.need("classifiers")),
        m.need("multiples"),
        truth,
        re.compile(f"[{re.escape(m.need('separators'))}]"),
        frozenset(m.need("totals")),
        frozenset(map(_bare, m.need("placeholders"))),
    )


@lru_cache(maxsize=1 << 14)
def says_nothing(text: str) -> bool:
    """Whether a text is no value but stands in for one: 同上, 〃, 无, /."""
    bare = _bare(text)
    return not bare or bare in conventions().placeholders


def _bare(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())
