"""The figures of an edited document printed again from the ledgers; every other word stays as edited."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import CannotRun
from ..model import Catalog
from ..remarks import Spot
from ..submissions.source import Source
from ..word.edited.names import check_of
from ..word.edited.rewrite import rewrite
from ..word.ooxml import dump
from .tracked import EDITED, FIXABLE, FOREIGN, LOST, MISSING, SAME, UNKNOWN, UNTRUE, ZERO, Live, LiveDocument, open_live


@dataclass(frozen=True)
class Change:
    """One figure that was printed again, or one that only a person can mend: then `new` is ""."""

    spot: Spot
    title: str
    old: str
    new: str
    state: str


@dataclass(frozen=True)
class Refreshed:
    changed: tuple[Change, ...]
    left: tuple[Change, ...]
    same: int


def refresh(catalog: Catalog, path: Path, source: str | Path | Source, out: Path) -> Refreshed:
    """Writes `path` to `out` with its figures as the ledgers have them now.

    A figure that is zero or missing now, or that cannot be found any more, is left and listed.
    Parts without a change keep their bytes. Raises CannotRun for a document of another unit or year.
    """
    live = open_live(catalog, path, source)
    if live.figures and all(f.state in (FOREIGN, UNKNOWN) for f in live.figures):
        raise CannotRun("文中的数都不属于这个单位和年度，没有更新。请换用与公文相符的工作簿。")
    parts = {part: dump(live.opened.roots[part]) for part in live.parts if _print_again(live, part)}
    rewrite(path, parts, out)
    return Refreshed(
        tuple(_change(f) for f in live.figures if f.state in FIXABLE),
        tuple(_change(f) for f in live.figures if f.state not in (*FIXABLE, SAME)),
        sum(f.state == SAME for f in live.figures),
    )


def _print_again(live: LiveDocument, part: str) -> bool:
    """Prints the figures of one part that have changed, from the end upwards; whether there were any."""
    edited = live.parts[part]
    wrong = [f for f in live.figures if f.part == part and f.state in FIXABLE]
    for f in sorted(wrong, key=lambda f: f.at, reverse=True):
        edited.replace(*f.at, f.new)
        name = f.name._replace(check=check_of(f.new))
        if f.name.copied:  # a name of its own, as LibreOffice's is too long for Word
            name = name._replace(n=1 + max(x.name.n for x in live.figures if x.name.id == f.name.id), copied=False)
        edited.rename(f.bookmark, str(name))
    return bool(wrong)


def _change(f: Live) -> Change:
    return Change(f.spot, f.title, f.old, f.new if f.state in FIXABLE else "", f.state)


def refresh_json(path: Path, done: Refreshed) -> dict[str, Any]:
    def listed(changes: tuple[Change, ...]) -> list[dict[str, Any]]:
        return [
            {"paragraph": c.spot.paragraph, "text": c.spot.text, "title": c.title, "old": c.old, "new": c.new,
             "state": c.state}
            for c in changes
        ]  # fmt: skip

    return {"path": str(path), "changed": listed(done.changed), "left": listed(done.left), "same": done.same}


def refresh_text(done: Refreshed, output: Path) -> str:
    lines = [
        f"{c.spot}“{c.title}”：{c.old} → {c.new}" + ("（原为手改）" if c.state == EDITED else "") for c in done.changed
    ]
    lines += [f"[未改] {c.spot}“{c.title}”：仍为“{c.old}”，{_WHY[c.state]}" for c in done.left]
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
}
