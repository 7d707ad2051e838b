"""verify, refresh and the annex of evidence on documents with one thing wrong at a time."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from click.testing import CliRunner
from lxml import etree
from support.demo_city import Demo
from support.edits import changed_figure
from support.soffice import through_libreoffice

from toolkit.cli.main import main
from toolkit.documents.claims import agrees
from toolkit.documents.evidence import write_annex
from toolkit.documents.fill import Look, fill
from toolkit.documents.refresh import refresh
from toolkit.documents.verify import verify
from toolkit.errors import CannotRun
from toolkit.findings import Remark
from toolkit.model import Catalog, Figure
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.source import Source, open_source
from toolkit.word.edited.names import MarkName, form_of, read_name, shown_of
from toolkit.word.ooxml import MAIN, dump, find, make, q, read_package, write_package
from toolkit.wording.locate import check_of
from toolkit.wording.reading.quantities import quantities

FOOTNOTES = "word/footnotes.xml"


@pytest.fixture(scope="module")
def unit(city: Demo, catalog: Catalog) -> Source:
    return open_source(catalog, city.source("situation"))


@pytest.fixture(scope="module")
def whole(city: Demo, catalog: Catalog) -> Source:
    return open_source(catalog, city.source("summary"))


@pytest.fixture
def edit(city: Demo, tmp_path: Path) -> Callable[..., Path]:
    """edit(change, document) -> the demo's document after change(its body's XML)."""

    def run(change: Callable[[etree._Element], object], document: str = "situation") -> Path:
        parts = read_package(city.documents[document])
        root = etree.fromstring(parts[MAIN])
        change(root)
        write_package({**parts, MAIN: dump(root)}, tmp_path / "改.docx")
        return tmp_path / "改.docx"

    return run


def figure(root: etree._Element, id_: str) -> tuple[etree._Element, etree._Element]:
    """The start of an indicator's first bookmark, and the w:t in it."""
    start = find(root, f"//w:bookmarkStart[contains(@w:name, 'DJ_{id_}_')]")[0]
    return start, find(start.getnext(), "w:t")[0]


def say(*sentences: str) -> Callable[[etree._Element], None]:
    """Puts paragraphs of their own after the first of the text."""

    def change(root: etree._Element) -> None:
        body = find(root, "//w:body")[0]
        for n, sentence in enumerate(sentences, 4):
            body.insert(n, make("w:p", make("w:r", make("w:t", sentence))))

    return change


def codes(remarks: list[Remark]) -> list[str]:
    return [r.code for r in remarks]


def value_of(source: Source, name: str) -> int:
    return int(source.figures[name].value or 0)


# ------------------------------------------------------------------ what is silent


@pytest.mark.parametrize("document", ["situation", "duty", "study", "summary", "plan"])
def test_documents_as_generated_are_silent(document: str, city: Demo, catalog: Catalog) -> None:
    assert verify(catalog, city.documents[document], city.source(document)) == []


def test_true_and_unrelated_sentences_are_silent(edit, catalog: Catalog, unit: Source) -> None:
    days, lessons = value_of(unit, "主题党日_支部"), value_of(unit, "领导干部讲党课")
    path = edit(
        say(
            f"全年党支部开展主题党日{days}次。",
            f"党员领导干部讲党课{lessons}次，受到好评。",
            "去年党支部开展主题党日7次。",
            "2019年，党支部开展主题党日9次。",
            "第一党支部开展主题党日1次，第二党支部开展主题党日2次。",
            "上半年党支部开展主题党日5次。",
            "围绕安全生产召开支委会1次。",
            "计划开展主题党日99次，力争实现党员教育全覆盖。",
            "各党支部主题党日每月1次。",
            "要求各单位都要完成整改。",
            "抓好“两个全覆盖”工作。",
            "近百名志愿者参加清洁家园行动。",
            "新组建党支部一个，有3个党支部被评为先进。",
            "参加义务植树3.8万人次。",
            "每个支部每年开展谈心谈话3～5次。",
        )
    )
    assert verify(catalog, path, unit) == []


# ------------------------------------------------------------------ figures


@pytest.mark.parametrize("way", ["strike", "dstrike", "vanish"])
def test_a_figure_struck_out_or_hidden_before_another_number(edit, catalog: Catalog, unit: Source, way: str) -> None:
    def change(root: etree._Element) -> None:
        _, t = figure(root, "OL02")
        run = t.getparent()
        run.insert(0, make("w:rPr", make(f"w:{way}")))
        run.addnext(make("w:r", make("w:t", "99次")))

    path = edit(change)
    (found,) = verify(catalog, path, unit)
    assert found.code == "V02"
    assert "“99次”" in found.message
    again = path.with_name("更新.docx")
    refresh(catalog, path, unit, again)
    assert verify(catalog, again, unit) == []


def test_a_figure_that_the_ledger_has_outgrown(city: Demo, catalog: Catalog, unit: Source) -> None:
    more = changed_figure(unit, "主题党日_支部", 3)
    (found,) = verify(catalog, city.documents["situation"], more)
    old, new = value_of(unit, "主题党日_支部"), value_of(more, "主题党日_支部")
    assert (found.code, found.severity) == ("V01", "error")
    assert f"“{old}次”" in found.message
    assert f"“{new}次”" in found.message
    assert found.spot.paragraph > 0
    assert f"主题党日{old}次" in found.spot.text


def test_a_figure_edited_by_hand_goes_back(edit, catalog: Catalog, unit: Source, tmp_path: Path) -> None:
    def change(root: etree._Element) -> None:
        figure(root, "OL02")[1].text = "9999次"

    path = edit(change)
    (found,) = verify(catalog, path, unit)
    assert (found.code, "手改" in found.message) == ("V02", True)
    done = refresh(catalog, path, unit, tmp_path / "新.docx")
    assert [(c.old, c.new) for c in done.changed] == [("9999次", f"{value_of(unit, '主题党日_支部')}次")]
    assert verify(catalog, tmp_path / "新.docx", unit) == []


def test_zero_and_missing_are_left_to_a_person(city: Demo, catalog: Catalog, unit: Source, tmp_path: Path) -> None:
    figures = dict(unit.figures)
    figures["主题党日_支部"] = replace(figures["主题党日_支部"], value=0)
    figures["支部集体学习"] = replace(figures["支部集体学习"], value=None, state="missing")
    less = replace(unit, figures=figures)
    path, out = city.documents["situation"], tmp_path / "新.docx"
    assert set(codes(verify(catalog, path, less))) == {"V03", "V04"}
    done = refresh(catalog, path, less, out)
    assert (done.changed, sorted(c.state for c in done.left)) == ((), ["missing", "zero"])
    assert out.read_bytes() == path.read_bytes()


def test_words_of_the_editor_stay_where_they_are(edit, catalog: Catalog, unit: Source, tmp_path: Path) -> None:
    """Typed into the bookmark, a number of its own among them; another measure word; no second 达."""

    def change(root: etree._Element) -> None:
        figure(root, "OL02")[1].text += "（含联建3次）"
        figure(root, "ST01")[1].text = "集中13场次"
        start, t = figure(root, "IS08")
        start.addprevious(make("w:r", make("w:t", "达")))
        t.text = "98%"

    path = edit(change)
    more = changed_figure(unit, "主题党日_支部", 5)
    more = changed_figure(more, "中心组集体学习", 2)
    refresh(catalog, path, more, tmp_path / "新.docx")
    text = "".join(p.text for p in docx.Document(str(tmp_path / "新.docx")).paragraphs)
    assert f"主题党日{value_of(more, '主题党日_支部')}次（含联建3次）" in text
    assert f"集中{value_of(more, '中心组集体学习')}场次" in text
    assert "完成率达100%" in text


def test_two_numbers_of_which_none_is_the_printed_one(edit, catalog: Catalog, unit: Source, tmp_path: Path) -> None:
    def change(root: etree._Element) -> None:
        figure(root, "OL02")[1].text = "101次和102次"

    path = edit(change)
    assert codes(verify(catalog, path, unit)) == ["V05"]
    assert refresh(catalog, path, unit, tmp_path / "新.docx").left[0].state == "unreadable"
    assert "101次和102次" in "".join(p.text for p in docx.Document(str(tmp_path / "新.docx")).paragraphs)


def test_lost_and_doubled_bookmarks(edit, catalog: Catalog, unit: Source) -> None:
    def change(root: etree._Element) -> None:
        start, t = figure(root, "OL02")
        start.getparent().remove(start)
        t.text = "88次"
        again = figure(root, "IG01")[0].getparent()
        again.addnext(etree.fromstring(etree.tostring(again)))

    found = verify(catalog, edit(change), unit)
    assert {"V08", "V09"} <= set(codes(found))
    lost = next(r for r in found if r.code == "V08")
    assert "主题党日" in lost.message
    assert any(r.code == "V10" and "88次" in r.message for r in found)  # the number typed instead is wrong as well


def test_another_units_workbook_is_named_once(city: Demo, catalog: Catalog, unit: Source, tmp_path: Path) -> None:
    (found,) = verify(catalog, city.documents["duty"], unit)
    assert found.code == "V07"
    with pytest.raises(CannotRun, match="都不属于"):
        refresh(catalog, city.documents["duty"], unit, tmp_path / "新.docx")
    last = replace(unit, year=unit.year - 1)
    assert "V07" in codes(verify(catalog, city.documents["situation"], last))


def test_an_estimate_is_introduced(city: Demo, catalog: Catalog, unit: Source) -> None:
    figures = dict(unit.figures)
    figures["办实事好事"] = replace(figures["办实事好事"], est=True)
    assert "V14" in codes(verify(catalog, city.documents["situation"], replace(unit, figures=figures)))


# ------------------------------------------------------------------ words


@pytest.mark.parametrize(
    "sentence",
    [
        "全年党支部开展主题党日7次。",
        "全年各支部共开展主题党日活动7次，效果良好。",
        "党支部层面开展了7次主题党日。",
        "党员领导干部讲党课达99余次。",
        "书记领办任务完成率为61%。",
        "全年开展谈心谈话累计9999次。",
    ],
)
def test_numbers_typed_by_hand_that_contradict(edit, catalog: Catalog, unit: Source, sentence: str) -> None:
    (found,) = verify(catalog, edit(say(sentence)), unit)
    assert found.code == "V10"
    assert found.spot.text.strip("…") in sentence


# Ways to type the number of a figure that the ledgers hold; {} is the number.
TYPED = {
    "党员总数": ["共有党员{}名。", "截至目前，现有党员{}名，其中女党员若干。", "全年学习抓得紧，在册党员{}人。"],
    "在职党员数": ["现有在职党员{}名。"],
    "争取资金": ["争取帮扶资金{}万元。", "全年争取帮扶资金{}万元，用于抗旱。"],
    "三会一课参会率": ["“三会一课”制度落实到位，参会率{}%。", "组织生活抓得实，参会率{}%。", "“三会一课”参会率{}%。"],
    "党支部数": ["设有党支部{}个。"],
}


def _typed(f: Figure, wrong: bool) -> str:
    if f.indicator.denominator:
        return "88.8" if wrong else f"{100 * f.numerator / f.denominator:.1f}"
    n = f.value // 10000 if f.indicator.classifier == "元" else f.value
    return str(n + 7 if wrong else n)


@pytest.mark.parametrize(("name", "sentence"), [(n, s) for n, some in TYPED.items() for s in some])
def test_a_number_that_the_ledgers_count_is_compared(
    edit, catalog: Catalog, unit: Source, name: str, sentence: str
) -> None:
    f = unit.figures[name]
    (found,) = verify(catalog, edit(say(sentence.format(_typed(f, wrong=True)))), unit)
    assert found.code == "V10"
    assert f.indicator.title in found.message
    assert verify(catalog, edit(say(sentence.format(_typed(f, wrong=False)))), unit) == []


def test_a_full_share_is_denied_twice(edit, catalog: Catalog, unit: Source) -> None:
    found = verify(catalog, edit(say("“三会一课”实现全覆盖，参会率100%。")), unit)
    assert sorted(codes(found)) == ["V10", "V11"]


@pytest.mark.parametrize(
    "sentence",
    [
        "第一支部成立三年，共有党员7名。",  # another unit's
        "联点社区基础好，现有党员900名。",
        "支委会参会率88%。",  # of one kind of meeting
        "党员7名参加救护培训。",  # a part
        "党员7名受到慰问。",
        "争取明年帮扶资金80万元。",  # a plan
        "力争参会率99.9%。",
        "现有党员活动室3个。",  # no ledger counts it
        "共有图书600册。",
    ],
)
def test_a_number_that_no_ledger_counts_is_left_alone(edit, catalog: Catalog, unit: Source, sentence: str) -> None:
    assert verify(catalog, edit(say(sentence)), unit) == []


def test_claims_without_coverage(edit, catalog: Catalog, whole: Source) -> None:
    sentences = (
        "各单位均已完成换届。",
        "全市所有党支部都开展了主题党日，无一例外。",
        "实现了党员教育全覆盖。",
        "整改任务全部完成。",
    )
    path = edit(say(*sentences), "summary")
    assert verify(catalog, path, replace(whole, missing=())) == []
    lacking = replace(whole, missing=("示例市缺报局",), received=whole.received - 1)
    found = verify(catalog, path, lacking)
    assert codes(found) == ["V11", "V11", "V11", "V17"]  # 全部完成 may speak of one thing only
    assert all("示例市缺报局" in r.message for r in found)


def test_claims_that_a_ratio_denies(edit, catalog: Catalog, unit: Source) -> None:
    figures = dict(unit.figures)
    low = figures["组织生活会完成率"]
    figures["组织生活会完成率"] = replace(low, numerator=3, denominator=4, value=0.75, state="known")
    path = edit(say("各支部组织生活会实现全覆盖。"))
    (found,) = [r for r in verify(catalog, path, replace(unit, figures=figures)) if r.code == "V11"]
    assert "75%" in found.message


def test_title_of_another_year_or_kind(edit, catalog: Catalog, unit: Source) -> None:
    def retitle(text: str) -> Callable[[etree._Element], None]:
        def change(root: etree._Element) -> None:
            for t in find(root, "//w:body/w:p[position()<3]//w:t"):
                t.text = re.sub("2026|党建工作情况", lambda m: text if m[0] in "2026" else m[0], t.text)

        return change

    (found,) = verify(catalog, edit(retitle("2023")), unit)
    assert (found.code, "2023年" in found.message) == ("V12", True)

    def duty(root: etree._Element) -> None:
        for t in find(root, "//w:body/w:p[position()<3]//w:t"):
            t.text = t.text.replace("党建工作情况", "党建述职报告")

    (found,) = verify(catalog, edit(duty), unit)
    assert (found.code, "述职" in found.message) == ("V12", True)


def test_two_levels_of_one_thing_without_their_names(edit, catalog: Catalog, unit: Source) -> None:
    def change(root: etree._Element) -> None:
        for t in find(figure(root, "OL02")[0].getparent(), ".//w:t"):
            t.text = t.text.replace("机关层面", "").replace("党支部层面", "").replace("支部", "").replace("机关", "")

    assert "V13" in codes(verify(catalog, edit(change), unit))


# ------------------------------------------------------------------ one's own template


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A template with figures in a heading, a table, the header and a footnote, and one as a bare number."""
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "讲党课{{ 领导干部讲党课 }}"
    made.add_heading("主题党日{{ 主题党日_支部 }}", 1)
    made.add_paragraph("全年支委会（{{ 支委会.数 }}）次；发展党员{{ 发展党员 }}。")
    table = made.add_table(2, 2)
    for cell, text in zip(table.columns[0].cells, ("集体学习", "党小组会"), strict=True):
        cell.text = text
    table.cell(0, 1).text, table.cell(1, 1).text = "{{ 支部集体学习 }}", "{{ 党小组会 }}"
    made.save(str(tmp_path / "自制.docx"))
    return _with_footnote(tmp_path / "自制.docx", "其中谈心谈话{{ 谈心谈话 }}。")


def _with_footnote(path: Path, text: str) -> Path:
    parts = read_package(path)
    root = etree.fromstring(parts[MAIN])
    find(root, "//w:body/w:p")[1].append(make("w:r", make("w:footnoteReference", id=2)))
    kinds = {0: "separator", 1: "continuationSeparator"}
    notes = [make("w:footnote", make("w:p", make("w:r", make(f"w:{k}"))), id=n, type=k) for n, k in kinds.items()]
    notes.append(make("w:footnote", make("w:p", make("w:r", make("w:t", text))), id=2))
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    types, rels = "[Content_Types].xml", "word/_rels/document.xml.rels"
    parts |= {
        MAIN: dump(root),
        FOOTNOTES: dump(make("w:footnotes", *notes)),
        types: parts[types].replace(
            b"</Types>", f'<Override PartName="/{FOOTNOTES}" ContentType="{word}"/></Types>'.encode()
        ),
        rels: parts[rels].replace(
            b"</Relationships>",
            f'<Relationship Id="rId99" Type="{link}" Target="footnotes.xml"/></Relationships>'.encode(),
        ),
    }
    write_package(parts, path)
    return path


NAMES = ("领导干部讲党课", "主题党日_支部", "支委会", "发展党员", "支部集体学习", "谈心谈话")


def _shown(path: Path) -> dict[str, str]:
    """What each figure's bookmark holds, over all parts."""
    found = {}
    for part, data in read_package(path).items():
        if part.startswith("word/") and part.endswith(".xml"):
            root = etree.fromstring(data)
            for start in find(root, "//w:bookmarkStart"):
                name = read_name(start.get(q("w:name")))
                if name:
                    end = find(root, f"//w:bookmarkEnd[@w:id='{start.get(q('w:id'))}']")[0]
                    texts = [t for t in find(start, "following::w:t") if end in find(t, "following::w:bookmarkEnd")]
                    found[name.id] = "".join(t.text or "" for t in texts)
    return found


def _everywhere(catalog: Catalog, unit: Source, own: Path, out: Path) -> Source:
    fill(catalog, "situation", unit, out, Look(draft=True, template=own))
    for name in NAMES:
        unit = changed_figure(unit, name, 4)
    return unit


def _hold_everywhere(catalog: Catalog, path: Path, more: Source, own: Path) -> None:
    found = verify(catalog, path, more, template=own)
    assert codes(found) == ["V01"] * len(NAMES)
    assert {str(r.spot)[:2] for r in found} >= {"页眉", "脚注"}
    out = path.with_name("新.docx")
    assert len(refresh(catalog, path, more, out).changed) == len(NAMES)
    shown = _shown(out)
    for name in NAMES:
        ind, value = more.figures[name].indicator, value_of(more, name)
        assert shown[ind.id] == (str(value) if name == "支委会" else f"{value}{ind.classifier}")
    assert verify(catalog, out, more, template=own) == []


def test_headings_tables_header_footnote(catalog: Catalog, unit: Source, own: Path, tmp_path: Path) -> None:
    more = _everywhere(catalog, unit, own, tmp_path / "成文.docx")
    _hold_everywhere(catalog, tmp_path / "成文.docx", more, own)
    assert "V15" in codes(verify(catalog, tmp_path / "成文.docx", more))  # without the template, said so


@pytest.mark.office
def test_the_same_after_libreoffice(catalog: Catalog, unit: Source, own: Path, tmp_path: Path) -> None:
    path = tmp_path / "成文.docx"
    more = _everywhere(catalog, unit, own, path)
    (tmp_path / "lo").mkdir()
    _hold_everywhere(catalog, through_libreoffice([path], tmp_path / "lo")[path], more, own)


# ------------------------------------------------------------------ names of bookmarks


def test_names_say_how_to_print_again(catalog: Catalog) -> None:
    for d in catalog.documents.values():
        for shown in d.wording.values():
            assert shown_of(form_of(shown), shown.all_) == shown
    name = MarkName("OL01", "GW001", 2026, "单位", "r2", check_of("14次"), 1)
    assert read_name(str(name)) == name
    copied = read_name(f"{name}_Copy_1")
    assert copied
    assert (copied.copied, copied.n) == (True, 1)
    long = MarkName("OL0001XYZ-9", "示例市" * 20, 2026, "支部", "o100a", check_of("14次"), 999)
    assert len(str(long)) <= 40
    back = read_name(str(long))
    assert back
    assert back.is_of("示例市" * 20)


def test_every_copy_of_a_figure_gets_a_name_of_its_own(edit, city: Demo, tmp_path: Path) -> None:
    """LibreOffice calls copies …_Copy_1; Word wants names that are unique and short."""

    def change(root: etree._Element) -> None:
        start, text = figure(root, "OL02")
        text.text = "9999次"
        p = next(start.iterancestors(q("w:p")))
        for n in (1, 2):
            p.addnext(copied := deepcopy(p))
            for mark in copied.iter(q("w:bookmarkStart"), q("w:bookmarkEnd")):
                mark.set(q("w:id"), str(int(mark.get(q("w:id"), "0")) + 5000 * n))
                if name := mark.get(q("w:name")):
                    mark.set(q("w:name"), f"{name}_Copy_{n}")

    out = tmp_path / "新.docx"
    assert run("refresh", edit(change), city.source("situation"), "-o", out)[0] == 0
    root = etree.fromstring(read_package(out)[MAIN])
    ours = [str(name) for name in find(root, "//w:bookmarkStart[contains(@w:name, 'DJ_OL02_')]/@w:name")]
    wrong = [name for name in ours if "_Copy_" in name]
    assert len(ours) >= 3
    assert len(set(ours)) == len(ours)
    assert not wrong


# ------------------------------------------------------------------ commands and evidence


def run(*args: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(a) for a in args])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_commands(edit, city: Demo, tmp_path: Path) -> None:
    def change(root: etree._Element) -> None:
        figure(root, "OL02")[1].text = "9999次"

    path, book, out = edit(change), city.source("situation"), tmp_path / "新.docx"
    code, said = run("verify", path, book, "--json")
    (found,) = json.loads(said)["findings"]
    assert (code, set(found)) == (1, {"code", "severity", "paragraph", "text", "message", "remedy"})
    code, said = run("refresh", path, book, "-o", out)
    assert (code, "9999次 → " in said, "原为手改" in said) == (0, True, True)
    code, said = run("refresh", path, book, "-o", out, "--json")
    (change,) = json.loads(said)["changed"]
    assert (code, change["old"], change["state"]) == (0, "9999次", "edited")
    assert run("verify", out, book) == (0, "共0处错误、0处提醒。\n")
    (tmp_path / "文.txt").write_text("正文", encoding="utf-8")
    code, said = run("verify", tmp_path / "文.txt", book)
    assert (code, "只有 Word 文档" in said) == (2, True)


def test_evidence_names_the_cells(city: Demo, catalog: Catalog, unit: Source, tmp_path: Path) -> None:
    out = tmp_path / "出处.xlsx"
    code, said = run("fill", "situation", city.source("situation"), "-o", tmp_path / "文.docx", "--evidence", out)
    assert (code, "数据出处表" in said) == (0, True)
    sheet = openpyxl.load_workbook(out)["数据出处"]
    rows = [[c.value for c in r] for r in sheet.iter_rows(min_row=4)]
    row = next(r for r in rows if "主题党日（支部层面）" in r[3])
    days = value_of(unit, "主题党日_支部")
    assert row[1] == f"{days}次"
    assert f"主题党日{days}次" in row[2]
    assert "类型＝主题党日；统计层级＝支部" in row[4]
    first, last, count = re.search(r"组织生活 [A-Z]+(\d+):[A-Z]+(\d+).*?(\d+)格", row[6]).groups()
    assert int(last) > int(first)
    assert int(count) == days
    annex = tmp_path / "出处.docx"
    assert write_annex(catalog, tmp_path / "文.docx", unit, annex) == len(rows)
    table = docx.Document(str(annex)).tables[0]
    assert [c.text for c in table.rows[0].cells] == ["序号", "数", "所在语句", "指标", "口径", "数值", "来源单元格"]
    assert len(table.rows) == len(rows) + 1
    with pytest.raises(CannotRun, match="后缀"):
        write_annex(catalog, tmp_path / "文.docx", unit, tmp_path / "出处.pdf")


def test_other_parts_keep_their_bytes(edit, catalog: Catalog, unit: Source, tmp_path: Path) -> None:
    def change(root: etree._Element) -> None:
        figure(root, "OL02")[1].text = "9999次"

    path, out = edit(change), tmp_path / "新.docx"
    refresh(catalog, path, unit, out)
    with zipfile.ZipFile(path) as a, zipfile.ZipFile(out) as b:
        assert [n for n in a.namelist() if a.read(n) != b.read(n)] == [MAIN]


@pytest.mark.parametrize(
    ("words", "value", "said"),
    [
        ("十几次", 11, True),
        ("十几次", 15, True),
        ("十几次", 19, True),
        ("十几次", 10, False),
        ("十几次", 20, False),
        ("二十几次", 29, True),
        ("二十几次", 19, False),
    ],
)
def test_a_dozen_and_some_is_any_number_up_to_the_next_ten(words: str, value: int, said: bool) -> None:
    (q,) = quantities(f"开展主题党日{words}。")
    i = load_catalog().indicators["主题党日_支部"]
    assert agrees(q, Figure(i, "known", value, "", "2026")) is said


def test_words_of_a_number_just_below_a_round_one_are_understood_and_reprinted() -> None:
    """近200 stands for 199 and becomes 200余 when the ledger has 210."""
    from support.templates import figure

    from toolkit.model import Shown
    from toolkit.standard.catalog import load_catalog
    from toolkit.wording.locate import Spelling, alike, check_of, locate, reprint
    from toolkit.wording.phrase import phrase, words

    declared, shown = words(load_catalog()), Shown(round=1)
    now, then = figure("主流媒体发稿", 210, "篇次"), figure("主流媒体发稿", 199, "篇次")
    printed = phrase(then, shown, declared)
    assert printed == "近200篇次"
    text = f"发稿{printed}。"
    spelling = Spelling.of(then, shown, declared, False)
    found = locate(text, 2, 2 + len(printed), spelling, check_of(printed))
    assert found and found.text == printed and alike(found.text, printed, spelling)
    assert reprint(found, phrase(now, shown, declared), "发稿", spelling) == "200余篇次"
