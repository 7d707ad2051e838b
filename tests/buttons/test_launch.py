"""What a click starts: only actions of the list, quick to import, and every failure said once with its remedy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import xlwings as xw
from support.small_city import party_day, unit, write
from support.soffice import headless

from toolkit import launch
from toolkit.buttons.libreoffice import engine
from toolkit.errors import CannotRun
from toolkit.excel.actions import BY_NAME
from toolkit.launch import DONE, TOLD, UNKNOWN, UNTOLD
from toolkit.machine.userdirs import config_dir, log_dir, log_file, python_file
from toolkit.model import Catalog

HEAVY = ("docxtpl", "docx", "dask", "pandas", "numpy", "xlsxwriter", "openpyxl", "matplotlib")


@pytest.fixture(autouse=True)
def _own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def _macro(monkeypatch: pytest.MonkeyPatch, function: Callable[[], None]) -> None:
    stub = ModuleType("toolkit.buttons.macros")
    stub.check_all = function  # type: ignore[attr-defined]
    stub.wipe_disk = function  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "toolkit.buttons.macros", stub)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The message boxes that the calling workbook showed."""
    said: list[tuple[Any, ...]] = []
    app = SimpleNamespace(alert=lambda *a, **k: said.append((*a, k)))
    monkeypatch.setattr(xw.Book, "caller", lambda: SimpleNamespace(app=app))
    return said


def _raise(error: Exception) -> Callable[[], None]:
    def macro() -> None:
        raise error

    return macro


def test_an_action_of_the_list_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    _macro(monkeypatch, lambda: ran.append("check_all"))
    assert launch.run("check_all") == DONE
    assert ran == ["check_all"]


@pytest.mark.parametrize("name", ["wipe_disk", "os.system", "_working", "check_all()", "", "__import__"])
def test_no_other_name_is_run(name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    ran: list[str] = []
    _macro(monkeypatch, lambda: ran.append(name))
    assert launch.run(name) == UNKNOWN
    assert launch.main(["--pipe", "p", "--document", "1", "--", name]) == UNKNOWN
    assert not ran
    assert f"没有名为“{name}”的操作" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (CannotRun("请先保存工作簿，再点这个按钮。"), "请先保存工作簿，再点这个按钮。"),
        (ModuleNotFoundError("No module named 'docxtpl'", name="docxtpl"), "缺少组件 docxtpl。请重新安装本工具"),
        (PermissionError(13, "Permission denied", "/x/总结.docx"), "没有权限读写 /x/总结.docx。请关闭已打开的同名文件"),
        (OSError(28, "No space left on device", "/x/a"), "读写 /x/a 时出错（No space left on device）"),
        (KeyError("报送表"), "程序出错（KeyError：'报送表'）。请先保存工作簿再试一次"),
    ],
)
def test_a_failure_is_told_once_with_its_remedy_and_logged(
    error: Exception, remedy: str, monkeypatch: pytest.MonkeyPatch, told: list[tuple[Any, ...]]
) -> None:
    _macro(monkeypatch, _raise(error))
    assert launch.run("check_all") == TOLD
    ((text, title, kind),) = told
    assert text.startswith("“校验全部”没有完成。") and remedy in text and str(log_file()) in text
    assert (title, kind) == ("党建报表", {"mode": "critical"})
    log = log_file().read_text(encoding="utf-8")
    assert "校验全部" in log and "Traceback" in log and type(error).__name__ in log


def test_a_failure_without_a_workbook_is_said_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _macro(monkeypatch, _raise(CannotRun("请先保存。")))
    monkeypatch.setattr(xw.Book, "caller", _raise(RuntimeError("gone")))
    assert launch.run("check_all") == UNTOLD
    said = capfd.readouterr().err
    assert "“校验全部”没有完成" in said and "请先保存。" in said and str(log_file()) in said
    assert "gone" in log_file().read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_does_not_hide_the_failure(
    monkeypatch: pytest.MonkeyPatch, told: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("a file where the folder should be", encoding="utf-8")
    _macro(monkeypatch, _raise(CannotRun("请先保存。")))
    assert launch.run("check_all") == TOLD
    assert "请先保存。" in told[0][0] and "日志也无法写入" in told[0][0]


def test_barred_packages_are_back_afterwards() -> None:
    script = (
        "from toolkit.launch import without\n"
        "import sys\n"
        "with without('pandas', 'json.tool'):\n"
        "    try:\n        import pandas\n        raise SystemExit('imported')\n"
        "    except ImportError: pass\n"
        "assert 'pandas' not in sys.modules\n"
        "import pandas, json.tool\n"
        "with without('pandas'): import pandas\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_action_has_its_macro() -> None:
    from toolkit.buttons import macros

    assert [n for n in BY_NAME if not callable(getattr(macros, n, None))] == []


def test_a_click_imports_nothing_heavy() -> None:
    script = (
        "import sys; from toolkit import launch; launch._load_xlwings();"
        "import toolkit.buttons.macros, toolkit.buttons.libreoffice.engine, toolkit.buttons.libreoffice.bridge.load;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-B", "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"xlwings", "toolkit"} <= loaded
    assert loaded.isdisjoint(HEAVY)


def test_folders_of_each_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPDATA", "/r")
    monkeypatch.setenv("LOCALAPPDATA", "/l")
    monkeypatch.setenv("HOME", "/h")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME")
    assert (config_dir("win32"), log_dir("win32")) == (Path("/r/dangjian"), Path("/l/dangjian"))
    assert config_dir("darwin") == Path("/h/Library/Application Support/dangjian")
    assert log_dir("darwin") == Path("/h/Library/Logs/dangjian")
    assert python_file() == Path("/h/.config/dangjian/python.txt")
    assert log_file() == Path("/h/.local/state/dangjian/dangjian.log")


# ------------------------------------------------------------ as LibreOffice starts it


def _start(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-B", "-m", "toolkit.launch", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)


def test_arguments_are_checked() -> None:
    assert _start().returncode == UNKNOWN
    assert _start("--pipe", "p", "--document", "1", "wipe_disk").returncode == UNKNOWN


@pytest.mark.office
def test_the_calling_document_is_checked(tmp_path: Path, catalog: Catalog) -> None:
    bad = party_day(2, present_n=9)
    path = write(catalog, tmp_path / "单位.xlsx", unit("SZ001", "市政府办公室"), {"orglife": [party_day(), bad]})
    with headless(tmp_path) as pipe:
        app = engine.attach(f"pipe,name={pipe}", 60)
        try:
            book = xw.apps.active.books.open(path)
            done = _start("--pipe", pipe, "--document", book.api.RuntimeUID, "check_all")
            assert done.returncode == DONE, done.stderr
            assert done.stderr.startswith("状态：校验完成")
            assert "校验结果" in book.sheet_names
            assert [n.location.address for n in book.sheets["组织生活"].notes]
            assert not book.api.hasControllersLocked()
            lost = _start("--pipe", pipe, "--document", "99999", "check_all")
            assert lost.returncode == UNTOLD and "工作簿已经关闭" in lost.stderr
            book.close()
        finally:
            engine.engine.apps.connected.remove(app)


def test_a_pipe_without_libreoffice(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(engine, "connect", _raise_of(CannotRun("连接不上 LibreOffice。")))
    monkeypatch.setattr(xw.Book, "caller", _raise(RuntimeError("nobody")))
    assert launch.main(["--pipe", "p", "--document", "1", "check_all"]) == UNTOLD
    assert "连接不上 LibreOffice。" in capfd.readouterr().err
    assert os.path.exists(log_file())


def _raise_of(error: Exception) -> Callable[..., None]:
    def connect(*_: Any) -> None:
        raise error

    return connect
