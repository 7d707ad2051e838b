"""Checks what works on this machine and how to repair the rest."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .. import __version__
from ..errors import StandardError
from ..machine import registry
from ..machine.office import starter
from ..machine.shipped import PACKAGE, shipped
from ..machine.userdirs import cache_dir, config_dir, log_dir, python_file
from ..model import Catalog
from ..standard.catalog import load_catalog
from ..word.filling.fonts import missing_fonts, official_fonts

PACKAGES = {
    "xlsxwriter": "制作工作簿",
    "python_calamine": "读取工作簿",
    "openpyxl": "修改工作簿",
    "docxtpl": "填写公文",
    "pandas": "导出表格",
    "xlwings": "Excel 内的按钮",
    "chinese_calendar": "工作日计算",
    "rapidfuzz": "认旧台账的栏目名",
}
# These load numpy: slow, and on a processor too old for it the end of the program that tells of it.
UNTRIED = ("openpyxl", "pandas", "xlwings")
OFFICE = {"Excel": "excel.exe", "Word": "winword.exe", "WPS 表格": "et.exe", "WPS 文字": "wps.exe"}
SECURITY = (
    r"SOFTWARE\Microsoft\Office\16.0\Excel\Security",
    r"SOFTWARE\Policies\Microsoft\Office\16.0\Excel\Security",
)
NO_MACROS, SIGNED_ONLY = 4, 3  # values of VBAWarnings (Microsoft, "VBA macro notification settings")


@dataclass(frozen=True)
class Result:
    """One thing that was checked. `needed` is false for what the product can do without."""

    works: bool
    what: str
    remedy: str = ""
    needed: bool = True

    @property
    def mark(self) -> str:
        """A sign for the clerk, one that GBK knows."""
        return "√" if self.works else "×" if self.needed else "○"


def examine() -> list[Result]:
    """Returns a result for everything that the product needs or can use on this machine."""
    return [
        *_python(),
        *_standard(),
        *_packages(),
        *_folders(),
        _calendar(date.today().year),
        _output(),
        *_office(),
        *_macros(),
        _addin(),
        *_fonts(),
    ]


def report(results: list[Result]) -> str:
    """Returns the results for a help desk: no names, no folders of the user."""
    lines = [f"dangjian {__version__}", _system()]
    lines += [f"{r.mark} {r.what}" + ("" if r.works else f"　处理：{r.remedy}") for r in results]
    return re.sub(re.escape(str(Path.home())), "~", "\n".join(lines)) + "\n"


def _system() -> str:
    """The system's name and version. On Windows not by `platform`: that asks WMI, a service that may hang or be barred."""
    if sys.platform == "win32":
        v = sys.getwindowsversion()
        return f"Windows {v.major}.{v.minor}.{v.build} {os.environ.get('PROCESSOR_ARCHITECTURE', '')}"
    u = os.uname()
    return f"{u.sysname} {u.release} {u.machine}"


def _python() -> Iterator[Result]:
    version = sys.version.split()[0]
    yield Result(sys.version_info >= (3, 11), f"Python {version}", "安装 Python 3.11 或更高版本")
    if sys.platform == "win32" and "WindowsApps" in sys.base_prefix:
        remedy = "Excel 的按钮可能找不到设置。请改装 python.org 的 Python，或使用免安装文件夹"
        yield Result(False, "Python 来自微软商店，它写入 AppData 的文件别的程序看不到", remedy, needed=False)


def _standard() -> Iterator[Result]:
    try:
        c = load_catalog()
    except StandardError as e:
        yield Result(False, f"台账标准：{e}", "按提示的文件和行改正标准")
        return
    said = f"台账标准 {c.version}：{len(c.ledgers)}张表、{len(c.indicators)}个指标、{len(c.documents)}个文种"
    yield Result(True, said)
    yield _complete(c)


def _packages() -> Iterator[Result]:
    """A package is there if it can be imported: its files may be whole and a library of the system be missing."""
    for name, use in PACKAGES.items():
        try:
            if importlib.util.find_spec(name) is None:
                raise ModuleNotFoundError(name)
            if name not in UNTRIED:
                importlib.import_module(name)
        except ModuleNotFoundError:
            remedy = f"运行 pip install {name}；免安装的，请重新解压整个文件夹"
        except Exception as e:
            remedy = f"装了但不能启动（{e}）。它需要 Windows 10 或更高版本；已是的，请安装系统更新或重新解压整个文件夹"
        else:
            remedy = ""
        yield Result(not remedy, f"{name}（{use}）", remedy)


def _complete(c: Catalog) -> Result:
    parts = [shipped("word_templates") / f"{name}.docx" for name in c.documents]
    parts += [PACKAGE / "excel" / "vba" / "vbaProject.bin", shipped("workbooks") / "空白工作簿.xlsx"]
    lacking = [p.name for p in parts if not p.is_file()]
    said = f"缺少{'、'.join(lacking)}" if lacking else "模板、空白工作簿、宏齐全"
    return Result(not lacking, f"程序文件：{said}", "重新安装本工具")


def _folders() -> Iterator[Result]:
    for what, folder in (("设置", config_dir()), ("缓存", cache_dir()), ("日志", log_dir())):
        there = next(p for p in (folder, *folder.parents) if p.exists())
        remedy = f"请管理员允许写入 {folder}"
        yield Result(os.access(there, os.W_OK), f"{what}文件夹可以写入", remedy)


def _calendar(year: int) -> Result:
    from chinese_calendar.constants import holidays

    last = max(holidays).year
    remedy = f"{last + 1}年的放假安排公布后，升级 chinesecalendar 或换用新的免安装文件夹；在此之前按周一至周五算"
    return Result(last > year, f"节假日安排到{last}年", remedy, needed=last < year)


def _output() -> Result:
    encoding = (sys.stdout.encoding or "").lower()
    remedy = "输出到文件时生僻字会显示为“?”；需要时先运行 chcp 65001，或用 --json"
    return Result(encoding.replace("-", "") == "utf8", f"命令行文字编码 {encoding}", remedy, needed=False)


def _office() -> Iterator[Result]:
    there = {name: registry.program(file) for name, file in OFFICE.items()}
    for name, found in there.items():
        if found:
            yield Result(True, name)
    libre = starter()
    remedy = "转 PDF、看版面时需要；可安装 LibreOffice"
    yield Result(libre is not None, "LibreOffice（转 PDF、看版面）", remedy, needed=False)


def _macros() -> Iterator[Result]:
    if not registry.program(OFFICE["Excel"]):
        return
    merged = {name: value for key in SECURITY for name, value in registry.values(key).items()}
    level = merged.get("VBAWarnings")
    remedy = "请管理员允许本工具的宏，或不用按钮，改用命令行（见手册“启用宏”）"
    if level in (NO_MACROS, SIGNED_ONLY):
        yield Result(False, "Excel 的宏被策略禁用", remedy, needed=False)
    if merged.get("blockcontentexecutionfrominternet") == 1:
        remedy = "收到的工作簿先右键“属性”勾选“解除锁定”，再打开"
        yield Result(False, "来自网络或邮件的工作簿不能运行宏", remedy, needed=False)


def _addin() -> Result:
    path = python_file()
    python = path.read_text("utf-8").strip() if path.is_file() else ""
    remedy = "需要按钮时运行 dangjian install-addin" + ("（原来的 Python 已不在）" if python else "")
    return Result(bool(python) and Path(python).exists(), "Excel、LibreOffice 内的按钮", remedy, needed=False)


def _fonts() -> Iterator[Result]:
    """Checks the fonts that official documents require; nothing if the installed fonts cannot be determined."""
    lacking = missing_fonts()
    if lacking is None:
        return
    remedy = "安装该字体，否则 Word 会用别的字体代替，版面可能变动"
    for font in official_fonts():
        yield Result(font not in lacking, f"字体 {font}", remedy, needed=False)
