"""Writes one workbook from all submissions: overview, figures, coverage, problems, and every row."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from xlsxwriter.workbook import Workbook

from ...machine.atomic import whole
from ...machine.guard import BOOK
from ...standard.sheets import COVER
from ..parts.layout import AS_TEXT
from ..unit.buttons import add_macros, has_buttons
from .bodies import fill_bodies
from .charts import write_charts
from .figuresheets import write_matrix, write_summary
from .overview import write_overview
from .registers import problem_sheets, write_coverage, write_problems
from .rowsheets import write_hidden, write_ledgers
from .view import ROWS_A_SHEET, View

if TYPE_CHECKING:
    from ...figures.consolidation import Consolidation


def write_consolidated(c: Consolidation, path: str | Path, rows_a_sheet: int = ROWS_A_SHEET) -> None:
    """Writes the consolidated workbook of `c` to `path`, completely or not at all; equal input gives equal bytes.

    Visible sheets: 封面, 图表, 指标汇总, 单位指标, 报送情况, 问题清单, and one per reported ledger with all rows,
    counted or not. Hidden sheets hold the rest of what toolkit/submissions/consolidated.py needs to recompute the
    figures. A ledger with more than `rows_a_sheet` rows continues on `<title>_2` and so on.

    A path that ends in .xlsm also gets buttons on 封面. Personal names (audience: unit), rows of ledgers that stay in
    the unit, and small sensitive head-counts are left out. Raises CannotRun if the file cannot be written.
    """
    data = BytesIO()
    with Workbook(data, AS_TEXT) as book:
        book.set_properties(
            {"title": f"{c.top.name}{c.period.name}党建工作台账汇总", "created": datetime(c.year, 1, 1)}
        )
        book.set_size(2400, 1400)
        view = View(c, book, rows_a_sheet)
        front = book.add_worksheet(COVER)
        write_charts(view)
        write_summary(view)
        write_matrix(view)
        write_coverage(view)
        problems = problem_sheets(view)
        write_ledgers(view)
        write_problems(view, problems)
        write_hidden(view)
        write_overview(view, front, has_buttons(path))
        if has_buttons(path):
            add_macros(book)
    with whole(path, BOOK) as target:
        fill_bodies(data, view.bodies, target)
