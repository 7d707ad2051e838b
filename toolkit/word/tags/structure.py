"""Puts the planted tags back into the XML as a template for Jinja, and proves that every rendering is well-formed.

A block may begin and end anywhere, as long as both are below elements of the same names: then what is between
them closes and opens the same elements, and it can be left out or repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from ...findings import Remark, Spot
from ..edited.story import Layout, annotate
from .language import MAX_DEPTH
from .plant import CLOSE, OPEN, Bed, Plant
from .problems import problem
from .statements import BLOCKS, MIDDLE

_PIECE = re.compile(rf"{OPEN}(\d+){CLOSE}|<\?dj (\d+)\?>|<(/?)([\w:.-]+)([^<>]*?)(/?)>")
_PLANT = re.compile(rf"{OPEN}(\d+){CLOSE}|<\?dj (\d+)\?>")
_BRACE = re.compile(r"\{(?=[{%#])")
MAX_TAGS = 20_000


@dataclass(frozen=True)
class Template:
    """One part: XML with the tags in it. Line n of it, from 2, holds the tag of `spots[n - 2]`."""

    source: str
    tags: str  # the tags alone, on the same lines; blocks that do not fit are mended; empty if too many or too deep
    spots: tuple[tuple[Spot, str], ...]  # place and tag
    layout: Layout
    found: tuple[Remark, ...]
    touched: bool  # it has tags, or characters that print braces

    @property
    def is_sound(self) -> bool:
        """Whether it can be compiled."""
        return not any(f.is_error for f in self.found)


def template_of(root: etree._Element, part: str, clean: Callable[[str], str]) -> Template:
    """Returns the template of one part; `root` is changed. `clean` changes the XML before the tags are put back."""
    bed = Bed(root, part)
    xml = clean(etree.tostring(root, encoding="unicode").replace("\n", " "))
    annotated, layout = annotate(_BRACE.sub("&#123;", xml))
    order = list(_placed(annotated, bed.plants))
    blocks = _Blocks(bed)
    used = [blocks.tag(n, path) for n, path in order]
    tail = blocks.end()
    lines = {n: _numbered(source) for (n, _), source in zip(order, used, strict=True)}
    source = _PLANT.sub(lambda m: lines[int(m[1] or m[2])], annotated)
    spots = tuple((bed.plants[n].spot, bed.plants[n].shown) for n, _ in order)
    found = [*bed.found, *blocks.found]
    if len(order) > MAX_TAGS:
        found.append(problem("M13", Spot(), what=f"标记多于{MAX_TAGS}个，请拆成几个模板"))
    found.sort(key=lambda f: f.spot.paragraph)
    tags = "" if blocks.deep or len(order) > MAX_TAGS else "".join(lines[n] for n, _ in order) + tail
    return Template(source, tags, spots, layout, tuple(found), bed.touched)


def _numbered(source: str) -> str:
    """Returns a tag that begins a line, so that the line tells which tag it is; nothing is a tag too."""
    return f"{source[:2]}\n{source[2:]}" if source else "{{\n'' }}"


def _placed(xml: str, plants: list[Plant]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yields the number of each plant and the names of the elements around it, in document order."""
    path: list[str] = []
    for m in _PIECE.finditer(xml):
        if m[4] is None:
            yield int(m[1] or m[2]), tuple(path) if plants[int(m[1] or m[2])].checked.word else ()
        elif m[3]:
            path.pop()
        else:
            for inside in _PLANT.finditer(m[5]) if OPEN in m[5] else ():
                yield int(inside[1]), ()
            if not m[6]:
                path.append(m[4])


@dataclass
class _Open:
    plant: Plant
    path: tuple[str, ...]
    word: str
    otherwise: bool = False  # else has come


class _Blocks:
    """Pairs the blocks of a part."""

    def __init__(self, bed: Bed) -> None:
        self.plants, self.blind = bed.plants, bed.blind
        self.found: list[Remark] = []
        self.open: list[_Open] = []
        self.deep = False

    def tag(self, number: int, path: tuple[str, ...]) -> str:
        """Returns what Jinja reads for one plant; a tag that does not fit is left out."""
        plant = self.plants[number]
        word, source = plant.checked.word, plant.checked.source
        if plant.checked.loop and not any(o.word == "for" for o in self.open):
            self._say("M17", plant, what=plant.shown)
            source = "{% if true %}" if word == "if" else source
        if word in BLOCKS:
            self.open.append(_Open(plant, path, word))
            if len(self.open) > MAX_DEPTH and not self.deep:
                self.deep = True
                self._say("M15", plant, what=plant.shown)
        elif word in MIDDLE or word in BLOCKS.values():
            return self._fits(plant, path, source)
        return source

    def _fits(self, plant: Plant, path: tuple[str, ...], source: str) -> str:
        word, top = plant.checked.word, self.open[-1] if self.open else None
        if word in MIDDLE:
            fits = top is not None and not top.otherwise and (top.word == "if" or (word, top.word) == ("else", "for"))
        else:
            fits = top is not None and BLOCKS[top.word] == word
        if top is None or not fits:
            if not self.blind:
                self._say("M07", plant, what=plant.shown)
            return ""
        if path != top.path:
            self._say("M14", plant, what=plant.shown, other=top.plant.shown)
        elif plant.home != top.plant.home and not (plant.whole or top.plant.whole):
            self._say("M12", top.plant, what=top.plant.shown)
        if word in MIDDLE:
            top.otherwise = top.otherwise or word == "else"
        else:
            self.open.pop()
        return source

    def end(self) -> str:
        """Returns the ends of the blocks that are still open."""
        ends = []
        for block in reversed(self.open):
            end = BLOCKS[block.word]
            ends.append(f"{{% {end} %}}")
            if not self.blind:
                self._say("M06", block.plant, what=block.plant.shown, end=end)
        return "".join(ends)

    def _say(self, code: str, plant: Plant, **words: str) -> None:
        made = problem(code, plant.spot, **words)
        if made not in self.found[-20:]:
            self.found.append(made)
