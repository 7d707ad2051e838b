"""Opens a document for reading: Word or plain text, as numbered paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from ...errors import CannotRun
from ..ooxml import find, parse, q, read_package, story_parts
from ..styles import Styles
from .text import ParagraphText
from .visible import Runs, Sight

MAX_TEXT = 5_000_000  # bytes of a plain text
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph that is not empty.

    `number`: the line in plain text, else the position among the non-empty paragraphs of its part, from 1.
    """

    number: int
    text: str
    style: str = ""  # style id
    level: int | None = None  # outline level of a heading, from 0
    in_table: bool = False
    part: str = ""
    element: etree._Element | None = field(default=None, compare=False, repr=False)
    unseen: Runs = field(default=frozenset(), compare=False, repr=False)  # runs of its part that nobody reads

    @property
    def held(self) -> ParagraphText:
        """The text with the places of its runs; only for a paragraph of a Word document."""
        assert self.element is not None
        return ParagraphText(self.element, self.unseen)


@dataclass(frozen=True)
class Opened:
    """An opened document; `parts` and `roots` (parsed parts with text) are empty for plain text.

    `unseen`: the runs of each part that nobody reads.
    """

    path: Path
    kind: str  # docx, txt
    paragraphs: tuple[Paragraph, ...]
    parts: Mapping[str, bytes]
    roots: Mapping[str, etree._Element]
    unseen: Mapping[str, Runs] = field(default_factory=dict)


def open_document(path: Path, hidden: bool = False) -> Opened:
    """Opens the document at `path`; its paragraphs are the body first, then headers, footers and notes.

    Text that nobody reads is left out, unless `hidden`: a template runs as a whole.
    Raises CannotRun if it is neither .docx nor .txt, is too big or cannot be read.
    """
    if path.suffix.lower() == ".txt":
        return Opened(path, "txt", tuple(_lines(path)), {}, {})
    parts = read_package(path, "文件")
    styles = Styles.of(parts)
    roots = {name: parse(parts[name], name) for name in story_parts(parts)}
    sight = Sight(parts)
    unseen = {name: frozenset() if hidden else sight.unseen(root) for name, root in roots.items()}
    found = tuple(p for name, root in roots.items() for p in _paragraphs(name, root, styles, unseen[name]))
    return Opened(path, "docx", found, parts, roots, unseen)


def _lines(path: Path) -> Iterator[Paragraph]:
    if not path.is_file():
        raise CannotRun(f"找不到文件“{path.name}”。请核对文件位置。")
    if path.stat().st_size > MAX_TEXT:
        raise CannotRun(f"文件“{path.name}”超过 {MAX_TEXT // 1_000_000} MB。请拆分后再试。")
    data = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise CannotRun(f"文件“{path.name}”不是 UTF-8 或 GB18030 编码的文本。请用记事本另存为 UTF-8 后再试。")
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if line.strip():
            yield Paragraph(number, line)


def _paragraphs(part: str, root: etree._Element, styles: Styles, unseen: Runs) -> Iterator[Paragraph]:
    number = 0
    for p in root.iter(q("w:p")):
        text = ParagraphText(p, unseen).text
        if not text.strip():
            continue
        number += 1
        style = str(find(p, "string(w:pPr/w:pStyle/@w:val)"))
        in_table = next(p.iterancestors(q("w:tc")), None) is not None
        yield Paragraph(number, text, style, styles.outline.get(style), in_table, part, p, unseen)
