"""Workbooks for the measurements: units of a fictional city, the same on every machine.

Some are built; the others are filled into their stencils, so that thousands take seconds.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from toolkit.excel.samples import Rows, sample
from toolkit.excel.unit.build import unit_workbook
from toolkit.excel.unit.stencil import Stencil, mark
from toolkit.standard.catalog import load_catalog
from toolkit.standard.sheets import NIL, SOME

KINDS = 4  # different workbooks among the many
OWN = ("unit_name", "unit_short", "unit_id")  # longer texts first, because they contain the others
DOCUMENT = "situation"  # what every unit writes
PLAN = "plan"
WITH_PLAN = next((Path(__file__).resolve().parents[2] / "workbooks" / "samples").glob("ZX001_*.xlsx"))
PASSAGES = ("问题", "打算")
LARGE = 600  # rows of the one large workbook


def _sampled() -> list[tuple[dict[str, Any], Rows]]:
    """Returns the first units of the sample city, with the passages that their document requires."""
    catalog = load_catalog()
    title = catalog.documents[DOCUMENT].title
    found = []
    for unit, rows, _ in list(sample(catalog, "city"))[:KINDS]:
        rows["narrative"] += [
            {"document": title, "passage": p, "seq": 1, "text": "个别支部活动形式不够丰富，下一步列出清单逐项改进。"}
            for p in PASSAGES
        ]
        found.append((unit, rows))
    return found


def _declared(rows: Rows) -> dict[str, str]:
    return {name: SOME if rows.get(name) else NIL for name, x in load_catalog().ledgers.items() if x.declared}


def _marked(value: Any, unit: dict[str, Any]) -> Any:
    if isinstance(value, str):
        for n, name in enumerate(OWN):
            value = value.replace(unit[name], mark(n))
    return value


def _stencils() -> Iterator[Stencil]:
    for unit, rows in _sampled():
        marked = {
            name: [{k: _marked(v, unit) for k, v in row.items()} for row in found] for name, found in rows.items()
        }
        own = {k: _marked(v, unit) for k, v in unit.items()}
        yield Stencil(unit_workbook(load_catalog(), own, marked, _declared(rows)), len(OWN))


def units(folder: Path, counts: Sequence[int]) -> dict[int, Path]:
    """Writes a folder of that many unit workbooks for each of `counts`; returns the folders by count."""
    stencils = list(_stencils())
    made = {n: folder / str(n) for n in counts}
    for n, path in made.items():
        path.mkdir(parents=True)
        for i in range(n):
            _write(path, stencils[i % KINDS], i)
    return made


def _write(folder: Path, stencil: Stencil, i: int) -> None:
    short, code = f"第{i + 1}测试局", f"T{i + 1:05}"
    (folder / f"{code}_{short}_2026.xlsx").write_bytes(stencil.fill([f"云州市{short}", short, code]))


def copies(folder: Path, n: int) -> Path:
    """Writes a folder of `n` copies of the sample that has a plan."""
    folder.mkdir()
    for i in range(n):
        shutil.copy(WITH_PLAN, folder / f"{i:03}.xlsx")
    return folder


def changed(folder: Path, every: int, kind: int) -> None:
    """Rewrites each `every`-th workbook of a folder of `units`, moved on by `kind`; 0 restores the original."""
    stencils = list(_stencils())
    for i in range(0, len(list(folder.iterdir())), every):
        _write(folder, stencils[(i + kind) % KINDS], i)


def large(path: Path) -> Path:
    """Writes one workbook with LARGE rows, combined from those of the city's first units."""
    (unit, rows), *others = _sampled()
    left = LARGE - sum(map(len, rows.values()))
    for _, more in others:
        for name in ("org", "membership", "orglife", "study"):  # rows that are valid beside another unit's
            found = more[name][: max(0, left)]
            rows[name] += found
            left -= len(found)
    for name, found in rows.items():
        code = load_catalog().ledgers[name].code
        for n, row in enumerate(found, 1):
            if "rec_id" in row:
                row["rec_id"] = f"{code}{unit['year']}-{n:04}"
    path.write_bytes(unit_workbook(load_catalog(), unit, rows, _declared(rows)))
    return path
