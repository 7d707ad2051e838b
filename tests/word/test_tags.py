"""The tags of templates: each construct that docxtpl documents works, or check and fill name it in the same words."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from support.templates import CONTEXT, WORDS, build, told

from toolkit.errors import CannotRun
from toolkit.word.edited.paragraphs import open_document
from toolkit.word.filling.render import fill_template
from toolkit.word.filling.sandbox import check_template
from toolkit.word.filling.session import Manner
from toolkit.word.filling.shell import Frame, Imprint, RedHead
from toolkit.word.filling.template import build_template
from toolkit.word.ooxml import W, read_package, write_package
from toolkit.word.tags.scan import scan

WORKS = {
    "a text": (["{{ 单位 }}。"], ["示例局。"]),
    "a figure": (["开展{{ 次数 }}。"], ["开展12次。"]),
    "no blanks": (["{{单位}}"], ["示例局"]),
    "a run": (["{{r 单位 }}"], ["示例局"]),
    "a name that begins like a prefix": (["{% set p = 单位 %}{{ p }}"], ["示例局"]),
    "if": (["{% if 次数 %}有{% else %}无{% endif %}"], ["有"]),
    "if on zero": (["{% if 零 %}有{% elif 单位 %}另{% endif %}"], ["另"]),
    "if on runs": (["前{%r if 次数 %}有{%r endif %}后"], ["前有后"]),
    "for": (["{% for x in 各项 %}{{ x }}、{% endfor %}"], ["甲、乙、丙、"]),
    "for with else": (["{% for x in 无 %}{{ x }}{% else %}没有{% endfor %}"], ["没有"]),
    "for with if": (["{% for x in 各项 if x != '乙' %}{{ x }}{% endfor %}"], ["甲丙"]),
    "loop": (
        ["{% for x in 各项 %}{{ loop.index }}{{ x }}{% if not loop.last %}，{% endif %}{% endfor %}"],
        ["1甲，2乙，3丙"],
    ),
    "cycle": (["{% for x in 各项 %}{{ loop.cycle('单', '双') }}{% endfor %}"], ["单双单"]),
    "with": (["{% with x = 年度 %}{{ x }}{% endwith %}"], ["2026"]),
    "paragraphs": (["{%p for x in 各项 %}", "一{{ x }}", "{%p endfor %}", "末"], ["一甲", "一乙", "一丙", "末"]),
    "paragraphs left out": (["{%p if 零 %}", "不印", "{%p else %}", "印", "{%p endif %}"], ["印"]),
    "two tags of paragraphs in a row": (
        ["{%p for x in 各项 %}", "{%p if x == '乙' %}", "{{ x }}", "{%p endif %}{%p endfor %}", "末"],
        ["乙", "末"],
    ),
    "rows": (["# {%tr for r in 各行 %}|", "# {{ r.名 }}|{{ r.数 }}", "# {%tr endfor %}|"], ["甲", "3", "乙", "5"]),
    "columns": (["# {%tc for x in 各项 %}|{{ x }}|{%tc endfor %}"], ["甲", "乙", "丙"]),
    "colours": (["# {% cellbg 'FFC000' %}甲|乙"], ["甲", "乙"]),
    "colspan": (["# {% colspan 2 %}甲"], ["甲"]),
    "cells joined downwards": (
        ["# {%tr for r in 各行 %}|", "# {% vm %}同|{{ r.名 }}", "# {%tr endfor %}|"],
        ["同", "甲", "乙"],
    ),
    "cells joined sideways": (
        ["# {%tc for x in 各项 %}|{% hm %}同|{%tc endfor %}", "# 一|二|三"],
        ["同", "一", "二", "三"],
    ),
    "comments": (["前{# 说明 #}后", "{#p 整段 #}", "# {#tr 整行 #}|", "# 甲|乙"], ["前后", "甲", "乙"]),
    "joined lines": (
        ["在", "{%- if 单位 -%}", "城里", "{%- else -%}", "乡下", "{%- endif -%}", "住。"],
        ["在城里住。"],
    ),
    "printed braces": (["{_{ 名称 }_} {_% if %_}"], ["{{ 名称 }} {% if %}"]),
    "raw": (["{% raw %}{{ 名称 }}{% endraw %}"], ["{{ 名称 }}"]),
    "one brace": (["{甲}80%。"], ["{甲}80%。"]),
    "split over runs": ([["{", "{ 单", "位 }", "}是"]], ["示例局是"]),
    "split, with text behind": ([["甲{% if 次", "数 %}乙{% end", "if %}丙"]], ["甲乙丙"]),
    "curly quotes": (["{% if 单位 == “示例局” %}是{% endif %}"], ["是"]),
    "quotes in quotes": (["{{ '“好”' }}"], ["“好”"]),
    "unequal quotes": (['{% if 单位 == "示例局” %}是{% endif %}'], ["是"]),
    "hard and wide blanks": (["{{\u00a0单位\u3000}}{%\u00a0if 次数\u2003%}有{% endif %}"], ["示例局有"]),
    "invisible characters": (["{{ 单\u200b位 }}"], ["示例局"]),
    "quotes, less, and": (['{% if 单位 == "示例局" and 年度 < 3000 %}A&B<C>{% endif %}'], ["A&B<C>"]),
    "braces in a text": (["{{ '}}' }}{{ '%}' }}"], ["}}%}"]),
    "figures compare": (["{% if 次数 > 10 and 次数 == 12 and 次数 > 零 and 年度 >= 2026 %}多{% endif %}"], ["多"]),
    "the year as text": (["{% if 年度 == '2026' %}今年{% endif %}"], ["今年"]),
    "between": (["{% if 10 < 次数 <= 12 %}是{% endif %}"], ["是"]),
    "arithmetic": (
        ["{{ 年度 - 1 }}，{{ 7 // 2 }}，{{ 7 % 4 }}，{{ 次数.值 * 2 }}，{{ 次数.值 * 1.5 }}"],
        ["2025，3，3，24，18"],
    ),
    "joining": (["{{ 单位 ~ 年度 }}{{ 单位 + '好' }}"], ["示例局2026示例局好"]),
    "filters": (
        [
            "{{ 各项|join('、') }}{{ 各项|length }}{{ 空|default('缺', true) }}{{ 单位|e }}{{ '<&>'|e }}{{ 3.14159|round(2) }}"
        ],
        ["甲、乙、丙3缺示例局<&>3.14"],
    ),
    "filters in a row": (["{{ 各行|map(attribute='名')|join('和') }}{{ 各行|sum(attribute='数') }}"], ["甲和乙8"]),
    "figures joined": (["{{ [次数, 年度]|join('和') }}"], ["12次和2026"]),
    "tests": (["{% if 单位 is defined and 年度 is divisibleby(2) %}双{% endif %}"], ["双"]),
    "membership": (["{% if '乙' in 各项 and '局' in 单位 %}有{% endif %}"], ["有"]),
    "one of two": (["{{ '多' if 次数 > 5 else '少' }}"], ["多"]),
    "parts of a list": (["{{ 各项[0] }}{{ 各项[-1] }}{{ 单位[0:2] }}"], ["甲丙示例"]),
    "a range": (["{% for i in range(3) %}{{ i }}{% endfor %}"], ["012"]),
    "a block over paragraphs": (["{% for x in 各项 %}甲", "乙{% endfor %}末"], ["甲", "乙甲", "乙甲", "乙末"]),
    "a date": (["{{ 日 }}"], ["2026年1月8日"]),
}
NAMED = {
    "a misspelt name": (["{{ 单为 }}"], ["M08"]),
    "in a branch not taken": (["{% if 零 %}{{ 没有 }}{% endif %}"], ["M08"]),
    "a misspelt column": (["{% for r in 各行 %}{{ r.各 }}{% endfor %}"], ["M08"]),
    "half a tag": (["{{ 单位", "甲"], ["M01"]),
    "half an if": (["{% if 次数", "甲{% endif %}"], ["M01"]),
    "wide braces": (["｛｛单位｝｝"], ["M02", "M02"]),
    "wide signs": (["{{ 单位｜length }}"], ["M05"]),
    "sub-documents": (["{{p 单位 }}"], ["M09"]),
    "macros": (["{% macro a(x) %}{{ x }}{{ a(x) }}{% endmacro %}{{ a(1) }}"], ["M09"]),
    "include": (["{% include '别的' %}"], ["M09"]),
    "autoescape": (["{% autoescape false %}{{ 单位 }}{% endautoescape %}"], ["M09"]),
    "block set": (["{% set x %}甲{% endset %}"], ["M09"]),
    "do": (["{% do 各项.append(1) %}"], ["M09"]),
    "calls": (["{{ 单位.upper() }}"], ["M09"]),
    "hidden parts": (["{{ 单位.__class__ }}"], ["M09"]),
    "unsafe filters": (["{{ 单位|safe }}"], ["M09"]),
    "filters that grow": (["{{ 单位|center(1000000000) }}"], ["M09"]),
    "recursive loops": (["{% for i in [[1]] recursive %}{{ loop(i) }}{% endfor %}"], ["M09", "M09"]),
    "no end": (["{% if 次数 %}有"], ["M06"]),
    "no beginning": (["有{% endif %}"], ["M07"]),
    "crossed": (["{% if 次数 %}{% for x in 各项 %}{% endif %}{% endfor %}"], ["M07", "M06"]),
    "else twice": (["{% if 次数 %}甲{% else %}乙{% else %}丙{% endif %}"], ["M07"]),
    "a row outside tables": (["{%tr for x in 各项 %}", "{%tr endfor %}"], ["M11", "M11"]),
    "a colour outside tables": (["{% cellbg 'FFC000' %}"], ["M11"]),
    "text beside a paragraph's tag": (["甲{%p if 次数 %}", "乙", "{%p endif %}"], ["M10"]),
    "a paragraph's block in one paragraph": (["{%p if 次数 %}甲{%p endif %}"], ["M10"]),
    "text beside a row's tag": (["# {%tr for r in 各行 %}|甲", "# {{ r.名 }}|", "# {%tr endfor %}|"], ["M10"]),
    "in and out of a table": (["{%p if 次数 %}", "# 甲{% endif %}|"], ["M14"]),
    "joined cells without a loop": (["# {% vm %}同|甲"], ["M17"]),
    "a list printed": (["{{ 各项 }}"], ["M16"]),
    "arithmetic on a figure": (["{{ 次数 + 1 }}"], ["M16"]),
    "arithmetic on a text": (["{{ 单位 * 2 }}"], ["M16"]),
    "a text and a number": (["{% if 单位 > 5 %}甲{% endif %}"], ["M16"]),
    "a figure and a text": (["{% if 次数 == '12次' %}甲{% endif %}"], ["M16"]),
    "a date and a text": (["{% if 日 == '2026年' %}甲{% endif %}"], ["M16"]),
    "division by zero": (["{% if 零 %}{{ 1 / 0 }}{% endif %}"], ["M16"]),
    "a huge text": (["{{ 'a' * 10**9 }}"], ["M16"]),
    "a huge range": (["{% for i in range(10**9) %}{% endfor %}"], ["M16"]),
    "a huge power": (["{{ 10 ** 5000 }}"], ["M16"]),
    "a huge format": (["{{ '%1000000000d' % 1 }}"], ["M16"]),
    "a wrong colour": (["# {% cellbg '红' %}甲|"], ["M16"]),
    "a wrong width": (["# {% colspan 0 %}甲|"], ["M16"]),
    "brackets": (["{{ " + "(" * 400 + "1" + ")" * 400 + " }}"], ["M15"]),
    "a chain": (["{{ 单位" + ".a" * 3000 + " }}"], ["M15"]),
    "filters without end": (["{{ 1" + "|abs" * 200 + " }}"], ["M15"]),
    "blocks in blocks": (["{% if 1 %}" * 400 + "甲" + "{% endif %}" * 400], ["M15"]),
    "surrogates": ([r"{{ '\ud800' }}"], ["M09"]),
    "forged marks": ([r"{{ '\ue0000\ue002'|e }}"], ["M09"]),
    "a broken escape": ([r"{{ '\x' }}"], ["M05"]),
    "a loop that sets loop": (["{% for loop in 各项 %}{% endfor %}"], ["M05"]),
}


@pytest.mark.parametrize("case", WORKS)
def test_what_works(case: str, tmp_path: Path) -> None:
    lines, expected = WORKS[case]
    assert told(build(tmp_path / "样.docx", *lines), tmp_path / "out.docx") == (expected, [])


@pytest.mark.parametrize("case", NAMED)
def test_what_is_named(case: str, tmp_path: Path) -> None:
    lines, codes = NAMED[case]
    _, errors = told(build(tmp_path / "样.docx", "第一段。", *lines), tmp_path / "out.docx")
    assert [e.code for e in errors] == codes, errors
    assert all(e.spot.paragraph == 2 or len(lines) > 1 for e in errors)


def xml(path: Path) -> etree._Element:
    with zipfile.ZipFile(path) as z:
        return etree.fromstring(z.read("word/document.xml"))


def values(path: Path, query: str) -> list[str]:
    return [str(v) for v in xml(path).xpath(query, namespaces={"w": W})]


def test_cells_get_what_their_tags_say(tmp_path: Path) -> None:
    out = tmp_path / "out.docx"
    told(build(tmp_path / "样.docx", "# {% cellbg 'FFC000' if 次数 > 5 else 'FFFFFF' %}甲|乙"), out)
    assert values(out, "//w:shd/@w:fill") == ["FFC000"]
    told(build(tmp_path / "样2.docx", "# {% colspan 年度 - 2023 %}甲"), out)
    assert values(out, "//w:gridSpan/@w:val") == ["3"]
    told(build(tmp_path / "样3.docx", *WORKS["cells joined downwards"][0]), out)
    assert values(out, "//w:vMerge/@w:val") == ["restart", "continue"]
    told(build(tmp_path / "样4.docx", *WORKS["cells joined sideways"][0]), out)
    assert values(out, "//w:gridSpan/@w:val") == ["3"]


def test_every_text_keeps_its_own_look_behind_a_split_tag(tmp_path: Path) -> None:
    made = docx.Document()
    p = made.add_paragraph()
    p.add_run("甲{{ 单").bold = True
    p.add_run("位 }}乙").italic = True
    made.save(str(tmp_path / "样.docx"))
    told(tmp_path / "样.docx", tmp_path / "out.docx")
    runs = [(r.text, r.bold, r.italic) for r in docx.Document(str(tmp_path / "out.docx")).paragraphs[0].runs]
    assert runs == [("甲示例局", True, None), ("乙", None, True)]


def test_a_cell_whose_paragraphs_all_go_keeps_an_empty_one(tmp_path: Path) -> None:
    """Word refuses a document with a cell that has no paragraph."""
    path = build(tmp_path / "样.docx", "# 甲|")
    made = docx.Document(str(path))
    cell = made.tables[0].rows[0].cells[1]
    cell.paragraphs[0].text = "{%p for x in 无 %}"
    cell.add_paragraph("{{ x }}")
    cell.add_paragraph("{%p endfor %}")
    made.save(str(path))
    assert told(path, tmp_path / "out.docx")[0] == ["甲"]
    assert values(tmp_path / "out.docx", "//w:tc[not(*[last()][self::w:p])]") == []


def test_tags_in_descriptions_and_field_codes_stay_and_are_told(tmp_path: Path) -> None:
    path = build(tmp_path / "样.docx", "正文。")
    parts = dict(read_package(path))
    field = '<w:r><w:instrText xml:space="preserve"> QUOTE {{ 单位 }} </w:instrText></w:r>'.encode()
    parts["word/document.xml"] = parts["word/document.xml"].replace(
        "正文。</w:t></w:r>".encode(), "正文。</w:t></w:r>".encode() + field
    )
    write_package(parts, path)
    assert [f.code for f in check_template(path, {})] == ["M18"]
    assert told(path, tmp_path / "out.docx") == (["正文。"], [])
    assert b"QUOTE {{" in read_package(tmp_path / "out.docx")["word/document.xml"].replace(b"&#123;", b"{")


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% set a = 'aaaaaaaaaa' %}" + "{% set a = a ~ a %}" * 40,
        "{% set a = 'aaaaaaaaaa' %}" + "{% set a = a|replace('a', a) %}" * 20,
        "{% set a = 单位|length %}" + "{% set a = a ** 60 %}" * 5,
        "{{ 年度 / (年度 - 2026) }}",
        "{{ 各项[9] }}",
        "{{ 5|round(年度) }}",
    ],
)
def test_what_only_data_can_show_is_one_sentence_with_its_place(text: str, tmp_path: Path) -> None:

    path = build(tmp_path / "样.docx", "第一段。", text)
    with pytest.raises(CannotRun, match=r"第2段.*算不出来：[^。]*[一-龥]"):
        fill_template(path, tmp_path / "out.docx", CONTEXT, Manner(WORDS, "DW001", 2026))


@pytest.mark.parametrize(
    "value", ["{{ 7*7 }}", "{% if x %}", "【次数】", "<w:p/>&amp;", "甲\n乙\t丙", "\ue0000\ue002", "}}{#", "a\x0bb\x00"]
)
def test_what_cells_hold_is_printed_and_never_run(value: str, tmp_path: Path) -> None:
    path = build(tmp_path / "样.docx", "甲{{ 单位 }}乙{% if 单位 %}{{ 单位 ~ '' }}{% endif %}")
    printed, _ = told(path, tmp_path / "out.docx", {**CONTEXT, "单位": value})
    plain = value.replace("\n", "").replace("\ue000", "").replace("\ue002", "").replace("\x0b", "").replace("\x00", "")
    assert printed[0].replace("\n", "") == f"甲{plain}乙{plain}"


# ------------------------------------------------------------------ any template

LITERAL = st.text(st.sampled_from("甲乙丙，。 <&>\"'“”{}%#AZ"), min_size=1, max_size=6).filter(
    lambda t: scan(t) == ([], []) and t[-1] not in "{}%#" and t[0] not in "{}%#"
)
NAMES = ["单位", "年度", "次数", "各项[0]", "各项|length", "单位|upper", "次数.数", "年度 + 1"]
TESTS = ["次数", "零", "年度 > 2020", "单位 == “示例局”", "不在"]
OPENERS = [*(f"{{% if {t} %}}" for t in TESTS), "{% for x in 各项 %}", "{%p if 次数 %}", "{%p for x in 无 %}"]
TAGS = st.sampled_from(
    [f"{{{{ {n} }}}}" for n in NAMES]
    + ["{{ x }}", "{{ 单位"]
    + OPENERS
    + ["{% else %}", "{% endif %}", "{% endfor %}", "{%p endif %}", "{%p endfor %}"]
)


@st.composite
def lines(draw: st.DrawFn, depth: int = 0) -> list[str]:
    """Paragraphs of texts, names and blocks; most blocks end where they should."""
    made: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["text", "inline", "paragraphs", "any"] if depth < 2 else ["text"]))
        if kind == "text":
            made.append(
                "".join(
                    draw(st.lists(LITERAL | st.sampled_from([f"{{{{ {n} }}}}" for n in NAMES]), min_size=1, max_size=4))
                )
            )
        elif kind == "inline":
            inner = draw(LITERAL)
            made.append(f"{draw(LITERAL)}{{% if {draw(st.sampled_from(TESTS))} %}}{inner}{{% endif %}}{draw(LITERAL)}")
        elif kind == "paragraphs":
            made += ["{%p if 次数 %}", *draw(lines(depth + 1)), "{%p endif %}"]
        else:
            made.append(draw(LITERAL) + draw(TAGS))
    return made


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=lines(), header=LITERAL, cell=st.lists(LITERAL | TAGS, max_size=3), data=st.data())
def test_check_is_content_exactly_if_the_template_fills(
    body: list[str], header: str, cell: list[str], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("样")
    cut = [[line[:n], line[n:]] for line in body for n in [data.draw(st.integers(0, len(line)))]]
    path = build(folder / "样.docx", *cut, f"# {''.join(cell).replace('|', '')}|尾")
    made = docx.Document(str(path))
    made.sections[0].header.paragraphs[0].text = f"{header}{{{{ 单位 }}}}"
    made.save(str(path))
    printed, errors = told(path, folder / "out.docx")
    if not errors:
        everything = "".join(printed)
        assert f"{header}示例局" in everything
        for line in body:
            if "{{" not in line and "{%" not in line:
                assert line in everything or not line.strip()


def test_time_grows_with_the_text_not_with_its_square() -> None:
    """Counted in steps of the scanner: a text twice as long takes twice as many."""
    for piece in ("{{ ", "{{ x }}", "{% if ", "}}", "'", '{{ "', '\\"', "{ ", "{# "):
        counted = [len(scan(piece * n)[0]) + len(scan(piece * n)[1]) for n in (200, 400)]
        assert counted[1] <= 2 * counted[0] + 2


# ------------------------------------------------------------------ what surrounds the text; parts from outside


def test_a_red_head_on_a_template_of_ones_own_brings_its_styles(tmp_path: Path) -> None:
    """Control characters of the command line do not reach the document."""
    frame = Frame(
        RedHead("示例市\x0b委员会\x00文件", "示委〔2026〕\x1b3号"),
        Imprint("示例\udc80办公室", "2026年1月8日", "甲\n乙"),
    )
    path = build(tmp_path / "样.docx", "正文。")
    fill_template(path, tmp_path / "out.docx", CONTEXT, Manner(WORDS, "DW001", 2026), frame)
    parts = read_package(tmp_path / "out.docx")
    styles = etree.fromstring(parts["word/styles.xml"]).xpath("//w:style/@w:styleId", namespaces={"w": W})
    used = values(tmp_path / "out.docx", "//w:pStyle/@w:val")
    assert used and set(used) <= set(styles)
    assert len(styles) == len(set(styles))
    said = "".join(values(tmp_path / "out.docx", "//w:t/text()"))
    assert "示例市 委员会文件" in said and "示委〔2026〕3号" in said and "示例办公室" in said and "甲 乙" in said


def test_a_paragraph_is_kept_with_the_next_once(tmp_path: Path) -> None:
    source, path = tmp_path / "样.txt", tmp_path / "样.docx"
    source.write_text("正文。\n#sign 示例局\n#date {{ 日 }}", encoding="utf-8")
    build_template(source, path)
    parts = dict(read_package(path))
    style = b'<w:pStyle w:val="' + parts["word/document.xml"].split(b'<w:pStyle w:val="')[1].split(b'"')[0] + b'"/>'
    parts["word/document.xml"] = parts["word/document.xml"].replace(style, style + b"<w:keepNext/>", 1)
    write_package(parts, path)
    fill_template(path, tmp_path / "out.docx", CONTEXT, Manner(WORDS, "DW001", 2026))
    assert values(tmp_path / "out.docx", "//w:pPr[count(w:keepNext) > 1]") == []
    assert len(values(tmp_path / "out.docx", "//w:keepNext")) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("part", ["word/document.xml", "word/settings.xml", "customXml/item1.xml"])
def test_a_dtd_is_refused_in_any_part_and_encoding(part: str, encoding: str, tmp_path: Path) -> None:
    path = build(tmp_path / "样.docx", "正文。")
    hostile = f'<?xml version="1.0" encoding="{encoding[:6]}"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///x">]><a>&x;</a>'
    write_package({**read_package(path), part: hostile.encode(encoding)}, path)
    with pytest.raises(CannotRun, match="不允许"):
        check_template(path, {})
    with pytest.raises(CannotRun, match="不允许"):
        open_document(path)
