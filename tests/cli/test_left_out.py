"""Every command that prints a figure says how many rows do not count, and exits with 1 if errors keep them out."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from support.small_city import org, party_day, unit, write

from toolkit.cli.main import main
from toolkit.standard.catalog import load_catalog

CATALOG = load_catalog()
NO_FIGURES = {
    *("new", "merge-slip", "demo", "doctor", "lint", "template", "export", "notice", "history"),
    *("install-addin", "uninstall-addin", "help", "handbook", "cache", "standard"),
    *("upgrade", "config", "window", "watch", "adopt"),
}
TASK = {
    "org_id": "DZ001",
    "plan_id": "GZ2026-01-01",
    "freq": "季",
    "section_no": 1,
    "section_title": "组织建设",
    "task_no": 1,
    "task_title": "过好组织生活",
    "measure_no": 1,
    "measure": "开展主题党日",
    "indicator_id": "主题党日_支部",
    "target_op": "≥",
    "target_value": 9,
    "target_unit": "次",
    "dept": "机关党办",
    "deadline": unit("", "x")["fill_date"],
    "state": "推进中",
    "plan_year": 2026,
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A unit's workbook with one counted row, one with an error and one draft; its consolidation, its documents."""
    folder = tmp_path_factory.mktemp("desk")
    known = {f.name for f in CATALOG.ledgers["plan"].fields}
    rows = {
        "org": [org()],
        "orglife": [party_day(1), party_day(2, due_n=5, present_n=9), party_day(3, status="草稿")],
        "plan": [{k: v for k, v in TASK.items() if k in known}],
    }
    (folder / "in").mkdir()
    write(CATALOG, folder / "in" / "甲.xlsx", unit("AA001", "示例市甲局"), rows)
    (folder / "old.txt").write_text("2025年，开展主题党日12次。\n", encoding="utf-8")
    run = CliRunner().invoke
    run(main, ["aggregate", str(folder / "in"), "-o", str(folder / "all.xlsx"), "--no-cache"])
    run(main, ["fill", "situation", str(folder / "in" / "甲.xlsx"), "-o", str(folder / "a.docx"), "--draft"])
    assert (folder / "a.docx").exists() and (folder / "all.xlsx").exists()
    return folder


COMMANDS = {
    "check": ["{in}"],
    "approve": ["{unit}", "-o", "{out}.xlsx"],
    "aggregate": ["{in}", "-o", "{out}.xlsx", "--no-cache"],
    "fill": ["situation", "{unit}", "-o", "{out}.docx", "--draft"],
    "print": ["{unit}", "-o", "{out}.xlsx"],
    "explain": ["主题党日_支部", "{unit}"],
    "verify": ["{document}", "{unit}"],
    "refresh": ["{document}", "{unit}", "-o", "{out}.docx"],
    "extract": ["{old}", "-o", "{out}.xlsx", "--compare", "{unit}"],
    "plan": ["{unit}", "--as-of", "2026-06-01"],
    "remind": ["{in}", "--as-of", "2026-06-01"],
    "matrix": ["{unit}", "--as-of", "2026-06-01"],
    "dashboard": ["{unit}", "-o", "{out}.html", "--as-of", "2026-06-01"],
}
TELLS_OTHERWISE = {"check": "有错误的1行", "approve": "有错误的1行"}
AS_JSON = ("aggregate", "explain", "verify", "refresh", "extract", "plan", "remind", "matrix")


def run(command: str, desk: Path, tmp_path: Path, *more: str, source: str = "in/甲.xlsx") -> tuple[int, str]:
    places = {
        "in": desk / "in",
        "unit": desk / source,
        "document": desk / "a.docx",
        "old": desk / "old.txt",
        "out": tmp_path / "out",
    }
    done = CliRunner().invoke(main, [command, *(word.format_map(places) for word in COMMANDS[command]), *more])
    return done.exit_code, done.output


def test_every_command_is_known_here() -> None:
    assert set(main.commands) - NO_FIGURES == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_it_says_how_many_rows_do_not_count(command: str, desk: Path, tmp_path: Path) -> None:
    code, said = run(command, desk, tmp_path)
    assert code == 1, said
    wanted = TELLS_OTHERWISE.get(command)
    if command == "aggregate":
        wanted = "未计入2行（有错误1行、状态为“草稿”1行）"
    assert (wanted or "未计入2行（有错误1行、状态为“草稿”1行）") in said


@pytest.mark.parametrize("command", ["explain", "plan", "extract", "matrix", "dashboard"])
def test_so_it_does_from_a_consolidated_workbook(command: str, desk: Path, tmp_path: Path) -> None:
    code, said = run(command, desk, tmp_path, source="all.xlsx")
    assert (code, "未计入2行（有错误1行、状态为“草稿”1行）" in said) == (1, True), said


@pytest.mark.parametrize("command", AS_JSON)
def test_a_program_reads_it(command: str, desk: Path, tmp_path: Path) -> None:
    code, said = run(command, desk, tmp_path, "--json")
    found = json.loads(said[said.index("{") : said.rindex("}") + 1])
    left_out = found["rows"]["left_out"] if command == "aggregate" else sum(found["left_out"].values())
    assert (code, left_out) == (1, 2)


def test_files_that_print_figures_say_it_too(desk: Path, tmp_path: Path) -> None:
    assert run("dashboard", desk, tmp_path)[0] == 1
    assert run("matrix", desk, tmp_path, "--html", str(tmp_path / "m.html"), "-o", str(tmp_path / "m.xlsx"))[0] == 1
    for page in ("out.html", "m.html"):
        assert "未计入2行（有错误1行、状态为“草稿”1行）" in (tmp_path / page).read_text(encoding="utf-8")
    sheets = openpyxl.load_workbook(tmp_path / "m.xlsx")
    assert all("未计入2行" in str([c.value for row in ws["A1:B3"] for c in row]) for ws in sheets)


def test_drafts_alone_are_no_error(tmp_path: Path) -> None:
    rows = {"org": [org()], "orglife": [party_day(1), party_day(2, status="草稿")]}
    write(CATALOG, tmp_path / "a.xlsx", unit("AA001", "示例市甲局"), rows)
    done = CliRunner().invoke(main, ["explain", "主题党日_支部", str(tmp_path / "a.xlsx")])
    assert (done.exit_code, "未计入1行（状态为“草稿”1行）" in done.output) == (0, True)
