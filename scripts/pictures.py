#!/usr/bin/env python3
"""Makes the pictures of README and docs, docs/images/*.png: a filled ledger, and a page of each document.

    python3 scripts/pictures.py DEMO_DIR      DEMO_DIR: the output of `dangjian demo -o DEMO_DIR`

Needs soffice and pdftoppm. toolkit/word/filling/fonts.conf replaces the fonts of official documents;
`scripts/bootstrap.py test` unpacks the replacements.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
LONG = 1800  # seconds: the consolidated workbook has hundreds of pages
sys.path.insert(0, str(ROOT))

from toolkit.documents.printing.pages import to_pdf  # noqa: E402


def picture(pdf: Path, page: int, name: str, dots: int, crop: str = "") -> None:
    """Saves one page of a PDF as docs/images/<name>.png; `crop` is "x y width height" in pixels."""
    part = [word for pair in zip(("-x", "-y", "-W", "-H"), crop.split(), strict=False) for word in pair]
    cut = [*part, "-f", str(page), "-l", str(page), "-r", str(dots), "-png", "-singlefile"]
    subprocess.run(["pdftoppm", *cut, str(pdf), str(IMAGES / name)], check=True)


def page_of(pdf: Path, title: str) -> int:
    """Returns the first page of a PDF that begins with a title. Raises StopIteration."""
    said = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    return next(n for n, page in enumerate(said.split("\f"), 1) if page.strip().startswith(title))


def main(demo: Path) -> None:
    """Converts the demo's files to PDF and saves the pictures."""
    IMAGES.mkdir(exist_ok=True)
    book = next((demo / "单位工作簿").glob("ZX001*.xlsx"))
    documents = {name: demo / f"{name}.docx" for name in ("situation", "duty", "study", "summary", "plan")}
    with tempfile.TemporaryDirectory() as folder:
        made = to_pdf(list(documents.values()), Path(folder)) | to_pdf([book, demo / "汇总.xlsx"], Path(folder), LONG)
        pdfs = {source.stem: pdf for source, pdf in made.items() if pdf}
        picture(pdfs[book.stem], page_of(pdfs[book.stem], "组织生活"), "ledger", 110, "30 60 900 560")
        picture(pdfs["汇总"], 2, "charts", 130, "55 75 630 560")
        for name in documents:
            picture(pdfs[name], 1, name, 60)
        picture(pdfs["plan"], 5, "plan-annex", 60)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
