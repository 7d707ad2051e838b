"""Writes files completely or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..errors import CannotRun


def write_whole(path: str | Path, data: bytes) -> None:
    """Writes `data` to a temporary file beside the target and renames it. Raises CannotRun on failure."""
    with whole(path) as f:
        f.write(data)


@contextmanager
def whole(path: str | Path) -> Iterator[IO[bytes]]:
    """Opens a temporary file that replaces `path` when completely written. Raises CannotRun on failure."""
    target = Path(path)
    made = target.parent / f".{os.urandom(8).hex()}.tmp"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        f = open(made, "xb")  # noqa: SIM115 (opening fails for other reasons than writing)
    except OSError as e:
        raise CannotRun(f"无法写入文件夹“{target.parent}”：{e.strerror}。请换一个有写入权限的文件夹后重试。") from e
    try:
        with f:
            yield f
        os.replace(made, target)
    except OSError as e:
        raise CannotRun(
            f"无法写入“{target.name}”：{e.strerror}。文件可能正在 Excel、Word 或 WPS 中打开，请关闭后重试。"
        ) from e
    finally:
        made.unlink(missing_ok=True)  # also if the user interrupts
