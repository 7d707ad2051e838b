"""Checks what works on this machine and how to repair the rest."""

from __future__ import annotations

import importlib.util
import sys

from ..errors import StandardError
from ..machine.office import starter
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
}
Result = tuple[bool, str, str]


def examine() -> list[Result]:
    """Returns (works, what was checked, remedy) for everything that the product needs or can use."""
    return [_python(), _standard(), *_packages(), _office(), *_fonts()]


def _python() -> Result:
    version = sys.version.split()[0]
    return sys.version_info >= (3, 11), f"Python {version}", "安装 Python 3.11 或更高版本"


def _standard() -> Result:
    try:
        c = load_catalog()
    except StandardError as e:
        return False, f"台账标准：{e}", "按提示的文件和行改正标准"
    return True, f"台账标准 {c.version}：{len(c.ledgers)}张表、{len(c.indicators)}个指标、{len(c.documents)}个文种", ""


def _packages() -> list[Result]:
    return [
        (importlib.util.find_spec(name) is not None, f"{name}（{use}）", f"运行 pip install {name}")
        for name, use in PACKAGES.items()
    ]


def _office() -> Result:
    remedy = "需要时安装 LibreOffice；只用 Excel 和 Word 的可以不装"
    return starter() is not None, "LibreOffice（转 PDF、看版面）", remedy


def _fonts() -> list[Result]:
    """Checks the fonts that official documents require; returns [] if the installed fonts cannot be determined."""
    lacking = missing_fonts()
    if lacking is None:
        return []
    remedy = "安装该字体，否则 Word 会用别的字体代替，版面可能变动"
    return [(f not in lacking, f"字体 {f}", remedy) for f in official_fonts()]
