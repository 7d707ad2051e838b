"""Commands on this machine: run the demo, install the buttons, check the environment."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..machine.atomic import write_whole
from ..standard.settings import SETTINGS, change_setting, read_settings, settings_file
from .base import EXISTING, answer, catalog, main, say
from .outputs import Many, Output

TXT = (".txt",)


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
