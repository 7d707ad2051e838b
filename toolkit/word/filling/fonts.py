"""Reports which fonts of official documents this machine lacks."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from ...machine.registry import values
from ..styles import load_format

CONF = Path(__file__).with_name("fonts.conf")  # for LibreOffice: free substitutes for missing official fonts
REGISTERED = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Fonts"


def official_fonts() -> tuple[str, ...]:
    """Returns the fonts declared in standard/format/gb9704.yaml."""
    return tuple(load_format()["fonts"].values())


def missing_fonts() -> list[str] | None:
    """Returns the official fonts that are not installed under any of their names; None if that cannot be found out."""
    known = _installed()
    if known is None:
        return None
    declared = load_format()
    same = declared["lint"]["same_font"]
    return [f for role, f in declared["fonts"].items() if not known & {n.casefold() for n in (f, *same[role])}]


def _installed() -> set[str] | None:
    """Returns the names of all installed fonts, folded; None if they cannot be listed."""
    if sys.platform == "win32":
        # By its file a font is registered as "SimSun & NSimSun (TrueType)", in English also on a Chinese Windows.
        names = [re.sub(r"\s*\([^()]*\)$", "", name) for name in values(REGISTERED)]
        return {part.strip().casefold() for name in names for part in name.split("&")}
    if not shutil.which("fc-list"):
        return None
    done = subprocess.run(
        ["fc-list", ":", "family"], capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=30
    )
    return {part.strip().casefold() for part in re.split("[,\n]", done.stdout)}
