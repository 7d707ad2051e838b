"""The folders that run without an installed Python. They are built and run whole in `.ci/long portable`."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"
FILES = SCRIPTS / "portable"
sys.path.insert(0, str(SCRIPTS))

from build_portable import _run, unresolved, way_to_handbook  # noqa: E402


def package(folder: Path, name: str, *needs: str) -> None:
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {n}" for n in needs)]
    (info / "METADATA").write_text("\n".join(lines) + "\n\n", "utf-8")


def test_what_windows_needs_is_asked_for_by_windows_own_markers(tmp_path: Path) -> None:
    marked = 'pywin32; sys_platform == "win32"', 'uvloop; sys_platform == "linux"', 'x; extra == "y"'
    package(tmp_path, "甲", *marked, "click>=8")
    package(tmp_path, "Click")
    assert unresolved(tmp_path) == ["pywin32 (for 甲)", "click (for 甲)"]
    package(tmp_path, "pywin32")
    (tmp_path / "Click-1.0.dist-info" / "METADATA").write_text("Name: Click\nVersion: 8.1\n\n", "utf-8")
    assert unresolved(tmp_path) == []


def test_the_build_does_not_see_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found by PYTHONPATH, the checkout stood in the place of the package, without templates and handbook."""
    monkeypatch.setenv("PYTHONPATH", str(SCRIPTS.parent))
    _run(sys.executable, "-S", "-c", "import os, sys; sys.exit('PYTHONPATH' in os.environ)")


@pytest.mark.parametrize("path", sorted(FILES.glob("*.bat")), ids=lambda p: p.name)
def test_batch_files_can_be_read_by_a_chinese_windows(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.encode("gbk").decode("gbk") == text
    assert text.startswith("@echo off\n")
    for used in re.findall(r'"(?:%~dp0)?(python\\[^"]+)"', text):
        assert used == r"python\python.exe"


@pytest.mark.parametrize("path", sorted(FILES.glob("*.bat")), ids=lambda p: p.name)
def test_batch_files_say_what_is_missing_before_they_need_it(path: Path) -> None:
    """A variable inside a block stands in quotes: a ) in the user's name would end the block."""
    text = path.read_text("utf-8")
    if r"-m toolkit" in text:
        assert text.index("if not exist") < text.index("缺少 python") < text.index("-m toolkit")
    for block in re.findall(r"\(\n(.*?)\n\)", text, re.DOTALL):
        assert "%" not in re.sub(r'"[^"]*"', "", block)


@pytest.mark.parametrize(("name", "said"), [("党建工作台", "window"), ("命令窗口", "here")])
def test_the_desktop_file_starts_the_program_of_its_own_folder(tmp_path: Path, name: str, said: str) -> None:
    """Read as the Desktop Entry Specification says: first the string, then the quotes of Exec."""
    folder = tmp_path / "免安装 版"
    folder.mkdir()
    shortcut = shutil.copy(FILES / f"{name}.desktop", folder)
    (folder / "dangjian").write_text('#!/bin/sh\necho "$0" "$@"\n')
    (folder / "dangjian").chmod(0o755)
    line = next(x for x in Path(shortcut).read_text("utf-8").splitlines() if x.startswith("Exec="))
    words = shlex.split(line.removeprefix("Exec=").replace("\\\\", "\\"))
    command = [str(shortcut) if w == "%k" else w.replace("\\$", "$") for w in words]  # shlex leaves \$ as it is
    own = {"HOME": str(tmp_path), "SHELL": "/bin/sh", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        command, input="dangjian here\n", env=own, capture_output=True, text=True, cwd="/", timeout=60
    )
    assert done.stdout.splitlines()[-1] == f"{folder / 'dangjian'} {said}", done.stderr


def started(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, FILES / "entry.py", *arguments], capture_output=True, text=True, timeout=120)


def test_the_program_is_the_command_and_runs_modules_of_its_own() -> None:
    assert started("--version").stdout.startswith("dangjian")
    assert started("-P", "-B", "-m", "toolkit", "--version").stdout.startswith("dangjian")
    asked = started("-P", "-B", "-m", "toolkit.launch", "--help")
    assert asked.returncode == 0 and "--pipe" in asked.stdout
    assert started("-m", "timeit", "1").returncode == 2


def test_the_page_beside_the_program_leads_to_the_handbook(tmp_path: Path) -> None:
    first = tmp_path / "python/Lib/site-packages/toolkit/docs/handbook/html/README.html"
    first.parent.mkdir(parents=True)
    first.touch()
    assert 'url=python/Lib/site-packages/toolkit/docs/handbook/html/README.html"' in way_to_handbook(tmp_path)
