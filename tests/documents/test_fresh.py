"""A document that was just filled agrees with its source: verify says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document

from toolkit.documents.fill import Look, fill
from toolkit.documents.verify import verify
from toolkit.errors import CannotRun
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.source import open_source
from toolkit.word.edited.paragraphs import open_document

CATALOG = load_catalog()
SAMPLES = Path(__file__).parents[2] / "workbooks" / "samples"
BOOKS = sorted(SAMPLES.glob("*_2026.xlsx"))
OF_UNITS = [name for name, d in CATALOG.documents.items() if d.source == "unit"]
OF_NEXT_YEAR = {"GW001": ("progress", "review")}  # its tasks are next year's: nothing is known of their progress


@pytest.mark.parametrize("book", BOOKS, ids=lambda p: p.name[:5])
def test_a_fresh_document_of_a_sample_verifies_clean(book: Path, tmp_path: Path) -> None:
    source, refused = open_source(CATALOG, book), OF_NEXT_YEAR.get(book.name[:5], ())
    for name in OF_UNITS:
        out = tmp_path / f"{name}.docx"
        if name in refused:
            with pytest.raises(CannotRun, match="2027年的任务"):
                fill(CATALOG, name, source, out, Look(draft=True))
            continue
        fill(CATALOG, name, source, out, Look(draft=True))
        assert [str(r) for r in verify(CATALOG, out, source)] == [], name


def test_a_plan_bears_the_year_of_its_tasks_and_the_name_of_whom_it_is_for(tmp_path: Path) -> None:
    titles = {}
    for code in ("GW001", "ZX001"):
        (book,) = SAMPLES.glob(f"{code}_*.xlsx")
        fill(CATALOG, "plan", book, tmp_path / f"{code}.docx", Look(draft=True))
        text = [p.text for p in open_document(tmp_path / f"{code}.docx").paragraphs]
        titles[code] = "".join(text[0].split())
        assert not any("2027" in t for t in text) or code == "GW001"
    assert titles == {"GW001": "2027年市直机关党建工作要点", "ZX001": "2026年云州市政协机关党建工作要点"}


@pytest.mark.parametrize("document", ["plan", "breakdown", "progress", "review"])
def test_nothing_is_written_from_an_empty_ledger(document: str, tmp_path: Path) -> None:
    (book,) = SAMPLES.glob("GX001_*.xlsx")
    with pytest.raises(CannotRun, match="“工作要点”表，表中没有已核的行"):
        fill(CATALOG, document, book, tmp_path / "稿.docx")
    assert not (tmp_path / "稿.docx").exists()


def test_a_notice_without_items_says_so(tmp_path: Path) -> None:
    (book,) = SAMPLES.glob("GW001_*.xlsx")
    fill(CATALOG, "reminder", book, tmp_path / "提示.docx")
    said = "".join(p.text for p in open_document(tmp_path / "提示.docx").paragraphs)
    assert "没有已过期的事项，也没有30天内到期的事项。" in said


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("办结实事好事五十余件。", True),
        ("结对认亲60户。", True),
        ("志愿服务参与人次达300人次。", True),
        ("登记在册党员50名。", True),
        ("办结实事好事33件。", False),
        ("结对认亲41户。", False),
        ("中心组集体学习十三次。", False),
        ("购置图书1200册。", False),
        ("组织干部体检45人次。", False),
    ],
)
def test_a_typed_number_is_known_by_the_words_of_the_ledgers(typed: str, wrong: bool, tmp_path: Path) -> None:
    (book,) = SAMPLES.glob("ZX001_*.xlsx")
    source, out = open_source(CATALOG, book), tmp_path / "情况.docx"
    fill(CATALOG, "situation", source, out, Look(draft=True))
    made = Document(str(out))
    next(p for p in made.paragraphs if p.text.startswith("一是")).insert_paragraph_before(typed)
    made.save(str(out))
    assert [r.code for r in verify(CATALOG, out, source)] == (["V10"] if wrong else [])
