"""A new ledger is one YAML file: workbook, check, aggregate, explain and templates know it without any Python."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.coverage_of import sentences
from support.paths import DATA
from support.small_city import org, unit

from toolkit.cli.main import main
from toolkit.excel.unit.build import build_unit_workbook
from toolkit.standard.catalog import load_catalog
from toolkit.word.filling.template import build_template

BODY = "#title {{ 题目 }}\n全年收缴党费{{ 党费实缴金额 }}，党员缴纳率{{ 党费缴纳率 }}。\n"


def dues(quarter: int, due: int, paid: int, amount: int) -> dict[str, object]:
    return {
        "org_id": "DZ001",
        "scope": "支部",
        "date": date(2026, 3 * quarter, 20),
        "due_n": due,
        "paid_n": paid,
        "amount": amount,
        "est": False,
        "src": "党费收缴登记表",
        "status": "已核",
    }


@pytest.fixture
def standard(tmp_path: Path) -> Path:
    folder = tmp_path / "我的标准"
    (folder / "ledgers").mkdir(parents=True)
    (folder / "ledgers" / "dues.yaml").write_text(
        (DATA / "new_ledger.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    return folder


def run(standard: Path, *args: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--standard", str(standard), *map(str, args)])
    return done.exit_code, done.output


def test_a_new_ledger_is_one_yaml_file(standard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DANGJIAN_STANDARD", raising=False)
    catalog = load_catalog(standard)
    books = []
    for code, rows in (
        ("AA001", [dues(1, 10, 10, 30000), dues(2, 10, 12, 1)]),
        ("AA002", [dues(1, 20, 15, 20000)]),
    ):
        declared = dict.fromkeys(catalog.ledgers, "本年无") | {"org": "有", "dues": "有"}
        books.append(tmp_path / f"{code}.xlsx")
        build_unit_workbook(catalog, unit(code, f"示例局{code}"), books[-1], {"org": [org()], "dues": rows}, declared)

    code, said = run(standard, "check", *books)
    assert code == 1
    assert "党费收缴!D6：实缴人数超过应缴人数" in said

    code, said = run(standard, "aggregate", *books, "-o", tmp_path / "all.xlsx")
    assert "读入5行＝计入4行＋未计入1行（有错误1行）" in said

    code, said = run(standard, "explain", "DF01", tmp_path / "all.xlsx")
    assert code == 1  # a row with an error does not count
    assert "＝5万元" in said
    assert "共2个单元格" in said

    (tmp_path / "body.txt").write_text(BODY, encoding="utf-8")
    build_template(tmp_path / "body.txt", tmp_path / "template.docx")
    code, said = run(
        standard,
        "fill",
        "situation",
        books[1],
        "-o",
        tmp_path / "out.docx",
        "--template",
        tmp_path / "template.docx",
        "--draft",
    )
    assert code == 0, said
    assert "全年收缴党费2万元，党员缴纳率75%" in list(sentences(tmp_path / "out.docx"))


BRIEF = """#title {{ 题目 }}
{%p for 段 in 章.队伍 %}
#h3run {{ 段.标题 }}。|{{ 段.正文 }}
{%p endfor %}
"""
BRIEF_YAML = """name: brief
title: 党费简报
heading: "{单位简称}党费简报"
template: brief.docx
headings:
  - {id: 队伍, title: 队伍, topics: [党员队伍]}
"""


def test_a_new_ledger_speaks_in_every_document_and_in_a_new_one(
    standard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sentence and its list of names, without a template being touched; a new document by YAML and .docx alone."""
    monkeypatch.delenv("DANGJIAN_STANDARD", raising=False)
    (standard / "word_templates").mkdir()
    (standard / "documents").mkdir()
    (standard / "documents" / "brief.yaml").write_text(BRIEF_YAML, encoding="utf-8")
    (tmp_path / "brief.txt").write_text(BRIEF, encoding="utf-8")
    build_template(tmp_path / "brief.txt", standard / "word_templates" / "brief.docx")
    catalog = load_catalog(standard)
    book = tmp_path / "AA001.xlsx"
    rows = {"org": [org()], "dues": [dues(1, 20, 15, 20000)]}
    declared = dict.fromkeys(catalog.ledgers, "本年无") | {"org": "有", "dues": "有"}
    build_unit_workbook(catalog, unit("AA001", "示例局"), book, rows, declared)
    for document in ("situation", "duty", "党费简报"):
        code, said = run(standard, "fill", document, book, "-o", tmp_path / f"{document}.docx", "--draft")
        assert code in (0, 1), said
        text = "。".join(sentences(tmp_path / f"{document}.docx"))
        assert "收缴党费2万元" in text and "党员缴纳率75%" in text and "《党费收缴登记表》" in text
    code, said = run(standard, "explain", "党费凭证", book)
    assert code == 0 and "＝《党费收缴登记表》" in said


def test_a_mistake_in_it_names_file_and_line(standard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DANGJIAN_STANDARD", raising=False)
    path = standard / "ledgers" / "dues.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("right: due_n", "right: due"), encoding="utf-8")
    code, said = run(standard, "doctor")
    assert code == 1
    assert "dues.yaml:11" in said
    assert "due" in said
