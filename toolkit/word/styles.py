"""Reads the declared official format and finds the heading, closing and run-in styles of a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

from ..standard.folders import STANDARD
from ..standard.yamlmap import load
from .ooxml import find, parse, q

FORMAT = STANDARD / "format" / "gb9704.yaml"


@lru_cache(maxsize=4)
def load_format(path: Path = FORMAT) -> Mapping[str, Any]:
    """Returns page, fonts and styles of official documents as declared in `path`."""
    declared: Mapping[str, Any] = load(path)
    return declared


def declared_style(name: str) -> Mapping[str, Any]:
    """Returns the style that the official format declares under a name."""
    found: Mapping[str, Any] = next(s for s in load_format()["styles"] if s["name"] == name)
    return found


def is_default(style: etree._Element) -> bool:
    """Whether a w:style is the one of paragraphs that name none."""
    return style.get(q("w:type")) == "paragraph" and style.get(q("w:default")) in ("1", "true")


@dataclass(frozen=True)
class Styles:
    """Style ids of a document by role; `outline` maps heading styles to their outline level, from 0."""

    outline: Mapping[str, int]
    closing: frozenset[str]  # signature, date, 附注 and the like: no content for a heading above them
    run_in: frozenset[str]  # character styles of headings at the start of a paragraph
    sign: str
    date: str

    @property
    def headings(self) -> frozenset[str]:
        """Style ids of headings."""
        return frozenset(self.outline)

    @classmethod
    def of(cls, parts: Mapping[str, bytes]) -> Styles:
        """Reads word/styles.xml and finds the declared styles by their names."""
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
            {k: v for k, v in outline.items() if v < 9},  # 9 is body text
            named("closing") | sign | date,
            named("run_in"),
            next(iter(sign), ""),
            next(iter(date), ""),
        )


def _styles(parts: Mapping[str, bytes]) -> etree._Element:
    return parse(parts["word/styles.xml"], "word/styles.xml") if "word/styles.xml" in parts else etree.Element("none")
