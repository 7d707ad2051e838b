"""Folders for a user's settings, log and cache, where each platform keeps them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

NAME = "dangjian"


def config_dir(platform: str = sys.platform) -> Path:
    """Returns the folder of the user's settings; it may not exist yet."""
    if platform == "win32":
        return _windows("APPDATA", "Roaming") / NAME
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / NAME
    return _xdg("XDG_CONFIG_HOME", ".config") / NAME


def log_dir(platform: str = sys.platform) -> Path:
    """Returns the folder of the log; it may not exist yet."""
    if platform == "win32":
        return _windows("LOCALAPPDATA", "Local") / NAME
    if platform == "darwin":
        return Path.home() / "Library" / "Logs" / NAME
    return _xdg("XDG_STATE_HOME", ".local/state") / NAME


def state_dir(platform: str = sys.platform) -> Path:
    """Returns the folder of what the product must remember; it may not exist yet."""
    if platform == "win32":
        return _windows("LOCALAPPDATA", "Local") / NAME
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / NAME
    return _xdg("XDG_STATE_HOME", ".local/state") / NAME


def cache_dir(platform: str = sys.platform) -> Path:
    """Returns the folder of data that can be regenerated; it may not exist yet."""
    if platform == "win32":
        return _windows("LOCALAPPDATA", "Local") / NAME / "cache"
    if platform == "darwin":
        return Path.home() / "Library" / "Caches" / NAME
    return _xdg("XDG_CACHE_HOME", ".cache") / NAME


def python_file() -> Path:
    """Returns the text file that names the Python for the buttons."""
    return config_dir() / "python.txt"


def log_file() -> Path:
    """Returns the file in which a failing button records the error."""
    return log_dir() / f"{NAME}.log"


def _windows(variable: str, folder: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / "AppData" / folder)


def _xdg(variable: str, folder: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / folder)
