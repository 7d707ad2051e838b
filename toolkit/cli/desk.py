"""Commands that stay: the window, and the watch over a folder."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from ..errors import CannotRun
from .base import catalog, main, say, store
from .outputs import Many
from .progress import progress
from .workbooks import roster_units

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


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


@main.command()
@click.argument("folder", metavar="文件夹", type=FOLDER)
@click.option("-o", "--output", type=Many(), required=True, metavar="文件夹", help="存放结果的文件夹。")
@click.option(
    "--roster", type=click.Path(exists=True, path_type=Path), metavar="文件", help="应报单位名单；没有时以收到的为准。"
)
@click.option("--once", is_flag=True, help="看一遍就结束，供计划任务使用。")
@click.option(
    "--every", type=click.FloatRange(0.1, 86400), default=10, show_default=True, metavar="秒", help="多久看一次。"
)
@click.option("--no-cache", is_flag=True, help="不用缓存，全部重新读取。")
def watch(folder: Path, output: Path, roster: Path | None, once: bool, every: float, no_cache: bool) -> None:
    """监视文件夹：新到或改过的工作簿自动检查、登记，写出问题清单和退回单。

    没有复制完的等它完整；原文件从不改动。按 Ctrl+C 结束。结果文件夹里有 问题清单.xlsx、退回单、报送登记.db。
    """
    from ..submissions.exchange.watching import Watch

    eye = Watch(catalog(), folder, output, lambda: store(no_cache), say, roster_units(roster))
    if once:
        with progress("检查") as bar:
            eye.look(bar)
            if eye.waiting:  # all that is new: it must be the same at a second look
                time.sleep(min(every, 2.0))
                eye.look(bar)
        for path in eye.waiting:
            say(f"还没有复制完，下次再看：{path}")
        sys.exit(1 if eye.errors else 0)
    say(f"正在监视 {folder}，每{every:g}秒看一次；按 Ctrl+C 结束。")
    failed = ""
    try:
        while True:
            try:
                eye.look()
                failed = ""
            except (
                CannotRun,
                OSError,
            ) as e:  # a list that is open in Excel, a share that is away: the next look may do
                if str(e) != failed:
                    say(f"没有做成，下次再试：{e}")
                failed = str(e)
            time.sleep(every)
    except KeyboardInterrupt:
        say("已停止监视。")
