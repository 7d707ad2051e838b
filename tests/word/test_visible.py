"""What nobody reads is no text: struck out, hidden, white, or removed by a tracked change."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from toolkit.word.edited.edited import Edited
from toolkit.word.edited.paragraphs import open_document
from toolkit.word.ooxml import MAIN, W, write_package

STYLES = f"""<w:styles xmlns:w="{W}">
  <w:style w:type="paragraph" w:default="1" w:styleId="a"/>
  <w:style w:type="paragraph" w:styleId="out"><w:rPr><w:strike/></w:rPr></w:style>
  <w:style w:type="paragraph" w:styleId="out2"><w:basedOn w:val="out"/></w:style>
  <w:style w:type="character" w:styleId="gone"><w:rPr><w:strike/></w:rPr></w:style>
  <w:style w:type="character" w:styleId="gone2"><w:basedOn w:val="gone"/></w:style>
  <w:style w:type="character" w:styleId="back"><w:basedOn w:val="gone"/><w:rPr><w:strike w:val="0"/></w:rPr></w:style>
  <w:style w:type="character" w:styleId="pale"><w:rPr><w:color w:val="ffffff"/></w:rPr></w:style>
  <w:style w:type="character" w:styleId="tiny"><w:rPr><w:sz w:val="4"/></w:rPr></w:style>
</w:styles>"""
TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
OLD = "<w:t>13次</w:t>"


def document(folder: Path, body: str) -> Path:
    path = folder / "文.docx"
    xml = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    write_package({"[Content_Types].xml": TYPES, MAIN: xml.encode(), "word/styles.xml": STYLES.encode()}, path)
    return path


def run(properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr>{OLD}</w:r>"


def paragraph(inner: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>开展</w:t></w:r>{inner}<w:r><w:t>99次</w:t></w:r></w:p>"


UNSEEN = {
    "struck out": run("<w:strike/>"),
    "struck out twice": run('<w:dstrike w:val="true"/>'),
    "hidden": run("<w:vanish/>"),
    "white": run('<w:color w:val="FFFFFF"/>'),
    "white by a style": run('<w:rStyle w:val="pale"/>'),
    "by a style": run('<w:rStyle w:val="gone"/>'),
    "by a style's ground": run('<w:rStyle w:val="gone2"/>'),
    "nearly white": run('<w:color w:val="FEFDFC"/>'),
    "white of the theme": run('<w:color w:val="FFFFFF" w:themeColor="background1"/>'),
    "in 1 pt": run('<w:sz w:val="2"/>'),
    "in 2 pt by a style": run('<w:rStyle w:val="tiny"/>'),
    "red on red": run('<w:color w:val="C00000"/><w:shd w:val="clear" w:fill="c00000"/>'),
    "moved away": f"<w:moveFrom>{run()}</w:moveFrom>",
    "removed": f"<w:del>{run()}</w:del>",
}
SEEN = {
    "plain": run(),
    "no longer struck out": run('<w:strike w:val="0"/>'),
    "its style undone": run('<w:rStyle w:val="gone"/><w:strike w:val="false"/>'),
    "a style that undoes its ground": run('<w:rStyle w:val="back"/>'),
    "white on black": run('<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="000000"/>'),
    "grey": run('<w:color w:val="A6A6A6"/>'),
    "small": run('<w:sz w:val="10"/>'),
    "a size of its own in a style that is tiny": run('<w:rStyle w:val="tiny"/><w:sz w:val="32"/>'),
    "red on grey": run('<w:color w:val="C00000"/><w:shd w:val="clear" w:fill="D9D9D9"/>'),
    "inserted": f"<w:ins>{run()}</w:ins>",
}


def both(path: Path) -> tuple[str, str]:
    """The text as the checks of the language read it, and as the figures are looked for in it."""
    opened = open_document(path)
    edited = Edited(opened.roots[MAIN], opened.unseen[MAIN])
    return "\n".join(p.text for p in opened.paragraphs), edited.text.strip()


@pytest.mark.parametrize("inner", UNSEEN.values(), ids=UNSEEN)
def test_unseen(tmp_path: Path, inner: str) -> None:
    assert both(document(tmp_path, paragraph(inner))) == ("开展99次", "开展99次")


@pytest.mark.parametrize("inner", SEEN.values(), ids=SEEN)
def test_seen(tmp_path: Path, inner: str) -> None:
    assert both(document(tmp_path, paragraph(inner))) == ("开展13次99次", "开展13次99次")


def test_the_style_of_a_paragraph(tmp_path: Path) -> None:
    gone_run = run('<w:rStyle w:val="gone"/>')  # struck out by both styles: not struck out
    for style in ("out", "out2"):
        gone = paragraph("", f'<w:pStyle w:val="{style}"/>')
        twice = f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{gone_run}</w:p>'
        assert both(document(tmp_path, gone + twice)) == ("13次", "13次")


def test_a_hidden_row_of_a_table_and_white_in_a_cell(tmp_path: Path) -> None:
    hidden = f"<w:tr><w:trPr><w:hidden/></w:trPr><w:tc><w:p>{run()}</w:p></w:tc></w:tr>"
    white = run('<w:color w:val="FFFFFF"/>').replace("13次", "表头")
    head = f"<w:tr><w:tc><w:p>{white}</w:p></w:tc></w:tr>"
    assert both(document(tmp_path, f"<w:tbl>{hidden}{head}</w:tbl>")) == ("表头", "表头")


def test_a_template_runs_as_a_whole(tmp_path: Path) -> None:
    path = document(tmp_path, paragraph(run("<w:vanish/>")))
    assert [p.text for p in open_document(path, hidden=True).paragraphs] == ["开展13次99次"]


def test_new_text_goes_where_it_is_read(tmp_path: Path) -> None:
    opened = open_document(document(tmp_path, paragraph(run("<w:strike/>"))))
    edited = Edited(opened.roots[MAIN], opened.unseen[MAIN])
    at = edited.text.index("99次")
    edited.replace(at, at + 3, "14次")
    texts = [t.text for t in opened.roots[MAIN].iter(f"{{{W}}}t")]
    assert texts == ["开展", "13次", "14次"]
    assert etree.tostring(opened.roots[MAIN]).count(b"<w:strike/>") == 1
