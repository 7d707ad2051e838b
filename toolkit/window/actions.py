"""What the window offers: each action with its fields, and one function that words it as a command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import CannotRun
from ..model import Catalog
from ..names import file_name, marked
from .orders import CHOICE, DATE, FILE, FLAG, FOLDER, NUMBER, PATHS, TEXT, Field, Order, Run

BOOKS = (".xlsx", ".xlsm", ".xls", ".et", ".xlsb", ".ods")
ROSTER = (".xlsx", ".xlsm", ".xls", ".et", ".ods")
OUT = Field("out", "结果存放的文件夹", FOLDER, hint="不选就放在所选文件旁边。")
FORCE = Field("force", "已有同名文件时，旧的改名保留，再写新的", FLAG)
SLIPS = "退回单"

Made = tuple[Sequence[str], Sequence[Path]]


@dataclass(frozen=True)
class Action:
    """One action: its button, its fields, and the function that makes its command."""

    name: str
    caption: str
    tip: str
    group: str
    fields: tuple[Field, ...]
    make: Callable[[Order], Made]

    def run(self, values: dict[str, Any]) -> Run:
        """Returns the command for what the clerk chose. Raises CannotRun if something is missing or wrong."""
        order = Order(self.fields, values)
        arguments, results = self.make(order)
        words = next(n for n, a in enumerate(arguments) if a.startswith("--"))  # of the command itself
        force = ["--force"] if FORCE in self.fields and order.flag("force") else []
        return Run(self.name, [*arguments[:words], *force, *arguments[words:]], list(results))


def _new(o: Order) -> Made:
    more = [
        f"--output={o.out()}",
        *o.options(year="year", period="period"),
        *(["--macros"] if o.flag("macros") else []),
    ]
    if o.paths("roster"):
        return ["new", *more, "--", *o.paths("roster")], [o.out()]
    if not o.text("unit") or not o.text("code"):
        raise CannotRun("请选单位名单；只做一份的，填写单位全称和单位编码。")
    return ["new", *more, *o.options(unit="unit", code="code")], [o.out()]


def _check(o: Order) -> Made:
    slips = o.out() / SLIPS
    more = [f"--slips={slips}"] if o.flag("slips") else []
    return ["check", "--json", *more, "--", *o.paths("paths")], [slips] if more else []


def _approve(o: Order) -> Made:
    out = _beside(o, "book", "_已核")
    return ["approve", "--json", f"--output={out}", "--", str(o.path("book"))], [out]


def _merge_slip(o: Order) -> Made:
    out = _beside(o, "book", "_已更正")
    return ["merge-slip", f"--output={out}", "--", str(o.path("slip")), str(o.path("book"))], [out]


def _export(o: Order) -> Made:
    return ["export", f"--output={o.out()}", "--", str(o.path("book"))], [o.out()]


def _aggregate(o: Order) -> Made:
    out = o.out() / "汇总.xlsx"
    more = [
        f"--output={out}",
        *o.options(roster="roster", due="due", last="last"),
        *(["--register"] if o.flag("register") else []),
    ]
    kept = [out.parent / "报送登记.db"] if o.flag("register") else []
    return ["aggregate", "--json", *more, "--", *o.paths("paths")], [out, *kept]


def _notice(o: Order) -> Made:
    out = o.out() / "报送情况通报.docx"
    return ["notice", f"--output={out}", *o.options(roster="roster", due="due"), "--", *o.paths("paths")], [out]


def _history(o: Order) -> Made:
    return ["history", "--json", "--", o.text("unit"), str(o.path("register"))], []


def _dashboard(o: Order) -> Made:
    out = o.out() / file_name(o.path("source").stem, ".html", "_看板")
    more = o.options(tasks="tasks", last="last", summary="summary")
    return ["dashboard", f"--output={out}", *more, "--", str(o.path("source"))], [out]


def _remind(o: Order) -> Made:
    folder = o.out()
    notices, sheet, ics = folder / "月提示单", folder / "到期提醒.xlsx", folder / "到期提醒.ics"
    chosen = {"notices": notices, "sheet": sheet, "ics": ics}
    more = [f"--{name}={path}" for name, path in chosen.items() if o.flag(name)]
    results = [path for name, path in chosen.items() if o.flag(name)]
    return ["remind", "--json", *o.options(days="days"), *more, "--", *o.paths("paths")], results


def _fill(o: Order) -> Made:
    out = o.out() / file_name(o.path("source").stem, ".docx", f"_{o.text('document')}")
    flags = [f"--{name}" for name in ("draft", "pdf") if o.flag(name)]
    proof = out.with_name(f"{out.stem}_出处.xlsx")
    more = [f"--evidence={proof}"] if o.flag("evidence") else []
    head = o.options(red_head="red_head", doc_no="doc_no", template="template", last="last")
    made = [out, *([out.with_suffix(".pdf")] if o.flag("pdf") else []), *([proof] if more else [])]
    return ["fill", f"--output={out}", *flags, *more, *head, "--", o.text("document"), str(o.path("source"))], made


def _lint(o: Order) -> Made:
    out = _beside(o, "document", "_已改")
    more = ["--fix", f"--output={out}"] if o.flag("fix") else []
    more += o.options(against="against")
    return ["lint", "--json", *more, "--", str(o.path("document"))], [out] if o.flag("fix") else []


def _verify(o: Order) -> Made:
    return ["verify", "--json", "--", str(o.path("document")), str(o.path("source"))], []


def _extract(o: Order) -> Made:
    out = o.out() / file_name(o.path("document").stem, ".xlsx", "_对照")
    more = o.options(compare="compare")
    return ["extract", "--json", f"--output={out}", *more, "--", str(o.path("document"))], [out]


def _refresh(o: Order) -> Made:
    out = _beside(o, "document", "_已更新")
    flags = [f"--{name}" for name in ("renumber", "track") if o.flag(name)]
    return ["refresh", "--json", f"--output={out}", *flags, "--", str(o.path("document")), str(o.path("source"))], [out]


def _template(o: Order) -> Made:
    out = o.out() / file_name(o.path("document").stem, ".docx", "_模板")
    more = o.options(review="review")
    made = [out, marked(out.with_suffix(".xlsx"), "_复核")]
    return ["template", "from", "--json", f"--output={out}", *more, "--", str(o.path("document"))], made


def _explain(o: Order) -> Made:
    return ["explain", "--json", "--", o.text("indicator"), str(o.path("source"))], []


def _plan(o: Order) -> Made:
    out = o.out() / file_name(o.path("source").stem, ".xlsx", "_任务进度")
    more = o.options(tasks="tasks")
    return ["plan", "status", "--json", f"--output={out}", *more, "--", str(o.path("source"))], [out]


def _beside(o: Order, name: str, mark: str) -> Path:
    return marked(o.out(name) / o.path(name).name, mark)


def actions(c: Catalog) -> tuple[Action, ...]:
    """Returns the actions in the order of their buttons."""
    kinds = tuple((d.title, d.title) for d in c.documents.values())
    paths = Field("paths", "工作簿或文件夹", PATHS, True, "可以选许多份，也可以选整个文件夹。", BOOKS)
    book = Field("book", "工作簿", FILE, True, suffixes=BOOKS)
    source = Field("source", "工作簿或汇总工作簿", FILE, True, suffixes=BOOKS)
    roster = Field("roster", "单位名单", FILE, hint="没有名单时，以收到的为准。", suffixes=ROSTER)
    due = Field("due", "报送截止日期", DATE)
    own, above, papers = "填报单位", "汇总单位", "公文"
    return (
        Action("check", "校验", "一次列出全部问题：位置、原因、怎么改。不改动原文件。", own, (
            paths, Field("slips", "有错误的生成退回单", FLAG), OUT, FORCE), _check),
        Action("approve", "核定", "没有错误的草稿行改为“已核”，另存一份；没有核定的逐行说明原因。", own, (
            book, OUT, FORCE), _approve),
        Action("merge-slip", "并回退回单", "把改好的退回单并回工作簿，另存一份；只改退回的行。", own, (
            Field("slip", "改好的退回单", FILE, True, suffixes=BOOKS), book, OUT, FORCE), _merge_slip),
        Action("export", "导出报送件", "另存一份不含宏和内部内容的报送件，附校验清单。", own, (
            book, OUT, FORCE), _export),
        Action("new", "新建", "制作空白工作簿：按名单每单位一份，或只做一份。", above, (
            Field("roster", "单位名单", FILE, hint="每单位一份；只做一份的不用选。", suffixes=ROSTER),
            Field("unit", "单位全称", TEXT, hint="只做一份时填写。"), Field("code", "单位编码", TEXT),
            Field("year", "年度", NUMBER, default=str(date.today().year)),
            Field("period", "填报期", TEXT, hint="如上半年、第一季度、1至9月；不填就是全年。"),
            Field("macros", "带按钮（.xlsm）", FLAG), OUT, FORCE), _new),
        Action("aggregate", "汇总", "多份工作簿汇成一份：应报实报、逐级小计，每一行都有下落。", above, (
            paths, roster, due, Field("last", "上年的汇总工作簿，用来比增减", FILE, suffixes=BOOKS),
            Field("register", "登记收到的报送件", FLAG, default="1"), OUT, FORCE), _aggregate),
        Action("notice", "通报", "谁报了、谁迟报未报、退回了谁和原因，按公文格式成文。", above, (
            paths, roster, due, OUT, FORCE), _notice),
        Action("history", "登记", "一个单位历次报送：何时收到、接收还是退回、与上一份的差别。", above, (
            Field("register", "登记簿或它所在的文件夹", FILE, True, "汇总时勾选登记的，在汇总工作簿旁边。", (".db",)),
            Field("unit", "单位编码或全称", TEXT, True)), _history),
        Action("dashboard", "看板", "一个网页：报送、目标、数据直到单元格、趋势、与上年相比。", above, (
            source, Field("tasks", "工作要点在另一份工作簿的", FILE, suffixes=BOOKS), Field("last", "上年的工作簿", FILE, suffixes=BOOKS),
            Field("summary", "总结", FILE, suffixes=(".docx", ".txt")), OUT, FORCE), _dashboard),
        Action("remind", "提醒", "分单位列出已过期和快到期的应办事项、换届、整改和要点任务。", above, (
            paths, Field("days", "提前天数", NUMBER, default="30"), Field("sheet", "另存提醒明细表（.xlsx）", FLAG),
            Field("notices", "另存月提示单（.docx）", FLAG), Field("ics", "另存日历文件（.ics）", FLAG), OUT, FORCE),
            _remind),
        Action("plan", "任务进度", "工作要点逐项列出目标、现有数、红黄灯，以及各单位落后的任务。", above, (
            source, Field("tasks", "工作要点在另一份工作簿的", FILE, suffixes=BOOKS), OUT, FORCE), _plan),
        Action("fill", "成文", "用工作簿里的数填 Word 模板，生成公文。", papers, (
            Field("document", "文种", CHOICE, True, choices=kinds), source,
            Field("draft", "缺数也生成，缺的地方标出", FLAG), Field("evidence", "另出数据出处表", FLAG),
            Field("pdf", "同时生成 PDF（要有 LibreOffice）", FLAG), Field("red_head", "红头：发文机关标志", TEXT),
            Field("doc_no", "发文字号", TEXT), Field("template", "自己的模板", FILE, suffixes=(".docx",)),
            Field("last", "上年的工作簿或报告，用来比增减", FILE, suffixes=(*BOOKS, ".docx")), OUT, FORCE), _fill),
        Action("lint", "审稿", "检查公文的格式和文字，逐处列明问题、依据和处理办法。", papers, (
            Field("document", "公文", FILE, True, suffixes=(".docx", ".txt", ".doc", ".pdf")),
            Field("against", "另一份公文，看有没有相同的句子", FILE, suffixes=(".docx", ".txt", ".doc", ".pdf")),
            Field("fix", "改正能由程序改的，另存一份", FLAG), OUT, FORCE), _lint),
        Action("verify", "核对", "用台账核对改过的公文：过时的数、手改的数、没有依据的说法。", papers, (
            Field("document", "公文", FILE, True, suffixes=(".docx",)), source), _verify),
        Action("refresh", "更新", "按台账更新公文里的数，另存一份；其他文字一字不动，逐处列出旧数和新数。", papers, (
            Field("document", "公文", FILE, True, suffixes=(".docx",)), source,
            Field("renumber", "挪动过段落的，序号重新编", FLAG), Field("track", "改动留作修订", FLAG), OUT, FORCE), _refresh),
        Action("explain", "出处", "列出一个数背后的单元格。", papers, (
            Field("indicator", "指标名称或编号", TEXT, True, "如“主题党日”，全部名称见指标目录。"), source), _explain),
        Action("template", "做模板", "由旧报告做模板：数、年份、日期、单位名称换成名称，其余一字不动；另出复核表。", papers, (
            Field("document", "旧报告", FILE, True, suffixes=(".docx",)),
            Field("review", "改好的复核表", FILE, hint="第二遍才有。", suffixes=(".xlsx",)), OUT, FORCE), _template),
        Action("extract", "提取", "从往年报告里找出全部数量，对上指标，存成对照工作簿。", papers, (
            Field("document", "往年的报告", FILE, True, suffixes=(".docx", ".txt")),
            Field("compare", "今年的工作簿，用来比增减", FILE, suffixes=BOOKS), OUT, FORCE), _extract),
    )  # fmt: skip
