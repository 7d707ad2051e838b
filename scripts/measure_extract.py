#!/usr/bin/env python3
"""Measures `dangjian extract` on labelled quantities.

    python scripts/measure_extract.py [SEEDS]

tests/data/extract_sentences.csv has sentences of our own. tests/data/extract_seeds.csv has the quantities
of three real reports (file, line, figure, never their sentences); SEEDS is the folder of these reports.

Labelled: a number, in Arabic or Chinese numerals or masked, with the measure word of what was done,
counted or planned; shares (%, 百分之, 成, 分之, 倍), money, amounts and durations (连续5年). The figure
runs from the number to the measure word; words before and after it (近, 不少于, 以上) are the
approximator. Not labelled, because they are no quantities: dates, years and deadlines (7日内, 24小时服务),
ordinals and ranks (第3期, 前3名), meetings by number (五届二次全会), document numbers, anniversaries, ages
and lengths of membership as a limit (35岁以下), set phrases and slogans (二十大, 五大行动, 三会一课, 第一议题,
“双百”, 四部委), names in 《》 or quotation marks (but 《…200题》 counts), the list words 一是 二是, parts of
an argument (三个方面, 两个重点), and 一 in the sense of “a” (一个时期, 一批).

tests/data/extract_foreign.txt has texts of other agencies' kinds, one half for tuning, one for reporting only; its
misses are printed for the tuning half. Measured there: indicators named that are right, those called 高 that are
right, and those found of all labelled.

A quantity is found if figure and place (line or sentence) agree. Prints recall and precision of the
quantities, of their details, and of the indicators named (correct ones of those named, and of those labelled).
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from toolkit.documents.extract import extract  # noqa: E402
from toolkit.standard.catalog import load_catalog  # noqa: E402
from toolkit.wording.reading.facts import SURE_WORD, Fact  # noqa: E402

DATA = ROOT / "tests" / "data"
Label = Mapping[str, str]


@dataclass
class Score:
    """Numbers of labelled, found and correct quantities and indicators, and the list of misses."""

    labelled: int = 0
    found: int = 0
    right: int = 0
    named: int = 0
    to_name: int = 0
    named_right: int = 0
    details: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("number", "word", "approx", "kind", "target"), 0)
    )
    misses: list[str] = field(default_factory=list)

    def share(self, part: int, whole: int) -> float:
        return part / whole if whole else 1.0

    @property
    def recall(self) -> float:
        return self.share(self.right, self.labelled)

    @property
    def precision(self) -> float:
        return self.share(self.right, self.found)

    @property
    def naming_recall(self) -> float:
        return self.share(self.named_right, self.to_name)

    @property
    def naming_precision(self) -> float:
        return self.share(self.named_right, self.named)

    def add(self, where: str, labels: Iterable[Label], facts: Iterable[Fact]) -> None:
        """Compares the labels of one place with the facts found there."""
        left = [label for label in labels if label["figure"]]
        self.labelled += len(left)
        self.to_name += sum(bool(label["indicator"]) for label in left)
        for fact in facts:
            self.found += 1
            name = fact.indicator.name if fact.indicator else ""
            self.named += bool(name)
            label = next((x for x in left if x["figure"] == fact.quantity.text), None)
            if label is None:
                self.misses.append(f"{where}: too much: {fact.quantity.text}")
                continue
            left.remove(label)
            self.right += 1
            self.named_right += bool(name) and name == label["indicator"]
            if name != label["indicator"]:
                self.misses.append(f"{where}: {fact.quantity.text} named {name or '-'}, is {label['indicator'] or '-'}")
            for key, same in _details(label, fact).items():
                self.details[key] += same
                if not same:
                    self.misses.append(f"{where}: {fact.quantity.text}: {key} is not {label[key]!r}")
        self.misses += [f"{where}: not found: {label['figure']}" for label in left]

    def lines(self, title: str) -> Iterator[str]:
        """Yields the lines of the printed result."""
        yield f"{title}: {self.labelled} labelled, {self.found} found"
        yield f"  quantities  recall {self.recall:7.1%}  precision {self.precision:7.1%}"
        yield "  details     " + "  ".join(f"{k} {self.share(v, self.right):.1%}" for k, v in self.details.items())
        yield f"  indicators  recall {self.naming_recall:7.1%}  precision {self.naming_precision:7.1%}"


def _details(label: Label, fact: Fact) -> dict[str, bool]:
    q = fact.quantity
    return {
        "number": _number(label["number"]) == q.value and _number(label.get("high", "")) == q.high,
        "word": label["word"] == q.word,
        "approx": label["approx"] == q.approx,
        "kind": label["kind"] == q.kind,
        "target": bool(label["target"]) == fact.planned,
    }


def _number(text: str) -> Decimal | None:
    part, _, whole = text.partition("/")
    return None if not text else Decimal(part) / Decimal(whole or 1)


def measure_sentences() -> Score:
    """Measures each sentence as a separate document."""
    labels: dict[str, list[Label]] = {}
    texts: dict[str, str] = {}
    for row in csv.DictReader((DATA / "extract_sentences.csv").open(encoding="utf-8")):
        labels.setdefault(row["id"], []).append(row)
        if row["sentence"]:
            texts[row["id"]] = row["sentence"]
    score, catalog = Score(), load_catalog()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sentence.txt"
        for key, text in texts.items():
            path.write_text(text, encoding="utf-8")
            score.add(f"sentence {key}", labels[key], extract(catalog, path))
    return score


def measure_seeds(seeds: Path) -> Score:
    """Measures the labelled reports line by line."""
    labels: dict[tuple[str, int], list[Label]] = {}
    for row in csv.DictReader((DATA / "extract_seeds.csv").open(encoding="utf-8")):
        labels.setdefault((row["file"], int(row["line"])), []).append(row)
    score, catalog = Score(), load_catalog()
    for name in sorted({name for name, _ in labels}):
        facts = extract(catalog, next(seeds.glob(f"{name}_*.txt")))
        lines = {line for file, line in labels if file == name} | {f.paragraph for f in facts}
        for line in sorted(lines):
            score.add(f"{name}:{line}", labels.get((name, line), []), [f for f in facts if f.paragraph == line])
    return score


FOREIGN = re.compile(r"\[([^|\]]+)\|([^\]]*)\]")
REPORTING = 2  # every second text is for reporting, the others for tuning


@dataclass
class Naming:
    """How the indicators of one half of the foreign texts were named."""

    labelled: int = 0
    named: int = 0
    right: int = 0
    sure: int = 0
    sure_right: int = 0
    misses: list[str] = field(default_factory=list)

    def lines(self, title: str) -> Iterator[str]:
        """Yields the line of the printed result."""
        rates = {
            "precision": (self.right, self.named),
            "高": (self.sure_right, self.sure),
            "recall": (self.right, self.labelled),
        }
        said = "  ".join(f"{k} {a}/{b} {a / max(b, 1):.1%}" for k, (a, b) in rates.items())
        yield f"{title}: {self.labelled} figures with an indicator  {said}"

    def add(self, where: str, labels: Mapping[tuple[int, int], str], facts: Iterable[Fact]) -> None:
        """Compares labels, by line and position, with the facts of one text."""
        self.labelled += sum(map(bool, labels.values()))
        left = {at: name for at, name in labels.items() if name}
        for fact in facts:
            name = fact.indicator.name if fact.indicator else ""
            at = next(((n, start) for n, start in labels if n == fact.paragraph and _covers(fact, start)), (0, 0))
            true = left.pop(at, "")
            self.named += bool(name)
            self.right += bool(name) and name == true
            self.sure += fact.confidence == SURE_WORD
            self.sure_right += fact.confidence == SURE_WORD and name == true
            if name != true:
                self.misses.append(
                    f"{where}: {fact.quantity.text} named {name or '-'} {fact.confidence}, is {true or '-'}"
                )
        self.misses += [f"{where}: not found: {name}" for name in left.values()]


def _covers(fact: Fact, start: int) -> bool:
    return any(place.start <= start < place.end for place in fact.places)


def measure_foreign(reporting: bool) -> Naming:
    """Measures one half of tests/data/extract_foreign.txt."""
    score, catalog = Naming(), load_catalog()
    blocks = (DATA / "extract_foreign.txt").read_text(encoding="utf-8").split("\n== ")[1:]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "text.txt"
        for block in blocks:
            number, _, text = block.partition("\n")
            if (int(number) % REPORTING == 0) == reporting:
                plain, labels = _unmarked(text.strip())
                path.write_text(plain, encoding="utf-8")
                score.add(f"text {number}", labels, extract(catalog, path))
    return score


def _unmarked(text: str) -> tuple[str, dict[tuple[int, int], str]]:
    """Returns the text without marks, and the indicators by line and position."""
    lines, labels = [], {}
    for n, line in enumerate(text.split("\n"), 1):
        made, at = "", 0
        for m in FOREIGN.finditer(line):
            made += line[at : m.start()]
            labels[n, len(made)] = m[2]
            made, at = made + m[1], m.end()
        lines.append(made + line[at:])
    return "\n".join(lines), labels


def main(arguments: list[str]) -> None:
    scores = {"sentences": measure_sentences()}
    if arguments:
        scores["seeds"] = measure_seeds(Path(arguments[0]))
    for title, score in scores.items():
        print("\n".join([*score.misses, *score.lines(title)]))
    for title, reporting in (("foreign texts, tuning half", False), ("foreign texts, reporting half", True)):
        naming = measure_foreign(reporting)
        print("\n".join([*(() if reporting else naming.misses), *naming.lines(title)]))


if __name__ == "__main__":
    main(sys.argv[1:])
