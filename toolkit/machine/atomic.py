"""The one place that writes files: completely or not at all, and never over what people made (guard.py)."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import IO

from ..errors import CannotRun
from .guard import NEW, OLD, Guard, Way, current, spare
from .written import finished, hash_of, is_unchanged, remember, settle, temporary

_FULL = (errno.ENOSPC, errno.EDQUOT)
_BARRED = (errno.EACCES, errno.EPERM, errno.EROFS)


def write_whole(path: str | Path, data: bytes, kinds: Collection[str]) -> None:
    """Writes `data` to a temporary file beside the target and puts it in place. Raises CannotRun; see `whole`."""
    with whole(path, kinds) as f:
        f.write(data)


@contextmanager
def whole(path: str | Path, kinds: Collection[str]) -> Iterator[IO[bytes]]:
    """Opens a temporary file that takes the place of `path` when completely written.

    `kinds` are the suffixes of what is written. Raises CannotRun if the file must not or cannot be written.
    """
    target, guard = Path(path), current()
    guard.file(target, kinds)
    with _temporary(target) as made:
        with open(made, "xb") as f:
            yield f
        _place(made, target, guard, kinds)


@contextmanager
def whole_folder(path: str | Path) -> Iterator[Path]:
    """Yields an empty folder that takes the place of `path` when its files are completely written.

    Raises CannotRun if there is a folder that holds anything but what the product wrote, or writing fails.
    """
    target, guard = Path(path), current()
    guard.folder(target)
    with _temporary(target) as made, _temporary(target) as old:
        made.mkdir()
        yield made
        files = [file.relative_to(made) for file in made.rglob("*") if file.is_file()]
        for file in files:
            remember(target / file, hash_of(made / file), guard.folders)
        way = guard.folder(target)
        if way is Way.SET_ASIDE:
            _said(guard, target, _kept(target, lambda to: os.rename(target, to)))
        elif way is Way.REPLACE:
            os.rename(target, old)
        os.rename(made, target)
        for file in files:
            settle(target / file, hash_of(target / file))


def write_own(path: str | Path, data: bytes) -> None:
    """Writes a file that belongs to the product, such as its settings or its add-in: it is always replaced."""
    target = Path(path)
    with _temporary(target) as made:
        made.write_bytes(data)
        os.replace(made, target)


def discard(path: Path) -> None:
    """Removes a file that the product wrote and nobody has changed since; any other stays."""
    if is_unchanged(path):
        path.unlink()


@contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """Yields a name beside the target, whose folder is made; what is left there is removed. Raises CannotRun."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise _cannot(target, e) from e
    made = temporary(target)
    try:
        yield made
    except OSError as e:
        raise _cannot(target, e) from e
    finally:
        finished(made)  # also if the user interrupts


def _cannot(target: Path, e: OSError) -> CannotRun:
    if e.errno in _FULL:
        return CannotRun(f"磁盘已满，没有写出“{target.name}”，原有的文件没有动。请清理磁盘后重试。")
    if e.errno in _BARRED:
        return CannotRun(f"无法写入文件夹“{target.parent}”：没有写入权限。请换一个文件夹后重试。")
    if isinstance(e, (FileExistsError, NotADirectoryError)):
        return CannotRun(f"无法写入文件夹“{target.parent}”：路径中有同名的文件。请换一个文件夹后重试。")
    return CannotRun(f"无法写入“{target.name}”：{e.strerror}。请核对文件名和文件夹后重试。")


# -------------------------------------------------------------- into its place


def _place(made: Path, target: Path, guard: Guard, kinds: Collection[str]) -> None:
    """Puts a finished file in its place, after asking again: somebody may have saved there meanwhile."""
    digest = hash_of(made)
    remember(target, digest, guard.folders)
    way = guard.file(target, kinds)
    if way is Way.CREATE:
        try:
            _move(made, target)
        except FileExistsError:  # somebody was faster
            way = guard.file(target, kinds)
    if way is not Way.CREATE:
        _replace(made, target, way, guard)
    settle(target, digest)
    guard.wrote(target)


def _replace(made: Path, target: Path, way: Way, guard: Guard) -> None:
    """Puts a file in the place of another; raises CannotRun if that one is open, the new one then has a new name."""
    kept = None
    try:
        if way is Way.SET_ASIDE:
            kept = _kept(target, lambda to: _copied(target, to))
        os.replace(made, target)
    except PermissionError as e:
        if kept and os.path.lexists(target):
            kept.unlink()
        digest = hash_of(made)
        new = _kept(target, lambda to: _move(made, to), NEW)
        remember(new, digest, guard.folders)
        raise CannotRun(
            f"“{target.name}”不能替换，可能正在 Excel、Word 或 WPS 中打开。"
            f"新的结果已存为“{new.name}”；请关闭后改用它，或重做一次。"
        ) from e
    if kept:
        _said(guard, target, kept)


def _kept(target: Path, keep: Callable[[Path], None], word: str = OLD) -> Path:
    """Keeps something under the first free name beside the target; returns the name."""
    for n in count(1):
        to = spare(target, word, n)
        if not os.path.lexists(to):
            with suppress(FileExistsError):
                keep(to)
                return to
    raise AssertionError


def _copied(target: Path, to: Path) -> None:
    """Gives a file a second name, or if the disk cannot do that, another name. Raises FileExistsError."""
    try:
        if os.link in os.supports_follow_symlinks:
            os.link(target, to, follow_symlinks=False)
        else:
            os.link(target, to)
    except FileExistsError:
        raise
    except OSError:
        os.rename(target, to)


def _move(made: Path, target: Path) -> None:
    """Renames, but never over another file. Raises FileExistsError."""
    try:
        os.link(made, target)
    except FileExistsError:
        raise
    except OSError:  # the disk knows no second names
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        os.rename(made, target)


def _said(guard: Guard, target: Path, kept: Path) -> None:
    guard.tell(f"原有的“{target.name}”已改名保留为“{kept.name}”。")
