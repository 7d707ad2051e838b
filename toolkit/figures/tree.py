"""The tree of units: which are expected, which have reported, and which unit is below which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..findings import finding
from ..model import Finding, Place
from ..names import file_name
from .digest import Digest, UnitDigest, name_key


@dataclass(frozen=True)
class Unit:
    """One unit of the roster or, without a roster, of the submissions."""

    code: str
    name: str
    short: str = ""
    parent: str = ""
    sys_type: str = ""
    expected: bool = True


def file_of(unit: Unit, period: int | str, suffix: str = ".xlsx", title: str = "") -> str:
    """Returns the name of a unit's file: <code>_<short name>_<period>, and the title of a document."""
    return file_name(f"{unit.code}_{unit.short}", suffix, f"_{period}{'_' if title else ''}{title}")


@dataclass(frozen=True)
class Coverage:
    """What one unit submitted."""

    unit: Unit
    status: str  # 已报, 迟报, 缺报, 重复待定, 编码冲突, 不要求
    digest: UnitDigest | None = None
    note: str = ""
    undecided: tuple[UnitDigest, ...] = ()  # submissions of which none counts
    elsewhere: tuple[str, ...] = ()  # files of a unit that sent only those of another period


class Tree:
    """Units by code, with the children of each; a unit with an unknown parent is a root."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.units = {u.code: u for u in units}
        self.children: dict[str, list[str]] = {}
        for u in self.units.values():
            self.children.setdefault(u.parent if u.parent in self.units else "", []).append(u.code)

    @property
    def roots(self) -> Sequence[str]:
        """Codes of the units without a known parent."""
        return self.children.get("", [])

    def walk(self, code: str = "", level: int = 0) -> Iterator[tuple[Unit, int]]:
        """Yields every unit below `code` (by default all) with its depth, parents first."""
        stack = [(c, level) for c in reversed(self.children.get(code, []))]
        seen: set[str] = set()
        while stack:
            at, depth = stack.pop()
            if at in seen:
                continue
            seen.add(at)
            yield self.units[at], depth
            stack += [(c, depth + 1) for c in reversed(self.children.get(at, []))]

    def expected_below(self, code: str) -> int:
        """Returns how many units below a unit have to report; "" is above all roots."""
        return sum(u.expected for u, _ in self.walk(code))

    def below(self, code: str) -> list[str]:
        """Returns the code of the unit itself and of all units below it."""
        return [code, *(u.code for u, _ in self.walk(code))]


def tree_of(digest: Digest, roster: Sequence[Unit] = ()) -> Tree:
    """Returns the roster's tree; reporting units not on the roster are added below the parent they name."""
    units = list(roster)
    known = {u.code for u in units}
    for code, found in sorted(digest.units.items()):
        if code not in known:
            told = found[0].unit
            names = {u.name: str(u.unit["unit_name"]) for u in reversed(found) if u.name}
            units.append(
                Unit(
                    code,
                    "、".join(names[key] for key in sorted(names)) or code,
                    str(told["unit_short"] or ""),
                    str(told["parent_id"] or ""),
                    str(told["sys_type"] or ""),
                )
            )
    return Tree(units)


@dataclass(frozen=True)
class Deadline:
    """The last day, judged by the day on which a submission was received here."""

    day: date
    received: Mapping[tuple[str, str], date]  # (unit code, SHA-256) -> day of receipt
    today: date  # of what has just been received

    def missed(self, d: UnitDigest) -> bool:
        """Whether a submission was received after the last day."""
        return self.received.get((d.code, d.sha256), self.today) > self.day

    def __str__(self) -> str:
        return str(self.day)


Due = date | Deadline | None


def coverage(tree: Tree, digest: Digest, due: Due = None) -> list[Coverage]:
    """Returns one entry per unit in tree order; late by the day of receipt or, where only a date is given, by its own."""
    chosen, undecided, replaced = digest.chosen(), digest.undecided(), sorted(digest.replaced)
    return [
        _covered(unit, digest, chosen.get(unit.code), undecided.get(unit.code, ()), replaced, due)
        for unit, _ in tree.walk()
    ]


def _covered(
    unit: Unit,
    digest: Digest,
    found: UnitDigest | None,
    undecided: tuple[UnitDigest, ...],
    replaced: Sequence[tuple[str, str]],
    due: Due,
) -> Coverage:
    if undecided:
        files = "、".join(f"{u.unit.get('unit_name') or '名称未填'}（{u.path}）" for u in undecided)
        if unit.code in digest.misnamed:
            return Coverage(unit, "编码冲突", None, f"单位名称与名单不符，未计入：{files}", undecided)
        if digest.shared(unit.code):
            return Coverage(unit, "编码冲突", None, f"几家单位用了同一个编码，都未计入：{files}", undecided)
        paths = "、".join(u.path for u in undecided)
        return Coverage(unit, "重复待定", None, f"无法判定以哪份为准：{paths}", undecided)
    if found is None:
        return Coverage(unit, "缺报" if unit.expected else "不要求")
    revision = found.unit.get("revision") or 0
    notes = [f"更正第{revision}次"] if revision else []
    older = [path for code, path in replaced if code == unit.code]
    if older:
        notes.append(f"另有{len(older)}份未采用：{'、'.join(older)}")
    filled = found.unit.get("fill_date")
    late = due.missed(found) if isinstance(due, Deadline) else bool(due and filled and filled > due)
    return Coverage(unit, "迟报" if late else "已报", found, "；".join(notes))


def counts(covered: Iterable[Coverage]) -> Mapping[str, int]:
    """Returns 应报、实报、缺报、迟报 as numbers; late units have reported."""
    entries = [c for c in covered if c.unit.expected]
    received = [c for c in entries if c.digest]
    return {
        "应报": len(entries),
        "实报": len(received),
        "缺报": len(entries) - len(received),
        "迟报": sum(c.status == "迟报" for c in entries),
    }


def same_code(code: str, filed: Sequence[tuple[str, str]], listed: str = "") -> Iterator[Finding]:
    """Yields an error for each submission (path, name of its unit) under a code that belongs to another unit.

    `listed` is the name that the roster gives to the code; "" without one. Yields nothing if all names are the same;
    a blank one is no other name.
    """
    names = {name_key(name) for _, name in filed} | {name_key(listed)}
    for path, name in filed if len(names - {""}) > 1 else ():
        if listed and name_key(name) != name_key(listed):
            yield finding("U08", Place(path, code), value=name, unit=code, listed=listed)
        else:
            others = "、".join(dict.fromkeys(other for _, other in filed if name_key(other) != name_key(name)))
            yield finding("U07", Place(path, code), value=name or "名称未填", unit=code, others=others)
