"""Which styles of a document are headings, closings and run-in headings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

from ..standard.catalog import STANDARD
from ..standard.yamlmap import load
from .ooxml import find, parse

FORMAT = STANDARD / "format" / "gb9704.yaml"


@lru_cache(maxsize=4)
def load_format(path: Path = FORMAT) -> Mapping[str, Any]:
    """The page, fonts and styles of official documents, as declared."""
    declared: Mapping[str, Any] = load(path)
    return declared


@dataclass(frozen=True)
class Styles:
    """By style id: the outline level of headings, and the styles with a part to play."""

    outline: Mapping[str, int]
    closing: frozenset[str]  # signature and the like: nothing that a heading could head
    run_in: frozenset[str]  # character styles of headings that stand at the start of a paragraph
    sign: str
    date: str

    @property
    def headings(self) -> frozenset[str]:
        return frozenset(self.outline)

    @classmethod
    def of(cls, parts: Mapping[str, bytes]) -> Styles:
        """From styles.xml, matched with the declared format by the styles' names."""
        declared, ids, outline = load_format()["styles"], {}, {}
        for style in find(_styles(parts), "//w:style"):
            key = str(find(style, "string(@w:styleId)"))
            ids[str(find(style, "string(w:name/@w:val)"))] = key
            for level in find(style, "w:pPr/w:outlineLvl/@w:val"):
                outline[key] = int(str(level))

        def named(role: str) -> frozenset[str]:
            return frozenset(ids[s["name"]] for s in declared if s.get("role") == role and s["name"] in ids)

        sign, date = named("sign"), named("date")
        return cls(
            {k: v for k, v in outline.items() if v < 9},
            named("closing") | sign | date,
            named("run_in"),
            next(iter(sign), ""),
            next(iter(date), ""),
        )


def _styles(parts: Mapping[str, bytes]) -> etree._Element:
    return parse(parts["word/styles.xml"], "word/styles.xml") if "word/styles.xml" in parts else etree.Element("none")
