"""Resolves how a paragraph and a run finally look: direct properties, then styles, then defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from ..ooxml import find, parse, q
from ..styles import is_default

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MAX_CHAIN = 12  # longest chain of styles based on one another


class Look:
    """Styles, defaults and theme fonts of the document with these parts."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        name = "word/styles.xml"
        root = parse(parts[name], name) if name in parts else etree.Element("none")
        self.styles = {str(s.get(q("w:styleId"))): s for s in find(root, "//w:style")}
        self.default = next((k for k, s in self.styles.items() if is_default(s)), "")
        self.defaults = {kind: next(iter(find(root, f"//w:{kind}Default/w:{kind}")), None) for kind in ("rPr", "pPr")}
        theme = next((n for n in sorted(parts) if re.fullmatch(r"word/theme/theme\d*\.xml", n)), "")
        self.theme = _theme_fonts(parse(parts[theme], theme)) if theme else {}

    def value(
        self, p: etree._Element, tag: str, attribute: str = "val", run: etree._Element | None = None
    ) -> str | None:
        """Returns one attribute of a paragraph's property, or with `run` of a run's; None if it is set nowhere."""
        for properties in self._chain(p, run):
            child = properties.find(q(f"w:{tag}"))
            if child is not None and (found := child.get(q(f"w:{attribute}"))) is not None:
                return str(found)
        return None

    def has(self, p: etree._Element, tag: str, run: etree._Element) -> bool:
        """Returns whether a toggle such as w:b is on."""
        for properties in self._chain(p, run):
            child = properties.find(q(f"w:{tag}"))
            if child is not None:
                return child.get(q("w:val")) not in ("0", "false", "off")
        return False

    def font(self, p: etree._Element, run: etree._Element, script: str = "eastAsia") -> str:
        """Returns the font of Chinese (or `ascii`) text; an empty string if the document leaves it to the program."""
        for properties in self._chain(p, run):
            fonts = properties.find(q("w:rFonts"))
            if fonts is None:
                continue
            themed = fonts.get(q(f"w:{script}Theme"))
            if themed and self.theme.get(themed):
                return self.theme[themed]
            if named := fonts.get(q(f"w:{script}")):
                return str(named)
        return ""

    def _chain(self, p: etree._Element, run: etree._Element | None) -> Iterator[etree._Element]:
        kind = "pPr" if run is None else "rPr"
        own = (p if run is None else run).find(q(f"w:{kind}"))
        if own is not None:
            yield own
            style = own.find(q("w:rStyle"))
            if style is not None:
                yield from self._style(str(style.get(q("w:val"))), kind)
        named = find(p, "string(w:pPr/w:pStyle/@w:val)")
        yield from self._style(str(named) or self.default, kind)
        if (default := self.defaults[kind]) is not None:
            yield default

    def _style(self, name: str, kind: str) -> Iterator[etree._Element]:
        for _ in range(MAX_CHAIN):
            style = self.styles.get(name)
            if style is None:
                return
            if (found := style.find(q(f"w:{kind}"))) is not None:
                yield found
            based = style.find(q("w:basedOn"))
            name = str(based.get(q("w:val"))) if based is not None else ""


def _theme_fonts(root: etree._Element) -> dict[str, str]:
    """Returns theme key -> font name; keys are minorEastAsia, majorEastAsia, minorAscii …"""
    found = {}
    for size in ("minor", "major"):
        for fonts in root.iter(f"{_A}{size}Font"):
            hans = next((f.get("typeface") for f in fonts.iter(f"{_A}font") if f.get("script") == "Hans"), "")
            for key, tag in (("EastAsia", "ea"), ("HAnsi", "latin"), ("Ascii", "latin")):
                named = next((f.get("typeface") for f in fonts.iter(f"{_A}{tag}")), "")
                found[size + key] = named or (hans if tag == "ea" else "") or ""
    return found
