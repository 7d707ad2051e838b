"""Tasks, rows and the summary held against each other; the dashboard in one file, in a real browser."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from support.browser import need_chromium
from support.small_city import YEAR, party_day
from support.year_plans import NONE, book, run, task

SUMMARY = """示例市甲局2026年党建工作总结
一年来，各支部开展主题党日2次。组织志愿服务活动8批次。
"""


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """A bureau: a task with rows, one with the rows that name it, one without any; an honour; a row for no task."""
    honor = {
        "org_id": "DZ001", "scope": "单位", "date": date(YEAR, 5, 1), "kind": "单位荣誉", "name": "<b>市级模范机关</b>",
        "level": "市", "grantor": "市委", "est": False, "src": "决定", "status": "已核",
    }  # fmt: skip
    meeting = {
        "org_id": "DZ001", "scope": "单位", "date": date(YEAR, 3, 3), "kind": "党建专题会", "body": "党组", "topic": "专题研究",
        "est": False, "src": "纪要", "status": "已核",
    }  # fmt: skip
    rows = {
        "orglife": [party_day(1), party_day(2)],
        "meeting": [{**meeting, "task_ids": f"GZ{YEAR}-02-01"}, {**meeting, "date": date(YEAR, 4, 3)}],
        "honor": [honor],
        "plan": [task(1, target_value=2), task(2, **NONE), task(3, **NONE)],
    }
    return book(tmp_path / "局.xlsx", rows, fill_date=date(YEAR, 12, 20))


def test_the_four_lists(sent: Path, tmp_path: Path) -> None:
    summary, out, html = tmp_path / "总结.txt", tmp_path / "对照.xlsx", tmp_path / "对照.html"
    summary.write_text(SUMMARY, encoding="utf-8")
    args = ("--as-of", "2026-12-31", "--summary", summary, "-o", out, "--html", html, "--json")
    code, said = run("matrix", sent, *args)
    assert code == 0, said
    found = json.loads(said)
    assert [x["task"] for x in found["uncovered"]] == [f"GZ{YEAR}-03-01"]
    idle = {(x["sheet"], x["kind"]): x["count"] for x in found["idle"]}
    assert idle == {("会议督导", "党建专题会"): 1, ("荣誉品牌", "单位荣誉"): 1}
    assert "<b>市级模范机关</b>" in [x["title"] for x in found["unsaid"]]
    assert [x["claim"] for x in found["unfounded"]] == ["8批次"]
    assert openpyxl.load_workbook(out).sheetnames == [
        "没有佐证的任务", "不服务任务的台账行", "总结遗漏的成绩", "总结中没有台账行的说法",
    ]  # fmt: skip
    text = html.read_text(encoding="utf-8")
    assert "&lt;b&gt;市级模范机关" in text
    assert "<b>市级模范机关" not in text


def test_without_a_summary_nothing_is_claimed_about_it(sent: Path) -> None:
    found = json.loads(run("matrix", sent, "--as-of", "2026-12-31", "--json")[1])
    assert (found["unsaid"], found["unfounded"]) == (None, None)
    assert "没有核对总结" in run("matrix", sent, "--as-of", "2026-12-31")[1]


def test_a_dashboard_needs_no_tasks_and_says_nothing_about_them(tmp_path: Path) -> None:
    """Most units have no plan in their workbook; a plan that is named, or has errors, is not passed over."""
    source, out, text = (
        book(tmp_path / "局.xlsx", {"orglife": [party_day(1)]}),
        tmp_path / "览.html",
        tmp_path / "总结.txt",
    )
    text.write_text(SUMMARY, encoding="utf-8")
    assert run("dashboard", source, "-o", out)[0] == 0
    page = out.read_text(encoding="utf-8")
    assert "没有工作要点" in page and "不服务任务" not in page and "没有佐证的任务" not in page
    assert run("dashboard", source, "-o", out, "--summary", text)[0] == 0
    page = out.read_text(encoding="utf-8")
    assert "总结中没有台账行的说法" in page and "不服务任务" not in page
    assert run("dashboard", source, "--tasks", source, "-o", out)[0] == 2
    assert run("matrix", source)[0] == 2


def test_every_row_is_in_a_task_or_told(sent: Path) -> None:
    found = json.loads(run("matrix", sent, "--as-of", "2026-12-31", "--json")[1])
    assert found["summary"]["rows"] == 5
    assert found["summary"]["不服务任务的台账行"] == 2


@pytest.fixture
def page(sent: Path, tmp_path: Path) -> Path:
    out = tmp_path / "一览.html"
    code, said = run("dashboard", sent, "-o", out, "--as-of", "2026-12-31", "--last", sent)
    assert code == 0, said
    return out


def test_the_dashboard_is_one_file_that_asks_the_network_for_nothing(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert page.stat().st_size < 2_000_000
    own = text[: text.index('<script type="application/json"')]
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', own) == []
    assert "default-src 'none'" in own
    for word in (
        "报送情况",
        "目标与进度",
        "从总数到单元格",
        "各月趋势",
        "与上年相比",
        "任务、台账、总结对照",
        "组织生活!",
    ):
        assert word in own
    assert own.count('role="img"') == own.count('<details class="print">') > 2  # each picture has its numbers
    assert 'lang="zh-CN"' in own
    assert own.count('scope="col"') > 10


@pytest.mark.parametrize("width", [1280, 390])
def test_a_browser_draws_it_at_both_widths(page: Path, tmp_path: Path, width: int) -> None:
    probe = (
        "<script>setInterval(function(){document.title=JSON.stringify({wide:document.documentElement."
        "scrollWidth,view:document.documentElement.clientWidth,drawn:document.querySelectorAll('.chart svg').length,"
        "charts:document.querySelectorAll('.chart').length})},50)</script></body>"
    )
    frame = tmp_path / "frame.html"  # a frame, because a window of Chromium is at least 500 pixels wide
    inner = tmp_path / "inner.html"
    text = page.read_text(encoding="utf-8").removesuffix("</body></html>")
    inner.write_text(f"{text}{probe}</html>", encoding="utf-8")
    frame.write_text(
        f'<iframe src="inner.html" width="{width}" height="900" style="border:0"></iframe><script>setInterval('
        'function(){document.title=document.querySelector("iframe").contentDocument.title},50)</script>',
        encoding="utf-8",
    )
    command = [
        need_chromium(), "--headless=new", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
        f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=10000", "--dump-dom", frame.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    said = re.search(r"<title>(.*?)</title>", done.stdout)
    assert said is not None, done.stdout[:500]
    found = json.loads(said.group(1))
    assert found["drawn"] == found["charts"] > 2
    assert found["wide"] <= found["view"] <= width
