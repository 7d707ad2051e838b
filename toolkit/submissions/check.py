"""Implements `check`: a few workbooks are read directly, many through the store; writes the return slips (退回单)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ..findings import NOT_WORKBOOKS, finding
from ..machine.atomic import write_whole
from ..machine.guard import XLSX
from ..machine.workers import FEW
from ..model import Catalog, Finding, Place, Submission
from ..names import file_name
from ..rows.cover import is_consolidated
from ..rows.submission import submission_of
from ..span import Span
from .files import How, Progress, book_at, is_url, workbooks
from .reading import digest_book

if TYPE_CHECKING:  # sqlite3 is not loaded for a few files
    from .store import Store


def checked(
    catalog: Catalog, paths: Iterable[str | Path], store: Callable[[], Store], how: How, progress: Progress
) -> list[Submission]:
    """Returns all submissions below the paths with their findings. Raises CannotRun if there are no workbooks.

    A file that is not read gives a submission with nothing but its finding.
    """
    listed = workbooks(paths)
    files = listed.files
    skipped = [Submission(f.place.file, "", "", {}, {}, {}, (f,)) for f in listed.skipped]
    if len(files) < FEW and not how.cluster:
        found: list[Submission] = []
        for n, f in enumerate(files, 1):
            found += _submissions(catalog, f.path)
            progress(n, len(files))
        return _with_shared_codes(found) + skipped
    from .intake import receive

    kept = store()
    read = kept.whole(
        lambda: [
            s
            for f, content in zip(files, receive(catalog, files, kept, how, progress)[0], strict=True)
            for s in kept.submissions(content, f.path)
        ]
    )
    return _with_shared_codes(read) + skipped


def _with_shared_codes(found: list[Submission]) -> list[Submission]:
    """Returns the submissions; those that file under the code of another unit get an error."""
    filed: dict[tuple[str, int, Span], list[int]] = {}
    for n, s in enumerate(found):
        if s.unit.get("unit_id"):
            filed.setdefault((str(s.unit["unit_id"]), s.unit.get("year") or 0, Span.of(s.unit)), []).append(n)
    repeated = {key: places for key, places in filed.items() if len(places) > 1}
    if not repeated:
        return found
    from ..figures.tree import same_code

    told = list(found)
    for (code, *_), places in repeated.items():
        names = [(found[n].path, str(found[n].unit.get("unit_name") or "")) for n in places]
        for n, f in zip(places, same_code(code, names), strict=False):
            told[n] = replace(found[n], findings=(*found[n].findings, f))
    return told


def _submissions(catalog: Catalog, path: str) -> list[Submission]:
    try:
        book = book_at(path)
        if not is_consolidated(book):
            return [digest_book(catalog, book).submission]
    except Exception as e:  # whatever is wrong with one file costs that file, not the run
        reason = "太大，内存不够" if isinstance(e, MemoryError) else f"读取时程序出错（{type(e).__name__}）"
        return [Submission(path, "", "", {}, {}, {}, (finding("F01", Place(path), reason=reason),))]
    from .intake import read_workbook

    return [r.submission for r in read_workbook(catalog, path)]


def write_slips(
    catalog: Catalog, submissions: Iterable[Submission], folder: str | Path, about: Iterable[Finding] = ()
) -> list[Path]:
    """Writes a return slip for each unit workbook with errors; returns the files, one for each slip.

    `about` are findings on whole files that only an aggregation knows, such as a wrong year.

    A file of the folder that is not this very slip is never overwritten: somebody may have begun to mend it. Raises
    CannotRun if a slip cannot be written.
    """
    from ..excel.changing.slips import write_slip  # not needed for checking alone

    outside: dict[str, list[Finding]] = {}
    for f in about:
        outside.setdefault(f.place.file, []).append(f)
    wrong = {s.path for s in submissions if any(map(_sent_wrong, s.findings))}
    wrong |= {path for path, found in outside.items() if any(map(_sent_wrong, found))}
    written: list[Path] = []
    with TemporaryDirectory() as made:
        for n, path in enumerate(sorted(p for p in wrong if is_url(p) or Path(p).is_file())):
            # Read again: the store does not keep the fields that must not leave the unit.
            book, slip = book_at(path), Path(made) / f"{n}.xlsx"
            if is_consolidated(book):
                continue  # its rows are mended in the workbooks of the units
            submission = submission_of(catalog, book)
            if write_slip(catalog, submission, slip, book=book, about=outside.get(path, ())):
                content = slip.read_bytes()
                written.append(slip_path(Path(folder), submission, content, written))
                write_whole(written[-1], content, XLSX)
    return written


def _sent_wrong(f: Finding) -> bool:
    """Whether a finding is an error that the unit can mend, not a file that lies in the folder by chance."""
    return f.is_error and bool(f.place.file) and (f.code == "F14" or f.code not in NOT_WORKBOOKS)


def slip_path(folder: Path, submission: Submission, content: bytes, taken: Collection[Path]) -> Path:
    """Returns where a slip goes: 退回单_code_workbook.xlsx, or with _2, _3 … if that name is taken.

    A workbook that bears the code in its name already does not get it twice.

    `taken` holds the slips of this run. A file of an earlier run with the same content is the same slip.
    """
    used = {p.name.casefold() for p in taken}
    code, name = str(submission.unit.get("unit_id") or "")[:20], PurePath(submission.path).stem
    told = code and re.search(rf"(?<![0-9a-z]){re.escape(code)}(?![0-9a-z])", name, re.IGNORECASE)
    stem = "_".join(x for x in ("退回单", "" if told else code, name) if x)
    n = 1
    while True:
        path = folder / file_name(stem, ".xlsx", f"_{n}" if n > 1 else "")
        if path.name.casefold() not in used and (not path.exists() or path.read_bytes() == content):
            return path
        n += 1
