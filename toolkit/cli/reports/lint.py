"""Output of `lint`: text for the clerk, JSON for programs (docs/design.md, 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...findings import LEVELS, counts, with_remedy
from ...word.against import Shared
from ...word.lint.check import Breach
from ...word.lint.fix import Change

SHOWN, TOLD = 6, 30  # places listed for one rule; characters shown of a changed text


def lint_json(
    path: Path, remarks: list[Breach], changes: list[Change] | None = None, same: list[Shared] | None = None
) -> dict[str, Any]:
    """Returns the JSON of `lint`: path and findings, with `changes` if it was fixed, `shared` if it was compared."""
    keys = ("code", "severity", "tier", "says", "ground", "paragraph", "text", "message", "remedy")
    found: dict[str, Any] = {"path": str(path), "findings": [{k: getattr(r, k) for k in keys} for r in remarks]}
    if changes is not None:
        found["changes"] = [
            {"code": c.code, "paragraph": c.paragraph, "where": c.where, "old": c.old, "new": c.new} for c in changes
        ]
    if same is not None:
        found["shared"] = [asdict(s) for s in same]
    return found


def shared_text(path: Path, other: Path, same: list[Shared]) -> str:
    """Returns the sentences that both documents hold, each with both places."""
    if not same:
        return f"与{other.name}没有相同的句子。"
    lines = [f"  第{s.paragraph}段，{other.name}第{s.other_paragraph}段：{_shown(s.text)}" for s in same]
    return "\n".join([f"{path.name}与{other.name}有{len(same)}句相同（不计数字和标点）：", *lines])


def lint_text(path: Path, remarks: list[Breach]) -> str:
    """Returns the text of `lint`: a heading per rule, errors first, with its places; then the counts."""
    if not remarks:
        return f"{path.name}：没有发现问题。"
    return "\n".join(_lines(path, remarks))


def _lines(path: Path, remarks: list[Breach]) -> Iterator[str]:
    unit = "行" if path.suffix.lower() == ".txt" else "段"
    groups: dict[str, list[Breach]] = {}
    for remark in sorted(remarks, key=lambda r: not r.is_error):
        groups.setdefault(remark.rule, []).append(remark)
    yield f"{path.name}："
    for found in groups.values():
        first = found[0]
        yield f"  [{LEVELS[first.severity]} {first.code}] {first.says}（{first.ground}），{len(found)}处："
        for remark in found[:SHOWN]:
            place = (
                f"第{remark.paragraph}{unit}：" if remark.paragraph and not re.match(r"第\d", remark.message) else ""
            )
            yield f"    {place}{with_remedy(remark.message, remark.remedy)}"
        if len(found) > SHOWN:
            yield f"    另有{len(found) - SHOWN}处：第{'、'.join(map(str, sorted({r.paragraph for r in found[SHOWN:]})))}{unit}。"
    yield f"共{counts(remarks)}。"


def changes_text(path: Path, out: Path, changes: list[Change]) -> str:
    """Returns the text of `lint --fix`: each change with its place, old → new."""
    unit = "行" if path.suffix.lower() == ".txt" else "段"
    lines = [
        f"  {c.where or (f'第{c.paragraph}{unit}' if c.paragraph else '版面')} [{c.code}]：{_shown(c.old)} → {_shown(c.new)}"
        for c in changes
    ]
    return "\n".join([f"已改正{len(changes)}处，存为 {out}", *lines])


def _shown(text: str) -> str:
    """Quotes a text of at most TOLD characters; unprintable characters appear as U+XXXX."""
    shown = "".join(c if c.isprintable() and c != "\u3000" else f"U+{ord(c):04X}" for c in text)
    return f"“{shown[:TOLD]}{'…' if len(shown) > TOLD else ''}”" if text else "（删去）"
