"""Folders to choose from, where results go, and what was used last."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from toolkit.errors import CannotRun
from toolkit.window import places
from toolkit.window.orders import FILE, FLAG, FOLDER, PATHS, TEXT, Field, Order


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of one's own, without settings."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    return tmp_path


def names(folder: Path, *suffixes: str) -> list[str]:
    return [e["name"] for e in places.entries(str(folder), suffixes)["entries"]]


def test_folders_come_first_and_what_is_hidden_is_not_shown(tmp_path: Path) -> None:
    folder = tmp_path / "夹"
    folder.mkdir()
    for name in ("乙.xlsx", "甲.XLSX", "~$甲.xlsx", ".藏.xlsx", "文.docx"):
        (folder / name).touch()
    (folder / "子").mkdir()
    (folder / "断").symlink_to(folder / "无")
    assert names(folder, ".xlsx") == ["子", "乙.xlsx", "甲.XLSX"]
    assert names(folder) == ["子", "乙.xlsx", "文.docx", "断", "甲.XLSX"]
    assert names(folder, "-") == ["子"]


def test_a_folder_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="打不开文件夹"):
        places.entries(str(tmp_path / "无"), ())
    for said in ("报送", "", "\0", "/x\0"):
        with pytest.raises(CannotRun, match="要写完整的位置"):
            places.entries(said, ())


def test_the_place_of_a_file_is_its_folder(tmp_path: Path) -> None:
    (tmp_path / "甲.xlsx").touch()
    assert places.entries(f'"{tmp_path / "甲.xlsx"}"', ())["path"] == str(tmp_path)


def test_the_users_own_folder_of_documents(home: Path) -> None:
    assert places.documents() == home
    (home / "文档").mkdir()
    assert places.documents() == home / "文档"
    (home / "我的").mkdir()
    (home / "CONFIG").mkdir()
    (home / "CONFIG" / "user-dirs.dirs").write_text('XDG_DOCUMENTS_DIR="$HOME/我的"\n', "utf-8")
    assert places.documents() == home / "我的"
    assert places.work_folder() == home / "我的" / "党建工作"


def test_recent_ones_are_the_newest_first_and_still_there(home: Path) -> None:
    made = [home / f"{n}.xlsx" for n in range(places.RECENT + 2)]
    for path in made:
        path.touch()
        places.remember([str(path)])
    made[-1].unlink()
    assert [r["name"] for r in places.recent()] == [p.name for p in made[-2:1:-1]]
    places.remember([str(made[3])])
    assert places.recent()[0]["name"] == "3.xlsx"


@pytest.mark.parametrize("damage", ["", "{", "3", '{"a": 1}'])
def test_damaged_memory_is_no_memory(home: Path, damage: str) -> None:
    places.remember([str(home)])
    places._recent_file().write_text(damage)
    assert places.recent() == []
    places.remember([str(home)])
    assert len(places.recent()) == 1


BOOK, SLIP, OUT = Field("book", "工作簿", FILE), Field("slip", "退回单", PATHS), Field("out", "文件夹", FOLDER)


def test_results_lie_beside_the_input_or_where_the_clerk_says(tmp_path: Path) -> None:
    one, two = tmp_path / "甲" / "甲.xlsx", tmp_path / "乙" / "乙.xlsx"
    for path in (one, two):
        path.parent.mkdir()
        path.touch()
    given = {"book": [str(one)], "slip": [str(two)]}
    fields = (SLIP, BOOK, OUT)
    assert Order(fields, given).out() == two.parent
    assert Order(fields, given).out("book") == one.parent
    assert Order(fields, {**given, "out": [str(tmp_path)]}).out("book") == tmp_path
    assert Order(fields, {}).out() == places.work_folder()


def test_results_of_a_read_only_folder_lie_among_the_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "甲.xlsx").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert Order((BOOK, OUT), {"book": [str(tmp_path / "甲.xlsx")]}).out() == places.work_folder()


def test_a_place_copied_by_windows_has_quotes(tmp_path: Path) -> None:
    (tmp_path / "甲.xlsx").touch()
    assert Order((BOOK,), {"book": [f'"{tmp_path / "甲.xlsx"}"']}).path("book") == tmp_path / "甲.xlsx"


def test_a_text_is_one_line_of_what_can_be_seen() -> None:
    order = Order((Field("t", "文字", TEXT), Field("f", "勾", FLAG)), {"t": " 甲\n乙\u202e丙 ", "f": "yes"})
    assert order.text("t") == "甲 乙丙"
    assert order.flag("f") is False  # only a ticked box is true
