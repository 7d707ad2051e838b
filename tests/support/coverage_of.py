"""Which of the 111 figures of the source reports the generated documents print.

A figure is covered when one sentence of its document holds both the keyword and the figure
(white space ignored). seed_figures.csv: stated in the reports; masked_measures.csv: masked
there, so each has a fictional value.
"""

from __future__ import annotations

import csv
import html
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from .paths import DATA

Fact = dict[str, str]


def facts() -> list[Fact]:
    """The 111 facts: fact_id, document, measure, ledger, op, value, unit, approx, keyword, figure."""
    names = ("seed_figures.csv", "masked_measures.csv")
    return [row for name in names for row in csv.DictReader((DATA / name).open(encoding="utf-8"))]


def sentences(document: Path) -> Iterator[str]:
    with zipfile.ZipFile(document) as z:
        xml = z.read("word/document.xml").decode("utf-8")
    for paragraph in re.split(r"</w:p>", xml):
        text = html.unescape("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", paragraph)))
        yield from re.split(r"[。；;！？]", re.sub(r"\s+", "", text))


def covered(documents: Mapping[str, Path]) -> set[str]:
    """The ids of the facts that the documents (by name) print."""
    said = {name: list(sentences(path)) for name, path in documents.items()}
    return {
        fact["fact_id"]
        for fact in facts()
        if any(
            re.search(fact["keyword"], s) and re.search(rf"(?<![\d.])(?:{fact['figure']})", s)
            for s in said.get(fact["document"], ())
        )
    }
