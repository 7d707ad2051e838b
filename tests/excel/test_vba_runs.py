"""The VBA as it runs: the command line that Python gets, and what the user is told about every outcome."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree

import pytest
from support.paths import ROOT
from support.vba_desk import PYTHON, Desk, split

from toolkit.excel.actions import ACTIONS
from toolkit.excel.unit.buttons import PROJECT

ADDIN = ROOT / "toolkit" / "buttons" / "addin" / "dangjian.xlam"


def test_splitting_a_command_line() -> None:
    assert split(r'"C:\a b\p.exe" -c "x" --wb="D:\试 点\\" y\\"z"') == [
        r"C:\a b\p.exe", "-c", "x", "--wb=D:\\试 点\\", "y\\z",
    ]  # fmt: skip


@pytest.mark.parametrize("action", [a.name for a in ACTIONS])
def test_python_gets_every_argument_as_it_is(action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    assert desk.click(action, monkeypatch) == []
    argv = desk.argv
    assert argv[0] == PYTHON and f"run('{action}')" in argv[argv.index("-c") + 1]
    assert "--wb=试 点&%PATH% (1)^!.xlsm" in argv or "--wb=D:\\试 点&%\\试 点&%PATH% (1)^!.xlsm" in argv
    assert "--from_xl=1" in argv and any(a.startswith("--hwnd=") for a in argv)
    assert len(desk.commands[-1]) < 8191, "the longest command line of cmd.exe"


@pytest.mark.parametrize(("code", "told"), [(0, 0), (3, 0), (1, 1), (2, 1), (4, 1), (96, 1), (97, 1), (9009, 1)])
def test_every_exit_code_is_told_once(code: int, told: int, monkeypatch: pytest.MonkeyPatch) -> None:
    said = Desk(code=code).click("approve", monkeypatch)
    assert len(said) == told and all(re.search(r"[\u4e00-\u9fff]{6}", text) for text in said)


@pytest.mark.parametrize(
    "desk",
    [
        Desk(fail=-2147024894),
        Desk(fail=-2147024891),
        Desk(full="https://contoso.example/x.xlsm"),
        Desk(folder="", full="工作簿1"),
        Desk(open=False),
    ],
    ids=["no Python", "no right", "in the cloud", "never saved", "no workbook"],
)
def test_what_cannot_run_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    said = desk.click("approve", monkeypatch)
    assert len(said) == 1 and re.search(r"[\u4e00-\u9fff]{6}", said[0])
    assert bool(desk.commands) == bool(desk.fail), "nothing starts unless the shell was asked"


# ------------------------------------------------------------ ribbon and buttons


def subs() -> dict[str, str]:
    text = "\n".join(p.read_text("ascii") for p in sorted(PROJECT.parent.glob("*.bas")))
    return dict(re.findall(r"^(?:Public )?Sub (\w+)\(([^)]*)\)", text, re.MULTILINE))


def test_every_callback_of_the_ribbon_is_a_sub_with_its_argument() -> None:
    with zipfile.ZipFile(BytesIO(ADDIN.read_bytes())) as archive:
        ribbon = next(n for n in archive.namelist() if "customui" in n.lower() and n.endswith(".xml"))
        tree = ElementTree.fromstring(archive.read(ribbon))
    calls = {e.get("onAction") for e in tree.iter() if e.get("onAction")}
    assert calls
    own = subs()
    for call in calls:
        assert call in own and re.fullmatch(r"(?:ByVal )?\w+ As (?:Object|IRibbonControl)", own[str(call)]), call


def test_every_button_macro_is_a_sub_without_arguments() -> None:
    assert {a.name: subs().get(a.name) for a in ACTIONS} == {a.name: "" for a in ACTIONS}
