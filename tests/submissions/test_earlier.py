"""A workbook that an earlier version built, with its columns in another order, reads to the same figures."""

from __future__ import annotations

import json
from pathlib import Path

from toolkit.model import Catalog
from toolkit.submissions.source import open_source

EARLIER = Path(__file__).parents[1] / "data" / "earlier"


def test_an_earlier_workbook_reads_to_the_same_figures(catalog: Catalog) -> None:
    source = open_source(catalog, EARLIER / "unit_2026.1.xlsx")
    expected = json.loads((EARLIER / "unit_2026.1.json").read_text(encoding="utf-8"))
    found = {name: source.figures[name] for name in expected}
    assert {n: [f.state, None if f.value is None else str(f.value)] for n, f in found.items()} == expected
    assert sum(value not in (None, "0") for _, value in expected.values()) > 60
