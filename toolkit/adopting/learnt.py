"""Keeps, for this user, the titles of columns that were decided on a sheet before."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..machine.atomic import write_whole
from ..machine.guard import guarding
from ..machine.userdirs import state_dir
from .mapping import Learnt
from .words import key

MOST, LONGEST = 2000, 40  # titles that are kept, and characters of one


def learnt_file() -> Path:
    """Returns the file in which learnt titles are kept; it may not exist yet."""
    return state_dir() / "adopt.json"


def recall() -> dict[str, dict[str, str]]:
    """Returns what was learnt: ledger -> key of a title -> field; {} if there is nothing that can be read."""
    try:
        told: Any = json.loads(learnt_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {
        str(ledger): {str(t): str(f) for t, f in titles.items() if isinstance(f, str)}
        for ledger, titles in told.items()
        if isinstance(titles, dict)
    }


def learn(new: Iterable[Learnt]) -> int:
    """Adds titles to what is known; returns how many are new. A folder that cannot be written is no error."""
    known = recall()
    before = sum(map(len, known.values()))
    added = 0
    for x in new:
        title = key(x.title)
        if not title or len(title) > LONGEST or before + added >= MOST:
            continue
        if known.setdefault(x.ledger, {}).get(title) != x.field:
            known[x.ledger][title] = x.field
            added += 1
    if added:
        path = learnt_file()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with guarding(versioned=True):
                write_whole(path, json.dumps(known, ensure_ascii=False, indent=1).encode(), (".json",))
        except OSError:
            return 0
    return added
