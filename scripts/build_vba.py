#!/usr/bin/env python3
"""Builds the VBA of the workbooks with buttons: toolkit/excel/vba/*.bas -> vbaProject.bin.

    python scripts/build_vba.py

modMain.bas (a procedure per action) and modText.bas (the messages of the launcher) are generated from
the lists here and in toolkit/excel/actions.py; modRun.bas is written by hand. A rebuild gives the same
bytes. Needs the extra `build`.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pyopenvba import ExcelFile  # noqa: E402
from pyopenvba.cfb import CFB  # noqa: E402
from xlsxwriter.workbook import Workbook  # noqa: E402

from toolkit.excel.actions import ACTIONS  # noqa: E402

VBA = ROOT / "toolkit" / "excel" / "vba"
PROJECT = VBA / "vbaProject.bin"
# MS-OVBA 2.3.4.1: version 0xFFFF and no cache, so that every program compiles from the source.
NO_CACHE = bytes.fromhex("cc61ffff000100")
LONGEST_LINE = 1000  # the limit of VBA is 1023

_INSTALL = "在命令行运行 dangjian install-addin，再点一次按钮。"
TEXTS = {
    "title": "党建报表",
    "no_book": "没有可以处理的工作簿。\n\n处理：打开工作簿；窗口顶部有黄色提示条的，先点“启用编辑”，再点一次按钮。",
    "not_saved": "这份工作簿还没有保存过。\n\n处理：先保存到本机的文件夹，再点一次按钮。",
    "on_web": "这份工作簿在网盘（OneDrive 或 SharePoint）上，不能直接处理。\n\n处理：另存到本机的文件夹，打开后再点一次按钮。",
    "bad_name": "工作簿的文件名中有等号“=”，无法处理。\n\n处理：关闭工作簿，去掉文件名中的等号，打开后再点一次按钮。",
    "no_python": f"没有找到 Python，按钮无法运行。\n\n处理：安装 Python 3.11 或更高版本和本工具；已经安装的，{_INSTALL}",
    "python_gone": f"原来使用的 Python 已不在原处，按钮无法运行。\n\n处理：{_INSTALL}\n\n原来的位置：",
    "old_python": "Python 版本过低，按钮无法运行，需要 3.11 或更高版本。\n\n"
    f"处理：安装新版 Python 和本工具，再{_INSTALL}\n\n现在使用的 Python：",
    "no_package": "现在使用的 Python 中没有安装本工具，按钮无法运行。\n\n"
    f"处理：安装本工具；已经安装的，{_INSTALL}\n\n现在使用的 Python：",
    "no_script": f"Excel 没有启动本工具的脚本，按钮无法运行。\n\n处理：{_INSTALL}\n\n原因：",
    "no_extension": "LibreOffice 中没有安装“党建报表”扩展，按钮无法运行。\n\n"
    "处理：在命令行运行 dangjian install-addin，关闭并重新打开 LibreOffice，再点一次按钮。",
    "blocked": "Excel 没能启动 Python，可能被杀毒软件或本单位的安全策略拦截。\n\n"
    "处理：请管理员把这个程序加入信任，或改用命令行（dangjian check 等）：",
    "unknown": "按钮与所装的本工具版本不一致。\n\n处理：更新本工具，并用它新建工作簿。\n\n现在使用的 Python：",
    "untold": "操作没有完成，工作簿没有改动完。\n\n处理：不要保存，关闭后重新打开工作簿再试一次；仍然出错的，把日志发给管理本工具的人。",
    "broken": "本工具没有正常启动。\n\n处理：在命令行运行 dangjian doctor，按提示补齐所缺的组件。\n\n现在使用的 Python：",
    "reason": "\n\n原因：",
    "log": "\n\n日志：",
}


def main_module() -> str:
    """Returns modMain, which the buttons call: one procedure per action, with its name."""
    subs = "".join(f'\nPublic Sub {a.name}()\n    modRun.RunAction "{a.name}"\nEnd Sub\n' for a in ACTIONS)
    return (
        f"{_head('modMain', 'What the buttons call: one procedure for each action of toolkit/excel/actions.py.')}{subs}"
    )


def text_module() -> str:
    """Returns modText: the Chinese messages as hexadecimal UTF-16 code units, because the source is ASCII."""
    cases = "".join(
        f'        Case "{key}"\n            Say = Decoded("{_coded(text)}")\n' for key, text in TEXTS.items()
    )
    return (
        f"{_head('modText', 'What the launcher says, in UTF-16 code units.')}\n"
        "Public Function Say(ByVal key As String) As String\n    Select Case key\n"
        f"{cases}    End Select\nEnd Function\n\n"
        "Private Function Decoded(ByVal digits As String) As String\n"
        "    Dim at As Long, unit As Long\n    For at = 1 To Len(digits) Step 4\n"
        '        unit = CLng("&H" & Mid(digits, at, 4))\n        If unit < 0 Then unit = unit + 65536\n'
        "        Decoded = Decoded & ChrW(unit)\n    Next\nEnd Function\n"
    )


def _head(name: str, about: str) -> str:
    return f"Attribute VB_Name = \"{name}\"\nOption Explicit\n' {about}\n' Written by scripts/build_vba.py; change it there.\n"


def _coded(text: str) -> str:
    digits = text.encode("utf-16-be").hex().upper()
    if len(digits) > LONGEST_LINE - 40:
        raise ValueError(f"a line of VBA cannot hold so long a text: {text}")
    return digits


def sources() -> dict[str, str]:
    """Returns the text of each module by name, with CRLF as VBA requires."""
    texts = {"modMain": main_module(), "modRun": (VBA / "modRun.bas").read_text("ascii"), "modText": text_module()}
    return {name: text.replace("\n", "\r\n") for name, text in texts.items()}


def project(modules: dict[str, str]) -> bytes:
    """Returns a vbaProject.bin with ThisWorkbook, Sheet1 (the front page) and the modules."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsm"
        with Workbook(str(path)) as book:
            book.add_worksheet()
        with ExcelFile(path) as file:
            file.add_vba_project()
            vba = file.vba_project()
            for name, text in modules.items():
                vba.add_module(name, text)
            for module in vba.modules:  # rewritten without the compiled code of the library's template
                module.dirty = True
            vba.dir_structure_dirty = True
            file.save()
        with zipfile.ZipFile(path) as parts:
            made = CFB.from_bytes(parts.read("xl/vbaProject.bin"))
    made.write_stream_in_storage("VBA", "_VBA_PROJECT", NO_CACHE)
    return bytes(made.to_bytes())


def main() -> None:
    """Writes the .bas files and vbaProject.bin."""
    modules = sources()
    for name, text in modules.items():
        (VBA / f"{name}.bas").write_text(text.replace("\r\n", "\n"), encoding="ascii", newline="\n")
    PROJECT.write_bytes(project(modules))


if __name__ == "__main__":
    main()
