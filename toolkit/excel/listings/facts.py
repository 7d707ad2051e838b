"""Writes the quantities of an old report as a workbook.

Sheets: 逐项对照 compares years, 数量清单 lists every number with its sentence, 遮蔽的数 lists the masked numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from ...model import Indicator
from ...standard.sheets import COMPARED
from ..parts.listing import HEAD, begin, end, workbook
from ..parts.pages import height
from ..parts.styles import AMBER, GREEN, GREEN_INK, PALE, STONE, TAB_ACTIVITY, TAB_FRONT, TAB_REGISTER, Styles

if TYPE_CHECKING:
    from ...wording.reading.facts import Compared, Fact

FACTS, MASKED, NAMES = "数量清单", "遮蔽的数", "_指标"
_COMPARED = ("编号", "指标", "量词", "原文的数", "上年", "今年", "增减", "增幅", "段落", "说明")
_COMPARED_WIDTHS = (8, 34, 7, 16, 12, 12, 12, 10, 9, 46)
_FACTS = (
    "段落",
    "句子",
    "数量",
    "数值",
    "量词",
    "概数词",
    "类别",
    "性质",
    "统计对象",
    "指标",
    "把握程度",
    "依据",
    "今年",
)
_FACTS_WIDTHS = (7, 56, 13, 12, 8, 9, 8, 8, 26, 22, 9, 26, 12)
_MASKED = ("段落", "句子", "遮蔽的数", "量词", "统计对象", "指标", "补填数值")
_MASKED_WIDTHS = (7, 64, 14, 8, 30, 24, 14)
_KINDS = {"count": "计数", "percent": "百分比", "money": "金额", "amount": "计量", "ratio": "倍数比例"}
_HINT_HEIGHT = 18  # points
_NUMBER = "#,##0.######"
_SHOWN = 220  # most characters of a sentence in a cell


def write_facts(
    path: str | Path,
    title: str,
    facts: Sequence[Fact],
    compared: Sequence[Compared],
    names: Iterable[Indicator],
    now: str = "",
) -> None:
    """Writes the workbook of one report, completely or not at all.

    `title` names the report; `now` names the source of this year's values ("": the user fills them in).
    `names` are the indicators in the drop-downs of 数量清单 and 遮蔽的数. Change and rate are formulas.
    Raises CannotRun if it cannot be written.
    """
    with workbook(path, f"{title}数量对照") as book:
        book.set_size(2400, 1400)
        styles = Styles(book)
        known = [f for f in facts if not f.quantity.masked]
        masked = [f for f in facts if f.quantity.masked]
        _write_compared(book.add_worksheet(COMPARED), styles, title, compared, now)
        _write_known(book.add_worksheet(FACTS), styles, title, known, {c.indicator.name: c.now for c in compared})
        _write_masked(book.add_worksheet(MASKED), styles, title, masked)
        for ws in book.worksheets():
            ws.set_row(1, _HINT_HEIGHT)
        listed = book.add_worksheet(NAMES)
        options = sorted({i.name for i in names})
        listed.write_column(0, 0, options)
        listed.hide()
        last = max(1, len(options))
        for sheet, column, count in ((FACTS, 9, len(known)), (MASKED, 5, len(masked))):
            book.get_worksheet_by_name(sheet).data_validation(
                HEAD + 1,
                column,
                HEAD + max(1, count),
                column,
                {
                    "validate": "list",
                    "source": f"='{NAMES}'!$A$1:$A${last}",
                    "error_type": "warning",
                    "error_title": "不在指标名单里",
                    "error_message": "请从下拉名单中选择指标，或清空本格。",
                },
            )


# ------------------------------------------------------------------- comparison


def _write_compared(ws: Worksheet, styles: Styles, title: str, compared: Sequence[Compared], now: str) -> None:
    hint = (
        f"“上年”取自本文，黄底的拿不准；“今年”取自{now}。"
        if now
        else "“上年”取自本文，黄底的拿不准；“今年”请手填，增减和增幅自动算出。"
    )
    begin(
        ws, styles, f"《{title}》数量逐年对照", f"{hint}百分比的增减是百分点。", _COMPARED, _COMPARED_WIDTHS, TAB_FRONT
    )
    get = styles.get
    number, centre, text = get("boxed", "right", num_format=_NUMBER), get("boxed", "centre"), get("boxed", "wrap")
    for r, c in enumerate(compared, HEAD + 1):
        for n, value in ((0, c.indicator.id), (2, c.indicator.classifier), (8, str(c.facts[0].paragraph))):
            ws.write_string(r, n, value, centre)
        ws.write_string(r, 1, c.indicator.title, text)
        unsure = c.is_open or not c.facts[0].sure
        said = "、".join(dict.fromkeys(f.quantity.phrase for f in c.rivals))
        ws.write_string(r, 3, said, text)
        _number(ws, r, 4, c.before, get("boxed", "right", num_format=_NUMBER, bg_color=AMBER) if unsure else number)
        ws.write(
            r, 5, None if c.now is None else float(c.now), get("boxed", "right", num_format=_NUMBER, bg_color=PALE)
        )
        before, value = xl_rowcol_to_cell(r, 4), xl_rowcol_to_cell(r, 5)
        blank = f'OR({value}="",{before}="")'
        ws.write_formula(
            r,
            6,
            f'=IF({blank},"",{value}-{before})',
            get("boxed", "right", num_format="+#,##0.##;-#,##0.##;0"),
            "" if c.change is None else float(c.change),
        )
        rate = "" if not c.before or c.change is None else float(c.change / c.before)
        share = c.indicator.denominator is not None
        formula = '=""' if share else f'=IF({blank},"",IF({before}=0,"",({value}-{before})/{before}))'
        ws.write_formula(r, 7, formula, get("boxed", "right", num_format="+0.0%;-0.0%;0.0%"), "" if share else rate)
        note = _note(c)
        ws.write_string(r, 9, note, text)
        ws.set_row(r, height((c.indicator.title, _COMPARED_WIDTHS[1]), (note, _COMPARED_WIDTHS[9])))
    last = max(HEAD + 1, HEAD + len(compared))
    for criteria, look in ((">", {"bg_color": GREEN, "font_color": GREEN_INK}), ("<", {"bg_color": AMBER})):
        cell = xl_rowcol_to_cell(HEAD + 1, 6)
        ws.conditional_format(
            HEAD + 1,
            6,
            last,
            7,
            {
                "type": "formula",
                "criteria": f"=AND(ISNUMBER(${cell}),${cell}{criteria}0)",
                "format": styles.signal(**look),
            },
        )
    if not compared:
        _empty(ws, styles, len(_COMPARED), "本文没有认出指标的数量。")
    end(ws, len(_COMPARED), len(compared), frozen=2)


def _note(c: Compared) -> str:
    """Returns the cautions for comparing the two numbers."""
    best, others = c.facts[0], c.facts[1:]
    notes = []
    if c.is_open:
        rivals = c.rivals
        listed = "、".join(f"{f.quantity.phrase}（第{f.paragraph}段）" for f in rivals[:5])
        notes.append(f"本文有几个数：{listed}，定下一个填入“上年”")
        others = c.facts[len(rivals) :]  # the best stand first
    if best.planned:
        notes.append("原文是目标，不是完成数")
    if best.quantity.approx or best.quantity.high is not None:
        notes.append("上年为概数")
    if others:
        listed = "、".join(f"{f.quantity.phrase}（第{f.paragraph}段）" for f in others[:5])
        notes.append(f"本文另有{listed}{'等' if len(others) > 5 else ''}，请核对口径")
    if not best.sure:
        notes.append("指标请核对")
    return "；".join(notes)


# ------------------------------------------------------------------------ lists


def _write_known(
    ws: Worksheet, styles: Styles, title: str, facts: Sequence[Fact], now: dict[str, Decimal | None]
) -> None:
    hint = "每个数一行。黄底的没有认出指标，可从下拉名单中选；“目标”是计划要做到的数。"
    begin(ws, styles, f"《{title}》数量清单", hint, _FACTS, _FACTS_WIDTHS, TAB_REGISTER)
    get = styles.get
    for r, f in enumerate(facts, HEAD + 1):
        q = f.quantity
        open_ = {"bg_color": AMBER} if f.indicator is None else {}
        centre, text = get("boxed", "centre"), get("boxed", "wrap")
        ws.write_number(r, 0, f.paragraph, centre)
        ws.write_string(r, 1, _cut(f.sentence), text)
        _number(ws, r, 3, q.value, get("boxed", "right", num_format=_NUMBER))
        for n, value in (
            (2, q.text),
            (4, q.word),
            (5, q.approx),
            (6, _KINDS.get(q.kind, q.kind)),
            (7, "目标" if f.planned else "已完成"),
            (10, f.confidence),
        ):
            ws.write_string(r, n, value, centre)
        ws.write_string(r, 8, q.counted, text)
        ws.write_string(r, 9, f.indicator.name if f.indicator else "", get("boxed", "wrap", **open_))
        ws.write_string(r, 11, f.reason, text)
        _number(
            ws, r, 12, now.get(f.indicator.name) if f.indicator else None, get("boxed", "right", num_format=_NUMBER)
        )
        ws.set_row(
            r, _tall((_cut(f.sentence), _FACTS_WIDTHS[1]), (q.counted, _FACTS_WIDTHS[8]), (f.reason, _FACTS_WIDTHS[11]))
        )
    if not facts:
        _empty(ws, styles, len(_FACTS), "没有找到数量。")
    end(ws, len(_FACTS), len(facts), frozen=1)


def _write_masked(ws: Worksheet, styles: Styles, title: str, facts: Sequence[Fact]) -> None:
    hint = "原文用 *、×、□ 等代替的数，不参加对照；查到后可在“补填数值”里填写。"
    begin(ws, styles, f"《{title}》遮蔽的数", hint, _MASKED, _MASKED_WIDTHS, TAB_ACTIVITY)
    get = styles.get
    for r, f in enumerate(facts, HEAD + 1):
        ws.write_number(r, 0, f.paragraph, get("boxed", "centre"))
        ws.write_string(r, 1, _cut(f.sentence), get("boxed", "wrap"))
        for n, value in ((2, f.quantity.text), (3, f.quantity.word)):
            ws.write_string(r, n, value, get("boxed", "centre"))
        ws.write_string(r, 4, f.quantity.counted, get("boxed", "wrap"))
        ws.write_string(r, 5, f.indicator.name if f.indicator else "", get("boxed", "wrap"))
        ws.write_blank(r, 6, None, get("boxed", "right", num_format=_NUMBER, bg_color=PALE))
        ws.set_row(r, _tall((_cut(f.sentence), _MASKED_WIDTHS[1]), (f.quantity.counted, _MASKED_WIDTHS[4])))
    if not facts:
        _empty(ws, styles, len(_MASKED), "没有遮蔽的数。")
    end(ws, len(_MASKED), len(facts), frozen=1)


# ------------------------------------------------------------------------- look


def _empty(ws: Worksheet, styles: Styles, columns: int, text: str) -> None:
    ws.merge_range(HEAD + 1, 0, HEAD + 1, columns - 1, text, styles.get("boxed", "centre", bg_color=STONE))


def _number(ws: Worksheet, row: int, column: int, value: Decimal | None, style: object) -> None:
    ws.write(row, column, None if value is None else float(value), style)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _tall(*texts: tuple[str, float]) -> float:
    return max(22.0, height(*texts))
