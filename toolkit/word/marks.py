"""What happens to the marks once a template is rendered.

Zeros take their clause, sentence, paragraph and heading with them; numbers are counted;
estimates are introduced; each printed figure is wrapped in a bookmark that names it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from lxml import etree

from ..clauses import MARK, NUMBERING, estimate_places, plan_cut
from .numbering import resolve_numbers
from .ooxml import W, find, make, q
from .session import BREAK, Mark, Session
from .styles import Styles
from .text import ParagraphText, drop, highlight, split_run

_PIECES = re.compile(f"(\ue000\\d+\ue002|{BREAK})")
_EMPTY = re.compile(f"[\\s。，；：、{NUMBERING}]*")
MAX_NAME = 40  # Word's limit for a bookmark's name


def resolve(roots: Mapping[str, etree._Element], session: Session, styles: Styles, year: int) -> list[tuple[Mark, str]]:
    """Carries out all marks in the parts of one document, in place.

    Gives each printed figure with its bookmark's name, in document order.
    """
    for root in roots.values():
        _clean_bookmarks(root)
        for p in list(root.iter(q("w:p"))):
            _cut(p, session, styles)
        for body in root.iter(q("w:body")):
            _drop_bare_headings(body, styles)
        paragraphs = list(root.iter(q("w:p")))
        for p in paragraphs:
            _introduce(ParagraphText(p), session)
        resolve_numbers(paragraphs, styles.headings)
    return _Bookmarks(session, year, roots.values()).place()


def _in_table(p: etree._Element) -> bool:
    return any(True for _ in p.iterancestors(q("w:tc")))


def _marks(text: str) -> Iterable[int]:
    return (int(m[1]) for m in MARK.finditer(text))


def _cut(p: etree._Element, session: Session, styles: Styles) -> None:
    """Drops what zeros empty; in a table a zero is printed."""
    text = ParagraphText(p)
    marks = session.marks
    if _in_table(p):
        _print_zeros(_marks(text.text), session, noted=False)
        return
    cut = plan_cut(text.text, lambda n: marks[n].kind == "zero", session.words)
    _print_zeros(cut.stuck, session, noted=True)
    if not cut.spans:
        return
    before = _plain_part(text, styles)
    text.delete(cut.spans)
    after = _plain_part(text, styles)
    gone = _EMPTY.fullmatch(text.text) or (before and not after)
    if gone and not find(p, ".//w:drawing | .//w:pict | w:pPr/w:sectPr"):
        drop(p)
    elif gone:
        text.delete([(0, len(text.text))])


def _plain_part(text: ParagraphText, styles: Styles) -> str:
    """The paragraph without a run-in heading and numbers."""
    if not styles.run_in:
        return text.text
    kept = (c for i, c in enumerate(text.text) if text.style_of(i) not in styles.run_in)
    return _EMPTY.sub("", "".join(kept))


def _print_zeros(numbers: Iterable[int], session: Session, noted: bool) -> None:
    for n in numbers:
        mark = session.marks[n]
        if mark.kind == "zero":
            mark.kind, mark.text = "figure", mark.plain
            if noted:
                session.warnings.append(
                    f"“{mark.name}”为零，但所在语句与其他数字分不开，已照写“{mark.text}”。请人工核改。"
                )


def _drop_bare_headings(body: etree._Element, styles: Styles) -> None:
    """From the end upwards, so that a heading over dropped headings goes too."""
    lowest = 99  # the level of the next heading below, when nothing stands between
    bare = True
    for child in reversed(list(body)):
        if child.tag == q("w:p"):
            style = str(find(child, "string(w:pPr/w:pStyle/@w:val)"))
            level = styles.outline.get(style)
            if level is None:
                if ParagraphText(child).text.strip() and style not in styles.closing:
                    bare = False
                continue
            if bare and (lowest <= level or lowest == 99):
                if not find(child, "w:pPr/w:sectPr"):
                    drop(child)
                continue
            bare, lowest = True, level
        elif child.tag == q("w:tbl") or (child.tag == q("w:sdt") and find(child, ".//w:t")):
            bare = False


def _introduce(text: ParagraphText, session: Session) -> None:
    """Puts 据不完全统计， before estimates, and drops a 达 that clashes with the phrase (达达100%, 达60%以上)."""
    marks = session.marks
    full, over = (session.words.percent[key].partition("{}")[i] for key, i in (("full", 0), ("over", 2)))
    lead = full[:1]
    text.delete(
        (m.start() - 1, m.start())
        for m in MARK.finditer(text.text)
        if text.text[m.start() - 1 : m.start()] == lead and _clashes(marks[int(m[1])].text, lead, over)
    )
    if _in_table(text.p):
        return
    prefix = session.words.est_prefix
    for at in reversed(estimate_places(text.text, lambda n: marks[n].est and marks[n].kind == "figure", prefix)):
        text.insert(at, prefix)


def _clashes(phrase: str, lead: str, over: str) -> bool:
    return phrase.startswith(lead) or phrase.endswith(over)


class _Bookmarks:
    """Puts phrases in the marks' places, each in a bookmark with a name of its own."""

    def __init__(self, session: Session, year: int, roots: Iterable[etree._Element]) -> None:
        self.session, self.year, self.roots = session, year, list(roots)
        ids = [int(str(i)) for r in self.roots for i in find(r, "//w:bookmarkStart/@w:id") if str(i).isdigit()]
        self.next_id = max(ids, default=0) + 1
        self.counted: Counter[str] = Counter()
        self.placed: list[tuple[Mark, str]] = []

    def place(self) -> list[tuple[Mark, str]]:
        for root in self.roots:
            for t in list(root.iter(q("w:t"))):
                run = t.getparent()
                # a run with two texts is split once, for both; it has no parent any more
                if run is not None and run.getparent() is not None and _PIECES.search(t.text or ""):
                    split_run(run, self._cut)
        return self.placed

    def _cut(self, text: str) -> list[str | etree._Element]:
        made: list[str | etree._Element] = []
        for piece in filter(None, _PIECES.split(text)):
            if piece == BREAK:
                made.append(make("w:r", make("w:br")))
            elif found := MARK.fullmatch(piece):
                made += self._printed(self.session.marks[int(found[1])])
            else:
                made.append(piece)
        return made

    def _printed(self, mark: Mark) -> list[str | etree._Element]:
        if mark.kind == "missing":
            properties = make("w:rPr")
            highlight(properties)
            return [make("w:r", properties, make("w:t", mark.text))]
        name = self._name(mark)
        self.placed.append((mark, name))
        start = make("w:bookmarkStart", id=self.next_id, name=name)
        end = make("w:bookmarkEnd", id=self.next_id)
        self.next_id += 1
        return [start, mark.text, end]

    def _name(self, mark: Mark) -> str:
        """DJ_<indicator>_<unit>_<year>_<n>, ASCII, within Word's limit."""
        unit = re.sub("[^0-9A-Za-z]", "", mark.unit)
        stem = f"DJ_{mark.id}_{unit}_{self.year}"
        self.counted[stem] += 1
        tail = f"_{self.year}_{self.counted[stem]}"
        return f"DJ_{mark.id}_{unit}"[: MAX_NAME - len(tail)] + tail


def _clean_bookmarks(root: etree._Element) -> None:
    """Old figure bookmarks go; so do copies that a loop of the template made of others."""
    seen: set[str] = set()
    for start in find(root, "//w:bookmarkStart"):
        name = start.get(f"{{{W}}}name", "")
        if name.startswith("DJ_") or name in seen:
            end = _end_of(start, start.get(f"{{{W}}}id", ""))
            if end is not None:
                drop(end)
            drop(start)
        seen.add(name)


def _end_of(start: etree._Element, mark: str) -> etree._Element | None:
    ends = find(start, "following::w:bookmarkEnd")
    return next((e for e in ends if e.get(f"{{{W}}}id") == mark), None)
