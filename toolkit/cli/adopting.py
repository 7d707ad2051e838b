"""The command that turns ledgers kept before into unit workbooks."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..machine.guard import BOOK, XLSX
from ..names import marked
from .base import EXISTING, YEAR, answer, catalog, main
from .outputs import Output

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
@click.option("--sheet", type=Sheet(*XLSX, end=SHEET_NAME), metavar="文件", help="新的对照表写到哪里，默认在工作簿旁，名称加“_对照”。")
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
