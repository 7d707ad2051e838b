"""Commands on this machine: the window, the watch over a folder, the demo, the buttons, the environment."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from ..errors import CannotRun
from ..machine.atomic import write_whole
from ..standard.settings import SETTINGS, change_setting, read_settings, settings_file
from .base import EXISTING, answer, catalog, main, say, store
from .outputs import Many, Output
from .progress import progress
from .workbooks import roster_units

TXT = (".txt",)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@main.command()
@click.option("-o", "--output", type=Many(), required=True, metavar="路径", help="存放的文件夹。")
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
@click.option("--clear", is_flag=True, help="删除缓存，下次全部重新读取。")
def cache(clear: bool) -> None:
    """缓存：存放位置、大小；--clear 删除。

    缓存只为加快再次读取，存各台账的行（不含姓名一类栏目）、指标和问题，60天未用的自动删除。
    """
    from ..submissions.database import clear as delete
    from ..submissions.database import files_of, place
    from ..submissions.store import KEPT

    if clear:
        say(f"已清除缓存：{place()}（{delete(place()) / 1e6:.1f} MB）")
        return
    size = sum(f.stat().st_size for f in files_of(place()))
    say(f"缓存：{place()}，{size / 1e6:.1f} MB；{KEPT}天未用的自动删除，全部删除用 --clear。")


@main.command()
@click.option("--report", type=Output(*TXT), metavar="路径", help="另存一份给维护人员的文字，不含个人信息。")
@click.option("--json", "json_", is_flag=True, help="输出 JSON。")
def doctor(report: Path | None, json_: bool) -> None:
    """检查本机环境：哪些能用，缺的怎么补。× 必须处理，○ 可以不装。"""
    from . import doctor as checks

    results = checks.examine()
    if report:
        write_whole(report, checks.report(results).encode(), TXT)
    rows = [{"works": r.works, "needed": r.needed, "what": r.what, "remedy": r.remedy} for r in results]
    lines = (f"{r.mark} {r.what}" + ("" if r.works else f"　处理：{r.remedy}") for r in results)
    answer(json_, lambda: {"checks": rows}, lambda: "\n".join(lines))
    sys.exit(0 if all(r.works or not r.needed for r in results) else 1)


@main.command()
@click.argument("name", metavar="[项目]", type=click.Choice(list(SETTINGS)), required=False)
@click.argument("path", metavar="[路径]", type=EXISTING, required=False)
@click.option("--unset", is_flag=True, help="取消这一项。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def config(name: str | None, path: Path | None, unset: bool, json_: bool) -> None:
    """设置：自己的标准、模板文件夹和默认的单位名单；不写项目就列出现在的设置。

    dangjian config roster 单位名单.xlsx 设一项；dangjian config roster --unset 取消。
    """
    if name and unset:
        change_setting(name, None)
    elif name and path:
        change_setting(name, path)
    elif name or unset:
        raise click.UsageError("请写明路径，或用 --unset 取消。")
    answer(json_, _json, _text)


def _places() -> dict[str, Path]:
    from ..documents.templates import folders
    from ..machine.userdirs import log_file, standard_dir
    from ..submissions.database import place

    return {
        "设置": settings_file(),
        "改好的标准": standard_dir(),
        "自己的模板": folders()[-2],
        "缓存": place(),
        "日志": log_file(),
        "程序": Path(sys.executable),
    }


def _json() -> dict[str, object]:
    return {
        "settings": {k: str(v) for k, v in read_settings().items()},
        "places": {k: str(v) for k, v in _places().items()},
    }


def _text() -> str:
    found = read_settings()
    told = [f"{name}：{found.get(name, '（没有设）')}\n    {about}" for name, about in SETTINGS.items()]
    return "\n".join([*told, "", *(f"{title}：{path}" for title, path in _places().items())])


@main.command()
@click.argument("name", metavar="[命令或页名]", required=False, default="")
@click.option("--no-browser", is_flag=True, help="不打开浏览器，只给出文件的位置。")
def handbook(name: str, no_browser: bool) -> None:
    """使用手册：在浏览器里打开；写上命令，如 dangjian handbook check，就打开说它的那一页。"""
    from .. import handbook as book

    if name and not book.known(name):
        raise CannotRun(f"手册里没有“{name}”。请写命令，或页名：{'、'.join(book.titles())}。")
    if no_browser or not book.show(name):
        say(f"请用浏览器打开：{book.path_of(name)}")


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
@click.option("--roster", type=EXISTING, metavar="文件", help="应报单位名单；没有时以收到的为准。")
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
            dealt = eye.look(bar)
            if eye.waiting:  # all that is new: it must be the same at a second look
                time.sleep(min(every, 2.0))
                dealt |= eye.look(bar)
        if not dealt and not eye.waiting:
            say("没有新到的，也没有改过的。")
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
