"""Derives the width, format, hint and validation of a field's cells from its declaration.

Excel's validation is a help for the clerk; the binding checks are in Python. Both follow the same declaration.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from ...model import Condition, Field, Ledger
from ...standard.sheets import NO, YES
from ..parts.layout import FIRST_ROW, LAST_ROW, PERIOD, in_words
from ..parts.pages import display_width

MESSAGE_LIMIT, TITLE_LIMIT = 255, 32  # Excel's limits, in characters
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
LARGE = 10**9
LONG_TEXT = 100  # from this maxLength on a column is wide and wraps
NARROWEST, WIDEST = 8, 40
ONE_LINE_TITLE = 4
_BY_TYPE = {"date": 13, "boolean": 9, "integer": 9, "number": 12}
_SHOWN_CONDITION = 4  # most values of a condition that a hint lists before 等


def width(field: Field, values: Iterable[Any] = ()) -> float:
    """Returns the column width in characters, from the type, the title and the `values` of the column."""
    limit = field.constraints.maxLength or 0
    if limit > 500:
        return 80
    lines = 2 if len(field.title) > ONE_LINE_TITLE else 1
    title = 2 * -(-display_width(field.title) // (2 * lines)) + 4  # room for the filter button
    if field.type in _BY_TYPE and not field.constraints.enum:
        return max(_BY_TYPE[field.type], title)
    if limit >= LONG_TEXT:
        return 34
    shown = [*field.constraints.enum, *field.suggest, field.example, *values]
    content = max((display_width(in_words(v)) + 3 for v in shown if v is not None), default=0)
    return float(min(max(NARROWEST, title, content, min(limit // 2, 20)), WIDEST))


def parts(field: Field) -> tuple[str, ...]:
    """Returns the format parts (keys of styles.PARTS) of the field's data cells."""
    if field.type == "date":
        return ("boxed", "date")
    if field.type == "number":
        return ("boxed", "right")
    if field.type in ("integer", "boolean"):
        return ("boxed", "centre")
    if field.constraints.enum:
        return ("boxed", "centre", "text")
    # Format "text" keeps leading zeros of codes and stops "3-5" from becoming a date.
    # Not every program can hold very long text in cells of that format.
    text = () if (field.constraints.maxLength or 0) > MESSAGE_LIMIT else ("text",)
    return ("boxed", "left", "wrap", *text)


def demand(field: Field) -> str:
    """Returns computed, required, conditional or optional, which is also the format part of the header cell."""
    if field.calc:
        return "computed"
    if field.constraints.required:
        return "required"
    return "conditional" if field.required_when else "optional"


def hint(field: Field, ledger: Ledger | None = None) -> str:
    """Returns the hint shown when a cell of this field is selected; at most 255 characters."""
    c = field.constraints
    demanded = {"computed": "自动计算，不用填", "required": "必填", "optional": "选填"}
    said = [demanded.get(demand(field)) or f"{_conditions(field, ledger)}时必填"]
    if field.default is not None and not field.calc:
        said.append(f"一般为“{in_words(field.default)}”")
    if field.description:
        said.append(field.description)
    said += [
        text
        for wanted, text in (
            (field.type == "date" and not field.calc, "格式如2026-03-05"),
            (field.type == "integer" and not c.enum and not field.calc, "只填整数，不带单位"),
            (field.type == "number" and not field.calc, f"只填数字，最多{field.decimals}位小数"),
            (field.type == "list", "可填多个，用分号“；”隔开"),
            (c.unique, "不得重复"),
            (c.maxLength, f"不超过{c.maxLength}字"),
        )
        if wanted
    ]
    if field.type == "list" and (options := c.enum or field.suggest):
        said.append(f"可选：{'、'.join(options)}")
    text = "；".join(s.rstrip("。；") for s in said) + "。"
    return text if len(text) <= MESSAGE_LIMIT else text[: MESSAGE_LIMIT - 1] + "…"


def _conditions(field: Field, ledger: Ledger | None) -> str:
    said = [_condition(c, ledger) for c in field.required_when]
    return "且".join(said)


def _condition(c: Condition, ledger: Ledger | None) -> str:
    names = {f.name: f.title for f in ledger.fields} if ledger else {}
    title = names.get(c.path)
    if title and c.op in ("eq", "in"):
        values = c.value if isinstance(c.value, tuple) else (c.value,)
        more = "等" if len(values) > _SHOWN_CONDITION else ""
        return f"“{title}”为{'、'.join(str(in_words(v)) for v in values[:_SHOWN_CONDITION])}{more}"
    if title and c.op == "blank" and not c.value:
        return f"填了“{title}”"
    return f"“{title}”符合规定条件" if title else "符合规定条件"


# ------------------------------------------------------------------ validation


def options(field: Field) -> tuple[Any, ...]:
    """Returns the closed or open list of a drop-down; () for formula columns and cells with several values."""
    return () if field.type == "list" or field.calc else field.constraints.enum or field.suggest


def validation(
    field: Field, source: str, column: int, ledger: Ledger | None = None, first: int = FIRST_ROW
) -> dict[str, Any]:
    """Returns XlsxWriter's validation options for `field` in `column`, from row `first` (counted from 0) on.

    `source` is the formula that lists the values of a drop-down, or "".
    """
    rule = _rule(field, source, column, first)
    return {
        "ignore_blank": True,
        "input_title": field.title[:TITLE_LIMIT],
        "input_message": hint(field, ledger),
        "error_title": field.title[:TITLE_LIMIT],
        **rule,
    }


def locked(title: str) -> dict[str, Any]:
    """Returns a rule that rejects all typing; used because tables on protected sheets cannot grow."""
    return {
        "validate": "custom",
        "value": "=FALSE",
        "ignore_blank": False,
        "error_title": title[:TITLE_LIMIT],
        "error_message": "此格由公式自动得出，不用填写。请按“取消”。",
    }


def _rule(field: Field, source: str, column: int, first: int) -> dict[str, Any]:
    c = field.constraints
    if field.calc:
        return locked(field.title)
    if field.type == "boolean":
        return _stop("只能选“是”或“否”。", validate="list", source=[YES, NO])
    if source:
        return _listed(field, source)
    if field.type == "date":
        return _dated(field)
    if field.type in ("integer", "number"):
        low, high = -LARGE if c.minimum is None else c.minimum, LARGE if c.maximum is None else c.maximum
        kind = "整数" if field.type == "integer" else "数字"
        return _stop(
            f"应为{kind}{_bounds(c.minimum, c.maximum)}，不带单位和文字。",
            validate="integer" if field.type == "integer" else "decimal",
            criteria="between",
            minimum=low,
            maximum=high,
        )
    if c.unique and first < LAST_ROW:
        return _unique(c.maxLength, column, first)
    if c.maxLength:
        return _stop(f"不超过{c.maxLength}字，请精简。", validate="length", criteria="<=", value=c.maxLength)
    return {"validate": "any"}


def _stop(message: str, **rule: Any) -> dict[str, Any]:
    return {**rule, "error_type": "stop", "error_message": message}


def _listed(field: Field, source: str) -> dict[str, Any]:
    if field.foreignKey:
        message = "没有这个编码，请从下拉列表中选；列表中没有的，先到被引用的表中登记。"
        return _stop(message, validate="list", source=source)
    if field.constraints.enum:
        return _stop("只能从下拉列表中选。", validate="list", source=source)
    message = "不在常用名单中。确需使用请按“是”，否则从下拉列表中选。"
    return {"validate": "list", "source": source, "error_type": "warning", "error_message": message}


def _dated(field: Field) -> dict[str, Any]:
    if field.in_year:
        low, high = (f"={name}" for name in PERIOD)
        said = "应为填报期间内的真实日期，格式如2026-03-05。期间见“封面”起始日期、截止日期。"
        return _stop(said, validate="date", criteria="between", minimum=low, maximum=high)
    said = "应为真实日期，格式如2026-03-05。"
    return _stop(said, validate="date", criteria="between", minimum=EARLIEST, maximum=LATEST)


def _bounds(low: float | None, high: float | None) -> str:
    said = [f"不小于{low:g}" if low is not None else "", f"不大于{high:g}" if high is not None else ""]
    return "".join(f"，{s}" for s in said if s)


def _unique(limit: int | None, column: int, first: int) -> dict[str, Any]:
    cell = xl_rowcol_to_cell(first, column)
    area = f"{xl_rowcol_to_cell(first, column, True, True)}:{xl_rowcol_to_cell(LAST_ROW, column, True, True)}"
    formula, said = f"COUNTIF({area},{cell})=1", "与其他行重复，请改正"
    if limit:
        formula, said = f"AND({formula},LEN({cell})<={limit})", f"{said}；不超过{limit}字"
    return _stop(f"{said}。", validate="custom", value=f"={formula}")
