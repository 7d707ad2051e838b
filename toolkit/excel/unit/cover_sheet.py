"""The front page: instructions, the unit and its period, and the declaration for each ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ...model import Constraints, Field, Ledger
from ...span import Span
from ...standard.sheets import CHOSEN_DOCUMENT, COUNTED, COVER, DECLARED, KIND_FIELD, REPORT
from ..actions import BY_NAME
from ..parts import styles as look
from ..parts.cells import PlainFormulas, footer, write_value
from ..parts.layout import (
    DECLARATION_HEAD,
    PERIOD,
    Content,
    find,
    is_hidden,
    key_field,
)
from ..parts.styles import Styles
from .buttons import BAR_ROWS, add_choice, add_front_bar
from .columns import demand, hint, locked, parts, validation
from .formulas import counted_formula, filled_formula
from .lists import Lists
from .steps import write_steps

WIDTHS = (17, 30, 11, 11, 40)
LAST = len(WIDTHS) - 1
NOTICE = "本工作簿不得录入涉密和工作秘密信息"
STEPS = (
    "先核对下面的单位信息；表头或标签为深红色的必填，点中单元格可看填写提示。",
    "{first}平时随做随填各台账，一行一项，只填数量和活动，不填个人信息。",
    f"核对无误的行，“状态”改为“{COUNTED}”；只有“{COUNTED}”的行计入汇总。",
    f"报送前逐表选定申报情况：{'／'.join(DECLARED)}。没有内容又未申报的表，汇总时视为缺数。",
    "不要改动表名和表头；可以增加行、调整列宽、筛选和排序。{hidden}",
)
_LAST_DAY = 2958465  # the last that Excel knows, in the year 9999
NOTE = Field("note", "说明", "string", description="需要说明的情况")


@dataclass
class CoverCells:
    """Absolute references to cells of the front page, by field or ledger name, for later sheets."""

    unit: dict[str, str] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    filled: dict[str, str] = field(default_factory=dict)


def _reference(row: int, col: int) -> str:
    return f"{quote_sheetname(COVER)}!{xl_rowcol_to_cell(row, col, row_abs=True, col_abs=True)}"


def add_cover_sheet(workbook: Workbook, styles: Styles, content: Content, lists: Lists) -> CoverCells:
    """Adds the front page, defines names for the period's first and last day, and returns its cell references."""
    sheet = workbook.add_worksheet(COVER, PlainFormulas)
    cells = CoverCells()
    for col, w in enumerate(WIDTHS):
        sheet.set_column(col, col, w)
    first = _bar(sheet, styles, content, lists) if content.buttons else 0
    row = _head(sheet, styles, content, first)
    steps = row - 1  # the gap below the instructions
    row = _unit_block(sheet, styles, content, lists, cells, row)
    row = _declarations(sheet, styles, content, cells, row + 1)
    if cells.declared:
        sheet.merge_range(steps, 0, steps, LAST, "", styles.get("left", "bold", "wrap"))
        sheet.set_row(steps, 22)
        write_steps(sheet, styles, content, (steps, 0), cells.unit, list(cells.declared.values()))
    row = _other_sheets(sheet, styles, content, row + 1)
    _name_period(workbook, cells.unit)
    if first:  # buttons are not printed
        sheet.print_area(first, 0, row - 1, LAST)
        sheet.set_selection(first + 3, 0, first + 3, 0)
    _view_and_print(sheet, content)
    return cells


def _name_period(workbook: Workbook, cells: Mapping[str, str]) -> None:
    """Defines names for the first and last day of the period; a blank one is that of the year, as for the tool."""
    if not {"year", *PERIOD} <= set(cells):
        return
    year = cells["year"]
    for name, day, otherwise in zip(PERIOD, ("1,1", "12,31"), (0, _LAST_DAY), strict=True):
        whole = f"IF(ISNUMBER({year}),DATE({year},{day}),{otherwise})"
        workbook.define_name(name, f"=IF(ISNUMBER({cells[name]}),{cells[name]},{whole})")


def _bar(sheet: Worksheet, styles: Styles, content: Content, lists: Lists) -> int:
    """Writes the buttons and the choice of a document at the top; returns the row below them."""
    add_front_bar(sheet, styles, "unit", WIDTHS)
    documents = content.catalog.documents.values()
    order = sorted(
        documents, key=lambda d: (not d.often, d.source != "unit", d.person != "third", not d.headings, d.name)
    )
    titles = tuple(d.title for d in order)  # the documents that most units write come first
    about = f"点“{BY_NAME['make_document'].caption}”前，先在左边选定要生成的文种。"
    add_choice(sheet, styles, CHOSEN_DOCUMENT, titles[0] if titles else "", about, (0, 1, 2, LAST))
    choice = Field("document", CHOSEN_DOCUMENT, "string", Constraints(enum=titles))
    sheet.data_validation(1, 1, 1, 1, validation(choice, lists.source(choice, "unit"), 1, first=1))
    return BAR_ROWS


def _head(sheet: Worksheet, styles: Styles, content: Content, row: int) -> int:
    sheet.set_row(row, 36)
    title = f"{Span.of(content.unit).name}党建工作台账" if content.unit.get("year") else content.catalog.title
    sheet.merge_range(row, 0, row, LAST, title, styles.get("title", "centre"))
    edition = f"依据《{content.catalog.title}》{content.catalog.version}版"
    sheet.merge_range(row + 1, 0, row + 1, LAST, edition, styles.get("hint", "centre"))
    sheet.set_row(row + 2, 24)
    sheet.merge_range(row + 2, 0, row + 2, LAST, NOTICE, styles.get("notice"))
    sheet.set_row(row + 3, 6)
    row = _band(sheet, styles, row + 4, "填写说明")
    for number, step in enumerate(STEPS, 1):
        text = f"{number}. {step.format(first=_first_sheets(content), hidden=_hidden(content))}"
        sheet.merge_range(row, 0, row, LAST, text, styles.get("left", "wrap"))
        sheet.set_row(row, 19)
        row += 1
    sheet.set_row(row, 6)
    return row + 1


def _first_sheets(content: Content) -> str:
    """Returns the sentence naming the ledgers to fill in first: others require codes from them."""
    fields = [f for x in content.catalog.ledgers.values() for f in x.fields]
    keys = {f.foreignKey for f in fields if f.foreignKey and f.constraints.required}
    titles = {content.catalog.ledgers[key.partition(".")[0]].title: None for key in sorted(keys)}
    return f"先填{'、'.join(f'“{t}”' for t in titles)}表，其他表从中选编码。" if titles else ""


def _hidden(content: Content) -> str:
    kind, unit = content.unit.get(KIND_FIELD), content.catalog
    titles = [unit.ledgers[name].title for name in unit.kinds.get(str(kind), ()) if is_hidden(content, name)]
    return f"{kind}一般没有的{len(titles)}张表已隐藏，要用时右键表名“取消隐藏”。" if titles else ""


def _band(sheet: Worksheet, styles: Styles, row: int, text: str) -> int:
    sheet.set_row(row, 21)
    sheet.merge_range(row, 0, row, LAST, text, styles.get("band"))
    return row + 1


def _unit_block(sheet: Worksheet, styles: Styles, content: Content, lists: Lists, cells: CoverCells, row: int) -> int:
    row = _band(sheet, styles, row, "单位信息")
    for f in content.catalog.unit:
        sheet.set_row(row, 19)
        sheet.write_string(row, 0, f.title, styles.get("head", demand(f)))
        write_value(sheet, row, 1, content.unit.get(f.name), styles.get(*parts(f), "left"))
        sheet.merge_range(row, 2, row, LAST, f.description or _short_hint(f), styles.get("hint", "left", indent=1))
        rule = validation(_as_on_front_page(f), lists.source(f, "unit"), 1, first=row)
        sheet.data_validation(row, 1, row, 1, {k: v for k, v in rule.items() if k != "input_message"})
        cells.unit[f.name] = _reference(row, 1)
        row += 1
    sheet.set_row(row, 6)
    return row


def _as_on_front_page(f: Field) -> Field:
    """Returns the field without foreignKey, in_year, example and calc, which do not apply to the front page."""
    return Field(
        f.name,
        f.title,
        f.type,
        f.constraints,
        f.required_when,
        f.description,
        f.default,
        decimals=f.decimals,
        suggest=f.suggest,
    )


def _short_hint(f: Field) -> str:
    limit = f"不超过{f.constraints.maxLength}字" if f.constraints.maxLength else ""
    return hint(f).rstrip("。") or limit


def _declarations(sheet: Worksheet, styles: Styles, content: Content, cells: CoverCells, row: int) -> int:
    row = _band(sheet, styles, row, "台账申报")
    for col, title in enumerate(DECLARATION_HEAD):
        sheet.write_string(row, col, title, styles.get("head", "required" if col == 1 else "optional"))
    first = row = row + 1
    for ledger in content.catalog.ledgers.values():
        if ledger.declared:
            _declaration(sheet, styles, content, ledger, row)
            cells.declared[ledger.name], cells.filled[ledger.name] = _reference(row, 1), _reference(row, 2)
            row += 1
    if row > first:
        _declaration_rules(sheet, styles, first, row - 1)
    return row


def _declaration(sheet: Worksheet, styles: Styles, content: Content, ledger: Ledger, row: int) -> None:
    rows = content.rows.get(ledger.name, ())
    key = key_field(ledger).name
    filled = [r for r in rows if r.get(key) not in (None, "")]
    approved = [r for r in filled if not find(ledger.fields, "status") or r.get("status") == COUNTED]
    sheet.set_row(row, 18, None, {"hidden": is_hidden(content, ledger.name)})
    target = f"internal:{quote_sheetname(ledger.title)}!A1"
    sheet.write_url(row, 0, target, styles.get("link", "boxed", "left"), ledger.title)
    write_value(sheet, row, 1, content.declared.get(ledger.name), styles.get("boxed", "centre"))
    number = styles.get("boxed", "centre", "computed")
    sheet.write_formula(row, 2, filled_formula(ledger), number, len(filled))
    sheet.write_formula(row, 3, counted_formula(ledger), number, len(approved))
    write_value(sheet, row, 4, None, styles.get("boxed", "left", "wrap"))


def _declaration_rules(sheet: Worksheet, styles: Styles, first: int, last: int) -> None:
    sheet.data_validation(
        first,
        1,
        last,
        1,
        {
            "validate": "list",
            "source": list(DECLARED),
            "input_message": "有：本年有内容并已登记；本年无：有此项工作但本年没有发生；不适用：本单位没有此项工作。",
            "error_message": "只能选“有”“本年无”或“不适用”。",
        },
    )
    sheet.data_validation(first, 2, last, 3, locked())
    sheet.data_validation(first, 4, last, 4, validation(NOTE, "", 4, first=first))
    said, filled = (xl_rowcol_to_cell(first, col, col_abs=True) for col in (1, 2))
    wrong = f'=OR(AND({said}="{DECLARED[0]}",{filled}=0),AND({said}<>"",{said}<>"{DECLARED[0]}",{filled}>0))'
    for criteria, colour in ((wrong, look.ROSE), (f'={said}=""', look.AMBER)):
        sheet.conditional_format(
            first,
            1,
            last,
            1,
            {
                "type": "formula",
                "criteria": criteria,
                "format": styles.signal(bg_color=colour),
            },
        )


def _other_sheets(sheet: Worksheet, styles: Styles, content: Content, row: int) -> int:
    others = [x.title for x in content.catalog.ledgers.values() if not x.declared] + [REPORT]
    sheet.write_string(row, 0, "其他表页", styles.get("bold"))
    for title in others:
        target = f"internal:{quote_sheetname(title)}!A1"
        sheet.write_url(row, 1, target, styles.get("link", "left"), title)
        row += 1
    return row


def _view_and_print(sheet: Worksheet, content: Content) -> None:
    sheet.hide_gridlines(2)
    sheet.set_tab_color(look.TAB_FRONT)
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
    sheet.set_footer(footer(_owner(content)))
    sheet.activate()


def _owner(content: Content) -> str:
    owner: Any = content.unit.get("unit_name")
    return str(owner or "")
