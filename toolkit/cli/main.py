"""The command `dangjian`; the imports register all its subcommands."""

from . import documents, machine, standard, workbooks, year
from .base import main

__all__ = ["documents", "machine", "main", "standard", "workbooks", "year"]
