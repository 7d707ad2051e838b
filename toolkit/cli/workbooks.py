"""Commands on workbooks: create, check, correct, approve, aggregate."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import CannotRun
from ..machine.guard import BOOK, DOCX, XLSX
from ..span import Span
from ..standard.settings import setting
from ..standard.sheets import ESSENTIALS
from ..window.telling import telling
from .base import EXISTING, YEAR, answer, catalog, finish, main, say, store
from .inputs import PathOrUrl
from .outputs import Many, Output, Whole
from .progress import progress

if TYPE_CHECKING:
    from ..figures.tree import Unit
    from ..model import Submission
    from ..submissions.files import How

CORRECTED, APPROVED = Output(like="workbook", end="_已更正"), Output(like="workbook", end="_已核")


@main.command()
@click.argument("roster", metavar="[名单]", type=EXISTING, required=False)
@click.option(
    "-o",
    "--output",
    type=Output(*XLSX, folder=lambda params: not params["roster_template"]),
    required=True,
    metavar="路径",
    help="存放的文件夹；--roster-template 时为文件名。",
)
@click.option("--unit", metavar="名称", help="只做一份时：单位全称。")
@click.option("--code", metavar="编码", help="只做一份时：单位编码。")
@click.option("--year", type=YEAR, metavar="年", default=lambda: date.today().year, help="填报年度，默认本年。")
@click.option("--period", "part", metavar="填报期", help="上半年、第一季度、1至9月等，默认全年。")
@click.option("--macros", is_flag=True, help="工作簿带按钮（.xlsm），供能启用宏的电脑使用。")
@click.option("--roster-template", is_flag=True, help="生成空白的单位名单表。")
@click.option(
    "--from", "source", type=EXISTING, metavar="上年工作簿", help="沿用单位信息、党组织、未完成的问题和任务。"
)
def new(
    roster: Path | None,
    output: Path,
    unit: str | None,
    code: str | None,
    year: int,
    part: str | None,
    macros: bool,
    roster_template: bool,
    source: Path | None,
) -> None:
    """制作空白工作簿：按名单每单位一份，或只做一份。

    名单用 --roster-template 生成，填写后使用。跨年时用 --from 上年工作簿 --year 新年度。
    """
    from ..excel.unit.build import new_for_unit, new_from_roster
    from ..excel.unit.roster import write_roster_template

    period = Span.called(part or "", year)
    if period is None:
        raise click.UsageError(f"填报期“{part}”看不懂：请写上半年、下半年、第一季度、1至9月或全年。")
    if roster_template:
        write_roster_template(catalog(), output)
        say(f"已生成单位名单表：{output}")
    elif source:
        from ..year.rollover import roll_over

        target, carried = roll_over(catalog(), source, period, output, macros)
        kept = "、".join(f"{title}{n}行" for title, n in carried.items()) or "没有行"
        say(f"已生成工作簿：{target}。沿用：{kept}（状态均为草稿，请逐行核对）")
    elif roster:
        made = new_from_roster(catalog(), roster, output, period, macros)
        say(f"已生成{len(made)}份工作簿，存放在 {output}")
    elif unit and code:
        say(f"已生成工作簿：{new_for_unit(catalog(), unit, code, period, output, macros)}")
    else:
        raise click.UsageError("请给出单位名单，或同时给出 --unit 和 --code，或用 --from 给出上年工作簿。")


PATHS = PathOrUrl(exists=True, path_type=Path)


def reads_many(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options of commands that read many workbooks; passes them as `how` and `no_cache`."""

    @click.option("--jobs", type=click.IntRange(1), metavar="数", help="同时处理的进程数，默认按文件多少决定。")
    @click.option("--cluster", metavar="地址", help="在 Dask 集群上读取：tcp://主机:端口，或 local 在本机起一个。")
    @click.option("--no-cache", is_flag=True, help="不用缓存，全部重新读取。")
    @click.option("--verify-cache", is_flag=True, help="逐份核对内容，不只看文件大小和时间。")
    @functools.wraps(command)
    def made(*args: Any, jobs: int | None, cluster: str | None, verify_cache: bool, **kwargs: Any) -> None:
        from ..submissions.files import How

        command(*args, how=How(jobs, cluster, verify_cache), **kwargs)

    return made


@main.command()
@click.argument("paths", metavar="工作簿或文件夹...", nargs=-1, required=True, type=PATHS)
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
@click.option("--slips", type=Many(), metavar="文件夹", help="为有错误的工作簿生成退回单，存放在这个文件夹。")
@reads_many
def check(paths: tuple[Path | str, ...], json_: bool, slips: Path | None, how: How, no_cache: bool) -> None:
    """检查工作簿：逐格、逐行、跨表核对，一次列出全部问题。"""
    from ..submissions.check import checked
    from .reports.workbooks import check_json, check_text

    with progress("检查") as bar:
        submissions = checked(catalog(), paths, lambda: store(no_cache), how, bar)
    answer(json_, lambda: check_json(submissions), lambda: check_text(submissions))
    if slips:
        _write_slips(submissions, slips)
    if not any(s.rows for s in submissions):
        sys.exit(2)
    finish([f for s in submissions for f in s.findings])


def _write_slips(submissions: list[Submission], folder: Path) -> None:
    from ..submissions.check import write_slips

    made = write_slips(catalog(), submissions, folder)
    if telling():  # the window opens the folder
        click.echo(f"已生成{len(made)}份退回单。", err=True)
        return
    for path in made:
        click.echo(f"已生成退回单：{path}", err=True)


@main.command("merge-slip")
@click.argument("slip", metavar="退回单", type=EXISTING)
@click.argument("workbook", metavar="工作簿", type=EXISTING)
@click.option("-o", "--output", type=CORRECTED, metavar="文件", help="改好的工作簿，默认在原文件名后加“_已更正”。")
def merge_slip(slip: Path, workbook: Path, output: Path) -> None:
    """把改好的退回单并回工作簿：只改退回的行，其余不动。"""
    from ..excel.changing.slips import merge_slip as merge

    report = merge(catalog(), slip, workbook, output)
    say("\n".join(report.lines()))
    say(f"存为 {output}" if report.changed or not report.skipped else "未生成文件。")
    sys.exit(1 if report.skipped else 0)


@main.command()
@click.argument("workbook", metavar="工作簿", type=EXISTING)
@click.option("-o", "--output", type=APPROVED, metavar="文件", help="核定后的工作簿，默认在原文件名后加“_已核”。")
@click.option("--sheet", "sheets", multiple=True, metavar="表名", help="只核定这张表，可重复；默认全部。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def approve(workbook: Path, output: Path, sheets: tuple[str, ...], json_: bool) -> None:
    """核定：把没有错误的草稿行改为“已核”，并补记录编号；没有核定的逐行说明原因。"""
    from ..excel.changing.approve import approve as run
    from ..findings import sentence
    from ..rows.submission import IN_ERROR, counted
    from ..submissions.reading import read_submission
    from .reports.workbooks import approve_json, approve_text

    submission = read_submission(catalog(), workbook)
    if not submission.rows:
        raise CannotRun(f"{workbook} 不能核定：{sentence(submission.findings[0].message)}")
    done = run(catalog(), submission, workbook, output, sheets or None)
    wrong = sum(x.reason == IN_ERROR for x in counted(catalog(), submission)[1])
    answer(json_, lambda: approve_json(done, workbook, output, wrong), lambda: approve_text(done, output, wrong))
    if wrong:
        sys.exit(1)
    finish(done.objections)


@main.command()
@click.argument("workbook", metavar="工作簿", type=EXISTING)
@click.option("-o", "--output", type=Many(), metavar="文件夹", help="存放的文件夹，默认与工作簿相同。")
def export(workbook: Path, output: Path | None) -> None:
    """导出报送件：不含宏和只在本单位留存的内容，附校验清单（.json）。"""
    from ..submissions.exchange.export import export as run
    from ..submissions.reading import read_submission

    done = run(catalog(), read_submission(catalog(), workbook), output or workbook.parent)
    say("\n".join(done.lines()))
    sys.exit(1 if done.errors else 0)


@main.command("print")
@click.argument("workbook", metavar="工作簿", type=EXISTING)
@click.option(
    "-o",
    "--output",
    type=Output(".pdf", *BOOK, like="workbook", end=ESSENTIALS),
    metavar="文件",
    help=f"PDF，默认在原文件名后加“{ESSENTIALS}”；写成 .xlsx 的，另存一份只显示要件的工作簿。",
)
@click.option("--ledgers", is_flag=True, help="另印有行的台账。")
def print_(workbook: Path, output: Path, ledgers: bool) -> None:
    """打印要件：单位的封面和报送表，汇总的封面、指标汇总、报送情况和问题清单，转成一个 PDF。"""
    from ..documents.printing.essentials import print_essentials

    done = print_essentials(catalog(), workbook, output, ledgers)
    say("\n".join(done.lines()))
    finish(done.findings)


@main.command()
@click.argument("paths", metavar="工作簿或文件夹...", nargs=-1, required=True, type=PATHS)
@click.option("-o", "--output", type=Output(*BOOK), required=True, metavar="路径", help="汇总工作簿。")
@click.option("--roster", type=EXISTING, metavar="文件", help="应报单位名单；没有名单时以收到的为准。")
@click.option("--year", type=YEAR, metavar="年", help="汇总年度，默认取多数工作簿的年度。")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), metavar="日期", help="报送截止日期，晚于它的记为迟报。")
@click.option(
    "--last", type=EXISTING, metavar="上年", help="上年的汇总工作簿或对照表，“指标汇总”表加上年、增减、增幅三栏。"
)
@click.option("--register", is_flag=True, help="在汇总工作簿旁登记收到的报送件（报送登记.db），迟报按收到的日期计。")
@click.option(
    "--export",
    type=Whole(),
    metavar="文件夹",
    help="另把各表存为 CSV 和 SQLite，连同字段说明（Data Package）放进这个新文件夹。",
)
@click.option("--parquet", type=Whole(), metavar="文件夹", help="另把各表存为 Parquet，连同字段说明放进这个新文件夹。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
@reads_many
def aggregate(
    paths: tuple[Path | str, ...],
    output: Path,
    roster: Path | None,
    year: int | None,
    due: datetime | None,
    last: Path | None,
    register: bool,
    export: Path | None,
    parquet: Path | None,
    json_: bool,
    how: How,
    no_cache: bool,
) -> None:
    """汇总多份工作簿：逐级小计，列明应报实报，每一行都有下落。"""
    from ..submissions.exchange.register import Register
    from ..submissions.rerun import Aggregation
    from .reports.workbooks import aggregate_json, aggregate_text

    if parquet:  # before the work
        from ..excel.exports.parquet import need_pyarrow

        need_pyarrow()
    with store(no_cache) as kept, progress("汇总") as bar:
        arrived = Register(output.parent) if register else None
        day = due.date() if due else None
        by = arrived.deadline(day) if arrived and day else day
        run = Aggregation(catalog(), paths, kept, roster_units(roster), year, by, how, bar, output, last)
        outcome = run.outcome
        written = run.write()
        if arrived:
            click.echo(f"新登记{arrived.add(run.consolidation)}份报送件：{arrived.path}", err=True)
        if export:
            from ..excel.exports.csvfiles import write_csv

            write_csv(run.consolidation, export)
        if parquet:
            from ..excel.exports.parquet import write_parquet

            write_parquet(run.consolidation, parquet)
    answer(json_, lambda: aggregate_json(catalog(), outcome), lambda: aggregate_text(outcome, output, written))
    sys.exit(0 if outcome.clean else 1)


@main.command()
@click.argument("paths", metavar="工作簿或文件夹...", nargs=-1, required=True, type=PATHS)
@click.option("-o", "--output", type=Output(*DOCX), required=True, metavar="路径", help="通报（.docx）。")
@click.option("--roster", type=EXISTING, metavar="文件", help="应报单位名单；没有名单时以收到的为准。")
@click.option("--year", type=YEAR, metavar="年", help="汇总年度，默认取多数工作簿的年度。")
@click.option(
    "--due",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="日期",
    help="报送截止日期，晚于它的记为迟报；通报旁边有报送登记.db 的，按收到的日期计。",
)
def notice(
    paths: tuple[Path | str, ...], output: Path, roster: Path | None, year: int | None, due: datetime | None
) -> None:
    """通报报送情况：谁报了、谁迟报未报、退回了谁和原因、数据质量，按公文格式成文。"""
    from ..documents.reporting.notice import notice_lines, write_notice
    from ..submissions.aggregate import aggregate as run
    from ..submissions.exchange.register import Register

    arrived, day = Register(output.parent), due.date() if due else None
    by = arrived.deadline(day) if day and arrived.path.exists() else day
    c = run(catalog(), paths, roster_units(roster), year, by)
    made = write_notice(c, output)
    say("\n".join(notice_lines(made, output)))
    sys.exit(1 if made.returned else 0)


@main.command()
@click.argument("unit", metavar="单位")
@click.argument("register", metavar="登记簿", type=EXISTING)
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def history(unit: str, register: Path, json_: bool) -> None:
    """列出一个单位历次报送：何时收到、接收还是退回、被哪一份取代、与上一份的差别。

    单位写编码或全称；登记簿写 报送登记.db 或它所在的文件夹。
    """
    from itertools import pairwise

    from ..submissions.exchange.register import Register

    book = Register(register)
    arrivals = book.history(unit)
    changes = {new.id: book.changes(catalog(), old, new) for old, new in pairwise(arrivals) if old.period == new.period}
    answer(
        json_,
        lambda: {"arrivals": [{**vars(a), "changes": changes.get(a.id, [])} for a in arrivals]},
        lambda: "\n".join(line for a in arrivals for line in (str(a), *(f"  {c}" for c in changes.get(a.id, ())))),
    )


def roster_units(roster: Path | None) -> Sequence[Unit]:
    """Returns the units of a roster; none without one. Raises CannotRun."""
    from ..excel.unit.roster import read_roster

    named = roster or setting("roster")
    return read_roster(catalog(), named) if named else ()
