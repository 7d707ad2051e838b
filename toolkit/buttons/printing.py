"""打印要件 of the open workbook."""

from __future__ import annotations

from pathlib import Path

from ..errors import CannotRun
from ..standard.catalog import load_catalog
from .working import TITLE, working


def print_essentials() -> None:
    """打印要件: saves the workbook, and writes what is printed and signed as a PDF beside it."""
    from ..documents.printing.essentials import print_beside

    with working("打印要件") as book:
        if not Path(book.fullname).is_absolute():
            raise CannotRun("请先保存工作簿，再点这个按钮。")
        book.save()
        said = print_beside(load_catalog(), Path(book.fullname))
    book.app.alert(said, TITLE)
