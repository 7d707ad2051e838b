"""lint reads what people have: .docx, .txt, and, where the programs are, old .doc and .pdf."""

from __future__ import annotations

import shutil
from pathlib import Path

import docx
import pytest

from toolkit.machine.office import convert_by_office, starter
from toolkit.model import Catalog
from toolkit.word.edited.other import joined, open_to_read
from toolkit.word.lint.check import check_text

LINES = (
    "云州市水务局2025年党建工作情况",
    "2025年，支部扎实推进各项工作，党员干部在防汛抢险、供水保障和志愿服务中走在前、作表率，各项任务按期完成。",
    "一、主要做法",
    "全年开展主题党日12次,走访慰问困难党员和老党员，帮助解决实际困难，支部的凝聚力、战斗力得到了进一步增强。",
    "云州市水务局机关党委",
    "2025年12月20日",
)


@pytest.fixture(scope="module")
def old_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same report as .doc and as .pdf, made by LibreOffice."""
    program = starter()
    if program is None:
        pytest.skip("needs LibreOffice")
    folder = tmp_path_factory.mktemp("旧文件")
    document = docx.Document()
    for line in LINES:
        document.add_paragraph(line)
    document.save(str(folder / "稿.docx"))
    for kind in ("doc", "pdf"):
        convert_by_office(program, [folder / "稿.docx"], kind, folder, folder / "profile", 180)
    return folder


@pytest.mark.office
@pytest.mark.parametrize("suffix", [".doc", ".pdf"])
def test_the_same_is_found_in_every_kind(catalog: Catalog, old_files: Path, suffix: str) -> None:
    if suffix == ".pdf" and shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext")
    read = open_to_read(old_files / f"稿{suffix}")
    assert tuple(p.text for p in read.paragraphs if p.part in ("", "word/document.xml")) == LINES
    assert [(r.code, r.text) for r in check_text(catalog, read)] == [("K03", ",")]


def test_printed_lines_become_paragraphs_again() -> None:
    page = [
        "        云州市水务局工作情况",
        "",
        "    2025年，支部扎实推进各项工作，党员干部在防汛抢险",
        "中走在前、作表率。",
        "    一、主要做法",
        "    全年开展主题党日12次。",
        "                — 1 —",
    ]
    assert list(joined(page)) == [
        "云州市水务局工作情况",
        "2025年，支部扎实推进各项工作，党员干部在防汛抢险中走在前、作表率。",
        "一、主要做法",
        "全年开展主题党日12次。",
    ]
