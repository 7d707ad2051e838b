"""Commands on the standard: edited in Excel, put in force; workbooks and ledgers of before brought over to it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..findings import findings_text
from ..machine.guard import BOOK, XLSX
from ..machine.userdirs import standard_dir
from ..names import marked
from .base import EXISTING, YEAR, Chinese, answer, catalog, main, say
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


SHEET_NAME, USED = "_对照", "_对照（已套用）"


class Sheet(Output):
    """The sheet of decisions: by default beside the workbook, and never the sheet that is read."""

    def settle(self, params: Mapping[str, Any], given: Path | None) -> Path | None:
        """Returns the path given, or one beside the output."""
        if given is not None:
            return given
        output: Path = params["output"]
        beside = output / "台账.xlsx" if params["old"].is_dir() else output.with_suffix(".xlsx")
        made, read = marked(beside, SHEET_NAME), params["mapping"]
        return marked(beside, USED) if read and read.resolve() == made.resolve() else made


@main.command()
@click.argument("old", metavar="旧台账", type=EXISTING)
@click.option(
    "-o",
    "--output",
    type=Output(*BOOK, folder=lambda params: params["old"].is_dir()),
    required=True,
    metavar="路径",
    help="写成的工作簿；旧台账是文件夹时为存放的文件夹，每份旧台账一份工作簿。",
)
@click.option("--mapping", type=EXISTING, metavar="对照表", help="改好的对照表：照它转换，不再推断。")
@click.option(
    "--sheet",
    type=Sheet(*XLSX, end=SHEET_NAME),
    metavar="文件",
    help="新的对照表写到哪里，默认在工作簿旁，名称加“_对照”。",
)
@click.option("--unit", metavar="名称", default="", help="单位全称，写在封面。")
@click.option("--code", metavar="编码", default="", help="单位编码，写在封面。")
@click.option("--year", type=YEAR, metavar="年", help="年度，默认取自标题、文件名或日期。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def adopt(
    old: Path, output: Path, mapping: Path | None, sheet: Path, unit: str, code: str, year: int | None, json_: bool
) -> None:
    """从旧台账开始：把单位自己的 Excel 台账转成标准工作簿，附对照表。

    对照表列出每张表、每一栏取作什么、为什么；拿不准的不填，由人在“取作”里定，用 --mapping 再转一遍。
    身份证号、电话、出生日期、住址、处分一类的栏不取，只列名称。旧台账本身不动。
    """
    from ..adopting.adopt import Unit
    from ..adopting.adopt import adopt as run
    from .reports.adopting import adopt_json, adopt_text

    done = run(catalog(), old, output, sheet, mapping, Unit(year, unit, code))
    answer(json_, lambda: adopt_json(done), lambda: adopt_text(done))
    sys.exit(0 if done.certain else 1)
