"""Damaged workbooks, seeded: none ends the run, takes too long, or gives a wrong figure in silence.

CI tries 2,000, other runs fewer; .ci/long tries 10,000.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from support.paths import SCRIPTS

MUTANTS, PARTS = 2000 if os.environ.get("CI") else 200, 4

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="limits time by a signal of POSIX")


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])


@pytest.mark.parametrize("part", range(PARTS))
def test_no_mutant_gives_a_wrong_figure_in_silence(part: int) -> None:
    from mutants import run

    found = run(MUTANTS // PARTS, 100_000 + part * MUTANTS // PARTS, jobs=1)
    assert [(o.base, o.state, o.told) for o in found if o.failed] == []
    assert {"found", "same"} <= {o.state for o in found}
    assert {o.base for o in found} == {"unit.xlsx", "consolidated.xlsx", "unit.ods"}


def test_a_wrong_figure_in_silence_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of the test: a reader that takes a cell for another is found out."""
    import mutants

    true = mutants.read_here

    def misread(path: str) -> object:
        book = true(path)
        cells = book.grids["宣传信息"].cells
        column = next(row.index("数量") for row in cells if "数量" in row)
        for row in cells[4:]:
            if isinstance(row[column], float):
                row[column] += 1
        return book

    made = mutants.bases(tmp_path)
    mutants._base(made["unit.xlsx"])  # as it is, before it is misread
    monkeypatch.setattr(mutants, "mutant", lambda chance, data: (data, "nothing"))
    monkeypatch.setattr(mutants, "read_here", misread)
    numbers = [
        n for n in range(30) if Random(n).choices(list(mutants.SHARES), list(mutants.SHARES.values())) == ["unit.xlsx"]
    ]
    outcome = mutants.tried(made, None, numbers[0])
    assert outcome.failed and outcome.state == "silent", outcome


def test_the_same_seed_makes_the_same_mutant() -> None:
    from mutants import SAMPLES
    from mutations import mutant

    data = SAMPLES[1].read_bytes()
    assert [mutant(Random(n), data) for n in range(20)] == [mutant(Random(n), data) for n in range(20)]
    assert len(Counter(mutant(Random(n), data)[0] for n in range(60))) > 55
