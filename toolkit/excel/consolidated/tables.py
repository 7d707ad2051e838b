"""The tables of a consolidation, typed: its figures, its submissions, and the rows of every ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...model import Field, Figure, Ledger
from ...standard.sheets import NOT_APPLICABLE, ORIGIN, YES
from ...wording.phrase import Words, above_full, phrase
from .lines import Line, Lines, shown

if TYPE_CHECKING:
    from ...figures.consolidation import Consolidation

MISSING = "缺数"
SUMMARY, COVERAGE = "指标汇总", "报送情况"
_ORIGIN = (
    Field("origin_unit", ORIGIN[0], "string"),
    Field("origin_name", ORIGIN[1], "string"),
    Field("origin_file", ORIGIN[2], "string"),
    Field("origin_row", ORIGIN[3], "integer"),
    Field("is_counted", ORIGIN[4], "boolean"),
    Field("left_out", ORIGIN[5], "string"),
)
COVERAGE_COLUMNS = (
    Field("unit_id", "单位编码", "string"),
    Field("unit_name", "单位名称", "string"),
    Field("parent", "上级单位", "string"),
    Field("sys_type", "单位类型", "string"),
    Field("status", "状态", "string"),
    Field("file", "文件", "string"),
    Field("fill_date", "填报日期", "date"),
    Field("revision", "更正次数", "integer"),
    Field("read", "读入行", "integer"),
    Field("counted", "计入行", "integer"),
    Field("left_out", "未计入行", "integer"),
    Field("errors", "错误", "integer"),
    Field("warnings", "提醒", "integer"),
    Field("note", "说明", "string"),
)
_SUMMARY_COLUMNS = (
    Field("id", "编号", "string"),
    Field("name", "名称", "string", description="模板和文字材料里用的名字"),
    Field("title", "指标", "string"),
    Field("ledger", "台账", "string"),
    Field("collect", "口径", "string", description="本级：只取填报单位自己的行；汇总：自下而上相加"),
    Field("state", "状态", "string", description="有数、缺数、不适用"),
    Field("value", "数值", "number", description="比率是 0 到 1 之间的数", decimals=10),
    Field("numerator", "分子", "number", decimals=2),
    Field("denominator", "分母", "number", decimals=2),
    Field("classifier", "单位", "string"),
    Field("phrase", "表述", "string"),
    Field("cells", "来源行数", "integer"),
    Field("missing", "缺数单位", "list"),
)
_STATES = {"known": "有数", "missing": MISSING, "n/a": NOT_APPLICABLE}


@dataclass(frozen=True)
class Table:
    """One table: `lines` starts a new pass over its lines, each with one value per column."""

    name: str  # an identifier: indicators, submissions, or the name of a ledger
    title: str
    columns: tuple[Field, ...]
    lines: Callable[[], Iterator[Line]]


def tables_of(c: Consolidation) -> list[Table]:
    """Returns the tables that may be handed on: no ledger and no field that stays in the unit."""
    lines = Lines(c)
    ledgers = [x for x in c.catalog.ledgers.values() if x.reported]
    return [
        Table("indicators", SUMMARY, _SUMMARY_COLUMNS, lambda: _summary(c)),
        Table("submissions", COVERAGE, COVERAGE_COLUMNS, lambda: coverage_lines(lines)),
        *(ledger_table(lines, ledger) for ledger in ledgers),
    ]


def ledger_table(lines: Lines, ledger: Ledger) -> Table:
    """Returns the rows of a ledger, counted or not, with their origin."""

    def found() -> Iterator[Line]:
        at = ORIGIN.index("是否计入")
        return ((*line[:at], line[at] == YES, *line[at + 1 :]) for line in lines.of(ledger))

    return Table(ledger.name, ledger.title, (*_ORIGIN, *shown(ledger)), found)


def coverage_lines(lines: Lines) -> Iterator[Line]:
    """Yields COVERAGE_COLUMNS of every unit, in tree order; None is a blank cell."""
    units = lines.c.tree.units
    for covered in lines.c.covered:
        unit, d = covered.unit, covered.digest
        parent = units.get(unit.parent)
        counts: tuple[int | None, ...] = (None,) * 6
        if d:
            counts = (d.unit.get("revision") or 0, d.read, d.counted, d.read - d.counted, d.errors, d.warnings)
        elif covered.undecided:
            read, errors, warnings = (
                sum(getattr(u, k) for u in covered.undecided) for k in ("read", "errors", "warnings")
            )
            counts = (0, read, 0, read, errors, warnings)
        yield (
            *(unit.code, unit.name, parent.name if parent else unit.parent, unit.sys_type, covered.status),
            lines.file(d.path) if d else "",
            d.unit.get("fill_date") if d else None,
            *counts,
            lines.text(covered.note),
        )


def _summary(c: Consolidation) -> Iterator[Line]:
    words = Words.of(c.catalog.wording)
    for figure in c.figures_of("").values():
        i, known = figure.indicator, figure.state == "known"
        parts = (figure.numerator, figure.denominator) if known and i.denominator else (None, None)
        yield (
            *(i.id, i.name, i.title, c.catalog.ledgers[i.numerator.ledger].title, i.numerator.collect),
            *(_STATES[figure.state], figure.value if known else None, *parts),
            *(i.classifier, in_text(figure, words), figure.cells, figure.missing),
        )


def in_text(figure: Figure, words: Words) -> str:
    """Returns the figure as text: never blank, zero as 0."""
    if figure.state != "known":
        return _STATES[figure.state]
    if figure.value is None:
        return "—"
    if above := above_full(figure, words):
        return above
    text = phrase(figure, None, words)
    if not text:
        return f"0{figure.indicator.classifier}"
    return f"{words.est_prefix}{text}" if figure.est else text
