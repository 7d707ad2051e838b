"""Finds the figures that the product itself printed in a report: their bookmarks say which indicator each states."""

from __future__ import annotations

from collections.abc import Mapping

from ...model import Catalog, Indicator
from ...word.edited.edited import Edited
from ...word.edited.names import MAX_ID, read_name, short
from ...word.edited.paragraphs import Opened
from ...wording.reading.facts import FactPlace

Printed = Mapping[int, list[tuple[int, int, Indicator]]]  # start, end and indicator by index of the paragraph


def printed(catalog: Catalog, opened: Opened) -> Printed:
    """Returns the bookmarked figures of a report by paragraph; those of indicators that are no longer known are left out."""
    known = {short(i.id, MAX_ID): i for i in catalog.indicators.values()}
    indices = {p.element: n for n, p in enumerate(opened.paragraphs) if p.element is not None}
    found: dict[int, list[tuple[int, int, Indicator]]] = {}
    for part, root in opened.roots.items():
        edited = Edited(root, opened.unseen[part])
        starts = {element: start for start, element in edited.paragraphs}
        for bookmark in edited.bookmarks:
            name = read_name(bookmark.name)
            p = edited.paragraph(bookmark.start) if name else None
            if name and p in indices and name.id in known:
                at = starts[p]
                found.setdefault(indices[p], []).append((bookmark.start - at, bookmark.end - at, known[name.id]))
    return found


def at_place(found: Printed, place: FactPlace) -> Indicator | None:
    """Returns the indicator of the bookmark that a figure stands in; None if it stands in none."""
    here = found.get(place.index, ())
    return next((i for start, end, i in here if start < place.end and place.start < end), None)
