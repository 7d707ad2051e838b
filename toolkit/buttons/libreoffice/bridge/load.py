"""Loads LibreOffice's module `uno` into a Python that runs in a virtual environment.

Only `uno` and `pyuno` are loaded from their folder; nothing else there becomes importable.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from ....errors import CannotRun
from ....machine.office import program_folders

MAC_FOLDER = "/Applications/LibreOffice.app/Contents/Frameworks"  # on macOS the libraries are not beside the programs
SCRIPT_FOLDERS = ("/usr/lib/python3/dist-packages", "/usr/lib64/python3/site-packages")
NOT_FOUND = "没有找到 LibreOffice 的 Python 接口。请安装软件包 python3-uno（Debian、Ubuntu、UOS、麒麟：sudo apt install python3-uno），再试一次。"
OTHER_PYTHON = (
    "LibreOffice 的 Python 接口只能配合 Python {theirs} 使用，本工具装在 Python {ours} 上。"
    "请用 python{theirs} 重新安装本工具，并重新安装按钮。"
)


def load_uno() -> Any:
    """Returns the module `uno`. Raises CannotRun if there is none, or only one for another Python version."""
    if "uno" in sys.modules:
        return sys.modules["uno"]
    library = _first(f / "pyuno.so" for f in _folders())
    script = _first(f / "uno.py" for f in (library.parent, *map(Path, SCRIPT_FOLDERS)))
    check_version(library.parent)
    bootstrap = library.parent / "fundamentalrc"
    if bootstrap.exists():
        os.environ.setdefault("URE_BOOTSTRAP", f"vnd.sun.star.pathname:{bootstrap}")
    path = list(sys.path)
    try:
        _load("pyuno", library)
        return _load("uno", script)
    finally:
        sys.path[:] = path  # some distributions' uno.py adds LibreOffice's own folder to it


def check_version(program: Path, ours: tuple[int, int] = sys.version_info[:2]) -> None:
    """Raises CannotRun if the interface in this folder is built for another Python version.

    Loading such an interface would crash.
    """
    for name in ("libpyuno.so", "pyuno.so"):
        file = program / name
        made_for = re.search(rb"libpython(\d+)\.(\d+)", file.read_bytes()) if file.exists() else None
        if made_for and ours != (theirs := (int(made_for[1]), int(made_for[2]))):
            raise CannotRun(OTHER_PYTHON.format(theirs="{}.{}".format(*theirs), ours="{}.{}".format(*ours)))


def _folders() -> Iterator[Path]:
    if "UNO_PATH" in os.environ:  # the variable that LibreOffice itself uses
        yield Path(os.environ["UNO_PATH"])
    yield from program_folders()
    yield Path(MAC_FOLDER)


def _first(candidates: Iterator[Path]) -> Path:
    """Returns the first file that exists. Raises CannotRun if none does."""
    found = next((c for c in candidates if c.is_file()), None)
    if found is None:
        raise CannotRun(NOT_FOUND)
    return found


def _load(name: str, file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise CannotRun(NOT_FOUND)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ImportError as e:
        del sys.modules[name]
        raise CannotRun(f"{NOT_FOUND}（{file}：{e}）") from e
    return module
