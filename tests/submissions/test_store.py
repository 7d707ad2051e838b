"""A second run reads only what changed, and never says anything else than a first one would."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support.units import many, one

from toolkit.cli.main import main
from toolkit.errors import CannotRun, Damaged
from toolkit.model import UPWARD, Catalog, may_go
from toolkit.standard.catalog import load_catalog
from toolkit.submissions import database, files, intake
from toolkit.submissions.aggregate import aggregate
from toolkit.submissions.files import How
from toolkit.submissions.pack import pack, squeeze
from toolkit.submissions.rerun import Aggregation, Outcome
from toolkit.submissions.store import Store
from toolkit.submissions.unpack import spread

LONG_AGO = 1_700_000_000


@pytest.fixture(scope="module")
def built(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("units") / "收件"
    for path in many(catalog, folder, 20):
        os.utime(path, (LONG_AGO, LONG_AGO))
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """Twenty submissions that have lain there for a while."""
    return Path(shutil.copytree(built, tmp_path / "收件"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "dangjian"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read, not only looked up."""
    found: list[str] = []
    true = files.read_book
    monkeypatch.setattr(files, "read_book", lambda path: (found.append(Path(path).name), true(path))[1])
    return found


def run(catalog: Catalog, *paths: Path, said: list[str] | None = None, **how: Any) -> Outcome:
    with Store.of_user(catalog, (said if said is not None else []).append) as store:
        return Aggregation(catalog, paths, store, how=How(jobs=1, **how)).outcome


def test_changed_code_reads_everything_again(
    catalog: Catalog, folder: Path, home: Path, reads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any module of the package may change what is found, in whatever room it is."""
    package = tmp_path / "toolkit"
    shutil.copytree(database.PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(database, "PACKAGE", package)
    for n, module in enumerate(
        ["model.py", "rows/casting/cast.py", "excel/reading/read.py", "figures/operations.py"], 1
    ):
        database.code.cache_clear()
        run(catalog, folder)
        assert len(reads) == 20 * n
        run(catalog, folder)
        assert len(reads) == 20 * n
        with (package / module).open("a", encoding="utf-8") as f:
            f.write("# changed\n")
    database.code.cache_clear()


def test_two_commands_share_a_cold_cache(folder: Path, home: Path) -> None:
    """Both begin before there is a cache; both end well, say the same, and leave one that serves a third."""
    command = [sys.executable, "-m", "toolkit", "check", str(folder), "--json"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    said = [run.communicate(timeout=300) for run in both]
    assert [run.returncode for run in both] == [0, 0], said
    assert said[0][0] == said[1][0]
    assert all(err == b"" for _, err in said)
    third = subprocess.run(command, capture_output=True, check=True)
    assert third.stdout == said[0][0]


def days(outcome: Outcome) -> Any:
    return outcome.figures["主题党日_支部"].value


def test_nothing_is_read_twice(catalog: Catalog, folder: Path, home: Path, reads: list[str]) -> None:
    first = run(catalog, folder)
    assert len(reads) == 20
    assert run(catalog, folder) == first
    assert len(reads) == 20


def test_the_store_says_what_reading_says(catalog: Catalog, folder: Path, home: Path) -> None:
    run(catalog, folder)
    os.utime(folder / "000.xlsx")  # not the very same run: the figures are put together again
    fresh = Outcome.of(aggregate(catalog, [folder], jobs=1))
    assert run(catalog, folder) == fresh


def test_only_a_changed_file_is_read_again(catalog: Catalog, folder: Path, home: Path, reads: list[str]) -> None:
    before = days(run(catalog, folder))
    one(catalog, folder / "003.xlsx", 3, 9)
    reads.clear()
    assert days(run(catalog, folder)) == before + 5
    assert reads == ["003.xlsx"]


def test_a_removed_submission_takes_its_numbers_with_it(catalog: Catalog, folder: Path, home: Path) -> None:
    first = run(catalog, folder)
    (folder / "004.xlsx").unlink()
    second = run(catalog, folder)
    assert (days(first) - days(second), second.counts["实报"]) == (5, 19)


def test_the_same_content_under_another_name_is_not_read_again(
    catalog: Catalog, folder: Path, home: Path, reads: list[str]
) -> None:
    first = run(catalog, folder)
    (folder / "005.xlsx").rename(folder / "改名.xlsx")
    reads.clear()
    assert replace(run(catalog, folder), findings=()) == replace(first, findings=())
    assert reads == []


def test_a_change_that_size_and_time_hide_is_found_when_asked(
    catalog: Catalog, folder: Path, home: Path, reads: list[str]
) -> None:
    before = days(run(catalog, folder))
    path = one(catalog, folder / "003.xlsx", 3, 3)
    os.utime(path, (LONG_AGO, LONG_AGO))
    stamp = f"{path.stat().st_size} {LONG_AGO}000000000"
    with sqlite3.connect(home / "read.sqlite") as db:  # as if the old content had had the same size
        assert db.execute("UPDATE files SET stamp = ? WHERE path = ?", (stamp, str(path))).rowcount == 1
    db.close()
    reads.clear()
    assert days(run(catalog, folder)) == before
    assert reads == []
    assert days(run(catalog, folder, verify=True)) == before - 1
    assert reads == ["003.xlsx"]


def test_a_file_written_this_very_moment_is_looked_into_next_time(
    catalog: Catalog, folder: Path, home: Path, reads: list[str]
) -> None:
    path = folder / "003.xlsx"
    one(catalog, path, 3, 4)
    now = time.time()
    os.utime(path, (now, now))
    before = days(run(catalog, folder))
    data = one(catalog, folder.parent / "neu.xlsx", 3, 5).read_bytes()
    path.write_bytes(data)
    os.utime(path, (now, now))  # same time; the size may be the same as well
    assert days(run(catalog, folder)) == before + 1


def test_another_standard_reads_anew(catalog: Catalog, folder: Path, home: Path, reads: list[str]) -> None:
    run(catalog, folder)
    reads.clear()
    run(replace(catalog, fingerprint="another"), folder)
    assert len(reads) == 20


def test_what_could_not_be_read_is_tried_again(catalog: Catalog, folder: Path, home: Path) -> None:
    good = (folder / "002.xlsx").read_bytes()
    (folder / "002.xlsx").write_bytes(b"PK\3\4 not a workbook")
    os.utime(folder / "002.xlsx", (LONG_AGO, LONG_AGO))
    assert [f.code for f in run(catalog, folder).findings] == ["F01"]
    (folder / "002.xlsx").write_bytes(good)
    assert run(catalog, folder).findings == ()


@pytest.mark.parametrize("harm", ["zeros", "cut", "text", "blob"])
def test_a_damaged_store_is_made_anew_with_a_notice(harm: str, catalog: Catalog, folder: Path, home: Path) -> None:
    first = run(catalog, folder)
    path = home / "read.sqlite"
    if harm == "blob":
        with sqlite3.connect(path) as db:
            db.execute("UPDATE submissions SET digest = x'789c00' WHERE content = 3")
            db.execute("DELETE FROM notes")
        db.close()
    else:
        data = bytearray(path.read_bytes())
        middle = len(data) // 2
        data[middle : middle + 20_000] = bytes(20_000)
        path.write_bytes({"zeros": bytes(data), "cut": bytes(data[: middle // 4096 * 4096]), "text": b"x" * 9000}[harm])
    (folder / "019.xlsx").unlink()
    said: list[str] = []
    second = run(catalog, folder, said=said)
    assert second.rows["read"] == first.rows["read"] - 6
    if harm != "zeros":  # those may have hit what this run had no need of
        assert "缓存已损坏" in said[0]


def test_a_store_never_runs_code(home: Path, catalog: Catalog) -> None:
    with pytest.raises(Damaged), Store.of_user(catalog, print) as store:
        store.write_note("x", 1)
        store._db.execute("UPDATE notes SET note = ?", (b"\x80\x04cos\nsystem\n",))
        store.note("x")
    with pytest.raises(ValueError, match="too large"):
        spread(squeeze("a" * 400_000_000))


def test_a_store_that_cannot_be_kept_is_no_obstacle(
    catalog: Catalog, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    said: list[str] = []
    assert run(catalog, folder, said=said).counts["实报"] == 20
    assert "缓存不能使用" in said[0]


def test_rows_come_out_of_the_store_as_they_went_in(catalog: Catalog, folder: Path) -> None:
    (read,) = intake.read_workbook(catalog, folder / "004.xlsx")
    (kept,) = list(aggregate(catalog, [folder / "004.xlsx"]).submissions)
    for name, rows in read.submission.rows.items():
        ledger = catalog.ledgers[name]
        shown = {f.name for f in ledger.fields if may_go(f, UPWARD)}
        assert len(rows) == len(kept.rows[name])
        for was, now in zip(rows, kept.rows[name], strict=True):
            assert {k: v for k, v in was.values.items() if v is not None and k in shown} == {
                k: v for k, v in now.values.items() if v is not None
            }
            assert (was.number, was.sheet) == (now.number, now.sheet)
    assert "丙某某" not in str([vars(kept), [r.values for rows in kept.rows.values() for r in rows]])


def test_names_of_people_are_not_packed(catalog: Catalog, folder: Path) -> None:
    (read,) = intake.read_workbook(catalog, folder / "004.xlsx")
    packed = pack(catalog, read.submission, read.digest, "x")
    text = str([spread(packed.about), *(spread(sheet) for sheet in packed.sheets.values())])
    assert "主题1" in text
    assert not [name for name in ("甲某某", "乙某某", "丙某某", "丁某某") if name in text]


def command(*args: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(a) for a in args])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_the_workbook_is_left_alone_when_nothing_changed(folder: Path, home: Path, tmp_path: Path) -> None:
    out = folder / "汇总.xlsx"  # among the submissions, and none of them
    assert "未重写" not in command("aggregate", folder, "-o", out, "--jobs", "1")[1]
    before = out.stat().st_mtime_ns
    code, said = command("aggregate", folder, "-o", out, "--jobs", "1")
    assert (code, "未重写" in said, out.stat().st_mtime_ns) == (0, True, before)
    out.write_bytes(out.read_bytes() + b" ")
    assert command("aggregate", folder, "-o", out, "--jobs", "1")[0] == 2
    assert "未重写" not in command("aggregate", folder, "-o", out, "--jobs", "1", "--force")[1]
    assert "未重写" not in command("aggregate", folder, "-o", out, "--jobs", "1", "--no-cache")[1]
    assert command("aggregate", folder, "-o", out, "--jobs", "1", "--verify-cache")[0] == 0


def test_check_says_the_same_from_the_store(folder: Path, home: Path, reads: list[str]) -> None:
    first = command("check", folder, "--json", "--jobs", "1")
    reads.clear()
    assert command("check", folder, "--json", "--jobs", "1") == first
    assert reads == []


def test_an_address_nobody_knows_is_a_message(home: Path, tmp_path: Path) -> None:
    code, said = command("aggregate", "nowhere://x/y", "-o", tmp_path / "a.xlsx")
    assert (code, "不能读取 nowhere://x/y" in said) == (2, True)


def test_workbooks_behind_an_address_are_read(catalog: Catalog, folder: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    for path in sorted(folder.glob("*.xlsx"))[:3]:
        memory.pipe(f"/收件/{path.name}", path.read_bytes())
    c = aggregate(catalog, ["memory://收件"])
    assert days(Outcome.of(c)) == 1 + 2 + 3
    assert {d.path for d in c.digest.chosen().values()} == {f"memory:///收件/00{n}.xlsx" for n in range(3)}


def test_no_workbooks_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="没有找到工作簿"):
        aggregate(load_catalog(), [tmp_path])
