#!/usr/bin/env python3
"""Packs the LibreOffice extension for installation by hand (工具 → 扩展管理器).

    python scripts/build_oxt.py [-o dangjian.oxt]

`dangjian install-addin` packs and installs it automatically.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from toolkit.buttons.libreoffice.extension.build import build_oxt  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("-o", "--output", type=Path, default=Path("dangjian.oxt"))
    build_oxt(parser.parse_args().output)


if __name__ == "__main__":
    main()
