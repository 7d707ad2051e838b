"""Opens files and folders with the programs of this machine, a workbook at its cell where that is possible."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from ..errors import CannotRun
from ..machine.office import clean_environment, starter

# What a double click on it would open as a document; never a program.
OPENED = frozenset(
    {".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods", ".xltx", ".xltm", ".ett", ".xlt", ".ots", ".csv"}
    | {".docx", ".doc", ".wps", ".pdf", ".txt", ".html", ".ics", ".png", ".jpg", ".json"}
)
LIBREOFFICE = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})


def open_file(path: Path, sheet: str = "", cell: str = "") -> None:
    """Opens a document, a workbook at its cell. Raises CannotRun if it is gone or no document."""
    if not path.is_file():
        raise CannotRun(f"没有找到“{path}”。它可能已被移走或改名。")
    if path.suffix.lower() not in OPENED:
        raise CannotRun(f"不从这里打开“{path.name}”：它不是文档。请在文件夹里打开。")
    if sheet and cell and path.suffix.lower() in LIBREOFFICE and _at_cell(path, sheet, cell):
        return
    _open(path)


def open_folder(path: Path) -> None:
    """Opens a folder, or the folder of a file. Raises CannotRun if there is none."""
    folder = path if path.is_dir() else path.parent
    if not folder.is_dir():
        raise CannotRun(f"没有找到文件夹“{folder}”。")
    _open(folder)


def _at_cell(path: Path, sheet: str, cell: str) -> bool:
    """Whether a program took the order to open a workbook at a cell."""
    if sys.platform in ("win32", "darwin"):
        threading.Thread(target=_by_excel, args=(path, sheet, cell), daemon=True).start()
        return True
    program = starter()
    if program is None:
        return False
    title = sheet if sheet.isalnum() else "'" + sheet.replace("'", "''") + "'"
    _start([str(program), f"{path.as_uri()}#{quote(title)}.{cell}"])
    return True


def _by_excel(path: Path, sheet: str, cell: str) -> None:
    """Lets Excel show the cell; without Excel the file opens with whatever this machine has for it."""
    command = [sys.executable, "-P", "-B", "-m", "toolkit.buttons.goto", str(path), sheet, cell]
    hidden = 0x08000000 if sys.platform == "win32" else 0  # CREATE_NO_WINDOW
    try:
        done = subprocess.run(command, timeout=60, creationflags=hidden, capture_output=True).returncode == 0
    except (OSError, subprocess.SubprocessError):
        done = False
    if not done:
        _open(path)


def _open(path: Path) -> None:
    if sys.platform == "win32":
        os.startfile(path)
    else:
        _start(["open" if sys.platform == "darwin" else "xdg-open", str(path)])


def _start(command: Sequence[str]) -> None:
    """Starts a program that outlives this one."""
    env = clean_environment() | {"PATH": os.environ.get("PATH", os.defpath)}
    nowhere = subprocess.DEVNULL
    try:
        made = subprocess.Popen(command, env=env, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True)
    except OSError as e:
        raise CannotRun(f"本机没有能打开它的程序（{command[0]}）。请在文件夹里打开。") from e
    threading.Thread(target=made.wait, daemon=True).start()
