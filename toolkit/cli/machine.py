"""Commands on this machine: run the demo, install the buttons, check the environment."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .base import FILE, catalog, main, say


@main.command()
@click.option("-o", "--output", type=FILE, required=True, metavar="路径", help="存放的文件夹。")
def demo(output: Path) -> None:
    """演示：虚构一个市的工作簿，检查、汇总，生成五种公文。"""
    from .demo import run

    run(catalog(), output, say)


@main.command("install-addin")
def install_addin() -> None:
    """安装按钮：Excel 加载项（Windows、macOS）或 LibreOffice 扩展（Linux）。

    同时记下按钮使用的 Python；换了 Python 或移动了本工具，要再运行一次。
    """
    from ..buttons.addin.install import install

    say("\n".join(install()))


@main.command("uninstall-addin")
def uninstall_addin() -> None:
    """卸载按钮：删除 install-addin 安装的内容，工作簿不受影响。"""
    from ..buttons.addin.install import uninstall

    say("\n".join(uninstall()))


@main.command()
def doctor() -> None:
    """检查本机环境：哪些能用，缺的怎么补。"""
    from .doctor import examine

    results = examine()
    for ok, what, remedy in results:
        say(f"{'✓' if ok else '✗'} {what}" + ("" if ok else f"　处理：{remedy}"))
    sys.exit(0 if all(ok for ok, *_ in results) else 1)
