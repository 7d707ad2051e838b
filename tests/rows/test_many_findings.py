"""More findings than anybody reads: the first are listed, the rest counted, and no row counts unseen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support.small_city import org, party_day, unit, write

from toolkit.cli.main import main
from toolkit.model import Catalog
from toolkit.rows import once
from toolkit.submissions.intake import read_workbook


def book(catalog: Catalog, folder: Path, **wrong: Any) -> Path:
    path = folder / "甲局.xlsx"
    rows = [party_day(1 + n % 12, topic=f"主题{n}", **wrong) for n in range(8)]
    write(catalog, path, unit("AA001", "示例市甲局"), {"org": [org()], "orglife": rows})
    return path


def test_beyond_the_limit_errors_are_counted_and_nothing_counts(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "MOST", 5)
    path = book(catalog, tmp_path, kind="没有这种")
    (read,) = read_workbook(catalog, path)
    errors = [f for f in read.submission.findings if f.is_error]
    assert len(errors) == 6 and errors[-1].code == "F20"
    assert errors[-1].message == "错误超过5处，另有3处没有列出，整份不计入"
    assert read.digest is None
    assert CliRunner().invoke(main, ["check", str(path)]).exit_code == 1
    assert CliRunner().invoke(main, ["aggregate", str(path), "-o", str(tmp_path / "总.xlsx")]).exit_code == 2


def test_beyond_the_limit_reminders_are_counted_and_rows_count(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "MOST", 5)
    (read,) = read_workbook(catalog, book(catalog, tmp_path, due_n="5人"))
    found = read.submission.findings
    assert not any(f.is_error for f in found)
    assert len(found) == 6 and found[-1].code == "F21"
    assert read.digest is not None and len(read.counted["orglife"]) == 8


def test_within_the_limit_nothing_is_added(catalog: Catalog, tmp_path: Path) -> None:
    (read,) = read_workbook(catalog, book(catalog, tmp_path, kind="没有这种"))
    assert not {"F20", "F21"} & {f.code for f in read.submission.findings}
