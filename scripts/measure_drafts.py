#!/usr/bin/env python3
"""Measures `dangjian template from` on a folder of reports (.docx, .txt): what is left for the clerk in each.

    python scripts/measure_drafts.py FOLDER [--show]

For each report: figures found, taken, left for the clerk and kept as wording, other numbers left for the clerk, and,
where tests/data/extract_seeds.csv has labels of it, the figures that were given a wrong indicator.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from toolkit.documents.drafting.draft import proposed  # noqa: E402
from toolkit.documents.drafting.proposals import FIGURE, OPEN, PUT, Proposal  # noqa: E402
from toolkit.documents.drafting.write import write_template  # noqa: E402
from toolkit.model import Catalog  # noqa: E402
from toolkit.standard.catalog import load_catalog  # noqa: E402
from toolkit.word.edited.bare import bare_figures  # noqa: E402
from toolkit.word.edited.paragraphs import open_document  # noqa: E402
from toolkit.word.filling.template import build_document  # noqa: E402

LABELS = ROOT / "tests" / "data" / "extract_seeds.csv"


def as_docx(path: Path, folder: Path) -> Path:
    """Returns a report as .docx; a text file becomes one paragraph a line."""
    if path.suffix == ".docx":
        return path
    out = folder / f"{path.stem}.docx"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    build_document(path.name, [line for line in lines if not line.lstrip().startswith(("#", "//"))], out)
    return out


def labels_of(name: str) -> Counter[tuple[str, str]]:
    """Returns the labelled (figure, indicator) pairs of a report."""
    with LABELS.open(encoding="utf-8") as f:
        return Counter((r["figure"], r["indicator"]) for r in csv.DictReader(f) if name.startswith(r["file"]))


def measure(catalog: Catalog, path: Path, folder: Path, show: bool) -> int:
    """Prints the numbers of one report. Returns how many figures it leaves for the clerk."""
    document = open_document(as_docx(path, folder))
    found, _ = proposed(catalog, document)
    figures = [p for p in found if p.kind == FIGURE]
    left, others = ([p for p in found if p.is_bare and (p.kind == FIGURE) == own] for own in (True, False))
    out = folder / f"{path.stem}_模板.docx"
    write_template(document, found, out)
    marked = len(list(bare_figures(open_document(out))))
    wrong = _wrong(figures, labels_of(path.name))
    taken = sum(p.decision == PUT for p in figures)
    silent = sum(len(p.places) for p in found if p.is_bare) - marked
    print(
        f"{path.name}: {len(figures)} figures, {taken} taken, {len(left)} left for the clerk, "
        f"{len(figures) - taken - len(left)} kept as wording; {len(others)} dates, years and other numbers for the clerk; "
        f"{marked} marked, {silent} unmarked; wrong: {wrong or 'none'}"
    )
    for p in found if show else ():
        if p.decision == OPEN:
            print(f"    {p.kind} {p.text} {p.state} {'、'.join(p.choices)} ({p.reason}): {p.context}")
    return len(left)


def _wrong(figures: list[Proposal], labels: Counter[tuple[str, str]]) -> list[str]:
    if not labels:
        return []
    known = Counter({("".join(figure.split()), name): n for (figure, name), n in labels.items()})
    wrong = []
    for p in (p for p in figures if p.decision == PUT):
        key = next((k for k in known if known[k] and k[1] == p.name and k[0] in "".join(p.text.split())), None)
        if key is None:
            wrong.append(f"{p.text}→{p.name}")
        else:
            known[key] -= 1
    return wrong


def main(arguments: list[str]) -> None:
    catalog = load_catalog()
    with TemporaryDirectory() as made:
        for path in sorted(Path(arguments[0]).iterdir()):
            if path.suffix in (".docx", ".txt"):
                measure(catalog, path, Path(made), "--show" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
