"""How each action of the window is said as a command line, and which files and folders it may leave."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import CannotRun
from ..names import file_name, marked
from ..standard.sheets import ESSENTIALS
from .orders import Order

Made = tuple[Sequence[str], Sequence[Path]]


def _beside(o: Order, name: str, mark: str) -> Path:
    return marked(o.out(name) / o.path(name).name, mark)


def _made_of(o: Order, name: str, suffix: str, mark: str) -> Path:
    """A file that is named after an input."""
    return o.out() / file_name(o.path(name).stem, suffix, mark)


# ------------------------------------------------------------------ workbooks


def check(o: Order) -> Made:
    """Findings, and return slips if they are asked for."""
    slips = o.out() / "退回单"
    more = [f"--slips={slips}"] if o.flag("slips") else []
    return ["check", "--json", *more, "--", *o.paths("paths")], [slips] if more else []


def approve(o: Order) -> Made:
    """A workbook whose clean draft rows count."""
    out = _beside(o, "book", "_已核")
    return ["approve", "--json", f"--output={out}", *o.options(sheet="sheet"), "--", str(o.path("book"))], [out]


def merge_slip(o: Order) -> Made:
    """A workbook with the mended rows of a return slip."""
    out = _beside(o, "book", "_已更正")
    return ["merge-slip", f"--output={out}", "--", str(o.path("slip")), str(o.path("book"))], [out]


def export(o: Order) -> Made:
    """What goes up, in the folder of results."""
    return ["export", f"--output={o.out()}", "--", str(o.path("book"))], [o.out()]


def print_(o: Order) -> Made:
    """What is signed and filed, as PDF or as a workbook."""
    out = _made_of(o, "book", ".xlsx" if o.flag("xlsx") else ".pdf", ESSENTIALS)
    return ["print", f"--output={out}", *o.flags("ledgers"), "--", str(o.path("book"))], [out]


def rollover(o: Order) -> Made:
    """The workbook of a new year from the last one."""
    more = [f"--from={o.path('book')}", *o.options(year="year", period="period"), *o.flags("macros")]
    return ["new", f"--output={o.out()}", *more], [o.out()]


def adopt(o: Order) -> Made:
    """Ledgers kept before as workbooks, and the sheet of decisions."""
    old = o.path("old")
    out = o.out() / f"{old.name}_工作簿" if old.is_dir() else _made_of(o, "old", ".xlsx", "_工作簿")
    sheet = out / "台账_对照.xlsx" if old.is_dir() else marked(out, "_对照")
    more = o.options(mapping="mapping", unit="unit", code="code", year="year")
    made = [out, sheet, marked(sheet.with_stem(sheet.stem.removesuffix("_对照")), "_对照（已套用）")]
    return ["adopt", "--json", f"--output={out}", *more, "--", str(old)], made


def upgrade(o: Order) -> Made:
    """A workbook of an earlier edition in the present one."""
    out = _made_of(o, "book", ".xlsx", "_新标准")
    return ["upgrade", f"--output={out}", "--", str(o.path("book"))], [out]


# ------------------------------------------------------------------ many workbooks


def roster(o: Order) -> Made:
    """A list of units to fill in."""
    out = o.out() / "单位名单.xlsx"
    return ["new", "--roster-template", f"--output={out}"], [out]


def new(o: Order) -> Made:
    """Blank workbooks, for the units of a list or for one. Raises CannotRun if neither is named."""
    more = [f"--output={o.out()}", *o.options(year="year", period="period"), *o.flags("macros")]
    if o.paths("roster"):
        return ["new", *more, "--", *o.paths("roster")], [o.out()]
    if not o.text("unit") or not o.text("code"):
        raise CannotRun("请选单位名单；只做一份的，填写单位全称和单位编码。")
    return ["new", *more, *o.options(unit="unit", code="code")], [o.out()]


def watch(o: Order) -> Made:
    """One look at a folder: what is new in it is checked and registered."""
    out = o.out() / "收件结果"
    return ["watch", "--once", f"--output={out}", *o.options(roster="roster"), "--", str(o.path("inbox"))], [out]


def aggregate(o: Order) -> Made:
    """The consolidated workbook, the register and the tables for other programs."""
    out = o.out() / "汇总.xlsx"
    tables = out.with_name("汇总数据")
    more = [f"--output={out}", *o.options(roster="roster", due="due", last="last"), *o.flags("register")]
    more += [f"--export={tables}"] if o.flag("export") else []
    made = [out, *([out.parent / "报送登记.db"] if o.flag("register") else []), *([tables] if o.flag("export") else [])]
    return ["aggregate", "--json", *more, "--", *o.paths("paths")], made


def notice(o: Order) -> Made:
    """Who reported, in Word."""
    out = o.out() / "报送情况通报.docx"
    return ["notice", f"--output={out}", *o.options(roster="roster", due="due"), "--", *o.paths("paths")], [out]


def history(o: Order) -> Made:
    """What arrived from a unit."""
    return ["history", "--json", "--", o.text("unit"), str(o.path("register"))], []


def dashboard(o: Order) -> Made:
    """One page without network."""
    out = _made_of(o, "source", ".html", "_看板")
    more = o.options(tasks="tasks", last="last", summary="summary", as_of="as_of")
    return ["dashboard", f"--output={out}", *more, "--", str(o.path("source"))], [out]


def remind(o: Order) -> Made:
    """What is overdue or due, and what is handed out."""
    folder = o.out()
    notices, sheet, ics = folder / "月提示单", folder / "到期提醒.xlsx", folder / "到期提醒.ics"
    chosen = {"notices": notices, "sheet": sheet, "ics": ics}
    more = [f"--{name}={path}" for name, path in chosen.items() if o.flag(name)]
    results = [path for name, path in chosen.items() if o.flag(name)]
    return ["remind", "--json", *o.options(days="days", as_of="as_of"), *more, "--", *o.paths("paths")], results


# ------------------------------------------------------------------ documents


def _look(o: Order) -> list[str]:
    """What a document looks like."""
    names = ("red_head", "doc_no", "imprint", "template", "last")
    return [*o.flags("draft", "public", "sealed", "pdf"), *o.options(**{n: n for n in names})]


def fill(o: Order) -> Made:
    """A document from a workbook."""
    out = _made_of(o, "source", ".docx", f"_{o.text('document')}")
    proof = out.with_name(f"{out.stem}_出处.xlsx")
    more = [f"--evidence={proof}"] if o.flag("evidence") else []
    made = [out, *([out.with_suffix(".pdf")] if o.flag("pdf") else []), *([proof] if more else [])]
    return ["fill", f"--output={out}", *_look(o), *more, "--", o.text("document"), str(o.path("source"))], made


def fill_all(o: Order) -> Made:
    """A document for each unit, in one folder."""
    source = o.path("source")
    out = o.out() / file_name(source.name if source.is_dir() else source.stem, "", f"_{o.text('document')}")
    return ["fill", "--all-units", f"--output={out}", *_look(o), "--", o.text("document"), str(source)], [out]


def lint(o: Order) -> Made:
    """Remarks on format and wording, and a mended copy."""
    out = _beside(o, "document", "_已改")
    more = ["--fix", f"--output={out}"] if o.flag("fix") else []
    more += o.options(against="against")
    return ["lint", "--json", *more, "--", str(o.path("document"))], [out] if o.flag("fix") else []


def verify(o: Order) -> Made:
    """An edited document against the ledgers."""
    more = o.options(document="kind", template="template")
    return ["verify", "--json", *more, "--", str(o.path("document")), str(o.path("source"))], []


def refresh(o: Order) -> Made:
    """A copy with the figures anew."""
    out = _beside(o, "document", "_已更新")
    flags = o.flags("renumber", "track")
    return ["refresh", "--json", f"--output={out}", *flags, "--", str(o.path("document")), str(o.path("source"))], [out]


def explain(o: Order) -> Made:
    """The cells behind a figure."""
    return ["explain", "--json", "--", o.text("indicator"), str(o.path("source"))], []


def extract(o: Order) -> Made:
    """The quantities of an old report."""
    out = _made_of(o, "document", ".xlsx", "_对照")
    more = o.options(compare="compare")
    return ["extract", "--json", f"--output={out}", *more, "--", str(o.path("document"))], [out]


# ------------------------------------------------------------------ the year's plan


def plan(o: Order) -> Made:
    """How the tasks stand."""
    out = _made_of(o, "source", ".xlsx", "_任务进度")
    more = o.options(tasks="tasks", as_of="as_of")
    return ["plan", "status", "--json", f"--output={out}", *more, "--", str(o.path("source"))], [out]


def matrix(o: Order) -> Made:
    """Tasks, rows and summary against each other."""
    out = _made_of(o, "source", ".xlsx", "_任务台账总结对照")
    more = o.options(tasks="tasks", summary="summary", as_of="as_of")
    return ["matrix", f"--output={out}", *more, "--", str(o.path("source"))], [out]


def plan_import(o: Order) -> Made:
    """A written plan as a workbook."""
    out = _made_of(o, "document", ".xlsx", "_要点")
    more = o.options(year="year", unit="unit", code="code")
    return ["plan", "import", f"--output={out}", *more, "--", str(o.path("document"))], [out]


def plan_draft(o: Order) -> Made:
    """Next year's plan proposed."""
    out = _made_of(o, "source", ".xlsx", "_下年要点草稿")
    more = o.options(tasks="tasks", as_of="as_of")
    return ["plan", "draft", f"--output={out}", *more, "--", str(o.path("source"))], [out]


# ------------------------------------------------------------------ templates


def template(o: Order) -> Made:
    """A template from an old report, and the review sheet."""
    out = _made_of(o, "document", ".docx", "_模板")
    more = o.options(review="review", unit="unit")
    made = [out, marked(out.with_suffix(".xlsx"), "_复核")]
    return ["template", "from", "--json", f"--output={out}", *more, "--", str(o.path("document"))], made


def template_new(o: Order) -> Made:
    """A template to begin with."""
    out = o.out() / file_name(o.text("document"), ".docx", "_我的模板")
    more = o.options(source="source")
    return ["template", "new", f"--output={out}", *more, "--", o.text("document")], [out]


def template_check(o: Order) -> Made:
    """What is wrong in a template."""
    more = o.options(document="document")
    return ["template", "check", "--json", *more, "--", str(o.path("template"))], []


def template_names(o: Order) -> Made:
    """What a template may print."""
    return ["template", "names", "--json", f"--document={o.text('document')}"], []


# ------------------------------------------------------------------ the standard, this machine


def standard_export(o: Order) -> Made:
    """The standard as sheets to edit."""
    out = o.out() / "标准.xlsx"
    return ["standard", "export", "--", str(out)], [out]


def standard_import(o: Order) -> Made:
    """The edited sheets put in force, and a blank workbook to look at."""
    look = _made_of(o, "book", ".xlsx", "_样子")
    more = [f"--preview={look}"] if o.flag("preview") else []
    return ["standard", "import", *more, "--", str(o.path("book"))], [look] if more else []


def doctor(o: Order) -> Made:
    """What works on this machine."""
    if not o.flag("report"):
        return ["doctor", "--json"], []
    report = o.out() / "环境.txt"
    return ["doctor", "--json", f"--report={report}"], [report]
