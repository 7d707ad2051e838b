"""Templates in, documents out: real files, looked at as Word would store them."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from lxml import etree

from toolkit.errors import CannotRun, StandardError
from toolkit.model import Figure, Indicator, Measure, Shown
from toolkit.standard.catalog import load_catalog
from toolkit.word.edited.names import read_name
from toolkit.word.filling.render import NO_FRAME, NotReady, fill_template
from toolkit.word.filling.session import Manner, Narrative, narrative_names
from toolkit.word.filling.shell import Frame, Imprint, RedHead
from toolkit.word.filling.template import build_template
from toolkit.word.ooxml import W, read_package, write_package
from toolkit.word.tags import language
from toolkit.wording.phrase import Words

WORDS = Words.of(load_catalog().wording)
W_NS = {"w": W}
MC, VML = "http://schemas.openxmlformats.org/markup-compatibility/2006", "urn:schemas-microsoft-com:vml"


def fig(name, value, word="次", **more) -> Figure:
    state = more.pop("state", "known")
    est, unit = more.pop("est", False), more.pop("unit", "DW001")
    parts = more.pop("parts", (None, None))
    measure = Measure("orglife", "count")
    ind = Indicator(
        f"T{zlib.crc32(name.encode()) % 9000}",
        name,
        more.pop("title", name),
        word,
        measure,
        measure if parts[1] is not None else None,
        **more,
    )
    number = None if value is None else Decimal(str(value))
    return Figure(ind, state, number, unit, "2026", *parts, est=est)


@pytest.fixture
def fill(tmp_path):
    """fill(body, name=value ...) -> the document's paragraphs; .report and .path hold the rest."""

    def run(body: str, draft=False, options=None, frame=NO_FRAME, **context):
        source, template = tmp_path / "样例.txt", tmp_path / "样例.docx"
        source.write_text(body, encoding="utf-8")
        build_template(source, template)
        return run.template(template, context, draft, frame, **(options or {}))

    def template(path, context, draft=False, frame=NO_FRAME, **options):
        run.path = tmp_path / "out.docx"
        run.report = fill_template(path, run.path, context, Manner(WORDS, "DW001", 2026, draft=draft, **options), frame)
        return [p.text for p in docx.Document(str(run.path)).paragraphs if p.text]

    run.template = template
    return run


def xml(path: Path, part="word/document.xml"):
    with zipfile.ZipFile(path) as z:
        return etree.fromstring(z.read(part))


def test_phrase_in_sentence(fill):
    assert fill("开展主题党日{{ 主题党日 }}。", 主题党日=fig("主题党日", 14)) == ["开展主题党日14次。"]


def test_zero_clause_in_the_middle(fill):
    left = fill(
        "一年来，组织学习{{ 甲 }}，研讨{{ 乙 }}，宣讲{{ 丙 }}。", 甲=fig("甲", 3), 乙=fig("乙", 0), 丙=fig("丙", 5)
    )
    assert left == ["一年来，组织学习3次，宣讲5次。"]
    assert fill.report.dropped == ("乙",)


def test_zero_takes_sentence_paragraph_and_heading(fill):
    body = (
        "#h1 {{一级}}甲\n做好工作。一年来，累计学习{{ 零 }}。\n#h1 {{一级}}乙\n#h2 {{二级}}乙一\n学习{{ 零 }}。\n"
        "#h1 {{一级}}丙\n#h2run {{二级}}段首标题。|学习{{ 零 }}。\n#h2run {{二级}}第二个。|学习{{ 三 }}。\n#sign 示例局"
    )
    assert fill(body, 零=fig("零", 0), 三=fig("三", 3)) == [
        "一、甲",
        "做好工作。",
        "二、丙",
        "（一）第二个。学习3次。",
        "示例局",
    ]


def test_last_heading_with_only_a_signature_below_goes(fill):
    body = "#h1 {{一级}}甲\n正文。\n#h1 {{一级}}乙\n学习{{ 零 }}。\n#sign 示例局\n#date {{ 日 }}"
    assert fill(body, 零=fig("零", 0), 日=date(2026, 1, 8)) == ["一、甲", "正文。", "示例局", "2026年1月8日"]


def test_fixed_words_for_zero(fill):
    zero = fig("反馈", 0, "个", zero="未收到反馈问题", phrase="反馈问题{}")
    assert fill("上年度评估{{ 反馈 }}。", 反馈=zero) == ["上年度评估未收到反馈问题。"]


def test_numbering_without_gaps(fill):
    body = (
        "#h1 {{一级}}甲\n#h2 {{二级}}甲一\n{{其一}}好。\n零{{ 零 }}。\n{{其一}}学习{{ 零 }}。\n{{其一}}行。\n"
        "#h2 {{二级}}甲二\n{{三级}}细一。\n{{三级}}细二。\n{{其一}}独一项。\n"
        "#h1 {{一级}}乙\n#h2 {{二级}}乙一\n{{三级}}又。"
    )
    assert fill(body, 零=fig("零", 0)) == [
        "一、甲",
        "（一）甲一",
        "一是好。",
        "二是行。",
        "（二）甲二",
        "1.细一。",
        "2.细二。",
        "独一项。",
        "二、乙",
        "（一）乙一",
        "1.又。",
    ]


def test_articles_never_restart(fill):
    body = "{%p for 部分 in 要点 %}\n#h1 {{一级}}{{ 部分.标题 }}\n{%p for 条文 in 部分.任务 %}\n"
    body += "{{条}}{{ 条文 }}\n{%p endfor %}\n{%p endfor %}"
    plan = [{"标题": "政治建设", "任务": ["抓学习。", "抓落实。"]}, {"标题": "组织建设", "任务": ["抓支部。"]}]
    assert fill(body, 要点=plan) == ["一、政治建设", "1.抓学习。", "2.抓落实。", "二、组织建设", "3.抓支部。"]


def test_special_characters_survive(fill):
    value = 'A&B <b>"粗"</b> {{ 7*7 }} \ue0000\ue002 行一\n行二'
    fill("写明{{ 值 }}。", 值=value)
    text = "".join(xml(fill.path).xpath("//w:t/text()", namespaces=W_NS))
    assert text == '写明A&B <b>"粗"</b> {{ 7*7 }} 0 行一行二。'
    assert len(xml(fill.path).xpath("//w:br", namespaces=W_NS)) == 1


@pytest.mark.parametrize(
    "tag",
    [
        "{{ ''.__class__ }}",
        "{{ 值.__init__.__globals__ }}",
        "{{ 值._figure }}",
        "{{ 表.append(1) }}",
        "{{ 值|safe }}",
        "{{ 表 }}",
        "{{ lipsum }}",
        "{% autoescape false %}{{ 值 }}{% endautoescape %}",
        "{% include '别的' %}",
        "{{ range(10**9) }}",
        "{{ 值 + 1 }}",
        "{{ 1/0 }}",
    ],
)
def test_sandbox(fill, tag):
    with pytest.raises(CannotRun, match=r"[一-龥]"):
        fill(tag, 值=fig("值", 3), 表=["甲"])
    assert not fill.path.exists()


def test_misspelt_name_gives_nearest_and_paragraph(fill):
    with pytest.raises(CannotRun, match=r"开展.*主题党目_单位.*最接近的名称是“主题党日_单位”"):
        fill("开展主题党日{{ 主题党目_单位 }}。", 主题党日_单位=fig("主题党日_单位", 14))
    with pytest.raises(CannotRun, match=r"“标提”.*“标题”"):
        fill("{{ 部分.标提 }}", 部分={"标题": "甲"})


def test_misspelt_name_in_a_branch_not_taken(fill):
    with pytest.raises(CannotRun, match="没有这个"):
        fill("{% if 甲 %}{{ 没有这个 }}{% endif %}正文。", 甲=fig("甲", 0))


def test_broken_tags_are_shown(fill):
    with pytest.raises(CannotRun, match=r"甲.*写法有误"):
        fill("学习{{ 甲 乙 }}。", 甲="x")
    with pytest.raises(CannotRun, match="endif"):
        fill("{% if 甲 %}学习。", 甲="x")


def test_bookmarks_wrap_exactly_the_phrase(fill):
    fill(
        "学习{{ 甲 }}，再说{{ 甲 }}，发稿{{ 乙 }}。",
        options={"shown": {"乙": Shown(round=1)}},
        甲=fig("甲", 13),
        乙=fig("乙", 527, "篇次"),
    )
    found = {}
    ids = []
    for start in xml(fill.path).xpath("//w:bookmarkStart", namespaces=W_NS):
        between, node = "", start.getnext()
        while node.tag != f"{{{W}}}bookmarkEnd":
            between += "".join(node.itertext())
            node = node.getnext()
        assert node.get(f"{{{W}}}id") == start.get(f"{{{W}}}id")
        ids.append(start.get(f"{{{W}}}id"))
        found[start.get(f"{{{W}}}name")] = between
    first, second = fill.report.printed
    assert (first.count, second.count) == (2, 1)
    assert found == {**dict.fromkeys(first.bookmarks, "13次"), second.bookmarks[0]: "500余篇次"}
    assert len(set(ids)) == 3
    assert all(name.isascii() and len(name) <= 40 and name.startswith("DJ_T") for name in found)
    assert all("_DW001_2026_" in name for name in found)


def test_long_unit_codes_keep_names_within_words_limit(fill):
    fill("学习{{ 甲 }}。", 甲=fig("甲", 1, unit="DW" + "0" * 60))
    (name,) = fill.report.printed[0].bookmarks
    assert len(name) <= 40
    assert read_name(name).is_of("DW" + "0" * 60)


def test_run_formatting_is_kept(fill, tmp_path):
    """A tag that Word has split over three runs, in bold."""
    source = docx.Document()
    p = source.add_paragraph("学习")
    for piece in ("{{ 主题", "党日", " }}，研讨"):
        p.add_run(piece).bold = True
    p.add_run("{{ 零 }}")
    p.add_run("。完。").italic = True
    source.save(str(tmp_path / "手改.docx"))
    context = {"主题党日": fig("主题党日", 14), "零": fig("零", 0)}
    assert fill.template(tmp_path / "手改.docx", context) == ["学习14次。完。"]
    runs = [(r.text, r.bold, r.italic) for r in docx.Document(str(fill.path)).paragraphs[0].runs if r.text]
    assert runs == [("学习", None, None), ("14次", True, None), ("。完。", None, True)]


def test_zero_in_table_is_printed(fill):
    body = "#table 1,1\n#th 指标|数\n#tr for 行 in 各行\n#td {{ 行.名 }}|^{{ 行.数 }}\n#tr endfor\n完。"
    fill(body, 各行=[{"名": "甲", "数": fig("甲", 0)}, {"名": "乙", "数": fig("乙", 7)}])
    rows = [[c.text for c in r.cells] for r in docx.Document(str(fill.path)).tables[0].rows]
    assert rows == [["指标", "数"], ["甲", "0次"], ["乙", "7次"]]


def test_plain_number_title_and_condition(fill):
    body = "{%p if 甲.值 > 5 %}\n{{ 甲.标题 }}{{ 甲.数 }}。\n{%p endif %}\n{%p if 乙 %}\n不印。\n{%p endif %}"
    assert fill(body, 甲=fig("甲", 527, title="集中学习"), 乙=fig("乙", 0)) == ["集中学习527。"]


def test_estimate_prefix_once(fill):
    left = fill(
        "一年来，志愿服务{{ 甲 }}，参加{{ 乙 }}。",
        甲=fig("甲", 46000, "人次", est=True),
        乙=fig("乙", 3906, "人次", est=True),
    )
    assert left == ["一年来，据不完全统计，志愿服务4.6万人次，参加3900余人次。"]
    written = fill("据不完全统计，服务{{ 甲 }}。", 甲=fig("甲", 46000, "人次", est=True))
    assert written == ["据不完全统计，服务4.6万人次。"]


def test_ratio_words_do_not_clash(fill):
    whole, share = fig("甲", None, "%", parts=(5, 5)), fig("乙", None, "%", parts=(5, 8))
    left = fill("完成率达{{ 甲 }}，占比达{{ 乙 }}。", options={"shown": {"乙": Shown(over=60)}}, 甲=whole, 乙=share)
    assert left == ["完成率达100%，占比60%以上。"]


def test_ratio_of_nothing_is_dropped_with_a_warning(fill):
    assert fill("做好。完成率{{ 甲 }}。", 甲=fig("甲", None, "%", parts=(0, 0))) == ["做好。"]
    assert "没有分母" in fill.report.warnings[0]


def test_missing_figures_stop_the_document(fill, tmp_path):
    context = {
        "甲": fig("甲", None, state="missing", title="集体学习"),
        "乙": fig("乙", None, state="missing", title="研讨"),
    }
    with pytest.raises(NotReady, match="缺数：集体学习、研讨") as e:
        fill("学习{{ 甲 }}。{% if 乙 %}有。{% endif %}", **context)
    assert e.value.missing == ("集体学习", "研讨")
    assert not (tmp_path / "out.docx").exists()


def test_draft_shows_what_is_missing_in_yellow(fill):
    low = fig("乙", None, "%", parts=(1, 2), title="创星率")
    left = fill(
        "学习{{ 甲 }}，占比{{ 乙 }}。",
        draft=True,
        options={"shown": {"乙": Shown(over=60)}},
        甲=fig("甲", None, state="missing", title="集体学习"),
        乙=low,
    )
    assert left == ["学习【缺：集体学习】，占比【核：创星率】。"]
    yellow = xml(fill.path).xpath("//w:r[w:rPr/w:highlight/@w:val='yellow']//w:t/text()", namespaces=W_NS)
    assert yellow == ["【缺：集体学习】", "【核：创星率】"]
    assert fill.report.missing == ("集体学习",)
    assert "50%" in fill.report.problems[0]


def test_narratives_take_figures_by_name(fill):
    body = "{%p for 段 in 文字 %}\n{{ 段 }}\n{%p endfor %}"
    texts = [Narrative("今年学习【甲】，研讨【乙】。写作A&B。"), Narrative("{{ 甲 }}照印。")]
    assert fill(body, 文字=texts, 甲=fig("甲", 3), 乙=fig("乙", 0)) == ["今年学习3次。写作A&B。", "{{ 甲 }}照印。"]
    assert narrative_names("开展【甲】和【 乙 】") == ["甲", "乙"]
    with pytest.raises(NotReady, match="丙"):
        fill(body, 文字=[Narrative("学习【丙】。")], 甲=fig("甲", 3))


def test_output_is_deterministic_and_nameless(fill, tmp_path):
    context = {"甲": fig("甲", 3), "日": date(2026, 1, 8)}
    body = "#title 甲{{ 甲 }}\n#sign 示例局\n#date {{ 日 }}"
    fill(body, **context)
    first = fill.path.read_bytes()
    template = (tmp_path / "样例.docx").read_bytes()
    fill(body, **context)
    assert fill.path.read_bytes() == first
    assert (tmp_path / "样例.docx").read_bytes() == template
    core = docx.Document(str(fill.path)).core_properties
    assert (core.author, core.last_modified_by) == ("", "")


def test_author_of_a_hand_made_template_is_removed(fill, tmp_path):
    source = docx.Document()
    source.core_properties.author = source.core_properties.last_modified_by = "虚构作者"
    source.add_paragraph("正文。")
    source.save(str(tmp_path / "手改.docx"))
    fill.template(tmp_path / "手改.docx", {})
    with zipfile.ZipFile(fill.path) as z:
        assert not any("虚构作者".encode() in z.read(n) for n in z.namelist())


def test_bad_templates_are_refused(fill, tmp_path):
    good = tmp_path / "好.docx"
    docx.Document().save(str(good))
    (tmp_path / "假.docx").write_bytes(b"not a zip")
    shutil.copy(good, tmp_path / "宏.docm")
    write_package({**read_package(good), "word/vbaProject.bin": b"x"}, tmp_path / "宏.docx")
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
    write_package({**read_package(good), "word/document.xml": entity}, tmp_path / "实体.docx")
    for name, why in (
        ("假.docx", "损坏"),
        ("宏.docm", ".docx"),
        ("宏.docx", "宏"),
        ("实体.docx", "不允许"),
        ("无.docx", "找不到"),
    ):
        with pytest.raises(CannotRun, match=why):
            fill.template(tmp_path / name, {})
    with pytest.raises(CannotRun, match="不能覆盖模板"):
        fill_template(good, good, {}, Manner(WORDS, "DW001", 2026))


def test_headers_and_footers_are_filled(fill, tmp_path):
    source = docx.Document()
    source.sections[0].header.paragraphs[0].text = "{{ 单位 }}共{{ 甲 }}"
    source.add_paragraph("正文。")
    source.save(str(tmp_path / "手改.docx"))
    fill.template(tmp_path / "手改.docx", {"单位": "示例局", "甲": fig("甲", 3)})
    assert docx.Document(str(fill.path)).sections[0].header.paragraphs[0].text == "示例局共3次"


def test_red_head_and_imprint(fill):
    head = RedHead("示例市直属机关工作委员会文件", "示工发〔2026〕3号")
    imprint = Imprint("示例市直属机关工作委员会办公室", "2026年1月8日", "示例市委办公室")
    texts = fill("#title 报告\n正文。", frame=Frame(head, imprint))
    assert texts == [head.organ, head.number, "报告", "正文。"]
    rows = ["".join(r.itertext()) for r in xml(fill.path).xpath("//w:drawing//w:tbl/w:tr", namespaces=W_NS)]
    assert rows == ["抄送：示例市委办公室。", "示例市直属机关工作委员会办公室2026年1月8日印发"]
    size = xml(fill.path).xpath("//w:p[1]/w:r/w:rPr/w:sz/@w:val", namespaces=W_NS)[0]
    assert int(size) / 2 * len(head.organ) <= 442.2  # one line in the text block


def test_a_box_is_there_for_old_programs_too(fill):
    """Word 2007 and old versions of WPS know only the VML of the fallback: it holds the same, at the same place."""
    imprint = Imprint("示例市甲局", "2026年1月8日", "示例市委办公室")
    fill("#title 报告\n正文。\n#landscape\n表。", frame=Frame(None, imprint))
    names = ["word/document.xml", *(n for n in zipfile.ZipFile(fill.path).namelist() if "footer" in n)]
    boxes = [b for name in names for b in xml(fill.path, name).iter(f"{{{MC}}}AlternateContent")]
    assert len(boxes) == 3  # 版记, and the numbers of odd and even pages that lie
    for box in boxes:
        new, old = (box.find(f"{{{MC}}}{name}") for name in ("Choice", "Fallback"))
        assert new.get("Requires") == "wps"
        content = [etree.tostring(e.find(f".//{{{W}}}txbxContent"), method="c14n", exclusive=True) for e in (new, old)]
        assert content[0] == content[1]
        shape = old.find(f".//{{{VML}}}rect")
        width, height = (int(n) / 12_700 for n in new.xpath(".//*[local-name()='extent']/@*"))
        assert f"width:{width:g}pt;height:{height:g}pt" in shape.get("style")
        turned = new.xpath("boolean(.//*[local-name()='bodyPr']/@vert)")
        assert turned == ("layout-flow:vertical" in shape.find(f"{{{VML}}}textbox").get("style", ""))


@pytest.mark.parametrize(
    ("name", "sign", "day"), [("示例市示例机关委员会办公室", "200", "700"), ("示例局", "700", "200")]
)
def test_signature_by_the_number_of_characters(fill, name, sign, day):
    """The date begins two characters right of the signature; the longer of the two stands two from the edge."""
    fill("正文。\n#sign {{ 单位 }}\n#date {{ 日 }}", 单位=name, 日=date(2026, 1, 8))
    assert xml(fill.path).xpath("//w:p/w:pPr/w:ind/@w:rightChars", namespaces=W_NS) == [sign, day]


KEPT = "//w:p[w:pPr/w:keepNext]"


def test_a_signature_stands_with_the_last_row_of_a_table(fill):
    fill("前文。\n#table 50,50\n#th 甲|乙\n#td 一|二\n#td 三|四\n#blank\n#sign {{ 单位 }}\n#date 日", 单位="示例局")
    root = xml(fill.path)
    rows = [r.xpath(f"count(.{KEPT})", namespaces=W_NS) for r in root.xpath("//w:tr", namespaces=W_NS)]
    assert rows[-1] == 2
    assert rows[-2] == 0
    assert not root.xpath(f"{KEPT}[contains(., '前文')]", namespaces=W_NS)


def test_a_signature_below_an_annex_line_stands_with_the_text(fill):
    fill("前文。\n末段。\n#blank\n#annex 附件：表\n#blank\n#sign {{ 单位 }}\n#date 日", 单位="示例局")
    kept = ["".join(p.itertext()) for p in xml(fill.path).xpath(KEPT, namespaces=W_NS)]
    assert "末段。" in kept
    assert "前文。" not in kept


def test_template_has_the_official_format(fill):
    fill("#title 报告\n#h1 {{一级}}甲\n正文。\n#landscape\n表。")
    root, styles = xml(fill.path), xml(fill.path, "word/styles.xml")
    upright, lying = root.xpath("//w:sectPr", namespaces=W_NS)
    margins = dict(upright.find(f"{{{W}}}pgMar").attrib)
    assert {k.split("}")[1]: v for k, v in margins.items()}.items() >= {
        "top": "2098",
        "left": "1588",
        "right": "1474",
        "bottom": "1984",
        "footer": "1446",
    }.items()
    assert upright.xpath("w:docGrid/@w:linePitch", namespaces=W_NS) == ["579"]
    assert lying.xpath("w:pgSz/@w:orient", namespaces=W_NS) == ["landscape"]
    body = styles.xpath("//w:style[w:name/@w:val='公文正文']", namespaces=W_NS)[0]

    def value(path):
        return body.xpath(f"string({path})", namespaces=W_NS)

    assert value("w:pPr/w:spacing/@w:line") == "579"
    assert (value("w:pPr/w:ind/@w:firstLine"), value("w:pPr/w:ind/@w:firstLineChars")) == ("640", "200")
    assert (value("w:rPr/w:spacing/@w:val"), value("w:rPr/w:sz/@w:val")) == ("-5", "32")
    assert {value(f"w:rPr/w:rFonts/@w:{k}") for k in ("ascii", "hAnsi", "eastAsia")} == {"仿宋_GB2312"}
    assert styles.xpath("//w:style[w:name/@w:val='公文一级标题']//w:outlineLvl/@w:val", namespaces=W_NS) == ["0"]
    assert xml(fill.path, "word/settings.xml").xpath("boolean(w:evenAndOddHeaders)", namespaces=W_NS)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("#titel 甲", ":1: unknown tag"),
        ("\n#h2run 甲", ":2: .*标题"),
        ("#table 1,1\n#td 甲", ":2: 1 cells"),
        ("#th 甲", "outside"),
        ("#table 甲", "widths"),
    ],
)
def test_mistakes_in_a_body_name_the_line(tmp_path, body, why):
    source = tmp_path / "body.txt"
    source.write_text(body, encoding="utf-8")
    with pytest.raises(StandardError, match=why):
        build_template(source, tmp_path / "out.docx")


def test_figures_of_other_units_keep_their_unit(fill):
    body = "#table 1,1\n#tr for 行 in 各行\n#td {{ 行.单位 }}|{{ 行.数 }}\n#tr endfor"
    rows = [{"单位": u, "数": replace(fig("甲", n), unit=u)} for u, n in (("DW002", 1), ("DW003", 2))]
    fill(body, 各行=rows)
    assert [p.bookmarks[0].split("_")[2] for p in fill.report.printed] == ["DW002", "DW003"]


@pytest.mark.parametrize("body", ["{% for n in range(3) %}{{ n }}{% endfor %}", "{{ 1 + 1 }}"], ids=["loop", "print"])
def test_a_template_that_takes_too_long_is_stopped(body: str, fill, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is looked at in every round of a loop and after every piece that is printed."""
    monkeypatch.setattr(language, "MAX_SECONDS", -1)
    with pytest.raises(CannotRun, match="秒还没有生成完"):
        fill(body)
