"""Where files are: folders to choose from, what was used last, and where dropped files are kept."""

from __future__ import annotations

import json
import os
import shutil
import stat
import string
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from ..errors import CannotRun
from ..machine.registry import values
from ..machine.userdirs import state_dir
from ..names import Unused, file_name

WORK, DROPPED = "党建工作", "收件"
LARGEST = 200 << 20  # bytes of a dropped file
MOST = 2000  # entries of a folder that are shown
RECENT = 12
_SHELL = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"


def documents() -> Path:
    """Returns the user's folder of documents, or the home folder."""
    told = values(_SHELL).get("Personal") if sys.platform == "win32" else _xdg("DOCUMENTS")
    found = (Path(p) for p in (told, Path.home() / "Documents", Path.home() / "文档") if p)
    return next((p for p in found if p.is_dir()), Path.home())


def _xdg(name: str) -> str | None:
    with suppress(OSError):
        config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
        for line in (config / "user-dirs.dirs").read_text("utf-8").splitlines():
            if line.startswith(f"XDG_{name}_DIR="):
                return line.partition("=")[2].strip('"').replace("$HOME", str(Path.home()))
    return None


def work_folder() -> Path:
    """Returns the folder of the product's own among the user's documents; makes it."""
    folder = documents() / WORK
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def tops() -> list[dict[str, str]]:
    """Returns the places where a search begins: name and path."""
    desktop = next((p for p in (Path.home() / "Desktop", Path.home() / "桌面") if p.is_dir()), None)
    found = [("文档", documents()), ("桌面", desktop), ("个人文件夹", Path.home()), (WORK, documents() / WORK)]
    if sys.platform == "win32":
        found += [(f"{c}:", Path(f"{c}:\\")) for c in string.ascii_uppercase if os.path.exists(f"{c}:\\")]
    else:
        found += [("全部", Path("/"))]
    shown = {str(p): name for name, p in found if p and p.is_dir()}
    return [{"name": name, "path": path} for path, name in shown.items()]


def entries(path: str, suffixes: Iterable[str]) -> dict[str, Any]:
    """Returns a folder's folders and its files with these suffixes (all if none are given). Raises CannotRun."""
    said, wanted = path.strip().strip('"'), tuple(suffixes)  # Windows copies a path with quotes around it
    if not os.path.isabs(said) or "\0" in said:
        raise CannotRun(f"要写完整的位置，如 {Path.home()}。")
    folder = Path(said).parent if os.path.isfile(said) else Path(said)
    try:
        with os.scandir(folder) as found:
            shown = [e for e in found if not _hidden(e) and (_is_dir(e) or e.name.lower().endswith(wanted or ("",)))]
    except OSError as e:
        raise CannotRun(f"打不开文件夹“{folder}”（{e.strerror or e}）。请换一个。") from e
    shown.sort(key=lambda e: (not _is_dir(e), e.name.casefold()))
    return {
        "path": str(folder),
        "parent": str(folder.parent) if folder.parent != folder else "",
        "entries": [{"name": e.name, "path": e.path, "folder": _is_dir(e)} for e in shown[:MOST]],
        "more": max(0, len(shown) - MOST),
    }


def _hidden(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith((".", "~$")):
        return True
    with suppress(OSError):
        mark = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0)
        return bool(mark & (stat.FILE_ATTRIBUTE_HIDDEN | stat.FILE_ATTRIBUTE_SYSTEM))
    return True


def _is_dir(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


# ------------------------------------------------------------------ dropped


class Reads(Protocol):
    """Where the bytes of a dropped file come from."""

    def read(self, size: int, /) -> bytes:
        """Returns at most `size` bytes; none at the end."""


class Arrivals:
    """The files that were dropped into one window: each drop has a folder of its own."""

    def __init__(self) -> None:
        self._folders: dict[str, tuple[Path, Unused]] = {}

    def keep(self, drop: str, name: str, content: Reads, size: int) -> Path:
        """Saves one file and returns its path; files of the same `drop` lie together. Raises CannotRun."""
        if size > LARGEST:
            raise CannotRun(f"“{name}”超过{LARGEST >> 20} MB，没有收下。请用“选文件”直接读它所在的位置。")
        if drop not in self._folders:
            self._folders[drop] = (_new_folder(work_folder() / DROPPED), Unused())
        folder, unused = self._folders[drop]
        plain = name.replace("\\", "/").rpartition("/")[2]
        path = folder / unused(file_name(Path(plain).stem, Path(file_name(plain, "")).suffix))
        with open(path, "xb") as f:
            left = size
            while left:
                part = content.read(min(left, 1 << 20))
                if not part:
                    f.close()
                    path.unlink()
                    raise CannotRun(f"“{name}”没有收全，请再拖一次。")
                f.write(part)
                left -= len(part)
        return path


def _new_folder(top: Path) -> Path:
    stem, n = f"{datetime.now():%Y-%m-%d %H%M%S}", 1
    top.mkdir(parents=True, exist_ok=True)
    while True:
        folder = top / (stem if n == 1 else f"{stem} {n}")
        try:
            folder.mkdir()
            return folder
        except FileExistsError:
            n += 1


# ------------------------------------------------------------------ recent


def _recent_file() -> Path:
    return state_dir() / "recent.json"


def recent() -> list[dict[str, Any]]:
    """Returns what was used last and is still there, the newest first."""
    with suppress(OSError, ValueError, TypeError):
        found = [str(p) for p in json.loads(_recent_file().read_text("utf-8"))]
        return [{"path": p, "name": Path(p).name, "folder": os.path.isdir(p)} for p in found if os.path.exists(p)]
    return []


def last_folder() -> str:
    """Returns where a search begins: the folder that was used last, or the documents."""
    last = next((Path(r["path"]).parent for r in recent()), documents())
    return str(last if last.is_dir() else documents())


def remember(paths: Iterable[str]) -> None:
    """Puts paths at the front of the recent ones; what cannot be remembered is forgotten."""
    kept = list(dict.fromkeys([*paths, *(r["path"] for r in recent())]))[:RECENT]
    with suppress(OSError):
        file = _recent_file()
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = file.with_suffix(".new")
        made.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
        shutil.move(made, file)
