"""One ledger as a sheet: an Excel table with an example, hints, drop-downs and validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname, xl_range, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ...model import Field, Ledger
from ...standard.sheets import COUNTED, COVER, EXAMPLE, VOID
from ..parts import styles as look
from ..parts.cells import PlainFormulas, footer, write_value
from ..parts.layout import (
    BLANK_ROWS,
    EXAMPLE_ROW,
    FIRST_ROW,
    HEAD_ROW,
    LAST_ROW,
    Content,
    column,
    find,
    in_words,
    key_field,
)
from ..parts.pages import display_width
from ..parts.styles import Styles
from .buttons import add_ledger_bar
from .columns import demand, parts, validation, width
from .formulas import cached, calc_column_formula, calc_formula, table_name
from .lists import Lists

PAGE_WIDTH = 250  # most characters across a landscape A4 page that are still readable
LINE_HEIGHT, MOST_LINES = 14.5, 28  # points; a row in Excel is at most 409 points high
TITLE_HEIGHT = 27
FROZEN_WIDTH = 34  # most characters of the columns that stay in view when scrolling
LEGEND = (
    "表头深红为必填，橙色为按条件必填，浅色为选填，灰色自动计算；点中单元格可看填写提示。"
    "示例行不计入，从它下面一行填起，一行一项。"
)


def add_ledger_sheet(
    workbook: Workbook, styles: Styles, content: Content, ledger: Ledger, lists: Lists, home: str = COVER
) -> None:
    """Adds the ledger's sheet with its rows from `content`, whose formula columns are already computed.

    `home` is the sheet that the back link opens, or "".
    """
    sheet = workbook.add_worksheet(ledger.title, PlainFormulas)
    rows = content.rows.get(ledger.name, ())
    last = FIRST_ROW + max(len(rows) + BLANK_ROWS // 3, BLANK_ROWS) - 1
    _columns(sheet, styles, ledger, rows)
    _heading(sheet, styles, ledger, home)
    if content.buttons:
        add_ledger_bar(sheet, _frozen(ledger), TITLE_HEIGHT)
    _table(sheet, styles, ledger, last)
    _example(sheet, styles, ledger)
    looks = [styles.get(*parts(f), *(["computed"] if f.calc else [])) for f in ledger.fields]
    for number in range(FIRST_ROW, last + 1):
        values = rows[number - FIRST_ROW] if number < FIRST_ROW + len(rows) else {}
        _row(sheet, looks, ledger, number, values)
    _validate(sheet, ledger, lists)
    _signals(sheet, styles, ledger)
    _view_and_print(sheet, content, ledger)


def _columns(sheet: Worksheet, styles: Styles, ledger: Ledger, rows: Sequence[Mapping[str, Any]]) -> None:
    for col, f in enumerate(ledger.fields):
        # The format of the whole column applies to rows that are added later.
        shared = styles.get(*(p for p in parts(f) if p != "boxed"))
        sheet.set_column(col, col, width(f, (r.get(f.name) for r in rows)), shared)


def _heading(sheet: Worksheet, styles: Styles, ledger: Ledger, home: str) -> None:
    sheet.set_row(0, TITLE_HEIGHT)
    sheet.write_string(0, 0, ledger.title, styles.get("sheet_title"))
    sheet.set_row(1, 18)
    # These cells need their own format; the column format would wrap the hint inside one narrow cell.
    plain = styles.get("hint")
    for col in range(len(ledger.fields)):
        sheet.write_blank(1, col, None, plain)
    if home:
        sheet.write_url(1, 0, f"internal:{quote_sheetname(home)}!A1", styles.get("link", font_size=9.5), f"返回{home}")
    sheet.write_string(1, 1 if home else 0, f"{ledger.description}{LEGEND}", plain)


def _table(sheet: Worksheet, styles: Styles, ledger: Ledger, last: int) -> None:
    columns = []
    for f in ledger.fields:
        options: dict[str, Any] = {"header": f.title, "header_format": styles.get("head", demand(f))}
        if f.calc:
            options["formula"] = calc_column_formula(ledger, f)
        columns.append(options)
    sheet.set_row(HEAD_ROW, 33)
    sheet.add_table(
        HEAD_ROW,
        0,
        last,
        len(ledger.fields) - 1,
        {"name": table_name(ledger), "style": look.TABLE_STYLE, "columns": columns},
    )
    # The cells hold the same formula with plain references, which LibreOffice copies downwards.
    sheet.ignore_errors(
        {
            "calculated_column": xl_range(EXAMPLE_ROW, 0, LAST_ROW, len(ledger.fields) - 1),
            "number_stored_as_text": xl_range(EXAMPLE_ROW, 0, LAST_ROW, len(ledger.fields) - 1),
        }
    )


def _example(sheet: Worksheet, styles: Styles, ledger: Ledger) -> None:
    shown = {f.name: f.default if f.example is None else f.example for f in ledger.fields if not f.calc}
    shown[ledger.fields[0].name] = EXAMPLE
    _room(sheet, ledger, EXAMPLE_ROW, shown)
    for col, f in enumerate(ledger.fields):
        write_value(sheet, EXAMPLE_ROW, col, shown.get(f.name), styles.get(*parts(f), "example"))


def _row(sheet: Worksheet, looks: Sequence[Format], ledger: Ledger, number: int, values: Mapping[str, Any]) -> None:
    if values:
        _room(sheet, ledger, number, values)
    for col, (f, style) in enumerate(zip(ledger.fields, looks, strict=True)):
        if f.calc:
            sheet.write_formula(number, col, calc_formula(ledger, f, number), style, cached(values.get(f.name)))
        else:
            write_value(sheet, number, col, values.get(f.name), style)


def _room(sheet: Worksheet, ledger: Ledger, number: int, values: Mapping[str, Any]) -> None:
    """Sets a row height that fits wrapped text, which LibreOffice does not do by itself."""
    lines = max(_lines(f, values.get(f.name)) for f in ledger.fields)
    if lines > 1:
        sheet.set_row(number, LINE_HEIGHT * min(lines, MOST_LINES))


def _lines(field: Field, value: Any) -> int:
    if "wrap" not in parts(field) or value is None:
        return 1
    room = int(width(field)) - 1
    return sum(max(1, -(-display_width(line) // room)) for line in str(in_words(value)).split("\n"))


def _validate(sheet: Worksheet, ledger: Ledger, lists: Lists) -> None:
    for col, f in enumerate(ledger.fields):
        rule = validation(f, lists.source(f, ledger.name), col, ledger)
        # The range includes the example row, so that a row inserted below it is also validated.
        first = FIRST_ROW if f.constraints.unique else EXAMPLE_ROW
        sheet.data_validation(first, col, LAST_ROW, col, rule)


def _signals(sheet: Worksheet, styles: Styles, ledger: Ledger) -> None:
    """Adds colours: 已核 is green, a 作废 row is struck through, a blank required cell in a started row is rose."""
    width_, last = len(ledger.fields), LAST_ROW
    if find(ledger.fields, "status"):
        col = column(ledger, "status")
        cell = xl_rowcol_to_cell(FIRST_ROW, col, col_abs=True)
        sheet.conditional_format(
            FIRST_ROW,
            0,
            last,
            width_ - 1,
            {
                "type": "formula",
                "criteria": f'={cell}="{VOID}"',
                "format": styles.signal(font_strikeout=True, font_color=look.GREY),
            },
        )
        sheet.conditional_format(
            FIRST_ROW,
            col,
            last,
            col,
            {
                "type": "cell",
                "criteria": "==",
                "value": f'"{COUNTED}"',
                "format": styles.signal(bg_color=look.GREEN, font_color=look.GREEN_INK),
            },
        )
    key = key_field(ledger)
    key_cell = xl_rowcol_to_cell(FIRST_ROW, column(ledger, key.name), col_abs=True)
    for f in ledger.fields:
        if f.constraints.required and f.default is None and f is not key and not f.calc:
            col = column(ledger, f.name)
            sheet.conditional_format(
                FIRST_ROW,
                col,
                last,
                col,
                {
                    "type": "formula",
                    "criteria": f'=AND({key_cell}<>"",{xl_rowcol_to_cell(FIRST_ROW, col)}="")',
                    "format": styles.signal(bg_color=look.ROSE),
                },
            )


def _view_and_print(sheet: Worksheet, content: Content, ledger: Ledger) -> None:
    sheet.freeze_panes(EXAMPLE_ROW, _frozen(ledger))
    sheet.hide_gridlines(2)
    sheet.set_tab_color(_tab(ledger))
    sheet.set_landscape()
    sheet.set_paper(9)
    # One page wide; a ledger that would be too small to read takes more pages. The first columns are not
    # repeated on each page: LibreOffice would take seconds longer to open the workbook.
    pages = -(-int(sum(width(f) for f in ledger.fields)) // PAGE_WIDTH)
    sheet.fit_to_pages(pages, 0)
    if pages > 1:
        sheet.print_across()
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.repeat_rows(HEAD_ROW)
    sheet.set_footer(footer(f"{content.unit.get('unit_name') or ''}　{ledger.title}"))
    sheet.set_selection(FIRST_ROW, 0, FIRST_ROW, 0)


def _frozen(ledger: Ledger) -> int:
    total, count = 0.0, 0
    for f in ledger.fields:
        total += width(f)
        if total > FROZEN_WIDTH:
            break
        count += 1
    return max(1, min(count, 2))


def _tab(ledger: Ledger) -> str:
    """Returns the tab colour: activities of the year, permanent registers, or ledgers of texts (without status)."""
    if find(ledger.fields, "status") is None:
        return look.TAB_WRITING
    return look.TAB_ACTIVITY if any(f.in_year for f in ledger.fields) else look.TAB_REGISTER
