"""Ledgers as agencies keep them: what is taken is right, what is not certain is asked, what is private stays out."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from support.old_ledgers import Score, declarations, score

from toolkit.adopting.adopt import balance
from toolkit.model import Catalog

KEPT, TUNED = declarations("kept"), declarations("tuned")
RIGHT = 0.85  # least share of columns that are right at first sight


def scored(catalog: Catalog, which: list[Path], folder: Path) -> list[Score]:
    return [score(catalog, path, folder) for path in which]


@pytest.mark.parametrize("declaration", [*KEPT, *TUNED], ids=lambda p: p.stem)
def test_no_cell_is_taken_as_what_it_is_not(catalog: Catalog, declaration: Path, tmp_path: Path) -> None:
    assert score(catalog, declaration, tmp_path).wrong == []


def test_most_columns_are_right_at_first_sight_on_ledgers_that_nothing_was_tuned_on(
    catalog: Catalog, tmp_path: Path
) -> None:
    made = scored(catalog, KEPT, tmp_path)
    assert sum(s.right for s in made) >= RIGHT * sum(s.columns for s in made) > 0, [s.missed for s in made]


def test_every_column_of_the_other_ledgers_is_right(catalog: Catalog, tmp_path: Path) -> None:
    assert [s.missed for s in scored(catalog, TUNED, tmp_path) if s.missed] == []


@pytest.mark.parametrize("declaration", [*KEPT, *TUNED], ids=lambda p: p.stem)
def test_every_filled_cell_of_the_old_ledger_is_accounted_for(
    catalog: Catalog, declaration: Path, tmp_path: Path
) -> None:
    made = score(catalog, declaration, tmp_path)
    assert made.outcome
    counts = balance(made.outcome.files)
    with zipfile.ZipFile(tmp_path / f"{declaration.stem}.xlsx") as z:
        sheets = [z.read(n).decode() for n in z.namelist() if n.startswith("xl/worksheets/sheet")]
    filled = sum(len(re.findall(r"<c [^>]*>(?=<[vi])", text)) for text in sheets)
    assert counts["全部"] == filled
    assert counts["全部"] == counts["取用"] + counts["推断"] + counts["照录"] + counts["未取用"]


PRIVATE = re.compile(r"\d{17}[\dXx]|1[3-9]\d{9}|幸福里|因病致困|1995\.6|1998\.11|孙大明|林小雨|赵四方|0991-")


@pytest.mark.parametrize("declaration", [*KEPT, *TUNED], ids=lambda p: p.stem)
def test_private_content_is_in_nothing_that_is_written(catalog: Catalog, declaration: Path, tmp_path: Path) -> None:
    score(catalog, declaration, tmp_path)
    for path in tmp_path.glob(f"{declaration.stem}_*.xlsx"):
        with zipfile.ZipFile(path) as z:
            for name in z.namelist():
                assert not PRIVATE.search(z.read(name).decode("utf-8", "replace")), (path.name, name)
