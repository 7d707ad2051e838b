"""The sheets that buttons add to be read: 校验结果, in the order of the workbook with what to do first, and 通报."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import LEVELS, counts
from ..model import ERROR, WARNING, Finding
from ..standard.sheets import COVER, NOTICE, RESULT

if TYPE_CHECKING:
    import xlwings as xw

    from ..documents.reporting.notice import Notice

PLACE = "位置"
HEAD = ("级别", PLACE, "栏目", "填的内容", "问题", "处理办法")
TOP = 3  # row of the head; above it the counts and what to do first
WIDTHS = (7, 20, 18, 20, 54, 44)
DEEP, WARM, PALE, LINK, WHITE = (156, 31, 31), (242, 220, 198), (251, 244, 236), (31, 90, 140), (255, 255, 255)
COLOURS = {True: (255, 199, 206), False: (255, 235, 156)}  # error, warning
STATUS = {"已报": (221, 239, 217), "迟报": COLOURS[False], "缺报": COLOURS[True], "重复待定": COLOURS[True]}
NAMED = 4  # ledgers that the advice names: more would not fit the line
BY_UNITS = "按文件列出，有错误的在前。有错误的报送件由填报单位改正：点“退回单”生成退回单，发回单位。"
Step = tuple[str, list[Finding]]  # a band of the list: its title and its findings


def fresh_sheet(book: xw.Book, title: str) -> xw.Sheet:
    """Adds an empty sheet with this title at the end of the workbook; an existing one is deleted first."""
    if title in book.sheet_names:
        book.sheets[title].delete()
    return book.sheets.add(title, after=book.sheets[len(book.sheet_names) - 1])


def write_result(book: xw.Book, sheet: xw.Sheet, findings: Sequence[Finding], linked: bool = True) -> None:
    """Lists findings, one a line, grouped by sheet in the order of the workbook; each with a link to its cell.

    If not `linked` they are of other workbooks, and grouped by file.
    """
    steps = _by_sheet(findings, book.sheet_names) if linked else _by_file(findings)
    heads = [f"{h}（点击跳转）" if linked and h == PLACE else h for h in HEAD]
    _paint_head(sheet, f"{RESULT}：{counts(findings, '，')}", advice(findings) if linked else BY_UNITS, heads, WIDTHS)
    lines: list[Sequence[Any]] = []
    links: dict[int, str] = {}
    bands: list[int] = []
    for title, found in steps:
        bands.append(len(lines) + TOP + 1)
        lines.append((f"{title}　{_numbers(found)}", *[""] * (len(HEAD) - 1)))
        for f in found:
            if linked and f.place.sheet:
                links[len(lines) + TOP + 1] = _link(f)
            lines.append((LEVELS[f.severity], _place(f, linked), f.field, f.value, f.message, f.remedy))
    _write_lines(sheet, lines, len(HEAD))
    for row in bands:
        _band(sheet, row, len(HEAD))
    for row, formula in links.items():
        cell = sheet.range((row, 2))
        cell.number_format = "General"
        cell.formula = formula
        cell.font.color = LINK
    row = TOP
    for _, found in steps:
        row += 1
        for is_error, run in groupby(found, key=lambda f: f.is_error):
            n = len(list(run))
            sheet.range((row + 1, 1), (row + n, 1)).color = COLOURS[is_error]
            row += n
    sheet.activate()


def advice(findings: Sequence[Finding]) -> str:
    """Returns what to do first: what spoils a whole sheet, then the front page, then the ledgers in their order."""
    errors = [f for f in findings if f.is_error]
    if not errors:
        return "没有错误。下一步：核对提醒，点“核定”，再点“导出报送件”。"
    whole = [f for f in errors if not f.place.row and f.place.sheet != COVER]
    front = [f for f in errors if f.place.sheet == COVER]
    sheets = list(dict.fromkeys(f.place.sheet for f in errors if f.place.row and f.place.sheet != COVER))
    steps = [
        *([f"整张表的问题（{len(whole)}处），它们影响表中各行"] if whole else []),
        *([f"封面（{len(front)}处）"] if front else []),
        *(f"“{s}”（{sum(f.place.sheet == s and f.place.row > 0 for f in errors)}处）" for s in sheets[:NAMED]),
        *([f"其余{len(sheets) - NAMED}张表"] if len(sheets) > NAMED else []),
    ]
    return f"先改：{' → '.join(steps)}。点“位置”跳到该格；全部改完再点一次“校验全部”。"


def _numbers(found: Sequence[Finding]) -> str:
    """Returns how many errors and warnings there are, without those of which there are none."""
    numbers = {LEVELS[level]: sum(f.severity == level for f in found) for level in (ERROR, WARNING)}
    return "、".join(f"{n}处{level}" for level, n in numbers.items() if n)


def _by_sheet(findings: Sequence[Finding], order: Sequence[str]) -> list[Step]:
    at = {title: n for n, title in enumerate(order)}
    ordered = sorted(findings, key=lambda f: (at.get(f.place.sheet, -1), f.place.row, f.place.column, not f.is_error))
    return [(title or "整份文件", list(run)) for title, run in groupby(ordered, key=lambda f: f.place.sheet)]


def _by_file(findings: Sequence[Finding]) -> list[Step]:
    """Groups by file, those with errors first."""
    wrong = {f.place.file for f in findings if f.is_error}
    ordered = sorted(findings, key=lambda f: (f.place.file not in wrong, Path(f.place.file).name, not f.is_error))
    return [(Path(name).name or "全部单位", list(run)) for name, run in groupby(ordered, key=lambda f: f.place.file)]


def show_notice(book: xw.Book, n: Notice) -> None:
    """Writes the lines of a notice on the sheet 通报, the units that have not reported or are returned in colour."""
    from ..documents.reporting.notice import HEADS

    sheet = fresh_sheet(book, NOTICE)
    said = "、".join(f"{k}{v}家" for k, v in n.numbers.items())
    _paint_head(sheet, n.title, said, HEADS, (34, 10, 12, 9, 10, 8, 10, 70))
    _write_lines(sheet, [["" if v is None else str(v) for v in x.cells()] for x in n.lines], len(HEADS))
    for row, x in enumerate(n.lines, TOP + 1):
        colour = COLOURS[True] if x.why else STATUS.get(x.status)
        if colour:
            sheet.range((row, 2)).color = colour
    sheet.activate()


# -------------------------------------------------------------------- painting


def _paint_head(sheet: xw.Sheet, title: str, about: str, heads: Sequence[str], widths: Sequence[float]) -> None:
    for n, width in enumerate(widths, 1):  # before the texts, because row heights depend on the widths
        sheet.range((1, n)).column_width = width
    top = sheet.range((1, 1), (2, 1))
    top.number_format = "@"
    top.value = [[title], [about]]
    sheet.range((1, 1)).font.bold, sheet.range((1, 1)).font.size = True, 15
    sheet.range((1, 1)).font.color = DEEP
    sheet.range((2, 1), (2, len(heads))).color = PALE
    head = sheet.range((TOP, 1), (TOP, len(heads)))
    head.value = list(heads)
    head.font.bold, head.font.color, head.color = True, WHITE, DEEP


def _write_lines(sheet: xw.Sheet, lines: Sequence[Sequence[Any]], columns: int) -> None:
    if not lines:
        return
    block = sheet.range((TOP + 1, 1), (TOP + len(lines), columns))
    block.number_format = "@"  # a value that the clerk typed in must not become a formula
    block.wrap_text, block.vertical_alignment = True, "top"
    block.value = [list(line) for line in lines]


def _band(sheet: xw.Sheet, row: int, columns: int) -> None:
    band = sheet.range((row, 1), (row, columns))
    band.wrap_text = False
    band.color, band.font.bold, band.font.color = WARM, True, DEEP


def _place(f: Finding, here: bool) -> str:
    return str(f.place) if here or f.place.sheet else Path(f.place.file).name


def _link(f: Finding) -> str:
    """Returns a link to the cell; to the sheet's first cell for a finding on the whole sheet."""
    sheet = f.place.sheet.replace("'", "''").replace('"', '""')
    shown = f"{sheet}!{f.place.cell}" if f.place.row else sheet
    return f'=HYPERLINK("#\'{sheet}\'!{f.place.cell if f.place.row else "A1"}","{shown}")'
