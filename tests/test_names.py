"""Names from outside: whatever a unit is called, its files have safe names and its workbooks open."""

from __future__ import annotations

import csv
import os
import re
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st
from support.small_city import org, party_day, unit, write

from toolkit.cli.main import main
from toolkit.documents.batch import fill_all
from toolkit.documents.fill import Look
from toolkit.excel.reading.read import read_book
from toolkit.excel.unit.build import build_unit_workbook, new_for_unit
from toolkit.excel.unit.roster import write_roster_template
from toolkit.figures.tree import Unit, file_of
from toolkit.findings import finding
from toolkit.model import Catalog, Place
from toolkit.names import FORBIDDEN, LONGEST, Unused, file_name, marked, visible
from toolkit.submissions.store import Store

DEVICES = ["CON", "prn", "Aux", "NUL", "COM1", "lpt9", "COM²", "CONIN$", "nul.2026", "con .x"]
NASTY = st.sampled_from([
    *DEVICES, "../../escape", "/etc/passwd", "C:\\windows", "a\x00b", "\x1b[2J", "\u202egnp.", "％TEMP％", "%TEMP%",
    "...", " . ", "~$x", "-rf", "\ud800", "\U000e0041", "局" * 300, "🏛" * 80, "a:b|c<d>e*f?\"", "\r\n", "．．／", "é" * 90,
])  # fmt: skip
NAMES = st.lists(st.one_of(NASTY, st.text(max_size=80)), max_size=4).map("".join)
RESERVED = re.compile(r"(CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])\s*(\..*)?", re.IGNORECASE)


def check_name(name: str, suffix: str) -> None:
    stem = name.removesuffix(suffix)
    assert name == Path(name).name and name.endswith(suffix) and stem
    assert name.isprintable() and not FORBIDDEN & set(name)
    assert len(name.encode()) <= LONGEST + 1
    assert not RESERVED.fullmatch(name) and stem[-1] not in " ." and name[0] not in " .-~"


@given(NAMES, NAMES)
@example("CON", "")
@example("", "\u202e")
def test_any_text_becomes_a_file_name_that_every_system_takes(stem: str, tail: str) -> None:
    name = file_name(stem, ".docx", tail)
    check_name(name, ".docx")
    assert file_name(name.removesuffix(".docx"), ".docx") == name, "a safe name stays as it is"


@given(NAMES, NAMES, st.integers(2000, 2100))
def test_a_file_of_a_unit_tells_the_year_whatever_the_unit_is_called(code: str, short: str, year: int) -> None:
    name = file_of(Unit(code, "", short), year, ".docx", "工作总结")
    check_name(name, ".docx")
    assert name.endswith(f"_{year}_工作总结.docx")


@given(st.lists(NAMES, max_size=8))
def test_no_two_files_of_a_run_have_the_same_name(stems: list[str]) -> None:
    unused = Unused()
    names = [unused(file_name(s, ".xlsx")) for s in [*stems, *(s.upper() for s in stems)]]
    assert len({n.casefold() for n in names}) == len(names)
    for name in names:
        check_name(name, ".xlsx")


def test_a_long_file_name_has_room_for_its_mark() -> None:
    long = Path("台账") / f"{'局' * 80}.xlsx"
    assert marked(long, "_已核").name.endswith("局_已核.xlsx")
    assert len(marked(long, "_已核").name.encode()) <= LONGEST
    assert marked(Path("a/b.xlsx"), "_已核") == Path("a/b_已核.xlsx")


@given(st.text())
def test_what_is_shown_can_be_stored_and_obeyed_by_no_terminal(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert not set("\x00\x07\x08\x1b\x7f\x9b\u202e\u2066\ufeff") & set(shown)
    assert visible(shown) == shown and (not text.isprintable() or shown == text)


def test_a_finding_shows_no_control_characters() -> None:
    f = finding("C05", Place("台账.xlsx", sheet="组织\x1b[31m生活", row=3), "类型", "党\x1b[2J课", near="", options="")
    assert f.message == "“类型”没有“党[2J课”这个选项" and str(f.place) == "组织[31m生活!3"


# ------------------------------------------------------------ real workbooks

HOSTILE = '示例\x01\u202e市=HYPERLINK("http://a")/..\\局&<\ud800'


def well_formed(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels", ".vml")):
                ElementTree.fromstring(archive.read(name))


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsm"])
def test_a_workbook_for_a_unit_with_a_control_character_in_its_name_opens(
    catalog: Catalog, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"a{suffix}"
    build_unit_workbook(catalog, unit("AA001", HOSTILE, HOSTILE), path)
    well_formed(path)
    assert read_book(path).findings == ()


def test_a_roster_with_hostile_names_gives_files_inside_the_folder(catalog: Catalog, tmp_path: Path) -> None:
    shorts = ["../../escape", "CON", "a" * 30, "甲\x02局"]
    units = [unit(f"AA00{n}", f"示例市{n}局", unit_short=s) for n, s in enumerate(shorts)]
    write_roster_template(catalog, tmp_path / "名单.xlsx", units)
    done = CliRunner().invoke(
        main, ["new", str(tmp_path / "名单.xlsx"), "-o", str(tmp_path / "空白"), "--year", "2026"]
    )
    made = sorted(p.name for p in (tmp_path / "空白").iterdir())
    assert done.exit_code == 0, done.output
    assert made == [
        "AA000_....escape_2026.xlsx",
        "AA001_CON_2026.xlsx",
        f"AA002_{'a' * 30}_2026.xlsx",
        "AA003_甲局_2026.xlsx",
    ]
    for path in (tmp_path / "空白").iterdir():
        well_formed(path)


@pytest.mark.parametrize(
    ("name", "code"), [("示例局", "../x"), ("示例局", "a b"), ("\x01", "AA001"), ("局" * 99, "AA001")]
)
def test_new_takes_only_what_the_front_page_accepts(catalog: Catalog, tmp_path: Path, name: str, code: str) -> None:
    done = CliRunner().invoke(
        main, ["new", "--unit", name, "--code", code, "--year", "2026", "-o", str(tmp_path / "o")]
    )
    assert (done.exit_code, "无法执行" in done.output) == (2, True), done.output
    assert not (tmp_path / "o").exists()


def test_new_cleans_the_name_that_it_is_given(catalog: Catalog, tmp_path: Path) -> None:
    path = new_for_unit(catalog, "示例\x01局", "AA001", 2026, tmp_path)
    assert path.name == "AA001_示例局_2026.xlsx"
    well_formed(path)


def test_documents_of_hostile_units_stay_in_their_folder(catalog: Catalog, tmp_path: Path) -> None:
    (tmp_path / "报送件").mkdir()
    for n, short in enumerate(["../../escape", "../../escape", "NUL"]):
        values = unit(f"AA00{n % 2}", "示例市甲局", unit_short=short, revision=n)
        write(catalog, tmp_path / "报送件" / f"{n}.xlsx", values, {"org": [org()]})
    out = tmp_path / "出" / "文"
    made = fill_all(catalog, "duty", tmp_path / "报送件", out, lambda: Store(catalog, None), Look(draft=True))
    names = sorted(str(m.path and m.path.name) for m in made)
    title = catalog.documents["duty"].title
    assert names == [
        f"AA000_....escape_2026_{title}.docx",
        f"AA000_NUL_2026_{title}.docx",
        f"AA001_....escape_2026_{title}.docx",
    ]
    assert sorted(p.name for p in out.iterdir()) == names
    assert {p.name for p in tmp_path.iterdir()} == {"报送件", "出"}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_file_name_in_an_old_encoding_is_a_finding_and_the_others_go_on(catalog: Catalog, tmp_path: Path) -> None:
    rows = {"org": [org()]}
    book = write(catalog, tmp_path / "甲.xlsx", unit("AA001", "示例市甲局"), rows)
    shutil.copy(book, os.fsencode(tmp_path) + b"/" + "乙局".encode("gbk") + b".xlsx")
    done = CliRunner().invoke(main, ["aggregate", str(tmp_path), "-o", str(tmp_path / "出" / "汇总.xlsx")])
    assert done.exit_code == 1, done.output
    assert "F11" in done.output and "计入1行" in done.output


def test_slips_for_workbooks_of_the_same_name_are_two_files(catalog: Catalog, tmp_path: Path) -> None:
    rows = {"org": [org()], "orglife": [party_day(1, due_n="不清楚")]}
    for n in (1, 2):
        (tmp_path / f"{n}").mkdir()
        write(catalog, tmp_path / f"{n}" / "台账.xlsx", unit(f"AA00{n}", "示例市甲局"), rows)
    done = CliRunner().invoke(
        main, ["check", str(tmp_path / "1"), str(tmp_path / "2"), "--slips", str(tmp_path / "退")]
    )
    assert done.exit_code == 1, done.output
    assert sorted(p.name for p in (tmp_path / "退").iterdir()) == ["退回单_AA001_台账.xlsx", "退回单_AA002_台账.xlsx"]


# ------------------------------------------------------------ text that is no formula and no gap

AS_FORMULA = ["=1+1", "＝1+1", "＠SUM(A1)", "@SUM(A1)", "+1", "-1", "－1", "＋1", " =1+1", "\u3000＝1", "﹦1", "−1"]
WORDS = ["NA", "NULL", "None", "nan", "N/A", "#N/A", "n/a", "null", "-", "NaN", "<NA>"]


def exported(folder: Path, column: str) -> list[str]:
    with (folder / "组织生活.csv").open(encoding="utf-8-sig", newline="") as f:
        return [line[column] for line in csv.DictReader(f)]


def test_a_csv_keeps_words_and_disarms_formulas(catalog: Catalog, tmp_path: Path) -> None:
    topics: list[Any] = [*WORDS, *AS_FORMULA]
    rows = {"org": [org()], "orglife": [party_day(n % 12 + 1, topic=t) for n, t in enumerate(topics)]}
    book = write(catalog, tmp_path / "局.xlsx", unit("AA001", "示例市甲局"), rows)
    asked = ["aggregate", book, "-o", tmp_path / "out.xlsx", "--export", tmp_path / "表"]
    done = CliRunner().invoke(main, list(map(str, asked)))
    assert done.exit_code in (0, 1), done.output
    got = exported(tmp_path / "表", "主题议题")
    assert got[: len(WORDS)] == ["'-" if w == "-" else w for w in WORDS]
    for text, cell in zip(AS_FORMULA, got[len(WORDS) :], strict=True):
        assert cell == f"'{text.strip()}", "what is read is without outer spaces"
