"""No content that a person wrote is ever gone, whatever people and product do in a folder, in whatever order."""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import CannotRun
from toolkit.machine import atomic, written
from toolkit.machine.atomic import discard, whole, whole_folder, write_own, write_whole
from toolkit.machine.guard import check_file, guarding
from toolkit.machine.userdirs import state_dir

TXT = (".txt",)
NAMES = ("甲.txt", "乙.txt", "表")  # the last is a folder
ACTIONS = ("write", "force", "agree", "decline", "edit", "copy", "rename", "delete", "restore", "link")


def contents(folder: Path) -> set[bytes]:
    return {p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def product(folder: Path, name: str, data: bytes) -> None:
    if name == "表":
        with whole_folder(folder / name) as made:
            (made / "一.txt").write_bytes(data)
            (made / "二.txt").write_bytes(b"2" + data)
    else:
        write_whole(folder / name, data, TXT)


def files(folder: Path, name: str) -> list[Path]:
    if name == "表":
        return sorted((folder / name).glob("*.txt"))
    return [folder / name] if (folder / name).exists() else []


def act(folder: Path, action: str, name: str, n: int, by_people: set[bytes], before: dict[str, bytes]) -> None:
    """Does one thing; keeps the account of what people wrote and have not themselves thrown away."""
    data = f"{n}".encode()
    there = files(folder, name)
    if action in ("write", "force", "agree", "decline"):
        answer = {"agree": True, "decline": False}.get(action)
        ask: Callable[[str], bool] | None = None if answer is None else lambda question: answer
        with guarding(force=action == "force", ask=ask):
            try:
                product(folder, name, b"p" + data)
            except CannotRun:
                assert action in ("write", "decline")
        if (made := files(folder, name)) and made[0].read_bytes() == b"p" + data:
            before[name] = b"p" + data
        return
    path = there[0] if there else folder / name / "一.txt" if name == "表" else folder / name
    if action == "delete":
        for p in there:
            by_people.discard(p.read_bytes())
            p.unlink()
        return
    if action == "rename":
        for p in there:
            p.rename(p.with_name(f"{n}{p.name}"))
        return
    old = path.read_bytes() if path.exists() else b""
    made_anew = {
        "edit": b"e" + data,
        "copy": b"c" + data,
        "restore": before.get(name, b"r" + data),
        "link": b"l" + data,
    }
    path.parent.mkdir(exist_ok=True)
    if action == "link":
        other = folder / f"link{n}.txt"
        other.write_bytes(made_anew[action])
        path.unlink(missing_ok=True)
        path.symlink_to(other)
    else:
        if path.is_symlink():
            path.unlink()
        path.write_bytes(made_anew[action])
    by_people.discard(old)  # the person replaced it
    if not made_anew[action].startswith(b"p"):
        by_people.add(made_anew[action])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.sampled_from(NAMES)), max_size=14))
def test_nothing_that_a_person_wrote_is_ever_gone(actions: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, by_people, before = Path(name), set[bytes](), dict[str, bytes]()
        for n, (action, target) in enumerate(actions):
            act(folder, action, target, n, by_people, before)
            assert by_people <= contents(folder), (action, target)
        assert not list(folder.rglob(".*.tmp"))


def test_only_the_last_content_is_the_products_own(tmp_path: Path) -> None:
    """A person put an older version back; it is not what the product last wrote."""
    path = tmp_path / "a.txt"
    write_whole(path, b"first", TXT)
    write_whole(path, b"second", TXT)
    path.write_bytes(b"first")
    with pytest.raises(CannotRun, match="有人改过"):
        write_whole(path, b"third", TXT)


def test_inputs_hold_also_within_another_run_and_with_force(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_bytes(b"x")
    with guarding([source], force=True), guarding([tmp_path / "b.txt"]), pytest.raises(CannotRun, match="不能覆盖"):
        check_file(source, TXT)
    with guarding(force=True):
        check_file(source, TXT)


def test_what_is_saved_while_the_product_works_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with pytest.raises(CannotRun, match="没有覆盖"), whole(path, TXT) as f:
        f.write(b"product")
        path.write_bytes(b"person")
    assert contents(tmp_path) == {b"person"}


def test_a_file_of_another_program_that_comes_in_between_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the last look and the move."""
    move, path = atomic._move, tmp_path / "a.txt"

    def late(made: Path, target: Path) -> None:
        if not target.exists():
            target.write_bytes(b"person")
        move(made, target)

    monkeypatch.setattr(atomic, "_move", late)
    with pytest.raises(CannotRun, match="没有覆盖"):
        write_whole(path, b"product", TXT)
    assert contents(tmp_path) == {b"person"}


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_disks_without_second_names(links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not links:
        monkeypatch.setattr(os, "link", failing(OSError(errno.EPERM, "no links")))
    path = tmp_path / "a.txt"
    for n in range(3):
        path.write_bytes(b"person%d" % n)
        with guarding(force=True):
            write_whole(path, b"product%d" % n, TXT)
    assert contents(tmp_path) == {b"person0", b"person1", b"person2", b"product2"}


def failing(e: OSError) -> Callable[..., None]:
    def fail(*args: object, **kwargs: object) -> None:
        raise e

    return fail


@pytest.mark.parametrize("force", [False, True])
def test_a_target_that_is_open_in_excel_leaves_the_result_under_another_name(
    force: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows a file that is open cannot be replaced."""
    path = tmp_path / "总.txt"
    write_whole(path, b"old", TXT)
    if force:
        path.write_bytes(b"edited")
    monkeypatch.setattr(os, "replace", failing(PermissionError(errno.EACCES, "in use")))
    with pytest.raises(CannotRun, match=r"Excel.*总（新稿1）\.txt"), guarding(force=force):
        write_whole(path, b"new", TXT)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {
        "总.txt": b"edited" if force else b"old",
        "总（新稿1）.txt": b"new",
    }


@pytest.mark.parametrize(
    ("code", "said"),
    [(errno.ENOSPC, "磁盘已满"), (errno.EROFS, "没有写入权限"), (errno.ENAMETOOLONG, "文件名")],
    ids=["full", "read-only", "too long"],
)
def test_what_the_disk_refuses_is_one_sentence(
    code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, b"old", TXT)
    with pytest.raises(CannotRun, match=said), whole(path, TXT):
        raise OSError(code, os.strerror(code))
    monkeypatch.setattr("builtins.open", failing(OSError(code, os.strerror(code))))
    with pytest.raises(CannotRun, match=said):
        write_whole(path, b"new", TXT)
    monkeypatch.undo()
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a.txt": b"old"}


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    with pytest.raises(CannotRun, match="文件夹"):
        write_whole(tmp_path / "a" / "b.txt", b"y", TXT)


def test_the_memory_may_be_gone_damaged_or_unusable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then an existing file counts as somebody's; new ones are written all the same."""
    path = tmp_path / "a.txt"
    for n, spoil in enumerate((lambda p: p.write_bytes(b"rubbish" * 999), lambda p: p.unlink())):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / f"state{n}"))
        write_whole(path, b"1", TXT)
        written._here.__dict__.clear()
        for end in ("-wal", "-shm"):
            (state_dir() / f"written.sqlite{end}").unlink(missing_ok=True)
        spoil(state_dir() / "written.sqlite")
        with pytest.raises(CannotRun, match="没有覆盖"):
            write_whole(path, b"2", TXT)
        path.unlink()
    (tmp_path / "no").write_bytes(b"")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "no"))
    write_whole(path, b"1", TXT)
    with pytest.raises(CannotRun, match="没有覆盖"):
        write_whole(path, b"2", TXT)


def test_only_temporary_files_of_the_dead_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    write_whole(tmp_path / "a.txt", b"1", TXT)
    gone = 2**22 + 1  # above the highest process id of Linux
    left = {f".{n:016x}.tmp": pid for n, pid in enumerate((gone, os.getpid()))} | {"甲.xlsx": gone}
    with sqlite3.connect(state_dir() / "written.sqlite") as db:
        for name, pid in left.items():
            (tmp_path / name).write_bytes(b"x")
            db.execute("INSERT INTO under_way VALUES (?, ?)", (str(tmp_path / name), pid))
    written._here.__dict__.clear()
    write_whole(tmp_path / "b.txt", b"1", TXT)
    assert {p.name for p in tmp_path.iterdir() if p.is_file()} == {"a.txt", "b.txt", f".{1:016x}.tmp", "甲.xlsx"}


def test_settings_are_always_replaced_and_surplus_pages_only_if_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "python.txt"
    path.write_bytes(b"old")
    write_own(path, b"new")
    assert path.read_bytes() == b"new"
    discard(path)
    assert path.exists()
    write_whole(tmp_path / "a.txt", b"1", TXT)
    discard(tmp_path / "a.txt")
    assert not (tmp_path / "a.txt").exists()
