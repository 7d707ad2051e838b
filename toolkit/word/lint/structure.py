"""Tells the lines of a document apart: title, subtitle, byline, headings, body, signature, date, notes, web frame.

The words that tell them apart are declared in lint.yaml. Each rule then looks only at the lines it is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..edited.edited import is_public
from ..edited.paragraphs import Opened, Paragraph
from ..ooxml import MAIN, find, q
from .rules import Rules, frames_in
from .script import HAN, Label, Line, Script, finished, label_of

_DATE = re.compile(
    r"\s*(?:(?:19|20)\d\d\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?|(?:19|20)\d\d[.\-/]\d{1,2}[.\-/]\d{1,2}"
    r"|[〇零○一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}日)?)\s*"
)
_ANNEX = re.compile(r"\s*附\s*件\s*\d{0,2}\s*(?:[:：]|$)")
_IMPRINT = re.compile(r"\s*(?:抄\s*送|主\s*送|印\s*发|联系人)\s*[:：]|.{2,40}印发\s*$")
_STOPS = re.compile("[。！？；：…]")
_FIELD = re.compile(f"[{HAN}]{{2,8}}[：:][^，。；！？：]{{1,40}}")  # 活动时间：6月28日
_QUOTES = re.compile("[“”‘’《》]")
_PARTS = re.compile("[，、 \\u3000]+")
SHORT, LONGEST_HEADING, LONGEST_NAMED, TITLE_WITHIN, BYLINES, LONGEST_SIGN = 20, 60, 32, 12, 3, 40
NOT_ON_THE_PAGE = ("table", "noise")
Mark = Callable[[list[Line], Rules], list[Line]]


def script(document: Opened, rules: Rules, kind: str = "") -> Script:
    """Returns the lines of the body with their roles; `kind` is guessed from the title if it is not given."""
    body = [p for p in document.paragraphs if p.part in ("", MAIN)]
    lines = [Line(i, p, "table" if p.in_table else "body", linked=_linked(p)) for i, p in enumerate(body)]
    for mark in _MARKS:
        lines = mark(lines, rules)
    made = Script(tuple(lines), rules, kind, is_public(document.roots.values()))
    return replace(made, kind=kind or _guess(made.title, rules))


def _guess(title: str, rules: Rules) -> str:
    if not title:
        return ""
    return next((name for name, k in rules.kinds.items() if re.search(k["title"], title)), "")


def _bare(text: str) -> str:
    return re.sub(r"[\s*#]+", "", text)


def _undressed(text: str, rules: Rules) -> str:
    """Returns a title without blanks and without what web pages hang on to it: 范文, （精选3篇）, -某某网."""
    for _ in range(3):
        shorter = rules.words["dress"].sub("", text.strip())
        if not shorter or shorter == text:
            break
        text = shorter
    return _bare(text)


def _noise(lines: list[Line], rules: Rules) -> list[Line]:
    """Marks the frame of a web page."""
    return [replace(x, role="noise") if x.role == "body" and any(frames_in(x.text, rules)) else x for x in lines]


# ---------------------------------------------------------- the head of the document


def _title(lines: list[Line], rules: Rules) -> list[Line]:
    """Marks the title, what stands before it, its repetitions, subtitle and byline."""
    n = _title_at(lines, rules)
    if n is None:
        return lines
    title = _undressed(lines[n].text, rules)
    roles: dict[int, str] = {}
    if _bare(lines[n].text) != title:  # the title is the one that carries no words of a web page
        plain = (i for i, x in enumerate(lines) if x.role == "body" and _bare(x.text) == title)
        n = next(plain, n)
    for i, line in enumerate(lines):
        if line.role == "body" and i < n:
            roles[i] = "head"
        if i != n and line.role in ("body", "noise") and _undressed(line.text, rules) == title:
            roles[i] = "repeat"
    roles[n] = "title"
    below = [i for i in range(n + 1, len(lines)) if lines[i].role == "body" and i not in roles][:BYLINES]
    for i in below:
        name = next((x for x in ("subtitle", "byline") if rules.words[x].match(lines[i].text)), "")
        if not name:
            break
        roles[i] = name
    return [replace(old, role=roles.get(i, old.role)) for i, old in enumerate(lines)]


def _title_at(lines: list[Line], rules: Rules) -> int | None:
    early = [i for i, line in enumerate(lines) if line.role == "body"][: TITLE_WITHIN + 1]
    for n, i in enumerate(early[:TITLE_WITHIN]):
        text = lines[i].text
        if label_of(text) or finished(text):
            return None
        following = lines[early[n + 1]].text if n + 1 < len(early) else ""
        if len(_bare(text)) <= LONGEST_HEADING and _reads_like_a_title(text, following, not n, rules):
            return i
    return None


def _reads_like_a_title(text: str, following: str, first: bool, rules: Rules) -> bool:
    """Returns whether a line is a title: by its last word, by a subtitle, or as the headline of the text below it."""
    bare, words = _undressed(text, rules), rules.words
    ended = re.sub(r"[（(][^（()）]{1,12}[）)]$", "", bare)
    if words["not_titles"].search(bare):
        return False
    if words["titles"].search(ended):
        return True
    if not first or words["open_end"].search(text.strip()):
        return False
    if re.search(f"[{HAN}”][—－]{{2}}[{HAN}“]", bare) or words["subtitle"].match(following):
        return True
    salutation = following.strip()[-1:] in tuple("：:") and len(following.strip()) <= SHORT
    opens = salutation or (words["begins"].search(following.strip()) and finished(following))
    return bool(opens and len(bare) <= 40 and words["headline"].match(text.strip()))


# ----------------------------------------------------------------- single lines


def _roles(lines: list[Line], rules: Rules) -> list[Line]:
    made = [replace(x, label=label_of(x.text)) if x.role == "body" else x for x in lines]
    return [replace(x, role=_role(x, rules)) if x.role == "body" else x for x in made]


def _role(line: Line, rules: Rules) -> str:
    text = line.text.strip()
    if line.paragraph.level is not None:
        return "heading"
    if _DATE.fullmatch(text):
        return "date"
    if _ANNEX.match(text):
        return "annex"
    if rules.words["footnote"].match(text) or (
        text[:1] in tuple("（(") and text[-1:] in tuple("）)") and not line.label
    ):
        return "note"
    if line.label and _is_heading(text, line.label):
        return "heading"
    bare = re.search(r"[，。；：！？、,;:!?]|\.(?!\d)", text[line.label.end if line.label else 0 :]) is None
    short = bare and len(text) <= (LONGEST_SIGN if rules.words["titles"].search(text) else SHORT)
    below_nothing = rules.words["subtitle"].match(text) and not _STOPS.search(text) and len(text) <= LONGEST_SIGN
    if (short and not line.label) or below_nothing or _FIELD.fullmatch(text):
        return "loose"
    return "body"


def _is_heading(text: str, label: Label) -> bool:
    """Returns whether a numbered line is a heading: short and without a stop.

    A stop at the end of a short first-level heading is a mistake and does not make it a sentence.
    """
    rest = text[label.end - label.start :]
    if label.level == 0 and rest[-1:] == "。" and len(text) <= SHORT and "，" not in rest:
        rest = rest[:-1]
    return len(text) <= LONGEST_HEADING and not _STOPS.search(rest) and rest[-1:] not in tuple("，、,;:!?.")


# -------------------------------------------------- headings without a number


def _unnumbered(lines: list[Line], rules: Rules) -> list[Line]:
    """Marks headings without a number: a short line between a finished one and a sentence, its halves alike.

    Where the halves differ, another line of the same build must stand in the document.
    """
    flow = [x for x in lines if x.role not in NOT_ON_THE_PAGE]
    may = {
        x.index: x
        for n, x in enumerate(flow)
        if _may_be_heading(x, flow[n - 1] if n else None, flow[n + 1] if n + 1 < len(flow) else None, rules)
    }
    found = set()
    for i, line in may.items():
        sizes = [len(x) for x in _PARTS.split(_QUOTES.sub("", line.text.strip()))]
        off = max(sizes) - min(sizes) if len(sizes) > 1 else 99
        build = _build(line.text)
        twins = [o for j, o in may.items() if j != i and build and _build(o.text) == build]
        close = any(abs(len(o.text.strip()) - len(line.text.strip())) <= 4 for o in twins)
        if off == 0 or (off == 1 and "“" in line.text) or line.text.count("“") > 1 or close:
            found.add(i)
    return [replace(x, role="heading") if x.index in found else x for x in lines]


def _build(text: str) -> str:
    """Returns the marks and blanks of a text: its build."""
    return re.sub(f"[{HAN}A-Za-z0-9]+", "字", re.sub("[“”‘’]", "", text.strip())).replace("字", "", 1)


def _may_be_heading(line: Line, before: Line | None, after: Line | None, rules: Rules) -> bool:
    text = line.text.strip()
    if line.role != "body" or line.label or after is None or not 4 <= len(text) <= LONGEST_NAMED:
        return False
    if _STOPS.search(text) or re.search(r"\d", text) or rules.words["open_end"].search(text):
        return False
    if before is not None and before.role in ("body", "loose") and not finished(before.text):
        return False
    if after.role == "heading":
        return after.label is not None and after.label.level > 0
    clause = re.split("[，。；、：]", after.text.strip())[0]
    return after.role == "body" and finished(after.text) and len(clause) > 3 and text[-1] != after.text.strip()[0]


# ------------------------------------------------------------------ the last page


def _closing(lines: list[Line], rules: Rules) -> list[Line]:
    """Marks signatures: a line such as 述职人：…, the short lines before the closing date, or the last line.

    A date that text follows closes nothing: the line before it may be a heading.
    """
    flow = [x for x in lines if x.role not in NOT_ON_THE_PAGE]
    dates = [n for n, x in enumerate(flow) if x.role == "date" and _closes(flow, n)]
    end = dates[-1] if dates else len(flow)
    signs = {x.index for x in flow[max(1, end - 4) : end + 4] if _is_plain(x) and rules.words["signed"].match(x.text)}
    for date in dates:
        last = flow[date - 1] if date else None
        if last is not None and date > 1 and _may_sign(last):
            signs.add(last.index)
            above = flow[date - 2]
            if date > 2 and _may_sign(above) and rules.words["signature"].search(above.text.strip()):
                signs.add(above.index)
    titled = any(x.role == "title" for x in flow)
    if not dates and titled and _may_sign(flow[-1]) and rules.words["signature"].search(flow[-1].text.strip()):
        signs.add(flow[-1].index)
    return [replace(x, role="sign") if x.index in signs else x for x in lines]


def _closes(flow: Sequence[Line], n: int) -> bool:
    """Returns whether nothing but notes, annexes and the imprint follow."""
    return n + 1 == len(flow) or flow[n + 1].role in ("annex", "note", "date") or bool(_IMPRINT.match(flow[n + 1].text))


def _is_plain(line: Line) -> bool:
    return line.role in ("body", "loose") and not line.label


def _may_sign(line: Line) -> bool:
    text = line.text.strip()
    return _is_plain(line) and len(text) <= LONGEST_SIGN and re.search("[，。；：！？]", text) is None


_MARKS: tuple[Mark, ...] = (_noise, _title, _roles, _unnumbered, _closing)


def _linked(p: Paragraph) -> tuple[tuple[int, int], ...]:
    """Returns the spans of DJ_… bookmarks in the paragraph's text."""
    if p.element is None:
        return ()
    at, opened, spans = 0, {}, []
    for node in p.element.iter(q("w:t"), q("w:tab"), q("w:br"), q("w:bookmarkStart"), q("w:bookmarkEnd")):
        key = node.get(q("w:id"))
        if node.tag == q("w:bookmarkStart"):
            if (node.get(q("w:name")) or "").startswith("DJ_"):
                opened[key] = at
        elif node.tag == q("w:bookmarkEnd"):
            if key in opened:
                spans.append((opened.pop(key), at))
        elif (
            node.getparent() not in p.unseen
            and find(node, "ancestor::w:p[1]")[0] is p.element
            and find(node, "boolean(parent::w:r)")
        ):
            at += len(node.text or "") if node.tag == q("w:t") else 1
    return tuple(spans)
