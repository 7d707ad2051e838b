"""The SQLite file behind the store: its tables, how it is opened, and what goes wrong with it."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from .. import __version__
from ..errors import CannotRun, Damaged
from ..machine.userdirs import cache_dir
from .unpack import sound

_TABLES = """
PRAGMA user_version = 1;
CREATE TABLE contents (id INTEGER PRIMARY KEY AUTOINCREMENT, judged TEXT, sha256 TEXT, size INTEGER);
CREATE INDEX by_hash ON contents (judged, sha256);
CREATE TABLE files (judged TEXT, path TEXT, stamp TEXT, content INTEGER, day TEXT, PRIMARY KEY (judged, path))
    WITHOUT ROWID;
CREATE TABLE submissions (content INTEGER, n INTEGER, about BLOB, digest BLOB, parts BLOB, findings BLOB,
    PRIMARY KEY (content, n));
CREATE TABLE sheets (content INTEGER, n INTEGER, ledger TEXT, rows BLOB, PRIMARY KEY (content, n, ledger));
CREATE TABLE notes (key TEXT PRIMARY KEY, day TEXT, note BLOB);
"""
_VERSION = 1
_PATIENCE = 30  # seconds to wait for another command that is writing
PACKAGE = Path(__file__).parents[1]


def connect(path: Path | None) -> sqlite3.Connection:
    """Opens the file, or a temporary one for None, and makes its tables. Raises Damaged, CannotRun."""
    with guarded(path):
        db = sqlite3.connect(path or "", timeout=_PATIENCE, isolation_level=None)
        try:
            if path:
                os.chmod(path, 0o600)
                _patiently(lambda: db.execute("PRAGMA journal_mode = WAL"))
            db.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
            db.execute(f"PRAGMA synchronous = {'NORMAL' if path else 'OFF'}")
            if not _version(db):
                _make_tables(db)
            if (version := _version(db)) != _VERSION:
                raise Damaged(f"version {version}")
        except BaseException:
            db.close()
            raise
    return db


@contextmanager
def guarded(path: Path | None) -> Iterator[None]:
    """Turns what SQLite raises into Damaged, or CannotRun where the file is in use or cannot be written."""
    try:
        with sound():
            yield
    except sqlite3.OperationalError as e:
        if any(word in str(e) for word in ("locked", "busy")):
            raise CannotRun("缓存正被另一个命令使用：请稍后再试。", "也可以加 --no-cache。") from e
        if any(word in str(e) for word in ("full", "readonly", "unable to open", "disk I/O")):
            raise CannotRun(f"缓存不能写入（{path}）：请清理磁盘。", "也可以加 --no-cache。") from e
        raise Damaged(str(e)) from e
    except sqlite3.DatabaseError as e:
        raise Damaged(str(e)) from e


def place() -> Path:
    """Returns the file of the user's cache; it may not exist yet."""
    return cache_dir() / "read.sqlite"


def files_of(path: Path) -> list[Path]:
    """Returns the files that make up the database and exist."""
    return [found for end in ("", "-wal", "-shm") if (found := path.with_name(path.name + end)).exists()]


class InUse:
    """Marks a database as in use, so that no other command deletes its files; ends with the process."""

    def __init__(self, path: Path) -> None:
        self._file = path.with_name(f"{path.name}.lock").open("a")
        self._flock("LOCK_SH")

    def alone(self) -> bool:
        """Whether no other command uses the database; until `close`, none can begin to."""
        return self._flock("LOCK_EX", "LOCK_NB")

    def close(self) -> None:
        """Ends the use."""
        self._file.close()

    def _flock(self, *how: str) -> bool:
        try:
            import fcntl
        except ImportError:  # Windows deletes no file that is open
            return True
        try:
            fcntl.flock(self._file, sum(getattr(fcntl, name) for name in how))
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks
            return True
        return True

    def share(self) -> None:
        """Lets others use the database again, after `alone`."""
        self._flock("LOCK_SH")


def clear(path: Path) -> int:
    """Deletes the cache; returns the bytes freed. Raises CannotRun while another command uses it."""
    if not path.parent.exists():
        return 0
    use = InUse(path)
    try:
        if not use.alone():
            raise CannotRun("缓存正被另一个命令使用：请等它结束后再清除。")
        found = files_of(path)
        freed = sum(f.stat().st_size for f in found)
        for f in found:
            f.unlink()
    except PermissionError as e:
        raise CannotRun("缓存正被另一个命令使用：请等它结束后再清除。") from e
    finally:
        use.close()
    return freed


def _version(db: sqlite3.Connection) -> int:
    found: int = db.execute("PRAGMA user_version").fetchone()[0]
    return found


def _make_tables(db: sqlite3.Connection) -> None:
    """Makes the tables of an empty file, unless another command made them meanwhile."""
    db.execute("BEGIN IMMEDIATE")
    if not _version(db):
        for statement in _TABLES.split(";"):
            db.execute(statement)
    db.execute("COMMIT")


def _patiently(work: Callable[[], object]) -> None:
    """Repeats what SQLite refuses at once, without its own waiting, while another command opens the same file."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            work()
            return
        except sqlite3.OperationalError as e:
            if "locked" not in str(e) or time.monotonic() > end:
                raise
            time.sleep(0.02)


@lru_cache
def today() -> str:
    """Returns the day of this run as text."""
    return date.today().isoformat()


@lru_cache
def code(extensions: tuple[str, ...] = ()) -> str:
    """Returns a hash of the code that findings depend on: all modules of the package, and the extensions."""
    found = blake2b(__version__.encode(), digest_size=16)
    modules = [Path(sys.modules[name].__file__ or "") for name in extensions]
    for path in sorted((*PACKAGE.rglob("*.py"), *modules)):
        info = path.stat()
        found.update(f"{path} {info.st_size} {info.st_mtime_ns}\n".encode())
    return found.hexdigest()
