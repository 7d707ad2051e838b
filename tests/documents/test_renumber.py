"""`refresh` numbers headings anew after paragraphs were moved, and can leave its changes as tracked changes."""

from __future__ import annotations

import sys
from copy import deepcopy
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from support import small_city
from support.paths import ROOT

from toolkit.cli.main import main
from toolkit.documents.verify import verify
from toolkit.standard.catalog import load_catalog
from toolkit.word.edited.paragraphs import open_document
from toolkit.word.filling.template import build_document

CATALOG = load_catalog()
BODY = [
    *(
        "#title 试验",
        "#h1 一、甲",
        "一是甲一。",
        "二是甲二。",
        "#h1 二、乙",
        "#h2 （一）乙一",
        "1.乙一一。",
        "2.乙一二。",
    ),
    *(
        "#h2 （二）乙二",
        "开展主题党日{{ 主题党日_支部 }}，共1.5万元。",
        "#annexpage 附件",
        "#h1 一、附件的第一条",
        "正文。",
    ),
]


def book(path: Path, days: int) -> Path:
    rows = {"org": [small_city.org()], "orglife": [small_city.party_day(n) for n in range(1, days + 1)]}
    return small_city.write(CATALOG, path, small_city.unit("A001", "某某市测试局"), rows)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    build_document("试验", BODY, tmp_path / "模板.docx")
    line = [
        "fill",
        "situation",
        book(tmp_path / "a.xlsx", 3),
        "--template",
        tmp_path / "模板.docx",
        "-o",
        tmp_path / "稿.docx",
    ]
    assert CliRunner().invoke(main, [str(a) for a in line]).exit_code in (0, 1)
    return tmp_path / "稿.docx"


def refreshed(path: Path, source: Path, *more: str) -> tuple[list[str], str]:
    out = path.parent / "新.docx"
    done = CliRunner().invoke(main, ["refresh", str(path), str(source), "-o", str(out), *more])
    assert done.exit_code in (0, 1), done.output
    return [p.text for p in open_document(out).paragraphs if not p.part.startswith("word/footer")], done.output


def test_moved_headings_are_numbered_anew_and_nothing_else_changes(filled: Path, tmp_path: Path) -> None:
    moved = docx.Document(str(filled))
    body = {p.text: p._p for p in moved.paragraphs}
    first, *points = body["一、甲"], body["一是甲一。"], body["二是甲二。"]
    end = next(p for text, p in body.items() if text.startswith("开展主题党日"))
    for p in (points[0], points[1], first):
        end.addnext(p)
    moved.save(str(filled))
    texts, told = refreshed(filled, tmp_path / "a.xlsx", "--renumber")
    expected = [
        "试验",
        "一、乙",
        "（一）乙一",
        "1.乙一一。",
        "2.乙一二。",
        "（二）乙二",
        "开展主题党日3次，共1.5万元。",
    ]
    assert texts == [*expected, "二、甲", "一是甲二。", "二是甲一。", "附件", "一、附件的第一条", "正文。"]
    assert "序号" in told
    assert refreshed(filled, tmp_path / "a.xlsx")[0][1] == "二、乙"  # only if asked


def test_a_document_in_order_keeps_its_bytes(filled: Path, tmp_path: Path) -> None:
    refreshed(filled, tmp_path / "a.xlsx", "--renumber", "--track")
    assert (tmp_path / "新.docx").read_bytes() == filled.read_bytes()


def test_tracked_changes_can_be_accepted_or_rejected(filled: Path, tmp_path: Path) -> None:
    later = book(tmp_path / "b.xlsx", 5)
    texts, _ = refreshed(filled, later, "--track")
    assert "开展主题党日5次，共1.5万元。" in texts
    assert not [r for r in verify(CATALOG, tmp_path / "新.docx", later) if r.is_error]
    root = docx.Document(str(tmp_path / "新.docx")).element
    kinds = {tag: [e for e in root.iter() if e.tag.rpartition("}")[2] == tag] for tag in ("ins", "del")}
    said = {
        tag: ["".join(t.text or "" for t in e.iter() if t.tag.rpartition("}")[2] in ("t", "delText")) for e in found]
        for tag, found in kinds.items()
    }
    assert said == {"ins": ["5次"], "del": ["3次"]}
    rejected = deepcopy(root)
    for e in [e for e in rejected.iter() if e.tag.rpartition("}")[2] == "ins"]:
        e.getparent().remove(e)
    old = [
        "".join(t.text or "" for t in p.iter() if t.tag.rpartition("}")[2] in ("t", "delText"))
        for p in rejected.iter()
        if p.tag.rpartition("}")[2] == "p"
    ]
    assert "开展主题党日3次，共1.5万元。" in old

    sys.path.insert(0, str(ROOT / "tests" / "ooxml"))
    import check as ooxml

    found = ooxml.check(tmp_path / "新.docx", str(ROOT / "tests" / "ooxml" / "xsd"), "").found
    assert [f for f in found if f[0] != ooxml.WARN] == []
