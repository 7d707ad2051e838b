"""通报: who reported, late or not at all, what was returned and why, and how good the data is; in Word and as lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath
from typing import Any

from ...figures.consolidation import Consolidation
from ...findings import listed
from ...machine.guard import guarding
from ...machine.shipped import shipped
from ...model import Finding
from ...word.filling.render import fill_template
from ...word.filling.session import Manner
from ...word.filling.shell import Frame, title_lines
from ...wording.phrase import words
from ..templates import FOLDER, NOTICE

HEADS = ("单位", "情况", "填报日期", "计入行", "未计入行", "错误", "更正次数", "退回原因")
_REASONS = 4  # kinds of error that are named for one unit; the rest is only counted


@dataclass(frozen=True)
class Line:
    """One unit, or one file that belongs to no unit."""

    unit: str
    status: str  # 已报, 迟报, 缺报, 重复待定, 不要求, 未读
    filled: date | None
    counted: int
    left_out: int
    errors: int
    revision: int
    why: str  # the reasons why it is returned; "" if it is not

    def cells(self) -> tuple[Any, ...]:
        """Returns the values below HEADS; a unit that has not reported has no numbers."""
        if self.status in ("缺报", "不要求", "未读"):
            return (self.unit, self.status, None, None, None, self.errors or None, None, self.why)
        numbers = (self.counted, self.left_out, self.errors, self.revision)
        return (self.unit, self.status, self.filled, *numbers, self.why)


@dataclass(frozen=True)
class Notice:
    """All that a notice says. It names units and files, never a folder of this machine."""

    title: str
    period: str  # its name
    sender: str
    numbers: dict[str, int]
    rows: dict[str, int]
    reasons: dict[str, int]  # rows left out, by reason
    lines: tuple[Line, ...]

    def named(self, *status: str) -> list[str]:
        """Returns the units with one of these states."""
        return [x.unit for x in self.lines if x.status in status]

    @property
    def returned(self) -> list[Line]:
        """Whatever is sent back, with its reasons."""
        return [x for x in self.lines if x.why]


def notice_of(c: Consolidation) -> Notice:
    """Returns the notice on an aggregation; units in tree order, then the files that no unit could be told of."""
    by_file: dict[str, list[Finding]] = {}
    for f in c.findings:
        if f.is_error and f.place.file:
            by_file.setdefault(f.place.file, []).append(f)
    lines = []
    for x in c.covered:
        d = x.digest
        found = [f for path in ([d.path] if d else x.elsewhere) for f in by_file.pop(path, [])]
        counted, left_out = (d.counted, d.read - d.counted) if d else (0, 0)
        filled, revision = (d.unit.get("fill_date"), d.unit.get("revision") or 0) if d else (None, 0)
        lines.append(Line(x.unit.name, x.status, filled, counted, left_out, len(found), revision, _why(found)))
    replaced = {path for _, path in c.digest.replaced}
    lines += [
        Line(PurePath(path).name, "未读", None, 0, 0, len(found), 0, _why(found))
        for path, found in sorted(by_file.items())
        if path not in replaced
    ]
    title = f"关于{c.period.name}党建工作台账报送情况的通报"
    return Notice(
        title, c.period.name, c.top.name if c.top.code else "（发文单位）", c.counts, c.rows, c.reasons, tuple(lines)
    )


def _why(found: list[Finding]) -> str:
    """Returns the reasons in short, the most frequent first: 组织生活“实到人数”未填（3处）."""
    said = Counter(_reason(f) for f in found)
    parts = [f"{text}（{n}处）" if n > 1 else text for text, n in said.most_common()]
    return "；".join(parts[:_REASONS]) + (f"；等{len(parts)}类问题" if len(parts) > _REASONS else "")


def _reason(f: Finding) -> str:
    folder = str(PurePath(f.place.file).parent)
    message = f.message.replace(f"{folder}/", "").replace(f"{folder}\\", "") if folder != "." else f.message
    return f"{f.place.sheet}{'：' if f.place.sheet else ''}{message}"


def write_notice(c: Consolidation, out: Path, day: date | None = None) -> Notice:
    """Writes the notice to `out`, a .docx in official format dated `day` (today). Raises CannotRun if it cannot."""
    n = notice_of(c)
    manner = Manner(words(c.catalog), c.top.code, c.year, c.top.name)
    template = shipped(FOLDER) / NOTICE
    with guarding([template]):
        fill_template(template, out, _names(n, day or date.today()), manner, Frame())
    return n


def _names(n: Notice, day: date) -> dict[str, Any]:
    return {
        "题目": title_lines([n.title]),
        "时期": n.period,
        "应报": n.numbers["应报"],
        "实报": n.numbers["实报"],
        "迟报": n.numbers["迟报"],
        "按时": n.numbers["实报"] - n.numbers["迟报"],
        "未报": n.numbers["缺报"],
        "未报单位": "、".join(n.named("缺报")),
        "迟报单位": "、".join(n.named("迟报")),
        "退回数": len(n.returned),
        "退回各家": [{"单位": x.unit, "原因": x.why} for x in n.returned],
        "读入": n.rows["read"],
        "计入": n.rows["counted"],
        "未计入": n.rows["left_out"],
        "未计入原因": f"（{'、'.join(f'{r}{k}行' for r, k in sorted(n.reasons.items()))}）" if n.reasons else "",
        "无错": sum(x.status in ("已报", "迟报") and not x.why for x in n.lines),
        "发文单位": n.sender,
        "成文日期": day,
        "各单位": list(_rows(n)),
    }


def _rows(n: Notice) -> Iterator[dict[str, str]]:
    for x in n.lines:
        unit, status, filled, counted, _, errors, revision, _ = x.cells()
        numbers = ("—" if v is None else str(v) for v in (counted, errors, revision))
        shown = (unit, status, str(filled or "—"), *numbers)
        yield dict(zip(("单位", "情况", "日期", "计入", "错误", "更正"), shown, strict=True))


def notice_lines(n: Notice, out: Path) -> list[str]:
    """Returns the result for the clerk."""
    said = [f"已生成：{out.name}", f"应报{n.numbers['应报']}家、实报{n.numbers['实报']}家、迟报{n.numbers['迟报']}家"]
    if lacking := n.named("缺报"):
        said.append(f"未报：{listed(lacking, _REASONS * 3, '家')}")
    return [
        *said,
        f"退回{len(n.returned)}家：{listed([x.unit for x in n.returned], 6, '家')}" if n.returned else "没有退回。",
    ]
