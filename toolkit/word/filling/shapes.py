"""Describes what kind of value each template name has, and checks a template by that, without any figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from ...model import Figure
from .sandbox import FILTERS, GLOBALS
from .session import FORMS


@dataclass(frozen=True)
class Shape:
    """Kind of a value, and the shapes of its parts."""

    kind: str  # figure, text, list, map, any
    title: str = ""
    item: Shape | None = None  # of a list
    keys: Mapping[str, Shape] = field(default_factory=dict)  # of a map


ANY, TEXT = Shape("any"), Shape("text")


def shape_of(value: Any) -> Shape:
    """Returns the shape of a value that a template may be given."""
    if isinstance(value, Figure):
        return Shape("figure", value.indicator.title, keys=dict.fromkeys(FORMS, TEXT))
    if isinstance(value, Mapping):
        return Shape("map", keys={str(k): shape_of(v) for k, v in value.items()})
    if isinstance(value, (list, tuple)):
        return Shape("list", item=shape_of(value[0]) if value else ANY)
    return TEXT


@dataclass(frozen=True)
class Mistake:
    """One mistake in a template; `code` is unknown or unsafe."""

    line: int
    code: str
    name: str
    known: tuple[str, ...] = ()  # names that were possible


Scope = Mapping[str, Shape]


def mistakes(tree: nodes.Template, known: Scope) -> Iterator[Mistake]:
    """Yields unknown names, unknown parts of known ones, and what the sandbox would refuse, by line."""
    found: list[Mistake] = []
    _body(tree.body, dict(known), found)
    yield from sorted(found, key=lambda m: m.line)


def _body(body: list[nodes.Node], scope: dict[str, Shape], found: list[Mistake]) -> None:
    for node in body:
        if isinstance(node, nodes.For):
            each = _shape(node.iter, scope, found)
            inner = {**scope, "loop": ANY}
            targets = [node.target] if isinstance(node.target, nodes.Name) else list(node.target.iter_child_nodes())
            for target in targets:
                if isinstance(target, nodes.Name):
                    inner[target.name] = (each.item or ANY) if len(targets) == 1 else ANY
            _body([*node.body, *node.else_], inner, found)
        elif isinstance(node, nodes.If):
            _shape(node.test, scope, found)
            _body([*node.body, *node.elif_, *node.else_], scope, found)
        elif isinstance(node, nodes.Assign):
            value = _shape(node.node, scope, found)
            if isinstance(node.target, nodes.Name):
                scope[node.target.name] = value
        elif isinstance(node, nodes.Output):
            for part in node.nodes:
                _shape(part, scope, found)
        else:
            found.append(Mistake(node.lineno, "unsafe", type(node).__name__.lower()))


def _part(node: nodes.Getattr | nodes.Getitem) -> str | None:
    """Returns the name behind the dot or in brackets; None if it is computed only at run time."""
    if isinstance(node, nodes.Getattr):
        return node.attr
    return str(node.arg.value) if isinstance(node.arg, nodes.Const) else None


def _shape(node: nodes.Node, scope: Scope, found: list[Mistake]) -> Shape:
    """Returns the shape of an expression; adds the mistakes in it to `found`."""
    if isinstance(node, nodes.Name):
        if node.name not in scope and node.name not in GLOBALS:
            found.append(Mistake(node.lineno, "unknown", node.name, tuple(scope)))
        return scope.get(node.name, ANY)
    if isinstance(node, nodes.Getattr | nodes.Getitem) and (name := _part(node)) is not None:
        owner = _shape(node.node, scope, found)
        if name.startswith("_"):
            found.append(Mistake(node.lineno, "unsafe", name))
        elif owner.kind in ("map", "figure") and name not in owner.keys:
            found.append(Mistake(node.lineno, "unknown", name, tuple(owner.keys)))
        return owner.keys.get(name) or (owner.item if owner.kind == "list" and name.isdigit() else None) or ANY
    if isinstance(node, nodes.Call) and not (isinstance(node.node, nodes.Name) and node.node.name in GLOBALS):
        found.append(Mistake(node.lineno, "unsafe", getattr(node.node, "attr", getattr(node.node, "name", "()"))))
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        found.append(Mistake(node.lineno, "unsafe", f"|{node.name}"))
    for child in node.iter_child_nodes():
        _shape(child, scope, found)
    return ANY
