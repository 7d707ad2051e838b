"""Lists of names and rows in documents: printed, traced, updated; and templates of one's own that start from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from support import ledger_rows, small_city

from toolkit.cli.main import main
from toolkit.documents.evidence import write_annex
from toolkit.documents.fill import Look, fill
from toolkit.documents.names import check_own, write_template
from toolkit.documents.refresh import refresh
from toolkit.documents.verify import verify
from toolkit.model import Catalog, Listed, Roll
from toolkit.wording.locate import check_of
from toolkit.wording.naming import enumerated, names_in, span_of

TITLES = ("学习制度", "考勤办法", "谈心制度", "积分办法", "联系制度", "督查办法")
HONOURS = (("先进机关", "市", "某市工委"), ("文明单位", "国家", "某国家部门"), ("书香机关", "本单位", "某机关"))


def book(catalog: Catalog, path: Path, titles: tuple[str, ...] = TITLES) -> Path:
    ledgers = catalog.ledgers
    rows = {
        "org": [small_city.org("DZ001", org_name="第一支部"), small_city.org("DZ002", org_name="第二支部")],
        "orglife": [
            small_city.party_day(n, topic=topic, org_id=f"DZ00{n % 2 + 1}")
            for n, topic in enumerate(("植树护绿", "读书荐书", "植树护绿"), 1)
        ],
        "document": [ledger_rows.row(catalog, ledgers["document"], "制度办法") | {"title": t} for t in titles],
        "honor": [
            ledger_rows.row(catalog, ledgers["honor"], "单位荣誉") | {"name": n, "level": level, "grantor": g}
            for n, level, g in HONOURS
        ],
    }
    return small_city.write(catalog, path, small_city.unit("A001", "某某市测试局"), rows)


@pytest.fixture
def source(tmp_path: Path, catalog: Catalog) -> Path:
    return book(catalog, tmp_path / "单位.xlsx")


@pytest.fixture
def printed(tmp_path: Path, catalog: Catalog, source: Path) -> Callable[..., Path]:
    """printed(*paragraphs): a template of these, filled."""

    def run(*paragraphs: str) -> Path:
        made = docx.Document()
        for text in paragraphs:
            made.add_paragraph(text)
        made.save(str(tmp_path / "模板.docx"))
        assert [r.message for r in check_own(catalog, tmp_path / "模板.docx", "situation")] == []
        fill(catalog, "situation", source, tmp_path / "成文.docx", Look(template=tmp_path / "模板.docx"))
        return tmp_path / "成文.docx"

    return run


def text(path: Path) -> list[str]:
    return [p.text for p in docx.Document(str(path)).paragraphs if p.text]


def edited(path: Path, old: str, new: str) -> Path:
    """The document after somebody has replaced some words in one run."""
    made = docx.Document(str(path))
    (run,) = [r for p in made.paragraphs for r in p.runs if old in r.text]
    run.text = run.text.replace(old, new)
    made.save(str(path.with_name("改.docx")))
    return path.with_name("改.docx")


# ------------------------------------------------------------------ in words


@pytest.mark.parametrize(
    ("marks", "names", "said"),
    [
        ("《》", ("甲", "乙"), "《甲》《乙》"),
        ("《》", ("甲", "乙", "丙"), "《甲》《乙》等3项制度"),
        ("“”", ("甲",), "“甲”"),
        ("", ("甲", "乙", "丙"), "甲、乙等3项制度"),
        ("", (), ""),
    ],
)
def test_a_list_in_words_and_back(marks: str, names: tuple[str, ...], said: str) -> None:
    roll = Roll("XX", "名", "名", "x", "y", marks=marks, most=2, classifier="项制度")
    assert enumerated(Listed(roll, names)) == said
    found, count = names_in(said, roll)
    assert tuple(found) == names[:2]
    assert count == (len(names) if len(names) > 2 else None)
    for around in (f"另有{said}", f"{said}，很多"):
        start, end = span_of(around, roll, check_of(said))
        assert not said or around[start:end] == said


# ------------------------------------------------------------------ traced


def test_names_are_verified_and_updated(printed: Callable[..., Path], catalog: Catalog, source: Path) -> None:
    path = printed("制定{{ 出台制度 }}。")
    before = "《学习制度》《考勤办法》《谈心制度》《积分办法》《联系制度》等6项制度"
    assert text(path) == [f"制定{before}。"]
    assert [r.code for r in verify(catalog, path, source)] == ["V15"]
    later = book(catalog, source.with_name("后来.xlsx"), (*TITLES[1:], "新办法", "又一办法"))
    found = [r for r in verify(catalog, path, later) if r.code == "V01"]
    after = "《考勤办法》《谈心制度》《积分办法》《联系制度》《督查办法》等7项制度"
    assert [r.message for r in found] == [f"“本年出台的制度”印的是“{before}”，台账现在是“{after}”"]
    refresh(catalog, path, later, path.with_name("新.docx"))
    assert text(path.with_name("新.docx")) == [f"制定{after}。"]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("《谈心制度》《积分办法》", "《积分办法》", []),  # an editor may leave names out
        ("等6项制度", "", []),
        ("《谈心制度》", "《谈话制度》", ["V02"]),
        ("等6项制度", "等60项制度", ["V02"]),
        ("《学习制度》", "首先是《学习制度》", []),
    ],
)
def test_an_edited_list_is_right_if_its_names_stand_in_the_rows(
    printed: Callable[..., Path], catalog: Catalog, source: Path, old: str, new: str, codes: list[str]
) -> None:
    path = edited(printed("制定{{ 出台制度 }}。"), old, new)
    assert [r.code for r in verify(catalog, path, source) if r.code != "V15"] == codes


def test_a_single_name_has_to_stand_in_the_rows(printed: Callable[..., Path], catalog: Catalog, source: Path) -> None:
    path = printed("{%p for 行 in 台账.荣誉品牌 %}", "获评“{{ 行.名称 }}”。", "{%p endfor %}")
    assert [r.code for r in verify(catalog, path, source)] == ["V15"]
    found = verify(catalog, edited(path, "文明单位", "文明标兵"), source)
    assert [(r.code, "文明标兵" in r.message) for r in found if r.code != "V15"] == [("V18", True)]


def test_explain_and_the_annex_show_the_rows(
    printed: Callable[..., Path], catalog: Catalog, source: Path, tmp_path: Path
) -> None:
    done = CliRunner().invoke(main, ["explain", "出台制度", str(source), "--json"])
    told = json.loads(done.output)
    assert (told["id"], len(told["names"]), len(told["cells"])) == ("DCL1", 6, 6)
    assert told["cells"][0]["cell"].startswith("制度文件!")
    path = printed("制定{{ 出台制度 }}，主题有{{ 党日主题 }}，开展{{ 主题党日_支部 }}。")
    assert write_annex(catalog, path, source, tmp_path / "出处.docx") == 3
    table = docx.Document(str(tmp_path / "出处.docx")).tables[0]
    assert [c.text for c in table.columns[1].cells][1:] == [
        text(path)[0][2:].split("，")[0],
        "“植树护绿”“读书荐书”",
        "3次",
    ]
    assert "共6格" in table.cell(1, 6).text


# ------------------------------------------------------------------ rows


def test_rows_in_the_order_of_their_own_kind(printed: Callable[..., Path]) -> None:
    """Levels from the state down, names by their own fields; a title with brackets is called without them."""
    path = printed(
        '{%p for 行 in 台账.荣誉品牌|筛选(类型="单位荣誉")|排序("级别")|前(2) %}',
        "{{ 行.授予单位 }}：{{ 行.名称 }}（{{ 行.级别 }}，{{ 行.数量 }}项）",
        "{%p endfor %}",
    )
    assert text(path) == ["某国家部门：文明单位（国家，1项）", "某市工委：先进机关（市，1项）"]


def test_rows_that_are_not_wanted_are_left_out(printed: Callable[..., Path]) -> None:
    """除去 and 筛选 by the same field share all rows between them."""
    by = "{{{{ 台账.荣誉品牌|{}(类型='单位荣誉')|length }}}}"
    path = printed(by.format("除去"), by.format("筛选"), "{{ 台账.荣誉品牌|length }}")
    left, taken, every = map(int, text(path))
    assert left + taken == every
    assert taken > 0


def test_rows_listed_and_grouped(printed: Callable[..., Path]) -> None:
    path = printed(
        '主题党日有{{ 台账.组织生活|列举("主题议题") }}，出台{{ 台账.制度文件|列举("文件名称", "书名号", 1, "项制度") }}。',
        "{%p for 组 in 台账.组织生活|按月 %}",
        "{{ 组.月 }}{{ 组.行|length }}次",
        "{%p endfor %}",
        "{%p for 组 in 台账.组织生活|按支部 %}",
        "{{ 组.支部 }}：{{ 组.行|列举('主题议题', '无') }}",
        "{%p endfor %}",
        "{%p for 组 in 台账.组织生活|按单位 %}",
        "{{ 组.单位 }}：{{ 组.行|length }}次",
        "{%p endfor %}",
    )
    assert text(path) == [
        "主题党日有“植树护绿”“读书荐书”，出台《学习制度》等6项制度。",
        "1月1次",
        "2月1次",
        "3月1次",
        "第二支部：植树护绿",
        "第一支部：读书荐书",
        "市测试局：3次",
    ]


def test_an_empty_list_takes_its_clause_with_it(printed: Callable[..., Path]) -> None:
    path = printed("主题党日{{ 主题党日_支部 }}，联建单位有{{ 联建单位 }}，参观{{ 廉政基地 }}。")
    assert text(path) == ["主题党日3次。"]


@pytest.mark.parametrize(
    ("tag", "what"),
    [
        ("{{ 台账.荣誉品排 }}", "荣誉品牌"),
        ("{% for 行 in 台账.荣誉品牌 %}{{ 行.授于单位 }}{% endfor %}", "授予单位"),
        ('{{ 台账.荣誉品牌|列举("名字") }}', "名称"),
        ('{{ 台账.荣誉品牌|筛选(类别="单位荣誉")|列举("名称") }}', "类别"),
        ('{{ 台账.荣誉品牌|除去(类别="单位荣誉")|列举("名称") }}', "类别"),
        ("{% for 行 in 台账.组织生活 %}{{ 行.主持人 }}{% endfor %}", "主持人"),  # names of people are not offered
        ("{{ 台账.发展党员 }}", "发展党员"),  # its rows stay in the unit
    ],
)
def test_what_rows_do_not_have_is_named(tmp_path: Path, catalog: Catalog, tag: str, what: str) -> None:
    made = docx.Document()
    made.add_paragraph(tag)
    made.save(str(tmp_path / "situation.docx"))
    (found,) = check_own(catalog, tmp_path / "situation.docx", None)
    assert found.code == "M08" and what in found.message


# ------------------------------------------------------------------ templates of one's own


@pytest.mark.parametrize("document", ["situation", "duty", "study"])
def test_a_template_of_one_s_own_fills_to_the_same_document(
    document: str, tmp_path: Path, catalog: Catalog, source: Path
) -> None:
    write_template(catalog, document, tmp_path / "我的.docx", source)
    assert [r.message for r in check_own(catalog, tmp_path / "我的.docx", document)] == []
    fill(catalog, document, source, tmp_path / "a.docx", Look(draft=True))
    fill(catalog, document, source, tmp_path / "b.docx", Look(draft=True, template=tmp_path / "我的.docx"))
    assert text(tmp_path / "a.docx") == text(tmp_path / "b.docx")


def test_without_a_workbook_it_holds_all_that_ledgers_can_say(tmp_path: Path, catalog: Catalog) -> None:
    done = CliRunner().invoke(main, ["template", "new", "situation", "-o", str(tmp_path / "我的.docx")])
    assert done.exit_code == 0, done.output
    whole = "".join(text(tmp_path / "我的.docx"))
    for name in ("主题党日_支部", "党日主题", "出台制度", "单位荣誉名称", "化解问题隐患"):
        assert f"{{{{ {name} }}}}" in whole
    assert "章." not in whole


def test_a_claim_without_support_is_named_and_kept(tmp_path: Path, catalog: Catalog, source: Path) -> None:
    made = docx.Document()
    made.add_paragraph("制定了一批制度。制定{{ 出台制度 }}。要召开会议的，另行通知。")
    made.add_heading("下一步打算", 1)
    made.add_paragraph("召开一次推进会。")
    made.save(str(tmp_path / "situation.docx"))
    found = check_own(catalog, tmp_path / "situation.docx", None)
    assert [(r.code, r.severity, r.message.split("“")[1][:8]) for r in found] == [
        ("M20", "warning", "制定了一批制度。"),
        ("M20", "warning", "要召开会议的，另"),
    ]
    filled = fill(catalog, "situation", source, tmp_path / "a.docx", Look(template=tmp_path / "situation.docx"))
    assert sum("没有数或名称作依据" in w for w in filled.warnings) == 2
    assert text(tmp_path / "a.docx")[0].startswith("制定了一批制度。制定《学习制度》")
