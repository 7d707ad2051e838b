"""Cells of a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...model import column_letters
from .bridge.connection import enum, struct
from .bridge.syntax import link_to_calc, link_to_excel, to_calc, to_excel
from .bridge.values import TEXT, CellError, Grid, Written, to_write
from .fonts import HORIZONTAL, VERTICAL, Font, from_number, to_number
from .formats import DIFFERENT, error_cells, kinds, restore_types
from .notes import Note
from .writing import CONTENTS, blocks, put_formulas, put_values

if TYPE_CHECKING:
    from .formats import Area
    from .sheets import Sheet

WHOLE = (0, 0, 1_048_575, 16_383)
FORMATS, EVERYTHING = 32 | 64 | 512, 1023  # com.sun.star.sheet.CellFlags
POINT = 2540 / 72  # hundredths of a millimetre
PIXEL = 2540 / 96
DIGIT, PADDING = 7, 5  # pixels of Excel's standard font; the digit is its unit of column width
NO_FILL_OF_FORMULA = "one formula for many cells: write a list of formulas"


class Range:
    """One rectangle of cells; several rectangles if only formats are set."""

    max_cells_per_read = max_cells_per_write = None  # one call for any size

    def __init__(self, sheet: Sheet, areas: tuple[Area, ...]) -> None:
        self.sheet, self.areas, self.area = sheet, areas, areas[0]
        self.options: dict[str, Any] = {}  # set by xlwings

    def _cells(self) -> Any:
        """Returns the cells as a UNO object, valid until the sheet's next call."""
        return self.sheet.at(self.area) if len(self.areas) == 1 else self.sheet.together(self.areas)

    @property
    def api(self) -> Any:
        """The first rectangle as a UNO cell range."""
        top, left, bottom, right = self.area
        return self.sheet.api.getCellRangeByPosition(left, top, right, bottom)

    @property
    def row(self) -> int:
        """The row number of the first cell, from 1."""
        return self.area[0] + 1

    @property
    def column(self) -> int:
        """The column number of the first cell, from 1."""
        return self.area[1] + 1

    @property
    def shape(self) -> tuple[int, int]:
        """The height and width in cells."""
        top, left, bottom, right = self.area
        return bottom - top + 1, right - left + 1

    @property
    def coords(self) -> tuple[Any, int, int, int, int]:
        """The UNO sheet, row, column, height and width."""
        return (self.sheet.api, self.row, self.column, *self.shape)

    def __len__(self) -> int:
        return sum((a[2] - a[0] + 1) * (a[3] - a[1] + 1) for a in self.areas)

    def __call__(self, row: int, column: int | None = None) -> Range:
        """Returns a cell by its position in the range, from 1; it may be outside the range.

        A single number counts the cells row by row.
        """
        r, c = divmod(row - 1, self.shape[1]) if column is None else (row - 1, column - 1)
        r, c = r + self.area[0], c + self.area[1]
        return Range(self.sheet, ((r, c, r, c),))

    def get_address(self, row_absolute: bool, column_absolute: bool, external: bool) -> str:
        """Returns the address, with $ as chosen and, if `external`, with workbook and sheet."""
        rows, columns = "$" * row_absolute, "$" * column_absolute
        shown = ",".join(_address(a, rows, columns) for a in self.areas)
        return f"'[{self.sheet.book.name}]{self.sheet.name}'!{shown}" if external else shown

    @property
    def address(self) -> str:
        """The absolute address."""
        return self.get_address(True, True, False)

    # ------------------------------------------------------------ values

    @property
    def raw_value(self) -> Grid:
        """All values, read together: numbers, texts, dates, booleans, CellErrors."""
        cells = self._cells()
        data = [list(row) for row in cells.getDataArray()]
        if any(value is None for row in data for value in row):
            for r, c in error_cells(cells, self.area):
                data[r][c] = CellError(self.sheet.text(self.area[0] + r, self.area[1] + c))
        if any(type(value) is float for row in data for value in row):
            restore_types(self.sheet, self.area, data, self.sheet.book.epoch)
        return data

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        """Writes values, then formulas, then the formats of dates and booleans."""
        written = to_write(self._rows(value), self.sheet.book.epoch)
        put_values(self.sheet, self.area, written.data)
        self._set_formulas(written)
        for kind, cells in written.formats.items():
            self._show_as(kind, cells)

    def _rows(self, value: Any) -> Sequence[Sequence[Any]]:
        """Returns the value as rows; a single value fills the range."""
        height, width = self.shape
        if not isinstance(value, (list, tuple)):
            if isinstance(value, str) and value.startswith("=") and len(self) > 1:
                raise NotImplementedError(NO_FILL_OF_FORMULA)
            return [[value] * width] * height
        return value if isinstance(value[0], (list, tuple)) else [value]

    def _set_formulas(self, written: Written) -> None:
        """Writes texts that begin with = as formulas; in cells with a text format as texts, as in Excel."""
        top, left = self.area[:2]
        for c, formulas in written.formulas.items():
            for first, block in blocks(formulas):
                rows = range(top + first, top + first + len(block))
                for start, end, kind in list(kinds(self.sheet, left + c, rows)):
                    area = (start, left + c, end, left + c)
                    texts = block[start - rows[0] : end - rows[0] + 1]
                    if kind & TEXT:
                        put_values(self.sheet, area, [(t,) for t in texts])
                    else:
                        put_formulas(self.sheet, area, [(to_calc(t),) for t in texts])

    def _show_as(self, kind: int, cells: Sequence[tuple[int, int]]) -> None:
        """Sets the standard format for new dates or booleans, unless their format already shows that kind."""
        book, (top, left) = self.sheet.book, self.area[:2]
        areas = [(top + r, left + c, top + r, left + c) for r, c in cells]
        plain = tuple(a for a in areas if not book.number_kind(self.sheet.at(a).NumberFormat) & kind)
        if plain:
            self.sheet.together(plain).NumberFormat = book.number_formats.getStandardFormat(kind, book.locale)

    @property
    def formula(self) -> Any:
        """The formula in Excel's syntax; a tuple of rows for several cells."""
        shown = tuple(tuple(map(_as_excel, row)) for row in self._cells().getFormulaArray())
        return shown[0][0] if self.shape == (1, 1) else shown

    @formula.setter
    def formula(self, value: Any) -> None:
        """Writes formulas, and constants as if they were typed in (in English)."""
        put_formulas(self.sheet, self.area, [tuple(map(_as_calc, row)) for row in self._rows(value)])

    @property
    def has_array(self) -> bool:
        """Always False."""
        return False

    def clear_contents(self) -> None:
        """Removes values and formulas."""
        self._cells().clearContents(CONTENTS)

    def clear_formats(self) -> None:
        """Removes formats."""
        self._cells().clearContents(FORMATS)

    def clear(self) -> None:
        """Removes contents, formats, notes and drawings."""
        self._cells().clearContents(EVERYTHING)

    # ------------------------------------------------------------ looks

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The fill colour; None without a fill or if cells differ."""
        return from_number(self._cells().CellBackColor)

    @color.setter
    def color(self, value: tuple[int, int, int] | int | str | None) -> None:
        """Sets the fill colour; None removes it."""
        self._cells().CellBackColor = to_number(value)

    def set_colors(self, colors: Sequence[Sequence[Any]]) -> None:
        """Sets a fill for each cell, in one call per colour; `...` leaves a cell as it is."""
        top, left = self.area[:2]
        by_color: dict[int, list[Area]] = {}
        for r, row in enumerate(colors, top):
            for c, color in enumerate(row, left):
                if color is not ...:
                    by_color.setdefault(to_number(color), []).append((r, c, r, c))
        for number, areas in by_color.items():
            self.sheet.together(tuple(areas)).CellBackColor = number

    @property
    def font(self) -> Font:
        """The font of the cells."""
        return Font(self._cells)

    @property
    def number_format(self) -> str | None:
        """The code of the number format; None if the cells differ."""
        if self._cells().getPropertyState("NumberFormat").value == DIFFERENT:
            return None
        return str(self.sheet.book.number_formats.getByKey(self._cells().NumberFormat).FormatString)

    @number_format.setter
    def number_format(self, value: str) -> None:
        """Sets the number format by Excel's English code; a new code is added to the workbook."""
        formats, locale = self.sheet.book.number_formats, self.sheet.book.locale
        key = formats.queryKey(value, locale, False)
        self._cells().NumberFormat = formats.addNew(value, locale) if key < 0 else key

    @property
    def wrap_text(self) -> bool:
        """Whether text wraps."""
        return bool(self._cells().IsTextWrapped)

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        """Sets whether text wraps."""
        self._cells().IsTextWrapped = bool(value)

    @property
    def horizontal_alignment(self) -> str:
        """The horizontal alignment, a key of HORIZONTAL."""
        now = self._cells().HoriJustify.value
        return next(name for name, value in HORIZONTAL.items() if value == now)

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        """Sets the horizontal alignment."""
        self._cells().HoriJustify = enum("com.sun.star.table.CellHoriJustify", HORIZONTAL[value])

    @property
    def vertical_alignment(self) -> str:
        """The vertical alignment, a key of VERTICAL."""
        now = self._cells().VertJustify
        return next((name for name, value in VERTICAL.items() if value == now), "bottom")  # of a cell never aligned

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        """Sets the vertical alignment."""
        self._cells().VertJustify = VERTICAL[value]

    @property
    def column_width(self) -> float:
        """The column width in characters of the standard font, as in Excel."""
        pixels: float = self._cells().Columns.Width / PIXEL
        return round(max(0.0, (pixels - PADDING) / DIGIT), 2)

    @column_width.setter
    def column_width(self, value: float) -> None:
        """Sets the column width in characters."""
        self._cells().Columns.Width = round((value * DIGIT + PADDING) * PIXEL)

    @property
    def row_height(self) -> float:
        """The row height in points."""
        return round(float(self._cells().Rows.Height) / POINT, 2)

    @row_height.setter
    def row_height(self, value: float) -> None:
        """Sets the row height in points."""
        self._cells().Rows.Height = round(value * POINT)

    def autofit(self, axis: str | None = None) -> None:
        """Fits the columns, the rows or, without an axis, both to their contents."""
        if axis in (None, "columns", "c"):
            self._cells().Columns.OptimalWidth = True
        if axis in (None, "rows", "r"):
            self._cells().Rows.OptimalHeight = True

    def select(self) -> None:
        """Activates the sheet and selects the cells."""
        self.sheet.activate()
        document = self.sheet.book.document
        document.CurrentController.select(self.api)
        if self.shape == (1, 1):  # in a marked cell Tab and Enter would not leave it: only the cursor stays there
            document.CurrentController.select(document.createInstance("com.sun.star.sheet.SheetCellRanges"))
        document.CurrentController.ComponentWindow.setFocus()  # which a button has that was clicked

    # ------------------------------------------------------------ notes, links

    @property
    def note(self) -> Note | None:
        """The note of the first cell, or None."""
        return self.sheet.note_list.at(*self.area[:2])

    def add_note(self, text: str) -> Note:
        """Adds a note to the first cell. Raises ValueError if it already has one, as Excel refuses too."""
        return self.sheet.note_list.add(*self.area[:2], text)

    @property
    def hyperlink(self) -> str:
        """The address of the link in the first cell. Raises ValueError without a link."""
        fields = self.sheet.api.getCellByPosition(*self.area[1::-1]).TextFields
        if not fields.Count:
            raise ValueError("the cell has no hyperlink")
        return link_to_excel(fields.getByIndex(0).URL)

    def add_hyperlink(self, address: str, text_to_display: str, screen_tip: str | None = None) -> None:
        """Replaces the first cell's text by a link; `#'Sheet'!A1` leads to a cell of the workbook."""
        link = self.sheet.book.document.createInstance("com.sun.star.text.TextField.URL")
        link.URL, link.Representation = link_to_calc(address), text_to_display
        cell = self.sheet.api.getCellByPosition(*self.area[1::-1])
        cell.setString("")
        cell.insertTextContent(cell.createTextCursor(), link, False)


def _address(area: Area, rows: str, columns: str) -> str:
    top, left, bottom, right = area
    first = f"{columns}{column_letters(left + 1)}{rows}{top + 1}"
    return first if area[:2] == area[2:] else f"{first}:{columns}{column_letters(right + 1)}{rows}{bottom + 1}"


def _as_excel(formula: str) -> str:
    return to_excel(formula) if formula.startswith("=") else formula


def _as_calc(formula: Any) -> str:
    if formula is None:
        return ""
    return to_calc(formula) if isinstance(formula, str) and formula.startswith("=") else str(formula)


def address_struct(sheet_index: int, area: Area) -> Any:
    """Returns an area as a UNO range address; the sheet counts from 0."""
    top, left, bottom, right = area
    return struct(
        "com.sun.star.table.CellRangeAddress",
        Sheet=sheet_index,
        StartRow=top,
        StartColumn=left,
        EndRow=bottom,
        EndColumn=right,
    )
