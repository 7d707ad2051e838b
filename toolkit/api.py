"""The Python API: what the commands do, as functions for a notebook or a program (docs/python-api.md).

Every function takes `catalog` as a keyword; None means the built-in standard. Functions raise CannotRun if
nothing can be done; bad data is returned as Findings. What is written never replaces an input, nor a file that the
product did not write or somebody changed since; with `force` such a file is set aside first (…（旧稿1）).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from .machine.guard import BOOK, DOCX, check_file, guarding
from .model import Catalog, Finding, Submission
from .standard.catalog import load_catalog

if TYPE_CHECKING:
    import pandas

    from .documents.fill import Filled, Look
    from .documents.refresh import Refreshed
    from .findings import Remark
    from .span import Span
    from .submissions.source import Source
    from .word.lint.check import Breach
    from .wording.reading.facts import Fact

Paths = str | Path | Iterable[str | Path]


def new_workbooks(
    roster: str | Path,
    out: str | Path,
    year: int | Span,
    *,
    macros: bool = False,
    catalog: Catalog | None = None,
    force: bool = False,
) -> list[Path]:
    """Writes a blank workbook for every unit of a roster into the folder `out`; returns their paths.

    `year` is a year, or a part of one: Span.called("上半年", 2026).
    """
    from .excel.unit.build import new_from_roster

    with _writing(force):
        return new_from_roster(_known(catalog), roster, out, year, macros)


def check(paths: Paths, *, catalog: Catalog | None = None, jobs: int | None = None) -> list[Submission]:
    """Returns all submissions below the paths, each with its findings. `jobs` is the number of processes."""
    from .submissions.check import checked
    from .submissions.files import How
    from .submissions.store import Store

    c = _known(catalog)
    return checked(c, _listed(paths), lambda: Store(c, None), How(jobs), _silent)


def aggregate(
    paths: Paths,
    out: str | Path | None = None,
    *,
    roster: str | Path | None = None,
    year: int | None = None,
    due: date | None = None,
    last: str | Path | None = None,
    catalog: Catalog | None = None,
    jobs: int | None = None,
    force: bool = False,
) -> Source:
    """Merges all submissions below the paths, and writes the consolidated workbook to `out` if it is given.

    `roster` names the units that must report, `due` is the last day for reporting, `last` is last year's consolidated
    workbook, for three more columns. Without `year`, the year
    of most workbooks is taken. The result has the figures of the head of the tree and all rows that count.
    """
    from .excel.unit.roster import read_roster
    from .submissions.aggregate import aggregate as merge
    from .submissions.source import consolidation_source

    c, read = _known(catalog), _listed(paths)
    with _writing(force, *read, *([roster] if roster else [])):
        if out is not None:
            check_file(out, BOOK)
        made = merge(c, read, read_roster(c, roster) if roster else (), year, due, jobs)
        if last is not None:
            from .submissions.comparing.last import compared

            made = compared(made, Path(last))
        if out is not None:
            from .excel.consolidated.consolidate import write_consolidated

            write_consolidated(made, out)
    return consolidation_source(made)


def open_source(path: str | Path, *, catalog: Catalog | None = None) -> Source:
    """Opens a unit's workbook or a consolidated one, with its figures and rows."""
    from .submissions.source import open_source as opened

    return opened(_known(catalog), path)


def fill(
    document: str,
    source: str | Path | Source,
    out: str | Path,
    *,
    look: Look | None = None,
    catalog: Catalog | None = None,
    force: bool = False,
) -> Filled:
    """Writes a document, by its name or Chinese title, from a workbook or an opened source."""
    from .documents.fill import PLAIN
    from .documents.fill import fill as filled

    with _writing(force, *_read(source)):
        check_file(out, DOCX)
        return filled(_of(source, catalog), document, source, Path(out), look or PLAIN)


def verify(document: str | Path, source: str | Path | Source, *, catalog: Catalog | None = None) -> list[Remark]:
    """Compares the figures of an edited .docx with its ledgers; returns what does not match."""
    from .documents.verify import verify as verified

    return verified(_of(source, catalog), Path(document), source)


def refresh(
    document: str | Path,
    source: str | Path | Source,
    out: str | Path,
    *,
    renumber: bool = False,
    track: bool = False,
    catalog: Catalog | None = None,
    force: bool = False,
) -> Refreshed:
    """Writes a copy of an edited .docx with its figures as the ledgers have them now.

    `renumber`: headings are numbered anew. `track`: changes of text are tracked changes of Word.
    """
    from .documents.refresh import refresh as refreshed

    with _writing(force, document, *_read(source)):
        return refreshed(_of(source, catalog), Path(document), source, Path(out), renumber, track)


def extract(document: str | Path, *, catalog: Catalog | None = None) -> list[Fact]:
    """Returns the quantities of a finished report (.docx, .txt), each with the indicator it most likely states."""
    from .documents.extract import extract as extracted

    return extracted(_known(catalog), Path(document))


def lint(document: str | Path, *, kind: str = "", catalog: Catalog | None = None) -> list[Breach]:
    """Checks the wording and the official format of a .docx, .txt, .doc or .pdf; the last two need LibreOffice, poppler.

    Without `kind`, the title tells what it is.
    """
    from .word.edited.other import open_to_read
    from .word.lint.check import check_document

    return check_document(_known(catalog), open_to_read(Path(document)), kind)


def findings_frame(found: Iterable[Submission | Finding]) -> pandas.DataFrame:
    """Returns findings, or the findings of submissions, as a table: one row each."""
    from .submissions.frames import findings_frame as framed

    return framed(f for x in found for f in (x.findings if isinstance(x, Submission) else (x,)))


def _known(catalog: Catalog | None) -> Catalog:
    return load_catalog() if catalog is None else catalog


def _of(source: str | Path | Source, catalog: Catalog | None) -> Catalog:
    """An opened source was read by a standard of its own."""
    return _known(catalog) if catalog or isinstance(source, (str, Path)) else source.catalog


def _writing(force: bool, *inputs: str | Path) -> AbstractContextManager[None]:
    remedy = "请换一个名字；确要写在这里的用 force=True：现有的会改名保留为“…（旧稿1）”。"
    return guarding(inputs, force=force, remedy=remedy)


def _read(source: str | Path | Source) -> list[str | Path]:
    return [source if isinstance(source, (str, Path)) else source.path]


def _listed(paths: Paths) -> Sequence[str | Path]:
    return [paths] if isinstance(paths, (str, Path)) else list(paths)


def _silent(done: int, total: int) -> None:
    """No progress is shown."""
