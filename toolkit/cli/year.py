"""Commands on the year's plan and on due dates."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..machine.guard import XLSX
from ..rows.submission import in_error
from .base import EXISTING, answer, catalog, finish, main, store
from .outputs import Output
from .progress import progress
from .workbooks import PATHS, reads_many

if TYPE_CHECKING:
    from ..submissions.files import How

AS_OF = click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="日期", help="算到哪一天，如 2026-06-30，默认今天。"
)


def _day(as_of: datetime | None) -> date:
    return as_of.date() if as_of else date.today()


@main.command()
@click.argument("source", metavar="工作簿", type=EXISTING)
@click.option(
    "--tasks",
    type=EXISTING,
    metavar="工作簿",
    help="任务取自另一份工作簿，如上年末写好今年要点的那一份；默认就是本工作簿。",
)
@AS_OF
@click.option("-o", "--output", type=Output(*XLSX), metavar="文件", help="另存任务进度表（.xlsx）。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def plan(source: Path, tasks: Path | None, as_of: datetime | None, output: Path | None, json_: bool) -> None:
    """工作要点任务进度：逐项列出目标、台账现有数、是否完成或逾期。

    工作簿可以是单位的，也可以是汇总的（按全部单位的数，看本级的要点）。没有关联指标、台账看不出进度的，
    列为“人工确认”。
    """
    from ..year.plan import plan as run
    from .reports.year import plan_json, plan_text, write_plan

    made = run(catalog(), source, tasks, _day(as_of))
    answer(json_, lambda: plan_json(made), lambda: plan_text(made))
    if output:
        write_plan(made, output)
        click.echo(f"任务进度表：{output}", err=True)
    sys.exit(1 if made.left_out or in_error(made.source.left_out) else 0)


@main.command()
@click.argument("paths", metavar="工作簿或文件夹...", nargs=-1, required=True, type=PATHS)
@AS_OF
@click.option(
    "--days", type=click.IntRange(0, 366), default=30, show_default=True, metavar="天数", help="提前多少天提醒。"
)
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
@reads_many
def remind(
    paths: tuple[Path | str, ...], as_of: datetime | None, days: int, json_: bool, how: How, no_cache: bool
) -> None:
    """到期提醒：分单位列出已过期和快到期的应办事项、换届、整改和要点任务，最急的在前。"""
    from ..year.remind import remind as run
    from .reports.year import remind_json, remind_text

    with store(no_cache) as kept, progress("提醒") as bar:
        found = kept.whole(lambda: run(paths, kept, _day(as_of), days, how, bar))
    answer(json_, lambda: remind_json(found), lambda: remind_text(found))
    if in_error(found.left_out):
        sys.exit(1)
    finish(found.findings)
