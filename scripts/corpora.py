#!/usr/bin/env python3
"""Reads folders of other people's workbooks and compares every value with what openpyxl reads.

    python scripts/corpora.py FOLDER ... [--limit 20]

The folders are whatever the person who runs it has fetched: the test files of openpyxl, calamine, pandas or Apache POI.
Prints how many files were read, refused with a finding and compared, and each cell in which the two differ. Ends with 1
if a file ended the reading with an exception.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl

from toolkit.excel.reading.read import read_book
from toolkit.model import Book, CellError, Percent
from toolkit.submissions.files import SUFFIXES

COMPARED = {".xlsx", ".xlsm", ".xltx", ".xltm"}


def workbooks(folders: list[Path]) -> list[Path]:
    """Returns the workbooks below the folders."""
    return sorted(p for f in folders for p in f.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())


def plain(value: Any) -> Any:
    """Returns a value so that what looks alike is alike."""
    if (
        value is None
        or isinstance(value, (CellError, time, timedelta))
        or (isinstance(value, str) and not value.strip())
    ):
        return None  # openpyxl gives errors as texts and times as numbers; both are told elsewhere
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value.replace(microsecond=0)
    if isinstance(value, date):
        return value
    if isinstance(value, (bool, str)):
        return value.strip().replace("\r\n", "\n") if isinstance(value, str) else value
    return round(float(value), 9) if isinstance(value, (int, float, Percent)) else str(value)


def differences(book: Book, other: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yields the cells in which two readings of a workbook differ: place, ours, openpyxl's."""
    ours = {g.title: g for g in book.grids.values()}
    for sheet in other.worksheets:
        cells = ours[sheet.title].cells if sheet.title in ours else []
        # Only the cells that exist: with a comment in the last one, iter_rows would make 17 thousand million.
        for cell in list(sheet._cells.values()):
            here = cells[cell.row - 1][cell.column - 1 : cell.column] if cell.row <= len(cells) else []
            a, b = here[0] if here else None, None if cell.data_type == "e" else cell.value
            if plain(a) != plain(b) and not isinstance(a, CellError):
                yield f"{sheet.title}!{cell.coordinate}", a, b


def main() -> None:
    """Runs over the folders and prints the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=20, help="differing cells to print")
    asked = parser.parse_args()
    count: Counter[str] = Counter()
    shown = 0
    warnings.simplefilter("ignore")
    for path in workbooks(asked.folders):
        try:
            book = read_book(path)
        except Exception as e:  # the very thing that must not happen
            count["ended with an exception"] += 1
            print(f"{path}: {type(e).__name__}: {e}")
            continue
        count["files"] += 1
        if book.findings:
            count[f"refused: {book.findings[0].code}"] += 1
            continue
        count["read"] += 1
        if path.suffix.lower() not in COMPARED:
            continue
        try:
            other = openpyxl.load_workbook(path, data_only=True)
            found = list(differences(book, other))
        except Exception:  # files that openpyxl cannot read are not its reference
            count["openpyxl cannot read"] += 1
            continue
        count["compared"] += 1
        count["files with differences"] += bool(found)
        count["cells compared"] += sum(len(sheet._cells) for sheet in other.worksheets)
        count["cells that differ"] += len(found)
        for place, a, b in found[: max(0, asked.limit - shown)]:
            print(f"{path.name} {place}: {a!r}, openpyxl {b!r}")
            shown += 1
    print("\n".join(f"{name}: {n}" for name, n in sorted(count.items())))
    sys.exit(bool(count["ended with an exception"]))


if __name__ == "__main__":
    main()
