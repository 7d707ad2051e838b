"""Arguments that name a text to read: a file, or - for what another program hands over."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

ON_WEB = (
    "这是网上（OneDrive 或 SharePoint）的地址，不能直接读写。"
    "请用它同步到本机的文件（资源管理器的 OneDrive 文件夹里），或先另存到本机的文件夹"
)
CLOUD = re.compile(r"https?:/+([^/]*[.])?(docs[.]live[.]net|sharepoint[.](com|cn))(:\d+)?(/|$)", re.IGNORECASE)
STANDARD_INPUT = "标准输入.txt"


class OnDisk(click.Path):
    """An existing path. The address in the web that Excel names as the place of a synchronized workbook is told."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Returns the path. Fails on an address in the web."""
        if str(value).lower().startswith(("http:", "https:")):
            self.fail(ON_WEB, param, ctx)
        return super().convert(value, param, ctx)


class PathOrUrl(click.Path):
    """An existing file or folder, or a URL that fsspec understands; OneDrive and SharePoint ask for a login first."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Returns a URL unchanged and checks any other value as a path. Fails on an address of OneDrive."""
        if CLOUD.match(str(value)):
            self.fail(ON_WEB, param, ctx)
        return value if "://" in str(value) else super().convert(value, param, ctx)


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
