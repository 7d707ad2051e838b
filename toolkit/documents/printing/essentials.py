"""打印要件: what of a workbook is printed, signed and filed, without the ledgers behind it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...errors import CannotRun
from ...excel.changing.patch import patch
from ...excel.reading.read import read_book
from ...figures.printed import report_cells
from ...machine.msoffice import EXCEL
from ...model import Book, Catalog, Finding
from ...names import marked
from ...rows.submission import left_out_text
from ...standard.sheets import COVER, ESSENTIALS, REPORT
from ...submissions.source import Source, source_of
from .pages import PDF, need_program, to_pdf

OF_UNIT = (COVER, REPORT)
OF_CONSOLIDATED = (COVER, "指标汇总", "报送情况", "问题清单")
WITHOUT_PDF = "也可以把 -o 写成 .xlsx 文件：另存的工作簿只显示要件，打开后打印整个工作簿即可。"


@dataclass(frozen=True)
class Printed:
    """What was printed, and what the figures in it leave out."""

    path: Path
    sheets: tuple[str, ...]
    findings: tuple[Finding, ...]
    left_out: Mapping[str, int]  # rows that do not count, by reason

    def lines(self) -> list[str]:
        """Returns the result for the clerk."""
        rows = left_out_text(self.left_out)
        return [f"打印要件：{self.path}（{'、'.join(self.sheets)}）", *([f"{rows}。"] if rows else [])]


def print_beside(catalog: Catalog, path: Path) -> str:
    """Writes the PDF beside a workbook, and returns what to tell. Raises CannotRun as print_essentials."""
    made = print_essentials(catalog, path, marked(path.with_suffix(PDF[0]), ESSENTIALS))
    return "\n".join([f"{made.path.name}：{'、'.join(made.sheets)}。", *made.lines()[1:], "打开这个 PDF 打印、签字。"])


def print_essentials(catalog: Catalog, path: Path, target: Path, ledgers: bool = False) -> Printed:
    """Writes the sheets of a workbook that are printed: as a PDF, or as a workbook that shows no others.

    A unit's: front page and 报送表, with the figures of the rows that count in all its cells. A consolidated one: front
    page, figures, who has filed, findings. `ledgers` adds those with rows. Raises CannotRun if the workbook is neither
    or no program can make the PDF.
    """
    pdf = target.suffix.lower() in PDF
    if pdf:
        try:
            need_program(EXCEL)
        except CannotRun as e:
            raise CannotRun(f"{e}{WITHOUT_PDF}") from None
    book = read_book(path)
    source = source_of(catalog, book)
    sheets = _sheets(catalog, source, book, ledgers)
    changes = {}
    if source.kind == "unit" and REPORT in book.grids:
        changes = {REPORT: report_cells(book.grids[REPORT], source.figures.values(), ())}
    if pdf:
        with tempfile.TemporaryDirectory(prefix="dangjian-print-") as folder:
            copy = Path(folder) / f"{target.stem}{path.suffix.lower()}"
            patch(path, copy, changes, sheets)
            if to_pdf([copy], target.parent)[copy] is None:
                raise CannotRun(f"“{path.name}”没有转成 PDF。{WITHOUT_PDF}")
    else:
        patch(path, target, changes, sheets)
    return Printed(target, sheets, source.findings, source.left_out)


def _sheets(catalog: Catalog, source: Source, book: Book, ledgers: bool) -> tuple[str, ...]:
    wanted = OF_UNIT if source.kind == "unit" else OF_CONSOLIDATED
    concealed = {g.title for g in book.grids.values() if g.concealed}
    named = tuple(title for title in wanted if title not in concealed)
    if not ledgers:
        return named
    rows = source.submission.rows if source.submission else source.rows
    return (*named, *(x.title for name, x in catalog.ledgers.items() if rows.get(name)))
