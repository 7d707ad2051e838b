#!/usr/bin/env python3
"""Measures how alike documents of different units are, and how concrete each is.

    python3 scripts/likeness.py [DOCUMENT.docx ...]

Without arguments it fills 党建工作情况 (as drafts, in memory only) for the sample units and ten units of the sample
city. Prints titles, quoted names and the most frequent time word of each document, then the likeness of each pair:
common 8-character sequences ÷ those of the shorter text, without punctuation, digits and the first three paragraphs.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from toolkit.documents.fill import Look, fill  # noqa: E402
from toolkit.excel.samples import sample  # noqa: E402
from toolkit.excel.unit.build import build_unit_workbook  # noqa: E402
from toolkit.model import Catalog  # noqa: E402
from toolkit.standard.catalog import load_catalog  # noqa: E402
from toolkit.word.edited.paragraphs import open_document  # noqa: E402

SIZE = 8  # characters of one sequence
ALIKE = 3  # paragraphs that all documents share: title and introduction
CITY = 10  # units of the sample city
SINGLE = ("situation", "duty", "study", "gongwei")  # sample plans of one unit each
_NOISE = re.compile(r"[^\u4e00-\u9fff]")


@dataclass(frozen=True)
class Text:
    """One document as paragraphs."""

    name: str
    paragraphs: tuple[str, ...]

    @property
    def whole(self) -> str:
        """All paragraphs, one a line."""
        return "\n".join(self.paragraphs)

    @property
    def sequences(self) -> set[str]:
        """The sequences of SIZE Chinese characters behind the first paragraphs."""
        plain = _NOISE.sub("", "".join(self.paragraphs[ALIKE:]))
        return {plain[i : i + SIZE] for i in range(len(plain) - SIZE + 1)}


def likeness(a: Text, b: Text) -> float:
    """Returns the common sequences as a share of those of the shorter text."""
    return len(a.sequences & b.sequences) / max(1, min(len(a.sequences), len(b.sequences)))


def read(path: Path) -> Text:
    """Returns the text of a .docx without empty paragraphs."""
    return Text(path.stem, tuple(p.text for p in open_document(path).paragraphs if p.text.strip()))


def titles(text: str) -> int:
    """Returns the number of titles in 《》."""
    return len(re.findall("《[^》]+》", text))


def quoted(text: str) -> int:
    """Returns the number of names in “”."""
    return len(re.findall("“[^”]+”", text))


def often(catalog: Catalog, text: str) -> tuple[str, int]:
    """Returns the most frequent declared time word, and how often it stands in the text."""
    words = [w.rstrip("，") for w in catalog.speech.times]
    return max(((w, text.count(w)) for w in words), key=lambda found: found[1], default=("", 0))


def filled(catalog: Catalog, folder: Path) -> Iterator[Text]:
    """Yields 党建工作情况 of the sample units and of CITY units of the sample city."""
    units = [next(iter(sample(catalog, plan))) for plan in SINGLE]
    units += [unit for _, unit in zip(range(CITY), sample(catalog, "city"), strict=False)]
    for unit, rows, declared in units:
        book = folder / f"{unit['unit_id']}.xlsx"
        build_unit_workbook(catalog, unit, book, rows, declared)
        out = folder / f"{unit['unit_id']}.docx"
        fill(catalog, "situation", book, out, Look(draft=True))
        yield read(out)


def main(paths: Sequence[str]) -> int:
    """Prints the measures. Returns the exit code."""
    catalog = load_catalog()
    with tempfile.TemporaryDirectory() as folder:
        texts = [read(Path(p)) for p in paths] or list(filled(catalog, Path(folder)))
    for t in texts:
        word, n = often(catalog, t.whole)
        print(f"{t.name}: 《》{titles(t.whole)} “”{quoted(t.whole)} {word}×{n} {len(t.whole)}字")
    pairs = sorted(((likeness(a, b), a.name, b.name) for a, b in combinations(texts, 2)), reverse=True)
    for share, a, b in pairs[:10]:
        print(f"{share:.1%} {a} {b}")
    if pairs:
        print(f"most alike of {len(pairs)} pairs: {pairs[0][0]:.1%}, mean {sum(p[0] for p in pairs) / len(pairs):.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
