"""One file of every kind that the product writes is valid: package, schemas, and what Office asks beyond them."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import check as ooxml
import pytest
from click.testing import CliRunner
from support.demo_city import Demo
from support.paths import ROOT
from support.small_city import org, party_day, unit, write

from toolkit.buttons.libreoffice.extension.build import build_oxt
from toolkit.cli.main import main
from toolkit.model import Catalog

XSD = str(Path(__file__).parent / "xsd")
ROWS = {"org": [org(status="草稿")], "orglife": [party_day(1), party_day(2, due_n="不清楚")]}


def run(*args: str | Path) -> None:
    done = CliRunner().invoke(main, list(map(str, args)))
    assert done.exit_code in (0, 1), done.output


def problems(path: Path) -> list[str]:
    report = ooxml.check(path, XSD, os.environ.get("OOXML_VALIDATOR", ""))
    return [
        f"{severity} {rule} {part}: {text}" for severity, part, rule, text in report.found if severity != ooxml.WARN
    ]


@pytest.fixture(scope="module")
def book(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(catalog, tmp_path_factory.mktemp("a") / "局.xlsm", unit("AA001", "示例市甲局"), ROWS)


def slip(book: Path, out: Path) -> Path:
    run("check", book, "--slips", out)
    return out / "退回单_AA001_局.xlsx"


def merged(book: Path, out: Path) -> Path:
    run("merge-slip", slip(book, out), book, "-o", out / "新.xlsm")
    return out / "新.xlsm"


def approved(book: Path, out: Path) -> Path:
    run("approve", book, "-o", out / "核.xlsm")
    return out / "核.xlsm"


def consolidated(book: Path, out: Path) -> Path:
    run("aggregate", book, "-o", out / "汇总.xlsm")
    return out / "汇总.xlsm"


def roster(book: Path, out: Path) -> Path:
    run("new", "--roster-template", "-o", out / "名单.xlsx")
    return out / "名单.xlsx"


def blank(book: Path, out: Path) -> Path:
    run("new", "--unit", "示例市甲局", "--code", "AA001", "--year", "2026", "-o", out)
    return next(out.glob("*.xlsx"))


def printed(book: Path, out: Path) -> Path:
    run("print", book, "-o", out / "印.xlsm")
    return out / "印.xlsm"


KINDS = (slip, merged, approved, consolidated, roster, blank, printed)


@pytest.mark.parametrize("make", KINDS, ids=lambda f: f.__name__)
def test_workbooks_are_valid(make: Callable[[Path, Path], Path], book: Path, tmp_path: Path) -> None:
    assert problems(make(book, tmp_path)) == []


def test_a_workbook_with_buttons_is_valid(book: Path) -> None:
    assert problems(book) == []


def test_what_the_demo_makes_is_valid(city: Demo) -> None:
    found = {p.name: problems(p) for p in (*city.documents.values(), city.folder / "汇总.xlsx", *city.units[:2])}
    assert {name: said for name, said in found.items() if said} == {}


def test_documents_worked_on_are_valid(city: Demo, tmp_path: Path) -> None:
    document, source = city.documents["situation"], city.source("situation")
    own = tmp_path / "own.docx"
    shutil.copy(ROOT / "word_templates" / "situation.docx", own)
    run("refresh", document, source, "-o", tmp_path / "a.docx")
    run("lint", document, "--fix", "-o", tmp_path / "b.docx")
    run(
        "fill",
        "situation",
        source,
        "--template",
        own,
        "--draft",
        "-o",
        tmp_path / "c.docx",
        "--evidence",
        tmp_path / "d.docx",
    )
    run("fill", "situation", source, "--draft", "-o", tmp_path / "e.docx", "--evidence", tmp_path / "f.xlsx")
    run("extract", document, "-o", tmp_path / "g.xlsx", "--compare", source)
    run("plan", city.source("plan"), "-o", tmp_path / "h.xlsx")
    found = {p.name: problems(p) for p in sorted(tmp_path.glob("?.*"))}
    assert len(found) == 8 and {name: said for name, said in found.items() if said} == {}


def test_the_add_ins_are_valid(tmp_path: Path) -> None:
    addin = next(iter((ROOT / "toolkit" / "buttons" / "addin").glob("*.xlam")))
    assert problems(addin) == []
    made = tmp_path / "dangjian.oxt"
    build_oxt(made)
    assert problems(made) == []


# ------------------------------------------------------------ the checker sees what is wrong


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", b"<sheetData>", b"<sheetDat>"),
        ("xl/workbook.xml", b'name="\xe5\xb0\x81\xe9\x9d\xa2"', b'name="a/b"'),
        ("[Content_Types].xml", b"/xl/workbook.xml", b"/xl/workbok.xml"),
    ],
)
def test_a_broken_workbook_is_noticed(book: Path, tmp_path: Path, part: str, old: bytes, new: bytes) -> None:
    broken = tmp_path / "坏.xlsm"
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            assert name != part or old in data
            target.writestr(name, data.replace(old, new, 1) if name == part else data)
    assert problems(broken)
