"""The command group and what all commands share.

Exit codes: 0 clean, 1 errors in the data, 2 could not run, 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import __version__
from ..errors import CannotRun, StandardError
from ..findings import Graded
from ..model import Catalog
from ..standard.catalog import load_catalog
from ..window.telling import heed_interrupts, telling
from . import chinese
from .inputs import OnDisk
from .outputs import force_option, outputs, watched
from .progress import QUIET, loudness

if TYPE_CHECKING:  # imported only by the commands that need its database
    from ..submissions.store import Store

chinese.speak()
EXISTING = OnDisk(exists=True, path_type=Path)
YEAR = click.IntRange(2000, 2100)


class Command(click.Command):
    """A click command whose usage line shows its options in Chinese; what it writes is guarded (outputs.py)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"options_metavar": "[选项]", **kwargs})
        self.params += loudness()
        if outputs(self):
            self.params.append(force_option())

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the arguments. With --json, a wrong one is also an answer that a program can read."""
        json_ = any(p.name == "json_" for p in self.params) and "--json" in args
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as e:
            if json_ and not telling():  # the window words what click says by its own fields
                as_json({"error": e.format_message()})
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command, after a look at where it is to write.

        With --json, what could not be done is also an answer that a program can read.
        """
        try:
            with watched(ctx):
                return super().invoke(ctx)
        except (CannotRun, StandardError, OSError) as e:
            if ctx.params.get("json_") and not isinstance(e, BrokenPipeError):
                as_json({"error": told(e)})
            raise
        except click.UsageError as e:
            if ctx.params.get("json_") and not telling():
                as_json({"error": e.format_message()})
            raise


class Chinese(click.Group):
    """A group of commands that reports each failure as one Chinese message, never as a stack trace."""

    command_class = Command
    sections: Mapping[str, Sequence[str]] = {}  # title -> commands, in the order of the help; {}: one list

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the commands in the order of the work."""
        return [name for names in self.sections.values() for name in names] or super().list_commands(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes a list of commands per section."""
        if not self.sections:
            super().format_commands(ctx, formatter)
        width = max((len(name) for name in self.commands), default=0)
        for title, names in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), self.commands[name].get_short_help_str(200)) for name in names])

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the group. A character that the terminal or file does not know is printed as a question mark."""
        heed_interrupts()
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command. Exits with 2 after CannotRun, StandardError or OSError, with 130 after Ctrl+C."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # the reader, such as `head`, has enough; click ends quietly
            raise
        except KeyboardInterrupt:
            click.echo("已中断：没有写完的结果不会留下。", err=True)
            raise click.exceptions.Exit(130) from None
        except (CannotRun, StandardError, OSError) as e:
            click.echo(f"无法执行：{told(e)}", err=True)
        raise click.exceptions.Exit(2)


def told(e: Exception) -> str:
    """Returns what is said of a failure; what only the command line has is not for the window."""
    if isinstance(e, PermissionError):
        return f"没有权限读写 {e.filename}。请关闭已打开的文件，或换一个文件夹。"
    if isinstance(e, OSError):
        return f"读写 {e.filename or ''} 时出错（{e.strerror or e}）。"
    return f"{e}{e.shell}" if isinstance(e, CannotRun) and not telling() else str(e)


def say(text: str = "") -> None:
    """Prints `text` to stdout, unless -q asks for silence."""
    context = click.get_current_context(silent=True)
    if context is None or not context.meta.get(QUIET):
        click.echo(text)


def finish(found: Iterable[Graded]) -> None:
    """Exits with 1 if any finding is an error, else with 0."""
    sys.exit(1 if any(f.is_error for f in found) else 0)


def as_json(value: Any) -> None:
    """Prints `value` to stdout as JSON, always in UTF-8."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def answer(json_: bool, for_program: Callable[[], Any], for_clerk: Callable[[], str]) -> None:
    """Prints JSON or text to stdout; only the chosen one is computed. The window gets the text as `said` in the JSON."""
    if json_:
        as_json({**for_program(), "said": for_clerk()} if telling() else for_program())
    else:
        say(for_clerk())


def catalog() -> Catalog:
    """Returns the standard, including the folders of --standard."""
    return load_catalog()


def store(no_cache: bool = False) -> Store:
    """Returns the cache of what earlier runs have read; with `no_cache` a temporary one.

    Problems with the cache are reported on stderr.
    """
    from ..submissions.store import Store

    return Store(catalog(), None) if no_cache else Store.of_user(catalog(), lambda said: click.echo(said, err=True))


@click.group(
    cls=Chinese,
    options_metavar="[选项]",
    subcommand_metavar="命令 …",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "-V", "--version", message="dangjian %(version)s", help="显示版本。")
@click.option(
    "--standard",
    type=EXISTING,
    multiple=True,
    metavar="文件夹",
    help="另加的标准文件夹（新增台账、指标、文种），可重复。",
)
def main(standard: tuple[Path, ...]) -> None:
    """党建工作台账：从 Excel 台账到 Word 公文。

    收集（new）→ 检查（check）→ 核定（approve）→ 汇总（aggregate）→ 成文（fill）。

    每条命令都可以加 -q（只看退出码，不显示结果）、-v（另报版本、标准和用时）。
    """
    if standard:  # in the environment, so that worker processes load the same folders
        os.environ["DANGJIAN_STANDARD"] = os.pathsep.join(str(p.resolve()) for p in standard)
