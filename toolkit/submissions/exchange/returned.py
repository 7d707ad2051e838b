"""Finds the return slip that came back to a unit: beside its workbook, or in the folder 退回单 there."""

from __future__ import annotations

from pathlib import Path

from ...errors import CannotRun
from ...excel.changing.slips import MergeReport, open_slip, plan_merge
from ...model import Book, Catalog
from ...rows.cover import read_meta
from ...standard.sheets import META, SLIP
from ..files import SUFFIXES
from .inbox import SLIPS


def merge_returned(catalog: Catalog, book: Book, folder: Path) -> tuple[Path, MergeReport]:
    """Returns the slip for the open workbook that was saved last, and what merging it does; writes nothing.

    Raises CannotRun if there is no slip for this unit and year, or if it does not belong to the workbook.
    """
    ours = read_meta(book.grids[META])
    found = [(path, slip) for path in _candidates(folder) if (slip := _slip(path)) and _for(slip, ours)]
    if not found:
        raise CannotRun(
            f"没有找到这个单位本年度的退回单。请把改好的退回单（文件名以“{SLIPS}”开头）放到工作簿所在的文件夹"
            f"“{folder.name}”，再点一次。"
        )
    path, slip = max(found, key=lambda x: x[0].stat().st_mtime_ns)
    return path, plan_merge(catalog, slip, book)


def _candidates(folder: Path) -> list[Path]:
    """Returns the files that may be slips, by their names."""
    places = [p for p in (folder, folder / SLIPS) if p.is_dir()]
    files = sorted(f for p in places for f in p.iterdir() if f.name.startswith(SLIPS) and f.is_file())
    return [f for f in files if f.suffix.lower() in SUFFIXES]


def _slip(path: Path) -> Book | None:
    try:
        book = open_slip(path)
    except CannotRun:  # another file with such a name
        return None
    return book if read_meta(book.grids[META]).get("kind") == SLIP else None


def _for(slip: Book, ours: dict[str, str]) -> bool:
    theirs = read_meta(slip.grids[META])
    return all(theirs.get(key) == ours.get(key) for key in ("unit_id", "year") if ours.get(key))
