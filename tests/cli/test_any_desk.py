"""Desks as they are: a console in GBK, a pipe that closes early, the fonts and policies of a Windows registry."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.markdown_book import book

from toolkit.cli import doctor
from toolkit.machine import registry
from toolkit.word.filling import fonts

MACHINE, USER = 1, 2


def started(*arguments: object, encoding: str) -> subprocess.Popen[bytes]:
    env = os.environ | {"PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "toolkit", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)


def said(*arguments: object, encoding: str) -> tuple[int, bytes, bytes]:
    process = started(*arguments, encoding=encoding)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """A file whose name holds a character that GBK lacks."""
    return book(tmp_path, {"甲": "| x |"}, "䶮县.xlsx")


def test_a_character_that_the_console_lacks_ends_nothing(strange: Path) -> None:
    code, out, err = said("check", strange, encoding="gbk")
    assert (code, err) == (2, b"")
    assert "?县.xlsx" in out.decode("gbk")
    code, out, err = said("doctor", encoding="gbk")
    assert err == b"" and "√ 台账标准" in out.decode("gbk")


def test_json_is_utf_8_whatever_the_console(strange: Path) -> None:
    _, out, _ = said("check", strange, "--json", encoding="gbk")
    assert json.loads(out.decode("utf-8"))["files"][0]["path"] == str(strange)


def test_json_also_says_what_could_not_be_done(strange: Path) -> None:
    code, out, err = said("explain", "主题党日", strange, "--json", encoding="utf-8")
    assert code == 2 and json.loads(out)["error"] and "无法执行" in err.decode()


def test_a_reader_that_has_enough_ends_the_command_quietly() -> None:
    process = started("template", "names", encoding="utf-8")
    assert process.stdout and process.stderr
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.wait(120)


class Key(SimpleNamespace):
    def __enter__(self) -> Key:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def windows(keys: dict[tuple[int, str], dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Lends this machine a registry."""

    def opened(root: int, path: str) -> Key:
        if (root, path) not in keys:
            raise FileNotFoundError(path)
        return Key(values=list(keys[root, path].items()))

    fake = SimpleNamespace(
        HKEY_LOCAL_MACHINE=MACHINE,
        HKEY_CURRENT_USER=USER,
        OpenKey=opened,
        QueryInfoKey=lambda key: (0, len(key.values), 0),
        EnumValue=lambda key, n: (*key.values[n], 1),
    )
    monkeypatch.setitem(sys.modules, "winreg", fake)
    monkeypatch.setattr(sys, "platform", "win32")


def test_fonts_are_known_by_the_names_that_windows_registers(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["SimHei", "SimSun & NSimSun", "FangSong", "KaiTi"]
    windows({(MACHINE, fonts.REGISTERED): {f"{n} (TrueType)": "x.ttf" for n in names}}, monkeypatch)
    assert fonts.missing_fonts() == ["方正小标宋简体"]
    windows({(USER, fonts.REGISTERED): {"方正小标宋简体 (TrueType)": "x.ttf"}}, monkeypatch)
    assert fonts.missing_fonts() == ["黑体", "楷体_GB2312", "仿宋_GB2312", "宋体"]


def test_the_other_fonts_of_a_page_do_not_pass_for_song(monkeypatch: pytest.MonkeyPatch) -> None:
    windows({(MACHINE, fonts.REGISTERED): {"Times New Roman (TrueType)": "x.ttf"}}, monkeypatch)
    assert "宋体" in (fonts.missing_fonts() or ())


def test_the_users_own_value_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    windows({(MACHINE, "K"): {"a": 1, "b": 1}, (USER, "K"): {"a": 2}}, monkeypatch)
    assert registry.values("K") == {"a": 2, "b": 1}
    assert registry.values("none") == {}


@pytest.mark.parametrize(
    ("security", "words"),
    [({"VBAWarnings": 4}, "策略禁用"), ({"blockcontentexecutionfrominternet": 1}, "来自网络"), ({}, "")],
)
def test_doctor_knows_a_policy_against_macros(
    security: dict[str, int], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    excel = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
    windows({(MACHINE, excel): {"": r"C:\Office\EXCEL.EXE"}, (USER, doctor.SECURITY[1]): security}, monkeypatch)
    found = "\n".join(r.what for r in doctor.examine() if not r.works)
    assert (words in found) if words else ("策略" not in found and "来自网络" not in found)


def test_doctor_warns_before_the_calendar_ends() -> None:
    from chinese_calendar.constants import holidays

    last = max(holidays).year
    early, late, after = (doctor._calendar(year) for year in (last - 1, last, last + 1))
    assert (early.works, late.works, late.needed, after.needed) == (True, False, False, True)
    assert f"{last + 1}年" in late.remedy


def test_doctor_knows_the_python_of_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    windows({}, monkeypatch)
    monkeypatch.setattr(sys, "base_prefix", r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.12")
    assert [r.what for r in doctor._python() if not r.works] == [
        "Python 来自微软商店，它写入 AppData 的文件别的程序看不到"
    ]


def test_doctor_tries_the_packages_and_not_only_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    def imported(name: str) -> object:
        if name == "python_calamine":
            raise ImportError("DLL load failed while importing _python_calamine")
        if name == "rapidfuzz":
            raise ModuleNotFoundError(name)
        return object()

    monkeypatch.setattr(doctor.importlib, "import_module", imported)
    lacking = {r.what.partition("（")[0]: r.remedy for r in doctor._packages() if not r.works}
    assert list(lacking) == ["python_calamine", "rapidfuzz"]
    assert "Windows 10" in lacking["python_calamine"] and "pip install rapidfuzz" in lacking["rapidfuzz"]


def test_the_report_asks_no_service_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(
        sys, "getwindowsversion", lambda: SimpleNamespace(major=10, minor=0, build=19045), raising=False
    )
    monkeypatch.setattr("platform.uname", lambda: pytest.fail("platform asks WMI"))
    monkeypatch.setenv("PROCESSOR_ARCHITECTURE", "AMD64")
    assert "Windows 10.0.19045 AMD64" in doctor.report([])


def test_the_report_for_the_help_desk_is_not_personal(monkeypatch: pytest.MonkeyPatch) -> None:
    results = [doctor.Result(False, f"{Path.home() / '设置'}文件夹可以写入", "请管理员处理")]
    assert str(Path.home()) not in doctor.report(results) and "~/设置" in doctor.report(results)
