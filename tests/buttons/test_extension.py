"""The LibreOffice extension: how it is packed and installed, and what it refuses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from support.desk import NOBODY, Desk, wait
from support.screen import MENU_BAR, TITLE, TOOL_BAR, Screen
from support.work import Work, clean_book

from toolkit.buttons.libreoffice.bridge.connection import service, struct
from toolkit.buttons.libreoffice.extension import install as installing
from toolkit.buttons.libreoffice.extension.build import build_oxt
from toolkit.errors import CannotRun
from toolkit.excel.actions import ACTIONS, BY_NAME
from toolkit.machine import office as libreoffice
from toolkit.model import Catalog

CAPTIONS = [a.caption for a in ACTIONS]
LINE_BEGINS = "private:separator"


def test_the_packed_extension_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("a.oxt", "b.oxt"):
        build_oxt(tmp_path / name)
    assert (tmp_path / "a.oxt").read_bytes() == (tmp_path / "b.oxt").read_bytes()


def test_the_extension_offers_and_accepts_the_list_of_actions(tmp_path: Path) -> None:
    build_oxt(tmp_path / "a.oxt")
    with zipfile.ZipFile(tmp_path / "a.oxt") as packed:
        assert json.loads(packed.read("actions.json")) == {a.name: a.caption for a in ACTIONS}
        addons = ElementTree.fromstring(packed.read("Addons.xcu"))
        listed = {e.get("{http://openoffice.org/2001/manifest}full-path") for e in _manifest(packed)}
        assert listed < set(packed.namelist())
    urls = [v.text for p in addons.iter("prop") if _name(p) == "URL" for v in p]
    wanted = [f"vnd.dangjian:{a.name}" for a in ACTIONS]
    assert [u for u in urls if u != LINE_BEGINS] == wanted * 2  # menu, toolbar


def _manifest(packed: zipfile.ZipFile) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(packed.read("META-INF/manifest.xml")))


def _name(element: ElementTree.Element) -> str | None:
    return element.get("{http://openoffice.org/2001/registry}name")


# ------------------------------------------------------------------- installing


def test_root_is_told_to_use_an_ordinary_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for act in (installing.install, installing.uninstall):
        with pytest.raises(CannotRun, match="不能以 root 身份"):
            act()


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An ordinary user's home, with a LibreOffice on the path whose unopkg does what the test says."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    program = tmp_path / "program"
    program.mkdir()
    monkeypatch.setenv("PATH", f"{program}{os.pathsep}/usr/bin{os.pathsep}/bin")
    _script(program / "soffice", "exit 0")
    return tmp_path


def _script(path: Path, does: str) -> None:
    path.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    path.chmod(0o755)


def test_install_writes_which_python_to_start(home: Path) -> None:
    _script(home / "program" / "unopkg", f'echo "$@" > {home}/asked')
    written = installing.install()
    assert (home / "asked").read_text(encoding="utf-8").startswith("add --force")
    assert written.read_text(encoding="utf-8").strip() == sys.executable
    installing.uninstall()
    assert "remove org.dangjian.toolkit" in (home / "asked").read_text(encoding="utf-8")
    assert not written.exists()


def test_a_refusing_unopkg_is_explained(home: Path) -> None:
    _script(home / "program" / "unopkg", "echo ERROR: unopkg cannot be started >&2; exit 1")
    with pytest.raises(CannotRun, match="关闭所有 LibreOffice 窗口") as refused:
        installing.install()
    assert "unopkg cannot be started" in str(refused.value)


def test_a_missing_libreoffice_is_explained(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libreoffice, "USUAL_PLACES", ())
    monkeypatch.setenv("PATH", str(home))
    with pytest.raises(CannotRun, match="没有找到 LibreOffice"):
        installing.install()


@pytest.mark.office
def test_install_and_uninstall_in_a_real_libreoffice(desk: Desk) -> None:
    """By the product's own functions, as an ordinary user of the machine, who need not see the project or its Python."""
    home, product = desk.file("user"), desk.file("product")
    home.mkdir()
    shutil.copytree(Path(installing.__file__).parents[3], product / "toolkit", ignore=shutil.ignore_patterns("*.pyc"))
    who: dict[str, Any] = {}
    if os.geteuid() == 0:
        os.chown(home, NOBODY, NOBODY)
        who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    env = {k: v for k, v in desk.env.items() if k != "DISPLAY"} | {
        "HOME": str(home),
        "SAL_USE_VCLPLUGIN": "svp",
        "PYTHONPATH": str(product),
    }
    for act in ("install", "uninstall"):
        code = f"from toolkit.buttons.libreoffice.extension.install import {act}; {act}()"
        command = ["/usr/bin/python3", "-B", "-c", code]
        done = subprocess.run(
            command, env=env, cwd="/", capture_output=True, text=True, timeout=180, check=False, **who
        )
        assert done.returncode == 0, done.stderr
        listed = subprocess.run([installing.unopkg(), "list"], env=env, cwd="/", capture_output=True, text=True, **who)
        assert (installing.IDENTIFIER in listed.stdout) == (act == "install"), listed.stderr
        assert (home / ".config" / "dangjian" / "python.txt").exists() == (act == "install")


# -------------------------------------------------------------------- what it refuses


@pytest.fixture
def work(desk: Desk, catalog: Catalog, tmp_path: Path) -> Iterator[Work]:
    opened = Work(desk, clean_book(catalog, tmp_path / "局.xlsm"))
    yield opened
    opened.close()


@pytest.mark.office
def test_menu_and_toolbar_offer_all_actions(work: Work) -> None:
    assert work.screen.entries(TOOL_BAR, TITLE) == CAPTIONS
    assert TITLE in work.screen.entries(MENU_BAR)
    assert work.screen.menu_entries() == CAPTIONS


@pytest.mark.office
@pytest.mark.parametrize("name", ["os.system", "launch", "check_all?x", "check_all;approve", "../macros", ""])
def test_a_name_that_a_document_supplies_is_never_run(desk: Desk, work: Work, tmp_path: Path, name: str) -> None:
    with desk.other_python(tmp_path / "python", f"touch {tmp_path}/ran"):
        _dispatch(desk, work, f"vnd.dangjian:{name}")
        assert "这不是本扩展提供的操作" in work.answer(10)
    assert not (tmp_path / "ran").exists() and "started" not in work.happened()


def _dispatch(desk: Desk, work: Work, address: str) -> None:
    frame = work.document.CurrentController.Frame
    url = struct("com.sun.star.util.URL", Complete=address)
    assert frame.queryDispatch(url, "", 0) is not None
    service(desk.context, "com.sun.star.frame.DispatchHelper").executeDispatch(frame, address, "", 0, ())


@pytest.mark.office
def test_the_product_is_started_in_a_clean_environment(desk: Desk, work: Work, tmp_path: Path) -> None:
    told = f"{tmp_path}/told.$$"  # another one is started when this has ended, and waits
    with desk.other_python(tmp_path / "python", f'(echo "$@"; pwd; cat; env) > {told}; mv {told} {tmp_path}/told'):
        work.screen.tool(BY_NAME["check_all"].caption)
        work.wait_done()
        asked, where, order, *env = (tmp_path / "told").read_text(encoding="utf-8").splitlines()
    assert asked == "-P -B -m toolkit.launch --standby"
    assert where == str(desk.home)
    assert json.loads(order)[2:] == ["--document", work.document.RuntimeUID, "check_all"]
    names = {line.partition("=")[0] for line in env}
    assert {"HOME", "PATH", "DISPLAY"} <= names
    assert not names & {"LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "SAL_USE_VCLPLUGIN", "UNO_PATH"}


@pytest.mark.office
@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("echo No module named toolkit >&2; exit 1", "dangjian install-addin"),
        ("echo 缺少组件 >&2; exit 4", "缺少组件"),
        ("kill -9 $$", "dangjian install-addin"),
    ],
)
def test_a_python_that_fails_is_explained(desk: Desk, work: Work, tmp_path: Path, does: str, said: str) -> None:
    with desk.other_python(tmp_path / "python", does):
        work.screen.tool(BY_NAME["check_all"].caption)
        assert said in work.answer(20)
    work.screen.tool(BY_NAME["show_help"].caption)
    assert "校验全部" in work.answer()


@pytest.mark.office
@pytest.mark.parametrize(("python", "said"), [(None, "没有找到程序位置文件"), ("/nowhere/python", "不存在或不能运行")])
def test_a_missing_python_is_explained(desk: Desk, work: Work, python: str | None, said: str) -> None:
    written = desk.file(".config", "dangjian", "python.txt")
    before = written.read_text(encoding="utf-8")
    written.unlink() if python is None else written.write_text(python, encoding="utf-8")
    try:
        work.screen.menu(BY_NAME["check_all"].caption)
        told = work.answer(20)
    finally:
        written.write_text(before, encoding="utf-8")
    assert said in told and "dangjian install-addin" in told


@pytest.mark.office
def test_a_refused_second_click_is_said_in_the_status_bar(desk: Desk, work: Work, tmp_path: Path) -> None:
    screen: Screen = work.screen
    before = screen.status_picture()
    with desk.other_python(tmp_path / "python", "sleep 3"):
        screen.tool(BY_NAME["check_all"].caption)
        wait("the first begins", lambda: "check_all: started" in work.happened())
        during = screen.status_picture()
        screen.tool(BY_NAME["approve"].caption)
        wait("the second is refused", lambda: "approve: refused" in work.happened())
        wait("the status bar says so", lambda: screen.status_picture() != during)
        work.wait_done()
    wait("the status bar is as before", lambda: screen.status_picture() == before)
