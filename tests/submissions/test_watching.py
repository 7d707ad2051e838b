"""A watched folder: what has arrived whole is checked, registered and listed; what has not is waited for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from support import small_city as city
from support.interrupting import heeds_interrupts

from toolkit.cli.main import main
from toolkit.errors import CannotRun
from toolkit.machine.guard import guarding
from toolkit.model import Catalog
from toolkit.submissions.exchange.register import Register
from toolkit.submissions.exchange.watching import LIST, PATIENT, SLIPS, Watch
from toolkit.submissions.store import Store


class Eye(Watch):
    """A watch that keeps what it says."""

    def __init__(self, catalog: Catalog, folder: Path, out: Path) -> None:
        self.said: list[str] = []
        super().__init__(catalog, folder, out, lambda: Store(catalog, None), self.said.append)

    def looks(self, times: int = 2) -> str:
        """Looks so many times; what it said meanwhile."""
        self.said.clear()
        for _ in range(times):
            self.look()
        return "\n".join(self.said)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "报送件"
    folder.mkdir()
    return folder


@pytest.fixture
def eye(catalog: Catalog, inbox: Path, tmp_path: Path) -> Eye:
    return Eye(catalog, inbox, tmp_path / "结果")


def send(catalog: Catalog, folder: Path, code: str = "AA001", present: int = 5) -> Path:
    rows = {"org": [city.org()], "orglife": [city.party_day(1, present_n=present)]}
    return city.write(catalog, folder / f"{code}.xlsx", city.unit(code, f"示例市{code}局"), rows)


def problems(eye: Eye) -> list[tuple[object, ...]]:
    """级别, 文件 and 位置 of each line of the list."""
    return problems_of(eye.out)


def problems_of(out: Path) -> list[tuple[object, ...]]:
    return [r[:3] for r in openpyxl.load_workbook(out / LIST)["问题清单"].iter_rows(min_row=4, values_only=True)]


def test_a_new_workbook_is_checked_registered_and_listed_once(catalog: Catalog, inbox: Path, eye: Eye) -> None:
    send(catalog, inbox)
    assert "AA001.xlsx（示例市AA001局）：" in eye.looks()
    assert [a.file for a in Register(eye.out).history("AA001")] == ["AA001.xlsx"]
    assert not any(r[0] == "错误" for r in problems(eye))
    assert eye.looks(3) == ""


def test_a_wrong_one_gets_a_slip_and_the_mended_one_replaces_it(catalog: Catalog, inbox: Path, eye: Eye) -> None:
    send(catalog, inbox, present=9)
    assert "1处错误" in eye.looks() and eye.errors
    assert [r[1] for r in problems(eye) if r[0] == "错误"] == ["AA001.xlsx"]
    assert [p.name for p in (eye.out / SLIPS).iterdir()] == ["退回单_AA001.xlsx"]
    send(catalog, inbox, present=5)
    eye.looks()
    assert not eye.errors and not any(r[0] == "错误" for r in problems(eye))
    assert [a.state for a in Register(eye.out).history("AA001")] == ["退回", "接收"]


def test_only_what_changed_is_said(catalog: Catalog, inbox: Path, eye: Eye) -> None:
    send(catalog, inbox)
    eye.looks()
    send(catalog, inbox, "AA002", 9)
    said = eye.looks()
    assert "AA002.xlsx（" in said and "AA001.xlsx（" not in said and "共2份" in said
    (inbox / "AA001.xlsx").unlink()
    assert "AA001.xlsx：已移走" in eye.looks(1)


def test_a_half_copied_file_waits_until_it_is_whole(catalog: Catalog, inbox: Path, eye: Eye, tmp_path: Path) -> None:
    content = send(catalog, tmp_path).read_bytes()
    arriving = inbox / "AA001.xlsx"
    for part in (len(content) // 3, len(content) // 2):
        arriving.write_bytes(content[:part])
        assert eye.looks(1) == "" and eye.waiting == [str(arriving)]
    arriving.write_bytes(content)
    assert "没有问题" in eye.looks(2) or "提醒" in "".join(eye.said)
    assert not eye.waiting and not any(r[0] == "错误" for r in problems(eye))


def test_a_copy_that_pauses_is_not_yet_called_broken(catalog: Catalog, inbox: Path, eye: Eye, tmp_path: Path) -> None:
    """Windows gives a file its full size first, and its content later."""
    content = send(catalog, tmp_path).read_bytes()
    arriving = inbox / "AA001.xlsx"
    arriving.write_bytes(bytes(len(content)))
    assert eye.looks(PATIENT) == "" and eye.waiting
    arriving.write_bytes(content)
    assert "示例市AA001局" in eye.looks(2)


def test_what_stays_broken_is_said(inbox: Path, eye: Eye) -> None:
    (inbox / "坏.xlsx").write_bytes(b"PK no workbook")
    assert "坏.xlsx（单位不明）：1处错误" in eye.looks(PATIENT + 2)
    assert [r[:2] for r in problems(eye)] == [("错误", "坏.xlsx")]
    assert eye.looks(3) == ""


def test_locks_and_systems_files_are_no_workbooks(inbox: Path, eye: Eye) -> None:
    for name in ("~$AA001.xlsx", ".~lock.AA001.xlsx#", "Thumbs.db", ".DS_Store"):
        (inbox / name).write_bytes(b"x")
    assert eye.looks(5) == "" and not eye.waiting and not eye.out.exists()


def test_no_input_is_touched(catalog: Catalog, inbox: Path, eye: Eye) -> None:
    for code, present in (("AA001", 5), ("AA002", 9)):
        os.chmod(send(catalog, inbox, code, present), 0o444)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in inbox.iterdir()}
    eye.looks(3)
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in inbox.iterdir()} == before


def test_a_list_that_people_edited_is_refused_or_set_aside(catalog: Catalog, inbox: Path, eye: Eye) -> None:
    send(catalog, inbox, present=9)
    eye.looks()
    (eye.out / LIST).write_bytes(b"mine")
    send(catalog, inbox)
    with pytest.raises(CannotRun, match="没有覆盖"):
        eye.looks()
    assert (eye.out / LIST).read_bytes() == b"mine"
    with guarding(force=True):
        eye.looks()
    assert (eye.out / "问题清单（旧稿1）.xlsx").read_bytes() == b"mine"
    assert not any(r[0] == "错误" for r in problems(eye))


def test_results_among_the_inputs_are_refused(catalog: Catalog, inbox: Path) -> None:
    for out in (inbox, inbox / "结果"):
        with pytest.raises(CannotRun, match="结果不能放在"):
            Eye(catalog, inbox, out)


def test_a_share_that_is_away_is_said_once(catalog: Catalog, inbox: Path, eye: Eye) -> None:
    away = inbox.rename(inbox.with_name("离线"))
    assert eye.looks(3).count("等它恢复") == 1
    away.rename(inbox)
    send(catalog, inbox)
    assert "示例市AA001局" in eye.looks()


# ------------------------------------------------------------------ the command


def once(inbox: Path, out: Path) -> Result:
    return CliRunner().invoke(main, ["watch", str(inbox), "-o", str(out), "--once", "--every", "0.1", "--no-cache"])


def test_once_for_scheduled_tasks_remembers_what_it_did(catalog: Catalog, inbox: Path, tmp_path: Path) -> None:
    send(catalog, inbox, present=9)
    first = once(inbox, tmp_path / "结果")
    assert first.exit_code == 1 and "AA001.xlsx" in first.stdout, first.output
    again = once(inbox, tmp_path / "结果")
    assert (again.exit_code, again.stdout) == (1, "没有新到的，也没有改过的。\n")  # the errors are still there
    send(catalog, inbox)
    assert once(inbox, tmp_path / "结果").exit_code == 0


def test_what_it_may_not_write_is_said_and_tried_again(catalog: Catalog, inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "结果"
    out.mkdir()
    (out / LIST).write_bytes(b"mine")
    send(catalog, inbox)
    refused = once(inbox, out)
    assert (refused.exit_code, "--force" in refused.stderr) == (2, True)
    (out / LIST).rename(out / "我的.xlsx")
    assert once(inbox, out).exit_code == 0
    assert "AA001.xlsx" in str(problems_of(out))


def test_once_says_at_last_that_a_file_stays_broken(inbox: Path, tmp_path: Path) -> None:
    (inbox / "坏.xlsx").write_bytes(b"PK no workbook")
    assert "还没有复制完" in once(inbox, tmp_path / "结果").stdout
    said = [once(inbox, tmp_path / "结果").stdout for _ in range(PATIENT)]
    assert sum("坏.xlsx（单位不明）：1处错误" in s for s in said) == 1


def test_interrupting_it_ends_it_cleanly(catalog: Catalog, inbox: Path, tmp_path: Path) -> None:
    send(catalog, inbox)
    command = [sys.executable, "-m", "toolkit", "watch", str(inbox), "-o", str(tmp_path / "结果"), "--every", "0.1"]
    env = os.environ | {"PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, preexec_fn=heeds_interrupts
    )
    assert process.stdout is not None
    assert any("共1份" in line for line in process.stdout)
    send(catalog, inbox, "AA002")
    assert any("共2份" in line for line in process.stdout)
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=60)
    assert (process.returncode, said.strip().endswith("已停止监视。"), errors) == (0, True, "")
