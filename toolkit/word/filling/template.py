"""Builds a Word template in official format from a plain-text body.

The tags are described at the top of scripts/build_templates.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, TemplateError
from lxml import etree

from ...errors import StandardError
from ..ooxml import MAIN, dump, make, write_package
from ..styles import declared_style, load_format
from ..tags.rows import FILTERS
from .merged import ASKED
from .page import (
    FOOTERS,
    TURNED,
    footer_part,
    section,
    settings_part,
    styles_part,
    text_width,
    turned_footer_part,
    wrapper_parts,
)

STYLES = {
    "title": "公文标题",
    "to": "公文主送",
    "h1": "公文一级标题",
    "h2": "公文二级标题",
    "h3": "公文三级标题",
    "sign": "公文署名",
    "date": "公文日期",
    "note": "公文附注",
    "annex": "公文附件",
    "annexpage": "公文附件标识",
    "caption": "公文表题",
    "blank": "公文正文",
}
RUN_IN = {"h1run": "公文段首一级", "h2run": "公文段首二级", "h3run": "公文段首三级"}
_TAG = re.compile(r"#([a-z0-9]+)(?:\s+|$)(.*)", re.DOTALL)


def build_template(body: Path, out: Path) -> None:
    """Builds `out` from a body text. Raises StandardError with file and line."""
    build_document(body.name, body.read_text(encoding="utf-8").splitlines(), out)


def names_by_docxtpl(template: Path) -> set[str]:
    """Returns the names that a template calls, as docxtpl reads it.

    What we build is a template of docxtpl, for anyone who fills with that. Only for templates of our own making: docxtpl
    reads without limits. Raises StandardError if it cannot.
    """
    from docxtpl import DocxTemplate  # takes long to load; filling does without it

    try:
        known = Environment()
        known.filters.update(FILTERS)
        return set(DocxTemplate(str(template)).get_undeclared_template_variables(known))
    except TemplateError as e:
        raise StandardError(f"{template.name}: docxtpl cannot read it: {e}") from e


def build_document(name: str, lines: Iterable[str], out: Path, landscape: bool = False) -> None:
    """Builds `out` from the lines of a body; `landscape` starts it on landscape pages.

    Raises StandardError with `name` and the line.
    """
    builder = _Builder(name, landscape)
    for number, line in enumerate(lines, 1):
        builder.line(number, line.strip())
    builder.finish()
    footers = {FOOTERS["default"]: footer_part(False), FOOTERS["even"]: footer_part(True)}
    if builder.turned:
        footers |= {TURNED["default"]: turned_footer_part(False), TURNED["even"]: turned_footer_part(True)}
    document = make("w:document", builder.body)
    parts = {
        **wrapper_parts(sorted(footers)),
        MAIN: dump(document),
        "word/styles.xml": styles_part(),
        "word/settings.xml": settings_part(),
        **{f"word/{name}": data for name, data in footers.items()},
    }
    write_package(parts, out)


def _text(text: str, style: str = "") -> etree._Element:
    properties = [make("w:rPr", make("w:rStyle", val=declared_style(style)["id"]))] if style else []
    return make("w:r", *properties, make("w:t", text))


def paragraph(style: str, *runs: etree._Element) -> etree._Element:
    """Returns a paragraph of these runs in a declared style."""
    return make("w:p", make("w:pPr", make("w:pStyle", val=declared_style(style)["id"])), *runs)


class _Builder:
    """Builds a document body from its lines, taken in order."""

    def __init__(self, name: str, landscape: bool = False) -> None:
        self.name, self.number = name, 0
        self.body = make("w:body")
        self.landscape = self.turned = landscape
        self.table: etree._Element | None = None
        self.widths: list[int] = []

    def error(self, message: str) -> StandardError:
        """Returns an error with file name and line number."""
        return StandardError(f"{self.name}:{self.number}: {message}")

    def line(self, number: int, line: str) -> None:
        """Adds one line of the body text. Raises StandardError for an unknown or incomplete tag."""
        self.number = number
        if not line or line.startswith("//"):
            return
        found = _TAG.fullmatch(line)
        if not found:
            self._end_table()
            self.body.append(paragraph("公文正文", _text(line)))
            return
        tag, rest = found.groups()
        if tag in ("th", "tr", "td"):
            self._row(tag, rest)
            return
        self._end_table()
        if tag in STYLES:
            self.body.append(paragraph(STYLES[tag], *([_text(rest)] if rest else [])))
        elif tag in RUN_IN:
            self._run_in(tag, rest)
        elif tag == "table":
            self._start_table(rest)
        elif tag in ("landscape", "portrait"):
            self._turn(tag == "landscape")
        else:
            raise self.error(f"unknown tag #{tag}")

    def _run_in(self, tag: str, rest: str) -> None:
        heading, bar, text = rest.partition("|")
        if not bar:
            raise self.error(f"#{tag} needs 标题。|正文")
        self.body.append(paragraph("公文正文", _text(heading, RUN_IN[tag]), _text(text)))

    def _turn(self, landscape: bool) -> None:
        """Ends a section: its properties belong into its last paragraph."""
        if landscape == self.landscape:
            raise self.error("the page lies that way already")
        last = self.body[-1] if len(self.body) else None
        if last is None or last.tag != make("w:p").tag:
            last = make("w:p", make("w:pPr", make("w:spacing", line=20, lineRule="exact")))
            self.body.append(last)
        last[0].append(section(self.landscape))
        self.landscape, self.turned = landscape, True

    def _start_table(self, rest: str) -> None:
        widths = re.split(r"[,，\s]+", rest.strip())
        merged = "、".join(str(n) for n, w in enumerate(widths, 1) if w.startswith("="))
        try:
            shares = [float(w.removeprefix("=")) for w in widths]
        except ValueError:
            raise self.error("#table needs the widths of its columns, e.g. 10,60,30") from None
        width = text_width(self.landscape)
        self.widths = [int(width * share / sum(shares)) for share in shares]
        measures = load_format()["table"]
        sides = ("top", "left", "bottom", "right", "insideH", "insideV")
        borders = [make(f"w:{s}", val="single", sz=measures["border"], space=0, color="000000") for s in sides]
        margins = [make(f"w:{s}", w=measures["margin"], type="dxa") for s in ("left", "right")]
        properties = make(
            "w:tblPr",
            make("w:tblW", w=sum(self.widths), type="dxa"),
            make("w:jc", val="center"),
            make("w:tblBorders", *borders),
            make("w:tblLayout", type="fixed"),
            make("w:tblCellMar", *margins),
            *([make("w:tblDescription", val=f"{ASKED}{merged}")] if merged else []),
        )
        self.table = make("w:tbl", properties, make("w:tblGrid", *(make("w:gridCol", w=w) for w in self.widths)))

    def _row(self, tag: str, rest: str) -> None:
        if self.table is None:
            raise self.error(f"#{tag} stands outside a #table")
        if tag == "tr":
            rest = "{%tr " + rest + " %}"
            cells = [rest, *[""] * (len(self.widths) - 1)]
        else:
            cells = [cell.strip() for cell in rest.split("|")]
        if len(cells) != len(self.widths):
            raise self.error(f"{len(cells)} cells in a table of {len(self.widths)} columns")
        properties = make("w:trPr", make("w:cantSplit"), *([make("w:tblHeader")] if tag == "th" else []))
        self.table.append(make("w:tr", properties, *map(self._cell, cells, self.widths, [tag] * len(cells))))

    def _cell(self, text: str, width: int, tag: str) -> etree._Element:
        """Returns a table cell; a leading ^ centres it."""
        style = "公文表头" if tag == "th" else "公文表格居中" if text.startswith("^") else "公文表格"
        text = text.removeprefix("^")
        properties = make("w:tcPr", make("w:tcW", w=width, type="dxa"), make("w:vAlign", val="center"))
        return make("w:tc", properties, paragraph(style, *([_text(text)] if text else [])))

    def _end_table(self) -> None:
        if self.table is not None:
            self.body.append(self.table)
            self.table = None

    def finish(self) -> None:
        """Closes an open table and adds the last section."""
        self._end_table()
        if len(self.body) and self.body[-1].tag == make("w:tbl").tag:
            hidden = make("w:rPr", make("w:vanish"))  # Word requires a paragraph after a table; it must not show
            self.body.append(make("w:p", make("w:pPr", make("w:spacing", line=20, lineRule="exact"), hidden)))
        self.body.append(section(self.landscape))
