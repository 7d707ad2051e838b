"""Conditions on rows as a clerk reads them: 类型＝走访慰问、老党员慰问；户数 不空."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..findings import perhaps
from ..standard.sheets import NO, YES
from ..standard.yamlmap import flow, from_flow

NEXT, OR = "；", "、"
_TAKEN = re.compile(r"[；;、＝=≠≥≤\n{}]|^\s|\s$")
# The sign of each operator; what stands after it is its value.
_SIGNS = {"eq": "＝", "in": "＝", "not": "≠", "not_in": "≠", "min": "≥", "max": "≤"}
# Operators that take no value, as words after the title: (operator, its argument).
_WORDS = {
    "为空": ("blank", True),
    "不空": ("blank", False),
    "在期内": ("in_period", True),
    "截至期末": ("by_period_end", True),
    "早于填报日": ("before_as_of", True),
}
_ITEM = re.compile(r"\s*(?P<path>[^＝=≠≥≤]+?)\s*(?:(?P<sign>[＝=≠≥≤])\s*(?P<value>.*)|\s(?P<word>\S+))\s*", re.DOTALL)


class Unreadable(Exception):
    """A cell that cannot be understood; the text says why, in Chinese."""


@dataclass(frozen=True)
class Titles:
    """The columns of all ledgers, by ledger: {name: (title, type)}, and where their references lead."""

    columns: Mapping[str, Mapping[str, tuple[str, str]]]
    references: Mapping[tuple[str, str], str]  # (ledger, field) -> ledger
    earlier: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (ledger, earlier title) -> field

    def shown(self, ledger: str, path: str) -> str:
        """Returns a path of field names as titles: org_id.org_type is 所属党组织.类别. Raises Unreadable."""
        made, at = [], ledger
        for name in path.split("."):
            made.append(self._column(at, name)[0])
            at = self.references.get((at, name), "")
        return ".".join(made)

    def path(self, ledger: str, shown: str) -> tuple[str, str]:
        """Returns the path of field names for titles or names, and the type of its last field. Raises Unreadable."""
        made, at, kind = [], ledger, ""
        for part in shown.split("."):
            name = self.name(at, part.strip())
            kind = self._column(at, name)[1]
            made.append(name)
            at = self.references.get((at, name), "")
        return ".".join(made), kind

    def name(self, ledger: str, title: str) -> str:
        """Returns the name of the field with this title or name. Raises Unreadable with the nearest title."""
        columns = self.columns.get(ledger, {})
        if title in columns:
            return title
        for name, (own, _) in columns.items():
            if own == title:
                return name
        if name := self.earlier.get((ledger, title), ""):
            return name
        raise Unreadable(f"没有栏目“{title}”{perhaps(title, [own for own, _ in columns.values()])}")

    def _column(self, ledger: str, name: str) -> tuple[str, str]:
        try:
            return self.columns[ledger][name]
        except KeyError:
            raise Unreadable(f"没有栏目“{name}”") from None


def shown(titles: Titles, ledger: str, where: Mapping[str, Any]) -> str:
    """Returns a filter of the standard as text; one that the text cannot hold is left as YAML in { }."""
    try:
        text = NEXT.join(_item(titles, ledger, path, test) for path, test in where.items())
        if read(titles, ledger, text) == where:
            return text
    except Unreadable:
        pass
    return flow(where)


def _item(titles: Titles, ledger: str, path: str, test: Any) -> str:
    title, (_, kind) = titles.shown(ledger, path), titles.path(ledger, path)
    tests = dict(test) if isinstance(test, Mapping) else {"in" if isinstance(test, list) else "eq": test}
    if len(tests) != 1:
        raise Unreadable(path)
    (op, value), word = *tests.items(), ""
    for word, meant in _WORDS.items():
        if meant == (op, value):
            return f"{title} {word}"
    if op not in _SIGNS:
        raise Unreadable(op)
    values = [_written(v, kind) for v in (value if isinstance(value, list) else [value])]
    return f"{title}{_SIGNS[op]}{OR.join(values)}"


def _written(value: Any, kind: str) -> str:
    text = (YES if value else NO) if isinstance(value, bool) else str(value)
    if not text or _TAKEN.search(text):
        raise Unreadable(text)
    return text


def read(titles: Titles, ledger: str, text: str) -> dict[str, Any]:
    """Returns the filter that a text says, {} for a blank one. Raises Unreadable."""
    if text.strip().startswith("{"):
        found = from_flow(text)
        if not isinstance(found, Mapping):
            raise Unreadable("花括号里的条件写得不对")
        return dict(found)
    made: dict[str, Any] = {}
    for item in filter(None, (part.strip() for part in re.split("[；;\n]", text))):
        path, test = _read(titles, ledger, item)
        if path in made:
            raise Unreadable(f"“{item}”：同一栏目写了两个条件")
        made[path] = test
    return made


def _read(titles: Titles, ledger: str, item: str) -> tuple[str, Any]:
    if (m := _ITEM.fullmatch(item)) is None:
        raise Unreadable(f"“{item}”不是条件。写法：栏目＝值，几个值用“{OR}”隔开；栏目 为空；栏目 不空；栏目≥数")
    path, kind = titles.path(ledger, m["path"])
    if m["word"]:
        if m["word"] not in _WORDS:
            raise Unreadable(f"“{m['word']}”不是条件。可用：{'、'.join(_WORDS)}")
        op, argument = _WORDS[m["word"]]
        return path, {op: argument}
    sign = m["sign"].replace("=", "＝")
    values = [_value(v.strip(), kind) for v in m["value"].split(OR)]
    if sign == "＝":
        return path, values if len(values) > 1 else values[0]
    if sign == "≠":
        return path, {"not_in": values} if len(values) > 1 else {"not": values[0]}
    if len(values) > 1:
        raise Unreadable(f"“{item}”：{sign}后面只能有一个数")
    return path, {"min" if sign == "≥" else "max": values[0]}


def _value(text: str, kind: str) -> Any:
    if not text:
        raise Unreadable("条件里缺少值")
    if kind == "boolean":
        if text not in (YES, NO):
            raise Unreadable(f"“{text}”应为“{YES}”或“{NO}”")
        return text == YES
    if kind in ("integer", "number"):
        try:
            number = float(text)
        except ValueError:
            raise Unreadable(f"“{text}”应为数字") from None
        return int(number) if number == int(number) else number
    return text


def fields(titles: Titles, ledger: str, shown_: str) -> Sequence[str]:
    """Returns the names of the fields that a cell lists by title. Raises Unreadable."""
    return [titles.name(ledger, t.strip()) for t in re.split("[、,，；;\n]", shown_) if t.strip()]
