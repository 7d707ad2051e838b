"""Several commands on one cache: none deletes what another uses; the clerk can look at it and clear it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.units import many

from toolkit.cli.main import main
from toolkit.model import Catalog
from toolkit.submissions.database import files_of, place
from toolkit.submissions.store import Store


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def command(*args: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(map(str, args)))
    return done.exit_code, done.output


def test_a_cold_cache_shared_by_processes_loses_nothing(catalog: Catalog, home: Path) -> None:
    folder = home / "报送件"
    many(catalog, folder, 4)
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "toolkit", "aggregate", folder, "-o", home / f"{n}.xlsx"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(os.environ),
        )
        for n in range(4)
    ]  # fmt: skip
    said = [run.communicate()[0] for run in runs]
    assert all("计入14行" in text and "缓存" not in text and "Traceback" not in text for text in said), said
    assert len({(home / f"{n}.xlsx").read_bytes() for n in range(4)}) == 1


def test_a_damaged_cache_in_use_is_left_to_its_user(catalog: Catalog) -> None:
    said: list[str] = []
    first = Store.of_user(catalog, said.append)
    second = Store.of_user(catalog, said.append)
    second.rebuild()
    assert said == ["缓存已损坏，但另一个命令正在使用，本次不用缓存。"] and second.path is None
    first.write_note("甲", 1)
    second.close()
    first.close()
    third = Store.of_user(catalog, said.append)
    assert third.note("甲") == 1
    third.rebuild()
    assert said[1:] == ["缓存已损坏，已删除，全部重新读取。"] and third.note("甲") is None
    third.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the folder of a user to that user")
def test_the_cache_is_shown_and_cleared_unless_in_use(catalog: Catalog) -> None:
    assert command("cache", "--clear")[0] == 0
    store = Store.of_user(catalog, print)
    assert stat.S_IMODE(place().stat().st_mode) == 0o600 and stat.S_IMODE(place().parent.stat().st_mode) == 0o700
    code, said = command("cache")
    assert (code, str(place()) in said, "60天" in said) == (0, True, True)
    assert command("cache", "--clear") == (2, "无法执行：缓存正被另一个命令使用：请等它结束后再清除。\n")
    store.close()
    assert command("cache", "--clear")[0] == 0 and not files_of(place())
