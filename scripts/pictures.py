#!/usr/bin/env python3
"""The README's pictures, docs/images/*.png: a filled ledger and a page of a report, through LibreOffice.

    python3 scripts/pictures.py DEMO_DIR      DEMO_DIR: what `dangjian demo -o DEMO_DIR` wrote

Needs soffice and pdftoppm. Fonts that official documents name are replaced as scripts/fonts.conf says;
the free Fandol fonts come from Debian's texlive-lang-chinese.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"


def picture(source: Path, page: int, name: str, dots: int, crop: str = "") -> None:
    """One page of a document as docs/images/<name>.png; `crop` is "x y width height" in pixels."""
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"FONTCONFIG_FILE": str(ROOT / "scripts" / "fonts.conf")}
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(source)]
        subprocess.run(convert, check=True, capture_output=True, env=env)
        pdf, out = Path(folder) / f"{source.stem}.pdf", IMAGES / name
        part = [word for pair in zip(("-x", "-y", "-W", "-H"), crop.split(), strict=False) for word in pair]
        cut = [*part, "-f", str(page), "-l", str(page), "-r", str(dots), "-png", "-singlefile"]
        subprocess.run(["pdftoppm", *cut, str(pdf), str(out)], check=True)


def main(demo: Path) -> None:
    IMAGES.mkdir(exist_ok=True)
    book = next((demo / "单位工作簿").glob("ZX001*.xlsx"))
    picture(book, 1, "front", 60)
    picture(book, 9, "ledger", 110, "30 60 900 560")
    picture(demo / "situation.docx", 1, "report", 60)
    picture(demo / "汇总.xlsx", 2, "charts", 60)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
