"""Resolves the marks of a rendered template (docs/decisions/0002).

Zeros are dropped with their clause, sentence, paragraph and heading (rules.md F1); numbers are counted;
estimates get their prefix (F4); each printed figure is wrapped in a bookmark that names it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from ...wording.clauses import MARK, NUMBERING, estimate_places, plan_cut
from ...wording.locate import check_of
from ..edited.bare import BARE
from ..edited.names import PREFIX, MarkName
from ..edited.story import Para, Run, Story, escaped
from ..styles import Styles
from .chart import chart_drawing
from .numbering import resolve_numbers
from .pictures import Picture, drawing, with_room
from .session import BREAK, Mark, Session

_PIECES = re.compile(f"(\ue000\\d+\ue002|{BREAK})")
_EMPTY = re.compile(f"[\\s。，；：、{NUMBERING}]*")
_BOOKMARK = re.compile(r'<w:bookmark(Start|End) (?:[^<>]*?\s)?w:id="(-?\d+)"[^<>]*/>')
_BOOKMARK_NAME = re.compile(r'w:name="([^"]*)"')
# Elements that follow w:highlight in the schema order of run properties.
_AFTER_HIGHLIGHT = re.compile(
    "<w:(?:u|effect|bdr|shd|fitText|vertAlign|rtl|cs|em|lang|eastAsianLayout|specVanish|oMath|rPrChange)[ />]|</w:rPr>"
)
_YELLOW = '<w:highlight w:val="yellow"/>'


def resolve(
    stories: Iterable[Story], session: Session, styles: Styles, year: int, first_id: int
) -> list[tuple[Mark, str]]:
    """Resolves all marks in the parts of one document, in place; bookmark ids count up from `first_id`.

    Returns each printed figure with its bookmark's name, in document order.
    """
    stories = list(stories)
    for story in stories:
        for p in story.paragraphs:
            if p.marked:
                _settle(p, session, styles)
        _drop_bare_headings(story, styles)
        resolve_numbers(story, styles.headings)
    return _Bookmarks(session, year, first_id).place(stories)


def _marks(text: str) -> list[int]:
    return [int(m[1]) for m in MARK.finditer(text)]


def _settle(p: Para, session: Session, styles: Styles) -> None:
    text, marks = p.text, session.marks
    found = [marks[n] for n in _marks(text)]
    if any(mark.kind == "zero" for mark in found):
        _cut(p, text, session, styles)
        text = p.text
    if f"{session.lead}\ue000" in text:
        _drop_clashes(p, text, session)
    if p.setting.in_table:
        for mark in found:  # a cell is no sentence: 100%, not 达100%
            if mark.text == session.words.percent["full"]:
                mark.text = mark.text.removeprefix(session.lead)
    elif any(mark.est for mark in found):
        _introduce(p, session)


def _cut(p: Para, text: str, session: Session, styles: Styles) -> None:
    """Deletes the clauses that zeros empty; in a table the zero is printed."""
    numbers, marks = _marks(text), session.marks
    if p.setting.in_table:
        _print_zeros(numbers, session, noted=False)
        return
    cut = plan_cut(text, lambda n: marks[n].kind == "zero", session.words)
    _print_zeros(cut.stuck, session, noted=True)
    if not cut.spans:
        return
    before = _plain_part(p, styles)
    p.delete(cut.spans)
    after = _plain_part(p, styles)
    gone = _EMPTY.fullmatch(p.text) or (before and not after)
    if gone and not p.setting.box:
        p.drop()
    elif gone:
        p.delete([(0, len(p.text))])


def _plain_part(p: Para, styles: Styles) -> str:
    """Returns the paragraph's text without run-in heading, numbering, punctuation and blanks."""
    return _EMPTY.sub("", "".join(text for run, text in p.runs() if not run or run.style not in styles.run_in))


def _print_zeros(numbers: Iterable[int], session: Session, noted: bool) -> None:
    for n in numbers:
        mark = session.marks[n]
        if mark.kind == "zero":
            mark.kind, mark.text = "figure", mark.plain
            if noted:
                session.warnings.append(
                    f"“{mark.name}”为零，但所在语句与其他数字分不开，已照写“{mark.text}”。请人工核改。"
                )


def _drop_bare_headings(story: Story, styles: Styles) -> None:
    """Drops headings without content, from the end upwards, so that a heading over dropped ones is dropped too."""
    if not story.layout.body:
        return
    lowest = 99  # level of the next heading below, if there is no content between; 99: none
    bare = True
    for p in reversed(story.paragraphs):
        if p.dropped:
            continue
        level = None if p.setting.inner else styles.outline.get(p.setting.style)
        if level is not None:
            if bare and (lowest <= level or lowest == 99):
                if not p.setting.box:
                    p.drop()
                continue
            bare, lowest = True, level
        elif bare and (p.setting.in_table or p.setting.box or p.setting.style not in styles.closing):
            bare = not (p.setting.in_table or p.setting.box or p.text.strip())


def _drop_clashes(p: Para, text: str, session: Session) -> None:
    """Deletes a 达 that clashes with the phrase behind it: 达达100%, 达60%以上 (rules.md F7)."""
    over = session.words.percent["over"].partition("{}")[2]
    for m in reversed(list(MARK.finditer(text))):
        phrase = session.marks[int(m[1])].text
        if text[: m.start()].endswith(session.lead) and (phrase.startswith(session.lead) or phrase.endswith(over)):
            p.delete([(m.start() - 1, m.start())])


def _introduce(p: Para, session: Session) -> None:
    """Inserts 据不完全统计， before estimates."""
    marks, prefix = session.marks, session.words.est_prefix
    for at in reversed(estimate_places(p.text, lambda n: marks[n].est and marks[n].kind == "figure", prefix)):
        p.insert(at, prefix)


class _Bookmarks:
    """Replaces marks by their phrases, each in a bookmark with a name of its own."""

    def __init__(self, session: Session, year: int, first_id: int) -> None:
        self.session, self.year, self.next_id = session, year, first_id
        self.counted: Counter[tuple[str, str]] = Counter()
        self.placed: list[tuple[Mark, str]] = []

    def place(self, stories: Iterable[Story]) -> list[tuple[Mark, str]]:
        """Places all bookmarks and returns (mark, bookmark name) pairs in document order."""
        for story in stories:
            for p in story.paragraphs:
                for token, run in p.nodes:
                    if run and ("\ue000" in story.tokens[token] or BREAK in story.tokens[token]):
                        self._split(story.tokens, token, run)
                        if "<w:drawing>" in story.tokens[token]:
                            story.tokens[p.start] = with_room(story.tokens[p.start])
        return self.placed

    def _split(self, tokens: list[str], at: int, run: Run) -> None:
        """Splits a run at its marks; each piece keeps the run's properties."""
        made: list[str] = []
        open_ = True  # whether a run is open
        text = tokens[at][tokens[at].index(">") + 1 : -6]
        for piece in filter(None, _PIECES.split(text)):
            if piece[0] == "\ue000":
                if open_ and not made and tokens[at - 1].endswith(run.opening):
                    tokens[at - 1] = tokens[at - 1].removesuffix(run.opening)
                elif open_:
                    made.append("</w:r>")
                made.append(self._printed(self.session.marks[int(piece[1:-1])], run))
                open_ = False
                continue
            if not open_:
                made.append(f"<w:r>{run.properties}")
                open_ = True
            made.append("<w:br/>" if piece == BREAK else f'<w:t xml:space="preserve">{piece}</w:t>')
        if not open_:
            if tokens[at + 1].startswith("</w:r>"):
                tokens[at + 1] = tokens[at + 1].removeprefix("</w:r>")
            else:
                made.append(f"<w:r>{run.properties}")
        tokens[at] = "".join(made)

    def _printed(self, mark: Mark, run: Run) -> str:
        if mark.kind == "picture":
            picture, number = self.session.pictures[int(mark.plain) - 1], int(mark.plain)
            return drawing(picture, number) if isinstance(picture, Picture) else chart_drawing(picture, number)
        if mark.kind == "missing":
            return f"<w:r>{_highlighted(run.properties)}<w:t>{escaped(mark.text)}</w:t></w:r>"
        name, n = self._name(mark), self.next_id
        self.placed.append((mark, name))
        self.next_id += 1
        return (
            f'<w:bookmarkStart w:id="{n}" w:name="{name}"/>'
            f'<w:r>{run.properties}<w:t>{escaped(mark.text)}</w:t></w:r><w:bookmarkEnd w:id="{n}"/>'
        )

    def _name(self, mark: Mark) -> str:
        self.counted[mark.id, mark.unit] += 1
        n = self.counted[mark.id, mark.unit]
        return str(MarkName(mark.id, mark.unit, self.year, mark.scope, mark.form, check_of(mark.text), n))


def _highlighted(properties: str) -> str:
    """Returns run properties with the yellow highlight of missing figures, in schema order."""
    plain = re.sub(r"<w:highlight [^<>]*/>", "", properties.replace("<w:rPr/>", "")) or "<w:rPr></w:rPr>"
    return _AFTER_HIGHLIGHT.sub(lambda m: _YELLOW + m[0], plain, count=1)


def span(story: Story, name: str, n: int) -> None:
    """Puts a bookmark over the whole body, so that it lasts as long as any paragraph (docs/decisions/0007)."""
    paragraphs = story.body_paragraphs()
    if not paragraphs:
        return
    first, last, tokens = paragraphs[0], paragraphs[-1], story.tokens
    tokens[first.start] = after_properties(tokens[first.start], f'<w:bookmarkStart w:id="{n}" w:name="{name}"/>')
    tokens[last.end] = f'<w:bookmarkEnd w:id="{n}"/>{tokens[last.end]}'


def after_properties(paragraph: str, added: str) -> str:
    """Returns a paragraph's first token with `added` after its tag and properties."""
    at = paragraph.find("</w:pPr>") + 8 if "</w:pPr>" in paragraph else paragraph.index(">") + 1
    return paragraph[:at] + added + paragraph[at:]


def next_id(xml: str) -> int:
    """Returns an id greater than that of any bookmark of the part."""
    return max((int(m[2]) for m in _BOOKMARK.finditer(xml)), default=0) + 1


def drop_figures(xml: str) -> str:
    """Removes figure bookmarks that an earlier filling left in a template; those of old figures stay."""
    return _without_bookmarks(xml, lambda name, seen: name.startswith(PREFIX) and not name.startswith(BARE))


def drop_copies(xml: str) -> str:
    """Removes the copies that a loop made of bookmarks."""
    return _without_bookmarks(xml, lambda name, seen: name in seen)


def _without_bookmarks(xml: str, unwanted: Callable[[str, set[str]], bool]) -> str:
    seen: set[str] = set()
    gone: set[str] = set()  # ids whose end is removed too

    def keep(m: re.Match[str]) -> str:
        if m[1] == "End":
            kept = m[2] not in gone
            gone.discard(m[2])
            return m[0] if kept else ""
        found = _BOOKMARK_NAME.search(m[0])
        name = found[1] if found else ""
        if unwanted(name, seen):
            gone.add(m[2])
            return ""
        seen.add(name)
        return m[0]

    return _BOOKMARK.sub(keep, xml)
