"""Templates of the user's own: what they can print, what is wrong with them, and documents made from them."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zipfile
import zlib
from datetime import date
from functools import partial
from pathlib import Path

import docx
import pytest
from docxtpl import DocxTemplate
from lxml import etree
from support import small_city
from support.paths import TEMPLATES

from toolkit.documents.batch import fill_all
from toolkit.documents.context import names_of
from toolkit.documents.fill import Look, fill
from toolkit.documents.names import check_own
from toolkit.documents.templates import NOTICE
from toolkit.errors import CannotRun
from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.machine.workers import FEW
from toolkit.model import Catalog
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.aggregate import aggregate
from toolkit.submissions.store import Store
from toolkit.word.filling.render import fill_template
from toolkit.word.filling.session import Manner
from toolkit.word.ooxml import read_package
from toolkit.wording.phrase import Words


def written(path: Path, *paragraphs: str) -> Path:
    """A Word file as python-docx makes it."""
    made = docx.Document()
    for text in paragraphs:
        made.add_paragraph(text)
    made.save(str(path))
    return path


def said(path: Path) -> list[str]:
    return [p.text for p in docx.Document(str(path)).paragraphs if p.text]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder word_templates of a standard that the user has added."""
    folder = tmp_path / "本单位" / "word_templates"
    folder.mkdir(parents=True)
    monkeypatch.setenv("DANGJIAN_STANDARD", str(folder.parent))
    return folder


@pytest.fixture
def book(tmp_path: Path, catalog: Catalog) -> Path:
    rows = {
        "org": [small_city.org()],
        "orglife": [small_city.party_day(n) for n in range(1, 4)],
        "narrative": [{"document": "季度简报", "passage": "亮点", "seq": 1, "text": "开展主题党日【主题党日_支部】。"}],
        "plan": [
            {
                "plan_id": f"GZ2026-01-0{n}",
                "section_no": 1,
                "section_title": "抓学习",
                "task_no": n,
                "task_title": t,
                "measure_no": 1,
                "measure": f"{t}有安排",
                "dept": "办公室",
                "freq": "年",
                "deadline": date(small_city.YEAR, 12, 31),
                "state": "未启动",
            }
            for n, t in enumerate(("学理论", "学党章"), 1)
        ],
    }
    return small_city.write(catalog, tmp_path / "A001.xlsx", small_city.unit("A001", "某某市测试局"), rows)


# ------------------------------------------------------------------ a document kind without code


def test_a_template_dropped_into_the_folder_is_a_document(own: Path, book: Path, tmp_path: Path) -> None:
    written(
        own / "季度简报.docx",
        "{{ 题目 }}",
        "{{ 一级 }}{{ 标题.工作亮点 }}",
        "{%p for 段 in 文字.亮点 %}",
        "{{ 段 }}",
        "{%p endfor %}",
        "{%p for 段 in 文字.没有写的 %}",
        "{{ 段 }}",
        "{%p endfor %}",
        "{%p for 部分 in 要点 %}",
        "{{ 部分.标题 }}：{% for 事 in 部分.任务 %}{{ 事.标题 }}；{% endfor %}",
        "{%p endfor %}",
    )
    fill(load_catalog(), "季度简报", book, tmp_path / "out.docx")
    assert said(tmp_path / "out.docx") == [
        "市测试局2026年季度简报",
        "一、工作亮点",
        "开展主题党日3次。",
        "抓学习：学理论；学党章；",
    ]


def test_a_declaration_of_the_same_name_adds_what_it_says(own: Path, book: Path, tmp_path: Path) -> None:
    written(own / "brief.docx", "{{ 题目 }}：主题党日{{ 主题党日_支部 }}。")
    (own.parent / "documents").mkdir()
    (own.parent / "documents" / "brief.yaml").write_text(
        'name: brief\ntitle: 党建简报\nheading: "{单位简称}党建简报"\ntemplate: brief.docx\n', encoding="utf-8"
    )
    fill(load_catalog(), "党建简报", book, tmp_path / "out.docx")
    assert said(tmp_path / "out.docx") == ["市测试局党建简报：主题党日3次。"]


def test_unknown_document_names_the_templates_too(own: Path, book: Path, tmp_path: Path) -> None:
    written(own / "季度简报.docx", "正文。")
    with pytest.raises(CannotRun, match="是否为“季度简报”"):
        fill(load_catalog(), "季度简抱", book, tmp_path / "out.docx")


def test_merged_cells_and_loops_in_tables(own: Path, book: Path, tmp_path: Path) -> None:
    made = docx.Document()
    table = made.add_table(rows=4, cols=3)
    rows = (
        ("任务", "措施", "责任部门"),
        ("{%tr for 行 in 任务表 %}", "", ""),
        ("{% vm %}重点任务", "{{ 行.措施 }}", "{{ 行.责任部门 }}"),
        ("{%tr endfor %}", "", ""),
    )
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    last = table.add_row().cells
    last[0].text = "{% colspan 3 %}共{{ 任务表|length }}项"
    made.save(str(own / "分解表.docx"))
    fill(load_catalog(), "分解表", book, tmp_path / "out.docx")
    (table,) = docx.Document(str(tmp_path / "out.docx")).tables
    assert [c.text for c in table.columns[1].cells][1:3] == ["学理论有安排", "学党章有安排"]
    merges = table._tbl.xpath(".//w:vMerge/@w:val")
    assert merges == ["restart", "continue"]
    assert table._tbl.xpath(".//w:gridSpan/@w:val") == ["3"]


def png(width: int, height: int) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_pictures_lie_beside_the_template(own: Path, book: Path, tmp_path: Path) -> None:
    """No wider than the text, in a paragraph whose lines make room, and from nowhere else."""
    written(own / "图册.docx", "见图：{{ 图.组织架构 }}。", "{{ 图.组织架构 }}")
    with pytest.raises(CannotRun, match=r"组织架构\.png"):
        fill(load_catalog(), "图册", book, tmp_path / "out.docx")
    (own / "图片").mkdir()
    (own / "图片" / "组织架构.png").write_bytes(png(2000, 500))
    fill(load_catalog(), "图册", book, tmp_path / "out.docx")
    made = docx.Document(str(tmp_path / "out.docx"))
    shapes = made.inline_shapes
    assert len(shapes) == 2
    assert (round(shapes[0].width.mm), round(shapes[0].height.mm)) == (156, 39)
    assert said(tmp_path / "out.docx") == ["见图：。"]
    assert made.paragraphs[0]._p.xpath("w:pPr/w:spacing/@w:lineRule") == ["auto"]
    (own / "图片" / "组织架构.png").write_bytes(b"no picture")
    with pytest.raises(CannotRun, match="打不开"):
        fill(load_catalog(), "图册", book, tmp_path / "out.docx")
    written(own / "图册.docx", "{{ 图['../机密'] }}")
    with pytest.raises(CannotRun, match="没有找到"):
        fill(load_catalog(), "图册", book, tmp_path / "out.docx")


# ------------------------------------------------------------------ checking


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        ("开展主题党目{{ 主题党目_支部 }}。", "M08", "主题党日_支部"),
        ("{{ 主题党日_支部.值数 }}", "M08", "值数"),
        ("{% for 行 in 任务表 %}{{ 行.责任部们 }}{% endfor %}", "M08", "责任部门"),
        ("学习{{ 主题党日_支部 。", "M01", "{{"),
        ("学习 主题党日_支部 }}。", "M01", "}}"),
        ("学习{ { 主题党日_支部 } }。", "M02", "半角"),
        ("学习｛｛主题党日_支部｝｝。", "M02", "半角"),
        ("{{ 主题党日_支部 党支部数 }}", "M05", "写法有误"),
        ("{%p for 段 in 文字.总述 %}", "M06", "endfor"),
        ("{% if 党支部数 %}有。", "M06", "endif"),
        ("{% endif %}", "M07", "配对"),
        ("{% include '别的' %}", "M09", "不允许"),
        ("{{ 单位全称.__class__ }}", "M09", "__class__"),
        ("{{ 任务表.append(1) }}", "M09", "append"),
        ("{{ 单位全称|safe }}", "M09", "safe"),
        ("{%tr for 行 in 任务表 %}{%tr endfor %}", "M11", "表格"),
        ("另起{%p if 党支部数 %}", "M10", "别的内容"),
    ],
)
def test_mistakes_are_named_at_their_paragraph(
    catalog: Catalog, tmp_path: Path, text: str, code: str, why: str
) -> None:
    found = check_own(catalog, written(tmp_path / "situation.docx", "第一段。", text, "末段。"), None)
    named = [p for p in found if p.code == code]
    assert named, found
    assert named[0].spot.paragraph == 2
    assert named[0].spot.text.startswith(text[:10])
    assert why in named[0].message + named[0].remedy


def test_tags_that_word_has_split_are_quiet_unless_something_is_lost(catalog: Catalog, tmp_path: Path) -> None:
    made = docx.Document()
    p = made.add_paragraph("学习")
    for piece in ("{{ 主题", "党日_支部", " }}"):
        p.add_run(piece)
    path = tmp_path / "situation.docx"
    made.save(str(path))
    assert check_own(catalog, path, None) == []
    p.runs[2].bold = True
    made.save(str(path))
    assert [(x.code, x.severity) for x in check_own(catalog, path, None)] == [("M04", "warning")]


def test_shipped_templates_are_without_fault(catalog: Catalog) -> None:
    shipped = sorted(p for p in TEMPLATES.glob("*.docx") if p.name != NOTICE)  # its names are those of an aggregation
    assert {p.name for p in shipped} == {d.template for d in catalog.documents.values()}
    for path in shipped:
        assert check_own(catalog, path, None) == []


def test_names_hold_all_that_the_shipped_templates_use(catalog: Catalog) -> None:
    known = names_of(catalog, catalog.documents["plan"])
    assert known["要点"].item.keys["任务"].item.keys.keys() == {"标题", "措施"}
    assert known["主题党日_支部"].kind == "figure"
    assert set(catalog.indicators) < set(known)


def test_commands(tmp_path: Path) -> None:
    def run(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "toolkit", "template", *args], capture_output=True, text=True, check=False
        )

    listed = run("names", "--document", "工作要点")
    assert listed.returncode == 2 and "党建工作要点" in listed.stderr
    listed = run("names", "--document", "党建工作要点")
    assert "主题党日_支部" in listed.stdout and "要点　每项有：标题、任务" in listed.stdout
    path = written(tmp_path / "我的.docx", "{{ 单位全秤 }}")
    checked = run("check", str(path), "--json")
    assert checked.returncode == 1
    (finding,) = json.loads(checked.stdout)["findings"]
    assert (finding["code"], finding["paragraph"]) == ("M08", 1)
    assert "单位全称" in finding["message"]


# ------------------------------------------------------------------ the same text as plain docxtpl


def canonical(path: Path, part: str) -> bytes:
    with zipfile.ZipFile(path) as z:
        return etree.tostring(etree.fromstring(z.read(part)), method="c14n")


def test_the_text_is_what_plain_docxtpl_gives(catalog: Catalog, tmp_path: Path) -> None:
    """For a template with neither figures nor zeros, to the byte of canonical XML: body, header and footer."""
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "{{ 单位 }}"
    made.sections[0].footer.paragraphs[0].text = "{% if 有 %}{{ 单位 }}{% endif %}"
    made.add_heading("{{ 题 }}", 1)
    p = made.add_paragraph("各段：")
    for piece in ("{{ 单", "位 }}", "，A&B <甲>"):
        p.add_run(piece).bold = True
    for text in (
        "{%p for x in 各项 %}",
        "{{ loop.index }}.{{ x }}",
        "{%p endfor %}",
        "{%p if 无 %}",
        "不印",
        "{%p endif %}",
    ):
        made.add_paragraph(text)
    table = made.add_table(rows=3, cols=2)
    for row, texts in zip(
        table.rows, (("{%tr for x in 各项 %}", ""), ("{{ x }}", "{{ 单位 }}"), ("{%tr endfor %}", "")), strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    made.save(str(tmp_path / "样.docx"))
    context = {"单位": "示例局", "题": "标题&<题>", "各项": ["甲", "乙丙", "丁"], "有": True, "无": False}
    fill_template(tmp_path / "样.docx", tmp_path / "ours.docx", context, Manner(Words.of(catalog.wording), "A", 2026))
    plain = DocxTemplate(str(tmp_path / "样.docx"))
    plain.render(context, autoescape=True)
    plain.save(str(tmp_path / "plain.docx"))
    names = [
        n for n in read_package(tmp_path / "ours.docx") if n.startswith(("word/document", "word/header", "word/footer"))
    ]
    assert len(names) >= 3
    for name in names:
        ours, theirs = canonical(tmp_path / "ours.docx", name), canonical(tmp_path / "plain.docx", name)
        assert ours == theirs


# ------------------------------------------------------------------ one document for each unit


def test_all_units_of_a_folder(tmp_path: Path, catalog: Catalog) -> None:
    """A workbook that cannot be used is named with its reason, and the rest goes on."""
    sent = tmp_path / "报送件"
    sent.mkdir()
    rows = {"org": [small_city.org()], "orglife": [small_city.party_day(1)]}
    for code, name in (("A001", "某某市测试局"), ("A002", "某某市第二测试局")):
        small_city.write(catalog, sent / f"{code}.xlsx", small_city.unit(code, name), rows)
    (sent / "坏.xlsx").write_bytes(b"not a workbook")
    told: list[tuple[int, int]] = []
    made = fill_all(
        catalog,
        "situation",
        sent,
        tmp_path / "out",
        partial(Store, catalog, None),
        Look(draft=True),
        lambda done, total: told.append((done, total)),
    )
    assert [m.path.name if m.path else m.unit for m in made] == [
        "A001_市测试局_2026_党建工作情况.docx",
        "A002_二测试局_2026_党建工作情况.docx",
        "坏.xlsx",
    ]
    assert "坏.xlsx" in made[2].why
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert "某某市第二测试局" in "".join(said(made[1].path))


def test_a_document_of_all_units_together_is_refused(tmp_path: Path, catalog: Catalog) -> None:
    with pytest.raises(CannotRun, match="不能分单位"):
        fill_all(catalog, "summary", tmp_path, tmp_path / "out", partial(Store, catalog, None))


def test_many_workbooks_are_filled_by_way_of_the_store(tmp_path: Path, catalog: Catalog) -> None:
    """The documents are those that each workbook gives by itself; a consolidated one among them is refused."""
    cache = tmp_path / "read.sqlite"
    sent = tmp_path / "报送件"
    sent.mkdir()
    rows = {"org": [small_city.org()], "orglife": [small_city.party_day(1), small_city.party_day(2, status="草稿")]}
    for n in range(FEW):
        small_city.write(catalog, sent / f"A{n:03}.xlsx", small_city.unit(f"A{n:03}", f"某某市第{n + 1}测试局"), rows)
    write_consolidated(aggregate(catalog, [sent / "A000.xlsx"]), sent / "汇总.xlsx")
    for _ in range(2):  # read, then out of the store
        made = fill_all(catalog, "situation", sent, tmp_path / "out", lambda: Store(catalog, cache), Look(draft=True))
        assert [bool(m.path) for m in made] == [True] * FEW + [False]
        assert "汇总工作簿" in made[-1].why
    for m, book in zip(made, sorted(sent.iterdir()), strict=False):
        if m.path:
            fill(catalog, "situation", book, tmp_path / "alone.docx", Look(draft=True))
            assert m.path.read_bytes() == (tmp_path / "alone.docx").read_bytes()
    assert sorted(p.suffix for p in (tmp_path / "out").iterdir()) == [".docx"] * FEW
