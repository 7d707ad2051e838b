"""What is wrong in a document: coded like findings, placed by paragraph and the words around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .findings import CODES, ERROR, LEVELS, counts

SHOWN = 24  # characters shown on either side of a place
_PARTS = {"header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}


@dataclass(frozen=True)
class Spot:
    """A place in a document: the number of its paragraph in its part, from 1; 0 is the document as a whole."""

    paragraph: int = 0
    text: str = ""  # the words around
    part: str = ""

    def __str__(self) -> str:
        if not self.paragraph:
            return "全文"
        name = self.part.rpartition("/")[2].rstrip("0123456789.xml")
        return f"{_PARTS.get(name, '')}第{self.paragraph}段"


@dataclass(frozen=True)
class Remark:
    code: str
    severity: str  # error, warning
    spot: Spot
    message: str
    remedy: str

    def __str__(self) -> str:
        around = f"“{self.spot.text}”" if self.spot.text else ""
        return f"[{LEVELS[self.severity]} {self.code}] {self.spot}{around}：{self.message}。处理：{self.remedy}。"


def remark(code: str, spot: Spot, **parts: Any) -> Remark:
    """A Remark with the message of `code` in findings.CODES; `parts` fill its {}."""
    severity, message, remedy = CODES[code]
    return Remark(code, severity, spot, message.format_map(parts), remedy.format_map(parts))


def around(text: str, start: int, end: int) -> str:
    """The words around text[start:end] in its line, with … where they are cut."""
    low, high = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    high = len(text) if high < 0 else high
    first, last = max(low, start - SHOWN), min(high, end + SHOWN)
    shown = " ".join(text[first:last].split())
    return f"{'…' if first > low else ''}{shown}{'…' if last < high else ''}"


def remarks_json(path: Path, remarks: Sequence[Remark]) -> dict[str, Any]:
    return {
        "path": str(path),
        "findings": [
            {"code": r.code, "severity": r.severity, "paragraph": r.spot.paragraph, "text": r.spot.text,
             "message": r.message, "remedy": r.remedy}
            for r in remarks
        ],
    }  # fmt: skip


def remarks_text(remarks: Sequence[Remark]) -> str:
    """A line each, errors first, then the counts."""
    ordered = sorted(remarks, key=lambda r: r.severity != ERROR)
    return "\n".join([*map(str, ordered), f"共{counts(remarks)}。"])
