#!/usr/bin/env python3
"""Write the five sample documents, each filled from the fictional workbooks of toolkit/sample_plans.

    python scripts/seed_reports.py -o DIR

DIR/<document>.docx are the documents, DIR/books the workbooks behind them, DIR/summary.xlsx the city as one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from toolkit.aggregate import aggregate  # noqa: E402
from toolkit.catalog import load_catalog  # noqa: E402
from toolkit.demo import CITY, DOCUMENTS  # noqa: E402
from toolkit.errors import CannotRun, StandardError  # noqa: E402
from toolkit.excel.consolidate import write_consolidated  # noqa: E402
from toolkit.fill import fill  # noqa: E402
from toolkit.model import Catalog  # noqa: E402
from toolkit.samples import write_sample  # noqa: E402


def write_reports(catalog: Catalog, out: Path) -> dict[str, Path]:
    """The documents by name, written below `out`. Raises CannotRun where one cannot be filled."""
    plans = dict.fromkeys([*CITY, *(plan for plan in DOCUMENTS.values() if plan)])
    books = {plan: write_sample(plan, out / "books" / plan, catalog) for plan in plans}
    city = out / "summary.xlsx"
    write_consolidated(aggregate([book for plan in CITY for book in books[plan]], catalog), city)
    reports = {document: out / f"{document}.docx" for document in DOCUMENTS}
    for document, plan in DOCUMENTS.items():
        fill(catalog, document, books[plan][0] if plan else city, reports[document])
    return reports


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-o", "--out", type=Path, required=True, help="folder for the documents and workbooks")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    try:
        reports = write_reports(load_catalog(), out)
    except (CannotRun, StandardError) as e:
        print(e, file=sys.stderr)
        return 2
    print(" ".join(f"{document}={path}" for document, path in reports.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
