"""The printable table of the unit's indicators, and the hidden sheet that identifies the workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ... import __version__
from ...model import Indicator
from ...standard.sheets import DECLARED, META, REPORT, REPORT_HEAD
from ..parts import styles as look
from ..parts.cells import PlainFormulas, footer
from ..parts.layout import Content, is_hidden
from ..parts.pages import display_width, page_breaks
from ..parts.styles import Styles
from .columns import locked
from .cover_sheet import CoverCells
from .formulas import cached, indicator_formula, indicator_value
from .lists import Lists
from .unclear import SAYS, unclear_formula, unclear_value

WIDTHS = (8, 10, 46, 15, 17)
LAST = len(WIDTHS) - 1
HEAD = 3
TOP = (34, 20, 28, 22)  # heights in points of title, unit, remark and head
LINE, TWO_LINES, SIGNED = 16.5, 31.5, 30
# Excel minds no page breaks of a sheet that it fits to pages; so the scale is told, and the pages by hand.
SCALE = 86  # per cent, at which WIDTHS fit A4 portrait
ROOM = 842  # points that a page surely takes at this scale
WITH_HEAD = 2  # lines that a group's head has below it on its page
NOT_APPLICABLE = "—"
REMARK = (
    "数值只计状态为“已核”的行。白底格由公式自动得出；灰底格须跨表或去重计算，由工具计算后填入。有错误的行公式照算，校验无误后再打印。"
    "空白表示该表尚未填写、也未申报。"
)
SIGNATURES = (("填报人", "审核人"), ("单位盖章", "日期"))


def add_report_sheet(workbook: Workbook, styles: Styles, content: Content, cells: CoverCells) -> None:
    """Adds the table of indicators; its number column has a formula if cell formulas can compute the indicator."""
    sheet = workbook.add_worksheet(REPORT, PlainFormulas)
    for col, w in enumerate(WIDTHS):
        sheet.set_column(col, col, w)
    _head(sheet, styles, content, cells)
    groups = [(name, list(g)) for name, g in groupby(_ordered(content), key=lambda i: i.numerator.ledger)]
    states = _states(groups)
    sheet.set_default_row(LINE)
    row, number = HEAD + 1, 0
    heights, kept = list[float](TOP), dict[int, int]()
    for name, group in groups:
        _group(sheet, styles, content, cells, row, name)
        heights.append(LINE)
        kept[row] = min(WITH_HEAD, len(group))
        row += 1
        for ind in group:
            number += 1
            _line(sheet, styles, content, states, row, number, ind)
            heights.append(TWO_LINES if display_width(ind.title) > WIDTHS[2] - 2 else LINE)
            if heights[-1] > LINE:
                sheet.set_row(row, heights[-1])
            row += 1
    sheet.data_validation(HEAD + 1, 3, row - 1, 3, locked())
    _signatures(sheet, styles, row)
    kept[row - WITH_HEAD] = WITH_HEAD + len(SIGNATURES)  # who signs sees lines above
    heights += [LINE, *(SIGNED for _ in SIGNATURES)]
    _view_and_print(sheet, content, page_breaks(heights, kept, ROOM, TOP[HEAD]))


def _ordered(content: Content) -> list[Indicator]:
    order = list(content.catalog.ledgers)
    return sorted(content.catalog.indicators.values(), key=lambda i: order.index(i.numerator.ledger))


def _states(groups: Sequence[tuple[str, Sequence[Indicator]]]) -> dict[str, str]:
    """Returns the cell of each ledger's state: the number column of the line above its indicators."""
    states, row = {}, HEAD + 1
    for name, group in groups:
        states[name] = xl_rowcol_to_cell(row, 3, row_abs=True, col_abs=True)
        row += 1 + len(group)
    return states


def _group(sheet: Worksheet, styles: Styles, content: Content, cells: CoverCells, row: int, name: str) -> None:
    """Writes the line above a ledger's indicators: its title, and whether its figures are known.

    It says how many cells of its rows the formulas cannot understand. The state is — for 不适用, 0 for 本年无, blank for an empty sheet that nobody declared, else 有.
    """
    look_, ledger = styles.get("group"), content.catalog.ledgers[name]
    for col in (1, 4):
        sheet.write_blank(row, col, None, look_)
    sheet.write_string(row, 0, ledger.title, look_)
    unclear = unclear_value(content.catalog, ledger, content.rows.get(name, ()))
    said = styles.get("group", "left", font_size=9, num_format=SAYS)
    sheet.write_formula(row, 2, unclear_formula(content.catalog, ledger), said, unclear)
    some, none, outside = DECLARED
    if name not in cells.declared:
        sheet.write_string(row, 3, some, look_)
        return
    said, filled = cells.declared[name], cells.filled[name]
    empty = NOT_APPLICABLE if is_hidden(content, name) else ""
    formula = f'IF({said}="{outside}","{NOT_APPLICABLE}",IF({said}="{none}",0,IF({filled}=0,"{empty}","{some}")))'
    value = _value_as_declared(some, content, name)
    sheet.write_formula(row, 3, f"={formula}", styles.get("group", "right", indent=1), value)


def _head(sheet: Worksheet, styles: Styles, content: Content, cells: CoverCells) -> None:
    year, name = content.unit.get("year"), content.unit.get("unit_name")
    sheet.set_row(0, TOP[0])
    sheet.merge_range(0, 0, 0, LAST, "", styles.get("title", "centre"))
    sheet.write_formula(
        0,
        0,
        f'={cells.unit["year"]}&"年度党建工作报送表"',
        styles.get("title", "centre"),
        f"{year or ''}年度党建工作报送表",
    )
    sheet.set_row(1, TOP[1])
    sheet.merge_range(1, 0, 1, LAST, "", styles.get("left", font_size=11))
    sheet.write_formula(
        1, 0, f'="填报单位："&{cells.unit["unit_name"]}', styles.get("left", font_size=11), f"填报单位：{name or ''}"
    )
    sheet.set_row(2, TOP[2])
    sheet.merge_range(2, 0, 2, LAST, REMARK, styles.get("hint", "left", "wrap"))
    sheet.set_row(HEAD, TOP[HEAD])
    for col, title in enumerate(REPORT_HEAD):
        sheet.write_string(HEAD, col, title, styles.get("head", "required"))


def _line(
    sheet: Worksheet,
    styles: Styles,
    content: Content,
    states: Mapping[str, str],
    row: int,
    number: int,
    ind: Indicator,
) -> None:
    sheet.write_number(row, 0, number, styles.get("boxed", "centre"))
    sheet.write_string(row, 1, ind.id, styles.get("boxed", "centre"))
    sheet.write_string(row, 2, ind.title, styles.get("boxed", "left", "wrap"))
    sheet.write_string(row, 4, ind.classifier, styles.get("boxed", "centre"))
    kind = ("percent",) if ind.denominator else ()
    formula = indicator_formula(content.catalog.ledgers, ind)
    if formula is None:
        sheet.write_blank(row, 3, None, styles.get("boxed", "right", *kind, indent=1, bg_color=look.STONE))
        return
    value = indicator_value(content.catalog.ledgers, ind, content.rows, content.context)
    for name in _ledgers_of(ind):
        if content.catalog.ledgers[name].declared and name in states:
            formula = f'IF({states[name]}="{DECLARED[0]}",{formula},{states[name]})'
            value = _value_as_declared(value, content, name)
    sheet.write_formula(row, 3, f"={formula}", styles.get("boxed", "right", *kind, indent=1), cached(value))


def _ledgers_of(ind: Indicator) -> Iterable[str]:
    """Returns the ledgers that an indicator reads, the numerator's last."""
    names = [m.ledger for m in (ind.denominator, ind.numerator) if m]
    return dict.fromkeys(names)


def _value_as_declared(value: Any, content: Content, name: str) -> Any:
    said = content.declared.get(name, "")
    if said == DECLARED[2] or (not said and is_hidden(content, name)):
        return NOT_APPLICABLE
    if said == DECLARED[1]:
        return 0
    return value if content.rows.get(name) else ""


def _signatures(sheet: Worksheet, styles: Styles, row: int) -> None:
    for left, right in SIGNATURES:
        row += 1
        sheet.set_row(row, SIGNED)
        sheet.merge_range(row, 0, row, 1, f"{left}：", styles.get("left", font_size=12))
        sheet.write_blank(row, 2, None, styles.get("signature"))
        sheet.write_string(row, 3, f"{right}：", styles.get("right", font_size=12))
        sheet.write_blank(row, 4, None, styles.get("signature"))


def _view_and_print(sheet: Worksheet, content: Content, breaks: list[int]) -> None:
    sheet.freeze_panes(HEAD + 1, 0)
    sheet.hide_gridlines(2)
    sheet.set_tab_color(look.TAB_FRONT)
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.set_print_scale(SCALE)
    sheet.set_h_pagebreaks(breaks)
    sheet.center_horizontally()
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
    sheet.repeat_rows(HEAD)
    sheet.set_footer(footer(str(content.unit.get("unit_name") or "")))


def add_standard_sheet(workbook: Workbook, content: Content, kind: str, lists: Lists) -> None:
    """Adds the hidden sheet: keys and values that identify the workbook in A and B, drop-down lists from D on."""
    sheet = workbook.add_worksheet(META, PlainFormulas)
    known = {
        "standard": content.catalog.title,
        "version": content.catalog.version,
        "product": __version__,
        "kind": kind,
        "unit_id": content.unit.get("unit_id"),
        "year": content.unit.get("year"),
    }
    for row, (key, value) in enumerate(known.items()):
        sheet.write_string(row, 0, key)
        if isinstance(value, int):
            sheet.write_number(row, 1, value)
        elif value is not None:
            sheet.write_string(row, 1, str(value))
    for values, (col, title) in lists.columns.items():
        sheet.write_string(0, col, title)
        for row, value in enumerate(values, 1):
            if isinstance(value, (int, float)):
                sheet.write_number(row, col, value)
            else:
                sheet.write_string(row, col, str(value))
    for col, pairs in lists.fitting.values():
        sheet.write_column(1, col, [value for value, _ in pairs])
        sheet.write_column(1, col + 1, [option for _, option in pairs])
    lists.define(workbook)
    sheet.hide()
