#!/usr/bin/env python3
"""Writes the five sample documents, filled from the fictional workbooks of toolkit/excel/sample_plans.

    python3 scripts/seed_reports.py -o DIR

writes situation.docx duty.docx study.docx summary.docx plan.docx and their workbooks to DIR, like
`dangjian demo`. Runs in the project's .venv if bootstrap.py has made one.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

if PYTHON.exists() and Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():
    os.execv(PYTHON, [str(PYTHON), *sys.argv])

sys.path.insert(0, str(ROOT))

from toolkit.cli.main import main  # noqa: E402

if __name__ == "__main__":
    main(["demo", *sys.argv[1:]])
