"""Text of one rendered part, cut and filled in place without an XML tree (docs/decisions/0008).

A template is annotated once, before it is compiled: each paragraph and each text gets a head that refers to
its place. The text that Jinja renders is then split at the heads into tokens. A token is a piece of XML;
all tokens joined are the part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape

# A head is HEAD and a kind; for P and T also a number and STOP. Text from outside never holds these characters.
HEAD, STOP = "\ue006", "\ue007"
_PARAGRAPH, _TEXT, _BREAK, _MARKUP, _END = "PTBME"
_TAG = re.compile(r"<(/?)w:(p|t|r|tab|br|tc|sdtContent|txbxContent)(?: [^<>]*?)?(/?)>")
_STYLE = re.compile(r'<w:pPr>\s*<w:pStyle w:val="([^"]*)"')
_PROPERTIES = re.compile(
    r"<w:rPr/>|<w:rPr>(?:(?!</w:rPr>|<w:rPrChange)[\s\S])*(?:<w:rPrChange [\s\S]*?</w:rPrChange>)?</w:rPr>"
)
_RUN_STYLE = re.compile(r'<w:rStyle w:val="([^"]*)"')
_BOX = re.compile(r"<w:(?:drawing|pict|object|sectPr)[ >]")
_CONTAINERS = ("tc", "sdtContent", "txbxContent")


@dataclass(frozen=True, slots=True)
class Setting:
    """Place of a paragraph in the template."""

    style: str  # id
    in_table: bool
    inner: bool  # in a table, a content control or a text box: not a child of the body
    box: bool  # holds a drawing or ends a section: never dropped when its text is empty


@dataclass(frozen=True, slots=True)
class Run:
    """The run that holds a text of the template."""

    opening: str  # tag and properties
    properties: str
    style: str


@dataclass(frozen=True)
class Layout:
    """What is known of a part before it is rendered; heads refer to it by index."""

    settings: tuple[Setting, ...]
    runs: tuple[Run, ...]
    body: bool  # the main part, not a header or a note


def annotate(source: str) -> tuple[str, Layout]:
    """Returns the template's XML with heads, and the layout that they refer to."""
    settings: list[Setting] = []
    runs: list[Run] = []
    made, at, containers = [], 0, []
    run = Run("", "", "")

    def head(where: int, text: str) -> None:
        nonlocal at
        made.append(source[at:where] + HEAD + text)
        at = where

    for tag in _TAG.finditer(source):
        closing, name, alone = tag.groups()
        if name in _CONTAINERS:
            if not closing and not alone:
                containers.append(name)
            elif closing and containers:
                containers.pop()
        elif name == "p" and not closing:
            settings.append(_setting(source, tag, containers))
            head(tag.start(), f"{_PARAGRAPH}{len(settings) - 1}{STOP}")
            if alone:
                head(tag.end(), _END)
        elif name == "p":
            head(tag.start(), _END)
        elif name == "r" and not closing:
            run = _run(source, tag)
        elif name == "t" and not closing and not alone:
            runs.append(run)
            head(tag.start(), f"{_TEXT}{len(runs) - 1}{STOP}")
        elif name == "t" and closing:
            head(tag.end(), _MARKUP)
        elif alone and tag[0] in (
            "<w:tab/>",
            "<w:br/>",
        ):  # in a run; those with attributes are tab stops and page breaks
            head(tag.start(), _BREAK)
            head(tag.end(), _MARKUP)
    return "".join([*made, source[at:]]), Layout(tuple(settings), tuple(runs), "<w:body>" in source)


def _setting(source: str, tag: re.Match[str], containers: list[str]) -> Setting:
    style = _STYLE.match(source, tag.end())
    end = tag.end() if tag[3] else source.find("</w:p>", tag.end())
    box = bool(_BOX.search(source, tag.end(), end))
    return Setting(style[1] if style else "", "tc" in containers, bool(containers), box)


def _run(source: str, tag: re.Match[str]) -> Run:
    found = _PROPERTIES.match(source, tag.end())
    properties = found[0] if found else ""
    style = _RUN_STYLE.search(properties)
    return Run(tag[0] + properties, properties, style[1] if style else "")


class Story:
    """A rendered part as tokens and paragraphs."""

    def __init__(self, rendered: str, layout: Layout) -> None:
        self.layout = layout
        self.tokens: list[str] = []
        self.paragraphs: list[Para] = []
        self._read(rendered)

    def _read(self, rendered: str) -> None:
        settings, runs, tokens, paragraphs = self.layout.settings, self.layout.runs, self.tokens, self.paragraphs
        pieces = iter(rendered.split(HEAD))
        tokens.append(next(pieces))
        open_: list[Para] = []
        for piece in pieces:
            kind = piece[0]
            if kind == _TEXT:
                number, _, xml = piece.partition(STOP)
                if open_:
                    open_[-1].nodes.append((len(tokens), runs[int(number[1:])]))
                tokens.append(xml)
            elif kind == _PARAGRAPH:
                number, _, xml = piece.partition(STOP)
                made = Para(self, settings[int(number[1:])], len(tokens))
                paragraphs.append(made)
                open_.append(made)
                tokens.append(xml)
            else:
                if kind == _BREAK and open_:
                    open_[-1].nodes.append((len(tokens), None))
                elif kind == _END and open_:
                    open_.pop().end = len(tokens)
                tokens.append(piece[1:])

    def xml(self) -> str:
        """Returns the XML of the part."""
        return "".join(self.tokens)

    def body_paragraphs(self) -> list[Para]:
        """Returns the paragraphs that are children of the body and not dropped; none outside the main part."""
        return [p for p in self.paragraphs if not p.setting.inner and not p.dropped] if self.layout.body else []


@dataclass(eq=False, slots=True)
class Para:
    """One paragraph as a string; tabs are \\t, breaks \\n. Text boxes inside are paragraphs of their own."""

    story: Story
    setting: Setting
    start: int  # index of its first token
    end: int = 0  # index of the token that begins with its end tag
    nodes: list[tuple[int, Run | None]] = field(default_factory=list)  # (token index, run); None: a tab or break
    dropped: bool = False

    @property
    def marked(self) -> bool:
        """Whether it holds a mark."""
        tokens = self.story.tokens
        return any("\ue000" in tokens[i] for i, _ in self.nodes)

    @property
    def text(self) -> str:
        """Text of all its runs."""
        return "".join(text for _, text, _ in self._pieces())

    def _pieces(self) -> Iterator[tuple[int, str, Run | None]]:
        """Yields (token index, text, run) of every node."""
        for i, run in self.nodes:
            token = self.story.tokens[i]
            if run is None:
                yield i, "" if not token else "\t" if token.startswith("<w:tab") else "\n", None
            else:
                yield i, inner(token), run

    def delete(self, spans: Iterable[tuple[int, int]]) -> None:
        """Deletes the characters of `spans` from the runs that hold them."""
        gone = {i for start, end in spans for i in range(start, end)}
        at = 0
        for token, text, run in list(self._pieces()) if gone else ():
            kept = "".join(c for i, c in enumerate(text, at) if i not in gone)
            at += len(text)
            if kept != text:
                self.story.tokens[token] = _written(kept) if run else ""

    def insert(self, at: int, added: str) -> None:
        """Inserts text before position `at`, in the run at that position."""
        for token, text, run in self._pieces():
            if run and 0 <= at < len(text):
                self.story.tokens[token] = _written(text[:at] + added + text[at:])
                return
            at -= len(text)

    def runs(self) -> Iterator[tuple[Run | None, str]]:
        """Yields (run, text) of every node; the run is None for a tab or break."""
        return ((run, text) for _, text, run in self._pieces())

    def drop(self) -> None:
        """Removes the paragraph; the XML after it is kept."""
        tokens = self.story.tokens
        tokens[self.start : self.end] = [""] * (self.end - self.start)
        tokens[self.end] = tokens[self.end].removeprefix("</w:p>")
        self.dropped, self.nodes = True, []


def inner(token: str) -> str:
    """Returns the unescaped text of a w:t token."""
    text = token[token.index(">") + 1 : -6]
    return unescape(text) if "&" in text else text


def _written(text: str) -> str:
    return f'<w:t xml:space="preserve">{escaped(text)}</w:t>'


def escaped(text: str) -> str:
    """Returns text escaped for XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
