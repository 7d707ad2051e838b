"""The dashboard of a year: coverage, figures against targets, the tree down to cells, trends, the matrix."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from ..excel.consolidated.overview import overview
from ..model import Place
from ..submissions.source import Source, coverage
from ..wording.phrase import worded
from ..year.lagging import lagging
from ..year.papers import counts, task
from ..year.plan import Plan, rows_left_out
from .matrix import Matrix, lists, remarks_of
from .page import Page
from .pictures import declared, trend, year_on_year

CELLS = 12  # cells named for a unit; further ones are counted


def write_dashboard(p: Plan, m: Matrix, out: Path, last: Source | None = None) -> None:
    """Writes the dashboard to `out` (.html). Raises CannotRun."""
    s = p.source
    names = list(overview().get("key_figures", ()))
    page = Page(
        f"{s.unit.get('unit_name')}{s.period.name}党建工作一览",
        f"截至{p.as_of}；数据：{Path(s.path).name}，{coverage(s)}。",
    )
    _coverage(page, p)
    if p.progress:
        _targets(page, p)
    else:
        page.text("没有工作要点，没有列目标与进度。任务写在另一份工作簿里的，生成时一并给出。")
    page.section("主要数据")
    page.charts(declared(s))
    page.section("从总数到单元格")
    page.text("展开一个数，先看各单位，再看单元格。")
    for name in names:
        _tree(page, s, name)
    page.section("各月趋势")
    page.charts([trend(s, names)])
    if last:
        page.section("与上年相比")
        page.charts([year_on_year(s, last, names)])
    if remarks := remarks_of(m):
        page.section("任务、台账、总结对照")
        page.tiles((k, str(v)) for k, v in remarks.items())
        if m.unsaid is None:
            page.text("没有给出总结，没有核对总结。")
    for title, heads, rows in lists(m):
        page.table(f"{title}（{len(rows)}条）", heads, rows)
    page.write(out)


def matrix_page(p: Plan, m: Matrix, out: Path) -> None:
    """Writes only the matrix as a page. Raises CannotRun."""
    s = p.source
    page = Page(
        f"{s.unit.get('unit_name')}{s.period.name}任务、台账、总结对照",
        f"截至{p.as_of}；数据：{Path(s.path).name}，{coverage(s)}。",
    )
    for said in rows_left_out(p):
        page.text(f"{said}。")
    for title, heads, rows in lists(m):
        page.section(title)
        page.table(f"{title}（{len(rows)}条）", heads, rows)
    page.write(out)


def _coverage(page: Page, p: Plan) -> None:
    s = p.source
    page.section("报送情况")
    page.tiles([("应报", f"{s.expected}家"), ("实报", f"{s.received}家"), ("缺报", f"{s.expected - s.received}家")])
    if s.missing:
        page.text(f"缺报：{'、'.join(s.missing)}。")
    for said in rows_left_out(p):
        page.text(f"{said}。")


def _targets(page: Page, p: Plan) -> None:
    page.section("目标与进度")
    page.tiles(counts(p.progress).items())
    rows = [task(p.source.catalog, x) for x in p.progress]
    columns = ("编号", "措施", "目标", "现有", "进度", "灯", "时限", "责任部门", "情况")
    page.table("各项任务", columns, [[r[c] for c in columns] for r in rows], tone=5)
    lags = lagging(p)
    page.table("落后的单位", ("单位", "任务", "情况"), [(x.unit, x.task, x.text) for x in lags])


def _tree(page: Page, s: Source, name: str) -> None:
    """Adds one figure: its units, and the cells of each."""
    figure = s.figures.get(name)
    if figure is None or figure.state != "known":
        return
    units = {r.sheet.unit: str(c.unit.get("unit_name") or r.sheet.unit) for rows in s.rows.values() for r, c in rows}
    cells: dict[str, list[Place]] = defaultdict(list)
    for place, _, _ in s.explain(name):
        cells[place.unit].append(place)
    page.open(f"{figure.indicator.title}：{worded(s.catalog, figure)}（{sum(map(len, cells.values()))}行）")
    rows = []
    for unit, places in cells.items():
        said = "、".join(map(str, places[:CELLS])) + (f"，另有{len(places) - CELLS}处" if len(places) > CELLS else "")
        rows.append((units.get(unit, unit), len(places), said))
    page.table(f"{figure.indicator.title}：各单位", ("单位", "行数", "单元格"), rows)
    page.close()
