"""What Word is told about a document: equal cells merged in a table that asks for it, contents brought up to date."""

from __future__ import annotations

import sys
from pathlib import Path

import docx
from support.paths import ROOT, TEMPLATES
from support.templates import CONTEXT, told

from toolkit.word.filling.template import build_document

ROWS = [("抓学习", "措施一"), ("抓学习", "措施二"), ("抓支部", "措施三"), ("抓学习", "措施四")]
LINES = [
    "#title 试验",
    "#table =30,70",
    "#th 任务|措施",
    "#tr for 行 in 各行",
    "#td {{ 行.任务 }}|{{ 行.措施 }}",
    "#tr endfor",
]


def filled(tmp_path: Path) -> Path:
    build_document("试验", LINES, tmp_path / "模板.docx")
    context = {**CONTEXT, "各行": [dict(zip(("任务", "措施"), row, strict=True)) for row in ROWS]}
    told(tmp_path / "模板.docx", tmp_path / "成文.docx", context)
    return tmp_path / "成文.docx"


def test_a_task_stands_once_beside_its_measures(tmp_path: Path) -> None:
    table = docx.Document(str(filled(tmp_path))).tables[0]
    assert [row.cells[0].text for row in table.rows] == ["任务", "抓学习", "抓学习", "抓支部", "抓学习"]
    merged = [row._tr.tc_lst[0].vMerge for row in table.rows]
    assert merged == [None, "restart", "continue", None, None]
    assert "".join(t.text or "" for t in table.rows[2]._tr.tc_lst[0].iter() if t.tag.endswith("}t")) == ""
    assert [row.cells[1].text for row in table.rows][1:] == [m for _, m in ROWS]


def test_it_is_valid_and_says_no_more_than_it_shows(tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT / "tests" / "ooxml"))
    import check as ooxml

    out = filled(tmp_path)
    for path in (out, TEMPLATES / "breakdown.docx"):
        found = ooxml.check(path, str(ROOT / "tests" / "ooxml" / "xsd"), "").found
        assert [f for f in found if f[0] != ooxml.WARN] == []
    assert b"tblDescription" not in docx.Document(str(out)).tables[0]._tbl.xml.encode()


def test_contents_are_brought_up_to_date_on_opening(tmp_path: Path) -> None:
    own = docx.Document()
    field = own.add_paragraph()._p
    simple = field.makeelement(f"{{{field.nsmap['w']}}}fldSimple", {f"{{{field.nsmap['w']}}}instr": 'TOC \\o "1-2"'})
    field.append(simple)
    own.add_paragraph("正文")
    own.save(str(tmp_path / "目录.docx"))
    told(tmp_path / "目录.docx", tmp_path / "成文.docx", CONTEXT)
    settings = docx.Document(str(tmp_path / "成文.docx")).settings.element
    assert [e.tag.rpartition("}")[2] for e in settings if "updateFields" in e.tag] == ["updateFields"]
    assert not [e for e in docx.Document(str(filled(tmp_path))).settings.element if "updateFields" in e.tag]
