"""Checks a template before use and without data; reports every mistake with its paragraph."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import TemplateSyntaxError
from lxml import etree

from ..errors import CannotRun
from ..findings import Remark, Spot
from ..model import ERROR, WARNING
from .edited.paragraphs import Paragraph, open_document
from .filling.pictures import NAME as PICTURES
from .filling.sandbox import load_template, parse_tags
from .filling.session import NUMBERS
from .filling.shapes import ANY, TEXT, Scope, mistakes
from .ooxml import find, q

_MARKS = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_LOOKALIKE = re.compile(r"[｛{]\s*[｛％]|｛\s*[{%]|[{]\s+[{%]|[％}]\s*｝|｝\s*[}｝]|[%}]\s+[}]")
_STATEMENT = re.compile(r"\{%-?\s*(?:(p|tr|tc|r)\s)?\s*(\w+)([^%]*?)-?%\}")
_BLOCKS = {"if": "endif", "for": "endfor"}
_MIDDLE = {"elif": "if", "else": "if"}  # else is also allowed in a for
_CELLS = ("vm", "hm")  # docxtpl's tags for merging cells
_QUIET = {q("w:lang"), q("w:noProof")}
SHOWN = 60

# code -> severity, message, remedy
_SAID = {
    "M01": (ERROR, "标记没有写完整：“{what}”缺少与之配对的另一半", "一个标记要写在同一段里，如 {{{{ 名称 }}}}"),
    "M02": (ERROR, "“{what}”不是标记，会照原样印出", "花括号和百分号要用半角，两个花括号之间不留空格"),
    "M03": (ERROR, "标记“{what}”跨在超链接、修订或文本框的边界上，无法识别", "删去后在同一处重新键入整个标记"),
    "M04": (WARNING, "标记“{what}”中途换了格式或夹有换行、制表符，已按开头的格式处理", "把整个标记设成同一种格式"),
    "M05": (ERROR, "标记“{what}”写法有误", "照“dangjian template names”列出的写法改正"),
    "M06": (ERROR, "“{what}”没有结束标记", "在后面补上“{{% {end} %}}”"),
    "M07": (ERROR, "“{what}”前面没有与之配对的开始标记", "删去，或在前面补上开始标记"),
    "M08": (ERROR, "没有名称“{what}”{near}", "改正名称；可用的名称见“dangjian template names”"),
    "M09": (ERROR, "“{what}”是不允许的写法", "模板只能写名称、if、for 和比较，不能调用程序"),
    "M10": (WARNING, "“{what}”独占一段，同段的其他文字会一并去掉", "把其他文字移到另一段"),
    "M11": (ERROR, "“{what}”要写在表格里", "整段的循环或条件改用 {{%p … %}}"),
    "M12": (WARNING, "循环或条件跨段落，生成时可能结构不完整", "整段的循环和条件用 {{%p … %}}，开始、结束各占一段"),
    "M13": (ERROR, "{what}", "改正后再检查"),
}


def check_template(path: Path, known: Scope) -> list[Remark]:
    """Returns all mistakes of a template in document order. `known`: the names that the document offers.

    The template is compiled as a whole (M12, M13) only if its single tags have no errors.
    Raises CannotRun if the file is not a plain .docx.
    """
    opened = open_document(path, hidden=True)
    found: list[Remark] = []
    for part in opened.roots:
        here = [p for p in opened.paragraphs if p.part == part]
        found += _Check(here).problems({**known, **dict.fromkeys(NUMBERS, TEXT), PICTURES: ANY})
    if not any(p.is_error for p in found):
        found += _as_a_whole(path)
    return found


def _as_a_whole(path: Path) -> Iterator[Remark]:
    try:
        compiled = load_template(path)
    except CannotRun as e:
        yield _problem("M13", None, what=str(e).rstrip("。"))
        return
    if not all(part.whole for part in compiled.stories.values()):
        yield _problem("M12", None)


def _problem(code: str, p: Paragraph | None, **words: str) -> Remark:
    severity, message, remedy = _SAID[code]
    text = p.text if p else ""
    shown = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    spot = Spot(p.number, shown, p.part) if p else Spot()
    return Remark(code, severity, spot, message.format(**words), remedy.format(**words))


class _Check:
    """Checks one part; its tags are joined as one line per paragraph, so a line number identifies a paragraph."""

    def __init__(self, paragraphs: list[Paragraph]) -> None:
        self.paragraphs = paragraphs
        self.found: list[tuple[int, Remark]] = []
        self.lines: list[str] = []
        self.open: list[tuple[int, str, str]] = []  # line, keyword and tag of blocks still open

    def problems(self, known: Scope) -> list[Remark]:
        """Returns the mistakes of the part, by paragraph."""
        for line, p in enumerate(self.paragraphs, 1):
            self._paragraph(line, p)
        for line, word, tag in reversed(self.open):
            self._say(line, "M06", what=tag, end=_BLOCKS[word])
            self.lines[-1] += f"{{% {_BLOCKS[word]} %}}"
        try:
            for m in mistakes(parse_tags("\n".join(self.lines)), known):
                near = difflib.get_close_matches(m.name, m.known, 1, 0.4)
                hint = f"，最接近的是“{near[0]}”" if near else ""
                self._say(m.line, "M08" if m.code == "unknown" else "M09", what=m.name, near=hint)
        except TemplateSyntaxError as e:
            self._say(e.lineno, "M05", what=str(e.message))
        return [problem for _, problem in sorted(self.found, key=lambda f: f[0])]

    def _say(self, line: int, code: str, **words: str) -> None:
        made = _problem(code, self.paragraphs[min(line, len(self.paragraphs)) - 1], **words)
        if (line, made) not in self.found:
            self.found.append((line, made))

    def _paragraph(self, line: int, p: Paragraph) -> None:
        for m in _LOOKALIKE.finditer(p.text):
            self._say(line, "M02", what=m[0])
        kept = []
        for start, end in self._tags(line, p):
            tag = re.sub(r"\s+", " ", p.text[start:end].translate(_PLAIN))
            self._placed(line, p, start, end, tag)
            kept.append(self._checked(line, p, tag))
        self.lines.append("".join(kept))

    def _tags(self, line: int, p: Paragraph) -> Iterator[tuple[int, int]]:
        """Yields start and end of each tag of the paragraph; reports tags without their other half (M01)."""
        opened: re.Match[str] | None = None
        for m in _MARKS.finditer(p.text):
            if m[0] in _ENDS and opened is None:
                opened = m
            elif opened and m[0] == _ENDS[opened[0]]:
                yield opened.start(), m.end()
                opened = None
            elif opened is None or m[0] in _ENDS:
                self._say(line, "M01", what=m[0])
        if opened:
            self._say(line, "M01", what=opened[0])

    def _placed(self, line: int, p: Paragraph, start: int, end: int, tag: str) -> None:
        """Reports a tag that Word does not keep in one piece (M03) or in one format (M04)."""
        if p.element is None:
            return
        nodes = [n for n, at in p.held.nodes if at < end and at + _length(n) > start]
        runs = [n.getparent() for n in nodes]
        if len({r.getparent() for r in runs}) > 1:
            self._say(line, "M03", what=tag)
        elif len({_look(r) for r in runs}) > 1 or any(n.tag != q("w:t") for n in nodes):
            self._say(line, "M04", what=tag)

    def _checked(self, line: int, p: Paragraph, tag: str) -> str:
        """Returns the tag as Jinja reads it; a bad tag is reported and replaced by a neutral one."""
        if tag.startswith("{#"):
            return ""
        if tag.startswith("{{"):
            return self._alone(line, re.sub(r"^\{\{r\s", "{{ ", tag), "", "")
        found = _STATEMENT.fullmatch(tag)
        if not found:
            self._say(line, "M05", what=tag)
            return ""
        prefix, word, rest = found[1], found[2], found[3]
        if prefix == "p" and _MARKS.split(p.text)[0].strip() + _after(p.text).strip():
            self._say(line, "M10", what=tag)
        if prefix in ("tr", "tc") and not p.in_table:
            self._say(line, "M11", what=tag)
        return self._statement(line, tag, word, rest)

    def _statement(self, line: int, tag: str, word: str, rest: str) -> str:
        made = f"{{% {word}{rest} %}}"
        if word in _CELLS:
            return ""
        if word in ("colspan", "cellbg"):
            return self._alone(line, f"{{{{{rest}}}}}", "", "")
        if word in _BLOCKS:
            self.open.append((line, word, tag))
            return self._alone(line, made, "", f"{{% {_BLOCKS[word]} %}}") or _NOTHING[word]
        if word in _BLOCKS.values():
            if self.open and _BLOCKS[self.open[-1][1]] == word:
                self.open.pop()
                return made
            self._say(line, "M07", what=tag)
            return ""
        if word in _MIDDLE:
            if self.open and (word == "else" or self.open[-1][1] == "if"):
                return made if word == "else" else self._alone(line, made, "{% if true %}", "{% endif %}")
            self._say(line, "M07", what=tag)
            return ""
        if word == "set":
            return self._alone(line, made, "", "")
        self._say(line, "M09", what=tag)
        return ""

    def _alone(self, line: int, tag: str, before: str, after: str) -> str:
        """Returns the tag if it parses between `before` and `after`; else reports M05 and returns an empty string."""
        try:
            parse_tags(before + tag + after)
        except TemplateSyntaxError:
            self._say(line, "M05", what=tag)
            return ""
        return tag


_PLAIN = str.maketrans("“”‘’", "\"\"''")
_NOTHING = {"if": "{% if true %}", "for": "{% for _nothing in [] %}"}


def _after(text: str) -> str:
    """Returns the text after the last tag."""
    return _MARKS.split(text)[-1]


def _length(node: etree._Element) -> int:
    return len(node.text or "") if node.tag == q("w:t") else 1


def _look(run: etree._Element) -> tuple[str, ...]:
    """Returns the visible properties of a run."""
    seen = []
    for p in find(run, "w:rPr/*"):
        if p.tag not in _QUIET:
            attributes = sorted((k, v) for k, v in p.attrib.items() if k != q("w:hint"))
            if attributes or p.tag != q("w:rFonts"):
                seen.append(f"{p.tag}{attributes}")
    return tuple(seen)
