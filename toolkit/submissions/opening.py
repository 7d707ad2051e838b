"""How workbooks are read, and one of them opened wherever it lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..excel.reading.read import read_book
from ..findings import finding
from ..model import Book, Place
from .files import at_hand, is_url

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class How:
    """How workbooks are read: in how many processes, on which cluster, and whether the store is believed."""

    jobs: int | None = None
    cluster: str | None = None  # "local" or tcp://HOST:PORT
    verify: bool = False  # look at every content, also where size and time are as before


def book_at(path: str) -> Book:
    """The workbook at a path or behind an address. Never raises for what a file holds."""
    if not is_url(path):
        return read_book(path)
    try:
        with at_hand(path) as copy:
            book = read_book(copy)
    except OSError as e:
        return Book(path, "", {}, (finding("F01", Place(path), reason=str(e)),))
    found = tuple(replace(f, place=replace(f.place, file=path)) for f in book.findings)
    return replace(book, path=path, findings=found)
