"""What goes up and what goes back: 报送件, return slips, the notice."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from docx import Document
from support import small_city as city

from toolkit.cli.main import main
from toolkit.errors import CannotRun
from toolkit.excel.changing.slip_faults import FAULTS
from toolkit.excel.reading.read import read_book
from toolkit.excel.unit.roster import write_roster_template
from toolkit.findings import finding, findings_text, with_remedy
from toolkit.model import Catalog, Place, Submission
from toolkit.submissions.check import slip_path
from toolkit.submissions.exchange.inbox import Inbox
from toolkit.submissions.exchange.returned import merge_returned


def dangjian(*words: object) -> Result:
    return CliRunner().invoke(main, [str(w) for w in words])


# ------------------------------------------------------------------- what goes up


def test_export_writes_the_submission_and_its_manifest(catalog: Catalog, tmp_path: Path) -> None:
    rows = {"org": [city.org()], "orglife": [city.party_day(1)]}
    path = city.write(catalog, tmp_path / "局.xlsx", city.unit("A001", "某某市测试局"), rows)
    done = dangjian("export", path, "-o", tmp_path / "报送")
    assert done.exit_code == 0, done.output
    made = tmp_path / "报送" / "A001_2026_报送件.xlsx"
    manifest = json.loads(made.with_suffix(".json").read_text(encoding="utf-8"))
    assert manifest["sha256"] == hashlib.sha256(made.read_bytes()).hexdigest()
    assert (manifest["unit_id"], manifest["counted"], manifest["errors"]) == ("A001", 2, 0)


def test_export_with_errors_needs_a_reason_on_the_front_page(catalog: Catalog, tmp_path: Path) -> None:
    rows = {"org": [city.org()], "orglife": [city.party_day(1, present_n=9)]}
    path = city.write(catalog, tmp_path / "局.xlsx", city.unit("A001", "某某市测试局"), rows)
    refused = dangjian("export", path)
    assert refused.exit_code == 2 and "还有1处错误，未导出" in refused.output
    assert [p.name for p in tmp_path.iterdir()] == ["局.xlsx"]
    city.write(catalog, path, city.unit("A001", "某某市测试局", waiver="系统故障"), rows)
    sent = dangjian("export", path)
    assert sent.exit_code == 1 and "带错报送：有1处错误" in sent.output


def test_export_of_another_file_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x")
    done = dangjian("export", tmp_path / "a.xlsx")
    assert done.exit_code == 2 and "不能导出报送件" in done.output and "文件打不开" in done.output


# ----------------------------------------------------------------- what goes back


def told(slip: Path) -> list[list[str]]:
    """The lines of the sheet 退回说明: what to do, and where."""
    return [[str(v or "") for v in row[:2]] for row in read_book(slip).grids[FAULTS].cells[3:]]


@pytest.fixture
def inbox(catalog: Catalog, tmp_path: Path) -> Inbox:
    """Five submissions: a clean one, one of last year, one that cannot be opened, one with two sheets wrong, one of ours."""
    sent = tmp_path / "报送件"
    sent.mkdir()
    rows = {"org": [city.org()], "orglife": [city.party_day(1)]}
    city.write(catalog, sent / "A001.xlsx", city.unit("A001", "某某市测试局"), rows)
    city.write(catalog, sent / "A003.xlsx", city.unit("A003", "某某市第三局", "A001"), rows)
    old = city.unit("A002", "某某市第二局", year=2025, fill_date=city.date(2025, 12, 20))
    city.write(catalog, sent / "A002.xlsx", old, {"org": [city.org(date=city.date(2025, 1, 1))]})
    (sent / "A004.xlsx").write_bytes(b"PK not a workbook")
    wrong = {"org": [city.org()], "orglife": [city.party_day(1, present_n=9)]}
    city.write(catalog, sent / "A005.xlsx", city.unit("A005", "某某市第五局", "A001"), wrong, {"study": ""})
    return Inbox(catalog, tmp_path)


def test_faults_of_the_whole_file_come_back_on_a_slip(inbox: Inbox) -> None:
    made = {p.name: p for p in inbox.slips()}
    assert set(made) == {"退回单_A002.xlsx", "退回单_A004.xlsx", "退回单_A005.xlsx"}
    year = told(made["退回单_A002.xlsx"])
    assert any("填报年度是2025年，本次汇总2026年" in line[0] and line[1] == "整份文件" for line in year)
    assert any("文件打不开" in line[0] and "处理：" in line[0] for line in told(made["退回单_A004.xlsx"]))
    both = read_book(made["退回单_A005.xlsx"])
    assert {FAULTS, "组织生活"} <= set(both.grids)
    assert any("空表，封面未申报" in line[0] for line in told(made["退回单_A005.xlsx"]))


def test_a_slip_with_faults_of_the_file_still_merges_its_rows(inbox: Inbox, catalog: Catalog, tmp_path: Path) -> None:
    slip = next(p for p in inbox.slips() if "A005" in p.name)
    home = tmp_path / "第五局"
    home.mkdir()
    (home / slip.name).write_bytes(slip.read_bytes())
    book = read_book(tmp_path / "报送件" / "A005.xlsx")
    path, report = merge_returned(catalog, book, home)
    assert path.name == slip.name and (report.changed, report.skipped) == ((), ())


def test_a_slip_of_another_unit_is_not_taken(inbox: Inbox, catalog: Catalog, tmp_path: Path) -> None:
    inbox.slips()
    book = read_book(tmp_path / "报送件" / "A001.xlsx")
    with pytest.raises(CannotRun, match="没有找到这个单位本年度的退回单"):
        merge_returned(catalog, book, tmp_path)


def test_check_writes_slips_for_whole_files_too(inbox: Inbox, tmp_path: Path) -> None:
    done = dangjian("check", tmp_path / "报送件", "--slips", tmp_path / "退")
    assert done.exit_code == 1, done.output
    assert {p.name for p in (tmp_path / "退").iterdir()} >= {"退回单_A004.xlsx", "退回单_A005.xlsx"}


def test_a_list_of_units_and_a_slip_among_the_submissions_are_called_by_their_names(
    inbox: Inbox, catalog: Catalog, tmp_path: Path
) -> None:
    slip = next(p for p in inbox.slips() if "A005" in p.name)
    folder = tmp_path / "收件"
    folder.mkdir()
    write_roster_template(catalog, folder / "单位名单.xlsx")
    shutil.copy(slip, folder)
    shutil.copy(tmp_path / "报送件" / "A001.xlsx", folder)
    done = dangjian("check", folder, "--slips", tmp_path / "再退")
    assert "[提醒 F31] 这是单位名单，不是报送件" in done.output
    assert "[错误 F32] 这是退回单，不能代替报送件" in done.output
    assert [p.name for p in (tmp_path / "再退").iterdir()] == [f"退回单_{slip.name}"]
    slip_too = [folder / "单位名单.xlsx", folder / "A001.xlsx"]
    assert dangjian("check", *slip_too).exit_code == 0  # a list of units is no fault


@pytest.mark.parametrize(
    ("name", "slip"),
    [
        ("A005", "退回单_A005"),
        ("a005_第五局_2026", "退回单_a005_第五局_2026"),
        ("第五局", "退回单_A005_第五局"),
        ("A0051", "退回单_A005_A0051"),
    ],
)
def test_a_slip_bears_the_code_once(name: str, slip: str) -> None:
    s = Submission(f"报送件/{name}.xlsx", "", "", {"unit_id": "A005"}, {}, {}, ())
    assert slip_path(Path("退"), s, b"", ()).stem == slip


def test_findings_of_a_whole_file_or_of_no_file_have_no_empty_place() -> None:
    units = [finding("U04", Place("", f"A{n}"), value=f"第{n}局") for n in range(8)]
    text = findings_text([*units, finding("F05", Place("报送件/甲.xlsx"), value="2025", expected=2026)])
    assert "\n  [错误 U04] “第0局”、" in text
    assert text.count("报送件/甲.xlsx") == 1 and "\n  [错误 F05] 填报年度是2025年" in text


def test_a_question_in_a_message_ends_the_sentence() -> None:
    assert with_remedy("没有“甲”这个选项，是否为“乙”？", "选一项") == "没有“甲”这个选项，是否为“乙”？处理：选一项。"
    assert with_remedy("未填", "") == "未填。"


# ------------------------------------------------------------------- the notice


def test_the_notice_names_units_and_reasons_and_no_folder(inbox: Inbox, tmp_path: Path) -> None:
    out = tmp_path / "通报.docx"
    done = dangjian("notice", tmp_path / "报送件", "-o", out)
    assert done.exit_code == 1 and "退回" in done.output, done.output
    read = Document(out)
    said = "\n".join(p.text for p in read.paragraphs)
    assert "应报3家，实报3家，其中按时报送3家、迟报0家；未报0家" in said
    assert "某某市第五局：" in said and "空表，封面未申报" in said
    assert "A002.xlsx：填报年度是2025年" in said and "A004.xlsx：文件打不开" in said
    assert str(tmp_path) not in said and "/" not in said
    table = [[c.text for c in row.cells] for row in read.tables[0].rows]
    assert table[0] == ["单位", "情况", "填报日期", "计入行", "错误", "更正次数"]
    assert ["某某市第五局", "已报", "2026-12-20", "1", "2", "0"] in table
    assert dangjian("lint", out).output.count("[错误") == 0


def test_a_notice_without_faults_says_so(catalog: Catalog, tmp_path: Path) -> None:
    rows = {"org": [city.org()], "orglife": [city.party_day(1)]}
    city.write(catalog, tmp_path / "A001.xlsx", city.unit("A001", "某某市测试局"), rows)
    done = dangjian("notice", tmp_path / "A001.xlsx", "-o", tmp_path / "通报.docx", "--due", "2026-12-01")
    assert done.exit_code == 0, done.output
    said = "\n".join(p.text for p in Document(tmp_path / "通报.docx").paragraphs)
    assert "没有退回的报送件" in said and "迟报1家" in said and "迟报单位：某某市测试局" in said
