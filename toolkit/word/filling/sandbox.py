"""Compiles templates once, runs them in Jinja's sandbox and reports their errors in Chinese."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ...errors import CannotRun
from ..edited.story import Layout, Story, annotate, check_whole, is_whole
from ..ooxml import MAIN, Package, find, parse, q, read_package, story_parts
from ..styles import Styles
from .marks import drop_figures, next_id
from .pictures import NAME as PICTURES
from .session import NUMBERS, finalize

MAX_OUTPUT = 30_000_000  # characters of one rendered part
CHUNK = 500  # output pieces between two checks of that limit
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_FORGED = re.compile("[\ue000-\ue01f]")
# Filters that return unescaped text, or text that is no longer what was counted.
_REFUSED_FILTERS = ("safe", "xmlattr", "urlize", "tojson", "striptags", "pprint", "attr")


@dataclass(frozen=True)
class CompiledPart:
    """One part as a Jinja template."""

    template: Template
    layout: Layout
    whole: bool  # every rendering is well-formed, so none has to be checked
    next_id: int  # first free bookmark id
    bookmarks: bool  # has bookmarks of its own, which a loop may copy


@dataclass(frozen=True)
class Compiled:
    """A template's package, and its parts with tags as Jinja templates; always includes the main part."""

    name: str
    package: Package
    stories: Mapping[str, CompiledPart]
    styles: Styles
    names: frozenset[str]  # that the context must provide
    parts_of: frozenset[tuple[str, str]]  # 文字.总述 as (文字, 总述)
    paragraphs: tuple[str, ...]  # plain text, to show the place of a mistake

    def where(self, name: str) -> str:
        """Returns the first paragraph that uses a name, cut to 60 characters; an empty string if none does."""
        for text in self.paragraphs:
            if any(name in tag for tag in _TAG.findall(text)):
                return text if len(text) <= 60 else text[:57] + "……"
        return ""


class _Named(StrictUndefined):
    """Undefined value; its message holds the missing name and the available names, separated by U+001F."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        owner = self._undefined_obj
        keys = owner.keys() if isinstance(owner, Mapping) or hasattr(owner, "keys") else ()
        return "\x1f".join(map(str, (self._undefined_name, *keys)))


def _environment() -> ImmutableSandboxedEnvironment:
    env = ImmutableSandboxedEnvironment(autoescape=True, undefined=_Named, finalize=finalize)
    env.globals = {name: env.globals[name] for name in ("range", "namespace")}
    for name in _REFUSED_FILTERS:
        env.filters.pop(name, None)
    return env


_ENV = _environment()
BUILT_IN = (*NUMBERS, PICTURES)  # names that every template may use
GLOBALS, FILTERS = frozenset(_ENV.globals), frozenset(_ENV.filters)  # what expressions may use


def parse_tags(source: str) -> nodes.Template:
    """Parses tags to a Jinja syntax tree. Raises TemplateSyntaxError."""
    return _ENV.parse(source)


def load_template(path: Path) -> Compiled:
    """Reads, checks and compiles a template; an unchanged file (same time and size) is compiled once.

    Raises CannotRun if the file is missing, is not a plain .docx, or has a mistake in a tag.
    """
    stamp = path.stat() if path.is_file() else None
    return _compile(path, stamp.st_mtime_ns if stamp else 0, stamp.st_size if stamp else 0)


@lru_cache(maxsize=32)
def _compile(path: Path, _mtime: int, _size: int) -> Compiled:
    parts = read_package(path)
    stories: dict[str, CompiledPart] = {}
    names: set[str] = set()
    parts_of: set[tuple[str, str]] = set()
    paragraphs: list[str] = []
    for name in story_parts(parts):
        root = parse(parts[name], name)
        texts = ["".join(str(t.text or "") for t in find(p, ".//w:t")) for p in root.iter(q("w:p"))]
        paragraphs += texts
        if name != MAIN and not any(mark in "".join(texts) for mark in ("{{", "{%", "{#")):
            continue
        source, layout = annotate(drop_figures(patched(parts[name])))
        try:
            tree = _ENV.parse(source)
            _refuse(tree, path.name)
            names |= meta.find_undeclared_variables(tree)
            parts_of |= {(n.node.name, n.attr) for n in tree.find_all(nodes.Getattr) if isinstance(n.node, nodes.Name)}
            stories[name] = CompiledPart(
                _ENV.from_string(tree), layout, _balanced(tree), next_id(source), "<w:bookmarkStart " in source
            )
        except TemplateSyntaxError as e:
            raise CannotRun(_syntax(path.name, texts, e)) from e
    known, package = frozenset(names - GLOBALS), Package(parts, stories)
    return Compiled(path.name, package, stories, Styles.of(parts), known, frozenset(parts_of), tuple(paragraphs))


def patched(part: bytes) -> str:
    """Returns a part's XML as docxtpl reads it: tags that Word split over runs are joined, forged marks removed."""
    patcher = DocxTemplate("")  # only for its patch_xml, which opens no file
    return _FORGED.sub("", patcher.patch_xml(part.decode("utf-8-sig")))


def _balanced(tree: nodes.Template) -> bool:
    """Returns whether every branch and loop holds whole elements, so that every rendering is well-formed."""
    known = (nodes.Output, nodes.If, nodes.For, nodes.Assign)
    bodies: list[list[nodes.Node]] = [tree.body]
    for body in bodies:
        xml = ""
        for node in body:
            if not isinstance(node, known):
                return False
            if isinstance(node, nodes.If):
                bodies += [node.body, *(e.body for e in node.elif_), node.else_]
            elif isinstance(node, nodes.For):
                bodies += [node.body, node.else_]
            elif isinstance(node, nodes.Output):
                xml += "".join(n.data if isinstance(n, nodes.TemplateData) else "x" for n in node.nodes)
        if xml and not is_whole(xml):
            return False
    return True


def _refuse(tree: nodes.Template, file: str) -> None:
    kinds = (nodes.EvalContextModifier, nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
    if any(True for _ in tree.find_all(kinds)):
        raise CannotRun(f"模板“{file}”用到了不允许的标签（autoescape、include、import、extends）。请删去该标签。")


def _syntax(file: str, paragraphs: Iterable[str], error: TemplateSyntaxError) -> str:
    """Returns the message that names the unreadable tag; a missing endif or endfor belongs to no single tag."""
    for text in paragraphs:
        for tag in re.findall(r"\{\{.*?\}\}", text):
            try:
                _ENV.parse(re.sub(r"[“”]", '"', tag))
            except TemplateSyntaxError:
                return f"模板“{file}”的标记“{tag}”写法有误（所在段落：“{text[:60]}”）。请改正后再试。"
    return (
        f"模板“{file}”的标记不配对或写法有误：{error.message}。"
        "请检查每个“{% if %}”都有“{% endif %}”、每个“{% for %}”都有“{% endfor %}”，括号成对。"
    )


def check_names(compiled: Compiled, known: Collection[str]) -> None:
    """Raises CannotRun if the template uses an unknown name, also in branches that are not taken."""
    lacking = [name for name in compiled.names if name not in known and name not in BUILT_IN]
    if lacking:
        listed = [*known, *BUILT_IN]
        raise CannotRun("\n".join(_unknown(compiled, name, listed) for name in sorted(lacking)))


def _unknown(compiled: Compiled, name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, [str(k) for k in known], 1, 0.4)
    hint = f"最接近的名称是“{near[0]}”。" if near else ""
    at = compiled.where(name)
    place = f"（所在段落：“{at}”）" if at else ""
    return f"模板“{compiled.name}”用到的名称“{name}”没有对应的数据{place}。{hint}请改正模板中的名称。"


def run(compiled: Compiled, part: str, context: Mapping[str, Any]) -> Story:
    """Renders one part. Raises CannotRun for unsafe or failing expressions and for output that is too big."""
    made = compiled.stories[part]
    rendered = _rendered(compiled, made, context)
    if not made.whole:
        check_whole(rendered, part)
    return Story(rendered, made.layout)


def _rendered(compiled: Compiled, part: CompiledPart, context: Mapping[str, Any]) -> str:
    made, size = [], 0
    try:
        pieces = part.template.generate(context)
        while some := list(islice(pieces, CHUNK)):
            made.append("".join(some))
            size += len(made[-1])
            if size > MAX_OUTPUT:
                raise CannotRun(f"模板“{compiled.name}”生成的内容过大。请检查其中的循环。")
    except SecurityError as e:
        raise CannotRun(f"模板“{compiled.name}”用到了不允许的写法（{e}）。请只写指标名和字段名。") from e
    except UndefinedError as e:
        raise CannotRun(_attribute(compiled, e)) from e
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as e:
        raise CannotRun(f"模板“{compiled.name}”计算出错：{e}。比较大小请用“名称.值”。") from e
    return "".join(made)


def _attribute(compiled: Compiled, error: UndefinedError) -> str:
    name, *known = str(error.message).split("\x1f")
    return _unknown(compiled, name, known)
