"""Options that name what a command writes: checked before the work begins, guarded while it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ..errors import CannotRun
from ..machine.guard import BOOK, DOCX, HTML, ICS, check_file, check_folder, guarding
from ..machine.written import key
from ..names import marked
from ..window.telling import telling
from .inputs import is_standard_input

FORCE = "--force"
REMEDY = f"请换一个名字；确要写在这里的，加 {FORCE}：现有的会改名保留为“…（旧稿1）”。"
IN_WINDOW = "请换一个文件夹；确要写在这里的，勾选“旧的改名保留”再做一次。"
# Suffixes of names that somebody gives to a file; a folder may well be called 2026.5.
_FILES = frozenset((*BOOK, *DOCX, *ICS, *HTML, ".xls", ".pdf", ".png", ".json", ".csv", ".txt", ".zip", ".db"))
Params = Mapping[str, Any]


def _never(params: Params) -> bool:
    return False


class Output(click.Path):
    """A file to write, with one of the suffixes `kinds`, or a folder.

    `like` names the argument whose suffix the file must have, if there are no `kinds`; `end` then makes the default:
    the name of the argument with `end` added. `folder` tells from the other options whether it is a folder of many files, `used` whether it is
    written at all. `whole` is a folder that is written as one.
    """

    def __init__(
        self,
        *kinds: str,
        like: str = "",
        end: str = "",
        folder: Callable[[Params], bool] = _never,
        used: Callable[[Params], bool] = lambda params: True,
        whole: bool = False,
    ) -> None:
        super().__init__(path_type=Path)
        self.kinds, self.like, self.end, self.folder, self.used, self.whole = kinds, like, end, folder, used, whole

    def settle(self, params: Params, given: Path | None) -> Path | None:
        """Returns the path that is written: the given one, or the default."""
        if not self.used(params):
            return None
        if given is None and self.end:
            source: Path = params[self.like]
            if is_standard_input(source):
                raise CannotRun("从标准输入读的，请用 -o 写明存到哪里。")
            return marked(source if not self.kinds else source.with_suffix(self.kinds[0]), self.end)
        return given

    def check(self, params: Params, target: Path) -> None:
        """Raises CannotRun if it must not be written."""
        many = self.whole or self.folder(params)
        if many and target.suffix.lower() in _FILES and not target.exists():
            raise CannotRun(
                f"“{target}”是文件的名称，这里要写文件夹：里面的文件自动取名。请去掉“{target.suffix}”再试。"
            )
        if self.whole:
            check_folder(target)
        elif self.folder(params):
            if target.exists() and not target.is_dir():
                raise CannotRun(f"“{target}”是文件，不是文件夹。请换一个文件夹。")
        else:
            check_file(target, self.kinds or [params[self.like].suffix.lower()])


class Many(Output):
    """A folder into which a command writes many files."""

    def __init__(self) -> None:
        super().__init__(folder=lambda params: True)


class Whole(Output):
    """A folder that a command writes as one."""

    def __init__(self) -> None:
        super().__init__(whole=True)


def force_option() -> click.Option:
    """Returns the option that every command with an Output has."""
    return click.Option(
        [FORCE], is_flag=True, expose_value=False, callback=_note, help="现有的文件改名保留为“…（旧稿1）”，再写新的。"
    )


def _note(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    ctx.meta[FORCE] = value


def outputs(command: click.Command) -> dict[str, Output]:
    """Returns the outputs of a command by the name of their parameter."""
    return {str(p.name): p.type for p in command.params if isinstance(p.type, Output)}


@contextmanager
def watched(ctx: click.Context) -> Iterator[None]:
    """Inside the block, what the command reads is not overwritten; sets the default outputs.

    Raises CannotRun if one of the outputs must not be written, or two are the same.
    """
    names = outputs(ctx.command)
    inputs = [x for p in ctx.command.params for x in _paths(p, ctx.params) if str(p.name) not in names]
    tell = lambda text: click.echo(text, err=True)  # noqa: E731
    with guarding(inputs, force=ctx.meta.get(FORCE, False), remedy=IN_WINDOW if telling() else REMEDY, tell=tell):
        targets: dict[str, Path] = {}
        for name, kind in names.items():
            target = ctx.params[name] = kind.settle(ctx.params, ctx.params[name])
            if target is not None:
                kind.check(ctx.params, target)
                if targets.setdefault(key(target).lower(), target) is not target:
                    raise CannotRun(f"两份结果同名：“{target}”。请给它们不同的名字。")
        yield


def _paths(parameter: click.Parameter, params: Params) -> Iterator[Path]:
    if isinstance(parameter.type, click.Path):
        value = params.get(str(parameter.name))
        for found in value if isinstance(value, tuple) else (value,):
            if found is not None and "://" not in str(found):
                yield Path(found)
