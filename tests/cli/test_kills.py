"""A command killed at any moment leaves the old or the new file, and what people wrote; a second run finishes.

KILLS=200 pytest tests/cli/test_kills.py tries more moments (.ci/long).
"""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.kills import KILLED, run
from support.small_city import org, party_day, unit, write

from toolkit.model import Catalog

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
KILLS = int(os.environ.get("KILLS", "18"))
EDIT = "有人改过的内容".encode()


@dataclass(frozen=True)
class Job:
    """A command, and what it writes: files (a pattern) or a folder that is written as one."""

    line: str
    made: str
    whole: str = ""


JOBS = {
    "aggregate": Job("aggregate 收 -o 出/总.xlsx --export 出/表", "出/总.xlsx", "出/表"),
    "parquet": Job("aggregate 收 -o 出/总.xlsx --parquet 出/列", "出/总.xlsx", "出/列"),
    "fill": Job("fill situation 收 --all-units --draft -o 出", "出/*.docx"),
    "approve": Job("approve 收/乙.xlsx", "收/乙_已核.xlsx"),
    "merge-slip": Job("merge-slip 退回单.xlsx 收/乙.xlsx", "收/乙_已更正.xlsx"),
    "refresh": Job("refresh 文.docx 收/甲.xlsx", "文_已更新.docx"),
}
STATES = ("nothing there", "an own output there", "an edited output there")


@pytest.fixture(scope="module")
def desks(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The inputs, earlier and later."""
    made = []
    for months in (4, 5):
        folder = tmp_path_factory.mktemp("desk")
        (folder / "收").mkdir()
        good = [party_day(n) for n in range(1, months + 1)]
        wrong = [*good, party_day(6, status="草稿"), party_day(7, present_n=9)]
        write(catalog, folder / "收/甲.xlsx", unit("AA001", "示例市甲局"), {"org": [org()], "orglife": good})
        write(catalog, folder / "收/乙.xlsx", unit("AA002", "示例市乙局"), {"org": [org()], "orglife": wrong})
        assert run(["check", "收/乙.xlsx", "--slips", "单"], folder).code == 1
        (slip,) = (folder / "单").iterdir()
        shutil.move(slip, folder / "退回单.xlsx")
        (folder / "单").rmdir()
        made.append(folder)
    assert run(["fill", "situation", "收/甲.xlsx", "--draft", "-o", "文.docx"], made[0]).code == 1
    shutil.copy(made[0] / "文.docx", made[1])
    return made[0], made[1]


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def outputs(folder: Path, job: Job) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.glob(job.made) if "旧稿" not in p.name}


def within(folder: Path, whole: str) -> dict[str, bytes]:
    return content(folder / whole) if whole and (folder / whole).exists() else {}


def at_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each folder has a memory and a cache of its own."""
    for name in ("STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder.with_name(f"{folder.name}-{name}")))


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_command_loses_nothing(
    number: int, desks: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(number)
    job, state = JOBS[list(JOBS)[number % len(JOBS)]], STATES[number // len(JOBS) % len(STATES)]
    line = [*job.line.split(), *(["--force"] if state == STATES[2] else [])]
    desk, reference = tmp_path / "desk", tmp_path / "reference"
    for folder in (desk, reference):  # the reference is the same, without the kill
        at_home(folder, monkeypatch)
        shutil.copytree(desks[0], folder)
        if state != STATES[0]:
            assert run(line, folder).code in (0, 1)
        if state == STATES[2]:
            for path in map(folder.joinpath, outputs(folder, job)):
                path.write_bytes(path.read_bytes() + EDIT)
        shutil.copytree(desks[1], folder, dirs_exist_ok=True)
    inputs, old, old_whole = content(desks[1]), outputs(desk, job), within(desk, job.whole)
    done = run(line, reference)
    assert done.code in (0, 1)
    new, new_whole = outputs(reference, job), within(reference, job.whole)
    at_home(desk, monkeypatch)
    if chance.random() < 0.7:
        assert run(line, desk, change=chance.randint(1, done.changes)).code in KILLED
    else:
        run(line, desk, seconds=chance.uniform(0.05, 0.9) * done.seconds)  # a quick run may be done before

    left = content(desk)
    assert inputs.items() <= left.items()
    for name in old.keys() | new.keys():
        there = left.get(name)
        assert there in (old.get(name), new.get(name)), f"{name} is neither old nor new"
    if state == STATES[2]:
        assert {v for v in old.values() if v.endswith(EDIT)} <= set(left.values())
    if job.whole:
        assert within(desk, job.whole) in ({}, old_whole, new_whole)

    assert run(line, desk).code in (0, 1), "the second run is refused"
    after = content(desk)
    assert outputs(desk, job) == new
    assert within(desk, job.whole) == new_whole
    assert inputs.items() <= after.items()
    assert not [p for p in desk.rglob(".*") if p.name.endswith(".tmp")]
    if state == STATES[2]:
        assert {v for v in old.values() if v.endswith(EDIT)} <= set(after.values())
