"""The sheets of figures: every indicator for the whole tree of units, and for each unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ...figures.operations import Number
from ...figures.tree import Unit
from ...model import Figure, Indicator
from ...standard.sheets import NOT_APPLICABLE
from ...wording.change import before_words, change_words, growth_words
from ..parts.pages import FILTERED, height, pages, widths
from ..parts.styles import AMBER, DEEP_RED, GREY, INK, PALE, PERCENT, STONE, TAB_FRONT, WARM
from .tables import MISSING, SUMMARY, in_text
from .view import View

MATRIX, _MATRIX_TITLE = "单位指标", "各单位指标"
_SUMMARY = ("编号", "指标", "台账", "口径", "数值", "分子", "分母", "单位", "表述", "来源行数", "缺数单位")
_BEFORE, _BEFORE_WIDTHS = ("增减", "增幅"), (12, 12, 10)  # after 上年 or 上年同期
_SUMMARY_WIDTHS = (8, 40, 11, 7, 12, 10, 10, 7, 30, 10, 36)
_NAMED = 20  # most units without the number that are named; the rest are only counted
_LEAD = ("单位编码", "单位", "行别", "报送")
_LEAD_WIDTHS = (13, 34, 7, 9)
_HEAD = 4  # title, ledgers, indicators, measure words
OWN, SUBTOTAL = "本级", "小计"


def write_summary(view: View) -> None:
    """Writes 指标汇总: one line per indicator, for the root of the tree."""
    ws = view.sheet(SUMMARY, "汇总数、分子分母、表述、来源行数", TAB_FRONT)
    ledgers = view.c.catalog.ledgers
    get = view.styles.get
    heads = (*_SUMMARY, *((view.c.period.last_name, *_BEFORE) if view.c.before else ()))
    ws.add_table(
        0,
        0,
        max(1, len(view.top)),
        len(heads) - 1,
        {
            "name": "summary",
            "style": None,
            "columns": [{"header": title} for title in heads],
        },
    )
    ws.write_row(0, 0, heads, get("head", "required", "top"))
    by_ledger = sorted(view.top.values(), key=lambda f: list(ledgers).index(f.indicator.numerator.ledger))
    for r, figure in enumerate(by_ledger, 1):
        i = figure.indicator
        shade = {"bg_color": PALE} if r % 2 == 0 else {}
        text, wrapped = get("boxed", **shade), get("boxed", "left", "wrap", indent=1, **shade)
        ledger = ledgers[i.numerator.ledger].title
        for c, value in ((0, i.id), (2, ledger), (3, i.numerator.collect), (7, i.classifier)):
            ws.write_string(r, c, value, get("boxed", "centre", **shade))
        ws.write_string(r, 1, i.title, wrapped)
        _value(ws, r, 4, figure, view, shade, 1)
        for c, part in ((5, figure.numerator), (6, figure.denominator)):
            if i.denominator and part is not None and figure.state == "known":
                ws.write_number(r, c, part, get("boxed", "right", num_format=_format(part), indent=1, **shade))
            else:
                ws.write_blank(r, c, None, text)
        ws.write_string(r, 8, in_text(figure, view.words), wrapped)
        ws.write_number(r, 9, figure.cells, get("boxed", "right", indent=1, num_format="#,##0", **shade))
        ws.write_string(r, 10, _named(figure.missing), wrapped)
        if view.c.before:
            _compare(ws, r, figure, view, shade)
        texts = ((1, i.title), (8, in_text(figure, view.words)), (10, _named(figure.missing)))
        ws.set_row(r, height(*((t, _SUMMARY_WIDTHS[c] - 2) for c, t in texts)))
    widths(ws, [*_SUMMARY_WIDTHS, *(_BEFORE_WIDTHS if view.c.before else ())])
    ws.set_row(0, FILTERED)
    ws.freeze_panes(1, 2)
    pages(ws, 1, title=view.headed(SUMMARY))


def _compare(ws: Worksheet, row: int, figure: Figure, view: View, shade: Mapping[str, object]) -> None:
    """Writes last year's value and the change in words; blank where one of the two years is not known."""
    before, text = view.c.before.get(figure.indicator.name), view.styles.get("boxed", "centre", **shade)
    certain = figure.state == "known" and figure.value is not None and not figure.est
    said = ("", "", "")
    if before is not None:
        change = change_words(figure, before, view.words, "") if certain else ""
        said = (
            before_words(figure, before, view.words),
            change,
            growth_words(figure, before, view.words) if change else "",
        )
    for c, value in enumerate(said, len(_SUMMARY)):
        ws.write_string(row, c, value, text)


def _named(units: Sequence[str]) -> str:
    return "、".join(units[:_NAMED]) + (f"等{len(units)}个" if len(units) > _NAMED else "")


def _value(
    ws: Worksheet, row: int, column: int, figure: Figure, view: View, shade: Mapping[str, object], indent: int = 0
) -> None:
    """Writes a figure; not applicable, missing and zero get different texts and formats."""
    get = view.styles.get
    if figure.state == "missing":
        alarm = {**shade, "font_color": DEEP_RED, "bg_color": AMBER}
        ws.write_string(row, column, MISSING, get("boxed", "centre", **alarm))
    elif figure.state != "known":
        ws.write_string(row, column, NOT_APPLICABLE, get("boxed", "centre", **{**shade, "font_color": GREY}))
    elif figure.value is None:  # a rate with denominator 0
        ws.write_string(row, column, "—", get("boxed", "centre", **{**shade, "font_color": GREY}))
    else:
        ink = {} if figure.value else {"font_color": GREY}
        style = get("boxed", "right", num_format=number_format(figure), indent=indent, **{**shade, **ink})
        ws.write_number(row, column, figure.value, style)


def number_format(figure: Figure) -> str:
    """Returns the Excel number format: percent for a rate, else with 2 decimals if the value is not whole."""
    return PERCENT if figure.indicator.denominator else _format(figure.value)


def _format(value: Number | None) -> str:
    return "#,##0" if value is None or value == int(value) else "#,##0.00"


# ---------------------------------------------------------------- the matrix


def write_matrix(view: View) -> None:
    """Writes 单位指标: units in tree order; a unit with subordinate units has a subtotal row above its own row."""
    ws = view.of_units(MATRIX, "逐单位逐指标对照，上级单位有小计", TAB_FRONT)
    order = list(view.c.catalog.ledgers)
    indicators = sorted(view.c.catalog.indicators.values(), key=lambda i: order.index(i.numerator.ledger))
    _matrix_head(view, ws, indicators)
    status = {x.unit.code: x.status for x in view.c.covered}
    r = _HEAD
    for unit, level in view.c.tree.walk():
        if view.c.tree.children.get(unit.code):
            _matrix_row(view, ws, r, (unit, level, SUBTOTAL, ""), indicators, view.c.figures_of(unit.code))
            r += 1
            if status[unit.code] == "不要求":  # only groups units, does not report itself
                continue
            level += 1
        _matrix_row(view, ws, r, (unit, level, OWN, status[unit.code]), indicators, view.own.get(unit.code))
        r += 1
    widths(ws, [*_LEAD_WIDTHS, *(10 for _ in indicators)])
    ws.freeze_panes(_HEAD, len(_LEAD))
    pages(ws, _HEAD, title=view.headed(_MATRIX_TITLE))
    ws.set_print_scale(60)  # instead of one page wide, on which nothing would be readable
    ws.repeat_columns(0, 1)  # whose numbers they are, on every page


def _matrix_head(view: View, ws: Worksheet, indicators: Sequence[Indicator]) -> None:
    get = view.styles.get
    ws.set_row(0, 26)
    ws.write_string(0, 0, _MATRIX_TITLE, get("sheet_title"))
    ws.set_row(2, 74)
    for c, title in enumerate(_LEAD):
        ws.merge_range(1, c, 3, c, title, get("head", "required"))
    at = len(_LEAD)
    ledgers = view.c.catalog.ledgers
    for n, (name, found) in enumerate(groupby(indicators, key=lambda i: i.numerator.ledger)):
        group, start = list(found), at
        band = {"bg_color": WARM if n % 2 else STONE}
        for i in group:
            ws.write_string(2, at, i.title, get("head", "optional", "wrap", font_size=9, **band))
            ws.write_string(3, at, i.classifier, get("head", "hint", **band))
            at += 1
        # Not merged: a merged cell is drawn beyond the page on which it begins.
        line = {"text_wrap": False, "border": 0, "top": 1, "bottom": 1}
        head = get("head", "optional", "left", font_color=DEEP_RED, **line, **band)
        ws.write_string(1, start, ledgers[name].title, head)
        for c in range(start + 1, at):
            ws.write_blank(1, c, None, head)


def _matrix_row(
    view: View,
    ws: Worksheet,
    r: int,
    lead: tuple[Unit, int, str, str],
    indicators: Sequence[Indicator],
    found: Mapping[str, Figure] | None,
) -> None:
    unit, level, kind, status = lead
    shade: dict[str, object] = {"bold": True, "bg_color": WARM if level == 0 else PALE} if kind == SUBTOTAL else {}
    name = unit.name if kind == SUBTOTAL or not view.c.tree.children.get(unit.code) else f"{unit.name}（{OWN}）"
    get = view.styles.get
    ws.write_string(r, 0, unit.code, get("boxed", **shade))
    ws.write_string(r, 1, name, get("boxed", "left", indent=min(level, 15), **shade))
    ws.write_string(r, 2, kind, get("boxed", "centre", **shade))
    late = {"font_color": DEEP_RED} if status in ("缺报", "重复待定", "编码冲突") else {"font_color": INK}
    ws.write_string(r, 3, status, get("boxed", "centre", **{**shade, **late}))
    if found is None:
        _blank_row(ws, r, len(indicators), get("boxed", "centre", font_color=GREY, bg_color=STONE))
        return
    for c, i in enumerate(indicators, len(_LEAD)):
        _value(ws, r, c, found[i.name], view, shade)


def _blank_row(ws: Worksheet, r: int, count: int, style: Format) -> None:
    """Writes the row of a unit without submission: every figure is missing."""
    for c in range(len(_LEAD), len(_LEAD) + count):
        ws.write_string(r, c, MISSING, style)
