"""Decides whether a file may be written: what people made is never replaced without being kept.

A target is never one of the inputs. Its suffix fits what is written. What the product wrote and nobody has changed
since is replaced; any other existing file only if the caller says so, and then it is set aside first.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from ..errors import CannotRun
from .written import is_unchanged, key, was_made_from

OLD, NEW = "旧稿", "新稿"
_SPARE = re.compile(rf"（(?:{OLD}|{NEW})\d+）$")

XLSX, BOOK, DOCX = (".xlsx",), (".xlsx", ".xlsm"), (".docx",)  # suffixes of what is written
ICS, HTML = (".ics",), (".html",)


class Way(Enum):
    """How a target is written."""

    CREATE = "nothing is there"
    REPLACE = "what is there is the product's own, unchanged"
    SET_ASIDE = "what is there is kept under another name"


@dataclass
class Guard:
    """What one run reads, and what it may do with files of others."""

    inputs: tuple[Path, ...] = ()  # files and folders
    force: bool = False
    versioned: bool = False  # what stands there is under version control: always replaced
    ask: Callable[[str], bool] | None = None  # asks the user; True: set aside and write
    remedy: str = "请换一个名字，或先把它移走。"
    tell: Callable[[str], None] = lambda text: None
    agreed: set[str] = field(default_factory=set)
    made: set[tuple[int, int]] = field(default_factory=set)  # device and inode of what this run wrote

    @property
    def folders(self) -> list[str]:
        """The folders that are read."""
        return [os.path.realpath(p) for p in self.inputs if p.is_dir()]

    def file(self, target: Path, kinds: Collection[str]) -> Way:
        """Returns how a file is to be written. Raises CannotRun if it must not be."""
        if target.is_dir():
            raise CannotRun(f"无法写入“{target}”：这是文件夹，请写出文件名。")
        if target.suffix.lower() not in kinds:
            raise CannotRun(f"“{target.name}”的后缀不对：这里只能写成{'、'.join(kinds)}。请改文件名。")
        if not os.path.lexists(target):
            return Way.CREATE
        self._no_input(target)
        if not target.is_symlink() and _identity(target) in self.made:
            raise CannotRun(f"两份结果同名：“{target.name}”。请给它们不同的名字。")
        return self._replaced(target, is_unchanged(target), "文件")

    def folder(self, target: Path) -> Way:
        """Returns how a folder is to be written that holds nothing else. Raises CannotRun if it must not be."""
        if not os.path.lexists(target):
            return Way.CREATE
        if not target.is_dir() or target.is_symlink():
            raise CannotRun(f"“{target}”不是文件夹。请换一个名字。")
        if os.path.samefile(target, "."):
            raise CannotRun("不能写成当前文件夹。请另写一个文件夹名。")
        if any(
            Path(key(target)) in (Path(os.path.realpath(p)), *Path(os.path.realpath(p)).parents) for p in self.inputs
        ):
            raise CannotRun(f"“{target}”里有要读取的文件，不能写在这里。请换一个文件夹。")
        within = [p for p in target.rglob("*") if not p.is_dir() or p.is_symlink()]
        return self._replaced(target, all(map(is_unchanged, within)), "文件夹") if within else Way.REPLACE

    def _no_input(self, target: Path) -> None:
        for p in self.inputs:
            if p.is_dir():
                if _is_below(target, p) and not was_made_from(target, p):
                    raise CannotRun(f"“{target.name}”在要读取的文件夹“{p}”里，不是上次的结果，不能覆盖。请换一个名字。")
            elif p.exists() and target.exists() and p.samefile(target):
                raise CannotRun(f"“{target.name}”是要读取的文件，不能覆盖原文件。请换一个文件名。")

    def _replaced(self, target: Path, own: bool, what: str) -> Way:
        if own or self.versioned:
            return Way.REPLACE
        if self.force or key(target) in self.agreed:
            return Way.SET_ASIDE
        there = f"已有{what}“{target.name}”，不是本工具写的，或写出以后有人改过"
        if self.ask is None:
            raise CannotRun(f"{there}，没有覆盖。{self.remedy}")
        if not self.ask(f"{there}。\n要写新的吗？现有{what}会改名保留为“{spare(target, OLD, 1).name}”。"):
            raise CannotRun(f"没有写“{target.name}”，现有{what}没有动。")
        self.agreed.add(key(target))
        return Way.SET_ASIDE

    def wrote(self, target: Path) -> None:
        """Remembers a file of this run, which no other of its files may replace."""
        self.made.add(_identity(target))


_guard: ContextVar[Guard | None] = ContextVar("guard", default=None)


def current() -> Guard:
    """Returns the guard of this run; outside a run, one that knows no inputs."""
    return _guard.get() or Guard()


@contextmanager
def guarding(
    inputs: Iterable[str | Path] = (),
    *,
    force: bool = False,
    versioned: bool = False,
    ask: Callable[[str], bool] | None = None,
    remedy: str = "",
    tell: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Inside the block nothing overwrites these inputs (files or folders; URLs are ignored).

    Inside another such block, its inputs and what it allows hold as well.
    """
    outer = current()
    own = (Path(p) for p in inputs if "://" not in str(p))
    guard = Guard(
        (*outer.inputs, *own),
        force or outer.force,
        versioned or outer.versioned,
        ask or outer.ask,
        remedy or outer.remedy,
        tell or outer.tell,
        outer.agreed,
        outer.made,
    )
    token = _guard.set(guard)
    try:
        yield
    finally:
        _guard.reset(token)


def check_file(target: str | Path, kinds: Collection[str]) -> None:
    """Raises CannotRun if a file must not be written; to be called before long work."""
    current().file(Path(target), kinds)


def check_folder(target: str | Path) -> None:
    """Raises CannotRun if a folder must not be written as a whole; to be called before long work."""
    current().folder(Path(target))


def spare(target: Path, word: str, number: int) -> Path:
    """Returns the name under which a file is kept beside another."""
    suffix = "" if target.is_dir() else target.suffix
    return target.with_name(f"{target.name.removesuffix(suffix)}（{word}{number}）{suffix}")


def is_spare(name: str | Path) -> bool:
    """Returns whether a file was set aside."""
    return bool(_SPARE.search(Path(name).stem))


def _is_below(target: Path, folder: Path) -> bool:
    """Returns whether a file lies in a folder or below, also if the target is only a link or a second name of it."""
    top = Path(os.path.realpath(folder))
    if top in Path(key(target)).parents or top in Path(os.path.realpath(target)).parents:
        return True
    own = _identity(target)
    return os.lstat(target).st_nlink > 1 and any(
        _identity(Path(at) / name) == own for at, _, names in os.walk(top) for name in names
    )


def _identity(path: Path) -> tuple[int, int]:
    info = os.lstat(path)
    return info.st_dev, info.st_ino
