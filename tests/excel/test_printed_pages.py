"""How sheets are printed: where pages end, what stands on each of them."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from support.small_city import YEAR, org, party_day, unit, write
from xlsxwriter.workbook import Workbook

from toolkit.excel.consolidated import charts
from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.excel.parts.pages import page_breaks
from toolkit.excel.unit.report_sheet import HEAD, ROOM
from toolkit.figures.tree import Unit
from toolkit.model import Catalog
from toolkit.standard.sheets import REPORT
from toolkit.submissions.aggregate import aggregate

HIGH = 100.0  # of a page in the property


@given(
    st.lists(st.tuples(st.floats(5, 20), st.integers(0, 2)), max_size=120),
    st.floats(0, 15),
)
def test_a_page_is_never_too_high_and_parts_nothing_that_stays_together(
    rows: list[tuple[float, int]], again: float
) -> None:
    heights, kept = [h for h, _ in rows], {n: k for n, (_, k) in enumerate(rows) if k}
    found = page_breaks(heights, kept, HIGH, again)
    ends = [0, *found, len(rows)]
    for n, (first, end) in enumerate(pairwise(ends)):
        assert sum(heights[first:end]) + (again if n else 0) <= HIGH
    for row, more in kept.items():
        together = sum(heights[row : row + more + 1])
        chained = any(kept.get(n) for n in (row - 2, row - 1, *range(row + 1, row + more + 1)))
        if not chained and again + together <= HIGH:
            assert not [start for start in found if row < start <= row + more]


def test_rows_that_stay_together_in_a_chain_begin_a_page() -> None:
    assert page_breaks([30.0] * 5, {2: 1, 3: 1}, HIGH, 0) == [2]
    assert page_breaks([30.0] * 5, {2: 1}, HIGH, 0) == [2]
    assert page_breaks([30.0] * 5, {}, HIGH, 20) == [3]
    assert page_breaks([60.0] * 3, {0: 2}, HIGH, 0) == [1, 2]  # together they are higher than a page


def test_no_group_of_the_report_sheet_has_its_head_last_on_a_page(catalog: Catalog, tmp_path: Path) -> None:
    path = write(catalog, tmp_path / "局.xlsx", unit("AA001", "示例市甲局"), {"org": [org()]})
    ws = load_workbook(path)[REPORT]
    titles = {x.title for x in catalog.ledgers.values()}
    heads = [r for r in range(HEAD + 2, ws.max_row + 1) if ws.cell(r, 1).value in titles]
    signed = next(r for r in range(1, ws.max_row + 1) if str(ws.cell(r, 1).value).startswith("填报人"))
    last = [b.id for b in ws.row_breaks.brk]  # the last rows of pages
    assert 4 <= len(last) <= 6 and len(heads) == len({i.numerator.ledger for i in catalog.indicators.values()})
    assert not {h + more for h in heads for more in (0, 1)} & set(last)
    assert not {signed - 1, signed, signed - 2, signed - 3} & set(last)
    height = ws.sheet_format.defaultRowHeight
    for first, end in pairwise([0, *last, ws.max_row]):
        assert sum(ws.row_dimensions[r].height or height for r in range(first + 1, end + 1)) <= ROOM


@pytest.fixture(scope="module")
def consolidated(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two units that reported, and one that sent the workbook of another year."""
    folder = tmp_path_factory.mktemp("city")
    rows = {"org": [org()], "orglife": [party_day(n) for n in range(1, 4)]}
    write(catalog, folder / "A.xlsx", unit("A001", "示例市工委"), rows)
    write(catalog, folder / "B.xlsx", unit("A002", "示例市乙局", "A001"), rows)
    write(catalog, folder / "C.xlsx", unit("A003", "示例市丙局", "A001", year=YEAR - 1), {"org": [org()]})
    units = [
        Unit("A001", "示例市工委"),
        *(Unit(f"A00{n}", f"示例市{x}局", "", "A001") for n, x in ((2, "乙"), (3, "丙"))),
    ]
    out = folder / "汇总.xlsx"
    write_consolidated(aggregate(catalog, sorted(folder.glob("?.xlsx")), units), out)
    return out


def test_units_stand_on_every_page_of_their_figures(consolidated: Path) -> None:
    ws = load_workbook(consolidated)["单位指标"]
    assert (ws.print_title_cols, ws.print_title_rows) == ("$A:$B", "$1:$4")
    assert not [m for m in ws.merged_cells.ranges if m.min_col > 4]  # they would be drawn beyond their page
    assert f"示例市工委{YEAR}年" in str(ws.oddHeader.center.text)


def test_a_unit_that_sent_only_another_year_is_told_of_where_it_is_missing(consolidated: Path) -> None:
    rows = {r[0]: r for r in load_workbook(consolidated)["报送情况"].iter_rows(values_only=True)}
    assert rows["A003"][4] == "缺报" and rows["A003"][-1] == f"只收到{YEAR - 1}年的，未计入：C.xlsx"


@pytest.mark.parametrize(
    ("lines", "landscape", "pages"),
    [(1, True, []), (2, True, []), (4, False, []), (6, False, [3]), (11, False, [4, 8])],
)
def test_charts_fill_their_pages_and_none_stands_on_two(lines: int, landscape: bool, pages: list[int]) -> None:
    with Workbook(BytesIO()) as book:
        ws = book.add_worksheet()
        charts._print(ws, lines)
        assert (not ws.orientation) == landscape
        assert ws.hbreaks == [1 + n * charts._ROWS for n in pages]
        assert bool(ws.fit_page) == (not pages)
