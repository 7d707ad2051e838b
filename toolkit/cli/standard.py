"""Commands on the standard: edited in Excel, put in force, and workbooks brought over to it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..findings import findings_text
from ..machine.guard import BOOK, XLSX
from ..machine.userdirs import standard_dir
from .base import EXISTING, Chinese, catalog, main, say
from .outputs import Output, Whole


@main.group("standard", cls=Chinese, options_metavar="[选项]", subcommand_metavar="命令 …")
def standard() -> None:
    """标准：导出成 Excel 来改，改好导入；台账、栏目、选项、规则、指标、句子、应办事项都在里面。"""


@standard.command("export")
@click.argument("output", metavar="路径", type=Output(*XLSX))
def export(output: Path) -> None:
    """把现行标准导出成工作簿，在里面增改台账、栏目、选项、规则、指标和句子。"""
    from ..editions.export import export_standard

    rows = export_standard(catalog(), output)
    say(f"已导出：{output}\n" + "、".join(f"{title}{count}行" for title, count in rows.items()))
    say(f"改好以后：dangjian standard import {output}")


@standard.command("import")
@click.argument("workbook", metavar="工作簿", type=EXISTING)
@click.option(
    "-o",
    "--output",
    type=Whole(),
    metavar="文件夹",
    help="写到哪个文件夹；不写就放进本人的设置，命令和按钮都按它办。另放的用 --standard 指明。",
)
@click.option("--preview", type=Output(*XLSX), metavar="路径", help="另做一份新标准的空白工作簿，先看样子。")
def import_(workbook: Path, output: Path | None, preview: Path | None) -> None:
    """导入改好的标准；有错的指到单元格，一处不改。"""
    from ..editions.publish import import_standard

    made = import_standard(catalog(), workbook, output or standard_dir(), preview)
    if made.findings:
        say(findings_text(made.findings))
    if made.catalog is None:
        wrong = any(f.is_error for f in made.findings)
        say("没有导入，现行标准不变。" if wrong else "与随软件发布的标准相同，没有要导入的。")
        sys.exit(1 if wrong else 0)
    say(f"已导入 {made.version}版：{output or standard_dir()}\n{made.text}")
    if preview:
        say(f"空白工作簿的样子：{preview}")


@standard.command("show")
def show() -> None:
    """现行标准的版本、台账和改动记录。"""
    from ..editions.publish import changes_of
    from ..standard.folders import added_folders

    c = catalog()
    say(f"{c.title} {c.version}版：{len(c.ledgers)}张台账、{len(c.indicators)}个指标、{len(c.documents)}个文种")
    for folder in added_folders():
        say(f"另加：{folder}")
        for change in changes_of(folder):
            say(f"  {change.get('date', '')} {change.get('version', '')}版 {change.get('text', '')}")


@main.command()
@click.argument("workbook", metavar="工作簿", type=EXISTING)
@click.option("-o", "--output", type=Output(*BOOK), required=True, metavar="路径", help="现行标准的工作簿。")
def upgrade(workbook: Path, output: Path) -> None:
    """把按以前的标准填的工作簿转成现行标准的，列明改了名的和没有转过来的。"""
    from ..editions.upgrade import upgrade as run

    done = run(catalog(), workbook, output)
    say(f"已转成{catalog().version}版：{output}")
    say("、".join(f"{title}{count}行" for title, count in done.rows.items()) or "没有填写的行。")
    for ledger, was, title in done.renamed:
        say(f"改名：“{ledger}”的“{was}”现在是“{title}”。")
    if done.left:
        say("没有转过来的：\n" + findings_text(done.left))
        sys.exit(1)
