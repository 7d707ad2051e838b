"""Exported tables are open data: described by a Data Package that the frictionless library finds valid."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.small_city import org, party_day, unit, write

from toolkit.excel.exports.csvfiles import write_csv
from toolkit.excel.exports.parquet import write_parquet
from toolkit.excel.samples import sample
from toolkit.figures.consolidation import Consolidation
from toolkit.model import Catalog
from toolkit.submissions.aggregate import aggregate

CELLS: list[Any] = [
    "NA",
    "=1+1",
    "'甲",
    '他说"好"',
    "一,二",
    "第一行\n第二行",
    "0012",
    "三十条",
    "2026-02-30",
    12,
    3.5,
    None,
]


def valid(folder: Path) -> None:
    report = Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["resourceName", "rowNumber", "fieldName", "note"])[:5]


def tables(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of the SQLite file, by table."""
    with closing(sqlite3.connect(folder / "汇总数据.sqlite")) as db:
        db.row_factory = sqlite3.Row
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master")]
        return {name: [dict(row) for row in db.execute(f'SELECT * FROM "{name}"')] for name in names}


@pytest.fixture(scope="module")
def whole(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Consolidation:
    """Three units with rows in every ledger."""
    folder = tmp_path_factory.mktemp("交来")
    for plan in ("situation", "duty", "study"):
        for values, rows, _ in sample(catalog, plan):
            write(catalog, folder / f"{values['unit_id']}.xlsx", values, rows)
    return aggregate(catalog, [folder])


def test_every_table_is_described_and_valid(catalog: Catalog, whole: Consolidation, tmp_path: Path) -> None:
    write_csv(whole, tmp_path / "表")
    valid(tmp_path / "表")
    package = json.loads((tmp_path / "表" / "datapackage.json").read_text(encoding="utf-8"))
    reported = [x.name for x in catalog.ledgers.values() if x.reported]
    assert [r["name"] for r in package["resources"]] == ["indicators", "submissions", *reported]
    life = next(r for r in package["resources"] if r["name"] == "orglife")
    day = next(f for f in life["schema"]["fields"] if f["name"] == "日期")
    assert day["type"] == "date" and day["code"] == "date"


def test_parquet_is_described_and_valid(whole: Consolidation, tmp_path: Path) -> None:
    write_parquet(whole, tmp_path / "表")
    valid(tmp_path / "表")


def test_sqlite_answers_what_the_consolidation_counted(catalog: Catalog, whole: Consolidation, tmp_path: Path) -> None:
    write_csv(whole, tmp_path / "表")
    found = tables(tmp_path / "表")
    for ledger in catalog.ledgers.values():
        if ledger.reported:
            rows = found[ledger.title]
            assert len(rows) == sum(len(s.rows.get(ledger.name, ())) for s in whole.submissions)
    figures = {row["名称"]: row["数值"] for row in found["指标汇总"]}
    for name, figure in whole.figures_of("").items():
        if figure.state == "known" and not figure.indicator.denominator:
            assert figures[name] == figure.value
    explained = {(row["表"], row["栏目"]) for row in found["字段"]}
    assert all(
        (name, column) in explained for name, rows in found.items() if name != "字段" for column in (rows or [{}])[0]
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.tuples(*[st.sampled_from(CELLS)] * 3), min_size=1, max_size=6))
def test_any_cells_make_a_valid_package(catalog: Catalog, tmp_path: Path, cells: list[tuple[Any, ...]]) -> None:
    """What a clerk typed may be wrong: the row does not count, and the package stays valid."""
    life = [party_day(n % 12 + 1, topic=a, present_n=b, date=c) for n, (a, b, c) in enumerate(cells)]
    book = write(catalog, tmp_path / "局.xlsx", unit("AA001", "示例市甲局"), {"org": [org()], "orglife": life})
    write_csv(aggregate(catalog, [book]), tmp_path / "表")
    valid(tmp_path / "表")
