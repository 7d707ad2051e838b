"""The command line as its users meet it: what it says, what it writes, how it exits."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from support.small_city import org, party_day, unit, write

from toolkit.cli.main import main
from toolkit.model import Catalog


def run(*args: str | Path) -> tuple[int, str]:
    """Exit code and all that was said; a stack trace fails the test."""
    done = CliRunner().invoke(main, [str(a) for a in args])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.fixture
def bureau(catalog: Catalog, tmp_path: Path) -> Path:
    rows = {"org": [org()], "orglife": [party_day(n) for n in range(1, 13)]}
    return write(catalog, tmp_path / "局.xlsx", unit("AA001", "示例市甲局"), rows)


@pytest.fixture
def faulty(catalog: Catalog, tmp_path: Path) -> Path:
    days = [party_day(1), party_day(2, present_n=9), party_day(3, status="草稿"), party_day(4, status="作废")]
    return write(catalog, tmp_path / "错.xlsx", unit("AA002", "示例市乙局"), {"org": [org()], "orglife": days})


def test_a_clean_workbook_exits_0(bureau: Path) -> None:
    code, said = run("check", bureau)
    assert code == 0
    assert "检查1份工作簿、13行记录" in said


def test_check_json_is_what_programs_rely_on(faulty: Path) -> None:
    code, said = run("check", faulty, "--json")
    assert code == 1
    found = json.loads(said)
    assert set(found) == {"files", "summary"}
    (file,) = found["files"]
    assert set(file) == {"path", "unit", "status", "rows", "findings"}
    assert (file["unit"], file["status"], file["rows"]) == ("AA002", "findings", 5)
    error = next(f for f in file["findings"] if f["severity"] == "error")
    assert set(error) == {"code", "severity", "sheet", "cell", "field", "value", "message", "remedy"}
    assert (error["sheet"], error["cell"], error["field"], error["value"]) == ("组织生活", "H6", "实到人数", "9")
    assert found["summary"]["errors"] == 1


def test_nothing_readable_exits_2(tmp_path: Path) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    code, said = run("check", tmp_path / "坏.xlsx")
    assert code == 2
    assert "F01" in said
    code, said = run("aggregate", tmp_path / "坏.xlsx", "-o", tmp_path / "out.xlsx")
    assert code == 2
    assert "没有一份工作簿可以汇总" in said
    assert not (tmp_path / "out.xlsx").exists()


def test_aggregate_accounts_for_every_row_and_goes_on_past_bad_files(
    bureau: Path, faulty: Path, tmp_path: Path
) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    out = tmp_path / "out" / "汇总.xlsx"
    code, said = run("aggregate", tmp_path, "-o", out)
    assert code == 1
    assert "读入18行＝计入15行＋未计入3行" in said
    assert "有错误1行、状态为“作废”1行、状态为“草稿”1行" in said
    assert "F01" in said
    assert out.exists()


def test_a_folder_in_place_of_the_output_is_refused(
    bureau: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    code, said = run("aggregate", bureau, "-o", ".")
    assert (code, sorted(tmp_path.iterdir())) == (2, before)
    assert "无法写入" in said


def test_aggregate_json_is_what_programs_rely_on(bureau: Path, tmp_path: Path) -> None:
    code, said = run("aggregate", bureau, "-o", tmp_path / "out.xlsx", "--json")
    assert code == 0
    found = json.loads(said)
    assert found["period"] == "2026"
    assert found["units"] == {"expected": 1, "received": 1, "missing": []}
    assert found["rows"] == {"read": 13, "counted": 13, "left_out": 0}
    days = next(f for f in found["figures"] if f["id"] == "OL02")
    wanted = {"title": "主题党日（支部层面）", "value": 12, "unit": "次", "phrase": "12次", "cells": 12}
    assert {k: days[k] for k in wanted} == wanted


def test_aggregate_exports_tables_that_no_spreadsheet_takes_for_formulas(catalog: Catalog, tmp_path: Path) -> None:
    rows = {"org": [org()], "orglife": [party_day(1, topic="=1+1")]}
    book = write(catalog, tmp_path / "局.xlsx", unit("AA001", "示例市甲局"), rows)
    code, said = run("aggregate", book, "-o", tmp_path / "out.xlsx", "--export", tmp_path / "表")
    assert code == 0, said
    lines = (tmp_path / "表" / "组织生活.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("单位编码,单位名称,来源文件,来源行")
    assert "'=1+1" in lines[1]
    assert (tmp_path / "表" / "指标汇总.csv").exists()
    assert run("aggregate", book, "-o", tmp_path / "out.xlsx", "--export", tmp_path / "表")[0] == 0
    (tmp_path / "表" / "自己的.txt").write_text("x")
    assert run("aggregate", book, "-o", tmp_path / "out.xlsx", "--export", tmp_path / "表")[0] == 2


def test_the_roster_tells_who_is_missing_and_who_is_late(bureau: Path, tmp_path: Path) -> None:
    from toolkit.excel.unit.roster import write_roster_template
    from toolkit.standard.catalog import load_catalog

    units = [unit("AA001", "示例市甲局"), unit("AA009", "示例市丙局")]
    write_roster_template(load_catalog(), tmp_path / "名单.xlsx", units)
    code, said = run(
        "aggregate", bureau, "-o", tmp_path / "out.xlsx", "--roster", tmp_path / "名单.xlsx", "--due", "2026-12-01"
    )
    assert code == 1
    assert "应报2家、实报1家、迟报1家" in said
    assert "缺报：示例市丙局" in said


def test_a_correction_replaces_what_it_corrects(bureau: Path, catalog: Catalog, tmp_path: Path) -> None:
    fewer = {"org": [org()], "orglife": [party_day(n) for n in range(1, 11)]}
    later = unit("AA001", "示例市甲局", fill_date=date(2026, 12, 22), revision=1)
    write(catalog, tmp_path / "更正.xlsx", later, fewer)
    code, said = run("aggregate", bureau, tmp_path / "更正.xlsx", "-o", tmp_path / "out.xlsx")
    assert code == 0
    assert "第1次更正件" in said
    assert "已被" in said
    assert "读入11行" in said


def test_another_year_stays_out(bureau: Path, catalog: Catalog, tmp_path: Path) -> None:
    old = unit("AA003", "示例市丁局", year=2025, fill_date=date(2025, 12, 1))
    rows = {"org": [org()], "orglife": []}
    write(catalog, tmp_path / "旧.xlsx", old, rows)
    code, said = run("aggregate", bureau, tmp_path / "旧.xlsx", "-o", tmp_path / "out.xlsx", "--year", "2026")
    assert code == 1
    assert "填报年度是2025年，本次汇总2026年" in said
    assert "实报1家" in said


def test_a_secrecy_mark_refuses_the_workbook(catalog: Catalog, tmp_path: Path) -> None:
    rows = {"org": [org()], "orglife": [party_day(1, topic="秘密★文件学习")]}
    path = write(catalog, tmp_path / "密.xlsx", unit("AA004", "示例市戊局"), rows)
    code, said = run("aggregate", path, "-o", tmp_path / "out.xlsx")
    assert code == 2
    code, said = run("check", path)
    assert code == 1
    assert "整份拒收" in said


def test_return_slips_go_out_and_come_back(faulty: Path, tmp_path: Path) -> None:
    run("check", faulty, "--slips", tmp_path / "退回")
    (slip,) = (tmp_path / "退回").glob("*.xlsx")
    book = openpyxl.load_workbook(slip)
    sheet = book["组织生活"]
    spot = next((r, c) for r in sheet.iter_rows() for c in r if c.value == 9)[1]
    spot.value = 5
    book.save(slip)
    code, said = run("merge-slip", slip, faulty, "-o", tmp_path / "好.xlsx")
    assert (code, "已并回1个单元格" in said) == (0, True), said
    assert "错误" not in run("check", tmp_path / "好.xlsx")[1].replace("0处错误", "")


def test_approve_turns_clean_drafts_into_counted_rows(faulty: Path, tmp_path: Path) -> None:
    before = faulty.read_bytes()
    _, said = run("approve", faulty, "-o", tmp_path / "核.xlsx")
    assert "组织生活：核定1行" in said
    assert faulty.read_bytes() == before
    code, said = run("approve", faulty, "-o", tmp_path / "核2.xlsx", "--json")
    told = json.loads(said)
    assert {s["sheet"]: s["approved"] for s in told["sheets"]} == {"组织生活": 1}
    assert (code, told["left_out"]) == (1, 1) and all(f["cell"] and f["message"] for f in told["findings"])
    _code, said = run("aggregate", tmp_path / "核.xlsx", "-o", tmp_path / "out.xlsx")
    assert "计入3行＋未计入2行" in said


def test_fill_stops_for_what_is_missing_and_says_where_to_enter_it(catalog: Catalog, tmp_path: Path) -> None:
    silent = {"study": "", "narrative": ""}
    book = write(catalog, tmp_path / "局.xlsx", unit("AA001", "示例市甲局"), {"org": [org()]}, silent)
    code, said = run("fill", "党建工作情况", book, "-o", tmp_path / "out.docx")
    assert code == 2
    assert "文字材料" in said
    narrative: list[dict[str, Any]] = [
        {"document": "党建工作情况", "passage": p, "seq": 1, "text": "【单位简称】全年开展主题党日【主题党日_支部】。"}
        for p in ("问题", "打算")
    ]
    write(catalog, book, unit("AA001", "示例市甲局"), {"org": [org()], "narrative": narrative}, silent)
    code, said = run("fill", "situation", book, "-o", tmp_path / "out.docx")
    assert code == 2
    assert "中心组集体学习" in said
    assert "请在“理论学习”表补填" in said
    assert not (tmp_path / "out.docx").exists()
    code, said = run("fill", "situation", book, "-o", tmp_path / "out.docx", "--draft")
    assert code == 1
    assert "已标黄" in said
    assert (tmp_path / "out.docx").exists()


def test_unknown_names_suggest_the_nearest(bureau: Path, tmp_path: Path) -> None:
    code, said = run("fill", "sumary", bureau, "-o", tmp_path / "out.docx")
    assert (code, "summary" in said) == (2, True)
    code, said = run("explain", "主题党日支部", bureau)
    assert (code, "主题党日_支部" in said) == (2, True)


def test_explain_lists_the_cells_behind_a_number(bureau: Path) -> None:
    code, said = run("explain", "主题党日_支部", bureau)
    assert code == 0
    assert "主题党日（支部层面）（OL02）＝12次" in said
    assert "组织生活!C5" in said
    assert "共12个单元格" in said


def test_new_makes_a_workbook_for_each_unit_and_overwrites_none(catalog: Catalog, tmp_path: Path) -> None:
    run("new", "--roster-template", "-o", tmp_path / "名单.xlsx")
    from toolkit.excel.unit.roster import write_roster_template

    write_roster_template(catalog, tmp_path / "名单.xlsx", [unit("AA001", "示例市甲局"), unit("AA002", "示例市乙局")])
    code, said = run("new", tmp_path / "名单.xlsx", "-o", tmp_path / "空白", "--year", "2026")
    assert (code, len(list((tmp_path / "空白").glob("*.xlsx")))) == (0, 2), said
    first = min((tmp_path / "空白").iterdir())
    first.write_bytes(first.read_bytes() + b"filled in")
    code, said = run("new", tmp_path / "名单.xlsx", "-o", tmp_path / "空白", "--year", "2026")
    assert (code, "没有覆盖" in said) == (2, True)
    one = ("new", "--unit", "示例市甲局", "--code", "AA001", "--year", "2026", "-o", tmp_path / "一份")
    assert [run(*one)[0], run(*one)[0]] == [0, 0]  # still blank


def test_doctor_names_what_works_and_how_to_mend_the_rest() -> None:
    _, said = run("doctor")
    assert "√ 台账标准" in said
    for line in said.splitlines():
        assert line.startswith("√") or "处理：" in line


def test_findings_on_the_front_page_have_the_cell_to_mend(catalog: Catalog, tmp_path: Path) -> None:
    about = unit("AA003", "示例市丙局", period_start=date(2025, 1, 1), period_end=date(2025, 12, 31))
    rows = {"org": [org()], "orglife": [party_day(1)]}
    book = write(catalog, tmp_path / "丙.xlsx", about, rows, {"study": "", "meeting": "有", "orglife": "本年无"})
    code, said = run("check", book, "--json")
    assert code == 1
    cover = openpyxl.load_workbook(book)["封面"]
    place = {str(c.value): c for line in cover.iter_rows(max_col=1) for c in line if c.value}
    wanted = {"S06": "理论学习", "S08": "会议督导", "S07": "组织生活", "S28": "截止日期"}
    found = {f["code"]: f for f in json.loads(said)["files"][0]["findings"] if f["code"] in wanted}
    assert {c: f["cell"] for c, f in found.items()} == {c: f"B{place[t].row}" for c, t in wanted.items()}
    errors = [f for f in json.loads(said)["files"][0]["findings"] if f["severity"] == "error"]
    rows_in_error = {(f["sheet"], f["cell"][1:]) for f in errors if f["cell"] and f["sheet"] != "封面"}
    told = f"有错误的{len(rows_in_error)}行" if rows_in_error else "份没有问题。\n"
    assert told in run("check", book)[1]  # a cell of the front page is no row
