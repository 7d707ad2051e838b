"""Implements `check`: a few workbooks are read directly, many through the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..machine.workers import FEW
from ..model import Catalog, Submission
from ..rows.cover import is_consolidated
from ..rows.submission import submission_of
from .files import How, Progress, book_at, workbooks

if TYPE_CHECKING:  # sqlite3 is not loaded for a few files
    from .store import Store


def checked(
    catalog: Catalog, paths: Iterable[str | Path], store: Callable[[], Store], how: How, progress: Progress
) -> list[Submission]:
    """Returns all submissions below the paths with their findings. Raises CannotRun if there are no workbooks."""
    files = workbooks(paths)
    if len(files) < FEW and not how.cluster:
        found: list[Submission] = []
        for n, f in enumerate(files, 1):
            found += _submissions(catalog, f.path)
            progress(n, len(files))
        return found
    from .intake import receive

    kept = store()
    return kept.whole(
        lambda: [
            s
            for f, content in zip(files, receive(catalog, files, kept, how, progress)[0], strict=True)
            for s in kept.submissions(content, f.path)
        ]
    )


def _submissions(catalog: Catalog, path: str) -> list[Submission]:
    book = book_at(path)
    if not is_consolidated(book):
        return [submission_of(catalog, book)]
    from .intake import read_workbook

    return [r.submission for r in read_workbook(catalog, path)]
