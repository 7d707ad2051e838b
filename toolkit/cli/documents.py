"""Commands on documents and the figures in them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .base import EXISTING, FILE, as_json, catalog, main, say


@main.command()
@click.argument("document", metavar="文种")
@click.argument("source", metavar="工作簿", type=EXISTING)
@click.option("-o", "--output", type=FILE, required=True, metavar="路径", help="生成的 Word 文件。")
@click.option("--draft", is_flag=True, help="缺数也生成，缺的地方醒目标出。")
@click.option("--template", type=EXISTING, metavar="文件", help="用自己的 Word 模板。")
@click.option("--red-head", metavar="发文机关", help="加红头：发文机关标志。")
@click.option("--doc-no", metavar="文号", help="发文字号，如 云政协发〔2026〕5号。")
@click.option("--imprint", metavar="抄送", help="加版记：抄送机关。")
def fill(
    document: str, source: Path, output: Path, draft: bool, template: Path | None,
    red_head: str | None, doc_no: str | None, imprint: str | None,
) -> None:  # fmt: skip
    """生成公文：用工作簿或汇总工作簿里的数填 Word 模板。

    文种如 situation、duty、study、summary、plan，也可写中文名称。
    """
    from ..fill import fill as run
    from ..report import fill_text

    done = run(catalog(), document, source, output, draft, template, red_head, doc_no, imprint)
    say(fill_text(done, output))
    sys.exit(1 if done.missing else 0)


@main.command()
@click.argument("indicator", metavar="指标")
@click.argument("source", metavar="工作簿", type=EXISTING)
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def explain(indicator: str, source: Path, json_: bool) -> None:
    """列出一个数背后的单元格。指标写名称或编号。"""
    from ..report import explain_json, explain_text

    as_json(explain_json(catalog(), indicator, source)) if json_ else say(explain_text(catalog(), indicator, source))
