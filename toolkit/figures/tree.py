"""The tree of units: who is expected, who has reported, and who stands below whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .digest import Digest, UnitDigest

FORBIDDEN, LONGEST_NAME = frozenset('\\/:*?"<>|%'), 60  # in the name of a file


@dataclass(frozen=True)
class Unit:
    """One unit of the roster (or, without a roster, of the submissions)."""

    code: str
    name: str
    short: str = ""
    parent: str = ""
    sys_type: str = ""
    expected: bool = True


def file_name(unit: Unit, year: int, suffix: str = ".xlsx") -> str:
    """The file name of a unit's workbook, without anything that Windows, macOS or a shell would stumble over."""
    name = "".join("" if c in FORBIDDEN or not c.isprintable() else c for c in f"{unit.code}_{unit.short}")
    return f"{name.strip(' .')[:LONGEST_NAME]}_{year}{suffix}"


@dataclass(frozen=True)
class Coverage:
    """What one unit sent in."""

    unit: Unit
    status: str  # 已报, 迟报, 缺报, 重复待定, 不要求
    digest: UnitDigest | None = None
    note: str = ""


class Tree:
    """Units by code, in the order of the tree: each parent before those below it."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.units = {u.code: u for u in units}
        self.children: dict[str, list[str]] = {}
        for u in self.units.values():
            self.children.setdefault(u.parent if u.parent in self.units else "", []).append(u.code)

    @property
    def roots(self) -> Sequence[str]:
        return self.children.get("", [])

    def walk(self, code: str = "", level: int = 0) -> Iterator[tuple[Unit, int]]:
        """Every unit below `code` (all of them by default) with its depth, parents first."""
        stack = [(c, level) for c in reversed(self.children.get(code, []))]
        seen: set[str] = set()
        while stack:
            at, depth = stack.pop()
            if at in seen:
                continue
            seen.add(at)
            yield self.units[at], depth
            stack += [(c, depth + 1) for c in reversed(self.children.get(at, []))]

    def below(self, code: str) -> list[str]:
        """The unit itself and all below it."""
        return [code, *(u.code for u, _ in self.walk(code))]


def tree_of(digest: Digest, roster: Sequence[Unit] = ()) -> Tree:
    """The roster's tree; units that reported without standing on it are added where they say they belong."""
    units = list(roster)
    known = {u.code for u in units}
    for code, found in sorted(digest.units.items()):
        if code not in known:
            told = found[0].unit
            units.append(
                Unit(
                    code,
                    str(told["unit_name"] or code),
                    str(told["unit_short"] or ""),
                    str(told["parent_id"] or ""),
                    str(told["sys_type"] or ""),
                )
            )
    return Tree(units)


def coverage(tree: Tree, digest: Digest, due: date | None = None) -> list[Coverage]:
    """One entry per unit, in the order of the tree."""
    chosen = digest.chosen()
    return [_covered(unit, chosen.get(unit.code), digest, due) for unit, _ in tree.walk()]


def _covered(unit: Unit, found: UnitDigest | None, digest: Digest, due: date | None) -> Coverage:
    if found is None:
        if unit.code in digest.units:
            paths = "、".join(u.path for u in digest.units[unit.code])
            return Coverage(unit, "重复待定", None, f"无法判定以哪份为准：{paths}")
        return Coverage(unit, "缺报" if unit.expected else "不要求")
    revision = found.unit.get("revision") or 0
    notes = [f"更正第{revision}次"] if revision else []
    older = [path for code, path in sorted(digest.replaced) if code == unit.code]
    if older:
        notes.append(f"另有{len(older)}份未采用：{'、'.join(older)}")
    filled = found.unit.get("fill_date")
    late = bool(due and filled and filled > due)
    return Coverage(unit, "迟报" if late else "已报", found, "；".join(notes))


def counts(covered: Iterable[Coverage]) -> Mapping[str, int]:
    """应报、实报、缺报、迟报 as numbers; late units have reported."""
    entries = [c for c in covered if c.unit.expected]
    received = [c for c in entries if c.digest]
    return {
        "应报": len(entries),
        "实报": len(received),
        "缺报": len(entries) - len(received),
        "迟报": sum(c.status == "迟报" for c in entries),
    }
