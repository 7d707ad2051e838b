"""Nothing in a folder is skipped in silence, and nothing odd in it hangs or ends a run."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.small_city import org, party_day, unit, write

from toolkit.cli.main import main
from toolkit.excel.reading.read import read_book
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.files import listing

CATALOG = load_catalog()
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "报送"
    inside.mkdir()
    rows = {"org": [org()], "orglife": [party_day(1)]}
    write(CATALOG, inside / "甲局.xlsx", unit("AA001", "示例市甲局"), rows)
    return inside


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, words)], catch_exceptions=False)


def told(folder: Path) -> list[tuple[str, str]]:
    return [(f.code, os.path.relpath(f.place.file, folder)) for f in listing([folder]).skipped]


def test_every_kind_of_workbook_is_read_and_everything_else_is_named(folder: Path) -> None:
    kinds = ("乙局.zip", "丙局.rar", "丁局.7z", "戊局.csv", "己局.wps", "庚局.numbers")
    for name in (*kinds, "扫描.pdf", "扫描2.pdf", "~$甲局.xlsx", ".DS_Store", "Thumbs.db", "._甲局.xlsx", ".隐藏.xlsx"):
        (folder / name).write_bytes(b"x")
    (folder / "辛局.numbers").mkdir()
    found = listing([folder])
    assert [Path(f.path).name for f in found.files] == ["甲局.xlsx"]
    expected = sorted([*kinds, "辛局.numbers", ".隐藏.xlsx"])
    assert sorted(name for code, name in told(folder) if code == "F11") == expected
    assert [f.message for f in found.skipped if f.code == "F13"] == ["另有2个“.pdf”文件，不是工作簿，没有读取"]
    made = run("check", folder)
    assert made.exit_code == 1 and "检查1份工作簿" in made.output
    assert all(name in made.output for name in expected)
    out = folder.parent / "汇总.xlsx"
    made = run("aggregate", folder, "-o", out, "--no-cache")
    assert made.exit_code == 1 and out.exists() and all(name in made.output for name in expected)


def test_a_repeated_run_notices_a_new_archive(folder: Path) -> None:
    os.utime(folder / "甲局.xlsx", (1, 1))
    out = folder.parent / "汇总.xlsx"
    assert run("aggregate", folder, "-o", out).exit_code == 0
    (folder / "乙局.zip").write_bytes(b"x")
    made = run("aggregate", folder, "-o", out)
    assert made.exit_code == 1 and "乙局.zip" in made.output


def test_an_et_workbook_is_read(folder: Path) -> None:
    """WPS writes .et as a compound file like .xls; what counts is the content, not the name."""
    shutil.copy(folder / "甲局.xlsx", folder / "乙局.et")
    files = json.loads(run("check", folder, "--json").output)["files"]
    assert [(Path(f["path"]).name, f["unit"]) for f in files] == [("乙局.et", "AA001"), ("甲局.xlsx", "AA001")]


def test_a_folder_with_archives_alone_says_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "乙局.zip").write_bytes(b"x")
    made = run("check", tmp_path)
    assert made.exit_code == 2 and "没有找到工作簿" in made.output and "乙局.zip" in made.output


@posix
def test_pipes_sockets_and_links_neither_hang_nor_end_the_run(folder: Path) -> None:
    os.mkfifo(folder / "管道.xlsx")
    with socket.socket(socket.AF_UNIX) as one:
        here = os.getcwd()
        os.chdir(folder)  # the address of a socket is short
        try:
            one.bind("口.xlsx")
        finally:
            os.chdir(here)
        (folder / "断.xlsx").symlink_to(folder / "没有.xlsx")
        (folder / "环.xlsx").symlink_to(folder / "环.xlsx")
        (folder / "回").symlink_to(folder, target_is_directory=True)
        assert sorted(told(folder)) == [
            ("F11", "口.xlsx"),
            ("F11", "断.xlsx"),
            ("F11", "环.xlsx"),
            ("F11", "管道.xlsx"),
            ("F12", "回"),
        ]
        assert run("check", folder).exit_code == 1
    for name in ("管道.xlsx", "环.xlsx", "断.xlsx"):
        assert [f.code for f in read_book(folder / name).findings] == ["F01"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_names_that_are_not_utf8_are_named_and_the_run_goes_on(folder: Path) -> None:
    odd = os.fsencode(folder) + "/乙局.xlsx".encode("gb18030")
    shutil.copy(folder / "甲局.xlsx", odd)
    os.mkdir(os.fsencode(folder) + "/丙局".encode("gb18030"))
    assert sorted(code for code, _ in told(folder)) == ["F11", "F12"]
    for made in (run("check", folder), run("check", "--json", folder)):
        assert made.exit_code == 1 and "\\xb1\\xfb" in made.output.replace("\\\\", "\\")
    out = folder.parent / "汇总.xlsx"
    assert run("aggregate", folder, "-o", out, "--no-cache").exit_code == 1
    assert out.exists()
    named = run("check", os.fsdecode(odd), folder / "甲局.xlsx")
    assert named.exit_code == 1 and "路径不是 UTF-8 编码" in named.output


def test_a_folder_that_cannot_be_opened_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "锁").mkdir()
    scan = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("锁"):
            raise PermissionError(13, "denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert told(folder) == [("F12", "锁")]


def test_a_manifest_is_compared_with_the_workbook_beside_it(folder: Path) -> None:
    path, listed = folder / "甲局.xlsx", folder / "甲局.json"
    told = {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "unit_id": "AA001"}
    listed.write_text(json.dumps(told), encoding="utf-8")
    out = folder.parent / "汇总.xlsx"
    assert run("aggregate", folder, "-o", out, "--no-cache").exit_code == 0
    listed.write_text(json.dumps({**told, "sha256": "0" * 64}), encoding="utf-8")
    made = run("aggregate", folder, "-o", out, "--no-cache")
    assert made.exit_code == 1 and "内容与校验清单“甲局.json”不符" in made.output
    assert run("check", folder).exit_code == 1
    for other in ("[]", "{", '{"name": "x"}', "[" * 9000):
        listed.write_text(other, encoding="utf-8")
        assert run("aggregate", folder, "-o", out, "--no-cache").exit_code == 0
