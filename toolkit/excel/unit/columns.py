"""Derives the width, format, hint and validation of a field's cells from its declaration.

Excel's validation is a help for the clerk; the binding checks are in Python. Both follow the same declaration.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from ...model import Condition, Field, Ledger
from ...standard.sheets import NO, YES
from ..parts.layout import FIRST_ROW, LAST_ROW, PERIOD, in_words
from ..parts.pages import display_width

MESSAGE_LIMIT = 255  # Excel's limit, in characters
EARLIEST, LATEST = "DATE(1900,1,1)", "DATE(2100,12,31)"
EIGHT_DIGITS = 10**7  # a number from here on is a date typed like 20260305
WITH_YEAR = 6  # signs of a date from which on it tells its year
LARGE = 10**9
LONG_TEXT = 100  # from this maxLength on a column is wide and wraps
NARROWEST, WIDEST = 8, 40
ONE_LINE_TITLE = 2
_BY_TYPE = {"date": 12, "boolean": 8, "integer": 8, "number": 10}
NAME_WIDTH = 20  # of a reference, which holds the name of what it refers to
# Pixels at 100 % that the short view may fill on a screen of 1366: LibreOffice shows a side bar, and columns that
# are a tenth wider where it lacks the workbook's font.
SCREEN = 1130
OTHER_CELL = "OTHER"  # in the formula of a list: the cell of the row that decides what is listed
SMALLER = 90  # per cent of zoom, where the short view would fill more
FOLDED, FOLDED_TEXT = 12.0, 24.0  # characters of the columns that are folded away
LEAST_TEXT = {100: 14, SMALLER: 9}  # characters to which a wrapping column may shrink so that they fit
_SHOWN_CONDITION = 4  # most values of a condition that a hint lists before 等


def width(field: Field, values: Iterable[Any] = ()) -> float:
    """Returns the column width in characters, from the type, the title and the `values` of the column."""
    limit = field.constraints.maxLength or 0
    if limit > 500:
        return 80
    if field.foreignKey and field.type != "list":
        return NAME_WIDTH
    lines = 2 if len(field.title) > ONE_LINE_TITLE else 1
    title = 2 * -(-display_width(field.title) // (2 * lines)) + 4  # room for the filter button
    if field.type in _BY_TYPE and not field.constraints.enum:
        return max(_BY_TYPE[field.type], title)
    if limit >= LONG_TEXT:
        return 34
    shown = [*field.constraints.enum, *field.suggest, field.example, *values]
    content = max((display_width(in_words(v)) + 3 for v in shown if v is not None), default=0)
    return float(min(max(NARROWEST, title, content, min(limit // 2, 20)), WIDEST))


def widths(ledger: Ledger, rows: Iterable[Mapping[str, Any]] = ()) -> tuple[list[float], int]:
    """Returns the column widths in characters and the zoom in per cent with which the short view fits a screen.

    Where it would fill more, its texts get narrower and wrap.
    """
    rows = list(rows)
    made = [width(f, (r.get(f.name) for r in rows)) for f in ledger.fields]
    short = len(ledger.short)
    texts = [n for n, f in enumerate(ledger.fields[:short]) if "wrap" in parts(f)]
    for n, f in enumerate(ledger.fields[short:] if short else (), short):
        made[n] = FOLDED_TEXT if is_text(f) else FOLDED  # alike, so that neighbours share one entry
    for zoom, least in LEAST_TEXT.items():
        while sum(map(pixels, made[:short])) * zoom > SCREEN * 100:
            widest = max(texts, key=lambda n: made[n], default=None)
            if widest is None or made[widest] <= least:
                break
            made[widest] -= 1
        else:
            return made, zoom
    return made, SMALLER


def pixels(width: float) -> int:
    """Returns the pixels of a column of `width` characters."""
    return int(width * 7 + 5)


def is_text(field: Field) -> bool:
    """Whether the cells of the field hold words of any length."""
    return "left" in parts(field)


def parts(field: Field) -> tuple[str, ...]:
    """Returns the format parts (keys of styles.PARTS) of the field's data cells."""
    if field.type == "date":
        return ("boxed", "date")
    if field.type == "number":
        return ("boxed", "right")
    if field.type in ("integer", "boolean"):
        return ("boxed", "centre")
    if field.constraints.enum:
        return ("boxed", "centre", "wrap", "text")
    # Format "text" keeps leading zeros of codes and stops "3-5" from becoming a date.
    # Not every program can hold very long text in cells of that format.
    text = () if (field.constraints.maxLength or 0) > MESSAGE_LIMIT else ("text",)
    return ("boxed", "left", "wrap", *text)


def demand(field: Field) -> str:
    """Returns computed, required, conditional or optional, which is also the format part of the header cell."""
    if field.calc:
        return "computed"
    if field.constraints.required and field.default is None and not field.follows:
        return "required"
    return "conditional" if field.required_when or (field.constraints.required and field.follows) else "optional"


def hint(field: Field, ledger: Ledger | None = None) -> str:
    """Returns what a cell of this field should hold, beyond its title and the colour of it; "" or 255 characters."""
    said = [f"{_conditions(field, ledger)}时必填"] if field.required_when and not field.calc else []
    if field.description:
        said.append(field.description)
    elif field.default is not None and not field.calc:
        said.append(f"不填即为“{in_words(field.default)}”")
    if field.type == "list" and "分号" not in field.description:
        said.append("可填多个，用分号隔开")
    if field.type == "list" and (options := field.constraints.enum or field.suggest):
        said.append(f"可选：{'、'.join(options)}")
    text = "；".join(s.rstrip("。；") for s in said if s)
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
        return f"{title}为{'、'.join(str(in_words(v)) for v in values[:_SHOWN_CONDITION])}{more}"
    if title and c.op == "blank" and not c.value:
        return f"填了{title}"
    if title and c.op == "min" and c.value == 1:
        return f"{title}不是0"
    return f"{title}符合规定条件" if title else "符合规定条件"


# ------------------------------------------------------------------ validation


def options(field: Field) -> tuple[Any, ...]:
    """Returns the closed or open list of a drop-down; () for formula columns and cells with several values."""
    return () if field.type == "list" or field.calc else field.constraints.enum or field.suggest


def validation(
    field: Field, source: str | list[str], column: int, ledger: Ledger | None = None, first: int = FIRST_ROW
) -> dict[str, Any]:
    """Returns XlsxWriter's validation options for `field` in `column`, from row `first` (counted from 0) on.

    `source` is what Lists.source returns: the values of a drop-down, or the formula that lists them, or "".
    """
    if field.fits and ledger and isinstance(source, str):
        (other,) = field.fits
        cell = xl_rowcol_to_cell(first, ledger.fields.index(ledger.field(other)), col_abs=True)
        source = source.replace(OTHER_CELL, cell)
    rule = {"ignore_blank": True, **_rule(field, source, column, first)}
    about = "" if field.calc else hint(field, ledger)
    return {**rule, "input_message": about} if about else rule


def locked() -> dict[str, Any]:
    """Returns a rule that rejects all typing; used because tables on protected sheets cannot grow."""
    return {
        "validate": "custom",
        "value": "=FALSE",
        "ignore_blank": False,
        "error_message": "此格由公式得出，不用填。",
    }


def _rule(field: Field, source: str | list[str], column: int, first: int) -> dict[str, Any]:
    c = field.constraints
    if field.calc:
        return locked()
    if field.type == "boolean":
        return _stop("请选“是”或“否”。", validate="list", source=[YES, NO])
    if source:
        return _listed(field, source)
    if field.type == "date":
        return _dated(field, xl_rowcol_to_cell(first, column))
    if field.type in ("integer", "number"):
        low = -LARGE if c.minimum is None else c.minimum
        kind = "整数" if field.type == "integer" else "数字"
        limits = {"criteria": "between", "minimum": low, "maximum": c.maximum} if c.maximum is not None else {}
        return _stop(
            f"应为{kind}{_bounds(c.minimum, c.maximum)}，不带单位。",
            validate="integer" if field.type == "integer" else "decimal",
            **(limits or {"criteria": ">=", "value": low}),
        )
    if c.unique and first < LAST_ROW:
        return _unique(column, first)
    return {"validate": "any"}  # the checks tell of a text that is too long


def _stop(message: str, **rule: Any) -> dict[str, Any]:
    return {**rule, "error_type": "stop", "error_message": message}


def _listed(field: Field, source: str | list[str]) -> dict[str, Any]:
    if field.foreignKey:
        message = "不在名单中。填的是编码请按“是”。"
        return {"validate": "list", "source": source, "error_type": "warning", "error_message": message}
    if field.constraints.enum:
        return _stop("请从下拉列表中选。", validate="list", source=source)
    message = "不在常用名单中。确需使用请按“是”。"
    return {"validate": "list", "source": source, "error_type": "warning", "error_message": message}


def _dated(field: Field, cell: str) -> dict[str, Any]:
    """A real date, or one as people type it: 2026.3.5, 20260305, 3-5 of the period's year. A check makes it real.

    Only one comparison, because the formula of a validation has at most 255 characters.
    """
    year = f'IF(LEN({cell})<{WITH_YEAR},YEAR({PERIOD[1]})&"-","")'
    typed = f'DATEVALUE({year}&SUBSTITUTE({cell},".","-"))'
    day = f'IF(ISNUMBER({cell}),IF({cell}<{EIGHT_DIGITS},{cell},DATEVALUE(TEXT({cell},"0000-00-00"))),{typed})'
    low, high = PERIOD if field.in_year else (EARLIEST, LATEST)
    rule = {"validate": "custom", "value": f"=ABS({day}-({low}+{high})/2)<=({high}-{low})/2"}
    if field.in_year:  # the checks take rows of another period and tell of them; Excel must let them be typed
        message = "不是填报期间内的日期（如2026-3-5）。确是期外的请按“是”，该行不计入本期。"
        return {**rule, "error_type": "warning", "error_message": message}
    return _stop("应为日期，如2026-3-5。", **rule)


def _bounds(low: float | None, high: float | None) -> str:
    said = [f"不小于{low:g}" if low is not None else "", f"不大于{high:g}" if high is not None else ""]
    return "".join(f"，{s}" for s in said if s)


def _unique(column: int, first: int) -> dict[str, Any]:
    cell = xl_rowcol_to_cell(first, column)
    area = f"{xl_rowcol_to_cell(first, column, True, True)}:{xl_rowcol_to_cell(LAST_ROW, column, True, True)}"
    return _stop("与其他行重复，请改正。", validate="custom", value=f"=COUNTIF({area},{cell})=1")
