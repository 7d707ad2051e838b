"""The pages of the generated documents, measured after GB/T 9704-2012: LibreOffice lays them out with free fonts."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from support.demo_city import Demo
from support.pages import Line, Page, need_poppler, pages_of
from support.soffice import need_soffice

from toolkit.cli.demo import DOCUMENTS
from toolkit.documents.fill import Look, fill
from toolkit.documents.printing.pages import to_pdf
from toolkit.word.filling.fonts import official_fonts
from toolkit.word.ooxml import read_package

pytestmark = pytest.mark.office

LEFT, RIGHT, TOP, BOTTOM = 28, 210 - 26, 37, 297 - 35  # of the text block
CHAR, PITCH = 442.2 / 28 * 25.4 / 72, 28.95  # mm, points
FANG, HEI, KAI = "FandolFang", "FandolHei", "FandolKai"
HANGING = "，。、；：！？）”》"
NUMBER = re.compile("—[0-9]+—")
Pages = Mapping[str, list[Page]]
KINDS = list(DOCUMENTS)


@pytest.fixture(scope="module")
def made(city: Demo, tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """All documents of the city, one signed for a seal and one with red head and 版记, by one LibreOffice."""
    need_soffice(), need_poppler()
    folder = tmp_path_factory.mktemp("pages")
    documents = dict(city.documents)
    for name, more in (
        ("sealed", {"sealed": True}),
        (
            "headed",
            {"red_head": "云州市政协机关党组文件", "doc_no": "云政协机党〔2026〕5号", "imprint": "云州市直机关工委"},
        ),
    ):
        documents[name] = folder / f"{name}.docx"
        fill(city.catalog, "situation", city.source("situation"), documents[name], Look(**more))
    for name in ("headed", "plan"):
        documents[f"{name} of old"] = as_old_programs_read(documents[name], folder / f"{name}_old.docx")
    pdfs = to_pdf(list(documents.values()), folder)
    assert all(pdfs.values())
    return {name: pages_of(pdfs[path]) for name, path in documents.items()}


def as_old_programs_read(path: Path, target: Path) -> Path:
    """A copy of a document with the fallback of each box alone."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb"<mc:Choice [\s\S]*?</mc:Choice>|</?mc:[^<>]*>", b"", old.read(name)))
    return target


def body(page: Page) -> list[Line]:
    """The lines of the text block, one for each height: pieces in several fonts are joined."""
    rows: dict[int, list[Line]] = {}
    for x in page.lines:
        if not NUMBER.fullmatch(x.text) and 15 < x.size < 17:
            rows.setdefault(round(x.top / 4), []).append(x)
    merged = []
    for found in rows.values():
        found.sort(key=lambda x: x.left)
        first = found[0]
        text = "".join(x.text for x in found)
        merged.append(Line(text, first.left, first.top, found[-1].right - first.left, first.font, first.size))
    return sorted(merged, key=lambda x: x.top)


def full(pages: list[Page]) -> list[Page]:
    """The upright pages that hold nothing but text, and as much as they can."""
    return [p for p in pages if p.upright and len(body(p)) == 22]


@pytest.mark.parametrize("kind", KINDS)
def test_twenty_two_lines_a_page(made: Pages, kind: str) -> None:
    assert full(made[kind])
    for page in made[kind]:
        assert len(body(page)) <= 22 or not page.upright
    for page in full(made[kind]):
        tops = [x.top for x in body(page)]
        assert (tops[-1] - tops[0]) / 21 == pytest.approx(PITCH * 25.4 / 72, abs=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_twenty_eight_characters_a_line(made: Pages, kind: str) -> None:
    longest = [x.text for p in made[kind] for x in body(p) if not re.search("[ -~]", x.text) and p.upright]
    counts = [len(text.rstrip(HANGING)) for text in longest]
    assert max(counts) == 28
    for text in longest:  # one mark may hang over the edge
        assert len(text) <= 29


@pytest.mark.parametrize("kind", KINDS)
def test_margins(made: Pages, kind: str) -> None:
    """The text block is 156 by 225 mm, 37 mm from above and 28 mm from the left; a mark may hang over the right edge."""
    for page in (p for p in made[kind] if p.upright):
        assert (page.width, page.height) == (pytest.approx(210, abs=0.5), pytest.approx(297, abs=0.5))
        for x in body(page):
            assert x.left > LEFT - 1
            assert x.right < RIGHT + 1 + (CHAR if x.text[-1] in HANGING else 0)
    for page in full(made[kind]):
        assert min(x.left for x in body(page)) == pytest.approx(LEFT, abs=1)
        whole = [x.right for x in body(page) if x.text[-1] not in HANGING]
        assert max(whole) == pytest.approx(RIGHT, abs=1)
        _, top, _, bottom = page.ink(0, 0, 210, BOTTOM + 3)
        lead = (PITCH - 16) * 25.4 / 72  # between two lines; a character stands somewhere in its line
        assert TOP - 1 < top < TOP + lead + 1
        assert BOTTOM - lead - 1 < bottom < BOTTOM + 1


@pytest.mark.parametrize("kind", KINDS)
def test_page_numbers_stand_outside(made: Pages, kind: str) -> None:
    """4号 song type between dashes, 7 mm below the text block, one character in: right on odd pages, left on even."""
    one = 14 * 25.4 / 72
    for page in (p for p in made[kind] if p.upright):
        (number,) = (x for x in page.lines if NUMBER.fullmatch(x.text))
        assert number.text == f"—{page.number}—"
        assert number.size == pytest.approx(14, abs=0.5)
        assert "Serif" in number.font
        left, _, right, _ = page.ink(0, BOTTOM + 3, 210, 290)
        if page.number % 2:
            assert right == pytest.approx(RIGHT - one, abs=1)
        else:
            assert left == pytest.approx(LEFT + one, abs=1)
        dash = page.ink(left, BOTTOM + 3, left + 2.5, 290)
        assert dash[1] - BOTTOM == pytest.approx(7, abs=1)


@pytest.mark.parametrize("kind", KINDS)
def test_title(made: Pages, kind: str) -> None:
    """2号, centred, in the title's font; of a title on two lines neither is a remnant."""
    lines = [x for x in made[kind][0].lines if x.size > 20]
    assert lines
    tops = sorted({round(x.top) for x in lines})
    for top in tops:
        row = [x for x in lines if round(x.top) == top]
        middle = (min(x.left for x in row) + max(x.right for x in row)) / 2
        assert middle == pytest.approx((LEFT + RIGHT) / 2, abs=1.5)
        assert sum(len(x.text) for x in row) >= 5
    for x in lines:
        assert x.size == pytest.approx(22, abs=0.5)
        assert x.font.startswith("NotoSerifCJK") and "Bold" in x.font


@pytest.mark.parametrize("kind", KINDS)
def test_headings_in_their_fonts(made: Pages, kind: str) -> None:
    found = [x for p in made[kind] for x in p.lines if 15 < x.size < 17]
    first = [x for x in found if re.match("[一二三四五六七八九十]+、", x.text)]
    second = [x for x in found if re.match("（[一二三四五六七八九十]+）", x.text)]
    assert first
    assert second or kind == "plan"
    assert {x.font.partition("-")[0] for x in first} == {HEI}
    assert {x.font.partition("-")[0] for x in second} <= {KAI}
    rest = [x for x in found if x not in first and x not in second and len(x.text) > 25]
    assert {x.font.partition("-")[0] for x in rest} == {FANG}


def test_landscape_annex(made: Pages) -> None:
    """The table of the plan: its own pages, inside the margins of the turned sheet, its head on each of them."""
    turned = [p for p in made["plan"] if not p.upright]
    assert len(turned) >= 2
    upright = [p for p in made["plan"] if p.upright]
    assert [p.number for p in turned] == list(range(len(upright) + 1, len(upright) + len(turned) + 1))  # no blank page
    for page in turned:
        left, top, right, bottom = page.ink(BOTTOM - 231, 0, 297, 210)  # right of the page number
        assert left > 35 - 1 and right < 297 - 37 + 1
        assert top > 28 - 1 and bottom < 210 - 26 + 1
        assert any(x.text == "责任部门" for x in page.lines)
    whole = "".join(x.text for p in turned for x in p.lines)
    assert "附件" in whole and "任务分解表" in whole


def test_page_numbers_of_landscape_pages(made: Pages) -> None:
    """They keep their place on the sheet: at the left edge, below on odd pages and above on even ones."""
    for page in (p for p in made["plan"] if not p.upright):
        left, top, right, bottom = page.ink(15, 0, 34, 210)
        assert right - left < 7 and bottom - top > 8  # turned
        dash = page.ink(15, top, 34, top + 2.5)
        assert dash[2] == pytest.approx(35 - 7, abs=1)
        if page.number % 2:
            assert bottom == pytest.approx(210 - 26 - 5, abs=2.5)
        else:
            assert top == pytest.approx(28 + 5, abs=2.5)


def last_two(pages: list[Page]) -> tuple[Line, Line]:
    """Signature and date."""
    found = [x for p in pages if p.upright for x in body(p) if not x.text.startswith(("抄送", "附件"))]
    at = max(n for n, x in enumerate(found) if re.fullmatch("[0-9]{4} ?年 ?[0-9]+ ?月 ?[0-9]+ ?日", x.text))
    return found[at - 1], found[at]


@pytest.mark.parametrize("kind", KINDS)
def test_signature_without_a_seal(made: Pages, kind: str) -> None:
    """Two characters from the right; the date begins two characters right of the signature. Never alone on a page.

    Measured at the right edges: LibreOffice widens the date, as it puts space between digits and characters.
    """
    sign, day = last_two(made[kind])
    longer = characters(sign) - characters(day)
    assert longer >= 0
    assert sign.right == pytest.approx(RIGHT - 2 * CHAR, abs=1)
    assert day.right == pytest.approx(RIGHT - longer * CHAR, abs=1)
    page = next(p for p in made[kind] if any(x.text == day.text for x in body(p)))
    assert len(body(page)) > 2


def test_signature_with_a_seal(made: Pages) -> None:
    """The date four characters from the right, the signature centred above it."""
    sign, day = last_two(made["sealed"])
    assert day.right == pytest.approx(RIGHT - 4 * CHAR, abs=1)
    assert sign.right == pytest.approx(day.right + (characters(day) - characters(sign)) / 2 * CHAR, abs=1)


def characters(line: Line) -> float:
    """The width in characters; digits are half of one."""
    text = line.text.replace(" ", "")
    return sum(0.5 if c.isascii() else 1.0 for c in text)


def test_red_head_and_imprint(made: Pages) -> None:
    """发文机关标志 35 mm below the text block's upper edge; 版记 ends with the text block of the last page."""
    first, last = made["headed"][0], made["headed"][-1]
    organ = next(x for x in first.lines if x.size > 30)
    assert organ.middle == pytest.approx((LEFT + RIGHT) / 2, abs=1.5)
    top = first.ink(0, 0, 210, 100)[1]
    assert top == pytest.approx(TOP + 35, abs=2)
    copies = next(x for x in last.lines if x.text.startswith("抄送"))
    issued = next(x for x in last.lines if x.text.endswith("印发"))
    assert copies.size == pytest.approx(14, abs=0.5)
    assert copies.left == pytest.approx(LEFT + 14 * 25.4 / 72, abs=1)
    assert issued.right == pytest.approx(RIGHT - 14 * 25.4 / 72, abs=1)
    left, _, right, bottom = last.ink(0, copies.top - 3, 210, BOTTOM + 3)
    assert bottom == pytest.approx(BOTTOM, abs=1)
    assert (left, right) == (pytest.approx(LEFT, abs=1), pytest.approx(RIGHT, abs=1))


@pytest.mark.parametrize("name", ["headed", "plan"])
def test_old_programs_lay_the_boxes_out_at_the_same_place(made: Pages, name: str) -> None:
    """版记 and the numbers of pages that lie, by the fallback for Word 2007 and old versions of WPS."""
    for new, old in zip(made[name], made[f"{name} of old"], strict=True):
        assert [x.text for x in old.lines] == [x.text for x in new.lines]
        for here, there in zip(old.lines, new.lines, strict=True):
            assert here.left == pytest.approx(there.left, abs=0.3), here.text
            # LibreOffice moves the newer form of a turned box by 2 mm on some pages.
            assert here.top == pytest.approx(there.top, abs=0.3 if new.upright else 2.5), here.text


def test_fonts_named_in_the_file_are_the_official_ones(city: Demo) -> None:
    """Free fonts are for looking only: the documents themselves name what the standard asks for."""
    parts = read_package(city.documents["situation"])
    xml = b"".join(parts[name] for name in ("word/styles.xml", "word/footer1.xml"))
    assert {n.decode() for n in re.findall(rb'w:eastAsia="([^"]+)"', xml)} == set(official_fonts())
