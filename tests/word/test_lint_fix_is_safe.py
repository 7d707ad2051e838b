"""--fix changes marks and spaces, never words: a second check finds nothing new, and every letter is still there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import docx
import pytest
from docx.shared import Pt
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from toolkit.errors import CannotRun
from toolkit.model import Catalog
from toolkit.word.edited.other import open_to_read
from toolkit.word.edited.paragraphs import open_document
from toolkit.word.lint.check import check_document
from toolkit.word.lint.fix import fix

PIECES = st.sampled_from(
    [
        *(
            "一、",
            "一. ",
            "（一）、",
            "(一) ",
            "（1）.",
            "1、",
            "1. ",
            "一是 ",
            "——",
            "--",
            "2025年",
            "2023-2025年",
            "3-5名",
        ),
        *(
            "支部",
            "开展主题党日12次",
            " 15 次",
            "，",
            ",",
            "。",
            "。。",
            "；",
            ":",
            "、",
            "“",
            "”",
            '"',
            "《",
            "》",
            "(",
            ")",
            "（",
            "）",
        ),
        *(
            "“甲”、“乙”",
            "“书香 同行”",
            "**",
            "**一是抓学习。**",
            "# ",
            "- ",
            "&ldquo;",
            "<p>",
            "…等",
            "12,600元",
            "300余人",
            "50多件",
        ),
        *(
            "示工发[2026]3号",
            "示工发（2026）第03号",
            "2026年01月05日",
            "2026.1.5",
            "附件：1.表。",
            "\u200b",
            "\u00a0",
            "　　",
            " ",
        ),
        *("工作总结", "责编：王某", "党 建", "*", "X次", "`", "__甲__", "３名", "年青", "等……"),
    ]
)
LINES = st.lists(st.lists(PIECES, min_size=1, max_size=7).map("".join), min_size=1, max_size=6)


def letters(text: str) -> str:
    """Returns what is left without marks and spaces."""
    return re.sub(r"[\W_]+", "", text)


def codes(catalog: Catalog, path: Path) -> Counter[str]:
    """Counts findings; a paragraph without an end is one kind, whether the next one seems to go on (K07) or not (K20)."""
    return Counter(r.code.replace("K07", "K20") for r in check_document(catalog, open_document(path)))


def mended(catalog: Catalog, lines: list[str], folder: Path) -> tuple[str, str, Counter[str], Counter[str]]:
    """Returns the text and the codes before and after --fix."""
    path, out = folder / "稿.txt", folder / "改.txt"
    out.unlink(missing_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")
    found = codes(catalog, path)
    fix(catalog, path, out)
    left = codes(catalog, out)
    return path.read_text(encoding="utf-8"), out.read_text(encoding="utf-8"), found, left


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES)
@example(lines=["（1）.开展学习。"])
@example(lines=["会议(2023)开幕。"])
@example(lines=['落实“党建"和“支部"。'])
@example(lines=["附件：1.表。。"])
@example(lines=["`一、", "（一）、", "一、"])
def test_fix_never_damages(catalog: Catalog, tmp_path: Path, lines: list[str]) -> None:
    before, after, found, left = mended(catalog, lines, tmp_path)
    assert letters(after) == letters(before)
    assert not left - found, (before, after)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("（1）.开展学习12次。", "（1）开展学习12次。"),
        ("（一）、抓学习。全年12次。", "（一）抓学习。全年12次。"),
        ("每组3-5名党员。", "每组3～5名党员。"),
        ("2021-2025年发展党员63名。", "2021—2025年发展党员63名。"),
        ("支部书记--老李带头。", "支部书记——老李带头。"),
        ("发展党员3名，慰问300余人、50多户、60余次。", "发展党员3名，慰问300余人、50多户、60余次。"),
        ("落实示工发[2026]第03号。", "落实示工发[2026]第03号。"),
    ],
)
def test_what_is_mended_and_what_is_left_to_a_person(catalog: Catalog, tmp_path: Path, text: str, right: str) -> None:
    assert mended(catalog, [text], tmp_path)[1] == right


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A report in the look of another office: 11 pt, no indents, no page numbers."""
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(11)
    for text in (
        "云州市水务局2025年党建工作情况",
        "2025年，支部扎实推进各项工作。",
        "一、主要做法",
        "全年开展主题党日12次,学习 13 次。",
        "附件：1.任务分解表",
        "云州市水务局机关党委",
        "2025年12月20日",
    ):
        document.add_paragraph(text)
    document.paragraphs[2].paragraph_format.first_line_indent = Pt(32)
    path = tmp_path / "外单位.docx"
    document.save(str(path))
    return path


def test_fix_of_a_foreign_document(catalog: Catalog, tmp_path: Path, foreign: Path) -> None:
    out, again = tmp_path / "改.docx", tmp_path / "再改.docx"
    found = Counter(r.code for r in check_document(catalog, open_document(foreign)))
    fix(catalog, foreign, out)
    read = open_document(out)
    left = Counter(r.code for r in check_document(catalog, read))
    assert not left - found and "G09" in found and "G09" not in left
    assert [letters(p.text) for p in read.paragraphs if p.part == "word/document.xml"] == [
        letters(p.text) for p in open_document(foreign).paragraphs
    ]
    made = docx.Document(str(out))
    assert made.paragraphs[2].paragraph_format.first_line_indent == Pt(32), "a heading keeps its indent"
    assert {r.font.size for r in made.paragraphs[4].runs} == {Pt(16)}, "the annex is as large as the text"
    assert "PAGE" in made.sections[0].footer._element.xml and "PAGE" in made.sections[0].even_page_footer._element.xml
    assert fix(catalog, out, again) == []


def test_a_footer_of_ones_own_is_left_alone(catalog: Catalog, tmp_path: Path, foreign: Path) -> None:
    document = docx.Document(str(foreign))
    document.sections[0].footer.paragraphs[0].text = "内部使用"
    path, out = tmp_path / "有页脚.docx", tmp_path / "改.docx"
    document.save(str(path))
    fix(catalog, path, out)
    assert docx.Document(str(out)).sections[0].footer.paragraphs[0].text == "内部使用"
    assert "G09" in {r.code for r in check_document(catalog, open_document(out))}


def test_what_can_only_be_read_is_not_mended(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "旧.pdf"
    path.write_bytes(b"%PDF-1.4")
    with pytest.raises(CannotRun, match="只能检查"):
        fix(catalog, path, tmp_path / "改.pdf")
    with pytest.raises(CannotRun, match="读不了"):
        open_to_read(path)
