"""Reads sheets without tables: one activity a paragraph, or labelled lines."""

from __future__ import annotations

from ..model import Catalog, Grid
from .model import Fates, Table
from .words import Words


def paragraphs_below(catalog: Catalog, words: Words, grid: Grid, fates: Fates) -> list[Table]:
    """Returns the paragraphs of a sheet as one table; [] if it has none that tell a day."""
    return []
