"""What a command shows of its progress, and how much it says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from .. import __version__
from ..window.telling import tell_progress, telling

QUIET = "quiet"  # key of click's meta


def loudness() -> list[click.Parameter]:
    """Returns the options -q and -v, which every command has."""
    return [
        click.Option(["-q", "--quiet"], is_flag=True, expose_value=False, hidden=True, callback=_quiet),
        click.Option(["-v", "--verbose"], is_flag=True, expose_value=False, hidden=True, callback=_verbose),
    ]


def _quiet(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    ctx.meta[QUIET] = value


def _verbose(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if not value:
        return
    import time

    from ..standard.catalog import load_catalog
    from ..standard.folders import added_folders

    start, added = time.monotonic(), "、".join(map(str, added_folders()))
    click.echo(f"dangjian {__version__}，Python {sys.version.split()[0]}，{sys.executable}", err=True)
    click.echo(f"标准 {load_catalog().version}版" + (f"，另加：{added}" if added else ""), err=True)
    ctx.call_on_close(lambda: click.echo(f"用时{time.monotonic() - start:.1f}秒。", err=True))


@contextmanager
def progress(text: str) -> Iterator[Callable[[int, int], None]]:
    """Shows a progress bar on stderr if that is a terminal. Yields a function that takes (done, total)."""
    if telling():
        yield tell_progress
        return
    context = click.get_current_context(silent=True)
    if not sys.stderr.isatty() or (context and context.meta.get(QUIET)):
        yield lambda done, total: None
        return
    import time

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task, start = bar.add_task(text, rate=""), time.monotonic()

        def show(done: int, total: int) -> None:
            seconds = max(0.1, time.monotonic() - start)
            bar.update(task, completed=done, total=total, rate=f"每秒{done / seconds:.0f}份")

        yield show
