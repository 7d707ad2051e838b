"""Describes what kind of value each template name has, and checks the tags by that, without any figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from jinja2 import Undefined, nodes, pass_context

from ...model import Figure
from .language import ALLOWED, FAILURES, GLOBALS, MAX_DEPTH, STEPS, Language, unspent
from .rows import GROUP, GROUPS

# Names behind the dot of a figure.
FORMS = {
    "数": "只印数字",
    "值": "供比较大小",
    "标题": "指标的名称",
    "上年": "上年的数，成文时给出上年的工作簿或报告",
    "同比": "比上年增减多少，成文时给出上年的工作簿或报告",
    "增减": "增加几次、减少几次，不写“比上年”，成文时给出上年的工作簿或报告",
    "增幅": "比上年增长百分之几，上年不到10的不印",
}


@dataclass(frozen=True)
class Shape:
    """Kind of a value, and the shapes of its parts."""

    kind: str  # figure, number, text, date, list, map, any
    title: str = ""
    item: Shape | None = None  # of a list
    keys: Mapping[str, Shape] = field(default_factory=dict)  # of a map


ANY, TEXT, NUMBER, DATE = Shape("any"), Shape("text"), Shape("number"), Shape("date")
_FORMS = dict.fromkeys(FORMS, TEXT) | {"值": NUMBER}
_WORDS = {"figure": "数", "number": "数", "text": "文字", "date": "日期", "list": "列表", "map": "一组值"}


def shape_of(value: Any) -> Shape:
    """Returns the shape of a value that a template may be given."""
    if isinstance(value, Figure):
        return Shape("figure", value.indicator.title, keys=_FORMS)
    if isinstance(value, Mapping):
        return Shape("map", keys={str(k): shape_of(v) for k, v in value.items()})
    if isinstance(value, (list, tuple)):
        return Shape("list", item=shape_of(value[0]) if value else ANY)
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return NUMBER
    return DATE if isinstance(value, date) else TEXT


@dataclass(frozen=True)
class Mistake:
    """One mistake in a template; `code` is unknown, unsafe, deep or fails."""

    line: int
    code: str
    name: str
    known: tuple[str, ...] = ()  # names that were possible
    why: str = ""


Scope = Mapping[str, Shape]
_ARITHMETIC = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow)
_PLAIN = (
    nodes.Const,
    nodes.TemplateData,
    nodes.Tuple,
    nodes.List,
    nodes.Dict,
    nodes.Pair,
    nodes.Keyword,
    nodes.Slice,
    nodes.CondExpr,
    nodes.Test,
    nodes.Concat,
    nodes.Not,
    nodes.Neg,
    nodes.Pos,
    nodes.And,
    nodes.Or,
)
_COMPUTED = (
    nodes.BinExpr,
    nodes.Compare,
    nodes.Filter,
    nodes.Call,
    nodes.Test,
    nodes.UnaryExpr,
    nodes.Getattr,
    nodes.Getitem,
)


def mistakes(tree: nodes.Template, known: Scope, language: Language) -> Iterator[Mistake]:
    """Yields unknown names, unknown parts of known ones, what is not allowed and what cannot be computed, by line."""
    checker = _Checker(language)
    checker.body(tree.body, dict(known))
    yield from sorted(checker.found, key=lambda m: m.line)


class _Checker:
    """Walks the tree; `found` is what is wrong."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.found: list[Mistake] = []

    def _say(self, node: nodes.Node, code: str, name: str, known: tuple[str, ...] = (), why: str = "") -> None:
        self.found.append(Mistake(node.lineno, code, name, known, why))

    def body(self, body: list[nodes.Node], scope: dict[str, Shape]) -> None:
        """Checks the nodes of one block; `scope` gains the names that it sets."""
        for node in body:
            if isinstance(node, nodes.For):
                self._loop(node, scope)
            elif isinstance(node, nodes.If):
                self.shape(node.test, scope)
                self.body([*node.body, *node.elif_, *node.else_], scope)
            elif isinstance(node, nodes.With):
                inner = dict(scope)
                for target, value in zip(node.targets, node.values, strict=True):
                    self._set(target, self.shape(value, scope), inner)
                self.body(node.body, inner)
            elif isinstance(node, nodes.Assign):
                self._set(node.target, self.shape(node.node, scope), scope)
            elif isinstance(node, nodes.Output):
                for part in node.nodes:
                    printed = self.shape(part, scope)
                    if printed.kind in ("list", "map"):
                        self._say(part, "fails", _name(part), why=f"这是{_WORDS[printed.kind]}，不能直接印出")
            else:
                self._say(node, "unsafe", type(node).__name__.lower())

    def _loop(self, node: nodes.For, scope: dict[str, Shape]) -> None:
        each = self.shape(node.iter, scope)
        if node.recursive:
            self._say(node, "unsafe", "recursive")
        if each.kind in ("figure", "number", "date"):
            self._say(node, "fails", _name(node.iter), why=f"这是{_WORDS[each.kind]}，不能逐项循环")
        inner = {**scope, "loop": ANY}
        targets = [node.target] if isinstance(node.target, nodes.Name) else list(node.target.iter_child_nodes())
        for target in targets:
            self._set(target, (each.item or ANY) if len(targets) == 1 else ANY, inner)
        if node.test:
            self.shape(node.test, inner)
        self.body(node.body, inner)
        self.body(node.else_, dict(scope))

    def _set(self, target: nodes.Node, value: Shape, scope: dict[str, Shape]) -> None:
        for each in [target] if isinstance(target, nodes.Name) else target.iter_child_nodes():
            if isinstance(each, nodes.Name) and not each.name.startswith("_"):
                scope[each.name] = value if each is target else ANY
            elif not isinstance(each, nodes.Name) or each.name != "_nothing":
                self._say(each, "unsafe", getattr(each, "name", "set"))

    def shape(self, node: nodes.Node, scope: Scope, depth: int = 0) -> Shape:
        """Returns the shape of an expression; notes the mistakes in it."""
        if depth > 4 * MAX_DEPTH:
            self._say(node, "deep", _name(node))
            return ANY
        if isinstance(node, nodes.Name):
            if node.name not in scope and node.name not in GLOBALS:
                self._say(node, "unknown", node.name, tuple(scope))
            return scope.get(node.name, ANY)
        if isinstance(node, nodes.Const):
            return self._constant(node)
        if _computable(node):
            return self._computed(node)
        if isinstance(node, nodes.Getattr | nodes.Getitem) and (name := _part(node)) is not None:
            return self._member(node, name, self.shape(node.node, scope, depth + 1))
        if isinstance(node, _ARITHMETIC):
            return self._arithmetic(node, scope, depth)
        if isinstance(node, nodes.Compare):
            self._compare(node, scope, depth)
            return ANY
        self._allowed(node)
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):  # loop.cycle
            parts = [*node.args, *node.kwargs]
        else:
            parts = list(node.iter_child_nodes())
        shapes = [self.shape(child, scope, depth + 1) for child in parts]
        if isinstance(node, nodes.Filter) and shapes and shapes[0].kind == "list":
            return self._filtered(node, shapes[0])
        if isinstance(node, nodes.CondExpr | nodes.And | nodes.Or):
            return shapes[0] if len({s.kind for s in shapes}) == 1 else ANY
        return TEXT if isinstance(node, nodes.Concat) else ANY

    def _filtered(self, node: nodes.Filter, rows: Shape) -> Shape:
        """Returns the shape of filtered rows; notes fields that they do not have."""
        known = (rows.item or ANY).keys
        fields: list[str] = [str(k.key) for k in node.kwargs] if node.name in ("筛选", "除去") else []
        if node.name in ("排序", "列举") and node.args and isinstance(node.args[0], nodes.Const):
            fields = [str(node.args[0].value)]
        for f in fields:
            if known and f not in known:
                self._say(node, "unknown", f, tuple(known))
        if key := GROUPS.get(node.name):
            return Shape("list", item=Shape("map", keys={key: TEXT, GROUP: rows}))
        return rows if node.name in ("筛选", "除去", "排序", "前") else ANY

    def _allowed(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Call):
            called = node.node
            cycle = isinstance(called, nodes.Getattr) and _name(called) == "loop.cycle"
            if (
                node.dyn_args
                or node.dyn_kwargs
                or not (cycle or (isinstance(called, nodes.Name) and called.name in GLOBALS))
            ):
                self._say(node, "unsafe", getattr(called, "attr", getattr(called, "name", "()")))
        elif isinstance(node, nodes.Filter):
            if node.name not in ALLOWED and not node.name.startswith("_"):
                self._say(node, "unsafe", f"|{node.name}")
        elif not isinstance(node, (*_PLAIN, nodes.Getitem)):
            self._say(node, "unsafe", type(node).__name__.lower())

    def _constant(self, node: nodes.Const) -> Shape:
        value = node.value
        if isinstance(value, str):
            if any("\ud800" <= c <= "\uf8ff" or (c < " " and c not in "\t\n") for c in value):
                self._say(node, "unsafe", ascii(value))
            return TEXT
        return NUMBER if isinstance(value, (int, float)) and not isinstance(value, bool) else ANY

    def _member(self, node: nodes.Getattr | nodes.Getitem, name: str, owner: Shape) -> Shape:
        if name.startswith("_"):
            self._say(node, "unsafe", name)
        elif owner.kind in ("map", "figure") and name not in owner.keys:
            self._say(node, "unknown", name, tuple(owner.keys))
        elif owner.kind in ("text", "number", "date") and not (owner.kind == "text" and name.lstrip("-").isdigit()):
            self._say(node, "unknown", name)
        return owner.keys.get(name) or (owner.item if owner.kind == "list" and name.isdigit() else None) or ANY

    def _computed(self, node: nodes.Node) -> Shape:
        """Computes an expression without names, to see whether that can be done."""
        before = len(self.found)
        self._say_unsafe(node)
        if len(self.found) > before:
            return ANY
        tree = nodes.Template([nodes.Output([node], lineno=1)], lineno=1)
        got: list[Any] = []
        try:
            env = self.language.overlay(finalize=None)
            tree.set_environment(env)
            env.finalize = _catch(got)
            env.from_string(tree).render({STEPS: unspent()})
        except FAILURES as e:
            self._say(node, "fails", _name(node), why=why(e))
            return ANY
        return shape_of(got[0]) if got else ANY

    def _say_unsafe(self, node: nodes.Node) -> None:
        for each in (node, *node.find_all(nodes.Node)):
            if isinstance(each, nodes.Const):
                self._constant(each)
            elif isinstance(each, nodes.Getattr):
                if each.attr.startswith("_"):
                    self._say(each, "unsafe", each.attr)
            elif not isinstance(each, (*_ARITHMETIC, nodes.Compare, nodes.Operand, nodes.Name)):
                self._allowed(each)

    def _arithmetic(self, node: nodes.Expr, scope: Scope, depth: int) -> Shape:
        sides = [self.shape(side, scope, depth + 1) for side in (node.left, node.right)]  # type: ignore[attr-defined]
        kinds = [s.kind for s in sides]
        if isinstance(node, nodes.Add) and kinds == ["text", "text"]:
            return TEXT
        for kind in kinds:
            if kind == "figure":
                self._say(node, "fails", _name(node), why="数要写明“.值”才能计算")
                return ANY
            if kind not in ("number", "any"):
                self._say(node, "fails", _name(node), why=f"{_WORDS[kind]}不能计算")
                return ANY
        return NUMBER

    def _compare(self, node: nodes.Compare, scope: Scope, depth: int) -> None:
        left = self.shape(node.expr, scope, depth + 1)
        for operand in node.ops:
            right = self.shape(operand.expr, scope, depth + 1)
            kinds = {_WORDS.get(s.kind, "") for s in (left, right)}
            year = operand.op in ("eq", "ne") and any(_digits(side) for side in (node.expr, operand.expr))
            if operand.op not in ("in", "notin") and len(kinds) == 2 and "" not in kinds and not year:
                self._say(node, "fails", _name(node), why=f"{_WORDS[left.kind]}不能与{_WORDS[right.kind]}比较")
            left = right


def _catch(got: list[Any]) -> Any:
    @pass_context
    def keep(context: Any, value: Any) -> str:
        if isinstance(value, Undefined):
            str(value)  # raises
        got.append(value)
        return ""

    return keep


def why(error: BaseException) -> str:
    """Returns in Chinese why an expression could not be computed."""
    if isinstance(error, ZeroDivisionError):
        return "除数为零"
    if isinstance(error, (RecursionError, MemoryError)):
        return "层数太多"
    said = str(error)
    return said if any("一" <= c <= "龥" for c in said) else "值的种类不对"


def _computable(node: nodes.Node) -> bool:
    """Returns whether an expression has no names but `range` and asks for some computing."""
    names = {n.name for n in node.find_all(nodes.Name)}
    return isinstance(node, _COMPUTED) and names <= set(GLOBALS)


def _digits(node: nodes.Node) -> bool:
    """Returns whether an expression is a text of digits, such as the year "2026"."""
    return isinstance(node, nodes.Const) and isinstance(node.value, str) and node.value.isdecimal()


def _part(node: nodes.Getattr | nodes.Getitem) -> str | None:
    """Returns the name behind the dot or in brackets; None if it is computed only at run time."""
    if isinstance(node, nodes.Getattr):
        return node.attr
    return str(node.arg.value) if isinstance(node.arg, nodes.Const) else None


def _name(node: nodes.Node) -> str:
    """Returns roughly how an expression was written."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_name(node.node)}.{node.attr}"
    if isinstance(node, nodes.Const):
        return repr(node.value)[:20]
    names = [_name(n) for n in node.find_all((nodes.Name, nodes.Const))]
    return "、".join(names[:4]) or type(node).__name__.lower()
