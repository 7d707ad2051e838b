"""Turns ledgers that an agency kept before into unit workbooks, with a sheet that shows and corrects what was taken."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import CannotRun
from ..excel.listings.mapping import Line, read_mapping, write_mapping
from ..excel.reading.read import read_book
from ..excel.unit.build import build_unit_workbook
from ..findings import findings_text
from ..machine.guard import guarding
from ..model import Book, Catalog
from ..names import file_name
from ..personal import without
from ..rows.casting.text import fold
from ..standard.sheets import META, SOME
from ..submissions.files import workbooks
from .decide import decide
from .layouts.prose import is_prose, paragraphs_below
from .layouts.tables import HEAD, TITLE, TOTAL, find_tables
from .layouts.wide import joined, months_below, years_told, years_within
from .learnt import learn, recall
from .ledgers import ledger_of
from .mapping import (
    CODE,
    NAME,
    NOTHING,
    WITHHELD,
    YEAR,
    Answers,
    Learnt,
    applied,
    group_of,
    ledger_chosen,
    lines_of,
    targets,
)
from .model import AS_WRITTEN, ASKED, GUESSED, LEFT, TAKEN, Decision, address
from .take import Adopted, refused, shown, take
from .words import Words, words

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
HARMLESS = (TITLE, HEAD, TOTAL, f"{LEFT}：序号，不用取")  # left, but nothing is lost


@dataclass(frozen=True)
class Unit:
    """What the clerk says of the unit; None or "" where nothing is said."""

    year: int | None = None
    name: str = ""
    code: str = ""
    sure: bool = True  # whether the year was told, not concluded from the days


@dataclass
class Outcome:
    """What `adopt` did: one entry for each old file, the lines of the sheet, what was written."""

    files: list[Adopted] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)
    mapping: Path | None = None
    learnt: int = 0
    failed: list[str] = field(default_factory=list)  # files that cannot be read, with the reason

    @property
    def certain(self) -> bool:
        """Whether everything was taken for certain: nothing guessed, asked or left."""
        open_ = any(x.state in (GUESSED, ASKED) or (x.state == LEFT and "序号" not in x.reason) for x in self.lines)
        lost = any(reason not in HARMLESS for a in self.files for reason in self.lost(a))
        return not (open_ or lost or self.failed or any(a.questions for a in self.files))

    def lost(self, adopted: Adopted) -> list[str]:
        """Returns the reasons for which cells of a file were not taken, one for each cell."""
        taken = (TAKEN, GUESSED, AS_WRITTEN)
        return [r for cells in adopted.fates.reasons.values() for r in cells.values() if r not in taken]


def adopt(
    catalog: Catalog, source: Path, output: Path, sheet: Path, mapping: Path | None = None, unit: Unit = Unit()
) -> Outcome:
    """Writes a unit workbook from an old ledger, or one for each old ledger in a folder, and the sheet of decisions.

    `mapping` is such a sheet with the clerk's corrections. Raises CannotRun if nothing can be read or written, or if a
    file bears a mark of secrecy.
    """
    answers = read_mapping(mapping) if mapping else {}
    known = words(catalog, recall())
    paths = [Path(f.path) for f in workbooks([source]).files] if source.is_dir() else [source]
    done, groups, learnt = Outcome(mapping=sheet), dict[int, str](), list[Learnt]()
    with guarding([source, *([mapping] if mapping else [])]):
        if source.is_dir():
            output.mkdir(parents=True, exist_ok=True)
        first: Unit | None = None
        for path in paths:
            book = read_book(path)
            if not book.grids or any(f.is_error for f in book.findings):
                done.failed.append(f"{path.name}：{findings_text(book.findings)}")
                continue
            if META in book.grids:
                done.failed.append(f"{path.name}：已经是标准工作簿，不用转换")
                continue
            read = _read(catalog, known, book, answers, unit, groups, learnt)
            told = _unit(read, unit, answers, alone=not source.is_dir())
            first = first or told
            target = output / file_name(path.stem, ".xlsx", "_工作簿") if source.is_dir() else output
            _write(catalog, target, read, told)
            done.files.append(read)
            done.written.append(target)
        if not done.files:
            raise CannotRun("没有能读的工作簿。\n" + "\n".join(done.failed))
        done.lines = [*_unit_lines(first or unit, done.files), *lines_of(catalog, known, done.files, groups)]
        done.lines += [
            Line(
                "",
                sheet,
                "整张表",
                "【整张表】没有认出表头",
                f"{n}格",
                LEFT,
                NOTHING,
                "没有认出表头，也没有一段一事的文字",
                "",
                0,
                n,
                "none",
            )
            for a in done.files
            for sheet, n in a.unknown.items()
        ]
        _write_sheet(catalog, known, sheet, done)
    done.learnt = learn(learnt)
    return done


def _read(
    catalog: Catalog,
    known: Words,
    book: Book,
    answers: Answers,
    unit: Unit,
    groups: dict[int, str],
    learnt: list[Learnt],
) -> Adopted:
    """Returns what one workbook holds. Raises CannotRun if it bears a mark of secrecy."""
    path = Path(book.path)
    _no_secrets(catalog, book)
    adopted = Adopted(path.name)
    tables = []
    for grid in book.grids.values():
        found = find_tables(grid, known, adopted.fates)
        adopted.texts |= {
            (grid.title, spot): shown(grid.cells[spot[0] - 1][spot[1] - 1])
            for spot in adopted.fates.reasons[grid.title]
        }
        read = [months_below(joined(t)) for t in found if not is_prose(t)]
        read = read or paragraphs_below(catalog, known, grid, adopted.fates, path.stem)
        if not read and (filled := len(adopted.fates.reasons[grid.title])):
            adopted.unknown[grid.title] = filled
        tables += read
    plain = words(catalog)
    year = (
        unit.year
        or _number(answers.get(YEAR))
        or _told_year([*(t.title for t in tables), *(t.sheet for t in tables)], path.stem)
    )
    for table in tables:
        said = unit.year or _number(answers.get(YEAR))
        years = years_told(table)
        own = said or (years.pop() if len(years) == 1 else None if years else year)
        group = group_of(table, ledger_of(catalog, plain, table, path.stem).ledger)
        made = decide(catalog, known, table, path.stem, own, ledger_chosen(catalog, answers, group))
        made = replace(made, year=own if said or _completes(catalog, made, own) else None)
        made, new = applied(catalog, known, made, group, answers)
        groups[id(made)] = group
        learnt += new
        adopted.decisions.append(made)
        take(catalog, known, made, adopted)
    return adopted


def _no_secrets(catalog: Catalog, book: Book) -> None:
    for grid in book.grids.values():
        for n, cells in enumerate(grid.cells, 1):
            for v in cells:
                if isinstance(v, str) and any(re.search(p, v) for p in catalog.forbidden.get("secrecy", ())):
                    raise CannotRun(
                        f"“{Path(book.path).name}”的“{grid.title}”第{n}行有密级标记，整份不能转换。涉密内容不得录入，请按保密规定处理。"
                    )


def _number(text: str | None) -> int | None:
    return int(m[1]) if text and (m := _YEAR.search(text)) else None


def _completes(catalog: Catalog, decision: Decision, year: int | None) -> bool:
    """Whether the year of the titles is that of days without one: the ledger is of one year, and no day contradicts it."""
    if not decision.ledger or not any(f.name == "date" and f.in_year for f in catalog.ledgers[decision.ledger].fields):
        return False
    return years_within(decision.table) <= {year}


def _told_year(texts: Sequence[str], stem: str) -> int | None:
    """Returns the year that the titles tell, or the file's name, if it is one year."""
    for told in ({int(y) for t in texts for y in _YEAR.findall(t)}, {int(y) for y in _YEAR.findall(stem)}):
        if told:
            return told.pop() if len(told) == 1 else None
    return None


def _unit(read: Adopted, unit: Unit, answers: Answers, alone: bool) -> Unit:
    """Returns the unit for the cover; name and code from the sheet only for a single file."""
    years = {d.told for d in read.decisions if d.ledger and d.told}
    days = {v.year for rows in read.rows.values() for r in rows if isinstance(v := r.get("date"), date)}
    found = set(years or days)
    year = unit.year or _number(answers.get(YEAR)) or (found.pop() if len(found) == 1 else None)
    return Unit(
        year,
        unit.name or (answers.get(NAME, "") if alone else ""),
        unit.code or (answers.get(CODE, "") if alone else ""),
        bool(unit.year or _number(answers.get(YEAR)) or years),
    )


def _unit_lines(unit: Unit, files: Sequence[Adopted]) -> list[Line]:
    """Returns the lines that ask for the year, the name and the code of the unit."""
    year = str(unit.year or "")
    return [
        Line(YEAR, "", "封面", "【单位】填报年度", "", (TAKEN if unit.sure else GUESSED) if year else ASKED, year, ("标题、文件名里写着" if unit.sure else "按表里的日期") if year else "标题里没有唯一的年份", options="free"),
        Line(NAME, "", "封面", "【单位】单位全称", "", TAKEN if unit.name else ASKED, unit.name, "", options="free"),
        Line(CODE, "", "封面", "【单位】单位编码", "", TAKEN if unit.code else ASKED, unit.code, "", options="free"),
    ][: 1 if len(files) > 1 else 3]  # fmt: skip


def _write(catalog: Catalog, target: Path, read: Adopted, unit: Unit) -> None:
    cover: dict[str, Any] = {"year": unit.year, "unit_name": unit.name or None, "unit_short": unit.name or None, "unit_id": unit.code or None}  # fmt: skip
    rows = {name: found for name, found in read.rows.items() if found}
    build_unit_workbook(
        catalog, cover, target, rows, dict.fromkeys((n for n in rows if catalog.ledgers[n].declared), SOME), read.doubts,
        [_origin(catalog, o) for o in read.origins],
    )  # fmt: skip


def _origin(catalog: Catalog, o: Any) -> tuple[str, int, str, str, str, str, str, str, str]:
    own = catalog.ledgers[o.ledger]
    return (own.title, o.row, own.field(o.field).name, shown(o.value), o.file, o.sheet, o.cell, o.text, f"{o.how}{'：' if o.why else ''}{o.why}")  # fmt: skip


def _write_sheet(catalog: Catalog, known: Words, path: Path, done: Outcome) -> None:
    counts = balance(done.files)
    hint = (
        f"旧台账非空单元格{counts['全部']}格＝取用{counts[TAKEN]}＋推断{counts[GUESSED]}＋照录{counts[AS_WRITTEN]}"
        f"＋未取用{counts['未取用']}。在“取作”里改，保存、关闭，照它再转一遍；绿的有把握，黄的是推断，红的要定。"
    )
    asked = [(a.file, q.sheet, q.cell, _visible(known, q.text), q.asks) for a in done.files for q in a.questions]
    rest = [line for a in done.files for line in _rest(known, a)]
    options = targets(catalog)
    more = {x.target for x in done.lines} | {c for x in done.lines for c in x.choices.split("、")}
    options += sorted(m for m in more if "·" in m and m not in options)
    tables = [x.title for x in catalog.ledgers.values()] + ["不取"]
    write_mapping(path, hint, done.lines, tables, options, asked, rest)


def _rest(known: Words, a: Adopted) -> list[tuple[str, str, str, str, str]]:
    found = []
    for sheet, cells in a.fates.reasons.items():
        for spot, reason in cells.items():
            if reason in (TAKEN, GUESSED, AS_WRITTEN):
                continue
            text = WITHHELD if (sheet, spot) in a.private else _visible(known, a.texts.get((sheet, spot), ""), reason)
            found.append((a.file, sheet, address(spot), text, reason))
    return found


def _visible(known: Words, text: str, reason: str = "") -> str:
    """Returns a text as it may be shown; the title of a private column is, a line that holds such a label is not."""
    hidden = refused(known, text) or (reason != HEAD and ":" in fold(text) and known.kind_of_private(text))
    return WITHHELD if hidden else without(text)


def balance(files: Sequence[Adopted]) -> Mapping[str, int]:
    """Returns the count of all filled cells and of each fate; 取用, 推断, 照录 and 未取用 add up to 全部."""
    kinds = (TAKEN, GUESSED, AS_WRITTEN)
    found = {k: sum(a.fates.count(k) for a in files) for k in kinds}
    every = sum(a.fates.count() for a in files)
    return {"全部": every, **found, "未取用": every - sum(found.values())}
