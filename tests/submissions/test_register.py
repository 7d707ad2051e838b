"""What arrived is registered once and for ever; lateness goes by the day of receipt; two arrivals are compared in words."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from support import small_city as city

from toolkit.cli.main import main
from toolkit.errors import CannotRun
from toolkit.model import Catalog
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.aggregate import aggregate
from toolkit.submissions.exchange.differences import differences
from toolkit.submissions.exchange.inbox import Inbox
from toolkit.submissions.exchange.register import NAME, Register

CATALOG = load_catalog()


def dangjian(*words: object) -> Result:
    return CliRunner().invoke(main, [str(w) for w in words])


def send(catalog: Catalog, folder: Path, present: int, **unit: object) -> None:
    folder.mkdir(exist_ok=True)
    rows = {
        "org": [city.org()],
        "orglife": [city.party_day(1), city.party_day(2, due_n=20, present_n=present, absent_reason="公务")],
    }
    city.write(catalog, folder / "A001.xlsx", city.unit("A001", "某某市测试局", **unit), rows)


def test_each_content_is_registered_once(catalog: Catalog, tmp_path: Path) -> None:
    sent = tmp_path / "报送件"
    send(catalog, sent, 12)
    register = Register(tmp_path)
    assert register.add(aggregate(catalog, [sent]), datetime(2026, 12, 21, 9, 30)) == 1
    assert register.add(aggregate(catalog, [sent]), datetime(2026, 12, 30)) == 0
    (arrival,) = register.history("A001")
    assert str(arrival).startswith("第1号　2026-12-21 09:30收到　某某市测试局 2026年　A001.xlsx　更正0次")
    assert arrival.state == "接收" and arrival.replaced_by is None
    assert register.history("某某市测试局") == [arrival]


def test_a_correction_replaces_and_the_change_is_told_in_words(catalog: Catalog, tmp_path: Path) -> None:
    sent = tmp_path / "报送件"
    send(catalog, sent, 25)
    assert dangjian("aggregate", sent, "-o", tmp_path / "汇总.xlsx", "--register", "--no-cache").exit_code == 1
    send(catalog, sent, 15, revision=1)
    dangjian("aggregate", sent, "-o", tmp_path / "汇总.xlsx", "--register", "--no-cache")
    done = dangjian("history", "A001", tmp_path)
    assert done.exit_code == 0, done.output
    first, second, change = done.output.splitlines()
    assert "退回（1处错误），已被第2号取代" in first and "更正1次" in second and "接收" in second
    assert change == "  组织生活第6行 实到人数：25 → 15"
    told = json.loads(dangjian("history", "A001", tmp_path / NAME, "--json").output)
    assert [a["changes"] for a in told["arrivals"]] == [[], ["组织生活第6行 实到人数：25 → 15"]]


def test_a_correction_that_comes_as_an_export_is_told_by_the_rows_of_the_unit(catalog: Catalog, tmp_path: Path) -> None:
    sent, home = tmp_path / "报送件", tmp_path / "家"
    send(catalog, sent, 25)
    register = Register(tmp_path)
    register.add(aggregate(catalog, [sent]))
    send(catalog, home, 15, revision=1)
    done = dangjian("export", home / "A001.xlsx", "-o", sent)
    assert done.exit_code == 0, done.output
    c = aggregate(catalog, [sent])
    register.add(c)
    first, second = register.history("A001")
    assert first.replaced_by == second.id and second.file == "A001_2026_报送件.xlsx"
    assert register.changes(catalog, first, second) == ["组织生活第6行 实到人数：25 → 15"]
    assert not [f for f in c.findings if f.is_error]  # what was wrong in the first one is mended
    assert Inbox(catalog, tmp_path).slips() == []
    (used,) = (f.message for f in c.findings if f.code == "U01")
    assert used.endswith(f"这份已被 {sent / 'A001_2026_报送件.xlsx'} 取代")


def test_lateness_goes_by_receipt_not_by_the_date_that_the_unit_wrote(catalog: Catalog, tmp_path: Path) -> None:
    sent = tmp_path / "报送件"
    send(catalog, sent, 12, fill_date=date(2026, 12, 1))
    register = Register(tmp_path)
    late = aggregate(catalog, [sent], due=register.deadline(date(2026, 12, 10), date(2026, 12, 11)))
    assert [x.status for x in late.covered] == ["迟报"]
    assert any(f.code == "U05" and "2026-12-10" in f.message for f in late.findings)
    register.add(late, datetime(2026, 12, 9, 17))
    kept = aggregate(catalog, [sent], due=register.deadline(date(2026, 12, 10), date(2026, 12, 31)))
    assert [x.status for x in kept.covered] == ["已报"]


def test_nothing_can_be_changed_or_removed(catalog: Catalog, tmp_path: Path) -> None:
    send(catalog, tmp_path / "报送件", 12)
    register = Register(tmp_path)
    register.add(aggregate(catalog, [tmp_path / "报送件"]))
    with sqlite3.connect(tmp_path / NAME) as db:
        for change in (
            "DELETE FROM arrivals",
            "UPDATE arrivals SET received = ''",
            "DELETE FROM rows",
            "UPDATE rows SET row = ''",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="append only"):
                db.execute(change)


def test_names_stay_in_the_unit(catalog: Catalog, tmp_path: Path) -> None:
    send(catalog, tmp_path / "报送件", 12)
    Register(tmp_path).add(aggregate(catalog, [tmp_path / "报送件"]))
    with sqlite3.connect(tmp_path / NAME) as db:
        kept = "".join(row for (row,) in db.execute("SELECT row FROM rows"))
    assert "主题2" in kept and "丙某某" not in kept and "丁某某" not in kept


def test_another_file_is_no_register(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "别的.db") as db:
        db.execute("CREATE TABLE x (y)")
    with pytest.raises(CannotRun, match="不是登记簿"):
        Register(tmp_path / "别的.db").history("A001")
    (tmp_path / NAME).write_bytes(b"no database at all, but long enough to be taken for one" * 20)
    with pytest.raises(CannotRun, match="不能读写"):
        Register(tmp_path).history("A001")


VALUES = st.dictionaries(st.sampled_from(["topic", "present_n", "rec_id"]), st.sampled_from([None, "甲", 1, 2]))
SHEET = st.dictionaries(st.integers(5, 9), VALUES, max_size=4)


@given(SHEET, SHEET)
def test_equal_rows_differ_in_nothing_and_every_other_row_is_told(old: dict, new: dict) -> None:  # type: ignore[type-arg]
    assert list(differences(CATALOG, {"orglife": old}, {"orglife": old})) == []
    said = list(differences(CATALOG, {"orglife": old}, {"orglife": new}))
    added = sum("：新增" in line for line in said)
    removed = sum("已删去" in line for line in said)
    assert len(old) - removed == len(new) - added  # every row is paired, added or removed
