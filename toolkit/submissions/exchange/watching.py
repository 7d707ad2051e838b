"""Watches a folder: every new or changed workbook is checked and registered once it has arrived whole.

A folder on a network share tells nobody when a file comes, so it is looked at again and again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ...errors import CannotRun
from ...excel.listings.tables import Table, write_tables
from ...figures.consolidation import Consolidation
from ...figures.tree import Unit
from ...findings import LEVELS, counts
from ...machine.atomic import write_whole
from ...machine.guard import Guard, current, guarding
from ...model import ERROR, WARNING, Catalog, Finding, Submission
from ..aggregate import consolidated
from ..check import write_slips
from ..files import File, How, Progress, listing
from ..intake import receive
from ..store import Store
from .register import Register

LIST, SLIPS, STATE = "问题清单.xlsx", "退回单", "监视记录.json"
JSON = (".json",)
PATIENT = 3  # looks at an unchanged file that cannot be read, before that is said
UNREAD = "F01"
_HEADS, _WIDTHS = ("级别", "文件", "位置", "问题", "处理", "代码"), (8, 30, 20, 50, 50, 8)
_FILES, _FILE_WIDTHS = ("文件", "单位", "行数", "错误", "提醒"), (40, 34, 10, 10, 10)


@dataclass
class Watch:
    """What is known of a folder; `look` sees what has changed since the last look."""

    catalog: Catalog
    folder: Path
    out: Path
    store: Callable[[], Store]
    say: Callable[[str], None]
    roster: Sequence[Unit] = ()
    errors: bool = False  # whether the last list holds any
    waiting: list[str] = field(default_factory=list)  # files that are still arriving
    _seen: dict[str, tuple[str, int]] = field(default_factory=dict)  # path -> its stamp, looks since it changed
    _done: dict[str, str] = field(default_factory=dict)  # path -> the stamp that was dealt with
    _gone: bool = False

    def __post_init__(self) -> None:
        """Recalls what an earlier run dealt with. Raises CannotRun if the results would lie among the inputs."""
        within = Path(os.path.realpath(self.out)), Path(os.path.realpath(self.folder))
        if within[1] in (within[0], *within[0].parents):
            raise CannotRun(f"结果不能放在监视的文件夹“{self.folder}”里。请用 -o 另写一个文件夹。")
        with suppress(OSError, ValueError, AttributeError, KeyError, TypeError):
            kept = json.loads((self.out / STATE).read_text("utf-8"))
            self._done = {str(k): str(v) for k, v in kept["files"].items()}
            self._seen = {str(k): (str(stamp), int(looks)) for k, (stamp, looks) in kept["seen"].items()}
            self.errors = kept["errors"] is True

    def look(self, progress: Progress = lambda done, total: None) -> bool:
        """Deals with what has arrived whole; returns whether there was anything. Raises CannotRun.

        Each look is a run of its own (see machine/guard): it replaces what the last one wrote.
        """
        return Context().run(self._look, current(), progress)

    def _look(self, run: Guard, progress: Progress) -> bool:
        if not self.folder.is_dir():
            if not self._gone:
                self.say(f"打不开“{self.folder}”，等它恢复。")
            self._gone = True
            return False
        self._gone = False
        found = listing([self.folder])
        ready = [f for f in found.files if self._whole(f)]
        self._seen = {f.path: self._seen[f.path] for f in found.files}
        self.waiting = [f.path for f in found.files if f not in ready]
        there = {f.path for f in found.files}
        changed = {f.path for f in ready if self._done.get(f.path) != f.stamp}
        gone = self._done.keys() - there
        if not changed and not gone and not self.waiting:
            return False
        with guarding([*run.inputs, self.folder], force=run.force, remedy=run.remedy, tell=self.say):
            if changed or gone:
                self._deal(ready, changed, gone, found.skipped, progress)
            self._remember()
        return bool(changed or gone)

    def _remember(self) -> None:
        """Writes down what was dealt with, and how long files have been the same, for the next run."""
        kept = {"folder": str(self.folder), "files": self._done, "seen": self._seen, "errors": self.errors}
        text = json.dumps(kept, ensure_ascii=False, indent=1)
        self.out.mkdir(parents=True, exist_ok=True)
        write_whole(self.out / STATE, text.encode("utf-8", "replace"), JSON)

    def _whole(self, file: File) -> bool:
        """Whether a file is as it was at the last look and nobody is writing it."""
        stamp, looks = self._seen.get(file.path, ("", 0))
        looks = looks + 1 if stamp == file.stamp else 0
        self._seen[file.path] = file.stamp, looks
        if self._done.get(file.path) == file.stamp:
            return True
        if looks < 1:
            return False
        try:
            with open(file.path, "rb") as f:  # Windows refuses while another program writes
                return f.seek(0, os.SEEK_END) == file.size
        except OSError:
            return looks >= PATIENT

    def _deal(
        self, ready: list[File], changed: set[str], gone: set[str], skipped: list[Finding], progress: Progress
    ) -> None:
        with self.store() as store:
            read = store.whole(lambda: _read(store, ready, progress))
            early = {s.path for s in read if _unread(s) and s.path in changed and self._seen[s.path][1] < PATIENT}
            read = [s for s in read if s.path not in early]
            self.waiting += sorted(early)
            changed -= early
            held = [f for f in ready if f.path not in early]
            c = self._merged(store, held, skipped) if held else None
            registered = self._registered(c)
        found = list(c.findings) if c else [f for s in read for f in s.findings] + skipped
        if changed or gone:
            self._file(read, found, changed)
        self._tell(read, found, changed, gone, registered)
        self._done = {f.path: f.stamp for f in held}

    def _merged(self, store: Store, files: list[File], skipped: list[Finding]) -> Consolidation | None:
        contents, _ = receive(self.catalog, files, store, How())
        held = dict(zip((f.path for f in files), contents, strict=True))
        with suppress(CannotRun):  # none of them can be used
            return consolidated(held, store, self.roster, skipped=skipped)
        return None

    def _registered(self, c: Consolidation | None) -> int:
        self.out.mkdir(parents=True, exist_ok=True)
        return Register(self.out).add(c) if c else 0

    def _file(self, read: list[Submission], found: list[Finding], changed: set[str]) -> None:
        """Writes the list of all problems and the return slips of the changed workbooks."""
        self.errors = any(f.is_error for f in found)
        ordered = sorted(found, key=lambda f: (f.place.file, not f.is_error))
        rows = [(LEVELS[f.severity], _name(f.place.file), _where(f), f.message, f.remedy, f.code) for f in ordered]
        files = [(_name(s.path), _unit(s), sum(map(len, s.rows.values())), *_counts(s.path, found)) for s in read]
        hint = f"{datetime.now():%Y-%m-%d %H:%M}，{self.folder}：{counts(found)}"
        write_tables(
            self.out / LIST,
            "问题清单",
            [
                Table("问题清单", "问题清单", hint, _HEADS, _WIDTHS, rows, (0, 5), (0,), {LEVELS[ERROR]: "rose"}),
                Table("各文件", "各文件", hint, _FILES, _FILE_WIDTHS, files, (2, 3, 4)),
            ],
        )
        about = [f for f in found if not f.place.row]
        named = changed | {f.place.file for f in about if f.is_error}
        write_slips(
            self.catalog,
            [s for s in read if s.path in named],
            self.out / SLIPS,
            [f for f in about if f.place.file in named],
        )

    def _tell(
        self, read: list[Submission], found: list[Finding], changed: set[str], gone: set[str], registered: int
    ) -> None:
        now = f"{datetime.now():%H:%M:%S}"
        for s in read:
            if s.path in changed:
                own = [f for f in found if f.place.file == s.path]
                self.say(f"{now} {_name(s.path)}（{_unit(s) or '单位不明'}）：{counts(own) if own else '没有问题'}。")
        for path in sorted(gone):
            self.say(f"{now} {_name(path)}：已移走。")
        if changed or gone:
            more = f"，新登记{registered}份" if registered else ""
            slips = "，退回单在“退回单”文件夹" if self.errors else ""
            self.say(f"{now} 共{len(read)}份，{counts(found)}{more}。已写 {self.out / LIST}{slips}。")


def _read(store: Store, files: list[File], progress: Progress) -> list[Submission]:
    contents, _ = receive(store.catalog, files, store, How(), progress)
    return [s for f, content in zip(files, contents, strict=True) for s in store.submissions(content, f.path)]


def _unread(s: Submission) -> bool:
    return not s.rows and any(f.code == UNREAD for f in s.findings)


def _name(path: str) -> str:
    return Path(path).name if path else "全部文件"


def _unit(s: Submission) -> str:
    return str(s.unit.get("unit_name") or "")


def _where(f: Finding) -> str:
    return str(f.place) if f.place.sheet else "整份文件"


def _counts(path: str, found: list[Finding]) -> tuple[int, int]:
    own = [f.severity for f in found if f.place.file == path]
    return own.count(ERROR), own.count(WARNING)
