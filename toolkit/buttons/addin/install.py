"""Installs the buttons' add-in for Excel or LibreOffice and records which Python runs the buttons."""

from __future__ import annotations

import compileall
import os
import sys
from pathlib import Path

from ...errors import CannotRun
from ...machine.atomic import write_own
from ...machine.userdirs import python_file

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1]
ADDIN, SCRIPT = "dangjian.xlam", "dangjian.applescript"
AGAIN = "请关闭并重新打开 Excel，功能区会出现“党建报表”。"


def install(platform: str = sys.platform) -> list[str]:
    """Installs for this user. Returns lines saying what was done and what to do next. Raises CannotRun with remedy."""
    compileall.compile_dir(PACKAGE, quiet=2)  # a click runs with -B, so it would compile every module again
    if platform not in ("win32", "darwin"):
        from ..libreoffice.extension.install import install as install_extension

        noted = install_extension()
        return ["已安装 LibreOffice 扩展。", _noted(noted), "请关闭并重新打开 LibreOffice，菜单会出现“党建报表”。"]
    targets = places(platform)
    for name, target in targets.items():
        write_own(target, (HERE / name).read_bytes())
    python = python_file()
    # Not resolved: a virtual environment is recognised by its own path.
    write_own(python, f"{Path(sys.executable).absolute()}\n".encode())
    return [*(f"已安装：{target}" for target in targets.values()), _noted(python), AGAIN]


def uninstall(platform: str = sys.platform) -> list[str]:
    """Reverses `install`. Returns lines with what was removed. Raises CannotRun with the remedy."""
    if platform not in ("win32", "darwin"):
        from ..libreoffice.extension.install import uninstall as uninstall_extension

        uninstall_extension()
        return ["已卸载 LibreOffice 扩展。"]
    installed = [path for path in (*places(platform).values(), python_file()) if path.exists()]
    for path in installed:
        _remove(path)
    return [f"已删除：{path}" for path in installed] or ["没有安装过 Excel 加载项，不用卸载。"]


def places(platform: str) -> dict[str, Path]:
    """Returns the target path of each file for Excel. Excel opens every file in its start-up folder."""
    if platform == "win32":
        roaming = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
        return {ADDIN: roaming / "Microsoft" / "Excel" / "XLSTART" / ADDIN}
    library = Path.home() / "Library"
    office = library / "Group Containers" / "UBF8T346G9.Office" / "User Content.localized"
    return {
        ADDIN: office / "Startup.localized" / "Excel" / ADDIN,
        SCRIPT: library / "Application Scripts" / "com.microsoft.Excel" / SCRIPT,
    }


def _noted(path: Path) -> str:
    return f"按钮使用的 Python：{Path(sys.executable).absolute()}（记在 {path}）"


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as e:
        raise CannotRun(f"无法删除“{path}”：{e.strerror}。请先关闭 Excel，再重新运行。") from e
