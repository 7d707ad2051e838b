"""The command `dangjian`: click only, no logic. Exit 0 = clean, 1 = errors in the data, 2 = could not run."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from . import __version__, chinese
from .catalog import load_catalog
from .errors import CannotRun, StandardError
from .model import Catalog, Finding
from .progress import progress

chinese.speak()
FILE = click.Path(path_type=Path)
EXISTING = click.Path(exists=True, path_type=Path)
YEAR = click.IntRange(2000, 2100)


class Command(click.Command):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"options_metavar": "[选项]", **kwargs})


class Chinese(click.Group):
    """Commands whose giving up is one Chinese message and exit code 2, never a stack trace."""

    command_class = Command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (CannotRun, StandardError) as e:
            click.echo(f"无法执行：{e}", err=True)
        except PermissionError as e:
            click.echo(f"无法执行：没有权限读写 {e.filename}。请关闭已打开的文件，或换一个文件夹。", err=True)
        except OSError as e:
            click.echo(f"无法执行：读写 {e.filename or ''} 时出错（{e.strerror or e}）。", err=True)
        raise click.exceptions.Exit(2)


def say(text: str = "") -> None:
    click.echo(text)


def finish(findings: tuple[Finding, ...] | list[Finding]) -> None:
    """End with 1 where the data has errors."""
    sys.exit(1 if any(f.severity == "error" for f in findings) else 0)


def as_json(value: Any) -> None:
    say(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def catalog() -> Catalog:
    return load_catalog()


@click.group(
    cls=Chinese,
    options_metavar="[选项]",
    subcommand_metavar="命令 …",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "-V", "--version", message="dangjian %(version)s", help="显示版本。")
@click.option(
    "--standard",
    type=EXISTING,
    multiple=True,
    metavar="文件夹",
    help="另加的标准文件夹（新增台账、指标、文种），可重复。",
)
def main(standard: tuple[Path, ...]) -> None:
    """党建工作台账：从 Excel 台账到 Word 公文。

    收集（new）→ 检查（check）→ 核定（approve）→ 汇总（aggregate）→ 成文（fill）。
    """
    if standard:  # through the environment, so that worker processes load the same
        os.environ["DANGJIAN_STANDARD"] = os.pathsep.join(str(p.resolve()) for p in standard)


@main.command()
@click.argument("roster", metavar="[名单]", type=EXISTING, required=False)
@click.option(
    "-o", "--output", type=FILE, required=True, metavar="路径", help="存放的文件夹；--roster-template 时为文件名。"
)
@click.option("--unit", metavar="名称", help="只做一份时：单位全称。")
@click.option("--code", metavar="编码", help="只做一份时：单位编码。")
@click.option("--year", type=YEAR, metavar="年", default=lambda: date.today().year, help="填报年度，默认本年。")
@click.option("--macros", is_flag=True, help="工作簿带按钮（.xlsm），供能启用宏的电脑使用。")
@click.option("--roster-template", is_flag=True, help="生成空白的单位名单表。")
def new(
    roster: Path | None, output: Path, unit: str | None, code: str | None, year: int, macros: bool,
    roster_template: bool,
) -> None:  # fmt: skip
    """制作空白工作簿：按名单每单位一份，或只做一份。

    名单用 --roster-template 生成，填写后使用。
    """
    from .excel.build import new_for_unit, new_from_roster
    from .excel.roster import write_roster_template

    if roster_template:
        write_roster_template(catalog(), output)
        say(f"已生成单位名单表：{output}")
    elif roster:
        made = new_from_roster(catalog(), roster, output, year, macros)
        say(f"已生成{len(made)}份工作簿，存放在 {output}")
    elif unit and code:
        say(f"已生成工作簿：{new_for_unit(catalog(), unit, code, year, output, macros)}")
    else:
        raise click.UsageError("请给出单位名单，或同时给出 --unit 和 --code。")


@main.command()
@click.argument("paths", metavar="工作簿或文件夹...", nargs=-1, required=True, type=EXISTING)
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
@click.option("--slips", type=FILE, metavar="文件夹", help="为有错误的工作簿生成退回单，存放在这个文件夹。")
@click.option("--jobs", type=click.IntRange(1), metavar="数", help="同时处理的进程数，默认按文件多少决定。")
def check(paths: tuple[Path, ...], json_: bool, slips: Path | None, jobs: int | None) -> None:
    """检查工作簿：逐格、逐行、跨表核对，一次列出全部问题。"""
    from .report import check_json, check_text, checked

    with progress("检查") as bar:
        submissions = checked(paths, catalog(), jobs, bar)
    as_json(check_json(submissions)) if json_ else say(check_text(submissions))
    if slips:
        from .excel.slips import write_slip

        slips.mkdir(parents=True, exist_ok=True)
        for s in submissions:
            if s.rows and any(f.severity == "error" and f.place.row for f in s.findings):
                path = slips / f"退回单_{Path(s.path).stem}.xlsx"
                write_slip(catalog(), s, path)
                click.echo(f"已生成退回单：{path}", err=True)
    if not any(s.rows for s in submissions):
        sys.exit(2)
    finish([f for s in submissions for f in s.findings])


@main.command("merge-slip")
@click.argument("slip", metavar="退回单", type=EXISTING)
@click.argument("workbook", metavar="工作簿", type=EXISTING)
@click.option("-o", "--output", type=FILE, metavar="文件", help="改好的工作簿，默认在原文件名后加“_已更正”。")
def merge_slip(slip: Path, workbook: Path, output: Path | None) -> None:
    """把改好的退回单并回工作簿：只改退回的行，其余不动。"""
    from .excel.slips import merge_slip as merge

    output = output or workbook.with_stem(f"{workbook.stem}_已更正")
    report = merge(catalog(), slip, workbook, output)
    say(f"已并回{len(report.changed)}个单元格，存为 {output}")
    for place in report.changed:
        say(f"  {place}")
    for reason in report.skipped:
        say(f"  未并回：{reason}")
    sys.exit(1 if report.skipped else 0)


@main.command()
@click.argument("workbook", metavar="工作簿", type=EXISTING)
@click.option("-o", "--output", type=FILE, metavar="文件", help="核定后的工作簿，默认在原文件名后加“_已核”。")
@click.option("--sheet", "sheets", multiple=True, metavar="表名", help="只核定这张表，可重复；默认全部。")
def approve(workbook: Path, output: Path | None, sheets: tuple[str, ...]) -> None:
    """核定：把没有错误的草稿行改为“已核”，并补记录编号。"""
    from .excel.approve import approve as run
    from .submission import read_submission

    output = output or workbook.with_stem(f"{workbook.stem}_已核")
    submission = read_submission(workbook, catalog())
    if not submission.rows:
        raise CannotRun(f"{workbook} 不能核定：{submission.findings[0].message}。")
    done = run(catalog(), submission, workbook, output, sheets or None)
    for sheet, (approved, kept) in done.items():
        if approved or kept:
            say(f"{sheet}：核定{approved}行" + (f"，{kept}行有错误未核定" if kept else ""))
    say(f"已存为 {output}")
    sys.exit(1 if any(kept for _, kept in done.values()) else 0)


@main.command()
@click.argument("paths", metavar="工作簿或文件夹...", nargs=-1, required=True, type=EXISTING)
@click.option("-o", "--output", type=FILE, required=True, metavar="路径", help="汇总工作簿。")
@click.option("--roster", type=EXISTING, metavar="文件", help="应报单位名单；没有名单时以收到的为准。")
@click.option("--year", type=YEAR, metavar="年", help="汇总年度，默认取多数工作簿的年度。")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), metavar="日期", help="报送截止日期，晚于它的记为迟报。")
@click.option("--jobs", type=click.IntRange(1), metavar="数", help="同时处理的进程数，默认按文件多少决定。")
@click.option("--export", type=FILE, metavar="文件夹", help="另把各表存为 CSV，放进这个空文件夹。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def aggregate(
    paths: tuple[Path, ...], output: Path, roster: Path | None, year: int | None, due: datetime | None,
    jobs: int | None, export: Path | None, json_: bool,
) -> None:  # fmt: skip
    """汇总多份工作簿：逐级小计，列明应报实报，每一行都有下落。"""
    from .aggregate import aggregate as run
    from .excel.consolidate import write_consolidated
    from .excel.roster import read_roster
    from .report import aggregate_json, aggregate_text

    with progress("汇总") as bar:
        c = run(paths, catalog(), read_roster(roster) if roster else (), year, due.date() if due else None, jobs, bar)
    write_consolidated(c, output)
    if export:
        from .excel.export import export_tables

        export_tables(catalog(), output, export)
    as_json(aggregate_json(c)) if json_ else say(aggregate_text(c, output))
    finish(c.findings)


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
    from .fill import fill as run
    from .report import fill_text

    done = run(catalog(), document, source, output, draft, template, red_head, doc_no, imprint)
    say(fill_text(done, output))
    sys.exit(1 if done.missing else 0)


@main.command()
@click.argument("indicator", metavar="指标")
@click.argument("source", metavar="工作簿", type=EXISTING)
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def explain(indicator: str, source: Path, json_: bool) -> None:
    """列出一个数背后的单元格。指标写名称或编号。"""
    from .report import explain_json, explain_text

    as_json(explain_json(catalog(), indicator, source)) if json_ else say(explain_text(catalog(), indicator, source))


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
    from .excel.addin.install import install

    say("\n".join(install()))


@main.command("uninstall-addin")
def uninstall_addin() -> None:
    """卸载按钮：删除 install-addin 安装的内容，工作簿不受影响。"""
    from .excel.addin.install import uninstall

    say("\n".join(uninstall()))


@main.command()
def doctor() -> None:
    """检查本机环境：哪些能用，缺的怎么补。"""
    from .doctor import examine

    results = examine()
    for ok, what, remedy in results:
        say(f"{'✓' if ok else '✗'} {what}" + ("" if ok else f"　处理：{remedy}"))
    sys.exit(0 if all(ok for ok, *_ in results) else 1)
