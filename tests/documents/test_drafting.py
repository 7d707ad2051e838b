"""Last year's report becomes a template: what changes is named, what nobody decided is marked and spoken of."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from support.paths import ROOT

from toolkit.cli.main import main
from toolkit.documents.drafting.draft import draft, proposed
from toolkit.documents.drafting.folder import draft_folder, told
from toolkit.errors import CannotRun
from toolkit.model import Catalog
from toolkit.word.edited.bare import bare_figures
from toolkit.word.edited.paragraphs import open_document
from toolkit.word.filling.template import build_document

SAMPLE = next((ROOT / "workbooks" / "samples").glob("ZX001_*.xlsx"))
REPORT = """
#title 云水市档案馆2025年党建工作总结
2025年，云水市档案馆坚持把党的政治建设摆在首位，巩固2024年的成果。
#h1 一、工作开展情况
一年来，召开党组理论学习中心组集体学习12次，开展主题党日活动14次。党支部创星率达到95%，慰问困难党员近80余人。
5月20日，赴红色教育基地开展“感党恩跟党走”活动。印发《2025年党建工作要点》，组建三支队伍。全年接待来客326人。
#sign 云水市档案馆
#date 2025年12月20日
"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return written(tmp_path / "去年总结.docx", REPORT)


def written(path: Path, text: str) -> Path:
    build_document(path.name, text.strip().splitlines(), path)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def texts(path: Path) -> list[str]:
    return [p.text for p in Document(str(path)).paragraphs]


def answered(sheet: Path, answers: dict[str, tuple[str, str]]) -> Path:
    """Writes 处理 and 填入名称 of the rows with these texts or keys, as the clerk does."""
    book = load_workbook(sheet)
    ws = book["复核"]
    heads = {c.value: c.column for c in ws[3]}
    for row in ws.iter_rows(min_row=4):
        told = {row[heads["原文"] - 1].value, row[heads["序号"] - 1].value} & set(answers)
        if told:
            decision, name = answers[told.pop()]
            row[heads["处理"] - 1].value = decision
            row[heads["填入名称"] - 1].value = name or None
    book.save(sheet)
    return sheet


def test_figures_years_the_date_and_the_unit_become_names(report: Path, tmp_path: Path) -> None:
    done = run("template", "from", report, "-o", tmp_path / "模板.docx")
    assert done.exit_code == 1, done.output
    assert "数6个：已取4个，待定0个，留存2个" in done.output
    lines = [line for line in texts(tmp_path / "模板.docx") if line]
    assert lines == [
        "{{ 单位全称 }}{{ 年度 }}年党建工作总结",
        "{{ 年度 }}年，{{ 单位全称 }}坚持把党的政治建设摆在首位，巩固{{ 上年 }}年的成果。",
        "一、工作开展情况",
        "一年来，召开党组理论学习中心组集体学习{{ 中心组集体学习 }}，开展主题党日活动{{ 主题党日_单位 }}。"
        "党支部创星率达{{ 创星率 }}，慰问困难党员{{ 慰问困难党员 }}。",
        "5月20日，赴红色教育基地开展“感党恩跟党走”活动。印发《2025年党建工作要点》，组建三支队伍。全年接待来客326人。",
        "{{ 单位全称 }}",
        "{{ 成文日期 }}",
    ]


def test_the_sheet_lists_what_was_taken_what_is_doubtful_and_what_was_left(report: Path, tmp_path: Path) -> None:
    run("template", "from", report, "-o", tmp_path / "模板.docx")
    rows = list(load_workbook(tmp_path / "模板_复核.xlsx")["复核"].iter_rows(min_row=4, values_only=True))
    told = {(row[1], row[2]): (row[6], row[7], row[8]) for row in rows}
    assert told["数", "14次"] == ("已取", "替换", "主题党日_单位")
    assert told["数", "三支"] == ("留存", "保留", "")
    assert told["数", "326人"] == ("留存", "未定", "")
    assert told["日期", "5月20日"] == ("待定", "未定", "")
    assert told["年份", "2025"] == ("待定", "未定", "")  # the one in 《》 comes last
    assert told["引号里的名称", "“感党恩跟党走”"] == ("留存", "保留", "")
    assert told["书名", "《2025年党建工作要点》"][0] == "待定"
    assert next(row[9] for row in rows if row[1] == "书名") == "出台制度、责任文件"


def test_old_figures_are_spoken_of_until_someone_says_keep(report: Path, tmp_path: Path) -> None:
    """Four steps: template, review, fill, verify."""
    template, filled, source = tmp_path / "模板.docx", tmp_path / "今年.docx", SAMPLE
    run("template", "from", report, "-o", template)
    assert [(p, text) for p, text in told_old(template)] == [(5, "5月20日"), (5, "2025"), (5, "326人")]
    checked = run("template", "check", template)
    assert checked.output.count("V20") == 3
    first = run("fill", "situation", source, "--template", template, "-o", filled)
    assert "文中还有3处旧报告的数原样留着" in first.output
    assert run("verify", filled, source, "--template", template).output.count("V20") == 3
    sheet = answered(
        tmp_path / "模板_复核.xlsx",
        {"5月20日": ("保留", ""), "2025（名称里）": ("未定", "年度"), "326人": ("替换", "主席接待日")},
    )
    again = run("template", "from", report, "-o", template, "--review", sheet)
    assert again.exit_code == 0, again.output
    assert run("template", "check", template).exit_code == 0
    assert "印发《{{ 年度 }}年党建工作要点》" in texts(template)[4]
    second = run("fill", "situation", source, "--template", template, "-o", filled)
    assert second.exit_code == 0, second.output
    assert "旧报告" not in second.output
    assert "V20" not in run("verify", filled, source, "--template", template).output


def told_old(path: Path) -> list[tuple[int, str]]:
    return [(spot.paragraph, text) for spot, text in bare_figures(open_document(path))]


def test_a_figure_that_was_changed_in_the_document_is_no_longer_old(report: Path, tmp_path: Path) -> None:
    run("template", "from", report, "-o", tmp_path / "模板.docx")
    document = Document(str(tmp_path / "模板.docx"))
    for p in document.paragraphs:
        for r in p.runs:
            r.text = r.text.replace("326人", "400人")
    document.save(str(tmp_path / "改过.docx"))
    assert "326人" not in [text for _, text in told_old(tmp_path / "改过.docx")]


def test_formatting_is_untouched_and_a_name_stands_in_the_run_of_its_figure(tmp_path: Path, catalog: Catalog) -> None:
    document = Document()
    p = document.add_paragraph("2025年发展党员")
    bold = p.add_run("1")
    bold.bold = True
    p.add_run("2名，").italic = True
    p.add_run("工作得到肯定。")
    document.save(str(tmp_path / "旧.docx"))
    draft(catalog, tmp_path / "旧.docx", tmp_path / "模板.docx", tmp_path / "复核.xlsx")
    runs = [(r.text, r.bold, r.italic) for r in Document(str(tmp_path / "模板.docx")).paragraphs[0].runs]
    assert ("{{ 发展党员 }}", True, None) in runs
    assert ("，", None, True) in runs
    assert ("工作得到肯定。", None, None) in runs


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [
                "发展党员3名，",
                "慰问困难党员",
                "20",
                "余人",
                "。2025年",
                "，接待来客",
                "326",
                "人",
                "《要点》",
                "5月1日",
                "\t",
                "“四个一”",
                "某某局",
            ]
        ),
        min_size=1,
        max_size=14,
    ),
    st.randoms(use_true_random=False),
)
def test_nothing_but_what_was_decided_changes(
    tmp_path: Path, catalog: Catalog, pieces: list[str], random: object
) -> None:
    """However the text is cut into runs, putting the old words back for the names gives the old text."""
    document = Document()
    p = document.add_paragraph("题目")
    for piece in pieces:
        p.add_run(piece)
    document.save(str(tmp_path / "旧.docx"))
    opened = open_document(tmp_path / "旧.docx")
    before = [p.text for p in opened.paragraphs]
    found, _ = proposed(catalog, opened)
    done = draft(catalog, tmp_path / "旧.docx", tmp_path / "模板.docx")
    after = open_document(tmp_path / "模板.docx")
    expected, put = before[0], [(q, at) for q in found if q.decision == "替换" for place in q.places for at in place]
    for q, at in sorted(put, key=lambda pair: -pair[1].start):
        expected = expected[: at.start] + f"{q.lead}{{{{ {q.name} }}}}" + expected[at.end :]
    assert [p.text for p in after.paragraphs] == [expected]
    assert len(put) == len(re.findall(r"\{\{", expected))
    assert len(list(bare_figures(after))) == sum(len(q.places) for q in done.bare)


def test_mistakes_in_the_sheet_are_told_and_what_they_were_about_stays_open(report: Path, tmp_path: Path) -> None:
    run("template", "from", report, "-o", tmp_path / "模板.docx")
    sheet = answered(tmp_path / "模板_复核.xlsx", {"14次": ("替换", "主题党日_单"), "326人": ("替换", "")})
    done = run("template", "from", report, "-o", tmp_path / "模板.docx", "--review", sheet)
    assert done.exit_code == 1
    assert "没有名称“主题党日_单”，是否为“主题党日_单位”？" in done.output
    assert "“326人”选了“替换”，没有填名称" in done.output
    assert {"14次", "326人"} <= {text for _, text in told_old(tmp_path / "模板.docx")}


def test_a_sheet_of_another_report_is_refused(report: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "别的.docx", "#title 某局2024年工作总结\n发展党员3名。")
    run("template", "from", other, "-o", tmp_path / "模板.docx")
    done = run("template", "from", report, "-o", tmp_path / "新.docx", "--review", tmp_path / "模板_复核.xlsx")
    assert done.exit_code == 2
    assert "不是这份报告的复核表" in done.output


def test_the_report_is_never_written_over(report: Path) -> None:
    before = report.read_bytes()
    assert run("template", "from", report, "-o", report).exit_code == 2
    assert report.read_bytes() == before


def test_text_files_are_refused(tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "旧.txt"
    path.write_text("发展党员3名。", encoding="utf-8")
    with pytest.raises(CannotRun, match="docx"):
        draft(catalog, path, tmp_path / "模板.docx")


def test_a_plan_keeps_its_targets_for_the_clerk_and_counts_its_year_as_the_next(
    tmp_path: Path, catalog: Catalog
) -> None:
    plan = written(
        tmp_path / "要点.docx", "#title 2025年机关党建工作要点\n2025年，党员领导干部至少讲1次党课，发展党员5名。"
    )
    draft(catalog, plan, tmp_path / "模板.docx")
    assert texts(tmp_path / "模板.docx")[:2] == [
        "{{ 下年 }}年机关党建工作要点",
        "{{ 下年 }}年，党员领导干部至少讲1次党课，发展党员5名。",
    ]
    assert len(told_old(tmp_path / "模板.docx")) == 2


def test_json_tells_the_same(report: Path, tmp_path: Path) -> None:
    told = json.loads(run("template", "from", report, "-o", tmp_path / "模板.docx", "--json").output)
    assert told["summary"] == {"figures": 6, "taken": 4, "doubtful": 0, "left": 2, "bare": 3}
    assert {p["text"]: p["name"] for p in told["proposals"]}["95%"] == "创星率"


def test_the_button_makes_the_templates_of_a_folder_and_obeys_an_edited_sheet(tmp_path: Path, catalog: Catalog) -> None:
    with pytest.raises(CannotRun, match="旧报告"):
        draft_folder(catalog, tmp_path)
    (tmp_path / "旧报告").mkdir()
    written(tmp_path / "旧报告" / "总结.docx", REPORT)
    (tmp_path / "旧报告" / "坏的.docx").write_bytes(b"no document")
    made = dict(draft_folder(catalog, tmp_path))
    assert "已损坏" in str(made[tmp_path / "旧报告" / "坏的.docx"])
    assert "数6个，已取4个，还有3处没有定下" in told(list(made.items()))
    answered(tmp_path / "模板" / "总结_复核.xlsx", {"326人": ("保留", "")})
    kept = (tmp_path / "模板" / "总结_复核.xlsx").read_bytes()
    draft_folder(catalog, tmp_path)
    assert "326人" not in [text for _, text in told_old(tmp_path / "模板" / "总结_模板.docx")]
    assert (tmp_path / "模板" / "总结_复核.xlsx").read_bytes() == kept


def test_figures_that_the_product_printed_are_known_by_their_bookmarks(tmp_path: Path, catalog: Catalog) -> None:
    own = written(tmp_path / "模板.docx", "本年共{{ 中心组集体学习 }}，另有{{ 提案督办 }}。")
    run("fill", "situation", SAMPLE, "--template", own, "-o", tmp_path / "今年.docx", "--draft")
    assert texts(tmp_path / "今年.docx")[0].startswith("本年共13次")
    draft(catalog, tmp_path / "今年.docx", tmp_path / "明年.docx")
    assert texts(tmp_path / "明年.docx")[0].startswith("本年共{{ 中心组集体学习 }}")


def test_a_table_of_figures_becomes_a_table_of_names(tmp_path: Path, catalog: Catalog) -> None:
    document = Document()
    document.add_paragraph("2025年组织生活统计表")
    table = document.add_table(2, 2)
    for cell, text in zip(
        [c for row in table.rows for c in row.cells], ["项目", "数量（次）", "支委会", "12"], strict=True
    ):
        cell.text = text
    document.save(str(tmp_path / "旧.docx"))
    draft(catalog, tmp_path / "旧.docx", tmp_path / "模板.docx")
    assert Document(str(tmp_path / "模板.docx")).tables[0].cell(1, 1).text == "{{ 支委会 }}"
