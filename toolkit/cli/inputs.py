"""Arguments that name a text to read: a file, or - for what another program hands over."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

STANDARD_INPUT = "标准输入.txt"


class Text(click.Path):
    """An existing file; `-` is standard input, UTF-8 or the encoding that the text shows, kept in a file for the run."""

    def __init__(self) -> None:
        super().__init__(exists=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Returns the path of the text."""
        if value != "-" or ctx is None:
            return super().convert(value, param, ctx)
        folder = tempfile.mkdtemp(prefix="dangjian-")
        ctx.find_root().call_on_close(lambda: shutil.rmtree(folder, ignore_errors=True))
        path = Path(folder) / STANDARD_INPUT
        path.write_bytes(sys.stdin.buffer.read())
        return path


def is_standard_input(path: Path) -> bool:
    """Returns whether the path is the one that `-` became."""
    return path.name == STANDARD_INPUT and path.parent.name.startswith("dangjian-")
