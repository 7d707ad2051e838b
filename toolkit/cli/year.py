"""Commands on the year's plan and on due dates."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..machine.guard import BOOK, HTML, ICS, XLSX
from ..rows.submission import in_error
from .base import EXISTING, YEAR, Chinese, answer, catalog, finish, main, store
from .inputs import Text
from .outputs import Many, Output
from .progress import progress
from .workbooks import PATHS, reads_many

if TYPE_CHECKING:
    from ..submissions.files import How

AS_OF = click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="日期", help="算到哪一天，如 2026-06-30，默认今天。"
)


def _day(as_of: datetime | None) -> date:
    return as_of.date() if as_of else date.today()


class PlanGroup(Chinese):
    """The group `plan`; without the name of a command, `plan SOURCE` is `plan status SOURCE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts `status` in front unless a command or help is asked for."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["status", *args]
        return super().parse_args(ctx, args)


@main.group("plan", cls=PlanGroup, options_metavar="[选项]", subcommand_metavar="命令 …")
def plan() -> None:
    """工作要点：任务进度、导入现成的要点、起草下年的要点。

    dangjian plan 工作簿 就是 dangjian plan status 工作簿。
    """


TASKS = click.option(
    "--tasks",
    type=EXISTING,
    metavar="工作簿",
    help="任务取自另一份工作簿，如上年末写好今年要点的那一份；默认就是本工作簿。",
)


@plan.command("status")
@click.argument("source", metavar="工作簿", type=EXISTING)
@TASKS
@AS_OF
@click.option("-o", "--output", type=Output(*XLSX), metavar="文件", help="另存任务进度表（.xlsx）。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def plan_status(source: Path, tasks: Path | None, as_of: datetime | None, output: Path | None, json_: bool) -> None:
    """任务进度：逐项列出目标、台账现有数、应达进度、红黄灯，以及各单位落后的任务。

    工作簿可以是单位的，也可以是汇总的（按全部单位的数，看本级的要点）。截止日期以后的台账行不计。
    没有关联指标、也没有关联任务的行、台账看不出进度的，列为“人工确认”。
    """
    from ..year.plan import plan as run
    from .reports.year import plan_json, plan_text, write_plan

    made = run(catalog(), source, tasks, _day(as_of))
    answer(json_, lambda: plan_json(made), lambda: plan_text(made))
    if output:
        write_plan(made, output)
        click.echo(f"任务进度表：{output}", err=True)
    sys.exit(1 if made.left_out or in_error(made.source.left_out) else 0)


@plan.command("import")
@click.argument("document", metavar="文件", type=Text())
@click.option("-o", "--output", type=Output(*BOOK), required=True, metavar="文件", help="写成的工作簿。")
@click.option("--year", type=YEAR, metavar="年度", help="要点的年度，默认取自标题。")
@click.option("--unit", metavar="名称", help="单位全称，写在封面。")
@click.option("--code", metavar="编码", help="单位编码，写在封面。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def plan_import(
    document: Path, output: Path, year: int | None, unit: str | None, code: str | None, json_: bool
) -> None:
    """把现成的工作要点（.docx、.txt）读进“工作要点”表：部分、条、措施、目标、责任部门、时限。

    拿不准的单元格标成黄色，批注写明原因，请逐个核对。
    """
    from ..year.drafts.planimport import import_plan
    from .reports.drafts import import_json, import_text, write_rows

    made = import_plan(catalog(), document, year)
    write_rows(catalog(), output, made.year, {"unit_id": code, "unit_name": unit}, made.rows, made.doubts)
    answer(json_, lambda: import_json(made, document, output), lambda: import_text(made, output))


@plan.command("draft")
@click.argument("source", metavar="工作簿", type=EXISTING)
@click.option("-o", "--output", type=Output(*BOOK), required=True, metavar="文件", help="写成的下年工作簿。")
@TASKS
@AS_OF
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def plan_draft(source: Path, output: Path, tasks: Path | None, as_of: datetime | None, json_: bool) -> None:
    """按今年的要点、完成结果和没有解决的问题，起草下年的要点，供人修改。

    每一条写明保留、提高、不再列入或新增的理由；不再列入的，任务状态为“取消”。
    """
    from ..year.drafts.drafting import draft
    from ..year.plan import plan as run
    from .reports.drafts import draft_json, draft_text, write_draft

    made = run(catalog(), source, tasks, _day(as_of))
    found = draft(made)
    write_draft(catalog(), output, found, made.source.unit)
    answer(json_, lambda: draft_json(found, source, output), lambda: draft_text(found, output))
    sys.exit(1 if made.left_out or in_error(made.source.left_out) else 0)


@main.command()
@click.argument("paths", metavar="工作簿或文件夹...", nargs=-1, required=True, type=PATHS)
@AS_OF
@click.option(
    "--days", type=click.IntRange(0, 366), default=30, show_default=True, metavar="天数", help="提前多少天提醒。"
)
@click.option("--notices", type=Many(), metavar="文件夹", help="另存月提示单，每单位一份一页（.docx）。")
@click.option("--sheet", type=Output(*XLSX), metavar="文件", help="另存提醒明细表和支部×月表（.xlsx）。")
@click.option("--ics", type=Output(*ICS), metavar="文件", help="另存日历文件（.ics），可导入手机和邮箱的日历。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
@reads_many
def remind(
    paths: tuple[Path | str, ...],
    as_of: datetime | None,
    days: int,
    notices: Path | None,
    sheet: Path | None,
    ics: Path | None,
    json_: bool,
    how: How,
    no_cache: bool,
) -> None:
    """到期提醒：分单位列出已过期和快到期的应办事项、换届、整改和要点任务，最急的在前。"""
    from ..documents.reporting.handouts import hand_out
    from ..year.remind import remind as run
    from .reports.year import remind_json, remind_text

    with store(no_cache) as kept, progress("提醒") as bar:
        found = kept.whole(lambda: run(paths, kept, _day(as_of), days, how, bar))
        for said in hand_out(catalog(), found, notices, sheet, ics):
            click.echo(said, err=True)
    answer(json_, lambda: remind_json(found), lambda: remind_text(found))
    if in_error(found.left_out):
        sys.exit(1)
    finish(found.findings)


SUMMARY = click.option(
    "--summary", type=EXISTING, metavar="文件", help="总结（.docx、.txt），核对遗漏的成绩和没有台账行的说法。"
)


@main.command()
@click.argument("source", metavar="工作簿", type=EXISTING)
@TASKS
@SUMMARY
@AS_OF
@click.option("-o", "--output", type=Output(*XLSX), metavar="文件", help="另存对照表（.xlsx）。")
@click.option("--html", type=Output(*HTML), metavar="文件", help="另存网页（.html）。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def matrix(
    source: Path,
    tasks: Path | None,
    summary: Path | None,
    as_of: datetime | None,
    output: Path | None,
    html: Path | None,
    json_: bool,
) -> None:
    """任务、台账、总结对照：没有佐证的任务、不服务任务的行、总结遗漏的成绩、总结中没有台账行的说法。"""
    from ..overview.dashboard import matrix_page
    from ..overview.matrix import matrix as run
    from ..year.plan import plan as track
    from .reports.matrix import matrix_json, matrix_text, write_matrix

    made = track(catalog(), source, tasks, _day(as_of))
    found = run(made, summary)
    answer(json_, lambda: matrix_json(made, found), lambda: matrix_text(made, found))
    if output:
        write_matrix(made, found, output)
    if html:
        matrix_page(made, found, html)
    sys.exit(1 if made.left_out or in_error(made.source.left_out) else 0)


@main.command()
@click.argument("source", metavar="工作簿", type=EXISTING)
@click.option("-o", "--output", type=Output(*HTML), required=True, metavar="文件", help="写成的网页（.html）。")
@TASKS
@SUMMARY
@click.option("--last", type=EXISTING, metavar="工作簿", help="上年的工作簿，用来与上年相比。")
@AS_OF
def dashboard(
    source: Path, output: Path, tasks: Path | None, summary: Path | None, last: Path | None, as_of: datetime | None
) -> None:
    """一览：一个网页文件，双击打开，不联网；报送、目标、数据直到单元格、趋势、与上年相比、对照。"""
    from ..overview.dashboard import write_dashboard
    from ..overview.matrix import matrix as run
    from ..submissions.source import open_source
    from ..year.plan import plan as track
    from ..year.plan import rows_left_out

    made = track(catalog(), source, tasks, _day(as_of), needed=False)
    write_dashboard(made, run(made, summary), output, open_source(catalog(), last) if last else None)
    click.echo("\n".join([f"已生成：{output}（{output.stat().st_size // 1024} KB）", *rows_left_out(made)]))
    sys.exit(1 if made.left_out or in_error(made.source.left_out) else 0)
