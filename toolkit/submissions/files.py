"""Finds and opens workbooks in folders or, with the optional package fsspec, at URLs (s3://…, https://…).

Whatever is in a folder and is not read gives a Finding.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any

from ..errors import CannotRun
from ..excel.reading.read import read_book
from ..findings import finding, findings_text
from ..machine.guard import is_spare
from ..machine.written import hash_of
from ..model import Book, Finding, Place

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".et", ".ett", ".xlsb", ".ods", ".ots"})
# Files that may hold a unit's records, but cannot be read.
UNREAD = {
    **dict.fromkeys((".zip", ".rar", ".7z", ".gz", ".tar", ".tgz"), "是压缩包"),
    **dict.fromkeys((".csv", ".tsv", ".numbers", ".fods", ".dif", ".slk", ".uos"), "是别种表格"),
    **dict.fromkeys((".wps", ".doc", ".docx", ".wpt", ".rtf"), "是文字文档"),
    **dict.fromkeys((".eml", ".msg", ".tmp", ".download", ".crdownload", ".part"), "是邮件，或没有下载完"),
}
# Left by Office and by systems; never listed.
_LITTER = ("~$", "._", ".~lock.")
_LITTER_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_LARGEST_MANIFEST = 1 << 16  # bytes
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


# ------------------------------------------------------------ what is in a folder


@dataclass
class Found:
    """The workbooks below some paths, and the findings on what is not read."""

    files: list[File] = field(default_factory=list)
    skipped: list[Finding] = field(default_factory=list)


def listing(paths: Iterable[str | Path]) -> Found:
    """Returns the workbooks among the paths, and below those that are folders, in a stable order.

    A named file is listed whatever it is: reading it reports the error. In a folder, findings F11 (a file), F12 (a
    folder) and F13 (files of other kinds, counted) name what is not read. Lock files of Office and files of the
    system are not mentioned. Raises CannotRun for a URL that cannot be reached.
    """
    walk = _Walk(time.time_ns())
    for path in map(str, paths):
        if is_url(path):
            walk.remote(path)
        elif os.path.isdir(path):
            walk.folder(path)
        else:
            walk.named(path)
    files = sorted(walk.files.values(), key=lambda f: PurePath(f.path).parts)
    others = [
        finding("F13", Place(shown(folder)), value=suffix, count=n)
        for (folder, suffix), n in sorted(walk.others.items())
    ]
    changed = [f for file in files if not is_url(file.path) for f in against_manifest(file.path)]
    return Found(files, [*sorted(walk.skipped, key=lambda f: f.place.file), *others, *changed])


def against_manifest(path: str) -> Iterator[Finding]:
    """Yields F14 if the list of hashes that 导出报送件 put beside a workbook is not of this content."""
    listed = Path(path).with_suffix(".json")
    try:
        if not stat.S_ISREG(listed.stat().st_mode) or listed.stat().st_size > _LARGEST_MANIFEST:
            return
        told = json.loads(listed.read_bytes())
        if not isinstance(told, dict) or not isinstance(told.get("sha256"), str) or "unit_id" not in told:
            return  # some other file
    except (OSError, ValueError, RecursionError):
        return
    content = hash_of(Path(path))
    if content and content != told["sha256"].lower():
        yield finding("F14", Place(path), value=listed.name)


def workbooks(paths: Iterable[str | Path]) -> Found:
    """Returns the listing. Raises CannotRun if it has no workbook."""
    found = listing(paths)
    if not found.files:
        kinds = " ".join(sorted(SUFFIXES))
        told = f"\n{findings_text(found.skipped)}" if found.skipped else ""
        raise CannotRun(f"没有找到工作簿：请检查路径，支持 {kinds}。{told}")
    return found


def shown(path: str) -> str:
    """Returns a path as text that can be printed and stored: bytes that are not UTF-8 appear as \\xff."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _plain(path: str) -> bool:
    """Whether the path is proper text."""
    return path.isascii() or shown(path) == path


class _Walk:
    def __init__(self, now: int) -> None:
        self.now = now
        self.files: dict[str, File] = {}
        self.skipped: list[Finding] = []
        self.others: Counter[tuple[str, str]] = Counter()
        self.seen: set[tuple[int, int]] = set()  # folders, so that no loop is walked twice

    def named(self, path: str) -> None:
        try:
            self._add(str(Path(path)), os.stat(path))
        except (OSError, ValueError):
            self._keep(File(path, os.path.abspath(path), 0, "", False))

    def folder(self, path: str) -> None:
        folders = [str(Path(path))]
        while folders:
            at = folders.pop()
            try:
                info = os.stat(at)
                if (key := (info.st_dev, info.st_ino)) in self.seen and info.st_ino:
                    continue
                self.seen.add(key)
                with os.scandir(at) as entries:
                    for entry in entries:
                        folders += self._entry(at, entry)
            except OSError:
                self.skipped.append(finding("F12", Place(shown(at)), reason="没有权限，或路径过长"))

    def _entry(self, folder: str, entry: os.DirEntry[str]) -> list[str]:
        """Takes one entry of a folder; returns it if it is a folder to walk."""
        name = entry.name
        if _litter(name):
            return []
        suffix = os.path.splitext(name)[1].lower()
        try:
            info = entry.stat()
        except OSError:
            self._skip("F11", entry.path, "是失效的链接，或没有权限")
            return []
        if stat.S_ISDIR(info.st_mode):
            if suffix in UNREAD:  # .numbers may be a folder
                self._skip("F11", entry.path, UNREAD[suffix])
            elif entry.is_symlink() or not _plain(name):
                self._skip("F12", entry.path, "是链接" if entry.is_symlink() else "名称不是 UTF-8 编码")
            else:
                return [entry.path]
        elif not stat.S_ISREG(info.st_mode):
            self._skip("F11", entry.path, "不是普通文件")
        elif suffix in SUFFIXES and is_spare(name):
            self.skipped.append(finding("F30", Place(shown(entry.path))))
        elif suffix in SUFFIXES and name[0] != ".":
            if _plain(entry.path):
                self._add(entry.path, info)
            else:
                self._skip("F11", entry.path, "名称不是 UTF-8 编码")
        elif suffix in UNREAD or suffix in SUFFIXES:
            self._skip("F11", entry.path, UNREAD.get(suffix, "是隐藏文件"))
        elif name[0] != "." and not _manifest(entry.path, suffix):
            self.others[folder, shown(suffix)] += 1
        return []

    def _skip(self, code: str, path: str, reason: str) -> None:
        self.skipped.append(finding(code, Place(shown(path)), reason=reason))

    def _add(self, path: str, info: os.stat_result) -> None:
        changed = info.st_mtime_ns
        # Files of the folder "." are shown without "./".
        at = path[2:] if path.startswith(f".{os.sep}") else path
        stamp = f"{info.st_size} {changed}"
        self._keep(File(at, os.path.abspath(path), info.st_size, stamp, changed < self.now - _SETTLED))

    def _keep(self, file: File) -> None:
        if _plain(file.key):
            self.files.setdefault(file.key, file)
        else:
            self._skip("F11", file.path, "路径不是 UTF-8 编码")

    def remote(self, url: str) -> None:
        fs, root = _file_system(url)
        try:
            found: dict[str, Any] = fs.find(root, detail=True)
        except (OSError, ValueError) as e:
            raise CannotRun(f"打不开 {url}：{e}。请核对地址和网络。") from e
        for path, info in found.items():
            name, address = path.rpartition("/")[2], fs.unstrip_protocol(path)
            suffix = os.path.splitext(name)[1].lower()
            if _litter(name):
                continue
            if suffix in SUFFIXES and name[0] != ".":
                stamp = sha256(repr(sorted((k, str(v)) for k, v in info.items())).encode()).hexdigest()
                self._keep(File(address, address, int(info.get("size") or 0), stamp, True))
            elif suffix in UNREAD:
                self._skip("F11", address, UNREAD[suffix])
            elif name[0] != ".":
                self.others[address.rpartition("/")[0], suffix] += 1


def _litter(name: str) -> bool:
    return name.startswith(_LITTER) or name.lower() in _LITTER_NAMES


def _manifest(path: str, suffix: str) -> bool:
    """Whether a file is the list of hashes beside a workbook (see manifests)."""
    return suffix == ".json" and os.path.exists(f"{path[: -len(suffix)]}.xlsx")
