"""One ledger as a sheet: a header with a filter, an example, hints, drop-downs and validation."""

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
    is_hidden,
    key_field,
)
from ..parts.pages import display_width
from ..parts.styles import Styles
from .buttons import add_ledger_bar
from .columns import EIGHT_DIGITS, demand, parts, validation, widths
from .formulas import cached, calc_formula
from .lists import Lists

LINE_HEIGHT, MOST_LINES = 14.5, 28  # points; a row in Excel is at most 409 points high
TITLE_HEIGHT = 27
FROZEN_WIDTH = 34  # most characters of the columns that stay in view when scrolling
LEGEND = "从示例行下面填起；表头深红必填，橙色按条件必填。"
FOLDED = "收起的栏点上方“+”展开。"


def add_ledger_sheet(
    workbook: Workbook, styles: Styles, content: Content, ledger: Ledger, lists: Lists, home: str = COVER
) -> None:
    """Adds the ledger's sheet with its rows from `content`, whose formula columns are already computed.

    `home` is the sheet that the back link opens, or "".
    """
    sheet = workbook.add_worksheet(ledger.title, PlainFormulas)
    rows = content.rows.get(ledger.name, ())
    sizes, zoom = widths(ledger, rows)
    _columns(sheet, styles, ledger, sizes)
    _heading(sheet, styles, ledger, home)
    if content.buttons:
        add_ledger_bar(sheet, _frozen(ledger, sizes), TITLE_HEIGHT)
    _header(sheet, styles, ledger)
    _example(sheet, styles, ledger, sizes)
    looks = [styles.get(*inner(f), *(["computed"] if f.calc else [])) for f in ledger.fields]
    formulas = BLANK_ROWS if any(f.calc for f in ledger.fields) else 0
    for number, values in enumerate([*rows, *[{}] * formulas], FIRST_ROW):
        _row(sheet, looks, ledger, number, values, sizes)
    _doubts(sheet, styles, ledger, content, rows)
    _validate(sheet, ledger, lists)
    _signals(sheet, styles, ledger)
    _view_and_print(sheet, content, ledger, sizes)
    sheet.set_zoom(zoom)
    if is_hidden(content, ledger.name):
        sheet.hide()


def inner(field: Field) -> tuple[str, ...]:
    """Returns the format parts of a ledger's cell; gridlines take the place of borders."""
    return tuple(p for p in parts(field) if p != "boxed")


def _folds(ledger: Ledger) -> bool:
    return 0 < len(ledger.short) < len(ledger.fields)


def _columns(sheet: Worksheet, styles: Styles, ledger: Ledger, sizes: Sequence[float]) -> None:
    """Sets widths and formats, and folds away what is not in the short view; the sign to open it is over its end."""
    short = len(ledger.short) or len(ledger.fields)
    sheet.outline_settings(True, True, False, False)
    for col, (f, size) in enumerate(zip(ledger.fields, sizes, strict=True)):
        fold = {"level": 1, "hidden": True} if col >= short else {"collapsed": col == short - 1 and _folds(ledger)}
        # The format of the whole column applies to all cells that are empty now.
        sheet.set_column(col, col, size, styles.get(*inner(f)), fold)
    if _folds(ledger):  # LibreOffice looks for the sign behind the group
        sheet.set_column(len(sizes), len(sizes), None, None, {"collapsed": True})


def _heading(sheet: Worksheet, styles: Styles, ledger: Ledger, home: str) -> None:
    sheet.set_row(0, TITLE_HEIGHT, styles.get("hint"))
    sheet.write_string(0, 0, ledger.title, styles.get("sheet_title"))
    # The rows need their own format; that of the columns would wrap the hint inside one narrow cell.
    plain = styles.get("hint")
    sheet.set_row(1, 18, plain)
    if home:
        sheet.write_url(1, 0, f"internal:{quote_sheetname(home)}!A1", styles.get("link", font_size=9.5), f"返回{home}")
    sheet.write_string(1, 1 if home else 0, f"{ledger.description}{LEGEND}{FOLDED if _folds(ledger) else ''}", plain)


def _header(sheet: Worksheet, styles: Styles, ledger: Ledger) -> None:
    sheet.set_row(HEAD_ROW, 33)
    for col, f in enumerate(ledger.fields):
        sheet.write_string(HEAD_ROW, col, f.title, styles.get("head", "top", demand(f)))  # the filter's sign is below
    sheet.autofilter(HEAD_ROW, 0, LAST_ROW, len(ledger.fields) - 1)
    sheet.ignore_errors({"number_stored_as_text": xl_range(EXAMPLE_ROW, 0, LAST_ROW, len(ledger.fields) - 1)})


def _example(sheet: Worksheet, styles: Styles, ledger: Ledger, sizes: Sequence[float]) -> None:
    shown = {f.name: f.default if f.example is None else f.example for f in ledger.fields if not f.calc}
    shown[ledger.fields[0].name] = EXAMPLE
    _room(sheet, ledger, EXAMPLE_ROW, shown, sizes)
    for col, f in enumerate(ledger.fields):
        if shown.get(f.name) is not None:
            write_value(sheet, EXAMPLE_ROW, col, shown[f.name], styles.get(*inner(f), "example"))


def _row(
    sheet: Worksheet,
    looks: Sequence[Format],
    ledger: Ledger,
    number: int,
    values: Mapping[str, Any],
    sizes: Sequence[float],
) -> None:
    """Writes the cells that hold something; the format of an empty cell is that of its column."""
    if values:
        _room(sheet, ledger, number, values, sizes)
    for col, (f, style) in enumerate(zip(ledger.fields, looks, strict=True)):
        if f.calc:
            sheet.write_formula(number, col, calc_formula(ledger, f, number), style, cached(values.get(f.name)))
        elif values.get(f.name) not in (None, ""):
            write_value(sheet, number, col, values[f.name], style)


def _doubts(
    sheet: Worksheet, styles: Styles, ledger: Ledger, content: Content, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Colours the cells that a person should look at, and says why in a comment."""
    for (name, at, field), why in content.doubts.items():
        if name == ledger.name and find(ledger.fields, field):
            col = column(ledger, field)
            style = styles.get(*inner(ledger.field(field)), bg_color=look.AMBER)
            write_value(sheet, FIRST_ROW + at, col, rows[at].get(field), style)
            sheet.write_comment(FIRST_ROW + at, col, why, {"x_scale": 1.5})


def _room(sheet: Worksheet, ledger: Ledger, number: int, values: Mapping[str, Any], sizes: Sequence[float]) -> None:
    """Sets a row height that fits the wrapped texts of the short view, which LibreOffice does not do by itself."""
    seen = zip(ledger.fields, sizes[: len(ledger.short) or None], strict=False)
    lines = max(_lines(f, values.get(f.name), int(size)) for f, size in seen)
    if lines > 1:
        sheet.set_row(number, LINE_HEIGHT * min(lines, MOST_LINES))


def _lines(field: Field, value: Any, size: int) -> int:
    if "wrap" not in parts(field) or value is None:
        return 1
    room = size - 1
    return sum(max(1, -(-display_width(line) // room)) for line in str(in_words(value)).split("\n"))


def _validate(sheet: Worksheet, ledger: Ledger, lists: Lists) -> None:
    """Adds one rule for all columns with the same one."""
    alike: dict[str, list[int]] = {}
    for col, f in enumerate(ledger.fields):
        rule = validation(f, lists.source(f, ledger.name), 0, ledger, EXAMPLE_ROW)
        alike.setdefault(f.name if f.constraints.unique else repr(rule), []).append(col)
    for first, *others in alike.values():
        f = ledger.fields[first]
        # The range includes the example row, so that a row inserted below it is also validated.
        top = FIRST_ROW if f.constraints.unique else EXAMPLE_ROW
        rule = validation(f, lists.source(f, ledger.name), first, ledger, top)
        if rule["validate"] == "any" and "input_message" not in rule:
            continue
        rule["other_cells"] = [(top, col, LAST_ROW, col) for col in others]
        sheet.data_validation(top, first, LAST_ROW, first, rule)


def _signals(sheet: Worksheet, styles: Styles, ledger: Ledger) -> None:
    """Adds colours: 已核 is green, a 作废 row is struck through, a blank required cell in a started row is rose."""
    width_, last = len(ledger.fields), LAST_ROW
    pale = {
        "type": "formula",
        "criteria": f'=$A${EXAMPLE_ROW + 1}="{EXAMPLE}"',
        "format": styles.signal(bg_color=look.PALE),
    }
    sheet.conditional_format(EXAMPLE_ROW, 0, EXAMPLE_ROW, width_ - 1, pale)
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
    days = [n for n, f in enumerate(ledger.fields) if f.type == "date" and not f.calc]
    if days:  # 20260305 is no number of days, and would be shown as ####
        areas = [xl_range(FIRST_ROW, left, last, right) for left, right in _runs(days)]
        typed = {"type": "cell", "criteria": ">", "value": EIGHT_DIGITS, "format": styles.signal(num_format="0")}
        sheet.conditional_format(FIRST_ROW, days[0], last, days[0], typed | {"multi_range": " ".join(areas)})
    key = key_field(ledger)
    key_cell = xl_rowcol_to_cell(FIRST_ROW, column(ledger, key.name), col_abs=True)
    needed = [column(ledger, f.name) for f in ledger.fields if demand(f) == "required"]
    areas = [xl_range(FIRST_ROW, left, last, right) for left, right in _runs(needed)]
    blank = f'=AND({key_cell}<>"",{xl_rowcol_to_cell(FIRST_ROW, needed[0])}="")'
    rose = {"type": "formula", "criteria": blank, "format": styles.signal(bg_color=look.ROSE)}
    sheet.conditional_format(FIRST_ROW, needed[0], last, needed[0], rose | {"multi_range": " ".join(areas)})


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Returns the first and last of each run of consecutive numbers."""
    ends = [n for n in numbers if n + 1 not in numbers]
    return list(zip((n for n in numbers if n - 1 not in numbers), ends, strict=True))


def _view_and_print(sheet: Worksheet, content: Content, ledger: Ledger, sizes: Sequence[float]) -> None:
    sheet.freeze_panes(EXAMPLE_ROW, _frozen(ledger, sizes))
    sheet.hide_gridlines(0)  # on the screen and on paper: no cell needs a border
    sheet.set_tab_color(_tab(ledger))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)  # columns that are folded away are not printed
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.repeat_rows(HEAD_ROW)
    sheet.set_footer(footer(f"{content.unit.get('unit_name') or ''}　{ledger.title}"))
    sheet.set_selection(FIRST_ROW, 0, FIRST_ROW, 0)


def _frozen(ledger: Ledger, sizes: Sequence[float]) -> int:
    total, count = 0.0, 0
    for size in sizes:
        total += size
        if total > FROZEN_WIDTH:
            break
        count += 1
    return max(1, min(count, 2))


def _tab(ledger: Ledger) -> str:
    """Returns the tab colour: activities of the year, permanent registers, or ledgers of texts (without status)."""
    if find(ledger.fields, "status") is None:
        return look.TAB_WRITING
    return look.TAB_ACTIVITY if any(f.in_year for f in ledger.fields) else look.TAB_REGISTER
