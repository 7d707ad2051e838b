"""Reads workbooks into the store: only changed ones, in one process, in several, or on a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ..errors import CannotRun
from ..figures.digest import Periods, by_period, merge_periods
from ..findings import finding
from ..machine.workers import over
from ..machine.written import hash_of
from ..model import Book, Catalog, Place, Submission
from ..rows.cover import is_consolidated
from .consolidated import read_consolidated
from .files import File, How, Progress, at_hand, book_at
from .pack import Packed, pack
from .reading import Digested, digest_book, digested
from .store import Store
from .unpack import digest_of


class Order(NamedTuple):
    """One file to read; if its SHA-256 is in `known`, only the hash is returned."""

    path: str
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Merged:
    """The submissions of some files, merged on the cluster that read them."""

    files: frozenset[str]
    periods: Periods


def read_workbook(catalog: Catalog, path: str | Path) -> list[Digested]:
    """Returns the submissions in one workbook, local or at a URL. A bad file gives findings, never an exception."""
    try:
        return _readings(catalog, book_at(str(path)))
    except MemoryError:
        return [_unreadable(catalog, str(path), "", "太大，内存不够")]
    except Exception as e:  # whatever is wrong with one file costs that file, not the run
        return [_unreadable(catalog, str(path), "", f"读取时程序出错（{type(e).__name__}）")]


def _readings(catalog: Catalog, book: Book) -> list[Digested]:
    if not is_consolidated(book):
        return [digest_book(catalog, book)]
    try:
        return read_consolidated(catalog, book)
    except CannotRun as e:
        return [_unreadable(catalog, book.path, book.sha256, str(e))]


def _unreadable(catalog: Catalog, path: str, content: str, reason: str) -> Digested:
    return digested(catalog, Submission(path, content, "", {}, {}, {}, (finding("F01", Place(path), reason=reason),)))


def read_packed(catalog: Catalog, order: Order) -> Packed:
    """Reads, checks, digests and packs one workbook."""
    if order.known and (known := _hash(order.path)) in order.known:
        return Packed(known, None)
    try:
        book = book_at(order.path)
        return packed(catalog, order.path, book.sha256, _readings(catalog, book))
    except MemoryError:
        return lost(catalog, order, "太大，内存不够")
    except Exception as e:  # whatever is wrong with one file costs that file, not the run
        return lost(catalog, order, f"读取时程序出错（{type(e).__name__}）")


def _hash(path: str) -> str:
    try:
        with at_hand(path) as copy:
            return hash_of(copy)
    except OSError:  # reading the workbook reports the error
        return ""


def packed(catalog: Catalog, file: str, content: str, readings: Sequence[Digested]) -> Packed:
    """Packs what was read from one file; `content` is the hash of the file's content."""
    # No hash for an unreadable file, so that it is tried again: the cause may be gone by then.
    unread = any(f.code == "F01" for r in readings for f in r.submission.findings)
    return Packed("" if unread else content, tuple(pack(catalog, r.submission, r.digest, file) for r in readings))


def lost(catalog: Catalog, order: Order, reason: str = "读取时程序意外终止，文件可能已损坏或内容过大") -> Packed:
    """Returns the result for a file whose reading failed: an unreadable submission with `reason`."""
    return packed(catalog, order.path, "", [_unreadable(catalog, order.path, "", reason)])


def receive(
    catalog: Catalog, files: Sequence[File], store: Store, how: How, progress: Progress = lambda done, total: None
) -> tuple[list[int], Merged | None]:
    """Reads new and changed files into the store; returns the number of each file's content there.

    The second result is what a cluster merged, None without a cluster. Raises Damaged, CannotRun.
    """
    known = store.known(f.key for f in files)
    contents: dict[int, int] = {}
    changed: list[int] = []
    for n, f in enumerate(files):
        k = known.get(f.key)
        if k and k.stamp == f.stamp and not how.verify:
            contents[n] = k.content
        else:
            changed.append(n)
    progress(len(contents), len(files))
    hashes = store.hashes() if changed else {}
    orders = [Order(files[n].path, hashes.get(files[n].size, ())) for n in changed]
    read, instead = partial(read_packed, catalog), partial(lost, catalog)
    merged: Merged | None = None

    def add(results: Iterable[Packed]) -> None:
        for n, made in zip(changed, results, strict=True):
            contents[n] = store.add(files[n], made)
            progress(len(contents), len(files))

    if how.cluster and orders:
        from ..machine.cluster import On, connected

        # The cluster merges what it reads, so it must also read contents that the store already has.
        orders = [Order(o.path) for o in orders]
        with connected(how.cluster, how.jobs) as client:
            work = On(client, read, orders, instead, merged_periods, merge_periods)
            add(work)
            merged = Merged(frozenset(o.path for o in orders), work.merged())
    else:
        add(over(read, orders, how.jobs, instead))
    store.commit()
    return [contents[n] for n in range(len(files))], merged


def merged_periods(orders: Sequence[Order], results: Sequence[Packed]) -> Periods:
    """Merges the submissions of some files, by year."""
    return by_period(
        digest_of(s.digest, s.parts, order.path, n)
        for order, made in zip(orders, results, strict=True)
        for n, s in enumerate(made.submissions or ())
        if s.digest
    )
