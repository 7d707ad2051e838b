"""The language of the tags: a small part of Jinja in a sandbox, with bounds on size, depth and work.

Nothing is computed while a template is compiled (docs/decisions/0018): constants are computed when they are
printed, within the same bounds as data.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from jinja2 import StrictUndefined, nodes, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError, TemplateError, TemplateRuntimeError
from jinja2.filters import do_round
from jinja2.lexer import Token
from jinja2.runtime import Context, markup_join
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .rows import FILTERS as ROWS

MAX_TOKENS = 100  # words and signs of one tag
MAX_DEPTH = 12  # brackets in brackets; also blocks in blocks
MAX_TEXT = 100_000  # characters of a computed text, items of a computed list
MAX_NUMBER = 10**30
MAX_RANGE = 1000
MAX_WORK = 2_000_000  # nodes computed in the loops of one part
MAX_SECONDS = 60  # for computing one part
STEPS = "_steps"  # name of the counter and the latest time in the context; no template can name it
COSTLY = 100  # nodes that a filter counts as

# Filters whose result is about as long as what they are given. `e` does nothing: all that is printed is escaped.
FILTERS = [
    "abs",
    "capitalize",
    "count",
    "d",
    "default",
    "dictsort",
    "e",
    "escape",
    "filesizeformat",
    "first",
    "float",
    "groupby",
    "int",
    "items",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "select",
    "selectattr",
    "sort",
    "string",
    "sum",
    "title",
    "trim",
    "truncate",
    "unique",
    "upper",
    "wordcount",
]
ALLOWED = (*FILTERS, *ROWS)  # all filters that templates may use
GLOBALS = ("range",)
# All that goes wrong when an expression of a template is computed.
FAILURES = (
    TemplateError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
    MemoryError,
)


def unspent() -> list[float]:
    """Returns the counter of work, and the latest time, for what is to be computed now."""
    return [0, time.monotonic() + MAX_SECONDS]


class TooMuch(TemplateRuntimeError):
    """A template computes more than its bounds allow."""


class _Generator(CodeGenerator):
    """Writes `~` as a call, so that its result can be bounded."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        """Writes the code of one `~`."""
        self.write("environment.joined((")
        for each in node.nodes:
            self.visit(each, frame)
            self.write(", ")
        self.write("))")


class Language(ImmutableSandboxedEnvironment):
    """Jinja with the bounds of this module."""

    code_generator_class = _Generator
    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "**", "%"))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Computes `left operator right` for numbers; `+` also joins texts. Raises TooMuch, or SecurityError."""
        texts = isinstance(left, str) and isinstance(right, str)
        if operator == "+" and texts:
            return self.joined((left, right))
        if isinstance(left, (str, list, tuple, dict)) or isinstance(right, (str, list, tuple, dict)):
            raise SecurityError("文字和列表不能计算")
        if operator == "**" and (abs(right) > 64 or abs(left) > 10**6):
            raise TooMuch("乘方太大")
        if isinstance(left, Decimal) or isinstance(right, Decimal):  # a Decimal does not compute with a float
            left, right = (Decimal(str(n)) if isinstance(n, float) else n for n in (left, right))
        result = super().call_binop(context, operator, left, right)
        if not abs(result) < MAX_NUMBER:
            raise TooMuch("得数太大")
        return result

    def joined(self, parts: Iterable[Any]) -> Any:
        """Returns texts as one. Raises TooMuch."""
        return bounded(markup_join(parts))


def bounded(made: Any) -> Any:
    """Returns a text if it is not too long. Raises TooMuch."""
    if len(made) > MAX_TEXT:
        raise TooMuch("得到的文字太长")
    return made


def _replace(text: Any, old: str, new: str, count: int | None = None) -> str:
    """Replaces within a text of bounded length; marks of figures are not touched."""
    if hasattr(text, "__html__"):
        raise SecurityError("数不能用 replace 改动")
    text, old, new = str(text), str(old), str(new)
    times = text.count(old) if count is None else min(count, text.count(old))
    if len(text) + times * len(new) > MAX_TEXT:
        raise TooMuch("得到的文字太长")
    made: str = text.replace(old, new, times)
    return made


def _join(value: Iterable[Any], between: str = "", attribute: str | None = None) -> Any:
    """Joins the items of a list; figures in it are printed as figures."""
    items = list(value)
    if attribute is not None:
        items = [item[attribute] for item in items]
    if len(items) * len(between) > MAX_TEXT:
        raise TooMuch("得到的文字太长")
    parts = [each for item in items for each in (between, item)][1:]
    return bounded(markup_join(parts))


def _round(value: Any, precision: int = 0, method: str = "common") -> Any:
    """Rounds a number to at most ten places."""
    if not 0 <= precision <= 10:
        raise TooMuch("round 最多10位小数")
    return do_round(value, precision, method)  # type: ignore[arg-type]


def _colour(value: Any) -> str:
    """Returns the colour of a cell, six hexadecimal digits. Raises ValueError."""
    text = str(value).strip().lstrip("#")
    if len(text) != 6 or not set(text) <= set("0123456789abcdefABCDEF"):
        raise ValueError(f"“{text[:20]}”不是颜色，颜色写六位十六进制数，如 FFC000")
    return text


def _columns(value: Any) -> int:
    """Returns the number of columns that a cell spans. Raises ValueError."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 63:
        raise ValueError(f"“{str(value)[:20]}”不是列数，列数写1至63的整数")
    return value


@pass_context
def _counted(context: Context, items: Any, cost: int) -> Iterator[Any]:
    """Yields the items of a loop and counts its work. Raises TooMuch."""
    steps = context.resolve(STEPS)
    for item in items:
        steps[0] += cost
        if steps[0] > MAX_WORK:
            raise TooMuch("循环的次数太多")
        if time.monotonic() > steps[1]:
            raise TooMuch(f"{MAX_SECONDS}秒还没有生成完")
        yield item


def _range(*args: int) -> range:
    made = range(*args)
    if len(made) > MAX_RANGE:
        raise TooMuch(f"range 最多{MAX_RANGE}项")
    return made


COUNTED, COLOUR, COLUMNS = "_counted", "_colour", "_columns"  # filters that only this product writes


def language(finalize: Callable[[Context, Any], Any] | None = None, **more: Any) -> Language:
    """Returns an environment; `finalize` says what is printed for a value."""
    # With a finalize that asks for the context Jinja computes no constant when it compiles; nor does it without optimizer.
    env = Language(
        autoescape=True,
        optimized=False,
        finalize=pass_context(finalize or _as_it_is),
        **{"undefined": StrictUndefined, **more},
    )
    env.globals = {"range": _range}
    env.filters = {name: env.filters[name] for name in FILTERS} | {
        "e": lambda value: value,
        "escape": lambda value: value,
        "replace": _replace,
        "join": _join,
        "round": _round,
        **ROWS,
        COUNTED: _counted,
        COLOUR: _colour,
        COLUMNS: _columns,
    }
    return env


def _as_it_is(context: Context, value: Any) -> Any:
    return value


def too_deep(tokens: Iterable[Token]) -> bool:
    """Returns whether a tag is longer or deeper than the parser may see."""
    depth = 0
    for n, token in enumerate(tokens):
        depth += {"lparen": 1, "lbracket": 1, "lbrace": 1, "rparen": -1, "rbracket": -1, "rbrace": -1}.get(
            token.type, 0
        )
        if n > MAX_TOKENS or depth > MAX_DEPTH:
            return True
    return False


def weigh(tree: nodes.Template) -> None:
    """Lets every loop of a tree count its work, in place."""
    for loop in list(tree.find_all(nodes.For)):
        cost = sum(COSTLY if isinstance(n, nodes.Filter) else 1 for n in loop.find_all(nodes.Node))
        loop.iter = nodes.Filter(loop.iter, COUNTED, [nodes.Const(cost)], [], None, None, lineno=loop.lineno)
    tree.set_environment(tree.environment)  # type: ignore[arg-type]
