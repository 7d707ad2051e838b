"""The buttons of a workbook: a bar on the front page and on each ledger, and the VBA that they call.

Only XlsxWriter writes such a workbook: libraries that load and save a workbook drop its buttons.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ..actions import ACTIONS, Action, offered
from ..parts.styles import PALE, WARM, Styles
from .columns import pixels

SUFFIX = ".xlsm"  # of a workbook with buttons
MODULE = "modMain"
PROJECT = Path(__file__).parents[1] / "vba" / "vbaProject.bin"
BAR_ROWS = 3  # on a front page: the buttons, a choice, a gap
BAR_HEIGHT, CHOICE_HEIGHT, GAP_HEIGHT = 57, 21, 6  # points
_LINES = 2  # of buttons: in one line LibreOffice would cut their captions
_BUTTON_HEIGHT, _GAP, _EDGE = 31, 6, 4  # pixels
_SMALL_WIDTH, _SMALL_HEIGHT = 90, 26


def has_buttons(path: str | Path) -> bool:
    """Returns whether a workbook with this name gets buttons (.xlsm)."""
    return Path(path).suffix.lower() == SUFFIX


def add_macros(workbook: Workbook) -> None:
    """Adds the VBA project. Call it after all sheets were added; the first sheet must be the front page."""
    workbook.add_vba_project(BytesIO(PROJECT.read_bytes()), is_stream=True)
    workbook.set_vba_name("ThisWorkbook")
    front, *others = workbook.worksheets()
    front.set_vba_name("Sheet1")
    for sheet in others:
        sheet.vba_codename = ""  # Excel assigns the names that the VBA project lacks


def add_front_bar(sheet: Worksheet, styles: Styles, kind: str, widths: Sequence[float]) -> None:
    """Adds the frozen bar with all actions of `kind` at the top of a front page; `widths` are its column widths."""
    for row, (height, colour) in enumerate(((BAR_HEIGHT, WARM), (CHOICE_HEIGHT, PALE))):
        sheet.set_row(row, height)
        for col in range(len(widths)):
            sheet.write_blank(row, col, None, styles.get(bg_color=colour))
    sheet.set_row(BAR_ROWS - 1, GAP_HEIGHT)
    actions = offered(kind)
    across = -(-len(actions) // _LINES)
    wide = (sum(map(pixels, widths)) - 2 * _EDGE + _GAP) // across
    for n, action in enumerate(actions):
        line, place = divmod(n, across)
        top = _EDGE + line * (_BUTTON_HEIGHT + _EDGE)
        _button(sheet, action, 0, _EDGE + place * wide, top, wide - _GAP, _BUTTON_HEIGHT)
    sheet.freeze_panes(BAR_ROWS - 1, 0)


def add_choice(sheet: Worksheet, styles: Styles, label: str, value: str, about: str, spans: Sequence[int]) -> None:
    """Writes the second row of the bar: a label, the input cell and a hint.

    `spans` holds the first column of each, and the last column. The label takes one cell, so the value is right of it.
    """
    first, chosen, said, last = spans
    sheet.write_string(1, first, label, styles.get("head", "required"))
    style = styles.get("boxed", "left", "bold", bg_color="#FFFFFF", indent=1)
    if said - chosen > 1:
        sheet.merge_range(1, chosen, 1, said - 1, value, style)
    else:
        sheet.write_string(1, chosen, value, style)
    sheet.merge_range(1, said, 1, last, about, styles.get("hint", "left", indent=1, bg_color=PALE))


def add_ledger_bar(sheet: Worksheet, col: int, height: float) -> None:
    """Adds the small bar of a ledger in its first row, `height` points high, starting at column `col`."""
    top = (round(height * 4 / 3) - _SMALL_HEIGHT) // 2
    for n, action in enumerate(a for a in ACTIONS if a.bar):
        _button(sheet, action, col, _EDGE + n * (_SMALL_WIDTH + _GAP), top, _SMALL_WIDTH, _SMALL_HEIGHT)


def _button(sheet: Worksheet, action: Action, col: int, left: int, top: int, width: int, height: int) -> None:
    sheet.insert_button(
        0,
        col,
        {
            "macro": f"{MODULE}.{action.name}",
            "caption": action.caption,
            "description": action.tip,
            "x_offset": left,
            "y_offset": top,
            "width": width,
            "height": height,
        },
    )
