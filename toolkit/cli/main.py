"""The command `dangjian` with all its commands."""

from . import documents, machine, workbooks, year
from .base import main

__all__ = ["documents", "machine", "main", "workbooks", "year"]
