"""The command `dangjian`: click only, no logic."""

from . import documents, machine, plans, workbooks
from .base import main

__all__ = ["documents", "machine", "main", "plans", "workbooks"]
