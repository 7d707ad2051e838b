"""Compares an edited document with the ledgers it was filled from, and lists what no longer matches."""

from __future__ import annotations

import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from ..errors import CannotRun
from ..findings import Remark, Spot, listed, remark
from ..model import Catalog
from ..span import PART_OF_YEAR
from ..submissions.source import Source, facts
from ..word.edited.bare import bare_figures
from ..word.edited.names import NUMBER, comparison_of
from ..word.edited.paragraphs import open_document
from ..wording.naming import enumerated
from ..year.papers import dates
from .chapters import heading as heading_of
from .charting.shown import remarks as chart_remarks
from .claims import Claims, vocabulary
from .fill import Look, fill
from .templates import document as find_document
from .tracked import (
    EDITED,
    FOREIGN,
    GONE,
    LOST,
    MISSING,
    STALE,
    UNKNOWN,
    UNTRUE,
    ZERO,
    TrackedDocument,
    TrackedFigure,
    open_tracked,
)

_CODES = {STALE: "V01", EDITED: "V02", ZERO: "V03", MISSING: "V04", UNTRUE: "V04", LOST: "V05", GONE: "V18"}
MOST_VALUES = 5  # named in a message
TITLE_WITHIN = 12  # the title is among the first paragraphs, below a red head
_YEAR = re.compile(r"(20\d{2})年")


def verify(
    catalog: Catalog,
    path: Path,
    source: str | Path | Source,
    document: str | None = None,
    template: Path | None = None,
) -> list[Remark]:
    """Returns what is wrong with the figures of the .docx at `path`, in the order of the text.

    `document` (name or title) and `template` say how it was filled, if its bookmarks do not.
    Raises CannotRun if a file cannot be opened or the document is unknown.
    """
    tracked = open_tracked(catalog, path, source)
    kind, own = tracked.kind
    kind = find_document(catalog, document).name if document else kind
    found = [r for figure in tracked.figures for r in _of_figure(figure, tracked)]
    found += _foreign(tracked)
    found += _counted(tracked, _printed_anew(tracked, kind, own, template))
    found += _levels(tracked)
    found += Claims(tracked).remarks() if kind != "plan" else ()
    found += _title(tracked, kind)
    found += chart_remarks(tracked.opened, tracked.source)
    found += (remark("V20", spot, text=text) for spot, text in bare_figures(tracked.opened))
    return sorted(dict.fromkeys(found), key=lambda r: (r.spot.part, r.spot.paragraph))


# ------------------------------------------------------------------ the figures


def _of_figure(tracked: TrackedFigure, document: TrackedDocument) -> Iterator[Remark]:
    if tracked.state == UNKNOWN:
        yield remark("V06", tracked.spot, id=tracked.name.id)
        return
    if tracked.state in _CODES:
        parts = {"title": tracked.title, "old": tracked.old, "new": tracked.new, "why": tracked.why}
        if tracked.state == LOST and tracked.figure:
            parts["new"] = document.worded(tracked.figure)
        elif tracked.state == LOST and tracked.listed:
            parts["new"] = enumerated(tracked.listed)
        yield remark(_CODES[tracked.state], tracked.spot, **parts)
    if tracked.state == FOREIGN or tracked.figure is None:
        return
    scope = tracked.figure.indicator.scope
    if tracked.name.scope != scope:
        yield remark("V16", tracked.spot, title=tracked.title, old=tracked.name.scope, new=scope)
    prefix = document.words.est_prefix
    if tracked.figure.est and tracked.name.form != NUMBER and not document.in_table(tracked.part, tracked.at[0]):
        text = document.parts[tracked.part].text
        line = text.rfind("\n", 0, tracked.at[0]) + 1  # marks are looked for in the paragraph, not in all the text
        start = max(line, *(text.rfind(mark, line, tracked.at[0]) + 1 for mark in "。！？"))
        if prefix.rstrip("，") not in text[start : tracked.at[0]]:
            yield remark("V14", tracked.spot, title=tracked.title, prefix=prefix)


def _foreign(tracked: TrackedDocument) -> Iterator[Remark]:
    """Yields one remark for all figures of the same other unit or year."""
    groups = Counter((f.name.unit, f.name.year) for f in tracked.figures if f.state == FOREIGN)
    for (unit, year), count in groups.items():
        own = f"{tracked.source.unit.get('unit_id')}的{tracked.source.year}年"
        yield remark("V07", Spot(), count=count, whose=f"{unit}的{year}年", source=own)


def _printed_anew(tracked: TrackedDocument, document: str, own: bool, template: Path | None) -> TrackedDocument | str:
    """Returns the same document filled again, or the reason why it cannot be filled."""
    if not document:
        return "看不出是哪个文种"
    if own and template is None:
        return "这份公文是用自己的模板成文的"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "new.docx"
        try:
            fill(
                tracked.source.catalog,
                document,
                tracked.source,
                out,
                Look(draft=True, template=template, public=tracked.public),
            )
        except CannotRun as e:
            return f"按“{document}”不能重新成文（{str(e).rstrip('。')}）"
        return TrackedDocument(open_document(out), tracked.source)


def _counted(tracked: TrackedDocument, anew: TrackedDocument | str) -> Iterator[Remark]:
    """Yields remarks on bookmarks that are missing, and on those that occur twice."""
    twice: set[str] = set()
    if any(f.state == FOREIGN for f in tracked.figures):
        return  # another source gives no expected number
    found = Counter(f.name.id for f in tracked.figures if not comparison_of(f.name.form))
    if isinstance(anew, str):
        yield remark("V15", Spot(), why=anew)
    else:
        expected = Counter(f.name.id for f in anew.figures if not comparison_of(f.name.form))
        titles = {f.name.id: f for f in anew.figures}
        for id_, count in expected.items():
            if found[id_] < count:
                yield remark(
                    "V08", Spot(), title=titles[id_].title, expected=count, found=found[id_], new=titles[id_].old
                )
        twice = {id_ for id_, count in found.items() if count > expected[id_]}
    seen: set[tuple[str, int]] = set()
    for f in tracked.figures:
        key = (f.name.id, f.name.n)
        if f.name.copied or (key in seen and (f.name.id in twice or isinstance(anew, str))):
            yield remark("V09", f.spot, title=f.title)
        seen.add(key)


def _levels(tracked: TrackedDocument) -> Iterator[Remark]:
    """Yields remarks if two levels of one indicator have two values: each sentence must name its level (K24)."""
    groups: dict[str, list[TrackedFigure]] = defaultdict(list)
    for f in tracked.figures:
        if f.figure and f.state != FOREIGN and "_" in f.figure.indicator.name:
            groups[f.figure.indicator.name.partition("_")[0]].append(f)
    levels = vocabulary()["levels"]
    for base, found in groups.items():
        if len({f.name.id for f in found}) < 2 or len({f.old for f in found}) < 2:
            continue
        values = listed(list(dict.fromkeys(x.old for x in found)), MOST_VALUES, "个数")
        for f in found:
            words = levels.get(f.name.scope, ())
            low, high = tracked.parts[f.part].line(f.at[0])
            text = tracked.parts[f.part].text
            if words and all(text.find(w, low, high) < 0 for w in words):
                yield remark("V13", f.spot, title=base, values=values)


# -------------------------------------------------------------------- the title


def _title(tracked: TrackedDocument, kind: str) -> Iterator[Remark]:
    """Checks the year and the kind of document that the title names (K13)."""
    documents, known = tracked.source.catalog.documents, facts(tracked.source)
    known |= dates(known["成文日期"])
    first = [p for p in tracked.opened.paragraphs if p.part == next(iter(tracked.parts))][:TITLE_WITHIN]
    kinds: dict[str, list[str]] = {name: [d.title] for name, d in documents.items()}
    for name, more in vocabulary()["kinds"].items():
        kinds[name] = kinds.get(name, []) + more
    words = [w for found in kinds.values() for w in found]
    title = next((p for p in first if _YEAR.search(p.text) and len(p.text) <= 60), None)
    title = title or next((p for p in first if any(w in p.text for w in words) and len(p.text) <= 60), None)
    if title is None:
        return
    spot = Spot(title.number, title.text, title.part)
    heading = ""
    if kind in documents:
        heading = heading_of(documents[kind], tracked.source).format_map(known).replace("|", "")
    right = {int(y) for y in _YEAR.findall(heading)} or {tracked.source.year, tracked.source.year + 1}
    years = {int(y) for y in re.findall(r"(20\d{2})年", title.text)}
    if years and not years & right:
        yield remark("V12", spot, why=f"题目写{min(years)}年，应为{min(right)}年")
    period = tracked.source.period
    written = re.findall(PART_OF_YEAR, title.text) or [""]
    own = re.findall(PART_OF_YEAR, heading) or ([period.part] if period.name in heading else written)
    if not set(own) & set(written) and not (years and not years & right):
        why = f"题目写{written[0] or '全年'}，数据来源是{own[0] or period.name}的"
        yield remark("V12", spot, why=why)
    text, own_end = "".join(title.text.split()), heading.rpartition("年")[2].removeprefix("度")
    named = [k for k, found in kinds.items() if any(w in text for w in found)]
    if own_end and text.endswith(own_end):
        return
    if kind in documents and named and kind not in named:
        yield remark("V12", spot, why=f"题目是{documents[named[0]].title}，内容是按{documents[kind].title}成文的")
