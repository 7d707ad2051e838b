"""Findings by their codes: made, grouped and printed. The codes themselves are in `codes`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .codes import CODES
from .model import ERROR, WARNING, Finding, Place
from .names import visible
from .personal import without

SHOWN = 60  # characters of a value shown in a message
LISTED = 6  # places that a group lists; further ones are only counted
VALUES = 20  # different values that a group lists
JOINT = "、"  # between the titles in the field of a finding on several cells

LEVELS = {ERROR: "错误", WARNING: "提醒"}

BREAKS_SHEET = frozenset({"S02", "S03", "S10", "S12"})
# Findings on a folder, that stand beside those of its workbooks.
NOT_WORKBOOKS = frozenset({"F11", "F12", "F13", "F14", "F31"})
_OPTIONAL = {"reason": "", "note": ""}


def finding(code: str, place: Place, field: str = "", value: str = "", severity: str = "", **parts: Any) -> Finding:
    """Returns a Finding with the message of `code`.

    `field` is the title that the clerk sees, `value` the content found, `parts` the other {} of
    the message. `severity` overrides the table's. If `parts` has `known` (the valid words), the
    nearest one is suggested. Raises KeyError for an unknown code or a missing part: both are
    programming mistakes, not mistakes in the data. Personal numbers in the content are not shown.
    """
    own, message, remedy = CODES[code]
    value = without(visible(value))
    if len(value) > SHOWN:
        value = value[:SHOWN] + "…"
    if "known" in parts:
        parts["near"] = perhaps(value, parts["known"])
    parts = {k: without(visible(v)) if isinstance(v, str) else v for k, v in parts.items()}
    words = {**_OPTIONAL, **parts, "field": field, "value": value}
    return Finding(code, severity or own, place, message.format_map(words), remedy.format_map(words), field, value)


def perhaps(value: str, known: Iterable[str]) -> str:
    """Returns the hint at the known word most like `value`, "" if none is similar enough."""
    near = nearest(value, known)
    return f"，是否为“{near}”？" if near else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """Returns the known word most like `word`, or "" if none is similar enough to suggest."""
    from difflib import get_close_matches

    found = get_close_matches(word[:SHOWN], known, 1, 0.5)
    return found[0] if found else ""


def sentence(said: str) -> str:
    """Returns what a finding says with the mark that ends a sentence; a question has its own."""
    return said if said.endswith(("？", "。")) else f"{said}。"


def with_remedy(message: str, remedy: str) -> str:
    """Returns a message with its remedy, if there is one: 填的是“甲”。处理：只填数。"""
    return sentence(message) + (f"处理：{sentence(remedy)}" if remedy else "")


def listed(names: Sequence[str], most: int, word: str) -> str:
    """Joins the first `most` names, with the total if there are more: 甲、乙等5家."""
    return "、".join(names[:most]) + (f"等{len(names)}{word}" if len(names) > most else "")


class Graded(Protocol):
    """Anything that is an error or a warning, such as a Finding or a Remark."""

    @property
    def is_error(self) -> bool:
        """Whether it is an error, not a warning."""


def counts(found: Collection[Graded], joint: str = "、") -> str:
    """Returns the numbers of errors and warnings as text: 2处错误、1处提醒."""
    errors = sum(f.is_error for f in found)
    return f"{errors}处{LEVELS[ERROR]}{joint}{len(found) - errors}处{LEVELS[WARNING]}"


@dataclass(frozen=True)
class Group:
    """Findings of the same code, sheet and field, shown as one line."""

    first: Finding
    places: tuple[Place, ...]
    values: tuple[str, ...] = ()  # the different values found, in order

    @property
    def count(self) -> int:
        """Number of findings in the group."""
        return len(self.places)

    def __str__(self) -> str:
        f = self.first
        where = "、".join(str(p) for p in self.places[:LISTED] if p.sheet)  # the file stands above the groups
        where += f" 等{self.count}处" if where and self.count > LISTED else ""
        said = with_remedy(_with_values(f, self.values) if len(self.values) > 1 else f.message, f.remedy)
        return f"[{LEVELS[f.severity]} {f.code}] {where}{'：' if where else ''}{said}"


def _with_values(f: Finding, values: Sequence[str]) -> str:
    """Returns the message with other values in the place of its own, which stands behind the field's title."""
    own, title = f"“{f.value}”", f"“{f.field}”"
    at = f.message.find(own, len(title) if f.message.startswith(title) else 0)
    if at < 0:
        return f.message
    return f.message[:at] + listed([f"“{v}”" for v in values], VALUES, "种") + f.message[at + len(own) :]


def group(findings: Iterable[Finding]) -> list[Group]:
    """Groups findings that say the same of one field but for the value found; a group keeps every value.

    Errors come first, then the order of first appearance.
    """
    alike: dict[tuple[str, ...], list[Finding]] = {}
    for f in findings:
        said = _with_values(f, ()) + f.remedy
        alike.setdefault((f.code, f.severity, f.place.file, f.place.sheet, f.field, said), []).append(f)
    groups = [
        Group(found[0], tuple(f.place for f in found), tuple(dict.fromkeys(f.value for f in found if f.value)))
        for found in alike.values()
    ]
    return sorted(groups, key=lambda g: not g.first.is_error)


def findings_text(findings: Iterable[Finding], limit: int = 200) -> str:
    """Returns the text for the clerk: a heading per file, a line per group, then the counts.

    At most `limit` groups are listed. Returns "" if there are no findings.
    """
    found = list(findings)
    if not found:
        return ""
    return "\n".join(_lines(found, limit))


def _lines(found: list[Finding], limit: int) -> Iterator[str]:
    groups = group(found)
    file = None
    for g in sorted(groups[:limit], key=lambda g: g.first.place.file):
        if g.first.place.file != file:
            file = g.first.place.file
            yield f"{visible(file)}：" if file else "全部文件："
        yield f"  {g}"
    if len(groups) > limit:
        yield f"  另有{len(groups) - limit}类问题未列出，改正以上问题后再检查。"
    yield f"共{counts(found)}。"


def finding_json(f: Finding) -> dict[str, Any]:
    """Returns a Finding as a dict for JSON output, without its file."""
    place = {"sheet": f.place.sheet, "cell": f.place.cell}
    return {
        "code": f.code,
        "severity": f.severity,
        **place,
        "field": f.field,
        "value": f.value,
        "message": f.message,
        "remedy": f.remedy,
    }


# ------------------------------------------------- what is wrong in a document

AROUND = 24  # characters shown on each side of a place
_PARTS = {"header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}


@dataclass(frozen=True)
class Spot:
    """A place in a document: the paragraph number in its part, from 1; 0 is the whole document."""

    paragraph: int = 0
    text: str = ""  # the surrounding words
    part: str = ""

    def __str__(self) -> str:
        if not self.paragraph:
            return "全文"
        name = self.part.rpartition("/")[2].rstrip("0123456789.xml")
        return f"{_PARTS.get(name, '')}第{self.paragraph}段"


@dataclass(frozen=True)
class Remark:
    """One error or warning in a document."""

    code: str
    severity: str  # error, warning
    spot: Spot
    message: str
    remedy: str

    @property
    def is_error(self) -> bool:
        """Whether it is an error, not a warning."""
        return self.severity == ERROR

    def __str__(self) -> str:
        around = f"“{self.spot.text}”" if self.spot.text else ""
        return f"[{LEVELS[self.severity]} {self.code}] {self.spot}{around}：{with_remedy(self.message, self.remedy)}"


def remark(code: str, spot: Spot, **parts: Any) -> Remark:
    """Returns a Remark with the message of `code` in CODES; `parts` fill its {}."""
    severity, message, remedy = CODES[code]
    return Remark(code, severity, spot, message.format_map(parts), remedy.format_map(parts))


def around(text: str, start: int, end: int) -> str:
    """Returns the words around text[start:end] in its line, with … where they are cut."""
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    low, high = text.rfind("\n", max(0, first - 1), start), text.find("\n", end, last + 1)
    more = (first > 0 and low < 0, last < len(text) and high < 0)  # whether the line goes on there
    shown = " ".join(text[low + 1 if low >= 0 else first : high if high >= 0 else last].split())
    return f"{'…' if more[0] else ''}{shown}{'…' if more[1] else ''}"


def remarks_json(path: Path, remarks: Sequence[Remark]) -> dict[str, Any]:
    """Returns the remarks on one document as a dict for JSON output."""
    return {
        "path": str(path),
        "findings": [
            {
                "code": r.code,
                "severity": r.severity,
                "paragraph": r.spot.paragraph,
                "text": r.spot.text,
                "message": r.message,
                "remedy": r.remedy,
            }
            for r in remarks
        ],
    }


def remarks_text(remarks: Sequence[Remark]) -> str:
    """Returns one line per remark, errors first, then the counts."""
    ordered = sorted(remarks, key=lambda r: not r.is_error)
    return "\n".join([*map(str, ordered), f"共{counts(remarks)}。"])
