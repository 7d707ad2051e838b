"""The checker against what was labelled before its rules, against real reports, and against our own documents."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from measure_lint import REPORTING, TUNING, measure_reports, measure_sentences, rows
from support.demo_city import Demo
from support.paths import ROOT

from toolkit.cli.main import main
from toolkit.documents.fill import Look, fill
from toolkit.model import Catalog
from toolkit.word.edited.paragraphs import open_document
from toolkit.word.lint.check import Breach, check_document, rules_in_force

SEEDS = ROOT.parent / "shared" / "seeds"


@pytest.fixture
def check(tmp_path: Path, catalog: Catalog):
    """check(text) -> remarks, as if the text stood in a file."""

    def run(text: str, kind: str = "") -> list[Breach]:
        path = tmp_path / "稿.txt"
        path.write_text(text, encoding="utf-8")
        return check_document(catalog, open_document(path), kind)

    return run


def run(*args: str | Path) -> tuple[int, str]:
    """Exit code and all that was said; a stack trace fails the test."""
    done = CliRunner().invoke(main, [str(a) for a in args])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


# ------------------------------------------------------------- what was labelled


@pytest.mark.parametrize("name", TUNING)
def test_recall_and_precision_on_the_sets_for_tuning(name: str) -> None:
    score = measure_sentences(name)
    assert score.recall >= 0.95 and score.precision >= 0.95, str(score)


@pytest.mark.parametrize("name", REPORTING)
def test_recall_and_precision_on_the_set_for_reporting(name: str) -> None:
    """Only the figures are told: whoever reads its cases would tune on them."""
    score = measure_sentences(name)
    assert score.precision >= 0.95 and score.recall >= 0.85, f"{score.precision:.1%} {score.recall:.1%}"


def test_no_case_stands_in_both_sets() -> None:
    tuned = {row["text"] for name in TUNING for row in rows(name)}
    reported = [row["text"] for name in REPORTING for row in rows(name)]
    assert len(reported) >= 95 and not tuned & set(reported)


def test_good_sentences_are_left_alone() -> None:
    good = {row["id"] for row in rows("lint_sentences.csv") if not row["codes"]}
    assert len(good) >= 60
    assert [w for w in measure_sentences().wrong if w.split()[0] in good] == []


def test_every_defect_that_a_text_shows_is_labelled() -> None:
    labelled = {code for row in rows("lint_sentences.csv") for code in row["codes"].split(";")}
    assert {f"K{n:02}" for n in range(1, 32)} <= labelled
    declared = {rule.code for rule in rules_in_force().rules}
    assert {f"K{n:02}" for n in range(1, 32)} <= declared


def test_every_labelled_defect_of_real_reports_is_found() -> None:
    if not SEEDS.is_dir():
        pytest.skip("needs the reports")
    score = measure_reports(SEEDS)
    assert score.missed == [], str(score)
    assert score.precision >= 0.95, str(score)


# -------------------------------------------------------------- our own documents


@pytest.mark.parametrize("document", ["situation", "duty", "study", "summary", "plan"])
def test_nothing_is_found_in_generated_documents(city: Demo, document: str) -> None:
    assert check_document(city.catalog, open_document(city.documents[document])) == []


def test_nothing_is_found_under_a_red_head(city: Demo, tmp_path: Path) -> None:
    made = tmp_path / "红头.docx"
    fill(
        city.catalog,
        "situation",
        city.source("situation"),
        made,
        Look(red_head="示例市政协机关文件", doc_no="示政协发〔2026〕5号", imprint="示例市委办公室"),
    )
    assert check_document(city.catalog, open_document(made)) == []


# ----------------------------------------------------------------------- details


def codes(remarks: list[Breach]) -> set[str]:
    return {r.code for r in remarks}


def test_a_remark_says_place_problem_remedy_and_ground(check) -> None:
    (found,) = check("\n支部工作扎实,成效明显。")
    assert (found.code, found.severity, found.paragraph, found.text) == ("K03", "error", 2, ",")
    assert found.message == "半角标点“,”" and found.remedy == "改成全角标点“，”"
    assert (found.tier, found.says) == ("国标", "国标规定") and "GB/T 15834" in found.ground


def test_bold_is_told_from_masks(check) -> None:
    assert codes(check("**一是压实责任。**召开会议2次。")) == {"K10"}
    assert codes(check("用好**红色资源，推进**品牌创建。")) == {"K11"}


def test_the_kind_decides_what_is_missing(check) -> None:
    text = "2027年工作安排要点\n深化品牌创建，提升服务水平。\n云州市水务局机关党委\n2027年1月5日"
    (found,) = check(text)
    assert found.code == "K26" and found.message == "缺少责任单位、完成时限"
    assert check(text, "summary") == [] == check(text, "机关党建工作总结")


def test_figures_of_the_ledger_are_not_questioned(city: Demo, tmp_path: Path, check) -> None:
    """The same sentences without their bookmarks are."""
    document = open_document(city.documents["summary"])
    text = "\n".join(p.text for p in document.paragraphs if not p.in_table and p.part == "word/document.xml")
    assert {"K28", "K29"} <= codes(check(text))


def test_hostile_lines_take_no_more_than_seconds(check) -> None:
    started = time.monotonic()
    for piece in ("学,", "**学", "“学 ", "近1余", "1", "（(", "。一是", "达 1 "):
        check(piece * 20_000)
    check("学习，\n" * 5_000)
    assert time.monotonic() - started < 60


# ------------------------------------------------------------------ command line


def test_clean_text_exits_0(tmp_path: Path) -> None:
    path = tmp_path / "好.txt"
    path.write_text("全年开展主题党日12次。\n", encoding="utf-8")
    code, said = run("lint", path)
    assert code == 0 and "没有发现问题" in said


def test_errors_exit_1_and_hints_0(tmp_path: Path) -> None:
    path = tmp_path / "稿.txt"
    path.write_text("在《学习强国》刊发稿件12篇。\n", encoding="utf-8")
    code, said = run("lint", path)
    assert code == 0 and "[提醒 K31]" in said and "0处错误、1处提醒" in said
    path.write_text("捐赠化肥2万斤。\n", encoding="utf-8")
    code, said = run("lint", path)
    assert code == 1 and "第1行" in said and "[错误 K23]" in said


def test_json_is_as_promised(tmp_path: Path) -> None:
    path = tmp_path / "稿.txt"
    path.write_text("\n机关党委(总支)认真落实。\n", encoding="utf-8")
    code, said = run("lint", path, "--json")
    found = json.loads(said)
    assert code == 1 and found["path"] == str(path) and len(found["findings"]) == 2
    wanted = {"code": "K01", "severity": "error", "paragraph": 2, "text": "("}
    assert wanted.items() <= found["findings"][0].items()
    assert {"message", "remedy"} <= set(found["findings"][0])


def test_what_cannot_be_read_exits_2(tmp_path: Path) -> None:
    path = tmp_path / "旧.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    code, said = run("lint", path)
    assert code == 2 and "docx" in said
    path = tmp_path / "稿.txt"
    path.write_text("好。", encoding="utf-8")
    code, said = run("lint", path, "--kind", "散文")
    assert code == 2 and "没有“散文”这个文种" in said and "plan（党建工作要点）" in said


@pytest.fixture
def lint_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """lint_by(rules, text) -> exit code and what was said, with rules that a unit lays over the standard's."""
    monkeypatch.setenv("DANGJIAN_STANDARD", "")

    def lint(rules: str, text: str) -> tuple[int, str]:
        house, path = tmp_path / "本单位", tmp_path / "稿.txt"
        house.mkdir()
        (house / "lint.yaml").write_text(f"rules:\n{rules}", encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        return run("--standard", house, "lint", path)

    return lint


def test_a_unit_lays_its_own_rules_over(lint_by) -> None:
    rules = (
        "  - {name: book_marks, code: K31, severity: 'off', layer: 单位规定, ground: 本单位惯例, message: '', remedy: '', patterns: [x]}\n"
        "  - {name: our_name, code: D01, severity: error, layer: 单位规定, ground: 办公室〔2026〕1号, message: '单位名称写成“{text}”',"
        " remedy: 写全称, fix: 云州市水务局, patterns: ['(?<!云州)市水务局']}\n"
    )
    code, said = lint_by(rules, "市水务局在《学习强国》刊发稿件12篇。\n")
    assert code == 1 and "[错误 D01] 单位规定（办公室〔2026〕1号）" in said and "K31" not in said


def test_a_mistake_in_the_rules_names_file_and_line(lint_by) -> None:
    rule = "{name: x, code: D01, severity: bad, layer: 单位规定, ground: y, message: z, remedy: z, patterns: ['a']}"
    code, said = lint_by(f"  - {rule}\n", "好。")
    assert code == 2 and "lint.yaml:2" in said
