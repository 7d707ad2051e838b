"""The register of what arrived (报送登记.db): one SQLite file beside the consolidated workbook, only ever added to.

An arrival is one content of one unit and period. The day it was first seen here is its day of receipt; the unit's own
date never decides whether it is late. Fields that stay in the unit are not kept.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any

from ...errors import CannotRun
from ...figures.consolidation import Consolidation
from ...figures.tree import Deadline
from ...model import Catalog, Submission
from ...span import Span, period_name
from ..pack import ORIGIN_ROW, to_json
from .differences import Rows, differences

NAME = "报送登记.db"
ACCEPTED, RETURNED = "接收", "退回"
_TABLES = """
PRAGMA user_version = 2;
CREATE TABLE arrivals (id INTEGER PRIMARY KEY AUTOINCREMENT, received TEXT NOT NULL, unit TEXT NOT NULL, name TEXT,
    year INTEGER, period TEXT, file TEXT, sha256 TEXT NOT NULL, version TEXT, revision INTEGER, filled TEXT, state TEXT, errors INTEGER,
    UNIQUE (unit, year, sha256));
CREATE TABLE rows (arrival INTEGER REFERENCES arrivals, ledger TEXT, number INTEGER, row TEXT,
    PRIMARY KEY (arrival, ledger, number));
CREATE TRIGGER arrivals_stay BEFORE DELETE ON arrivals BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER arrivals_keep BEFORE UPDATE ON arrivals BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER rows_stay BEFORE DELETE ON rows BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER rows_keep BEFORE UPDATE ON rows BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""


_FROM_1 = "ALTER TABLE arrivals ADD COLUMN period TEXT; PRAGMA user_version = 2;"  # before periods: all are years


@dataclass(frozen=True)
class Arrival:
    """One submission as it arrived."""

    id: int
    received: datetime
    unit: str
    name: str
    period: str  # code
    file: str
    sha256: str
    version: str
    revision: int
    filled: str
    state: str  # 接收 or 退回
    errors: int
    replaced_by: int | None = None  # the arrival that counts instead

    def __str__(self) -> str:
        what = f"{self.state}（{self.errors}处错误）" if self.errors else self.state
        then = f"，已被第{self.replaced_by}号取代" if self.replaced_by else ""
        return (
            f"第{self.id}号　{self.received:%Y-%m-%d %H:%M}收到　{self.name} {period_name(self.period)}　{self.file}　"
            f"更正{self.revision}次　填报日期{self.filled or '未填'}　{what}{then}　指纹{self.sha256[:12]}"
        )


class Register:
    """One register. It is made when something is first written."""

    def __init__(self, path: Path) -> None:
        """`path` is the file, or the folder that it is in."""
        self.path = path / NAME if path.is_dir() else path

    def deadline(self, day: date, today: date | None = None) -> Deadline:
        """Returns the deadline by the days of receipt; what is not registered yet arrives today."""
        seen = self._all("SELECT unit, sha256, received FROM arrivals") if self.path.exists() else []
        days = {(u, sha): datetime.fromisoformat(at).date() for u, sha, at in seen}
        return Deadline(day, days, today or date.today())

    def add(self, c: Consolidation, now: datetime | None = None) -> int:
        """Registers the submissions that are not there yet; returns how many. Raises CannotRun if it cannot."""
        at, added = (now or datetime.now()).isoformat(timespec="seconds"), 0
        errors = {x.unit.code: x.digest.errors for x in c.covered if x.digest}
        with self._open() as db:
            for s in c.submissions:
                code, year = str(s.unit["unit_id"]), int(s.unit.get("year") or c.year)
                wrong = errors.get(code, 0)
                done = db.execute(
                    "INSERT OR IGNORE INTO arrivals (received, unit, name, year, period, file, sha256, version, revision, filled,"
                    " state, errors) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(
                            at,
                            code,
                            str(s.unit.get("unit_name") or ""),
                            year,
                            Span.of(s.unit).code,
                            PurePath(s.path).name,
                            s.sha256,
                            s.version,
                        ),
                        *(s.unit.get("revision") or 0, str(s.unit.get("fill_date") or "")),
                        *(RETURNED if wrong else ACCEPTED, wrong),
                    ),
                )
                if done.rowcount:
                    added += 1
                    _add_rows(db, c.catalog, done.lastrowid or 0, s)
        return added

    def history(self, unit: str) -> list[Arrival]:
        """Returns what arrived from a unit (code or name), oldest first. Raises CannotRun if there is nothing."""
        if not self.path.exists():
            raise CannotRun(
                f"没有找到登记簿“{self.path}”。请先登记收到的报送件。", "命令：dangjian aggregate --register。"
            )
        found = self._all(
            "SELECT id, received, unit, name, coalesce(period, year), file, sha256, version, revision, filled, state, errors"
            " FROM arrivals WHERE unit = ? OR name = ? ORDER BY id",
            (unit, unit),
        )
        if not found:
            raise CannotRun(f"登记簿里没有“{unit}”。请核对单位编码或名称。")
        arrivals = [
            Arrival(i, datetime.fromisoformat(at), unit, name, str(period), *rest)
            for i, at, unit, name, period, *rest in found
        ]
        counts = {a.period: max((x for x in arrivals if x.period == a.period), key=_order).id for a in arrivals}
        newer = {a.id: counts[a.period] for a in arrivals}
        return [replace(a, replaced_by=newer[a.id] if newer[a.id] != a.id else None) for a in arrivals]

    def changes(self, catalog: Catalog, old: Arrival, new: Arrival) -> list[str]:
        """Returns what differs between two arrivals, in words."""
        return list(differences(catalog, self._rows(old.id), self._rows(new.id)))

    def _rows(self, arrival: int) -> Rows:
        rows: dict[str, dict[int, Mapping[str, Any]]] = {}
        for ledger, number, row in self._all("SELECT ledger, number, row FROM rows WHERE arrival = ?", (arrival,)):
            rows.setdefault(ledger, {})[number] = json.loads(row)
        return rows

    def _all(self, query: str, given: Sequence[Any] = ()) -> list[Any]:
        with self._open() as db:
            return db.execute(query, given).fetchall()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=30)) as db:
                version = db.execute("PRAGMA user_version").fetchone()[0]
                if version == 1:
                    db.executescript(_FROM_1)
                if not version:
                    if self.path.stat().st_size:
                        raise CannotRun(f"“{self.path.name}”不是登记簿。请选“{NAME}”。")
                    db.executescript(_TABLES)
                with db:
                    yield db
        except sqlite3.Error as e:
            raise CannotRun(f"登记簿“{self.path.name}”不能读写：{e}。请检查文件是否完好、文件夹能否写入。") from e


def _order(a: Arrival) -> tuple[str, int, int]:
    """The order by age, as the aggregation has it; equal ones by their arrival."""
    return a.filled, a.revision, a.id


def _add_rows(db: sqlite3.Connection, catalog: Catalog, arrival: int, s: Submission) -> None:
    for name, rows in s.rows.items():
        fields = [f.name for f in catalog.ledgers[name].upward]
        if not fields:
            continue
        lines = (  # by the number in the unit's workbook, which a 报送件 keeps: the unit looks for it there
            (
                arrival,
                name,
                r.values.get(ORIGIN_ROW) or r.number,
                json.dumps({k: to_json(r.values.get(k)) for k in fields}, ensure_ascii=False),
            )
            for r in rows
        )
        db.executemany("INSERT OR IGNORE INTO rows VALUES (?, ?, ?, ?)", lines)
