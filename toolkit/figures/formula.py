"""Describes an indicator's formula in Chinese: what is counted, on which sheet, under which conditions."""

from __future__ import annotations

from ..model import Catalog, Condition, Indicator, Measure, Roll
from ..standard.vocabulary import EXPECTED
from .digest import parts_of
from .operations import OPERATIONS

_FILTERS = {
    "eq": "{f}＝{v}",
    "in": "{f}＝{v}",
    "not": "{f}≠{v}",
    "not_in": "{f}≠{v}",
    "contains": "{f}含{v}",
    "min": "{f}≥{v}",
    "max": "{f}≤{v}",
    "not_after": "{f}不晚于{o}",
    "not_before": "{f}不早于{o}",
    "below": "{f}＜{o}",
    "above": "{f}＞{o}",
    "param": "{f}按封面“{p}”",
}
_YES_NO = {
    "blank": ("{f}为空", "{f}已填"),
    "in_period": ("{f}在填报期内", "{f}不在填报期内"),
    "by_period_end": ("{f}不晚于期末", "{f}晚于期末"),
    "before_as_of": ("{f}早于填报日", "{f}不早于填报日"),
}


def formula(catalog: Catalog, indicator: Indicator) -> str:
    """Returns e.g. 组织生活·行数，类型＝主题党日; for a ratio, numerator and denominator."""
    return "；".join(
        ("分母：" if key.endswith("/") else "") + _measure(catalog, m) for key, m in parts_of(indicator).items()
    )


def roll_formula(catalog: Catalog, roll: Roll) -> str:
    """Returns e.g. 组织生活·“主题议题”，类型＝主题党日."""
    field = f"“{_title(catalog, roll.ledger, roll.field)}”"
    ledger = catalog.ledgers[roll.ledger].title
    return "，".join([f"{ledger}·{field}", *(_condition(catalog, roll.ledger, w) for w in roll.where)])


def _measure(catalog: Catalog, m: Measure) -> str:
    ledger = catalog.ledgers[m.ledger]
    field, minus = (_title(catalog, m.ledger, path) if path else "" for path in (m.field, m.minus))
    taken = OPERATIONS[m.op].describe(field, minus)
    if m.op == EXPECTED:
        return taken
    return "，".join([f"{ledger.title}·{taken}", *(_condition(catalog, m.ledger, w) for w in m.where)])


def _condition(catalog: Catalog, ledger: str, w: Condition) -> str:
    title = _title(catalog, ledger, w.path)
    if w.op in _YES_NO:
        return _YES_NO[w.op][0 if w.value else 1].format(f=title)
    values = w.value if isinstance(w.value, tuple) else (w.value,)
    said = "/".join(("是" if v else "否") if isinstance(v, bool) else str(v) for v in values)
    other = _title(catalog, ledger, str(w.value))
    return _FILTERS[w.op].format(f=title, v=said, o=other, p=other)


def _title(catalog: Catalog, ledger: str, path: str) -> str:
    """Returns the title of a field (also across a reference) or of a value of the cover."""
    known = {f.name: f.title for f in catalog.unit} | {f.name: f.title for f in catalog.ledgers[ledger].fields}
    head, _, rest = path.partition(".")
    if not rest:
        return known.get(head, head)
    target = (catalog.ledgers[ledger].field(head).foreignKey or "").partition(".")[0]
    return f"{known.get(head, head)}的{catalog.ledgers[target].field(rest).title}"
