"""Workbooks for the tests that read many: one, copied under the names and codes of others."""

from __future__ import annotations

from pathlib import Path

from toolkit.model import Catalog

from .small_city import org, party_day, unit, write


def many(catalog: Catalog, folder: Path, count: int) -> list[Path]:
    """`count` workbooks of as many units; the n-th has n % 5 + 1 party days."""
    folder.mkdir(parents=True, exist_ok=True)
    return [one(catalog, folder / f"{n:03}.xlsx", n, n % 5 + 1) for n in range(count)]


def one(catalog: Catalog, path: Path, n: int, days: int) -> Path:
    rows = {"org": [org()], "orglife": [party_day(d) for d in range(1, days + 1)]}
    return write(catalog, path, unit(f"AA{n:03}", f"示例市第{n}局"), rows)
