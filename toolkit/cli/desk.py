"""Commands that stay: the window."""

from __future__ import annotations

import click

from .base import catalog, main, say


@main.command()
@click.option("--no-browser", is_flag=True, help="不打开浏览器，只给出地址。")
@click.option(
    "--minutes",
    type=click.FloatRange(0.01, 1440),
    default=10,
    show_default=True,
    metavar="分钟",
    help="页面关闭多久以后结束。",
)
def window(no_browser: bool, minutes: float) -> None:
    """工作台：在浏览器里选文件、点按钮，不用宏，不联网；校验、汇总、成文等都能做。

    只在本机打开，地址只能用一次。
    """
    from ..window.start import start

    start(catalog(), say, not no_browser, minutes)
