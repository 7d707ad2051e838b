"""Compiles templates once, checks them, and runs them in Jinja's sandbox; their errors are told in Chinese.

`faults` is what `template check` lists and what stops a filling: one reading, so that the two agree.
"""

from __future__ import annotations

import difflib
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, meta, nodes
from jinja2.exceptions import UndefinedError

from ...errors import CannotRun
from ...findings import Remark, Spot
from ..edited.story import Layout, Story
from ..ooxml import MAIN, Package, parse, read_package, story_parts
from ..styles import Styles
from ..tags.language import FAILURES, GLOBALS, MAX_SECONDS, STEPS, language, unspent, weigh
from ..tags.plant import FORGED
from ..tags.problems import problem, refusal
from ..tags.shapes import ANY, TEXT, Mistake, Scope, mistakes, why
from ..tags.structure import Template as Made
from ..tags.structure import template_of
from .marks import drop_figures, next_id
from .pictures import NAME as PICTURES
from .session import NUMBERS, finalize

MAX_OUTPUT = 30_000_000  # characters of one rendered part
_BROKEN = (*FAILURES, SyntaxError)


@dataclass(frozen=True)
class CompiledPart:
    """One part as a Jinja template, and the tags that it can fail at."""

    template: Template
    layout: Layout
    next_id: int  # first free bookmark id
    bookmarks: bool  # has bookmarks of its own, which a loop may copy
    spots: tuple[tuple[Spot, str], ...]


@dataclass(frozen=True, eq=False)
class Compiled:
    """A template's package, and its parts with tags as Jinja templates.

    `found` is what is wrong with the tags whatever they name; with an error in it there are no `stories`.
    """

    name: str
    package: Package
    stories: Mapping[str, CompiledPart]
    styles: Styles
    names: frozenset[str]  # that the context must provide
    parts_of: frozenset[tuple[str, str]]  # 文字.总述 as (文字, 总述)
    found: tuple[Remark, ...]
    trees: tuple[tuple[nodes.Template, tuple[tuple[Spot, str], ...]], ...]


class Offer:
    """The names that a document offers to its templates, with the shape of each; equal only to itself."""

    def __init__(self, names: Scope) -> None:
        self.names = {**names, **dict.fromkeys(NUMBERS, TEXT), PICTURES: ANY}


class _Named(StrictUndefined):
    """Undefined value; its message holds the missing name and the available names, separated by U+001F."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        owner = self._undefined_obj
        keys = owner.keys() if isinstance(owner, Mapping) or hasattr(owner, "keys") else ()
        return "\x1f".join(map(str, (self._undefined_name, *keys)))


_ENV = language(finalize, undefined=_Named)


def load_template(path: Path) -> Compiled:
    """Reads, checks and compiles a template; an unchanged file (same time and size) is compiled once.

    Raises CannotRun if the file is missing or is not a plain .docx. Faults of its tags are in `found`.
    """
    stamp = path.stat() if path.is_file() else None
    try:
        return _compile(path, stamp.st_mtime_ns if stamp else 0, stamp.st_size if stamp else 0)
    except _BROKEN as e:
        raise CannotRun(f"模板“{path.name}”无法使用：{why(e)}。请用 Word 打开检查，另存一份再试。") from e


@lru_cache(maxsize=32)
def _compile(path: Path, _mtime: int, _size: int) -> Compiled:
    parts = read_package(path)
    stories: dict[str, CompiledPart] = {}
    names: set[str] = set()
    parts_of: set[tuple[str, str]] = set()
    found: list[Remark] = []
    trees = []
    for name in story_parts(parts):
        made = template_of(parse(parts[name], name, plain=True), name, _cleaned)
        found += made.found
        try:
            tree = _ENV.parse(made.tags)
            names |= meta.find_undeclared_variables(tree)
            if made.is_sound and (name == MAIN or made.touched):
                stories[name] = _part(made)
        except TemplateSyntaxError as e:  # what only the whole can show, such as a loop that sets `loop`
            spot, tag = _at(made.spots, e.lineno)
            found.append(problem("M05", spot, what=tag))
            continue
        trees.append((tree, made.spots))
        parts_of |= {(n.node.name, n.attr) for n in tree.find_all(nodes.Getattr) if isinstance(n.node, nodes.Name)}
    known, package = frozenset(names - set(GLOBALS)), Package(parts, stories)
    return Compiled(
        path.name, package, stories, Styles.of(parts), known, frozenset(parts_of), tuple(found), tuple(trees)
    )


def _part(made: Made) -> CompiledPart:
    tree = _ENV.parse(made.source)
    weigh(tree)
    bookmarks = "<w:bookmarkStart " in made.source
    return CompiledPart(_ENV.from_string(tree), made.layout, next_id(made.source), bookmarks, made.spots)


def _at(spots: tuple[tuple[Spot, str], ...], line: int) -> tuple[Spot, str]:
    """Returns the place and the tag on a line of the template."""
    return spots[min(max(line - 2, 0), len(spots) - 1)] if spots else (Spot(), "")


def _cleaned(xml: str) -> str:
    return drop_figures(FORGED.sub(lambda m: m[0] if m[0] in "\ue020\ue021" else "", xml))


@lru_cache(maxsize=64)
def faults(compiled: Compiled, offer: Offer) -> tuple[Remark, ...]:
    """Returns all that is wrong with a template of a document that offers these names, by part and paragraph."""
    found = list(compiled.found)
    faulty = {f.spot for f in found if f.is_error and f.spot.paragraph}  # a fault often makes others
    for tree, spots in compiled.trees:
        named = dict.fromkeys(_remark(m, spots, offer) for m in mistakes(tree, offer.names, _ENV))
        found += (f for f in named if f.spot not in faulty)
    parts = list(dict.fromkeys(f.spot.part for f in found))
    return tuple(sorted(found, key=lambda f: (parts.index(f.spot.part), f.spot.paragraph)))


def _remark(m: Mistake, spots: tuple[tuple[Spot, str], ...], offer: Offer) -> Remark:
    spot, tag = _at(spots, m.line)
    if m.code == "unknown":
        near = difflib.get_close_matches(m.name[:60], m.known, 1, 0.4)
        return problem("M08", spot, what=m.name, near=f"，最接近的名称是“{near[0]}”" if near else "")
    if m.code == "deep":
        return problem("M15", spot, what=tag)
    if m.code == "unsafe":
        return problem("M09", spot, what=m.name)
    return problem("M16", spot, what=tag, why=m.why)


def check_template(path: Path, known: Scope) -> list[Remark]:
    """Returns all mistakes of a template. `known`: the names that the document offers.

    Raises CannotRun if the file is not a plain .docx.
    """
    return list(faults(load_template(path), Offer(known)))


def refuse(compiled: Compiled, offer: Offer) -> None:
    """Raises CannotRun if a template has an error, with the sentences of `template check`."""
    found = faults(compiled, offer)
    if any(f.is_error for f in found):
        raise refusal(compiled.name, found)


def run(compiled: Compiled, part: str, context: Mapping[str, Any]) -> Story:
    """Renders one part. Raises CannotRun, with the place, for failing expressions and for output that is too big."""
    made = compiled.stories[part]
    return Story(_rendered(compiled, made, context), made.layout)


def _rendered(compiled: Compiled, part: CompiledPart, context: Mapping[str, Any]) -> str:
    made, size, spent = [], 0, unspent()
    try:
        for piece in part.template.generate({**context, STEPS: spent}):
            made.append(piece)
            size += len(piece)
            if size > MAX_OUTPUT:
                raise CannotRun(f"模板“{compiled.name}”生成的内容过大。请检查其中的循环。")
            if time.monotonic() > spent[1]:
                raise CannotRun(f"模板“{compiled.name}”{MAX_SECONDS}秒还没有生成完。请检查其中的循环。")
    except FAILURES as e:
        spot, tag = _failed(part, e)
        place = f"{spot}“{spot.text}”" if spot.paragraph else ""
        raise CannotRun(f"模板“{compiled.name}”{place}的标记“{tag}”算不出来：{_reason(e)}。请改正模板或台账。") from e
    return "".join(made)


def _failed(part: CompiledPart, error: BaseException) -> tuple[Spot, str]:
    """Returns the tag that an error comes from: its line in the template tells."""
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == "<template>"]
    return _at(part.spots, lines[-1] if lines else 0)


def _reason(error: BaseException) -> str:
    if not isinstance(error, UndefinedError):
        return why(error)
    name, *known = str(error.message).split("\x1f")
    near = difflib.get_close_matches(name, known, 1, 0.4)
    return f"没有名称“{name}”" + (f"，最接近的名称是“{near[0]}”" if near else "")
