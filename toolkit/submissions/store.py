"""Caches what was read in one SQLite file in the user's cache, so that a second run reads only changed files.

Contents are stored by their hash and by the standard and code they were checked with. Files refer to
contents and are identified by path, size and time. Only the process that runs the command writes. Without
a cache the same tables are in a temporary file that ends with the process, so rows never fill the memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from ..errors import CannotRun, Damaged
from ..figures.digest import UnitDigest
from ..model import Catalog, Finding, Submission
from .database import InUse, code, connect, files_of, guarded, place, today
from .files import File
from .pack import Packed, squeeze
from .unpack import Fates, Rows, Sheet, digest_of, findings_of, from_json, sheet_of, spread

KEPT = 60  # days that an unused entry is kept
_BATCH = 200  # files per commit; after an interrupted run, committed files are not read again

T = TypeVar("T")


class Seen(NamedTuple):
    """A file that was read before."""

    stamp: str
    content: int


class Store:
    """The cache, open until `close`. Methods raise Damaged if its content is wrong, CannotRun if it cannot be used."""

    def __init__(self, catalog: Catalog, path: Path | None, notice: Callable[[str], None] = lambda text: None) -> None:
        """`path` None: a temporary store, deleted with the process."""
        self.catalog, self.path, self.notice = catalog, path, notice
        self._judged = f"{catalog.fingerprint} {code(catalog.extensions)}"
        self._open()

    @classmethod
    def of_user(cls, catalog: Catalog, notice: Callable[[str], None]) -> Store:
        """Opens the store in the user's cache; if that fails, gives a notice and opens a temporary one."""
        path = place()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return cls(catalog, path, notice)
        except (OSError, CannotRun) as e:
            notice(f"缓存不能使用（{e}），本次全部重新读取。")
            return cls(catalog, None, notice)

    def _open(self) -> None:
        self._use = InUse(self.path) if self.path else None
        try:
            self._db = self._connect()
        except Damaged:
            self.rebuild()

    def _connect(self) -> sqlite3.Connection:
        self._waiting = 0
        return connect(self.path)

    def rebuild(self) -> None:
        """Gives a notice, deletes the damaged store and starts an empty one; a temporary one while others use it."""
        with suppress(AttributeError, sqlite3.Error):
            self._db.close()
        try:
            if self.path and self._use and not self._use.alone():
                raise PermissionError
            for file in files_of(self.path) if self.path else ():
                file.unlink(missing_ok=True)
            self.notice("缓存已损坏，已删除，全部重新读取。")
        except PermissionError:
            self.notice("缓存已损坏，但另一个命令正在使用，本次不用缓存。")
            self.path = None
        self._db = self._connect()
        if self._use:
            self._use.share()

    def whole(self, work: Callable[[], T], forget: Callable[[], None] = lambda: None) -> T:
        """Returns the result of `work`; if the store is damaged, rebuilds it and runs `work` once more.

        `forget` drops what was made from the damaged store.
        """
        try:
            return work()
        except Damaged:
            self.rebuild()
            forget()
            return work()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Commits, deletes entries unused for KEPT days, and closes the database."""
        with self._sound():
            self.commit()
            if self.path:
                self._sweep()
            self._db.close()
        if self._use:
            self._use.close()

    # ------------------------------------------------------------------ files

    def known(self, paths: Iterable[str]) -> dict[str, Seen]:
        """Returns the paths that were read before, each with its content and its stamp at that time."""
        with self._sound():
            self._db.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (path TEXT PRIMARY KEY) WITHOUT ROWID")
            self._db.execute("DELETE FROM wanted")
            self._db.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", ((p,) for p in paths))
            found = self._db.execute(
                "SELECT path, stamp, content, day FROM wanted JOIN files USING (path) WHERE judged = ?", (self._judged,)
            ).fetchall()
            self._asked_for([path for path, _, _, day in found if day != today()])
            return {path: Seen(stamp, content) for path, stamp, content, _ in found}

    def hashes(self) -> dict[int, tuple[str, ...]]:
        """Returns the hashes of all known contents, by file size in bytes."""
        found: dict[int, tuple[str, ...]] = {}
        with self._sound():
            for size, sha256 in self._db.execute(
                "SELECT DISTINCT size, sha256 FROM contents WHERE judged = ? AND sha256 <> ''", (self._judged,)
            ):
                found[size] = (*found.get(size, ()), sha256)
        return found

    def add(self, file: File, packed: Packed) -> int:
        """Stores what was read from the file; returns the number of its content.

        A file that changed just before it was read gets no stamp: the next run reads its content again.
        """
        with self._sound():
            self._begin()
            content = self._content(packed.sha256) if packed.sha256 else None
            if content is None:
                content = self._insert(file.size, packed)
            if packed.sha256:  # an unreadable file is tried again next time
                stamp = file.stamp if file.settled else ""
                self._db.execute(
                    "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)",
                    (self._judged, file.key, stamp, content, today()),
                )
            self._waiting += 1
            if self._waiting >= _BATCH:
                self.commit()
        return content

    def _content(self, sha256: str) -> int | None:
        found = self._db.execute("SELECT id FROM contents WHERE judged = ? AND sha256 = ?", (self._judged, sha256))
        return next((n for (n,) in found), None)

    def _insert(self, size: int, packed: Packed) -> int:
        if packed.submissions is None:
            raise Damaged("a content that was known is gone")
        added = self._db.execute(
            "INSERT INTO contents (judged, sha256, size) VALUES (?, ?, ?)", (self._judged, packed.sha256, size)
        )
        content = int(added.lastrowid or 0)
        for n, s in enumerate(packed.submissions):
            self._db.execute(
                "INSERT INTO submissions VALUES (?, ?, ?, ?, ?, ?)",
                (content, n, s.about, s.digest, s.parts, s.findings),
            )
            self._db.executemany(
                "INSERT INTO sheets VALUES (?, ?, ?, ?)",
                ((content, n, ledger, rows) for ledger, rows in s.sheets.items()),
            )
        return content

    def _begin(self) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Commits the open transaction, if any."""
        with self._sound():
            self._waiting = 0
            if self._db.in_transaction:
                self._db.execute("COMMIT")

    # ---------------------------------------------------------------- contents

    def digests(self, content: int, file: str) -> list[UnitDigest]:
        """Returns the digests of the usable submissions of a content, as read under the name `file`."""
        with self._sound():
            found = self._db.execute(
                "SELECT n, digest, parts FROM submissions WHERE content = ? ORDER BY n", (content,)
            )
            return [digest_of(digest, parts, file, n) for n, digest, parts in found if digest]

    def findings(self, content: int, file: str) -> list[Finding]:
        """Returns all findings of a content, as read under the name `file`."""
        with self._sound():
            found = self._db.execute("SELECT findings FROM submissions WHERE content = ? ORDER BY n", (content,))
            return [f for (packed,) in found for f in findings_of(spread(packed), file)]

    def submissions(self, content: int, file: str) -> list[Submission]:
        """Returns all submissions of a content; their rows are loaded when accessed."""
        with self._sound():
            found = self._db.execute(
                "SELECT n, about, findings FROM submissions WHERE content = ? ORDER BY n", (content,)
            )
            return [self._submission(content, n, file, *packed) for n, *packed in found.fetchall()]

    def submission(self, content: int, n: int, file: str) -> Submission:
        """Returns the n-th submission of a content, counted from 0."""
        with self._sound():
            found = self._db.execute(
                "SELECT about, findings FROM submissions WHERE content = ? AND n = ?", (content, n)
            )
            return self._submission(content, n, file, *found.fetchone())

    def _submission(self, content: int, n: int, file: str, about: bytes, findings: bytes) -> Submission:
        told = spread(about)
        rows = Rows(lambda ledger: self.sheet(content, n, ledger, file), told["sizes"])
        return Submission(
            file if told["path"] is None else told["path"],
            told["sha256"],
            told["version"],
            {k: from_json(v) for k, v in told["unit"].items()},
            told["declared"],
            rows,
            findings_of(spread(findings), file),
            Fates(rows),
        )

    def sheet(self, content: int, n: int, ledger: str, file: str) -> Sheet:
        """Returns the rows of one ledger of a submission; an empty Sheet if it has none."""
        with self._sound():
            found = self._db.execute(
                "SELECT rows FROM sheets WHERE content = ? AND n = ? AND ledger = ?", (content, n, ledger)
            ).fetchone()
            return sheet_of(found[0], self.catalog.ledgers[ledger], file) if found else Sheet((), {})

    # -------------------------------------------------------------------- notes

    def note(self, key: str) -> Any:
        """Returns the value stored under `key`, or None."""
        with self._sound():
            found = self._db.execute("SELECT note FROM notes WHERE key = ?", (f"{self._judged} {key}",)).fetchone()
            return spread(found[0]) if found else None

    def write_note(self, key: str, value: Any) -> None:
        """Stores a JSON value under `key`, for the current standard and code."""
        with self._sound():
            self._begin()
            self._db.execute(
                "INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", (f"{self._judged} {key}", today(), squeeze(value))
            )

    # ------------------------------------------------------------- housekeeping

    def _asked_for(self, paths: Sequence[str]) -> None:
        if paths:
            self._begin()
            self._db.executemany(
                "UPDATE files SET day = ? WHERE judged = ? AND path = ?", ((today(), self._judged, p) for p in paths)
            )

    def _sweep(self) -> None:
        last = date.fromordinal(date.today().toordinal() - KEPT).isoformat()
        old = self._db.execute(
            "SELECT 1 FROM files WHERE day < ? UNION SELECT 1 FROM notes WHERE day < ?", (last, last)
        )
        if old.fetchone():
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM files WHERE day < ?", (last,))
            self._db.execute("DELETE FROM notes WHERE day < ?", (last,))
            self._db.execute("DELETE FROM contents WHERE id NOT IN (SELECT content FROM files)")
            for table in ("submissions", "sheets"):
                self._db.execute(f"DELETE FROM {table} WHERE content NOT IN (SELECT id FROM contents)")
            self._db.execute("COMMIT")

    def _sound(self) -> AbstractContextManager[None]:
        return guarded(self.path)
