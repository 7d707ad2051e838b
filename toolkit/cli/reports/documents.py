"""Output of the commands on documents: text for the clerk, JSON for programs (docs/design.md, 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...documents.batch import Made
from ...documents.refresh import Refreshed, Reprinted
from ...documents.tracked import (
    EDITED,
    FOREIGN,
    GONE,
    LOST,
    MISSING,
    UNKNOWN,
    UNTRUE,
    ZERO,
)
from ...figures.formula import formula, roll_formula
from ...findings import LEVELS, Remark, counts, with_remedy
from ...model import Catalog, Figure, Listed
from ...rows.submission import left_out_text
from ...span import period_name
from ...word.filling.fonts import missing_fonts
from ...wording.naming import enumerated
from ...wording.phrase import worded
from ...wording.reading.facts import Compared, Fact
from .workbooks import figure_json, plain_number

# the figure or list of names, its cells, rows left out by reason
Explained = tuple[Figure | Listed, list[dict[str, Any]], Mapping[str, int]]


def explain_json(catalog: Catalog, found: Explained) -> dict[str, Any]:
    """Returns the JSON of `explain`: the figure or list of names, the cells behind it, and the rows left out."""
    figure, cells, left_out = found
    rest = {"cells": cells, "left_out": dict(left_out)}
    if isinstance(figure, Listed):
        roll = figure.roll
        return {"id": roll.id, "title": roll.title, "names": list(figure.names), "phrase": enumerated(figure), **rest}
    return {**figure_json(catalog, figure), **rest}


def explain_text(catalog: Catalog, found: Explained) -> str:
    """Returns the text of `explain`: the figure, its definition, the cells behind it, and the rows left out."""
    figure, cells, left_out = found
    if isinstance(figure, Listed):
        roll = figure.roll
        lines = [
            f"{roll.title}（{roll.id}）＝{enumerated(figure) or '没有'}，{figure.unit}，{period_name(figure.period)}"
        ]
        lines.append(f"口径：{roll_formula(catalog, roll)}；{roll.collect}，层级{roll.scope}")
        return "\n".join([*lines, *_cell_lines(cells, left_out)])
    lines = [
        f"{figure.indicator.title}（{figure.indicator.id}）＝{worded(catalog, figure)}，{figure.unit}，{period_name(figure.period)}"
    ]
    if figure.indicator.denominator:
        lines.append(f"分子{plain_number(figure.numerator)}，分母{plain_number(figure.denominator)}")
    collected = figure.indicator.numerator.collect
    lines.append(f"口径：{formula(catalog, figure.indicator)}；{collected}，层级{figure.indicator.scope}")
    return "\n".join([*lines, *_cell_lines(cells, left_out)])


def _cell_lines(cells: Sequence[Mapping[str, Any]], left_out: Mapping[str, int]) -> Iterator[str]:
    for c in cells:
        value = "、".join(c["value"]) if isinstance(c["value"], tuple) else c["value"]
        origin = f"　来自 {c['origin']} 第{c['origin_row']}行" if c["origin"] else ""
        yield f"  {c['cell']}　{c['date'] or ''}　{value}{origin}"
    yield f"共{len(cells)}个单元格。"
    if said := left_out_text(left_out):
        yield f"{said}。"


def extract_text(
    facts: Sequence[Fact], compared: Sequence[Compared], output: Path | None, left_out: Mapping[str, int]
) -> str:
    """Returns the text of `extract`; `left_out` are the rows of this year's ledgers that do not count."""
    masked = sum(f.quantity.masked for f in facts)
    lines = [
        f"找到{len(facts) - masked}个数量"
        + (f"，另有{masked}个被遮蔽" if masked else "")
        + f"；对上{len(compared)}个指标。"
    ]
    if unnamed := sum(f.indicator is None and not f.quantity.masked for f in facts):
        lines.append(f"有{unnamed}个没有认出指标，已标黄，可在“数量清单”中从下拉名单选择。")
    if changed := [c for c in compared if c.change]:
        lines.append(f"与今年不同的有{len(changed)}个，见“逐项对照”。")
    if said := left_out_text(left_out):
        lines.append(f"今年的台账{said}。")
    return "\n".join([*lines, f"已生成：{output}"] if output else lines)


def extract_json(
    path: Path, facts: Sequence[Fact], compared: Sequence[Compared], left_out: Mapping[str, int]
) -> dict[str, Any]:
    """Returns the JSON of `extract`: all facts, the comparison, and the counts."""
    return {
        "path": str(path),
        "facts": [_fact_json(f) for f in facts],
        "indicators": [
            {
                "id": c.indicator.id,
                "name": c.indicator.name,
                "title": c.indicator.title,
                "unit": c.indicator.classifier,
                "before": plain_number(c.before),
                "now": plain_number(c.now),
                "change": plain_number(c.change),
                "paragraphs": [f.paragraph for f in c.facts],
            }
            for c in compared
        ],
        "left_out": dict(left_out),
        "summary": {
            "facts": len(facts),
            "masked": sum(f.quantity.masked for f in facts),
            "named": sum(f.indicator is not None for f in facts),
        },
    }


def _fact_json(f: Fact) -> Mapping[str, Any]:
    q = f.quantity
    return {
        "paragraph": f.paragraph,
        "sentence": f.sentence,
        "figure": q.text,
        "value": plain_number(q.value),
        "high": plain_number(q.high),
        "word": q.word,
        "approx": q.approx,
        "kind": q.kind,
        "masked": q.masked,
        "planned": f.planned,
        "counted": q.counted,
        "indicator": f.indicator.name if f.indicator else None,
        "confidence": f.confidence,
        "score": round(f.score, 2),
        "reason": f.reason,
    }


def batch_text(made: Sequence[Made], out: Path) -> str:
    """Returns the text of `fill --all-units`: documents made, drafts, and units without one and why."""
    done = [m for m in made if m.filled]
    lines = [f"已生成{len(done)}份，存放在 {out}"]
    lines += [f"草稿：{m.unit}缺{len(m.filled.missing)}项" for m in done if m.filled and m.filled.missing]
    lines += [f"{m.unit}：{said}" for m in done if m.filled and (said := left_out_text(m.filled.left_out))]
    failed = [m for m in made if m.why]
    if failed:
        lines.append(f"未生成{len(failed)}份：")
        lines += [f"  {m.unit}：{m.why}" for m in failed]
    return "\n".join(lines)


def fonts_text() -> str:
    """Returns a warning with the official fonts missing here; "" if none is missing or that is unknown."""
    lacking = missing_fonts()
    if not lacking:
        return ""
    return (
        f"提醒：本机缺少公文字体{'、'.join(lacking)}，打开时会以其他字体代替，版面可能变动。"
        "文件中写的仍是规定字体；请安装后再排版、打印。"
    )


def problems_text(path: Path, found: Sequence[Remark]) -> str:
    """Returns the text of `template check`: one line per problem, then the counts."""
    lines = []
    for p in found:
        place = f"第{p.spot.paragraph}段“{p.spot.text}”：" if p.spot.paragraph else ""
        lines.append(f"{LEVELS[p.severity]} {p.code} {place}{with_remedy(p.message, p.remedy)}")
    done = f"模板 {path.name}：{counts(found)}。" if found else f"模板 {path.name} 没有问题。"
    return "\n".join([*lines, done])


def refresh_json(path: Path, done: Refreshed) -> dict[str, Any]:
    """Returns the JSON of `refresh`: changed places, places left unchanged, and the number already up to date."""

    def listed(changes: tuple[Reprinted, ...]) -> list[dict[str, Any]]:
        return [
            {
                "paragraph": c.spot.paragraph,
                "text": c.spot.text,
                "title": c.title,
                "old": c.old,
                "new": c.new,
                "state": c.state,
            }
            for c in changes
        ]

    return {
        "path": str(path),
        "changed": listed(done.changed),
        "left": listed(done.left),
        "same": done.same,
        "left_out": dict(done.left_out),
    }


def refresh_text(done: Refreshed, output: Path) -> str:
    """Returns the text of `refresh`: changed places, places left unchanged with the reason, and the counts."""
    lines = [
        f"{c.spot}“{c.title}”：{c.old} → {c.new}" + ("（原为手改）" if c.state == EDITED else "") for c in done.changed
    ]
    lines += [f"[未改] {c.spot}“{c.title}”：仍为“{c.old}”，{_WHY[c.state]}" for c in done.left]
    if said := left_out_text(done.left_out):
        lines.append(f"台账{said}。")
    return "\n".join(
        [*lines, f"已更新{len(done.changed)}处，{done.same}处无变化，{len(done.left)}处要人工处理：{output}"]
    )


_WHY = {
    ZERO: "台账现在是零，请删去或改写这一句。",
    MISSING: "台账现在缺数，请先补填台账。",
    UNTRUE: "台账的数与文中说法接不上，请人工核改。",
    LOST: "认不出哪个是这个数，请人工核改。",
    FOREIGN: "它属于别的单位或年度，请核对数据来源。",
    UNKNOWN: "标准里没有这个指标，请核对标准。",
    GONE: "台账里已没有这个名称，请改写这一句。",
}
