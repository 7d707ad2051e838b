"""Reports which fonts of official documents this machine lacks."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from ..styles import load_format

CONF = Path(__file__).with_name("fonts.conf")  # for LibreOffice: free substitutes for missing official fonts


def official_fonts() -> tuple[str, ...]:
    """Returns the fonts declared in standard/format/gb9704.yaml."""
    return tuple(load_format()["fonts"].values())


def missing_fonts() -> list[str] | None:
    """Returns the official fonts that are not installed; None if installed fonts cannot be listed."""
    known = _installed()
    if known is None:
        return None
    return [font for font in official_fonts() if font not in known]


def _installed() -> str | None:
    """Returns the names of all installed fonts as one text; None without fc-list."""
    if sys.platform == "win32":
        return _windows_fonts()
    if not shutil.which("fc-list"):
        return None
    done = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=False, timeout=30)
    return done.stdout


def _windows_fonts() -> str:
    import winreg

    found = []
    for root in (winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER):  # type: ignore[attr-defined, unused-ignore]
        try:
            key = winreg.OpenKey(root, r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Fonts")  # type: ignore[attr-defined, unused-ignore]
        except OSError:
            continue
        with key:
            count = winreg.QueryInfoKey(key)[1]  # type: ignore[attr-defined, unused-ignore]
            found += [winreg.EnumValue(key, n)[0] for n in range(count)]  # type: ignore[attr-defined, unused-ignore]
    return "\n".join(found)
