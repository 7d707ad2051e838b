"""The functions behind the buttons, one for each entry of excel/actions.py.

Each one reads the open workbook, calls the product's own functions and shows the result. Only xlwings' public API is
used, so the same code serves Excel and LibreOffice. Heavy modules are imported in the function that needs them.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import xlwings as xw

from ..errors import CannotRun
from ..findings import counts, findings_text
from ..machine.atomic import write_whole
from ..machine.guard import check_file, guarding
from ..model import Book, Catalog, Submission
from ..names import file_name, marked
from ..rows.submission import submission_of
from ..standard.catalog import load_catalog
from ..standard.sheets import CHOSEN_DOCUMENT, COVER, META, REPORT, USUAL_FOLDER
from ..submissions.reading import digested, read_submission
from .entry import repeat_for_others as repeat_for_others
from .entry import repeat_row as repeat_row
from .entry import with_real_dates
from .open_book import clear_marks as clear
from .open_book import read_live, report, show, write_cells
from .working import TITLE, working

if TYPE_CHECKING:
    from ..figures.consolidation import Consolidation

ROSTER, SLIPS, NOTICE = "单位名单.xlsx", "退回单", "通报"  # beside the consolidated workbook
SHOWN = 12  # groups of findings that a message box lists
JSON = (".json",)


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


def _folder(book: xw.Book) -> Path:
    """Returns the folder of the workbook. Raises CannotRun if the workbook has never been saved."""
    folder = Path(book.fullname).parent
    if not Path(book.fullname).is_absolute():
        raise CannotRun("请先保存工作簿，再点这个按钮。")
    return folder


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
        show(book, [f for f in s.findings if f.place.sheet == title], [title])
        found = [f for f in s.findings if f.place.sheet == title]
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
        write_cells(book, done.cells)
    _tell(book, "\n".join(done.lines(SHOWN)))


def summarize() -> None:
    """汇总本单位: writes known figures into the cells of 报送表 that hold no formula.

    Raises CannotRun if the workbook cannot be digested.
    """
    with working("汇总") as book:
        catalog = load_catalog()
        r = digested(catalog, _submission(catalog, book))
        if r.digest is None:
            raise CannotRun(findings_text(r.submission.findings))
        from ..submissions.source import unit_source

        figures = {f.indicator.id: f for f in unit_source(catalog, r.submission).figures.values()}
        sheet = book.sheets[REPORT]
        grid = read_live(book, (REPORT,)).grids[REPORT].cells
        head = next(n for n, row in enumerate(grid) if "编号" in row)
        code, value = grid[head].index("编号"), grid[head].index("数值")
        last = sheet.range((len(grid), value + 1))
        column = sheet.range((head + 2, value + 1), last)
        formulas = column.options(ndim=2).formula
        new = {}  # only these cells are written: a text in another cell may look like a formula
        for n, (row, (formula,)) in enumerate(zip(grid[head + 1 :], formulas, strict=True), head + 2):
            f = figures.get(str(row[code]))
            computed = not str(formula or "").startswith("=")
            if f is not None and computed and f.state == "known" and f.value is not None:
                new[n, value + 1] = float(f.value)
        write_cells(book, {REPORT: new})
        sheet.activate()
    _tell(book, f"已汇总：计入{r.digest.counted}行，未计入{r.digest.read - r.digest.counted}行。数在“{REPORT}”表。")


def make_document() -> None:
    """生成文档: writes the document chosen on the front page to the workbook's folder, as a .docx."""
    from ..documents.fill import fill
    from ..submissions.source import unit_source

    with working("生成文档") as book:
        catalog = load_catalog()
        title = _right_of(book, CHOSEN_DOCUMENT)
        source = unit_source(catalog, _submission(catalog, book))
        out = _folder(book) / file_name(str(source.unit["unit_short"]), ".docx", title)
        done = fill(catalog, title, source, out)
    _tell(book, f"已生成：{out}\n填入{done.printed}个数。")


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
    from ..excel.consolidated.consolidate import write_consolidated
    from ..submissions.aggregate import consolidate

    with working("导出报送件") as book:
        catalog = load_catalog()
        s = _submission(catalog, book)
        errors = [f for f in s.findings if f.is_error]
        if errors and not s.unit.get("waiver"):
            raise CannotRun(
                f"还有{len(errors)}处错误，未导出。请改正后再导出；确需先报的，在封面“带错报送原因”写明。\n{findings_text(errors, 5)}"
            )
        out = _folder(book) / file_name(str(s.unit["unit_id"]), ".xlsx", f"_{s.unit['year']}_报送件")
        check_file(out.with_suffix(JSON[0]), JSON)
        c = consolidate(catalog, [digested(catalog, s)])
        write_consolidated(c, out)
        manifest = {
            "file": out.name,
            "sha256": sha256(out.read_bytes()).hexdigest(),
            "unit_id": s.unit["unit_id"],
            "unit_name": s.unit["unit_name"],
            "year": s.unit["year"],
            "standard": catalog.version,
            **c.rows,
            "errors": len(errors),
            "waiver": s.unit.get("waiver"),
        }
        write_whole(out.with_suffix(JSON[0]), json.dumps(manifest, ensure_ascii=False, indent=1).encode(), JSON)
    _tell(book, f"已导出：{out}\n请连同同名的 .json 校验清单一并报送。")


# ------------------------------------------------------- consolidated workbook


def _consolidation(book: xw.Book) -> Consolidation:
    """Reads the submissions in the folder 报送件 beside the workbook and consolidates them.

    单位名单.xlsx beside it gives the expected units, if present. Raises CannotRun without the folder.
    """
    from ..excel.unit.roster import read_roster
    from ..submissions.aggregate import aggregate as run

    folder, roster = _folder(book) / USUAL_FOLDER, _folder(book) / ROSTER
    if not folder.is_dir():
        raise CannotRun(f"没有找到文件夹“{folder}”。请把各单位的报送件放进去，再点一次。")
    catalog = load_catalog()
    return run(catalog, [folder], read_roster(catalog, roster) if roster.exists() else ())


def import_submissions() -> None:
    """导入报送件: checks the submissions in the folder 报送件 and lists their findings on 校验结果."""
    with working("读入报送件") as book:
        c = _consolidation(book)
        report(book, c.findings)
    n = c.counts
    _tell(book, f"读入报送件：应报{n['应报']}家、实报{n['实报']}家。问题见“校验结果”；点“汇总”生成汇总工作簿。")


def aggregate() -> None:
    """汇总: writes a new consolidated workbook with buttons (.xlsm) to the workbook's folder.

    The suffix _新 keeps it from overwriting this workbook.
    """
    from ..excel.consolidated.consolidate import write_consolidated

    with working("汇总") as book:
        c = _consolidation(book)
        out = _folder(book) / file_name(c.top.short or c.top.name, ".xlsm", f"{c.year}年汇总")
        if out == Path(book.fullname):
            out = marked(out, "_新")
        with guarding([_folder(book) / USUAL_FOLDER]):
            write_consolidated(c, out)
    rows = c.rows
    _tell(book, f"已生成：{out}\n读入{rows['read']}行＝计入{rows['counted']}行＋未计入{rows['left_out']}行。")


def return_slips() -> None:
    """退回单: writes a return slip for every submission with errors in its rows, to the folder 退回单."""
    from ..submissions.check import write_slips

    with working("生成退回单") as book:
        catalog, c, folder = load_catalog(), _consolidation(book), _folder(book) / SLIPS
        wrong = dict.fromkeys(Path(f.place.file) for f in c.findings if f.is_error and f.place.row)
        made = write_slips(catalog, (read_submission(catalog, path) for path in wrong if path.exists()), folder)
    _tell(book, f"生成{len(made)}份退回单，在 {folder}。" if made else "没有需要退回的报送件。")


def make_summary() -> None:
    """生成总结: writes the document `summary` from the consolidated workbook."""
    _from_consolidated("summary")


def make_plan() -> None:
    """生成要点: writes the document `plan` from the consolidated workbook."""
    _from_consolidated("plan")


def _from_consolidated(document: str) -> None:
    """Fills `document` from the open consolidated workbook; the .docx goes to the workbook's folder."""
    from ..documents.fill import fill
    from ..submissions.source import consolidated_source

    with working("生成文档") as book:
        catalog = load_catalog()
        out = _folder(book) / file_name(catalog.documents[document].title, ".docx")
        done = fill(catalog, document, consolidated_source(catalog, read_live(book)), out)
    _tell(book, f"已生成：{out}\n填入{done.printed}个数。" + (f"\n{done.coverage}" if done.coverage else ""))


def make_template() -> None:
    """做模板: makes a template of each report in the folder 旧报告; a review sheet that people edited is obeyed."""
    from ..documents.drafting.folder import draft_folder, told

    with working("做模板") as book:
        made = draft_folder(load_catalog(), _folder(book))
    _tell(book, told(made))


def notice() -> None:
    """通报: lists on the sheet 通报 the units that have not reported, reported late or have errors."""
    with working("生成通报") as book:
        c = _consolidation(book)
        lines = [
            (x.unit.name, x.status, x.digest.errors if x.digest else "", x.note)
            for x in c.covered
            if x.status != "已报" or (x.digest and x.digest.errors)
        ]
        if NOTICE in book.sheet_names:
            book.sheets[NOTICE].delete()
        sheet = book.sheets.add(NOTICE, after=book.sheets[len(book.sheet_names) - 1])
        n = c.counts
        for first, last in ((1, 2), (4, 4)):  # a unit's name must not become a formula
            sheet.range((1, first), (len(lines) + 2, last)).number_format = "@"
        sheet["A1"].value = f"{c.year}年报送情况通报：应报{n['应报']}家、实报{n['实报']}家、迟报{n['迟报']}家"
        sheet.range((2, 1), (len(lines) + 2, 4)).value = [("单位", "情况", "错误数", "说明"), *lines]
        sheet.activate()
    _tell(book, f"已列出{len(lines)}家，见“{NOTICE}”表。")


def show_help() -> None:
    """帮助: shows a short guide in a message box."""
    _tell(
        xw.Book.caller(),
        "1. 填写台账，一次活动一行，先填“党组织”表。\n2. 点“校验全部”，按“校验结果”改正。\n"
        "3. 点“核定”，没有错误的行变为“已核”，只有这些行计入汇总。\n4. 在封面申报各台账有无内容，填写填报日期。\n"
        "5. 点“导出报送件”，连同校验清单报送上级。\n详见使用手册 docs/handbook。",
    )
