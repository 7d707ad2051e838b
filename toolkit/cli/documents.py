"""Commands on documents and the figures in them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..documents.fill import Filled

from ..machine.guard import DOCX, XLSX, check_file
from ..rows.submission import in_error, left_out_text
from .base import EXISTING, Chinese, answer, catalog, finish, main, say, store
from .inputs import Text
from .outputs import Output

SHEET = Output(*XLSX, like="output", end="_复核", used=lambda params: not params["review"])
MENDED = Output(like="document", end="_已改", used=lambda params: params["fix"])


@main.command()
@click.argument("document", metavar="文种")
@click.argument("source", metavar="工作簿", type=EXISTING)
@click.option(
    "-o",
    "--output",
    type=Output(*DOCX, folder=lambda params: params["all_units"]),
    required=True,
    metavar="路径",
    help="生成的 Word 文件；--all-units 时为文件夹。",
)
@click.option("--draft", is_flag=True, help="缺数也生成，缺的地方醒目标出。")
@click.option("--template", type=EXISTING, metavar="文件", help="用自己的 Word 模板。")
@click.option("--red-head", metavar="发文机关", help="加红头：发文机关标志。")
@click.option("--doc-no", metavar="文号", help="发文字号，如 云政协发〔2026〕5号。")
@click.option("--imprint", metavar="抄送", help="加版记：抄送机关。")
@click.option(
    "--public", is_flag=True, help="公开版：人名、不足5人的人数和不公开的数遮去；封面“是否公开版”选“是”的不用写。"
)
@click.option("--sealed", is_flag=True, help="落款按加盖印章编排，默认按不加盖印章编排。")
@click.option("--all-units", is_flag=True, help="分单位生成：工作簿写汇总工作簿，或存放各单位工作簿的文件夹。")
@click.option(
    "--last",
    type=EXISTING,
    metavar="上年",
    help="上年的工作簿、汇总工作簿、对照表或报告，.上年、.同比、.增幅 取自它；分单位生成的写汇总工作簿或文件夹。",
)
@click.option("--pdf", is_flag=True, help="同时生成 PDF（要有 LibreOffice）。")
@click.option("--png", is_flag=True, help="同时生成每页的图片，供看版面。")
@click.option(
    "--evidence",
    type=Output(*DOCX, *XLSX),
    metavar="路径",
    help="另出数据出处表（.docx 或 .xlsx），逐数列明口径和来源单元格。",
)
def fill(
    document: str,
    source: Path,
    output: Path,
    draft: bool,
    template: Path | None,
    red_head: str | None,
    doc_no: str | None,
    imprint: str | None,
    public: bool,
    sealed: bool,
    all_units: bool,
    last: Path | None,
    pdf: bool,
    png: bool,
    evidence: Path | None,
) -> None:
    """生成公文：用工作簿或汇总工作簿里的数填 Word 模板。

    文种如 situation、duty、study、summary、plan，也可写中文名称。
    """
    from ..documents.batch import Made, fill_all
    from ..documents.fill import Look
    from ..documents.fill import fill as run
    from ..documents.printing.pages import PDF, need_program, show_pages
    from .progress import progress
    from .reports.documents import batch_text, fonts_text

    if last and all_units and last.suffix.lower() in (".docx", ".txt"):
        raise click.UsageError("--last 是一个单位的上年报告，不能与 --all-units 同用；请给上年的汇总工作簿或文件夹。")
    if evidence and all_units:
        raise click.UsageError("--evidence 一次只出一份公文的数据出处表，不能与 --all-units 同用。")
    if pdf or png:
        need_program()  # before the work
        if not all_units:
            check_file(output.with_suffix(PDF[0]), PDF)
    look = Look(draft, template, red_head or "", doc_no or "", imprint, last, public or None, sealed)
    if all_units:
        with progress("成文") as bar:
            made = fill_all(catalog(), document, source, output, store, look, bar)
        say(batch_text(made, output))
    else:
        done = run(catalog(), document, source, output, look)
        say("\n".join(done.lines(output)))
        made = [Made("", output, done)]
        if evidence:
            from ..documents.evidence import write_annex

            count = write_annex(catalog(), output, source, evidence)
            say(f"数据出处表：{evidence}（{count}个数）")
    if lacking := fonts_text():
        say(lacking)
    failed = show_pages([m.path for m in made if m.path], png) if pdf or png else ""
    if failed:
        say(failed)
    sys.exit(1 if failed or any(m.why or (m.filled and _incomplete(m.filled)) for m in made) else 0)


def _incomplete(filled: Filled) -> bool:
    """Whether figures are missing from a document, or rows with errors from its figures."""
    return bool(filled.missing) or in_error(filled.left_out)


@main.command()
@click.argument("indicator", metavar="指标")
@click.argument("source", metavar="工作簿", type=EXISTING)
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def explain(indicator: str, source: Path, json_: bool) -> None:
    """列出一个数背后的单元格。指标写名称或编号。"""
    from ..model import Figure
    from ..submissions.source import explain as run
    from ..wording.phrase import untrue
    from .reports.documents import explain_json, explain_text

    found = run(catalog(), indicator, source)
    answer(json_, lambda: explain_json(catalog(), found), lambda: explain_text(catalog(), found))
    sys.exit(1 if in_error(found[2]) or any(untrue(catalog(), [f for f in found[:1] if isinstance(f, Figure)])) else 0)


@main.command()
@click.argument("file", metavar="公文", type=EXISTING)
@click.argument("source", metavar="工作簿", type=EXISTING)
@click.option("--document", metavar="文种", help="公文的文种，默认由公文自己说明。")
@click.option("--template", type=EXISTING, metavar="文件", help="用自己的模板成文的，写明模板。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def verify(file: Path, source: Path, document: str | None, template: Path | None, json_: bool) -> None:
    """用台账核对人工改过的公文（.docx）。

    指出过时的数、手改的数、丢失的数、与台账矛盾的说法和没有依据的绝对化说法。
    """
    from ..documents.verify import verify as run
    from ..findings import remarks_json, remarks_text
    from ..submissions.source import open_source

    opened = open_source(catalog(), source)
    found, said = run(catalog(), file, opened, document, template), left_out_text(opened.left_out)
    answer(
        json_,
        lambda: {**remarks_json(file, found), "left_out": dict(opened.left_out)},
        lambda: "\n".join([remarks_text(found), *([f"台账{said}。"] if said else [])]),
    )
    if in_error(opened.left_out):
        sys.exit(1)
    finish(found)


@main.command()
@click.argument("file", metavar="公文", type=EXISTING)
@click.argument("source", metavar="工作簿", type=EXISTING)
@click.option(
    "-o",
    "--output",
    type=Output(like="file", end="_已更新"),
    metavar="路径",
    help="更新后的公文，默认在原文件名后加“_已更新”。",
)
@click.option("--renumber", is_flag=True, help="挪动过段落的，把一、（一）1.（1）一是 重新编号。")
@click.option("--track", is_flag=True, help="改动留作 Word 的修订，可逐处接受或拒绝。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def refresh(file: Path, source: Path, output: Path, renumber: bool, track: bool, json_: bool) -> None:
    """按台账更新公文里的数，另存一份；其他文字一字不动，逐处列出旧数和新数。"""
    from ..documents.refresh import refresh as run
    from .reports.documents import refresh_json, refresh_text

    done = run(catalog(), file, source, output, renumber, track)
    answer(json_, lambda: refresh_json(output, done), lambda: refresh_text(done, output))
    sys.exit(1 if done.left or in_error(done.left_out) else 0)


@main.command()
@click.argument("document", metavar="报告", type=Text())
@click.option("-o", "--output", type=Output(*XLSX), metavar="路径", help="生成的对照工作簿（.xlsx）。")
@click.option("--compare", "source", type=EXISTING, metavar="工作簿", help="今年的工作簿或汇总工作簿，用来比增减。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def extract(document: Path, output: Path | None, source: Path | None, json_: bool) -> None:
    """从往年报告（.docx、.txt）里找出全部数量，对上指标，供逐年比较。"""
    from ..documents.extract import compare, write_workbook
    from ..documents.extract import extract as run
    from ..submissions.source import open_source
    from .reports.documents import extract_json, extract_text

    if not output and not json_:
        raise click.UsageError("请用 -o 指定对照工作簿，或用 --json 输出。")
    facts = run(catalog(), document)
    this_year = open_source(catalog(), source) if source else None
    compared = compare(facts, this_year)
    if output:
        write_workbook(catalog(), output, document, facts, compared, this_year)
    left_out = this_year.left_out if this_year else {}
    answer(
        json_,
        lambda: extract_json(document, facts, compared, left_out),
        lambda: extract_text(facts, compared, output, left_out),
    )
    sys.exit(1 if in_error(left_out) else 0)


@main.command()
@click.argument("document", metavar="文件", type=Text())
@click.option("--kind", metavar="文种", default="", help="按哪个文种检查；默认看标题。")
@click.option("--fix", is_flag=True, help="改正能由程序改的，另存一份，列出每处改动。")
@click.option("-o", "--output", type=MENDED, metavar="路径", help="--fix 改正后的文件，默认在原文件名后加“_已改”。")
@click.option("--against", type=EXISTING, metavar="另一份", help="与另一份公文比，列出两份里相同的句子和各自的位置。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def lint(document: Path, kind: str, fix: bool, output: Path | None, against: Path | None, json_: bool) -> None:
    """检查公文的格式和文字，可读 .docx、.txt、.doc（要有 LibreOffice）和有文字的 .pdf。

    逐处列明位置、问题、依据和处理办法；--fix 只改 .docx 和 .txt，之后列出的是还要人工改的。
    """
    from ..word.against import shared
    from ..word.edited.other import open_to_read
    from ..word.lint.check import check_document
    from ..word.lint.fix import fix as mend
    from .reports.lint import changes_text, lint_json, lint_text, shared_text

    changes, checked = None, document
    if fix and output:
        checked = output
        changes = mend(catalog(), document, checked, kind)
    opened = open_to_read(checked)
    remarks = check_document(catalog(), opened, kind)
    same = list(shared(opened, open_to_read(against))) if against else None
    mended = [] if changes is None else [changes_text(document, checked, changes)]
    alike = [shared_text(checked, against, same)] if against and same is not None else []
    answer(
        json_,
        lambda: lint_json(checked, remarks, changes, same),
        lambda: "\n".join([*mended, lint_text(checked, remarks), *alike]),
    )
    if same:
        sys.exit(1)
    finish(remarks)


@main.group("template", cls=Chinese, options_metavar="[选项]", subcommand_metavar="命令 …")
def template_() -> None:
    """自己的 Word 模板：从现成的写起，能用哪些名称，写得对不对。"""


@template_.command("names")
@click.option("--document", metavar="文种", default="situation", show_default=True, help="列出哪个文种能用的名称。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def template_names(document: str, json_: bool) -> None:
    """列出模板可用的名称：数、名单、台账各行、章、基本情况、文字、标题、工作要点、编号。"""
    from ..documents.names import listing, listing_json
    from ..documents.templates import document as find_document

    c = catalog()
    d = find_document(c, document)
    answer(json_, lambda: listing_json(c, d), lambda: listing(c, d))


@template_.command("new")
@click.argument("document", metavar="文种")
@click.option(
    "-o", "--output", type=Output(*DOCX), required=True, metavar="路径", help="生成的模板（.docx），用 Word 改写。"
)
@click.option("--source", type=EXISTING, metavar="工作簿", help="按这个单位的说法写；不写明时用通用的说法。")
def template_new(document: str, output: Path, source: Path | None) -> None:
    """写一份自己的模板：台账能说的话都写成文字，数和名称写成 {{ }}，可在 Word 里改。

    用 fill --template 成文；改写之后请先用 template check 检查。
    """
    from ..documents.names import write_template

    write_template(catalog(), document, output, source)
    say(f"已生成：{output}。用 Word 改写后，成文时加 --template {output}。")


@template_.command("check")
@click.argument("template", metavar="模板", type=EXISTING)
@click.option("--document", metavar="文种", help="模板属于哪个文种，默认看文件名。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def template_check(template: Path, document: str | None, json_: bool) -> None:
    """检查模板：写错的名称、没有结束的循环、断开的标记、不允许的写法。"""
    from ..documents.names import check_own
    from ..findings import remarks_json
    from .reports.documents import problems_text

    found = check_own(catalog(), template, document)
    answer(json_, lambda: remarks_json(template, found), lambda: problems_text(template, found))
    finish(found)


@template_.command("from")
@click.argument("report", metavar="旧报告", type=EXISTING)
@click.option("-o", "--output", type=Output(*DOCX), required=True, metavar="路径", help="生成的模板（.docx）。")
@click.option("--sheet", type=SHEET, metavar="路径", help="复核表（.xlsx），默认在模板文件名后加“_复核”。")
@click.option("--review", type=EXISTING, metavar="复核表", help="改好的复核表：照上面的决定再生成一遍模板。")
@click.option("--unit", default="", metavar="名称", help="本单位在报告里的名称，默认看题目和落款。")
@click.option("--json", "json_", is_flag=True, help="以 JSON 输出，供程序读取。")
def template_from(report: Path, output: Path, sheet: Path | None, review: Path | None, unit: str, json_: bool) -> None:
    """由旧报告做模板：数、年份、日期、单位名称换成名称，其余一字不动；另出复核表。

    在复核表里定下每一处，再用 --review 生成一遍。没有定下的旧数在模板里标黄。
    """
    from ..documents.drafting.draft import draft
    from .reports.templates import drafted_json, drafted_text

    done = draft(catalog(), report, output, sheet, review, unit)
    answer(json_, lambda: drafted_json(output, done), lambda: drafted_text(done, output, sheet))
    sys.exit(1 if done.bare or any(r.is_error for r in done.remarks) else 0)
