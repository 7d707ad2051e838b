"""Remembers what the product wrote: for each path the SHA-256 of its content, and the folders it was made from.

One SQLite file in the user's state folder. If it cannot be used, nothing is remembered: an existing file then
counts as another's and is not replaced. It also names the temporary files of runs under way, so that those of a
killed run are removed later.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest
from pathlib import Path
from typing import TypeVar

from .userdirs import state_dir

_TABLES = """
CREATE TABLE IF NOT EXISTS written (path TEXT, sha256 TEXT, folders TEXT, PRIMARY KEY (path, sha256)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS under_way (path TEXT PRIMARY KEY, pid INTEGER) WITHOUT ROWID;
"""
_PATIENCE = 10  # seconds to wait for another process that is writing
_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.tmp")
_here = threading.local()

T = TypeVar("T")


def temporary(target: Path) -> Path:
    """Returns a new name beside the target, and remembers it until `finished`."""
    made = Path(key(target)).parent / f".{os.urandom(8).hex()}.tmp"
    _try(lambda db: db.execute("INSERT INTO under_way VALUES (?, ?)", (str(made), os.getpid())), None)
    return made


def finished(made: Path) -> None:
    """Removes a temporary file or folder, if it is still there, and forgets it."""
    with suppress(OSError):
        _remove(made)
        _try(lambda db: db.execute("DELETE FROM under_way WHERE path = ?", (str(made),)), None)


def remember(target: Path, sha256: str, folders: Collection[str]) -> None:
    """Remembers one more content of a path; before it is put there, so that a killed run leaves nothing unknown."""
    row = (key(target), sha256, json.dumps(sorted(folders), ensure_ascii=False))
    _try(lambda db: db.execute("INSERT OR REPLACE INTO written VALUES (?, ?, ?)", row), None)


def settle(target: Path, sha256: str) -> None:
    """Forgets all other contents of a path."""
    _try(lambda db: db.execute("DELETE FROM written WHERE path = ? AND sha256 <> ?", (key(target), sha256)), None)


def is_unchanged(target: Path) -> bool:
    """Returns whether the product wrote this file and nobody has changed it since."""
    known = [sha256 for sha256, _ in _known(target)]
    return bool(known) and target.is_file() and not target.is_symlink() and hash_of(target) in known


def was_made_from(target: Path, folder: str | Path) -> bool:
    """Returns whether the product once wrote to this path what it had read in the folder."""
    return any(os.path.realpath(folder) in json.loads(folders) for _, folders in _known(target))


def _known(target: Path) -> list[tuple[str, str]]:
    """Returns the SHA-256 and the folders of what was written to a path."""
    query, nothing = "SELECT sha256, folders FROM written WHERE path = ?", list[tuple[str, str]]()
    return _try(lambda db: db.execute(query, (key(target),)).fetchall(), nothing)


def hash_of(path: Path) -> str:
    """Returns the SHA-256 of a file, "" if it cannot be read."""
    try:
        with path.open("rb") as f:
            return file_digest(f, "sha256").hexdigest()
    except OSError:
        return ""


def key(path: str | Path) -> str:
    """Returns the one spelling of a path; a link at its end is not followed."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.normcase(os.path.join(os.path.realpath(folder), name))


# ---------------------------------------------------------------- the database


def _try(work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
    """Returns the result of the work, or `otherwise` if the memory cannot be used; a damaged one is begun anew."""
    path = state_dir() / "written.sqlite"
    try:
        return work(_connection(path))
    except sqlite3.OperationalError:  # in use, read-only, full
        return otherwise
    except sqlite3.DatabaseError:
        _here.__dict__.pop("open", None)
        for end in ("", "-wal", "-shm"):
            with suppress(OSError):
                Path(f"{path}{end}").unlink()
        return otherwise
    except OSError:
        return otherwise


def _connection(path: Path) -> sqlite3.Connection:
    """Returns this thread's connection; opens it, and removes what killed runs left, if there is none yet."""
    known = getattr(_here, "open", None)
    if known and known[0] == path and path.exists():
        found: sqlite3.Connection = known[1]
        return found
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    with _closed_on_failure(db):
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = OFF")  # a power cut may lose it; then files are not replaced, but not lost
        db.executescript(_TABLES)
        with suppress(OSError):
            os.chmod(path, 0o600)
        _sweep(db)
    _here.open = (path, db)
    return db


@contextmanager
def _closed_on_failure(db: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        db.close()
        raise


def _sweep(db: sqlite3.Connection) -> None:
    """Removes the temporary files of processes that are gone; nothing that is named otherwise."""
    for name, pid in db.execute("SELECT path, pid FROM under_way").fetchall():
        if not _alive(pid):
            with suppress(OSError):
                if _TEMPORARY.fullmatch(Path(name).name):
                    _remove(Path(name))
                db.execute("DELETE FROM under_way WHERE path = ?", (name,))


def _remove(made: Path) -> None:
    if made.is_dir() and not made.is_symlink():
        shutil.rmtree(made)
    else:
        made.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    if sys.platform == "win32":
        import ctypes

        process = ctypes.windll.kernel32.OpenProcess(0x100000, False, pid)  # SYNCHRONIZE
        running = process and ctypes.windll.kernel32.WaitForSingleObject(process, 0) == 0x102  # WAIT_TIMEOUT
        ctypes.windll.kernel32.CloseHandle(process)
        return bool(running)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
