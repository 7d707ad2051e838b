"""From a ledger kept before to a workbook: the sheet of decisions, corrected and applied; folders; refusals."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from support.markdown_book import book

from toolkit.adopting.adopt import Outcome, adopt, balance
from toolkit.adopting.folder import adopt_folder, told
from toolkit.adopting.learnt import learnt_file, recall
from toolkit.cli.main import main
from toolkit.errors import CannotRun
from toolkit.excel.reading.read import read_book
from toolkit.model import Catalog
from toolkit.submissions.reading import read_submission

LEDGER = """
    | 2025年三会一课台账 |         |          |           |        |            |
    | 支部               | 时间    | 会议类型 | 到会情况  | 议题   | 联系电话   |
    | ------------------ | ------- | -------- | --------- | ------ | ---------- |
    | 第一支部           | 5.1     | 支委会   | 13/12     | 议事   | 13800000001 |
    | 第二支部           | 6.12    | 党员大会 | 20/18     | 选举   | 13800000002 |
"""


def run(*args: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["adopt", *map(str, args)])
    return done.exit_code, done.output


def old(folder: Path, name: str = "旧.xlsx", table: str = LEDGER) -> Path:
    return book(folder, {"台账": table}, name)


def adopted(catalog: Catalog, path: Path, mapping: Path | None = None) -> Outcome:
    return adopt(
        catalog, path, path.with_name("新.xlsx"), path.with_name("对照2.xlsx" if mapping else "对照.xlsx"), mapping
    )


def states(done: Outcome) -> dict[str, str]:
    return {x.title: x.state for x in done.lines}


def decided(path: Path, answers: dict[str, str]) -> Path:
    """The sheet of decisions with 取作 filled in for the columns of these titles, saved by another program."""
    made = openpyxl.load_workbook(path)
    sheet = made["对照"]
    heads = {c.value: c.column for c in sheet[3]}
    for row in range(4, sheet.max_row + 1):
        if (title := sheet.cell(row, heads["原栏目"]).value) in answers:
            sheet.cell(row, heads["取作"], answers[title])
    made.save(path)
    return path


# ------------------------------------------------------------- what is asked


def test_what_may_mean_two_things_is_asked_and_not_decided(catalog: Catalog, tmp_path: Path) -> None:
    done = adopted(catalog, old(tmp_path))
    seen = states(done)
    assert (seen["时间"], seen["到会情况"], seen["联系电话"], seen["议题"]) == ("待定", "待定", "不取", "取用")
    assert [sorted(r) for r in done.files[0].rows["orglife"]] == [["kind", "org_id", "topic"]] * 2
    choices = {x.title: x.choices for x in done.lines}
    assert choices["时间"] == "组织生活·日期（按“月.日”读）"
    assert choices["到会情况"].startswith("组织生活·应到人数／实到人数（拆开）、")


def test_the_sheet_is_corrected_and_applied(catalog: Catalog, tmp_path: Path) -> None:
    path = old(tmp_path)
    adopted(catalog, path)
    mapping = decided(
        tmp_path / "对照.xlsx",
        {
            "时间": "组织生活·日期（按“月.日”读）",
            "到会情况": "组织生活·应到人数／实到人数（拆开）",
            "联系电话": "组织生活·备注",
        },
    )
    done = adopted(catalog, path, mapping)
    first, second = done.files[0].rows["orglife"]
    assert (first["due_n"], first["present_n"], second["due_n"], second["present_n"]) == (13, 12, 20, 18)
    assert (first["date"], second["date"]) == (date(2025, 5, 1), date(2025, 6, 12))
    assert any("也可能是5.10" in why for why in done.files[0].doubts.values())
    assert "remark" not in first  # a column of telephones stays out, whatever the sheet says
    assert states(done)["时间"] == "取用"


def test_two_columns_told_apart_only_by_the_row_above_are_asked(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "旧.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("组织生活")
        sheet.write_row(0, 0, ["2025年组织生活台账"])
        for area, text in (
            ("A2:A3", "支部"),
            ("B2:B3", "时间"),
            ("C2:C3", "主题"),
            ("D2:E2", "党员"),
            ("F2:G2", "群众"),
        ):
            sheet.merge_range(area, text)
        sheet.write_row(2, 3, ["应到", "实到", "应到", "实到"])
        sheet.write_row(3, 0, ["第一支部", "2025年3月5日", "学习", 12, 11, 5, 4])
        sheet.write_row(4, 0, ["第二支部", "2025年3月6日", "学习", 10, 9, 3, 3])
    done = adopted(catalog, path)
    assert {states(done)[t] for t in ("党员／应到", "党员／实到", "群众／应到", "群众／实到")} == {"待定"}
    assert all(not {"due_n", "present_n"} & r.keys() for r in done.files[0].rows["orglife"])


def test_a_fact_told_only_in_a_remark_is_asked(catalog: Catalog, tmp_path: Path) -> None:
    table = """
        | 2025年主题党日台账 |        |          |                |
        | 支部     | 时间      | 主题     | 备注             |
        |----------|-----------|----------|------------------|
        | 第一支部 | 3月5日    | 学雷锋   | 2人因公请假      |
        | 第一支部 | 3月6日    | 植树     | 已存档           |
    """
    done = adopted(catalog, old(tmp_path, table=table))
    assert [(q.cell, q.asks) for q in done.files[0].questions] == [("D3", "备注里说的事实，请补填到对应的栏")]
    assert [r["date"] for r in done.files[0].rows["orglife"]] == [date(2025, 3, 5), date(2025, 3, 6)]


# ------------------------------------------------------- origins and the account


def test_every_cell_keeps_its_origin_in_a_workbook_that_check_reads(catalog: Catalog, tmp_path: Path) -> None:
    adopted(catalog, old(tmp_path))
    sheet = read_book(tmp_path / "新.xlsx").grids["来源"]
    lines = [row for row in sheet.cells[3:] if row[0] is not None]
    assert ["组织生活", "A5", "所属党组织", "第一支部", "旧.xlsx", "台账", "A3", "第一支部", "取用"] in [
        x[:9] for x in lines
    ]
    read = read_submission(catalog, tmp_path / "新.xlsx")
    assert len(read.rows["orglife"]) == 2
    assert not [f for f in read.findings if f.code in ("S17", "S18", "S19", "F10")]


CELLS = st.one_of(
    st.none(),
    st.floats(-1e6, 1e6),
    st.integers(0, 60000).map(float),
    st.dates(date(1990, 1, 1), date(2027, 1, 1)),
    st.booleans(),
    st.sampled_from(["支部", "时间", "主题", "应到", "实到", "备注", "1月", "2月", "3月", "合计", "3月5日", "13/12", "√", "注：无",
                     "类型", "支委会", "姓名", "张三", "一、2025年3月5日，在会议室召开支委会，应到5人，实到5人。", "时间：3月5日"]),
    st.text(max_size=12),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=8), min_size=1, max_size=10), st.integers(0, 3))
def test_no_sheet_breaks_it_and_the_account_always_holds(
    catalog: Catalog, tmp_path_factory: pytest.TempPathFactory, rows: list[list[Any]], merges: int
) -> None:
    folder = tmp_path_factory.mktemp("any")
    path = folder / "旧.xlsx"
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as made:
        sheet, day = made.add_worksheet("台账"), made.add_format({"num_format": "yyyy-mm-dd"})
        for n in range(merges):
            sheet.merge_range(n * 2, n, n * 2 + 1, n + n, None) if n else sheet.merge_range(0, 0, 0, 3, None)
        for r, row in enumerate(rows):
            for c, v in enumerate(row):
                if isinstance(v, date):
                    sheet.write_datetime(r, c, v, day)
                elif v is not None:
                    sheet.write(r, c, v)
    done = adopted(catalog, path)
    counts = balance(done.files)
    assert counts["全部"] == counts["取用"] + counts["推断"] + counts["照录"] + counts["未取用"]
    assert len(read_submission(catalog, folder / "新.xlsx").rows) == len(catalog.ledgers)


# ------------------------------------------------------------------ the command


def test_exit_codes_and_refusals(tmp_path: Path) -> None:
    path = old(tmp_path)
    code, said = run(path, "-o", tmp_path / "新.xlsx")
    assert code == 1
    assert "待定" in said and "13800000001" not in said
    assert (tmp_path / "新_对照.xlsx").exists()
    code, said = run(path, "-o", path)
    assert code == 2 and "不能覆盖" in said
    code, said = run(path, "-o", tmp_path / "新.xlsx", "--mapping", path)
    assert code == 2 and "不是对照表" in said
    (tmp_path / "坏.xlsx").write_bytes(b"nothing")
    assert run(tmp_path / "坏.xlsx", "-o", tmp_path / "b.xlsx")[0] == 2


def test_all_taken_for_certain_exits_with_0(tmp_path: Path) -> None:
    table = """
        | 2025年组织生活台账 | | | | |
        | 所属党组织 | 日期        | 类型     | 主题议题 | 地点   |
        |------------|-------------|----------|----------|--------|
        | 第一支部   | @2025-03-05 | 主题党日 | 学雷锋   | 社区   |
        | 第二支部   | @2025-03-06 | 支委会   | 议事     | 会议室 |
    """
    code, said = run(old(tmp_path, table=table), "-o", tmp_path / "新.xlsx", "--unit", "样例局", "--code", "DZ1")
    assert code == 0, said


def test_a_file_with_a_mark_of_secrecy_is_refused(tmp_path: Path) -> None:
    path = old(tmp_path, table=LEDGER.replace("议事", "秘密★1年"))
    code, said = run(path, "-o", tmp_path / "新.xlsx")
    assert code == 2 and "密级" in said
    assert not (tmp_path / "新.xlsx").exists()


def test_a_folder_of_one_layout_has_one_sheet_of_decisions(catalog: Catalog, tmp_path: Path) -> None:
    folder, out = tmp_path / "旧", tmp_path / "新"
    folder.mkdir()
    for n in range(3):
        old(folder, f"单位{n}.xlsx", LEDGER.replace("第一支部", f"第{n}支部"))
    assert run(folder, "-o", out)[0] == 1
    assert len(list(out.glob("单位*_工作簿.xlsx"))) == 3
    mapping = decided(out / "台账_对照.xlsx", {"到会情况": "组织生活·应到人数／实到人数（拆开）"})
    done = adopt(catalog, folder, out, out / "再对照.xlsx", mapping)
    assert sum(x.title == "到会情况" for x in done.lines) == 1
    assert [r["due_n"] for a in done.files for r in a.rows["orglife"]] == [13, 20] * 3


def test_what_a_clerk_decided_is_known_the_next_time(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    table = LEDGER.replace("联系电话", "参与规模").replace("13800000001", "12").replace("13800000002", "18")
    path = old(tmp_path, table=table)
    assert states(adopted(catalog, path))["参与规模"] == "不取"
    mapping = decided(tmp_path / "对照.xlsx", {"参与规模": "组织生活·实到人数"})
    assert adopted(catalog, path, mapping).learnt == 1
    assert recall() == {"orglife": {"参与规模": "present_n"}}
    (tmp_path / "明年").mkdir()
    again = old(tmp_path / "明年", "另一份.xlsx", table.replace("议题", "主要议题"))
    assert states(adopted(catalog, again))["参与规模"] == "取用"
    learnt_file().write_text("[broken", encoding="utf-8")
    assert recall() == {}


def test_the_button_takes_the_folder_beside_the_workbook(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="旧台账"):
        adopt_folder(catalog, tmp_path)
    (tmp_path / "旧台账").mkdir()
    old(tmp_path / "旧台账")
    assert "待定" in told(adopt_folder(catalog, tmp_path))
    adopt_folder(catalog, tmp_path)  # nobody has edited the sheet: it is written anew
    decided(tmp_path / "新工作簿" / "对照.xlsx", {"到会情况": "组织生活·应到人数／实到人数（拆开）"})
    for _ in range(2):
        done = adopt_folder(catalog, tmp_path)
        assert done.files[0].rows["orglife"][0]["due_n"] == 13
    assert sorted(p.name for p in (tmp_path / "新工作簿").iterdir()) == [
        "对照.xlsx",
        "对照（已套用）.xlsx",
        "旧_工作簿.xlsx",
    ]
