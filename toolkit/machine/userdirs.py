"""Folders for a user's settings, log and cache, where each platform keeps them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

NAME = "dangjian"


def config_dir(platform: str = sys.platform) -> Path:
    """Returns the folder of the user's settings; it may not exist yet."""
    return _place(platform, ("APPDATA", "Roaming"), "Application Support", ("XDG_CONFIG_HOME", ".config"))


def standard_dir() -> Path:
    """Returns the folder of the user's own edition of the standard, which commands and buttons use if it is there."""
    return config_dir() / "standard"


def log_dir(platform: str = sys.platform) -> Path:
    """Returns the folder of the log; it may not exist yet."""
    return _place(platform, ("LOCALAPPDATA", "Local"), "Logs", ("XDG_STATE_HOME", ".local/state"))


def state_dir(platform: str = sys.platform) -> Path:
    """Returns the folder of what the product must remember; it may not exist yet."""
    return _place(platform, ("LOCALAPPDATA", "Local"), "Application Support", ("XDG_STATE_HOME", ".local/state"))


def cache_dir(platform: str = sys.platform) -> Path:
    """Returns the folder of data that can be regenerated; it may not exist yet."""
    place = _place(platform, ("LOCALAPPDATA", "Local"), "Caches", ("XDG_CACHE_HOME", ".cache"))
    return place / "cache" if platform == "win32" else place


def python_file() -> Path:
    """Returns the text file that names the Python for the buttons."""
    return config_dir() / "python.txt"


def log_file() -> Path:
    """Returns the file in which a failing button records the error."""
    return log_dir() / f"{NAME}.log"


def _place(platform: str, windows: tuple[str, str], mac: str, xdg: tuple[str, str]) -> Path:
    """Returns our folder: `windows` and `xdg` are a variable, and the folder of the user's home where it is not set."""
    if platform == "win32":
        return Path(os.environ.get(windows[0]) or Path.home() / "AppData" / windows[1]) / NAME
    if platform == "darwin":
        return Path.home() / "Library" / mac / NAME
    return Path(os.environ.get(xdg[0]) or Path.home() / xdg[1]) / NAME
