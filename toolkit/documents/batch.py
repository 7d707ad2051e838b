"""Fills one document for each of many units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import CannotRun
from ..excel.reading.read import read_book
from ..figures.tree import Unit, file_of
from ..machine.guard import guarding
from ..machine.workers import FEW
from ..model import Catalog, Document, Finding, Submission
from ..names import Unused
from ..rows.cover import is_consolidated
from ..rows.submission import context_of, submission_of, taken
from ..submissions.comparing.last import read_last
from ..submissions.consolidated import read_consolidated
from ..submissions.exchange.public import is_public
from ..submissions.files import File, How, Progress, workbooks
from ..submissions.intake import receive
from ..submissions.pack import ORIGIN_ROW
from ..submissions.reading import Digested
from ..submissions.source import Source, digested_source, unit_source
from ..submissions.store import Store
from .fill import PLAIN, Filled, Look, fill
from .templates import document as find_document


@dataclass(frozen=True)
class Made:
    """The document of one unit, or the reason why there is none."""

    unit: str  # the unit's name, or the file name of an unreadable workbook
    path: Path | None = None
    filled: Filled | None = None
    why: str = ""


def fill_all(
    catalog: Catalog,
    document: str,
    source: Path,
    out: Path,
    store: Callable[[], Store],
    look: Look = PLAIN,
    progress: Progress = lambda done, total: None,
) -> list[Made]:
    """Fills `document` into `out` for each unit of a consolidated workbook, or each workbook below a folder.

    `store` opens the cache, which is used for a folder of many workbooks. If a unit's document cannot be made,
    its entry gives the reason, and the others are still made. Raises CannotRun if there is nothing to fill
    from, or if the document is for all units together.
    """
    d = find_document(catalog, document)
    if d.source == "consolidated":
        raise CannotRun(f"“{d.title}”由汇总数生成，不能分单位。", "请去掉 --all-units。")
    out.mkdir(parents=True, exist_ok=True)
    if isinstance(look.last, Path):
        look = replace(look, last=read_last(catalog, look.last))
    made: list[Made] = []
    unused = Unused()  # two workbooks may be of the same unit
    with guarding([source]):
        units = _units(catalog, source, store, progress)
        for n, unit in enumerate(units, 1):
            made.append(_fill_one(catalog, source, unit, d, out, unused, look))
            progress(n, len(units))
    return made


def _units(
    catalog: Catalog, source: Path, store: Callable[[], Store], progress: Progress
) -> Sequence[Path | Digested | Finding]:
    """Returns the units of a consolidated workbook, or the workbooks of a folder; many are read through the store.

    A file of the folder that may hold records and cannot be read is given as its finding.
    """
    if not source.is_dir():
        book = read_book(source)
        if not is_consolidated(book):
            raise CannotRun(f"{source}：分单位生成要用汇总工作簿，或存放各单位工作簿的文件夹。")
        return read_consolidated(catalog, book)
    found = workbooks([source])
    skipped = [f for f in found.skipped if f.is_error]
    files = found.files
    if len(files) < FEW:
        return [*(Path(f.path) for f in files), *skipped]
    with store() as kept:
        read = kept.whole(
            lambda: [
                _kept(catalog, kept, content, f)
                for f, content in zip(files, receive(catalog, files, kept, How(), progress)[0], strict=True)
            ]
        )
    return [*read, *skipped]


def _kept(catalog: Catalog, store: Store, content: int, file: File) -> Path | Digested:
    """Returns one workbook from the store; its path if it is not of one unit, so that opening it is refused."""
    found, digests = store.submissions(content, file.path), store.digests(content, file.path)
    if len(found) != 1 or len(digests) != 1 or _exported(found[0]):
        return Path(file.path)
    s = found[0]
    return Digested(s, context_of(catalog, s), {name: taken(s, name) for name in catalog.ledgers}, digest=digests[0])


def _exported(s: Submission) -> bool:
    """Whether a submission was read from a consolidated workbook, be it of one unit: its rows know where they were."""
    return any(ORIGIN_ROW in r.values for rows in s.rows.values() for r in rows[:1])


def _fill_one(
    catalog: Catalog, source: Path, unit: Path | Digested | Finding, d: Document, out: Path, unused: Unused, look: Look
) -> Made:
    """Makes the document of one unit under a name of its own, or says why it cannot."""
    if isinstance(unit, Finding):
        return Made(Path(unit.place.file).name, why=unit.message)
    try:
        s = _unit_source(catalog, unit) if isinstance(unit, Path) else digested_source(catalog, unit)
        if is_public(s, look.public) and source.is_dir() and isinstance(unit, Digested):
            s = _unit_source(catalog, Path(s.path))  # the names to mask are not in the store
        path = out / unused(_file_name(s, d.title))
        return Made(str(s.unit.get("unit_name")), path, fill(catalog, d, s, path, look))
    except CannotRun as e:
        return Made(unit.name if isinstance(unit, Path) else str(unit.submission.unit.get("unit_name")), why=str(e))


def _unit_source(catalog: Catalog, path: Path) -> Source:
    book = read_book(path)
    if is_consolidated(book):
        raise CannotRun("是汇总工作簿，不是单位工作簿，未生成")
    return unit_source(catalog, submission_of(catalog, book))


def _file_name(s: Source, title: str) -> str:
    code, name = str(s.unit.get("unit_id") or ""), str(s.unit.get("unit_name") or "")
    return file_of(Unit(code, name, str(s.unit.get("unit_short") or name)), s.period.label, ".docx", title)
