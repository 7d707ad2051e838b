"""The functions behind the buttons, one for each entry of excel/actions.py.

Each one reads the open workbook, calls the product's own functions and shows the result. Only xlwings' public API is
used, so the same code serves Excel and LibreOffice. Heavy modules are imported in the function that needs them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import xlwings as xw

from ..errors import CannotRun
from ..findings import counts, listed
from ..model import Book, Catalog, Submission
from ..names import file_name
from ..rows.submission import submission_of
from ..standard.catalog import load_catalog
from ..standard.sheets import CHOSEN_DOCUMENT, COVER, META, NOTICE, REPORT
from .entry import repeat_for_others as repeat_for_others
from .entry import repeat_row as repeat_row
from .entry import with_real_dates
from .open_book import clear_marks as clear
from .open_book import formulas_of, read_live, report, show, write_cells
from .printing import print_essentials as print_essentials
from .undo import undo as take_back
from .undo import write_undoable
from .working import TITLE, folder_of, working

if TYPE_CHECKING:
    from ..submissions.exchange.inbox import Inbox
    from ..submissions.source import Source

SHOWN = 12  # groups of findings that a message box lists


def _tell(book: xw.Book, text: str) -> None:
    """Shows `text` in a message box."""
    book.app.alert(text, TITLE)


def _submission(catalog: Catalog, book: xw.Book) -> Submission:
    """Returns the checked submission of the open workbook. Raises CannotRun if it is not a unit workbook."""
    return _usable(catalog, _read(catalog, book))


def _read(catalog: Catalog, book: xw.Book) -> Book:
    return read_live(book, (COVER, META, *(x.title for x in catalog.ledgers.values())))


def _usable(catalog: Catalog, book: Book) -> Submission:
    s = submission_of(catalog, book)
    if not s.rows and not s.unit:
        raise CannotRun("当前工作簿不是按台账标准制作的单位工作簿。")
    return s


# --------------------------------------------------------------- unit workbook


def check_all() -> None:
    """校验全部: checks all ledgers, marks the cells with findings and lists all findings on 校验结果."""
    with working("校验") as book:
        catalog = load_catalog()
        s = with_real_dates(book, _submission(catalog, book), _submission)
        show(book, s.findings, [COVER, *(x.title for x in catalog.ledgers.values())])
    book.app.status_bar = f"校验完成：{counts(s.findings, '，')}"


def check_sheet() -> None:
    """校验本表: checks the workbook, but marks and lists only the findings on the active sheet."""
    with working("校验") as book:
        title = book.sheets.active.name
        s = with_real_dates(book, _submission(load_catalog(), book), _submission)
        found = [f for f in s.findings if f.place.sheet == title]
        show(book, found, [title])
    book.app.status_bar = f"“{title}”校验完成：{len(found)}处问题"


def clear_marks() -> None:
    """清除标记: removes the marks and the list that a check added."""
    with working("清除标记") as book:
        done = clear(book)
    book.app.status_bar = f"已清除{done}处标记"


def approve() -> None:
    """核定: approves the error-free draft rows of the active ledger.

    If the active sheet is not a ledger with a status column, such as the front page, all ledgers are approved.
    """
    from ..rows.approval import plan_approval

    with working("核定") as book:
        catalog = load_catalog()
        read = _read(catalog, book)
        active = book.sheets.active.name
        titles = {x.title for x in catalog.ledgers.values() if any(f.name == "status" for f in x.fields)}
        done = plan_approval(catalog, _usable(catalog, read), read, [active] if active in titles else None)
        write_undoable(book, "核定", done.cells)
        if done.objections:
            show(book, done.objections, [x.title for x in catalog.ledgers.values()])
    more = "\n没有核定的行及原因全部列在“校验结果”。" if done.objections else ""
    _tell(book, "\n".join(done.lines(SHOWN)) + more)


def merge_slip() -> None:
    """并回退回单: writes the edited cells of the return slip beside the workbook into it; 更正次数 rises."""
    from ..submissions.exchange.returned import merge_returned

    with working("并回退回单") as book:
        catalog = load_catalog()
        path, done = merge_returned(catalog, _read(catalog, book), folder_of(book))
        write_undoable(book, "并回退回单", done.cells)
    again = "\n请点“校验全部”，没有错误后重新导出报送。" if done.changed else ""
    _tell(book, "\n".join([f"退回单：{path.name}", *done.lines(SHOWN)]) + again)


def undo() -> None:
    """撤销: puts back the cells that the last 核定 or 并回退回单 wrote."""
    with working("撤销") as book:
        what, done, changed = take_back(book)
    stay = (
        f"\n有{len(changed)}格后来又改过，没有动：{listed([str(p) for p in changed], SHOWN, '格')}" if changed else ""
    )
    _tell(book, f"已撤销“{what}”：恢复{done}格。{stay}")


def summarize() -> None:
    """汇总本单位: writes known figures into the cells of 报送表 that hold no formula.

    Raises CannotRun if the workbook cannot be digested.
    """
    from ..figures.printed import report_cells, unlike
    from ..submissions.reading import digested
    from ..submissions.source import digested_source

    with working("汇总") as book:
        catalog = load_catalog()
        read = digested(catalog, _submission(catalog, book))
        source = digested_source(catalog, read)
        grid = read_live(book, (REPORT,)).grids[REPORT]
        figures, formulas = source.figures.values(), formulas_of(book, REPORT)
        write_cells(book, {REPORT: report_cells(grid, figures, formulas)})
        wrong = [f.indicator.title for x, f in unlike(grid, figures) if (x.row, x.column) in formulas]
        book.sheets[REPORT].activate()
        counted = sum(map(len, read.counted.values()))
    said = f"已汇总：计入{counted}行，未计入{len(read.left_out)}行。数在“{REPORT}”表。"
    if wrong:
        said += (
            f"\n有{len(wrong)}个公式算出的数与计入的不同（{listed(wrong, SHOWN, '个')}）："
            "有错误或写法不规范的行公式算不准。请先校验、改正，再打印。"
        )
    _tell(book, said)


def make_document() -> None:
    """生成文档: writes the document chosen on the front page to the workbook's folder, as a .docx."""
    from ..submissions.source import unit_source

    with working("生成文档") as book:
        catalog = load_catalog()
        title = _right_of(book, CHOSEN_DOCUMENT)
        source = unit_source(catalog, _submission(catalog, book))
        said = _filled(book, title, source, file_name(str(source.unit["unit_short"]), ".docx", title))
    _tell(book, said)


def _filled(book: xw.Book, document: str, source: Source, name: str) -> str:
    """Fills `document` into the workbook's folder; returns what to tell."""
    from ..documents.fill import Look, fill
    from ..submissions.comparing.last import beside

    folder = folder_of(book)
    out = folder / name
    return "\n".join(fill(source.catalog, document, source, out, Look(last=beside(folder))).lines(out))


def _right_of(book: xw.Book, label: str) -> str:
    """Returns the first filled cell to the right of `label` on the front page. Raises CannotRun if there is none."""
    for row in read_live(book, (COVER,)).grids[COVER].cells:
        if label in row:
            value = next((v for v in row[row.index(label) + 1 :] if v), None)
            if value:
                return str(value)
    raise CannotRun(f"请先在封面“{label}”处选一种。")


def export() -> None:
    """导出报送件: writes a workbook without macros and personal names, and a .json manifest with its SHA-256.

    Raises CannotRun if there are errors and the front page states no waiver.
    """
    from ..submissions.exchange.export import export as run

    with working("导出报送件") as book:
        catalog = load_catalog()
        done = run(catalog, _submission(catalog, book), folder_of(book))
    _tell(book, "\n".join(done.lines()))


# ------------------------------------------------------- consolidated workbook


def _inbox(book: xw.Book) -> Inbox:
    """Returns the folder of a consolidated workbook, with the submissions in it."""
    from ..submissions.exchange.inbox import Inbox

    return Inbox(load_catalog(), folder_of(book))


def _outcome(inbox: Inbox) -> str:
    """Returns what an aggregation says on the command line, as much of it as a box can show, without the folder."""
    from ..submissions.rerun import Outcome

    said = "\n".join(Outcome.of(inbox.consolidation).lines(SHOWN))
    return said.replace(f"{inbox.folder}{os.sep}", "")


def import_submissions() -> None:
    """导入报送件: checks the submissions in the folder 报送件 and lists their findings on 校验结果."""
    with working("读入报送件") as book:
        inbox = _inbox(book)
        inbox.register()
        report(book, inbox.consolidation.findings)
        said = _outcome(inbox)
    _tell(book, f"{said}\n全部问题见“校验结果”；点“汇总”生成新的汇总工作簿。")


def aggregate() -> None:
    """汇总: writes a new consolidated workbook with buttons (.xlsm) to the workbook's folder."""
    with working("汇总") as book:
        inbox = _inbox(book)
        inbox.register()
        out = inbox.consolidate(Path(book.fullname))
        said = _outcome(inbox)
    _tell(book, f"已生成：{out.name}\n{said}")
    book.app.books.open(str(out))


def return_slips() -> None:
    """退回单: writes a return slip for every submission with errors, to the folder 退回单."""
    with working("生成退回单") as book:
        inbox = _inbox(book)
        made = inbox.slips()
    _tell(book, f"生成{len(made)}份退回单，在“退回单”文件夹。" if made else "没有需要退回的报送件。")


def make_summary() -> None:
    """生成总结: writes the document `summary` from the consolidated workbook."""
    _from_consolidated("summary")


def make_plan() -> None:
    """生成要点: writes the document `plan` from the consolidated workbook."""
    _from_consolidated("plan")


def _from_consolidated(document: str) -> None:
    """Fills `document` from the open consolidated workbook; the .docx goes to the workbook's folder."""
    from ..submissions.source import consolidated_source

    with working("生成文档") as book:
        catalog = load_catalog()
        source = consolidated_source(catalog, read_live(book))
        said = _filled(book, document, source, file_name(catalog.documents[document].title, ".docx"))
    _tell(book, said)


def make_template() -> None:
    """做模板: makes a template of each report in the folder 旧报告; a review sheet that people edited is obeyed."""
    from ..documents.drafting.folder import draft_folder, told

    with working("做模板") as book:
        made = draft_folder(load_catalog(), folder_of(book))
    _tell(book, told(made))


def adopt() -> None:
    """转旧台账: makes a workbook of each ledger in the folder 旧台账; a sheet of decisions that people edited is obeyed."""
    from ..adopting.folder import adopt_folder, told

    with working("转旧台账") as book:
        done = adopt_folder(load_catalog(), folder_of(book))
    _tell(book, told(done))


def notice() -> None:
    """通报: writes the notice on what units reported as a .docx beside the workbook, and its lines on the sheet 通报."""
    from ..documents.reporting.notice import notice_lines, write_notice
    from .result import show_notice

    with working("生成通报") as book:
        c = _inbox(book).consolidation
        out = folder_of(book) / file_name(c.top.short or c.top.name, ".docx", f"{c.period.name}报送情况通报")
        made = write_notice(c, out)
        show_notice(book, made)
    _tell(book, "\n".join([*notice_lines(made, out), f"逐家情况见“{NOTICE}”表。"]))


def remind() -> None:
    """到期提醒: writes notices, a sheet and a calendar of what is due to the folder 月提示单; of the unit, or of all units."""
    from datetime import date

    from ..documents.reporting.handouts import remind_beside
    from ..rows.cover import is_consolidated
    from ..submissions.aggregate import consolidate
    from ..submissions.reading import digested

    with working("到期提醒") as book:
        catalog = load_catalog()
        read = _read(catalog, book)
        one = None if is_consolidated(read) else digested(catalog, _usable(catalog, read))
        found = consolidate(catalog, [one]) if one else _inbox(book).consolidation
        said = list(remind_beside(found, folder_of(book), date.today()))
    _tell(book, "\n".join(said))


def show_help() -> None:
    """帮助: opens the handbook at what the active sheet is about, and shows the steps in a message box."""
    from .. import handbook

    book = xw.Book.caller()
    sheet = book.sheets.active.name
    topic = sheet if handbook.known(sheet) else "show_help"
    opened = "手册已在浏览器中打开。" if handbook.show(topic) else f"手册：{handbook.path_of(topic)}"
    _tell(
        book,
        "1. 填写台账，一次活动一行，先填“党组织”表。\n2. 点“校验全部”，按“校验结果”改正。\n"
        "3. 点“核定”，没有错误的行变为“已核”，只有这些行计入汇总。\n4. 在封面申报各台账有无内容，填写填报日期。\n"
        f"5. 点“导出报送件”，连同校验清单报送上级。\n{opened}",
    )
