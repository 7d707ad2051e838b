"""Runs the main task from end to end on a fictional city: workbooks, check, aggregation, five documents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..documents.fill import fill
from ..excel.consolidated.consolidate import write_consolidated
from ..excel.samples import sample, sample_file, write_sample
from ..excel.unit.roster import write_roster_template
from ..findings import counts
from ..model import Catalog
from ..submissions.aggregate import aggregate, read_workbook
from ..submissions.rerun import Outcome
from .reports.workbooks import aggregate_text

# document -> sample plan of the unit whose workbook fills it; None: the consolidated workbook fills it
DOCUMENTS = {"situation": "situation", "duty": "duty", "study": "study", "summary": None, "plan": "gongwei"}
CITY = ("gongwei", "city")


def file_of(catalog: Catalog, plan: str) -> str:
    """Returns the name of the workbook of the first unit in a sample plan."""
    return sample_file(next(iter(sample(catalog, plan)))[0])


def run(catalog: Catalog, out: Path, say: Callable[[str], None]) -> None:
    """Writes all files below `out` and reports each step through `say`."""
    books = {
        plan: write_sample(catalog, plan, out / "单位工作簿")
        for plan in dict.fromkeys(filter(None, DOCUMENTS.values()))
    }
    city = [*books["gongwei"], *write_sample(catalog, "city", out / "市直单位")]
    roster = [unit for plan in CITY for unit, *_ in sample(catalog, plan)]
    write_roster_template(catalog, out / "单位名单.xlsx", roster)
    total = len(city) + sum(len(b) for p, b in books.items() if p != "gongwei")
    say(f"1. 制作工作簿：{total}份（虚构单位），名单1份。")
    submissions = [
        r.submission
        for path in sorted({*city, *(b for found in books.values() for b in found)})
        for r in read_workbook(catalog, path)
    ]
    found = [f for s in submissions for f in s.findings]
    rows = sum(len(r) for s in submissions for r in s.rows.values())
    say(f"2. 检查：{len(submissions)}份、{rows}行，{counts(found)}。")
    consolidated = out / "汇总.xlsx"
    c = aggregate(catalog, city)
    write_consolidated(c, consolidated)
    say("3. " + aggregate_text(Outcome.of(c), consolidated).replace("\n", "\n   "))
    say("4. 生成公文：")
    for document, plan in DOCUMENTS.items():
        target = out / f"{document}.docx"
        done = fill(catalog, document, books[plan][0] if plan else consolidated, target)
        say(f"   {catalog.documents[document].title}：{target.name}，填入{done.printed}个数")
    say(f"完成。请打开 {out} 查看。想知道某个数从哪里来：dangjian explain 主题党日_支部 {books['situation'][0]}")
