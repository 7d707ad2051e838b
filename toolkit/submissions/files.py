"""Finds and opens workbooks in folders or, with the optional package fsspec, at URLs (s3://…, https://…)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any

from ..errors import CannotRun
from ..excel.reading.read import read_book
from ..findings import finding
from ..model import Book, Place

SUFFIXES = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
_SETTLED = 2 * 10**9  # nanoseconds; after that, any file system gives a further change a new time


@dataclass(frozen=True)
class File:
    """One file, and what identifies its content without reading it."""

    path: str  # as the user wrote it, or below the folder that the user named
    key: str  # the same for all spellings of the path
    size: int
    stamp: str  # changes when the file changes
    settled: bool  # whether the stamp is reliable


def is_url(path: str | Path) -> bool:
    """Returns whether a path is a URL."""
    return "://" in str(path)


def listing(paths: Iterable[str | Path]) -> list[File]:
    """Returns the workbooks among the paths, and below those that are folders, in a stable order.

    Skips Office lock files (~$…) and hidden files. A named file that does not exist is listed: reading it
    reports the error. Raises CannotRun for a URL that cannot be reached.
    """
    found: dict[str, File] = {}
    now = time.time_ns()
    for path in map(str, paths):
        for file in _remote(path) if is_url(path) else _local(path, now):
            found.setdefault(file.key, file)
    return sorted(found.values(), key=lambda f: PurePath(f.path).parts)


def workbooks(paths: Iterable[str | Path]) -> list[File]:
    """Returns the listing. Raises CannotRun if it is empty."""
    files = listing(paths)
    if not files:
        raise CannotRun("没有找到工作簿：请检查路径，支持 .xlsx .xlsm .xls .xlsb .ods。")
    return files


def _wanted(name: str) -> bool:
    return name[0] not in "~." and os.path.splitext(name)[1].lower() in SUFFIXES


def _local(path: str, now: int) -> Iterator[File]:
    if not os.path.isdir(path):
        try:
            yield _file(str(Path(path)), os.stat(path), now)
        except OSError:
            yield File(path, os.path.abspath(path), 0, "", False)
        return
    folders = [str(Path(path))]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif _wanted(entry.name):
                    yield _file(entry.path, entry.stat(), now)


def _file(path: str, info: os.stat_result, now: int) -> File:
    changed = info.st_mtime_ns
    # Files of the folder "." are shown without "./".
    shown = path[2:] if path.startswith(f".{os.sep}") else path
    return File(shown, os.path.abspath(path), info.st_size, f"{info.st_size} {changed}", changed < now - _SETTLED)


def _remote(url: str) -> Iterator[File]:
    fs, root = _file_system(url)
    try:
        found: dict[str, Any] = fs.find(root, detail=True)
    except (OSError, ValueError) as e:
        raise CannotRun(f"打不开 {url}：{e}。请核对地址和网络。") from e
    for name, info in found.items():
        if _wanted(name.rpartition("/")[2]):
            address = fs.unstrip_protocol(name)
            stamp = sha256(repr(sorted((k, str(v)) for k, v in info.items())).encode()).hexdigest()
            yield File(address, address, int(info.get("size") or 0), stamp, True)


def _file_system(url: str) -> tuple[Any, str]:
    try:
        import fsspec
    except ImportError as e:
        raise CannotRun(f"要读取 {url}，请先安装：pip install dangjian[cluster]") from e
    try:
        fs, root = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as e:
        raise CannotRun(f"不能读取 {url}：{e}") from e
    return fs, root


@contextmanager
def at_hand(path: str) -> Iterator[Path]:
    """Yields a local path: the file itself, or a temporary copy of a remote file. Raises OSError."""
    if not is_url(path):
        yield Path(path)
        return
    from tempfile import TemporaryDirectory

    fs, root = _file_system(path)
    with TemporaryDirectory() as folder:
        copy = Path(folder) / root.rpartition("/")[2]
        fs.get_file(root, str(copy))
        yield copy


Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class How:
    """How workbooks are read: number of processes, cluster, and whether the store is verified."""

    jobs: int | None = None
    cluster: str | None = None  # "local" or tcp://HOST:PORT
    verify: bool = False  # read every content, even if size and time are unchanged


def book_at(path: str) -> Book:
    """Returns the workbook at a path or URL. A bad file gives findings, never an exception."""
    if not is_url(path):
        return read_book(path)
    try:
        with at_hand(path) as copy:
            book = read_book(copy)
    except OSError as e:
        return Book(path, "", {}, (finding("F01", Place(path), reason=str(e)),))
    found = tuple(replace(f, place=replace(f.place, file=path)) for f in book.findings)
    return replace(book, path=path, findings=found)
