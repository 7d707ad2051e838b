"""Replaces the loops over paragraphs of ledgers in a template by the paragraphs themselves, as text with {{ }} names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path

from lxml import etree

from ..errors import CannotRun
from .ooxml import MAIN, XML_SPACE, dump, find, parse, q, read_package, write_package

LOOPS = "章"  # the name of the paragraphs in a template
_FOR = re.compile(rf"\{{%p for (\w+) in {LOOPS}\.(\w+) %\}}")
_OPENS, _ENDS = re.compile(r"\{%p (?:for|if) "), re.compile(r"\{%p end(?:for|if) %\}")
_CALLED = re.compile(r"【([^【】]{1,60})】")

Parts = Mapping[str, str]  # 标题 and 正文 of one paragraph


def unroll(template: Path, out: Path, chapters: Mapping[str, Sequence[Parts]]) -> None:
    """Writes `template` to `out` with `chapters` (by heading) in place of its loops over 章.

    Raises CannotRun if a loop is not as the product's templates write it: each tag in a paragraph of its own.
    """
    parts = read_package(template)
    root = parse(parts[MAIN], MAIN)
    body = find(root, "//w:body")[0]
    children = list(body)
    at = 0
    while at < len(children):
        found = _FOR.fullmatch(_text(children[at]))
        if not found:
            at += 1
            continue
        end = _end(children, at, template.name)
        inner = children[at + 1 : end]
        for made in _copies(inner, found[1], chapters.get(found[2], ())):
            children[at].addprevious(made)
        for old in children[at : end + 1]:
            body.remove(old)
        at = end + 1
    write_package({**parts, MAIN: dump(root)}, out)


def _text(element: etree._Element) -> str:
    return "".join(t.text or "" for t in find(element, ".//w:t")).strip() if element.tag == q("w:p") else ""


def _end(children: list[etree._Element], start: int, name: str) -> int:
    """Returns the position of the endfor that belongs to the loop at `start`."""
    depth = 0
    for n in range(start, len(children)):
        text = _text(children[n])
        depth += bool(_OPENS.match(text)) - bool(_ENDS.match(text))
        if not depth:
            return n
    raise CannotRun(f"模板“{name}”的“{_text(children[start])}”没有结束标记。请先改正模板。")


def _copies(inner: Sequence[etree._Element], name: str, found: Sequence[Parts]) -> Iterator[etree._Element]:
    for parts in found:
        for p in inner:
            made = deepcopy(p)
            for t in made.iter(q("w:t")):
                for key, text in parts.items():
                    t.text = (t.text or "").replace(f"{{{{ {name}.{key} }}}}", _CALLED.sub(r"{{ \1 }}", text))
                t.set(XML_SPACE, "preserve")
            yield made
