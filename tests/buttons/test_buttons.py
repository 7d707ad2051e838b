"""Workbooks with buttons: where the buttons are, what they call, and that all else is as without them."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import build_vba
import openpyxl
import pytest
from click.testing import CliRunner
from support.soffice import headless

from toolkit.buttons.libreoffice.bridge.connection import component_context, properties, service
from toolkit.cli.main import main
from toolkit.excel.actions import ACTIONS, offered
from toolkit.excel.changing.patch import patch
from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.excel.reading.read import read_book
from toolkit.excel.samples import sample
from toolkit.excel.unit.build import build_unit_workbook
from toolkit.excel.unit.buttons import BAR_ROWS, PROJECT
from toolkit.model import Catalog, Grid
from toolkit.standard.sheets import CHOSEN_DOCUMENT, COVER, FOLDER, USUAL_FOLDER
from toolkit.submissions.aggregate import aggregate
from toolkit.submissions.reading import read_submission

SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
BAR = [a.name for a in ACTIONS if a.bar]


@dataclass(frozen=True)
class Button:
    caption: str
    macro: str
    left: tuple[int, int]  # column, pixels inside it
    top: int  # row
    right: tuple[int, int]
    bottom: int
    size: tuple[float, float]  # width and height in points
    above: float  # points from the top of the sheet


@pytest.fixture(scope="module")
def unit(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one unit's workbook, with buttons and without."""
    folder = tmp_path_factory.mktemp("unit")
    values, rows, declared = next(iter(sample(catalog, "city")))
    for name in ("a.xlsm", "a.xlsx", "again.xlsm"):
        build_unit_workbook(catalog, values, folder / name, rows, declared)
    return folder


@pytest.fixture(scope="module")
def consolidated(catalog: Catalog, unit: Path) -> Path:
    c = aggregate(catalog, [unit / "a.xlsx"])
    for name in ("c.xlsm", "c.xlsx", "c2.xlsm"):
        write_consolidated(c, unit / name)
    return unit


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as z:
        return {name: z.read(name) for name in z.namelist()}


def sheet_parts(path: Path) -> dict[str, str]:
    """The part of each sheet by its title."""
    made = parts(path)
    relations = ElementTree.fromstring(made["xl/_rels/workbook.xml.rels"])
    targets = {r.attrib["Id"]: r.attrib["Target"] for r in relations}
    sheets = ElementTree.fromstring(made["xl/workbook.xml"]).iter(f"{SPREADSHEET}sheet")
    return {s.attrib["name"]: f"xl/{targets[s.attrib[OFFICE_RELATION]]}" for s in sheets}


def buttons(path: Path, title: str) -> list[Button]:
    made, part = parts(path), Path(sheet_parts(path)[title])
    links = made.get(f"{part.parent}/_rels/{part.name}.rels", b"").decode()
    drawing = re.search(r"vmlDrawing\d+\.vml", links)
    return list(_buttons(made[f"xl/drawings/{drawing[0]}"].decode())) if drawing else []


def _buttons(vml: str) -> Iterator[Button]:
    for shape in re.findall(r"<v:shape .*?</v:shape>", vml, re.DOTALL):
        (caption,) = re.findall(r"<font[^>]*>([^<]*)</font>", shape)
        (macro,) = re.findall(r"<x:FmlaMacro>\[0\]!([^<]*)</x:FmlaMacro>", shape)
        (anchor,) = re.findall(r"<x:Anchor>([^<]*)</x:Anchor>", shape)
        assert "<x:PrintObject>False</x:PrintObject>" in shape
        c1, x1, r1, _, c2, x2, r2, _ = map(int, anchor.split(","))
        above, wide, high = (
            float(re.findall(rf";{name}:([0-9.]+)pt", shape)[0]) for name in ("margin-top", "width", "height")
        )
        yield Button(caption, macro, (c1, x1), r1, (c2, x2), r2, (wide, high), above)


def called(found: list[Button]) -> list[tuple[str, str]]:
    return [(b.caption, b.macro) for b in found]


def wanted(names: list[str]) -> list[tuple[str, str]]:
    return [(a.caption, f"modMain.{a.name}") for a in ACTIONS if a.name in names]


def beside(grid: Grid, label: str) -> Any:
    """The cell to the right of the label."""
    return next(c[n + 1] for c in grid.cells for n, v in enumerate(c) if v == label)


def check_apart(found: list[Button]) -> None:
    """Buttons of a line stand side by side, lines one below the other, and every caption has room in its button.

    A sign of a caption is 11 points wide; LibreOffice wants a sign's room around it, or it cuts the caption.
    """
    for one, next_ in pairwise(found):
        assert one.left < one.right
        assert one.right < next_.left if one.above == next_.above else one.above + one.size[1] <= next_.above
    assert all(b.size[0] >= (len(b.caption) + 1) * 11 for b in found)


# ------------------------------------------------------------ where they are and what they call


def test_front_page_of_a_unit_offers_all_its_actions(unit: Path) -> None:
    found = buttons(unit / "a.xlsm", COVER)
    assert called(found) == wanted([a.name for a in offered("unit")])
    check_apart(found)
    assert {(b.top, b.bottom) for b in found} == {(0, 0)} and max(b.right for b in found)[0] == 4
    assert Counter(b.above for b in found).most_common() == [(found[0].above, 8), (found[-1].above, 8)]


def test_each_ledger_has_a_bar_beside_its_title_that_covers_no_text(unit: Path, catalog: Catalog) -> None:
    book = read_book(unit / "a.xlsm")
    made, where = parts(unit / "a.xlsm"), sheet_parts(unit / "a.xlsm")
    for ledger in catalog.ledgers.values():
        found = buttons(unit / "a.xlsm", ledger.title)
        assert called(found) == wanted(BAR)
        check_apart(found)
        assert {(b.top, b.bottom) for b in found} == {(0, 0)}
        assert [v for v in book.grids[ledger.title].cells[0] if v] == [ledger.title]
        pane = re.search(r'<pane xSplit="(\d)" ySplit="3"', made[where[ledger.title]].decode())
        assert pane and found[0].left[0] == int(pane[1])
    assert buttons(unit / "a.xlsm", "报送表") == buttons(unit / "a.xlsm", "_标准") == []


def test_front_page_of_a_consolidated_workbook(consolidated: Path) -> None:
    found = buttons(consolidated / "c.xlsm", COVER)
    assert called(found) == wanted([a.name for a in offered("consolidated")])
    check_apart(found)
    grid = read_book(consolidated / "c.xlsm").grids[COVER]
    assert beside(grid, FOLDER) == USUAL_FOLDER
    assert [t for t in sheet_parts(consolidated / "c.xlsm") if buttons(consolidated / "c.xlsm", t)] == [COVER]


def test_choice_of_a_document(unit: Path, catalog: Catalog) -> None:
    book = read_book(unit / "a.xlsm")
    assert beside(book.grids[COVER], CHOSEN_DOCUMENT) == "党建工作情况"
    opened = openpyxl.load_workbook(unit / "a.xlsm")
    (choice,) = (v for v in opened[COVER].data_validations.dataValidation if "B2" in str(v.sqref).split())
    sheet, _, area = str(choice.formula1).partition("!")  # too long for a list in the cell itself
    listed = [row[0].value for row in opened[sheet][area.replace("$", "")]]
    assert sorted(listed) == sorted(d.title for d in catalog.documents.values())


def test_bar_stays_in_view_and_off_the_paper(consolidated: Path) -> None:
    for name in ("a.xlsm", "c.xlsm"):
        made = parts(consolidated / name)
        assert f'ySplit="{BAR_ROWS - 1}"' in made[sheet_parts(consolidated / name)[COVER]].decode()
        areas = re.findall(r'<definedName name="_xlnm.Print_Area"[^>]*>([^<]*)<', made["xl/workbook.xml"].decode())
        assert re.fullmatch(rf"{COVER}!\$A\${BAR_ROWS + 1}:\$[EH]\$\d+", areas[0])


# ------------------------------------------------------------ all else is as without them


def test_same_input_gives_the_same_bytes(consolidated: Path) -> None:
    assert (consolidated / "a.xlsm").read_bytes() == (consolidated / "again.xlsm").read_bytes()
    assert (consolidated / "c.xlsm").read_bytes() == (consolidated / "c2.xlsm").read_bytes()


def test_plain_editions_hold_no_macros(consolidated: Path) -> None:
    for name in ("a.xlsx", "c.xlsx"):
        made = parts(consolidated / name)
        assert [n for n in made if "vba" in n or n.endswith(".vml")] == []
        assert not any(b"codeName" in data or b"macroEnabled" in data for n, data in made.items() if n.endswith("xml"))
        assert all(label.encode() not in made["xl/sharedStrings.xml"] for label in (CHOSEN_DOCUMENT, FOLDER))


def test_both_editions_are_read_alike(unit: Path, catalog: Catalog) -> None:
    with_, without = (read_submission(catalog, unit / name) for name in ("a.xlsm", "a.xlsx"))
    assert (with_.unit, with_.declared) == (without.unit, without.declared)
    assert [[r.values for r in rows] for rows in with_.rows.values()] == [
        [r.values for r in rows] for rows in without.rows.values()
    ]
    assert [(f.code, f.message) for f in with_.findings] == [(f.code, f.message) for f in without.findings]


def test_only_the_front_page_has_a_name_in_the_vba(consolidated: Path) -> None:
    for name in ("a.xlsm", "c.xlsm"):
        made, where = parts(consolidated / name), sheet_parts(consolidated / name)
        assert made["xl/vbaProject.bin"] == PROJECT.read_bytes()
        assert b'codeName="ThisWorkbook"' in made["xl/workbook.xml"]
        assert [t for t, part in where.items() if b"codeName" in made[part]] == [COVER]
        assert b'codeName="Sheet1"' in made[where[COVER]]
        assert b"sheet.macroEnabled.main+xml" in made["[Content_Types].xml"]


def test_changing_cells_keeps_the_buttons(unit: Path, tmp_path: Path) -> None:
    patch(unit / "a.xlsm", tmp_path / "b.xlsm", {COVER: {(2, 2): "党建工作要点"}})
    before, after = parts(unit / "a.xlsm"), parts(tmp_path / "b.xlsm")
    kept = [n for n in before if "vml" in n or "vba" in n or n.endswith(".rels")]
    assert len(kept) > 20 and {n: after.get(n) for n in kept} == {n: before[n] for n in kept}
    assert beside(read_book(tmp_path / "b.xlsm").grids[COVER], CHOSEN_DOCUMENT) == "党建工作要点"


# ------------------------------------------------------------ on the command line


def test_new_with_macros(tmp_path: Path, catalog: Catalog) -> None:
    asked = ["new", "--unit", "云川市虚构局", "--code", "YC001", "--year", "2026", "--macros", "-o", str(tmp_path)]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    (path,) = tmp_path.iterdir()
    assert path.name == "YC001_云川市虚构局_2026.xlsm" and buttons(path, COVER)


def test_aggregate_into_a_workbook_with_buttons(unit: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["aggregate", str(unit / "a.xlsx"), "-o", str(tmp_path / "汇总.xlsm")])
    assert done.exit_code == 0, done.output
    assert len(buttons(tmp_path / "汇总.xlsm", COVER)) == len(offered("consolidated"))


# ------------------------------------------------------------ in LibreOffice


@pytest.mark.office
def test_libreoffice_runs_the_vba_and_gives_each_button_its_procedure(consolidated: Path, tmp_path: Path) -> None:
    """Without the extension the launcher says so; a message that comes back shows that all modules compiled."""
    with headless(tmp_path) as pipe:
        context = component_context(f"pipe,name={pipe}", 60)
        desktop = service(context, "com.sun.star.frame.Desktop")
        for name, kind in (("a.xlsm", "unit"), ("c.xlsm", "consolidated")):
            asked = properties(Hidden=True, MacroExecutionMode=4)  # ALWAYS_EXECUTE_NO_WARN
            document = desktop.loadComponentFromURL((consolidated / name).as_uri(), "_default", 0, asked)
            assert procedures(document.Sheets.getByName(COVER)) == {
                a.caption: f"VBAProject.modMain.{a.name}" for a in offered(kind)
            }
            assert run(document, "modRun.Launch", "check_all") == build_vba.TEXTS["no_extension"]
            assert run(document, "modText.Say", "python_gone") == build_vba.TEXTS["python_gone"]
            document.close(True)


def procedures(sheet: Any) -> dict[str, str]:
    """What a click on each button runs, by its caption."""
    form = sheet.DrawPage.Forms.getByIndex(0)
    return {
        form.getByIndex(n).Label: re.split("[:?]", form.getScriptEvents(n)[0].ScriptCode)[1] for n in range(form.Count)
    }


def run(document: Any, name: str, *args: str) -> Any:
    url = f"vnd.sun.star.script:VBAProject.{name}?language=Basic&location=document"
    return document.ScriptProvider.getScript(url).invoke(args, (), ())[0]
