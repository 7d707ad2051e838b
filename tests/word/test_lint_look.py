"""Page and fonts: a good document with one thing spoilt gives that finding alone, and --fix takes it away."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from docx.shared import RGBColor
from lxml import etree
from support.demo_city import Demo

from toolkit.cli.main import main
from toolkit.errors import CannotRun
from toolkit.model import Catalog
from toolkit.word.edited.paragraphs import open_document
from toolkit.word.lint.check import Breach, check_document
from toolkit.word.lint.fix import Change, fix
from toolkit.word.ooxml import W, find, q, read_package, write_package

FOOTNOTE = f"""<w:footnotes xmlns:w="{W}"><w:footnote w:id="1"><w:p><w:r><w:t>见第</w:t></w:r>
<w:fldSimple w:instr=" PAGE "><w:r><w:t>3</w:t></w:r></w:fldSimple></w:p></w:footnote></w:footnotes>"""
Spoil = Callable[["docx.document.Document"], None]


def remarks(path: Path, catalog: Catalog) -> list[Breach]:
    return check_document(catalog, open_document(path))


def paragraphs(document, style: str):
    return [p for p in document.paragraphs if p.style.name == style and p.text.strip()]


def set_(path: str, **values: str) -> Spoil:
    """Sets attributes of the first element that is there."""

    def spoil(document) -> None:
        element = document.element.xpath(path)[0]
        for key, value in values.items():
            element.set(q(f"w:{key}"), value)

    return spoil


def style_(name: str, path: str, **values: str) -> Spoil:
    """Sets attributes in a style."""

    def spoil(document) -> None:
        element = document.styles[name].element.xpath(path)[0]
        for key, value in values.items():
            element.set(q(f"w:{key}"), value)

    return spoil


def run_(style: str, change: Callable[..., None]) -> Spoil:
    return lambda document: change(paragraphs(document, style)[1 if style == "公文正文" else 0].runs[0])


def western_only(run) -> None:
    run.font.name = "Arial"  # ascii and hAnsi, as python-docx and many converters write it
    run._r.rPr.rFonts.attrib.pop(q("w:eastAsia"), None)


def coloured(run) -> None:
    run.font.color.rgb = RGBColor(0, 0, 255)


SPOILT: list[tuple[str, Spoil, bool]] = [
    ("G01", set_("//w:body/w:sectPr/w:pgSz", w="12240", h="15840"), True),
    ("G02", set_("//w:body/w:sectPr/w:pgMar", left="1800"), True),
    ("G03", style_("公文正文", "w:rPr/w:rFonts", eastAsia="宋体"), True),
    ("G04", style_("公文正文", "w:rPr/w:sz", val="28"), True),
    ("G05", style_("公文正文", "w:pPr/w:spacing", line="480", lineRule="auto"), True),
    ("G05", style_("公文正文", "w:pPr/w:spacing", after="200"), True),
    ("G06", style_("公文正文", "w:pPr/w:ind", firstLine="0", firstLineChars="0"), True),
    ("G06", style_("公文正文", "w:pPr/w:ind", firstLineChars="0"), True),
    ("G06", lambda d: d.styles["公文正文"].element.xpath("w:pPr/w:ind")[0].attrib.pop(q("w:firstLine")), True),
    ("G07", style_("公文标题", "w:pPr/w:jc", val="left"), True),
    ("G07", style_("公文标题", "w:rPr/w:sz", val="36"), True),
    ("G08", style_("公文一级标题", "w:rPr/w:rFonts", eastAsia="宋体"), True),
    ("G08", style_("公文二级标题", "w:rPr/w:rFonts", eastAsia="黑体"), True),
    ("G12", run_("公文正文", western_only), False),
    ("G13", run_("公文一级标题", lambda run: setattr(run, "bold", True)), True),
    ("G14", run_("公文正文", coloured), True),
    ("G15", style_("公文日期", "w:pPr/w:jc", val="left"), False),
    ("G15", lambda d: paragraphs(d, "公文日期")[0].paragraph_format.__setattr__("alignment", 0), True),
]


@pytest.mark.parametrize(("code", "spoil", "mended"), SPOILT, ids=[f"{c}-{n}" for n, (c, *_) in enumerate(SPOILT)])
def test_one_thing_spoilt(city: Demo, tmp_path: Path, code: str, spoil: Spoil, mended: bool) -> None:
    path, out = tmp_path / "稿.docx", tmp_path / "改.docx"
    document = docx.Document(str(city.documents["situation"]))
    spoil(document)
    document.save(str(path))
    found = remarks(path, city.catalog)
    assert {r.code for r in found} == {code}
    assert len(found) == 1, "alike paragraphs are told as one"
    assert found[0].message and found[0].remedy and found[0].ground
    if mended:
        assert [c.code for c in fix(city.catalog, path, out)] == [code]
        assert remarks(out, city.catalog) == []


def rewritten(path: Path, part: str, change: Callable[[str], str], source: Path) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data.decode()).encode() if name == part else data)
    return path


def test_page_numbers(city: Demo, tmp_path: Path) -> None:
    good, path = city.documents["situation"], tmp_path / "稿.docx"

    def found(part: str, change: Callable[[str], str]) -> list[tuple[str, str]]:
        return [(r.code, r.message) for r in remarks(rewritten(path, part, change, good), city.catalog)]

    assert found("word/settings.xml", lambda x: re.sub("<w:evenAndOddHeaders ?/>", "", x)) == [
        ("G10", "页码没有分单双页")
    ]
    assert found("word/footer1.xml", lambda x: x.replace('w:val="right"', 'w:val="center"')) == [
        ("G10", "页码单页没有居右")
    ]
    assert found("word/footer1.xml", lambda x: x.replace('<w:sz w:val="28"/>', '<w:sz w:val="21"/>')) == [
        ("G11", "页码不是4号字")
    ]
    assert found("word/footer1.xml", lambda x: x.replace("—", "")) == [("G11", "页码两旁没有一字线")]
    without = remarks(rewritten(path, "word/footer1.xml", lambda x: x.replace("PAGE", "DATE"), good), city.catalog)
    assert without == []  # the even pages have theirs: the document has numbers
    document = docx.Document()
    document.add_paragraph("全年开展主题党日12次。")
    document.save(str(path))
    assert "没有页码" in [r.message for r in remarks(path, city.catalog)]
    parts = read_package(path)
    write_package({**parts, "word/footnotes.xml": FOOTNOTE.encode()}, path)  # not referred to: only its field matters
    assert "没有页码" in [r.message for r in remarks(path, city.catalog)]


def test_a_red_head_has_a_red_name_and_a_line(city: Demo, tmp_path: Path) -> None:
    document = docx.Document(str(city.documents["situation"]))
    first = document.paragraphs[0]
    first.insert_paragraph_before("示例市政协机关文件")
    path = tmp_path / "稿.docx"
    document.save(str(path))
    said = {r.message for r in remarks(path, city.catalog) if r.code == "G16"}
    assert said == {"红头发文机关标志不是红色", "红头发文机关标志没有居中", "红头没有红色分隔线"}


def test_tables(city: Demo, tmp_path: Path) -> None:
    document = docx.Document(str(city.documents["plan"]))
    table = document.tables[0]
    for mark in table._tbl.xpath("w:tr/w:trPr/w:tblHeader"):
        mark.getparent().remove(mark)
    rows = len(table.rows)
    for _ in range(max(0, 20 - rows)):
        table.add_row()
    table._tbl.xpath("w:tblGrid/w:gridCol")[0].set(q("w:w"), "20000")
    path, out = tmp_path / "稿.docx", tmp_path / "改.docx"
    document.save(str(path))
    assert {r.code for r in remarks(path, city.catalog)} == {"G18", "G19"}
    fix(city.catalog, path, out)
    assert {r.code for r in remarks(out, city.catalog)} == {"G19"}


def test_another_layout_gives_findings_by_kind_not_by_paragraph(catalog: Catalog, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("云州市水务局2026年党建工作总结", 0)
    for n in range(40):
        document.add_paragraph(f"2026年，第{n % 9 + 1}党支部开展主题党日12次，党员参与率稳步提升。")
    path = tmp_path / "稿.docx"
    document.save(str(path))
    looks = [r for r in remarks(path, catalog) if r.code.startswith("G")]
    assert 6 <= len(looks) <= 14
    assert any("等40段" in r.message for r in looks)


# -------------------------------------------------------------------------- fix


def spoilt_document(city: Demo, path: Path) -> Path:
    """Real figures in their bookmarks, and people's mistakes around them."""
    document = docx.Document(str(city.documents["situation"]))
    body = paragraphs(document, "公文正文")
    body[0].runs[0].text = body[0].runs[0].text.replace("，", ",", 1)
    first = body[2]
    added = first.add_run("开展警示教育(专题) 6 次,学习《党章》、《准则》。。")
    added.italic = True
    document.save(str(path))
    return path


def test_fix_changes_only_what_it_lists(city: Demo, tmp_path: Path) -> None:
    path, out = spoilt_document(city, tmp_path / "稿.docx"), tmp_path / "改.docx"
    before = path.read_bytes()
    assert {r.code for r in remarks(path, city.catalog)} == {"K01", "K03", "K17", "K19", "G35"}
    changes = fix(city.catalog, path, out)
    assert path.read_bytes() == before
    assert Change("K03", changes[0].paragraph, ",", "，") == changes[0]
    assert sorted(c.code for c in changes) == ["G35", "K01", "K01", "K03", "K03", "K17", "K19", "K19"]
    assert remarks(out, city.catalog) == []
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out) as new:
        assert old.namelist() == new.namelist()
        assert [n for n in old.namelist() if old.read(n) != new.read(n)] == ["word/document.xml"]
        roots = [etree.fromstring(z.read("word/document.xml")) for z in (old, new)]
    pairs = list(zip(*(root.iter(q("w:p")) for root in roots), strict=True))
    changed = [new for old, new in pairs if etree.tostring(old) != etree.tostring(new)]
    assert len(changed) == 2
    assert "开展警示教育（专题）6次，学习《党章》《准则》。" in "".join(changed[1].itertext())
    names = [[str(n) for n in find(root, "//w:bookmarkStart/@w:name")] for root in roots]
    assert names[0] == names[1] and any(n.startswith("DJ_") for n in names[0])
    runs = [len(find(root, "//w:r")) for root in roots]
    assert runs[0] == runs[1]


def test_fix_again_finds_nothing_to_do(city: Demo, tmp_path: Path) -> None:
    path, once, twice = (tmp_path / f"{n}.docx" for n in ("稿", "一", "二"))
    fix(city.catalog, spoilt_document(city, path), once)
    assert fix(city.catalog, once, twice) == []
    with zipfile.ZipFile(once) as a, zipfile.ZipFile(twice) as b:
        assert [a.read(n) for n in a.namelist()] == [b.read(n) for n in b.namelist()]


@pytest.mark.parametrize(
    ("encoding", "mark", "end"), [("utf-8", b"", "\r\n"), ("utf-8", b"\xef\xbb\xbf", "\n"), ("gb18030", b"", "\n")]
)
def test_plain_text_keeps_its_ways(catalog: Catalog, tmp_path: Path, encoding: str, mark: bytes, end: str) -> None:
    lines = ["(一) 抓学习。学习 12 次,研讨8次。", "", "　　好的段落，原样保留。", "落实“甲”、“乙”。  "]
    mended = ["（一）抓学习。学习12次，研讨8次。", "", "　　好的段落，原样保留。", "落实“甲”“乙”。  "]
    path, out = tmp_path / "稿.txt", tmp_path / "改.txt"
    path.write_bytes(mark + end.join(lines).encode(encoding))
    fix(catalog, path, out)
    assert out.read_bytes() == mark + end.join(mended).encode(encoding)


def test_the_command_lists_the_changes(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "稿.txt"
    path.write_text("机关党委高度重视,多次研究。捐赠化肥2万斤。\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["lint", str(path), "--fix"])
    assert done.exit_code == 1  # the pounds are for a person
    assert "第1行 [K03]：“,” → “，”" in done.output and "[错误 K23]" in done.output and "[错误 K03]" not in done.output
    assert (tmp_path / "稿_已改.txt").read_text(encoding="utf-8") == "机关党委高度重视，多次研究。捐赠化肥2万斤。\n"


def test_the_original_is_never_overwritten(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "稿.txt"
    path.write_text("好,好。", encoding="utf-8")
    with pytest.raises(CannotRun, match="不能覆盖"):
        fix(catalog, path, path)
    with pytest.raises(CannotRun, match="后缀"):
        fix(catalog, path, tmp_path / "改.docx")
    assert path.read_text(encoding="utf-8") == "好,好。"
