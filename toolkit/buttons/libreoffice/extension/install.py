"""Installs the extension in the user's LibreOffice and removes it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ....errors import CannotRun
from ....machine.atomic import write_own
from ....machine.office import clean_environment, program_folders
from ....machine.userdirs import python_file
from .build import IDENTIFIER, build_oxt

WITHIN = 180  # seconds
CLOSE = "请先保存并关闭所有 LibreOffice 窗口，再重新运行。"


def install() -> Path:
    """Builds the extension and installs it for this user; returns the file that records the buttons' Python.

    Raises CannotRun with the remedy: as root, without LibreOffice, and if unopkg fails.
    """
    _refuse_root()
    tool = unopkg()
    with tempfile.TemporaryDirectory() as folder:
        oxt = Path(folder) / "dangjian.oxt"
        build_oxt(oxt)
        _do(add_command(tool, oxt), "安装")
    return write_python_file(Path(sys.executable))


def uninstall() -> None:
    """Removes the extension from this user's LibreOffice. Raises CannotRun with the remedy."""
    _refuse_root()
    _do([str(unopkg()), "remove", IDENTIFIER], "卸载")
    python_file().unlink(missing_ok=True)


def add_command(tool: Path, oxt: Path) -> list[str]:
    """Returns the command that installs the extension and replaces an older one."""
    return [str(tool), "add", "--force", str(oxt)]


def write_python_file(python: Path) -> Path:
    """Records the path of the buttons' Python; returns the file.

    The path is not resolved, because a virtual environment is recognised by its own path.
    """
    path = python_file()
    write_own(path, f"{python.absolute()}\n".encode())
    return path


def unopkg() -> Path:
    """Returns LibreOffice's tool for extensions. Raises CannotRun if there is none."""
    if found := shutil.which("unopkg", path=os.pathsep.join(map(str, program_folders()))):
        return Path(found)
    raise CannotRun(
        "没有找到 LibreOffice。请先安装 LibreOffice（Debian、Ubuntu：sudo apt install libreoffice-calc）后重试。"
    )


def _environment() -> dict[str, str]:
    """Returns an environment in which unopkg runs with and without a display."""
    env = clean_environment()
    if not env.get("DISPLAY") and not env.get("WAYLAND_DISPLAY"):
        env["SAL_USE_VCLPLUGIN"] = "svp"
    return env


def _refuse_root() -> None:
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        raise CannotRun(
            "LibreOffice 扩展按用户安装，不能以 root 身份安装或卸载。请换成平时使用的账号运行，不要加 sudo。"
        )


def _do(command: list[str], what: str) -> None:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=WITHIN,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CannotRun(f"{what} LibreOffice 扩展超过{WITHIN}秒没有完成。{CLOSE}") from None
    except OSError as e:
        raise CannotRun(f"{what} LibreOffice 扩展没有成功：{e}。请检查 LibreOffice 是否安装完整。") from e
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise CannotRun(f"{what} LibreOffice 扩展没有成功。{CLOSE}\n如仍不行，请把以下提示交给技术人员：\n{said}")
