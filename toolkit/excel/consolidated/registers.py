"""The registers of submissions (报送情况) and of all findings (问题清单)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice

from xlsxwriter.worksheet import Worksheet

from ...findings import LEVELS
from ...model import ERROR, WARNING, Finding
from ..parts.pages import FILTERED, height, pages, widths
from ..parts.styles import AMBER, DEEP_RED, GREEN, GREEN_INK, ROSE, STONE, TAB_REGISTER
from .tables import COVERAGE, COVERAGE_COLUMNS, coverage_lines
from .view import View, numbered, split

PROBLEMS = "问题清单"
_COVERAGE_WIDTHS = (13, 34, 30, 11, 10, 40, 12, 9, 8, 8, 9, 7, 7, 44)
_PROBLEMS = ("级别", "代码", "单位", "文件", "位置", "栏目", "填的内容", "问题", "处理办法")
_PROBLEMS_WIDTHS = (7, 7, 24, 26, 18, 14, 20, 52, 46)
_GROUPS = 15  # most kinds of problem that are counted above the list
_SHADES = {ERROR: ROSE, WARNING: AMBER}
_STATUS = {
    "已报": (GREEN, GREEN_INK),
    "迟报": (AMBER, "#8A5A00"),
    "缺报": (ROSE, DEEP_RED),
    "重复待定": (ROSE, DEEP_RED),
    "编码冲突": (ROSE, DEEP_RED),
    "不要求": (STONE, "#5F5953"),
}


def write_coverage(view: View) -> None:
    """Writes 报送情况: one line per unit, in tree order."""
    ws = view.of_units(COVERAGE, "每个单位是否报送、计入多少行、有多少问题", TAB_REGISTER)
    get, covered = view.styles.get, view.c.covered
    ws.add_table(
        0,
        0,
        max(1, len(covered)),
        len(COVERAGE_COLUMNS) - 1,
        {
            "name": "coverage",
            "style": None,
            "columns": [{"header": f.title} for f in COVERAGE_COLUMNS],
        },
    )
    ws.write_row(0, 0, [f.title for f in COVERAGE_COLUMNS], get("head", "required", "top"))
    text, centre = get("boxed", "left", "wrap"), get("boxed", "centre")
    number = get("boxed", "right", num_format="#,##0")
    styles = {"date": get("boxed", "date"), "integer": number}
    for r, line in enumerate(coverage_lines(view.lines), 1):
        for n, (column, value) in enumerate(zip(COVERAGE_COLUMNS, line, strict=True)):
            style = centre if column.name in ("sys_type", "status") else styles.get(column.type, text)
            if value is None:
                ws.write_blank(r, n, None, style)
            elif column.type == "date":
                ws.write_datetime(r, n, value, style)
            elif column.type == "integer":
                ws.write_number(r, n, value, style)
            else:
                ws.write_string(r, n, value, style)
        texts = zip(line, _COVERAGE_WIDTHS, strict=True)
        ws.set_row(r, height(*((t, room) for t, room in texts if isinstance(t, str))))
    _colours(view, ws, len(covered))
    widths(ws, _COVERAGE_WIDTHS)
    ws.set_row(0, FILTERED)
    ws.freeze_panes(1, 2)
    pages(ws, 1, title=view.headed(COVERAGE))


def _colours(view: View, ws: Worksheet, count: int) -> None:
    last = max(1, count)
    for status, (back, ink) in _STATUS.items():
        ws.conditional_format(
            1,
            4,
            last,
            4,
            {
                "type": "cell",
                "criteria": "==",
                "value": f'"{status}"',
                "format": view.styles.signal(bg_color=back, font_color=ink),
            },
        )
    for column, back in ((10, AMBER), (11, ROSE)):
        ws.conditional_format(
            1,
            column,
            last,
            column,
            {
                "type": "cell",
                "criteria": ">",
                "value": 0,
                "format": view.styles.signal(bg_color=back),
            },
        )


# -------------------------------------------------------------------- problems


def problem_sheets(view: View) -> list[Worksheet]:
    """Adds the empty sheets of 问题清单, which precede the ledgers but depend on the cells that those hide."""
    pieces = split(view.c.findings, _room(view))
    return [
        view.sheet(numbered(PROBLEMS, n), f"问题{len(piece)}条，逐条有位置和处理办法", TAB_REGISTER)
        for n, piece in enumerate(pieces)
    ]


def _room(view: View) -> int:
    return view.rows_a_sheet - _GROUPS - 5


def write_problems(view: View, sheets: Sequence[Worksheet]) -> None:
    """Writes 问题清单: counts by kind of problem, then every finding with place and remedy, errors first."""
    found = sorted((view.trimmed(f) for f in view.c.findings), key=lambda f: not f.is_error)
    if not found:
        _nothing(view, sheets[0])
        return
    for ws, piece in zip(sheets, split(found, _room(view)), strict=True):
        top = _overview(view, ws, found) if ws is sheets[0] else 0
        _list(view, ws, piece, top)


def _nothing(view: View, ws: Worksheet) -> None:
    """Says that there is no problem; a head without lines would look as if something was lost."""
    ws.write_string(0, 0, PROBLEMS, view.styles.get("sheet_title"))
    ws.write_string(1, 0, "没有错误，也没有提醒。", view.styles.get("body"))
    ws.set_row(0, 28)
    pages(ws, 0)


def _overview(view: View, ws: Worksheet, found: Sequence[Finding]) -> int:
    """Writes the counts by kind of problem; returns the row (from 0) where the list may begin."""
    get = view.styles.get
    errors = sum(f.is_error for f in found)
    ws.write_string(0, 0, f"{PROBLEMS}：错误{errors}处，提醒{len(found) - errors}处", get("sheet_title"))
    ws.set_row(0, 28)
    kinds = Counter((f.severity, f.code, f.place.sheet, f.field) for f in found)
    firsts: dict[tuple[str, str, str, str], Finding] = {}
    units: dict[tuple[str, str, str, str], set[str]] = {}
    for f in found:
        key = (f.severity, f.code, f.place.sheet, f.field)
        firsts.setdefault(key, f)
        units.setdefault(key, set()).add(f.place.unit)
    ws.write_row(1, 0, ("级别", "代码", "处数", "单位数", "工作表", "栏目"), get("head", "optional"))
    ws.merge_range(1, 6, 1, 8, "问题（首例）", get("head", "optional"))
    ordered = sorted(kinds.items(), key=lambda item: (item[0][0] != ERROR, -item[1], item[0]))
    r = 1
    for r, (key, count) in enumerate(islice(ordered, _GROUPS), 2):
        severity, code, sheet, field = key
        ws.write_string(r, 0, LEVELS[severity], get("boxed", "centre", bg_color=_SHADES[severity]))
        ws.write_string(r, 1, code, get("boxed", "centre"))
        ws.write_number(r, 2, count, get("boxed", "centre", "bold"))
        ws.write_number(r, 3, len(units[key]), get("boxed", "centre"))
        ws.write_string(r, 4, sheet or "—", get("boxed", "left"))
        ws.write_string(r, 5, field or "—", get("boxed", "left", "wrap"))
        ws.merge_range(r, 6, r, 8, firsts[key].message, get("boxed", "left", "wrap"))
        ws.set_row(r, height((firsts[key].message, sum(_PROBLEMS_WIDTHS[6:])), (field, _PROBLEMS_WIDTHS[5])))
    if len(ordered) > _GROUPS:
        r += 1
        rest = sum(count for _, count in ordered[_GROUPS:])
        ws.write_string(r, 0, f"另有{len(ordered) - _GROUPS}类、{rest}处，见下表", get("hint"))
    return r + 2


def _list(view: View, ws: Worksheet, found: Sequence[Finding], top: int) -> None:
    get = view.styles.get
    names = {code: unit.name for code, unit in view.c.tree.units.items()}
    ws.write_row(top, 0, _PROBLEMS, get("head", "required", "top"))
    ws.set_row(top, FILTERED)
    wrap, centre = get("boxed", "left", "wrap"), get("boxed", "centre")
    shaded = {severity: get("boxed", "centre", bg_color=shade) for severity, shade in _SHADES.items()}
    for r, f in enumerate(found, top + 1):
        ws.write_string(r, 0, LEVELS[f.severity], shaded[f.severity])
        ws.write_string(r, 1, f.code, centre)
        place = str(f.place) if f.place.sheet else ""
        unit, file = names.get(f.place.unit, f.place.unit), view.lines.file(f.place.file)
        for c, value in enumerate((unit, file, place, f.field, f.value, f.message, f.remedy), 2):
            ws.write_string(r, c, value, wrap)
        texts = (file, f.value, f.message, f.remedy)
        ws.set_row(r, height(*zip(texts, (_PROBLEMS_WIDTHS[n] for n in (3, 6, 7, 8)), strict=True)))
    ws.autofilter(top, 0, top + max(1, len(found)), len(_PROBLEMS) - 1)
    widths(ws, _PROBLEMS_WIDTHS)
    ws.freeze_panes(top + 1, 3) if top < 3 else ws.freeze_panes(1, 0)
    pages(ws, 0)
    ws.repeat_rows(top)
