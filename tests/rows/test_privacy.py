"""What a refused row holds goes nowhere: not up, not into exports, cache, slips or JSON. Its place does."""

from __future__ import annotations

import json
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.small_city import org, party_day, unit, write

from toolkit.cli.main import main
from toolkit.excel.reading.read import read_book
from toolkit.machine.userdirs import cache_dir
from toolkit.model import Catalog
from toolkit.personal import found
from toolkit.rows.privacy import WITHHELD

ID, PHONE, NAME, HOST = "110101199003070011", "138 0013 8000", "隐名丙叁", "隐名戊伍"


@pytest.fixture
def book(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workbook with personal numbers in a row, on the front page, and a name written with a line break."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    days = [
        party_day(1, topic=f"{NAME}身份证{ID}", place="会议室"),
        party_day(2, place=PHONE.replace(" ", "\n"), topic=f"与{NAME}谈话"),
        party_day(3, host=f"{HOST[:2]}\n{HOST[2:]}"),
    ]
    values = unit("AA001", "示例市甲局", brand="电话１３８００１３８０００")
    return write(catalog, tmp_path / "局.xlsx", values, {"org": [org()], "orglife": days})


def run(*args: str | Path) -> str:
    done = CliRunner().invoke(main, list(map(str, args)))
    assert done.exit_code == 1, done.output
    return done.output


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every text in the files of a folder: cells and comments of workbooks, lines of CSV and JSON, parts of the cache."""
    for path in (p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(("-wal", "-shm"))):
        if path.suffix == ".xlsx":
            for grid in read_book(path).grids.values():
                yield from ((path.name, str(v)) for row in grid.cells for v in row if v is not None)
            with zipfile.ZipFile(path) as archive:
                yield from ((n, archive.read(n).decode()) for n in archive.namelist() if "comments" in n)
        elif path.suffix == ".parquet":
            import pandas

            yield from ((path.name, str(v)) for column in pandas.read_parquet(path).values.T for v in column)
        elif path.suffix == ".sqlite":
            with sqlite3.connect(path) as db:
                for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                    for line in db.execute(f"SELECT * FROM {table}"):
                        packed = (zlib.decompress(v).decode() for v in line if isinstance(v, bytes) and v)
                        yield from ((table, text) for text in packed)
        else:
            yield path.name, path.read_text(encoding="utf-8-sig")


def test_a_refused_row_reaches_no_output_but_its_place_does(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "出"
    out.mkdir()
    said = run("check", book, "--slips", out / "退")
    (out / "check.json").write_text(run("check", "--json", book), encoding="utf-8")
    args = ("-o", out / "汇总.xlsx", "--export", out / "表", "--parquet", out / "pq", "--json")
    (out / "aggregate.json").write_text(run("aggregate", book, *args), encoding="utf-8")
    assert all(f"组织生活!{cell}" in said for cell in ("F5", "G6")) or "C19" in said
    for where, text in [*texts(out), *texts(cache_dir()), ("screen", said)]:
        if where != "sheets":  # rows in the cache: columns of numbers, one beside the other
            assert not found(text), (where, text)
        assert ID not in text and "3800138" not in text, (where, text)
    for where, text in [*texts(out / "表"), *texts(out / "pq"), *texts(cache_dir())]:
        assert NAME not in text, (where, text)
    rows = json.loads((out / "aggregate.json").read_text(encoding="utf-8"))["rows"]
    assert rows == {"read": 4, "counted": 2, "left_out": 2}
    listed = (out / "表" / "组织生活.csv").read_text(encoding="utf-8-sig")
    assert listed.count("有个人号码，文字不上报") == 2


def test_the_cache_holds_no_names(book: Path) -> None:
    run("aggregate", book, "-o", book.with_name("汇总.xlsx"))
    kept = "".join(text for _, text in texts(cache_dir()))
    assert "组织生活" in kept and WITHHELD in kept
    assert not [name for name in (HOST, HOST[:2] + "\\n", "甲某某", "乙某某", "丙某某", "丁某某") if name in kept]


def test_a_slip_with_a_withheld_cell_goes_back_without_harm(book: Path, tmp_path: Path) -> None:
    run("check", book, "--slips", tmp_path / "退")
    slip, mended = tmp_path / "退" / "退回单_AA001_局.xlsx", tmp_path / "局_新.xlsx"
    done = CliRunner().invoke(main, ["merge-slip", str(slip), str(book), "-o", str(mended)])
    assert done.exit_code == 0, done.output
    assert read_book(mended).grids["组织生活"].cells == read_book(book).grids["组织生活"].cells
    assert any(WITHHELD in row for row in read_book(slip).grids["组织生活"].cells)


def test_the_samples_hold_no_personal_numbers(catalog: Catalog, tmp_path: Path) -> None:
    from toolkit.excel.samples import sample

    for plan in ("situation", "duty", "study"):
        for values, rows, _ in sample(catalog, plan):
            every = [*values.values(), *(v for found in rows.values() for r in found for v in r.values())]
            assert not [v for v in every if isinstance(v, str) and found(v)]
