"""Checks the paragraphs of a .docx: fonts, sizes, pitch, indents, title, headings, signature.

Page, page numbers, red head, imprint and tables are in pagechecks.py. A check yields Flaws; equal ones are
reported as one finding. Clause numbers are those of GB/T 9704.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from lxml import etree

from ..edited.paragraphs import Opened
from ..ooxml import find, q
from ..styles import load_format
from .look import Look
from .mend import put, put_font, put_size
from .script import HAN, Line, Script

_HAN = re.compile(f"[{HAN}]")
_HEADING_FONTS = ("hei", "kai", "fang", "fang")
UNSET = "未设置"


@dataclass(frozen=True)
class Flaw:
    """One deviation: its line (None: the page), the actual look, the right look, and a function that corrects it."""

    line: Line | None
    found: str = ""
    right: str = ""
    mend: Callable[[], None] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Page:
    """A Word document with all that the checks of its look need."""

    opened: Opened
    script: Script
    look: Look
    format: Mapping[str, Any]
    added: dict[str, bytes] = field(default_factory=dict)  # parts that corrections add to the package or replace

    @classmethod
    def of(cls, opened: Opened, script: Script) -> Page:
        """Builds the page from an opened document and its script."""
        return cls(opened, script, Look(opened.parts), load_format())

    def style(self, name: str) -> Mapping[str, Any]:
        """Returns a declared style by its name."""
        found: Mapping[str, Any] = next(s for s in self.format["styles"] if s["name"] == name)
        return found

    def accepts(self, role: str, font: str) -> bool:
        """Returns whether `font` is the declared font of `role` or another name of it."""
        lint = self.format["lint"]
        return font in (self.format["fonts"][role], *lint["same_font"][role], *lint["also_font"].get(role, ()))

    @property
    def body(self) -> Iterator[Line]:
        """Lines of running text, without the salutation."""
        for line in self.script.role("body"):
            if not (
                line.text.rstrip()[-1:] in "：:" and len(line.text) <= 40 and not line.label and "，" not in line.text
            ):
                yield line


def runs(line: Line) -> Iterator[tuple[etree._Element, str, int]]:
    """Yields (run, its text, its start in the line); runs of text boxes are left out."""
    at = 0
    p = line.paragraph.element
    for run in p.iter(q("w:r")) if p is not None else ():
        if run in line.paragraph.unseen or next(run.iterancestors(q("w:p")), None) is not p:
            continue
        text = "".join((n.text or "") if n.tag == q("w:t") else " " for n in find(run, "w:t | w:tab | w:br"))
        if text:
            yield run, text, at
            at += len(text)


def _chinese(line: Line) -> Iterator[tuple[etree._Element, etree._Element, int]]:
    """Yields (paragraph, run, start) of runs that hold Chinese."""
    for run, text, at in runs(line):
        if _HAN.search(text):
            yield line.paragraph.element, run, at


def _level(line: Line) -> int:
    return min(line.label.level if line.label else line.paragraph.level or 0, 3)


def _run_in(line: Line) -> int:
    """Returns the end of a heading at the start of a paragraph; 0 if there is none."""
    return line.text.find("。") + 1 if line.label and line.role == "body" else 0


def body_font(page: Page) -> Iterator[Flaw]:
    """Finds body text not in 仿宋; a run-in heading may have its own font (G03, 5.2.2)."""
    right = page.format["fonts"]["fang"]
    for line in page.body:
        for p, run, at in _chinese(line):
            font = page.look.font(p, run)
            heading = at < _run_in(line) and page.accepts(_HEADING_FONTS[_level(line)], font)
            if not page.accepts("fang", font) and not heading:
                yield Flaw(line, font or UNSET, right, partial(put_font, run, right))


def body_size(page: Page) -> Iterator[Flaw]:
    """Finds body text, headings, signature, date, annexes and notes that are not 3号 (16 pt) (G04, 5.2.2)."""
    right = int(page.style("公文正文")["size"])
    for line in (*page.body, *page.script.role("heading", "sign", "date", "annex", "note")):
        for p, run, _ in _chinese(line):
            size = page.look.value(p, "sz", run=run)
            if size != str(right):
                yield Flaw(line, _points(size, 2), f"{right / 2:g}", partial(put_size, run, right))


def line_pitch(page: Page) -> Iterator[Flaw]:
    """Finds body lines without the pitch of 22 lines a page, and space between paragraphs (G05, 5.2.3)."""
    low, high = page.format["lint"]["lines"]
    right = page.style("公文正文")["line"]
    for line in page.body:
        p = line.paragraph.element
        yield from _spaced(page, line)
        pitch, rule = (page.look.value(p, "spacing", key) for key in ("line", "lineRule"))
        if rule == "exact" and pitch and low <= _number(pitch) <= high:
            continue
        if pitch in (None, "240") and rule in (None, "auto") and _on_grid(page, p):
            continue
        found = (
            f"为固定值{_points(pitch, 20)}磅"
            if rule == "exact"
            else "为最小值"
            if rule == "atLeast"
            else f"为{_number(pitch or '240') / 240:g}倍"
        )
        mend = partial(put, p, "pPr", "spacing", line=right, lineRule="exact")
        yield Flaw(line, found, f"固定值{right / 20:g}磅", mend)


def _spaced(page: Page, line: Line) -> Iterator[Flaw]:
    """Yields space before or after a paragraph, because 22 lines no longer fit on the page."""
    p = line.paragraph.element
    for side, name in (("before", "段前"), ("after", "段后")):
        if _number(found := page.look.value(p, "spacing", side) or "0"):
            mend = partial(put, p, "pPr", "spacing", **{side: 0, f"{side}Lines": None, f"{side}Autospacing": None})
            yield Flaw(line, f"{name}另加{_points(found, 20)}磅", f"{name}0磅", mend)


def _on_grid(page: Page, p: etree._Element) -> bool:
    """Returns whether single lines follow a document grid of 22 lines a page."""
    if page.look.value(p, "snapToGrid") in ("0", "false"):
        return False
    low, high = page.format["lint"]["lines"]
    pitches = find(p, "//w:sectPr/w:docGrid[@w:type]/@w:linePitch")
    return bool(pitches) and all(low <= _number(str(x)) <= high for x in pitches)


def first_line(page: Page) -> Iterator[Flaw]:
    """Finds paragraphs and headings not indented by two characters (G06, 7.3.3); spaces are not corrected."""
    for line in _indented(page):
        in_chars, in_twips, mend = _indent(page, line)
        if not in_chars and not in_twips:
            spaces = re.match("[\u3000 ]{2,}", line.text)
            yield Flaw(line, "用空格代替" if spaces else "不是2字符", "2字符", None if spaces else mend)


def first_line_both(page: Page) -> Iterator[Flaw]:
    """Finds indents written only in characters or only in twips (G06).

    Both are needed: LibreOffice reads one of the two, Word prefers the other.
    """
    for line in _indented(page):
        in_chars, in_twips, mend = _indent(page, line)
        if in_chars != in_twips:
            yield Flaw(line, "只写了“字符”" if in_chars else "只写了“磅”", "两种写法", mend)


def _indented(page: Page) -> Iterator[Line]:
    """Yields the lines that begin two characters to the right: the body, and headings that are not centred."""
    yield from page.body
    for line in page.script.role("heading"):
        if page.look.value(line.paragraph.element, "jc") not in ("center", "right", "end"):
            yield line


def _indent(page: Page, line: Line) -> tuple[bool, bool, Callable[[], None]]:
    """Returns whether the first line is indented by two characters, as written in characters and in twips.

    The third value is a function that writes both.
    """
    style, p = page.style("公文正文"), line.paragraph.element
    chars, twips = (page.look.value(p, "ind", key) for key in ("firstLineChars", "firstLine"))
    near = abs(_number(twips or "0") - style["first"]) <= page.format["lint"]["tolerance"]
    both = {"firstLineChars": style["first_chars"], "firstLine": style["first"], "hanging": None, "hangingChars": None}
    return chars == str(style["first_chars"]), near, partial(put, p, "pPr", "ind", **both)


def title_look(page: Page) -> Iterator[Flaw]:
    """Finds a title that is not 2号 (22 pt) 小标宋 and centred (G07, 7.3.1)."""
    style = page.style("公文标题")
    font, size = page.format["fonts"]["title"], style["size"]
    for line in page.script.role("title"):
        p = line.paragraph.element
        for _, run, _ in _chinese(line):
            if not page.accepts("title", found := page.look.font(p, run)):
                yield Flaw(line, f"字体为“{found or UNSET}”", font, partial(put_font, run, font))
            if (found := page.look.value(p, "sz", run=run) or "") != str(size):
                yield Flaw(line, f"字号为{_points(found, 2)}磅", f"2号（{size / 2:g}磅）", partial(put_size, run, size))
        if page.look.value(p, "jc") != "center":
            # an indented line may be a heading after all: a person decides
            indented = _number(page.look.value(p, "ind", "firstLine") or "0") > 0 or line.paragraph.level is not None
            yield Flaw(line, "没有居中", "居中", None if indented else partial(_centre, p))


def _centre(p: etree._Element) -> None:
    put(p, "pPr", "ind", firstLine=0, firstLineChars=0)
    put(p, "pPr", "jc", val="center")


def heading_font(page: Page) -> Iterator[Flaw]:
    """Finds headings not in the font of their level: 黑体, 楷体, 仿宋, 仿宋 (G08, 7.3.3)."""
    for line in page.script.role("heading"):
        role = _HEADING_FONTS[_level(line)]
        right = page.format["fonts"][role]
        for p, run, _ in _chinese(line):
            if not page.accepts(role, found := page.look.font(p, run)):
                yield Flaw(line, found or UNSET, right, partial(put_font, run, right))


def bold_heading(page: Page) -> Iterator[Flaw]:
    """Finds bold titles and headings (G13, 7.3.3)."""
    for line in page.script.role("title", "heading"):
        for p, run, _ in _chinese(line):
            if page.look.has(p, "b", run):
                yield Flaw(line, mend=partial(put, run, "rPr", "b", val=0))


def east_asian(page: Page) -> Iterator[Flaw]:
    """Finds runs that set a Western font but no Chinese one (G12, 5.2.2)."""
    for line in page.script.prose:
        for _, run, _ in _chinese(line):
            fonts = next(iter(find(run, "w:rPr/w:rFonts")), None)
            if fonts is None or any(fonts.get(q(f"w:{key}")) for key in ("eastAsia", "eastAsiaTheme")):
                continue
            if western := fonts.get(q("w:ascii")):
                yield Flaw(line, western)


def colour(page: Page) -> Iterator[Flaw]:
    """Finds text that is not black (G14, 5.2.4)."""
    for line in (*page.body, *page.script.role("title", "heading", "sign", "date")):
        for p, run, _ in _chinese(line):
            found = page.look.value(p, "color", run=run)
            if found not in (None, "auto", "000000"):
                yield Flaw(line, found or "", mend=partial(put, run, "rPr", "color", val="000000", themeColor=None))


def date_place(page: Page) -> Iterator[Flaw]:
    """Finds signatures and dates that are not placed to the right (G15, 7.3.5)."""
    for line in page.script.role("sign", "date"):
        p = line.paragraph.element
        left = _number(page.look.value(p, "ind", "left") or "0")
        if (
            page.look.value(p, "jc") not in ("right", "end", "center")
            and left < 2000
            and not line.text.startswith(("　　　　", "        "))
        ):
            style = page.style("公文日期" if line.role == "date" else "公文署名")
            mend = partial(_to_the_right, p, style)
            yield Flaw(line, mend=mend)


def _to_the_right(p: etree._Element, style: Mapping[str, Any]) -> None:
    put(p, "pPr", "ind", rightChars=style["right_chars"], right=style["right"], firstLine=0, firstLineChars=0)
    put(p, "pPr", "jc", val="right")


def _points(value: str | None, per_point: int) -> str:
    return f"{_number(value) / per_point:g}" if value else UNSET


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return 0.0
