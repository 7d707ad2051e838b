"""The sheet of a workbook made from an old ledger that tells for every cell where it comes from."""

from __future__ import annotations

from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook

from ...standard.sheets import TAKEN_FROM
from ..parts.cells import PlainFormulas, legal
from ..parts.layout import FIRST_ROW, Content, column
from ..parts.listing import HEAD, begin, end
from ..parts.styles import TAB_REGISTER, Styles

_HEADS = ("台账", "单元格", "栏目", "值", "旧文件", "旧工作表", "旧单元格", "旧内容", "怎样取的")
_WIDTHS = (12, 9, 16, 34, 26, 20, 10, 40, 40)
HINT = "每一格从旧台账的哪一格来。行序以转换时为准：排序、增删行以后，请按“值”查找。本表不报送，核对完可以删去。"


def add_origin_sheet(workbook: Workbook, styles: Styles, content: Content) -> None:
    """Adds the sheet with one line for each cell that was taken; the new cell is a link."""
    sheet = workbook.add_worksheet(TAKEN_FROM, PlainFormulas)
    begin(sheet, styles, "来源", HINT, _HEADS, _WIDTHS, TAB_REGISTER)
    ledgers = {x.title: x for x in content.catalog.ledgers.values()}
    body = styles.get("body")
    for n, (title, row, name, *rest) in enumerate(content.origins, HEAD + 1):
        ledger = ledgers[title]
        cell = xl_rowcol_to_cell(FIRST_ROW + row, column(ledger, name))
        sheet.write_string(n, 0, title, body)
        if n < 20_000:  # a sheet holds 65,530 links
            sheet.write_url(n, 1, f"internal:{quote_sheetname(title)}!{cell}", styles.get("link"), cell)
        else:
            sheet.write_string(n, 1, cell, body)
        for at, text in enumerate((ledger.field(name).title, *rest), 2):
            sheet.write_string(n, at, legal(text), body)
    end(sheet, len(_HEADS), len(content.origins), frozen=3)
