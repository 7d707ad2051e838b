"""打印要件 of the open workbook."""

from __future__ import annotations

from pathlib import Path

from ..standard.catalog import load_catalog
from .working import TITLE, folder_of, working


def print_essentials() -> None:
    """打印要件: saves the workbook, and writes what is printed and signed as a PDF beside it."""
    from ..documents.printing.essentials import print_beside

    with working("打印要件") as book:
        folder_of(book)  # a workbook without one would be saved somewhere
        book.save()
        said = print_beside(load_catalog(), Path(book.fullname))
    book.app.alert(said, TITLE)
