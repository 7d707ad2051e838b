"""What the window offers: each action with its fields, and the function that says it as a command."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..model import Catalog
from . import words
from .orders import CHOICE, DATE, FILE, FLAG, FOLDER, NUMBER, PATHS, TEXT, Field, Order, Run

BOOKS = (".xlsx", ".xlsm", ".xls", ".et", ".xlsb", ".ods")
ROSTER = (".xlsx", ".xlsm", ".xls", ".et", ".ods")
REPORT = (".docx", ".txt")
OUT = Field("out", "结果存放的文件夹", FOLDER, hint="不选就放在所选文件旁边。")
FORCE = Field("force", "已有同名文件时，旧的改名保留，再写新的", FLAG)


@dataclass(frozen=True)
class Action:
    """One action: its button, its fields, the function that makes its command, and its key (Alt and a digit)."""

    name: str
    caption: str
    tip: str
    group: str
    fields: tuple[Field, ...]
    make: Callable[[Order], words.Made]
    key: str = ""

    def run(self, values: dict[str, Any]) -> Run:
        """Returns the command for what the clerk chose. Raises CannotRun if something is missing or wrong."""
        order = Order(self.fields, values)
        arguments, results = self.make(order)
        options = next(n for n, a in enumerate(arguments) if a.startswith("--"))  # behind the command's own words
        force = ["--force"] if FORCE in self.fields and order.flag("force") else []
        captions = {f"--{f.name.replace('_', '-')}": f.caption for f in self.fields}
        return Run(self.name, [*arguments[:options], *force, *arguments[options:]], list(results), captions)


def actions(c: Catalog) -> tuple[Action, ...]:
    """Returns the actions in the order of their buttons."""
    return (*_own(), *_above(), *_papers(c), *_plans(), *_templates(c), *_machine())


BOOK = Field("book", "工作簿", FILE, True, suffixes=BOOKS)
PATHS_ = Field("paths", "工作簿或文件夹", PATHS, True, "可以选许多份，也可以选整个文件夹。", BOOKS)
SOURCE = Field("source", "工作簿或汇总工作簿", FILE, True, suffixes=BOOKS)
LIST = Field("roster", "单位名单", FILE, hint="没有名单时，以收到的为准。", suffixes=ROSTER)
DUE = Field("due", "报送截止日期", DATE)
AS_OF = Field("as_of", "算到哪一天", DATE, hint="不填就是今天。")
TASKS = Field("tasks", "工作要点在另一份工作簿的", FILE, suffixes=BOOKS)
SUMMARY = Field("summary", "总结", FILE, suffixes=REPORT)
YEAR = Field("year", "年度", NUMBER, default=str(date.today().year))
PERIOD = Field("period", "填报期", TEXT, hint="如上半年、第一季度、1至9月；不填就是全年。")
MACROS = Field("macros", "带按钮（.xlsm）", FLAG)
UNIT, CODE = Field("unit", "单位全称", TEXT), Field("code", "单位编码", TEXT)


def _own() -> tuple[Action, ...]:
    group = "填报单位"
    return (
        Action("check", "校验", "一次列出全部问题：位置、原因、怎么改。不改动原文件。", group, (
            PATHS_, Field("slips", "有错误的生成退回单", FLAG), OUT, FORCE), words.check, "1"),
        Action("approve", "核定", "没有错误的草稿行改为“已核”，另存一份；没有核定的逐行说明原因。", group, (
            BOOK, Field("sheet", "只核定这张表", TEXT, hint="写表名；不填就是全部。"), OUT, FORCE), words.approve, "2"),
        Action("merge-slip", "并回退回单", "把改好的退回单并回工作簿，另存一份；只改退回的行。", group, (
            Field("slip", "改好的退回单", FILE, True, suffixes=BOOKS), BOOK, OUT, FORCE), words.merge_slip, "3"),
        Action("export", "导出报送件", "另存一份不含宏和内部内容的报送件，附校验清单。", group, (
            BOOK, OUT, FORCE), words.export, "4"),
        Action("print", "打印要件", "要签字、归档的几页：封面、报送表和汇总的几张表，转成一个 PDF（要有 LibreOffice）。", group, (
            Field("book", "工作簿或汇总工作簿", FILE, True, suffixes=BOOKS), Field("ledgers", "另印有行的台账", FLAG),
            Field("xlsx", "不转 PDF，另存一份只显示要件的工作簿", FLAG), OUT, FORCE), words.print_),
        Action("rollover", "跨年沿用", "由上年的工作簿做新一年的：带过来单位信息、党组织、没有做完的问题和任务。", group, (
            Field("book", "上年的工作簿", FILE, True, suffixes=BOOKS), YEAR, PERIOD, MACROS, OUT, FORCE), words.rollover),
        Action("adopt", "转旧台账", "把单位自己的 Excel 台账转成标准工作簿，另出对照表；拿不准的不填，由您定。", group, (
            Field("old", "旧台账，一份或一个文件夹", FILE, True, suffixes=(*BOOKS, ".csv"), folders=True),
            Field("mapping", "改好的对照表", FILE, hint="第二遍才有。", suffixes=(".xlsx",)), UNIT, CODE,
            Field("year", "年度", NUMBER, hint="不填就看标题、文件名或日期。"), OUT, FORCE), words.adopt),
        Action("upgrade", "换新标准", "把按以前的标准填的工作簿转成现行标准的，列明没有转过来的。", group, (
            BOOK, OUT, FORCE), words.upgrade),
    )  # fmt: skip


def _above() -> tuple[Action, ...]:
    group = "汇总单位"
    return (
        Action("roster", "单位名单", "做一份空白的单位名单表，填好以后用来新建、汇总、通报。", group, (OUT, FORCE), words.roster),
        Action("new", "新建", "制作空白工作簿：按名单每单位一份，或只做一份。", group, (
            Field("roster", "单位名单", FILE, hint="每单位一份；只做一份的不用选。", suffixes=ROSTER),
            Field("unit", "单位全称", TEXT, hint="只做一份时填写。"), CODE, YEAR, PERIOD, MACROS, OUT, FORCE), words.new, "5"),
        Action("watch", "收件", "看一遍收件的文件夹：新到的、改过的检查、登记，写出问题清单和退回单。", group, (
            Field("inbox", "收件的文件夹", FOLDER, True), LIST,
            OUT, FORCE), words.watch),
        Action("aggregate", "汇总", "多份工作簿汇成一份：应报实报、逐级小计，每一行都有下落。", group, (
            PATHS_, LIST, DUE, Field("last", "上年的汇总工作簿，用来比增减", FILE, suffixes=BOOKS),
            Field("register", "登记收到的报送件", FLAG, default="1"),
            Field("export", "另存各表，给别的程序用（CSV、SQLite）", FLAG), OUT, FORCE), words.aggregate, "6"),
        Action("notice", "通报", "谁报了、谁迟报未报、退回了谁和原因，按公文格式成文。", group, (
            PATHS_, LIST, DUE, OUT, FORCE), words.notice, "7"),
        Action("history", "登记", "一个单位历次报送：何时收到、接收还是退回、与上一份的差别。", group, (
            Field("register", "登记簿或它所在的文件夹", FILE, True, "汇总时勾选登记的，在汇总工作簿旁边。", (".db",), folders=True),
            Field("unit", "单位编码或全称", TEXT, True)), words.history),
        Action("dashboard", "看板", "一个网页：报送、目标、数据直到单元格、趋势、与上年相比。", group, (
            SOURCE, TASKS, Field("last", "上年的工作簿", FILE, suffixes=BOOKS), SUMMARY, AS_OF, OUT, FORCE), words.dashboard),
        Action("remind", "提醒", "分单位列出已过期和快到期的应办事项、换届、整改和要点任务。", group, (
            PATHS_, Field("days", "提前天数", NUMBER, default="30"), AS_OF, Field("sheet", "另存提醒明细表（.xlsx）", FLAG),
            Field("notices", "另存月提示单（.docx）", FLAG), Field("ics", "另存日历文件（.ics）", FLAG), OUT, FORCE),
            words.remind),
    )  # fmt: skip


def _papers(c: Catalog) -> tuple[Action, ...]:
    group = "公文"
    edited = Field("document", "公文", FILE, True, suffixes=(".docx",))
    anything = (".docx", ".txt", ".doc", ".pdf")
    look = (
        Field("draft", "缺数也生成，缺的地方标出", FLAG),
        Field("public", "公开版：遮去人名、不足5人的人数和不公开的数", FLAG),
        Field("sealed", "落款按加盖印章编排", FLAG),
        Field("pdf", "同时生成 PDF（要有 LibreOffice）", FLAG), Field("red_head", "红头：发文机关标志", TEXT),
        Field("doc_no", "发文字号", TEXT), Field("imprint", "版记：抄送机关", TEXT),
        Field("template", "自己的模板", FILE, suffixes=(".docx",)),
    )  # fmt: skip
    return (
        Action("fill", "成文", "用工作簿里的数填 Word 模板，生成公文。", group, (
            _kind(c), SOURCE, *look, Field("evidence", "另出数据出处表", FLAG),
            Field("last", "上年的工作簿或报告，用来比增减", FILE, suffixes=(*BOOKS, ".docx")), OUT, FORCE), words.fill, "8"),
        Action("fill-all", "分单位成文", "每个单位一份公文，放进一个文件夹。", group, (
            _kind(c), Field("source", "汇总工作簿，或各单位工作簿的文件夹", FILE, True, suffixes=BOOKS, folders=True), *look,
            Field("last", "上年的汇总工作簿或文件夹，用来比增减", FILE, suffixes=BOOKS, folders=True), OUT, FORCE), words.fill_all),
        Action("lint", "审稿", "检查公文的格式和文字，逐处列明问题、依据和处理办法。", group, (
            Field("document", "公文", FILE, True, suffixes=anything),
            Field("against", "另一份公文，看有没有相同的句子", FILE, suffixes=anything),
            Field("fix", "改正能由程序改的，另存一份", FLAG), OUT, FORCE), words.lint, "9"),
        Action("verify", "核对", "用台账核对改过的公文：过时的数、手改的数、没有依据的说法。", group, (
            edited, SOURCE, dataclasses.replace(_kind(c, False), name="kind", hint="不选就看公文自己写的。"),
            Field("template", "成文时用的自己的模板", FILE, suffixes=(".docx",))), words.verify, "0"),
        Action("refresh", "更新", "按台账更新公文里的数，另存一份；其他文字一字不动，逐处列出旧数和新数。", group, (
            edited, SOURCE, Field("renumber", "挪动过段落的，序号重新编", FLAG), Field("track", "改动留作修订", FLAG),
            OUT, FORCE), words.refresh),
        Action("explain", "出处", "列出一个数背后的单元格。", group, (
            Field("indicator", "指标名称或编号", TEXT, True, "如“主题党日”，全部名称见指标目录。"), SOURCE), words.explain),
        Action("extract", "提取", "从往年报告里找出全部数量，对上指标，存成对照工作簿。", group, (
            Field("document", "往年的报告", FILE, True, suffixes=REPORT),
            Field("compare", "今年的工作簿，用来比增减", FILE, suffixes=BOOKS), OUT, FORCE), words.extract),
    )  # fmt: skip


def _plans() -> tuple[Action, ...]:
    group = "工作要点"
    return (
        Action("plan", "任务进度", "工作要点逐项列出目标、现有数、红黄灯，以及各单位落后的任务。", group, (
            SOURCE, TASKS, AS_OF, OUT, FORCE), words.plan),
        Action("matrix", "对照", "没有佐证的任务、不服务任务的行、总结遗漏的成绩、总结里没有台账行的说法。", group, (
            SOURCE, SUMMARY, TASKS, AS_OF, OUT, FORCE), words.matrix),
        Action("plan-import", "导入要点", "把现成的工作要点读进“工作要点”表，拿不准的标成黄色。", group, (
            Field("document", "写好的要点", FILE, True, suffixes=REPORT), UNIT, CODE,
            Field("year", "年度", NUMBER, hint="不填就看标题。"), OUT, FORCE), words.plan_import),
        Action("plan-draft", "起草要点", "按今年的要点和完成结果起草下年的要点，每一条写明理由。", group, (
            SOURCE, TASKS, AS_OF, OUT, FORCE), words.plan_draft),
    )  # fmt: skip


def _templates(c: Catalog) -> tuple[Action, ...]:
    group = "模板"
    return (
        Action("template", "做模板", "由旧报告做模板：数、年份、日期、单位名称换成名称，其余一字不动；另出复核表。", group, (
            Field("document", "旧报告", FILE, True, suffixes=(".docx",)),
            Field("review", "改好的复核表", FILE, hint="第二遍才有。", suffixes=(".xlsx",)),
            Field("unit", "本单位在报告里的名称", TEXT, hint="不填就看题目和落款。"), OUT, FORCE), words.template),
        Action("template-new", "写模板", "写一份起点：台账能说的话都写成文字，数和名称写成 {{ }}，在 Word 里删改。", group, (
            _kind(c), Field("source", "按这个单位的说法写", FILE, suffixes=BOOKS), OUT, FORCE), words.template_new),
        Action("template-check", "查模板", "写错的名称、没有结束的循环、断开的标记，逐处列出。", group, (
            Field("template", "模板", FILE, True, suffixes=(".docx",)), _kind(c, False)), words.template_check),
        Action("template-names", "模板名称", "模板里能写的全部名称：数、名单、台账各行、文字。", group, (
            _kind(c),), words.template_names),
    )  # fmt: skip


def _machine() -> tuple[Action, ...]:
    group = "标准和本机"
    return (
        Action("standard-export", "导出标准", "把现行标准存成工作簿，在里面增改台账、栏目、选项、规则、指标和句子。", group, (
            OUT, FORCE), words.standard_export),
        Action("standard-import", "导入标准", "让改好的标准在本机生效；有一处错就一处不改，错的指到单元格。", group, (
            Field("book", "改好的标准", FILE, True, suffixes=(".xlsx",)),
            Field("preview", "另做一份空白工作簿看样子", FLAG), OUT, FORCE), words.standard_import),
        Action("doctor", "查环境", "本机哪些能用，缺的怎么补。", group, (
            Field("report", "另存一份文字，发给管理本工具的人", FLAG), OUT, FORCE), words.doctor),
    )  # fmt: skip


def _kind(c: Catalog, needed: bool = True) -> Field:
    kinds = tuple((d.title, d.title) for d in c.documents.values())
    return Field("document", "文种", CHOICE, needed, "" if needed else "不选就看文件名。", choices=kinds)
