"""The benchmark's data are sound workbooks, and a row of its table comes out as declared."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support.paths import SCRIPTS

from toolkit.model import Catalog
from toolkit.submissions.reading import read_submission


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])


def test_many_workbooks_of_units_that_differ(catalog: Catalog, tmp_path: Path) -> None:
    from benchmarks import data

    folder = data.units(tmp_path, [6])[6]
    read = [read_submission(catalog, path) for path in sorted(folder.iterdir())]
    assert len({s.unit["unit_id"] for s in read}) == len({s.unit["unit_name"] for s in read}) == 6
    assert not any(s.findings for s in read)
    assert all(sum(map(len, s.rows.values())) > 200 for s in read)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    data.changed(folder, 3, 1)
    assert sum(path.read_bytes() != old for path, old in before.items()) == 2
    data.changed(folder, 3, 0)
    assert all(path.read_bytes() == old for path, old in before.items())


def test_one_row_of_the_table(tmp_path: Path, catalog: Catalog) -> None:
    from benchmarks.rows import Setting, digest, facts

    s = Setting(tmp_path, rounds=1)
    found = facts(digest(s))["digest_over_scan"]
    assert found["ratio"] == pytest.approx(
        found["runs"]["ours"]["seconds"] / found["runs"]["scan"]["seconds"], rel=0.02
    )
    assert found["target"] == 3 and found["met"] == (found["ratio"] <= 3)
    large = read_submission(catalog, s.large())
    assert sum(map(len, large.rows.values())) == 600 and not large.findings


def test_a_row_measured_again_takes_its_place_in_the_page() -> None:
    from bench import _measured_again

    page = "# Benchmarks\n\n| what | measured |\n|---|---|\n| first | 1 |\n| second | 2 |\n\n| | of | another |\n|---|---|---|\n"
    assert _measured_again(page, "| what | measured |\n|---|---|\n| second | 9 |") == page.replace("d | 2", "d | 9")
