#!/usr/bin/env python3
"""Measures recall and precision of the checker: on the sets it was tuned on, and on the set it was not.

    python3 scripts/measure_lint.py [FOLDER]

FOLDER contains the reports as .txt; without it only the sentences are measured.
"""

from __future__ import annotations

import csv
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from toolkit.standard.catalog import load_catalog  # noqa: E402
from toolkit.word.edited.paragraphs import open_document  # noqa: E402
from toolkit.word.lint.check import check_text  # noqa: E402

DATA = ROOT / "tests" / "data"
# Rules are mended on the tuning sets and measured on the reporting set. No case ever moves from one to the other.
TUNING = ("lint_sentences.csv", "lint_fresh.csv", "lint_kinds.csv", "lint_foreign_tuning.csv")
REPORTING = ("lint_foreign_reporting.csv",)


@dataclass
class Score:
    """Labels found, labels missed, and findings without a label."""

    found: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    by_code: Counter[str] = field(default_factory=Counter)

    def add(self, place: str, wanted: set[str], got: set[str]) -> None:
        """Compares the labelled codes of one place with the codes found there."""
        self.found += len(wanted & got)
        self.missed += [f"{place} {code}" for code in sorted(wanted - got)]
        self.wrong += [f"{place} {code}" for code in sorted(got - wanted)]

    @property
    def recall(self) -> float:
        return self.found / (self.found + len(self.missed))

    @property
    def precision(self) -> float:
        return self.found / (self.found + len(self.wrong))

    def __str__(self) -> str:
        lines = [f"recall {self.recall:.1%}, precision {self.precision:.1%} ({self.found} found)"]
        lines += [f"  missed: {m}" for m in self.missed] + [f"  wrong:  {w}" for w in self.wrong]
        return "\n".join(lines)


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yields the rows of a CSV file in tests/data."""
    with open(DATA / name, encoding="utf-8", newline="") as f:
        yield from csv.DictReader(f)


def unescaped(text: str) -> str:
    r"""Replaces \n and \uXXXX with the characters."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text.replace("\\n", "\n"))


def codes(path: Path) -> set[tuple[int, str]]:
    """Returns (line, code) of every finding."""
    return {(r.paragraph, r.code) for r in check_text(load_catalog(), open_document(path))}


def measure_sentences(name: str = "lint_sentences.csv") -> Score:
    """Measures each sentence as a separate text file."""
    score = Score()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.txt"
        for row in rows(name):
            # behind this byte order mark, one that belongs to the text is kept
            path.write_bytes("\ufeff".encode() + unescaped(row["text"]).encode())
            score.add(row["id"], set(filter(None, row["codes"].split(";"))), {code for _, code in codes(path)})
    return score


def measure_reports(folder: Path, name: str = "lint_seeds.csv") -> Score:
    """Measures the labelled reports line by line; raises FileNotFoundError if one is missing."""
    score = Score()
    wanted: dict[str, set[tuple[int, str]]] = {}
    for row in rows(name):
        wanted.setdefault(row["file"], set()).add((int(row["line"]), row["code"]))
    for stem, labels in wanted.items():
        path = next(iter(sorted(folder.glob(f"{stem}*.txt"))), None)
        if path is None:
            raise FileNotFoundError(folder / f"{stem}*.txt")
        got = codes(path)
        for line in sorted({n for n, _ in labels | got}):
            score.add(f"{stem}:{line}", {c for n, c in labels if n == line}, {c for n, c in got if n == line})
    return score


if __name__ == "__main__":
    for name in TUNING:
        print(f"tuning, {name}:", measure_sentences(name))
    for name in REPORTING:  # its cases stay unread: only the figures are printed
        print(f"reporting, {name}:", str(measure_sentences(name)).splitlines()[0])
    for folder in sys.argv[1:]:
        print("reports (tuning):", measure_reports(Path(folder)))
