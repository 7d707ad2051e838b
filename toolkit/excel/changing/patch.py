"""Changes single cells of an existing workbook and keeps everything else in it.

Libraries that load and save a whole workbook drop what they do not support: buttons, pictures, and drop-downs
whose list is on another sheet. Only the `<c>` elements are therefore replaced here.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from lxml import etree

from ...errors import CannotRun
from ...machine.atomic import write_whole
from ...machine.guard import check_file, guarding
from ...model import Place
from ...rows.casting.text import EPOCH, EPOCH_1904
from ...standard.sheets import REPORT
from ..parts.cells import storable
from ..parts.layout import in_words
from .number_formats import NumberFormats
from .proof import prove

Cell = tuple[int, int]  # row and column from 1
Element = Any  # lxml's elements have no usable type

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
# Elements that may follow calcPr in workbook.xml.
_AFTER_CALC = ("oleSize", "customWorkbookViews", "pivotCaches", "webPublishing", "fileRecoveryPr", "extLst")
EDITABLE = (".xlsx", ".xlsm")


def check_target(source: str | Path, target: str | Path) -> None:
    """Raises CannotRun if cells of `source` cannot be changed, or `target` must not be written."""
    source, target = Path(source), Path(target)
    if source.suffix.lower() not in EDITABLE:
        raise CannotRun(f"“{source.name}”不能修改：只支持 .xlsx 和 .xlsm。请先用 Excel 或 WPS 另存为 .xlsx。")
    with guarding([source]):
        check_file(target, [source.suffix.lower()])


def patch(
    source: str | Path,
    target: str | Path,
    changes: Mapping[str, Mapping[Cell, Any]],
    shown: Collection[str] = (),
) -> None:
    """Copies `source` to `target` and changes cells: sheet title -> (row, column) -> value as in model.Row.

    `shown` are the sheets that stay visible, if any are named; what is hidden already stays so.

    Text is written as text, never as a formula; the cell keeps its look, but a date is shown as a date, and a number
    neither as a date nor as a percentage. Other formulas are recalculated when the
    file is opened. Raises CannotRun if the file is not an Excel workbook or a cell cannot be changed safely.
    """
    check_target(source, target)
    try:
        with ZipFile(source) as archive:
            parts = {info.filename: archive.read(info) for info in archive.infolist()}
            infos = archive.infolist()
        package = _Package(parts, Path(source).name)
        package.change(changes)
        if shown:
            package.show_only(shown)
    except (BadZipFile, KeyError, ValueError, StopIteration, etree.XMLSyntaxError, OSError) as e:
        raise CannotRun(f"“{Path(source).name}”无法修改（{e}）。请用 Excel 或 WPS 打开后另存，再重试。") from e
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for info in infos:
            if info.filename in parts:
                archive.writestr(info, parts[info.filename], info.compress_type)
    prove(out.getvalue(), changes, Path(source).name)
    with guarding([source]):
        write_whole(target, out.getvalue(), [Path(source).suffix.lower()])


class _Package:
    """The zip parts of one workbook file, by name."""

    def __init__(self, parts: dict[str, bytes], name: str) -> None:
        self.parts, self.name = parts, name
        root = self._relations("")
        self.book_part = next(t for kind, t in root.values() if kind == "officeDocument")
        self.relations = self._relations(self.book_part)
        self.book = _parse(parts[self.book_part])

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Returns id -> (last segment of the type, target part) for the internal relationships of `part`."""
        folder, base = posixpath.split(part)
        rels = _parse(self.parts[posixpath.join(folder, "_rels", f"{base}.rels")])
        return {
            r.get("Id"): (r.get("Type", "").rsplit("/", 1)[-1], _resolve(folder, r.get("Target", "")))
            for r in rels
            if r.get("TargetMode") != "External"
        }

    def _sheets(self) -> dict[str, str]:
        """Returns the part of each worksheet by its title."""
        ids = {s.get("name"): s.get(_RELATION) or s.get(_STRICT_RELATION) for s in _all(self.book, "sheet")}
        return {title: self.relations[id_][1] for title, id_ in ids.items() if id_ in self.relations}

    def show_only(self, titles: Collection[str]) -> None:
        """Hides all other sheets, and opens the workbook at the first that is left; programs print no hidden sheet."""
        sheets = list(_all(self.book, "sheet"))
        left = [n for n, s in enumerate(sheets) if s.get("name") in titles and s.get("state") in (None, "visible")]
        if not left:
            raise CannotRun(f"“{self.name}”里没有可见的工作表“{'、'.join(titles)}”。请核对文件。")
        for n, sheet in enumerate(sheets):
            if n not in left and sheet.get("state") in (None, "visible"):
                sheet.set("state", "hidden")
        for view in _all(self.book, "workbookView"):
            view.set("activeTab", str(left[0]))
            view.set("firstSheet", str(left[0]))
        for n, part in enumerate(map(self._sheets().get, (s.get("name") for s in sheets))):
            if part:
                tree = _parse(self.parts[part])
                for view in _all(tree, "sheetView"):
                    view.set("tabSelected", "1" if n == left[0] else "0")
                self.parts[part] = _bytes(tree)
        self.parts[self.book_part] = _bytes(self.book)

    def change(self, changes: Mapping[str, Mapping[Cell, Any]]) -> None:
        from_1904 = any(x.get("date1904") in ("1", "true") for x in _all(self.book, "workbookPr"))
        epoch = EPOCH_1904 if from_1904 else EPOCH
        sheets = self._sheets()
        styles = next((t for kind, t in self.relations.values() if kind == "styles" and t in self.parts), None)
        formats = NumberFormats(_parse(self.parts[styles])) if styles else None
        for title, cells in changes.items():
            if title not in sheets:
                raise CannotRun(f"“{self.name}”里没有工作表“{title}”，无法修改。请核对文件。")
            part = sheets[title]
            tree = _parse(self.parts[part])
            # Cells of 报送表 have the format of their indicator: a ratio is a percentage.
            own = None if title == REPORT else formats
            _Sheet(tree, Place(self.name, "", title), epoch, own).change(cells)
            self.parts[part] = _bytes(tree)
        if styles and formats and formats.changed:
            self.parts[styles] = _bytes(formats.tree)
        if REPORT in sheets and REPORT not in changes:
            self._forget_results(sheets[REPORT])
        self._calculate_anew()

    def _forget_results(self, part: str) -> None:
        """Removes the results of the formulas of 报送表: they are those of the cells before the change."""
        tree = _parse(self.parts[part])
        for cell in _all(tree, "c"):
            if next(_all(cell, "f"), None) is not None:
                for result in list(_all(cell, "v")):
                    cell.remove(result)
                cell.attrib.pop("t", None)
        self.parts[part] = _bytes(tree)

    def _calculate_anew(self) -> None:
        """Requests full calculation on opening; drops calcChain, which may list a cell that is no longer a formula."""
        calc = next(_all(self.book, "calcPr"), None)
        if calc is None:
            calc = etree.Element(f"{{{_space(self.book)}}}calcPr")
            later = (n for n, child in enumerate(self.book) if etree.QName(child).localname in _AFTER_CALC)
            self.book.insert(next(later, len(self.book)), calc)
        calc.set("fullCalcOnLoad", "1")
        self.parts[self.book_part] = _bytes(self.book)
        folder, base = posixpath.split(self.book_part)
        for _, chain in [r for r in self.relations.values() if r[0] == "calcChain" and r[1] in self.parts]:
            del self.parts[chain]
            self._drop(posixpath.join(folder, "_rels", f"{base}.rels"), "Target", folder, chain)
            self._drop("[Content_Types].xml", "PartName", "", chain)

    def _drop(self, part: str, attribute: str, folder: str, target: str) -> None:
        tree = _parse(self.parts[part])
        for child in [x for x in tree if _resolve(folder, x.get(attribute) or "") == target]:
            tree.remove(child)
        self.parts[part] = _bytes(tree)


class _Sheet:
    """One worksheet's XML."""

    def __init__(self, tree: Element, at: Place, epoch: date, formats: NumberFormats | None) -> None:
        self.tree, self.at, self.epoch, self.formats, self.space = tree, at, epoch, formats, _space(tree)

    def change(self, cells: Mapping[Cell, Any]) -> None:
        self._refuse_covered(cells)
        rows = self._rows()
        lines: dict[int, dict[int, Element]] = {}
        for (row, column), value in cells.items():
            if row not in rows:
                rows[row] = self._row(row, rows)
            if row not in lines:
                lines[row] = self._cells(rows[row], row)
            if column not in lines[row]:
                lines[row][column] = self._insert(rows[row], row, column, lines[row])
            self._set(lines[row][column], value, replace(self.at, row=row, column=column))

    def _row(self, number: int, rows: Mapping[int, Element]) -> Element:
        """Inserts a row that has no cell yet, in the order of the rows."""
        made = etree.Element(f"{{{self.space}}}row", r=str(number))
        later = min((n for n in rows if n > number), default=None)
        if later is None:
            next(_all(self.tree, "sheetData")).append(made)
        else:
            rows[later].addprevious(made)
        return made

    def _refuse_covered(self, cells: Mapping[Cell, Any]) -> None:
        """Raises CannotRun for a cell that lies in a merged range, where nobody sees it, or in an array formula's."""
        merged = [x.get("ref", "") for x in _all(self.tree, "mergeCell")]
        arrays = [f.get("ref", "") for f in _all(self.tree, "f") if f.get("t") in ("array", "dataTable")]
        for reference, what in (*((m, "合并单元格") for m in merged), *((a, "数组公式") for a in arrays)):
            first, _, last = reference.partition(":")
            (top, left), (bottom, right) = _corner(first), _corner(last or first)
            for row, column in cells:
                inside = top <= row <= bottom and left <= column <= right
                if inside and (row, column) != (top, left):
                    place = replace(self.at, row=row, column=column)
                    raise CannotRun(f"{place} 在{what} {reference} 里，不能单独改。请在 Excel 中取消后重试。")

    def _rows(self) -> dict[int, Element]:
        """Returns the rows by number. One without a number follows the row before (ECMA-376, 18.3.1.73)."""
        found: dict[int, Element] = {}
        number = 0
        for row in _all(self.tree, "row"):
            number = int(row.get("r") or number + 1)
            if number in found:
                raise self._unfit(f"第{number}行出现两次")
            found[number] = row
        return found

    def _cells(self, row: Element, number: int) -> dict[int, Element]:
        """Returns the cells of a row by column, and gives each its reference: without one it follows the cell before.

        A cell put between them would otherwise move all that follow.
        """
        found: dict[int, Element] = {}
        column = 0
        row.set("r", str(number))
        for cell in row.iterchildren(f"{{{self.space}}}c"):
            column = _column(cell.get("r")) if cell.get("r") else column + 1
            if column in found:
                raise self._unfit(f"{replace(self.at, row=number, column=column)} 出现两次")
            cell.set("r", Place("", row=number, column=column).cell)
            found[column] = cell
        return found

    def _unfit(self, why: str) -> CannotRun:
        return CannotRun(
            f"“{self.at.file}”的“{self.at.sheet}”表无法修改（{why}）。请用 Excel 或 WPS 打开后另存，再重试。"
        )

    def _insert(self, row: Element, number: int, column: int, cells: Mapping[int, Element]) -> Element:
        """Inserts a cell in column order, in the format of its row or column."""
        made = etree.Element(f"{{{self.space}}}c", r=Place("", row=number, column=column).cell)
        if style := row.get("s") if row.get("customFormat") in ("1", "true") else self._column_style(column):
            made.set("s", style)
        row.attrib.pop("spans", None)  # it may not cover the new cell
        later = min((c for c in cells if c > column), default=None)
        if later is not None:
            cells[later].addprevious(made)
        elif cells:
            cells[max(cells)].addnext(made)
        else:
            row.insert(0, made)
        return made

    def _column_style(self, column: int) -> str | None:
        cols = (c for c in _all(self.tree, "col") if int(c.get("min")) <= column <= int(c.get("max")))
        return next((c.get("style") for c in cols), None)

    def _set(self, cell: Element, value: Any, place: Place) -> None:
        formula = next(_all(cell, "f"), None)
        if formula is not None and formula.get("ref"):
            raise CannotRun(f"{place}：这一格的公式管着一片单元格，不能单独改。请在 Excel 中改为普通数值后重试。")
        for child in list(cell):
            cell.remove(child)
        for name in ("t", "cm", "vm"):
            cell.attrib.pop(name, None)
        value = in_words(value)
        if value is None or value == "":
            return
        if isinstance(value, str):
            cell.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(cell, f"{{{self.space}}}is"), f"{{{self.space}}}t")
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            text.text = storable(value)
        else:
            etree.SubElement(cell, f"{{{self.space}}}v").text = _number(value, self.epoch)
            if self.formats and (style := self.formats.fitting(int(cell.get("s") or 0), value)):
                cell.set("s", str(style))


def _number(value: Any, epoch: date) -> str:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return str((value - epoch) // timedelta(days=1))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _parse(data: bytes) -> Element:
    # The files are untrusted: no entities, no network.
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _bytes(tree: Element) -> bytes:
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


def _space(tree: Element) -> str:
    return str(etree.QName(tree).namespace)


def _all(tree: Element, name: str) -> Iterator[Element]:
    return iter(tree.iter(f"{{{_space(tree)}}}{name}"))


def _resolve(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _corner(ref: str) -> Cell:
    return int("0" + ref.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), _column(ref)


def _column(ref: str) -> int:
    number = 0
    for letter in ref.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number
