"""One document for each of many units."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

from .consolidated import read_consolidated
from .errors import CannotRun
from .excel.build import file_name
from .excel.read import read_book
from .fill import Filled, fill
from .front import is_consolidated
from .locations import listing
from .model import Catalog
from .source import Source, reading_source, unit_source
from .submission import Reading, submission_of
from .templates import document as find_document
from .tree import Unit
from .workers import over


@dataclass(frozen=True)
class Made:
    """The document of one unit, or why there is none."""

    unit: str  # its name; of a workbook that cannot be read, the file's name
    path: Path | None = None
    filled: Filled | None = None
    why: str = ""


def fill_all(
    catalog: Catalog,
    document: str,
    source: Path,
    out: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
    **options: Any,
) -> list[Made]:
    """Fill `document` for each unit of a consolidated workbook, or each workbook below a folder, into `out`.

    `options` are those of `fill`. A unit whose document cannot be made is told with the reason, and the
    rest goes on. Raises CannotRun when there is nothing to fill from, or the document is of all units together.
    """
    d = find_document(catalog, document)
    if d.source == "consolidated":
        raise CannotRun(f"“{d.title}”由汇总数生成，不能分单位。请去掉 --all-units。")
    out.mkdir(parents=True, exist_ok=True)
    made: list[Made] = []
    taken: set[Path] = set()
    with TemporaryDirectory(prefix=".", dir=out) as unnamed:
        one = partial(_fill_one, catalog=catalog, document=document, folder=Path(unnamed), options=options)
        total, done = _each(catalog, source, one)
        for n, m in enumerate(done, 1):
            if m.path:
                path = _free(out / m.path.name, taken)
                os.replace(m.path, path)
                m = replace(m, path=path)
            made.append(m)
            progress(n, total)
    return made


def _each(catalog: Catalog, source: Path, one: Callable[[Path | Reading], Made]) -> tuple[int, Iterator[Made]]:
    """How many units there are, and what becomes of each, in order; workbooks are read in several processes."""
    if not source.is_dir():
        book = read_book(source)
        if not is_consolidated(book):
            raise CannotRun(f"{source}：分单位生成要用汇总工作簿，或存放各单位工作簿的文件夹。")
        readings = read_consolidated(book, catalog)
        return len(readings), map(one, readings)
    files = [Path(f.path) for f in listing([source])]
    if not files:
        raise CannotRun(f"{source}：没有找到工作簿，支持 .xlsx .xlsm .xls .xlsb .ods。")
    return len(files), over(one, files, lost=_lost)


def _fill_one(unit: Path | Reading, catalog: Catalog, document: str, folder: Path, options: dict[str, Any]) -> Made:
    """The document of one unit, under its name in a folder of its own: two workbooks may be of the same unit."""
    try:
        s = _unit_source(unit, catalog) if isinstance(unit, Path) else reading_source(unit, catalog)
        path = Path(mkdtemp(dir=folder)) / _file_name(s, find_document(catalog, document).title)
        return Made(str(s.unit.get("unit_name")), path, fill(catalog, document, s, path, **options))
    except CannotRun as e:
        return Made(unit.name if isinstance(unit, Path) else str(unit.submission.unit.get("unit_name")), why=str(e))


def _lost(unit: Path | Reading) -> Made:
    return Made(
        unit.name if isinstance(unit, Path) else "", why="读取时程序意外退出，未生成。请用 Excel 或 WPS 另存后再试"
    )


def _unit_source(path: Path, catalog: Catalog) -> Source:
    book = read_book(path)
    if is_consolidated(book):
        raise CannotRun("是汇总工作簿，不是单位工作簿，未生成")
    return unit_source(submission_of(book, catalog), catalog)


def _file_name(s: Source, title: str) -> str:
    code, name = str(s.unit.get("unit_id") or ""), str(s.unit.get("unit_name") or "")
    return file_name(Unit(code, name, str(s.unit.get("unit_short") or name)), s.year, f"_{title}.docx")


def _free(path: Path, taken: set[Path]) -> Path:
    """A name not yet taken in this run: two workbooks may be of the same unit."""
    found, n = path, 1
    while found in taken:
        n += 1
        found = path.with_stem(f"{path.stem}_{n}")
    taken.add(found)
    return found
