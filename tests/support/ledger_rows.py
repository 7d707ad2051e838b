"""Rows of any ledger, built from what its fields declare: one clean row of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from toolkit.model import Catalog, Field, Ledger
from toolkit.rows.conditions import Context, where

from . import small_city

KIND = {"issue": "source", "org": "org_type", "develop": "stage", "plan": "state"}  # else: kind
DAY = date(small_city.YEAR, 3, 5)


def kinds(ledger: Ledger) -> tuple[str, ...]:
    """The kinds of rows that a ledger holds."""
    name = KIND.get(ledger.name, "kind")
    return next((f.constraints.enum for f in ledger.fields if f.name == name), ("",))


def row(catalog: Catalog, ledger: Ledger, kind: str) -> dict[str, Any]:
    """One counted row of a kind: what is required, each text with a name of its own."""
    values: dict[str, Any] = {f.name: f.default for f in ledger.fields if f.default is not None}
    if kind:
        values[KIND.get(ledger.name, "kind")] = kind
    for f in ledger.fields:
        if f.constraints.required and values.get(f.name) is None:
            values[f.name] = _value(f)
    values |= {k: v for k, v in {"status": "已核", "est": False}.items() if _has(ledger, k)}
    context = Context.of(small_city.unit("A001", "某某市测试局"))
    for f in (f for _ in range(2) for f in ledger.fields):
        if f.required_when and where(ledger, f.required_when)(values, context) and values.get(f.name) is None:
            values[f.name] = _value(f)
    return values | dict(_special(ledger, kind))


def _has(ledger: Ledger, name: str) -> bool:
    return any(f.name == name for f in ledger.fields)


def _value(f: Field) -> Any:
    if f.foreignKey:
        return "DZ001"
    if f.constraints.enum:
        return f.example or f.constraints.enum[0]
    if f.type in ("integer", "number"):
        return f.example or 2
    if f.type == "date":
        return f.example if isinstance(f.example, date) else DAY
    if f.type == "boolean":
        return True
    return f.example or f.suggest[0] if f.example or f.suggest else f"某{f.title}"


def _special(ledger: Ledger, kind: str) -> Iterator[tuple[str, Any]]:
    """What the rules of a ledger ask for beyond single fields."""
    if ledger.name == "org":
        yield from {"org_id": "DZ009", "org_name": "某机关党组织", "term_years": 5 if kind == "机关党委" else 3}.items()
    if ledger.name == "develop":
        yield from _development(kind)
    if ledger.name == "orglife":
        yield from {"due_n": 5, "present_n": 5, "lecturer_id": "P001"}.items()
    if ledger.name == "service" and kind == "结对认亲":
        yield "target_code", "H001"
    if ledger.name == "service" and kind == "走访慰问":
        yield "house_n", 2
    if ledger.name == "meeting":
        yield "covered_regions", "东区"


def _development(stage: str) -> Iterator[tuple[str, Any]]:
    """The dates that a stage must have, far enough apart."""
    begun = {"case_id": "F001", "rule_ver": "2014版", "apply_date": date(2024, 3, 4)}
    chosen = {"talk_date": date(2024, 3, 25), "activist_date": date(2024, 9, 12), "mentor_n": 2}
    next_ = {"half_review_n": 2, "target_date": date(2025, 11, 20)}
    taken = {
        "review_res": "合格",
        "train_days": 3,
        "prereview_date": date(2026, 2, 10),
        "accept_date": date(2026, 3, 6),
    }
    taken |= {"vote_due": 5, "vote_for": 5, "approve_date": date(2026, 4, 18)}
    long_ago = {k: v.replace(year=v.year - 1) for k, v in (chosen | next_ | taken).items() if isinstance(v, date)}
    full = {"full_apply": date(2026, 3, 6), "full_meet": date(2026, 3, 10), "full_approve": date(2026, 4, 1)}
    yield from begun.items()
    if stage == "入党积极分子":
        yield from {"talk_date": date(2025, 11, 3), "activist_date": date(2026, 4, 15), "mentor_n": 2}.items()
    if stage in ("发展对象", "预备党员", "正式党员"):
        yield from (chosen | next_).items()
    if stage in ("预备党员", "正式党员"):
        yield from taken.items()
    if stage == "正式党员":
        yield from (long_ago | full | {"apply_date": date(2023, 3, 4)}).items()
