"""The front page of a consolidated workbook: coverage, row counts, main figures, list of sheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from ...findings import listed
from ...model import Figure
from ...standard.folders import STANDARD
from ...standard.sheets import FOLDER, NOT_APPLICABLE, USUAL_FOLDER
from ...standard.yamlmap import Map, load
from ..parts.pages import TALLEST, display_width, pages, widths
from ..parts.styles import AMBER, DEEP_RED, GREEN, GREEN_INK, GREY, PALE, ROSE, WARM
from ..unit.buttons import BAR_ROWS, add_choice, add_front_bar
from .tables import MISSING, in_text
from .view import View

_COLUMNS = 8
_WIDTH = 11.5  # of each column, in characters
_LINE = 16.5  # points per line of text
_NAMED = 60  # most missing units named on the front page; 报送情况 lists all


def overview() -> Map:
    """Returns the contents of the front page and the chart sheet from overview.yaml. Raises StandardError."""
    said: Map = load(STANDARD / "overview.yaml")
    return said.only(("key_figures", "charts", "notes"))


class Page:
    """Writes a page from top to bottom in eight equal columns."""

    def __init__(self, view: View, ws: Worksheet) -> None:
        self.view, self.ws, self.get, self.row = view, ws, view.styles.get, 0

    def across(self, first: int, last: int, value: Any, style: Any, rows: int = 1) -> None:
        """Writes one value across columns first..last of the current row (and `rows` - 1 more rows)."""
        if first == last and rows == 1:
            self.ws.write(self.row, first, value, style)
        else:
            self.ws.merge_range(self.row, first, self.row + rows - 1, last, "", style)
            self.ws.write(self.row, first, value, style)

    def next(self, height: float = 20) -> None:
        """Sets the height of the current row in points and goes to the next row."""
        self.ws.set_row(self.row, min(TALLEST, height))
        self.row += 1

    def band(self, title: str) -> None:
        """Writes a section title after a gap."""
        self.next(8)
        self.across(0, _COLUMNS - 1, title, self.get("band"))
        self.next(22)

    def text(self, value: str, *parts: str, **more: Any) -> None:
        """Writes a paragraph across the whole width, in a row high enough for it."""
        lines = sum(-(-display_width(line) // int(_COLUMNS * _WIDTH - 4)) or 1 for line in value.split("\n"))
        self.across(0, _COLUMNS - 1, value, self.get("boxed", "left", "wrap", *parts, indent=1, **more))
        self.next(max(20, lines * _LINE + 5))

    def tiles(self, found: Sequence[tuple[str, Any, str, str]]) -> None:
        """Writes tiles (caption, value, background colour, text colour) side by side."""
        size = _COLUMNS // len(found)
        for n, (caption, _, back, ink) in enumerate(found):
            self.across(
                n * size, n * size + size - 1, caption, self.get("boxed", "centre", bg_color=back, font_color=ink)
            )
        self.next(20)
        for n, (_, value, back, ink) in enumerate(found):
            style = self.get(
                "boxed",
                "centre",
                "bold",
                font_name="微软雅黑",
                font_size=20,
                bg_color=back,
                font_color=ink,
                num_format="#,##0",
            )
            self.across(n * size, n * size + size - 1, value, style)
        self.next(36)


def write_overview(view: View, ws: Worksheet, buttons: bool = False) -> None:
    """Fills in the front page; the sheets that it lists must exist already."""
    page = Page(view, ws)
    ws.set_tab_color(DEEP_RED)
    widths(ws, [_WIDTH] * _COLUMNS)
    if buttons:
        _bar(page)
    _head(page)
    _coverage(page)
    _rows(page)
    _key_figures(page)
    _contents(page)
    page.band("统计口径")
    for n, note in enumerate(overview().get("notes", ()), 1):
        page.text(f"{n}. {note}")
    pages(ws, 0, landscape=False)
    ws.center_horizontally()
    if buttons:  # buttons are not printed
        ws.print_area(BAR_ROWS, 0, page.row - 1, _COLUMNS - 1)
        ws.set_selection(BAR_ROWS, 0, BAR_ROWS, 0)
    ws.fit_to_pages(1, 1)  # a single line on a second page helps nobody
    ws.set_first_sheet()
    ws.activate()


def _bar(page: Page) -> None:
    add_front_bar(page.ws, page.view.styles, "consolidated", [_WIDTH] * _COLUMNS)
    about = "各单位的报送件放进本工作簿旁边的这个文件夹；名称固定。"
    add_choice(page.ws, page.view.styles, FOLDER, USUAL_FOLDER, about, (0, 1, 3, _COLUMNS - 1))
    page.row = BAR_ROWS


def _head(page: Page) -> None:
    c, last = page.view.c, _COLUMNS - 1
    page.next(6)
    page.across(
        0,
        last,
        page.view.headed(f"党建工作台账{'' if page.view.single else '汇总'}"),
        page.get("title", "centre", "wrap"),
    )
    page.next(44)
    dates = [d.unit["fill_date"] for d in page.view.chosen.values() if d.unit.get("fill_date")]
    until = f"　最新填报日期：{max(dates):%Y-%m-%d}" if dates else ""
    said = f"{c.catalog.title} {c.catalog.version}版{until}"
    page.across(0, last, said, page.get("hint", "centre"))
    page.next(18)


def _coverage(page: Page) -> None:
    c = page.view.c
    n = c.counts
    if page.view.single:
        _one(page)
        return
    page.band("报送情况")
    page.tiles(
        [
            ("应报（个）", n["应报"], PALE, DEEP_RED),
            ("实报（个）", n["实报"], GREEN, GREEN_INK),
            ("缺报（个）", n["缺报"], *((ROSE, DEEP_RED) if n["缺报"] else (PALE, GREY))),
            ("迟报（个）", n["迟报"], *((AMBER, "#8A5A00") if n["迟报"] else (PALE, GREY))),
        ]
    )
    missing = [x.unit.name for x in c.covered if x.unit.expected and x.digest is None]
    if not missing:
        page.text("应报单位已全部报送。")
        return
    shown = listed(missing, _NAMED, "个，详见“报送情况”")
    page.text(f"缺报单位：{shown}。汇总数不含以上单位，成文不得使用“全部”“各单位”。", font_color=DEEP_RED)


def _one(page: Page) -> None:
    """Writes who reports, instead of a coverage of one out of one."""
    page.band("报送单位")
    for s in page.view.chosen.values():
        filled, times = s.unit.get("fill_date"), s.unit.get("revision") or 0
        said = [str(s.unit.get("unit_name")), f"编码{s.unit.get('unit_id')}", page.view.c.period.name]
        page.text("　".join([*said, *([f"填报日期{filled:%Y-%m-%d}"] if filled else []), f"更正{times}次"]))


def _rows(page: Page) -> None:
    rows, reasons = page.view.c.rows, page.view.c.reasons
    page.band("台账行数（读入＝计入＋未计入）")
    page.across(0, 1, "读入", page.get("boxed", "centre", bg_color=PALE))
    page.across(2, 2, "", page.get())
    page.across(3, 4, "计入", page.get("boxed", "centre", bg_color=GREEN, font_color=GREEN_INK))
    page.across(5, 5, "", page.get())
    page.across(6, 7, "未计入", page.get("boxed", "centre", bg_color=AMBER))
    page.next(20)
    big = {"font_name": "微软雅黑", "font_size": 20, "num_format": "#,##0"}
    sign = page.get("centre", font_size=18)
    page.across(0, 1, rows["read"], page.get("boxed", "centre", "bold", bg_color=PALE, **big))
    page.across(2, 2, "＝", sign)
    page.across(3, 4, rows["counted"], page.get("boxed", "centre", "bold", bg_color=GREEN, font_color=GREEN_INK, **big))
    page.across(5, 5, "＋", sign)
    page.across(6, 7, rows["left_out"], page.get("boxed", "centre", "bold", bg_color=AMBER, **big))
    page.next(36)
    if reasons:
        said = "；".join(f"{why}{count}行" for why, count in sorted(reasons.items(), key=lambda x: (-x[1], x[0])))
        page.text(f"未计入原因：{said}。逐行原因见各台账表“未计入原因”一栏。")


def _key_figures(page: Page) -> None:
    view = page.view
    wanted = [view.top[name] for name in overview().get("key_figures", ()) if name in view.top]
    if not wanted:
        return
    page.band("主要指标")
    half = _COLUMNS // 2
    for n in range(0, len(wanted), 2):
        shade = {"bg_color": PALE} if n % 4 else {}
        for at, figure in zip((0, half), (*wanted[n : n + 2], None)[:2], strict=True):
            title = figure.indicator.title if figure else ""
            page.across(at, at + 1, title, page.get("boxed", "left", "wrap", indent=1, **shade))
            said = in_text(figure, view.words) if figure else ""
            page.across(at + 2, at + 3, said, page.get("boxed", "centre", "bold", **{**shade, **_ink(figure)}))
        page.next(34 if any(display_width(f.indicator.title) > 2 * _WIDTH - 3 for f in wanted[n : n + 2]) else 22)


def _ink(figure: Figure | None) -> dict[str, Any]:
    if figure is None or figure.state == "known":
        return {"font_color": DEEP_RED}
    if figure.state == "n/a":
        return {"font_color": GREY, "italic": True}
    return {"font_color": DEEP_RED, "bg_color": AMBER}


def _contents(page: Page) -> None:
    page.band("工作表（点击名称跳转）")
    half = _COLUMNS // 2
    view, listed = page.view, page.view.listed
    rows = -(-len(listed) // 2)
    for n in range(rows):
        for at, index in ((0, n), (half, n + rows)):
            if index >= len(listed):
                page.across(at, at + half - 1, "", page.get("boxed"))
                continue
            title, _, about = listed[index]
            page.ws.write_url(page.row, at, f"internal:'{title}'!A1", page.get("boxed", "link"), title)
            page.across(at + 1, at + half - 1, about, page.get("boxed", "left", "hint"))
        page.next(20)
    blank = [x.title for x in view.c.catalog.ledgers.values() if x.reported and not view.lines.count(x)]
    if blank:
        page.text(f"没有行的台账不列、不打印：{'、'.join(blank)}。", "hint")
    legend = f"“{MISSING}”＝空表且未申报或未报送；“{NOT_APPLICABLE}”＝封面申报不适用；0＝本年确无。"
    page.across(0, _COLUMNS - 1, legend, page.get("boxed", "left", "hint", indent=1, bg_color=WARM))
    page.next(20)
