"""Checks how lines follow one another: numbering, breaks, title, year, missing parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...model import Catalog
from ...rows.casting.text import NoDate, read_date
from ...wording.numerals import in_chinese, numeral
from .rules import Hit, Rule
from .script import POINT, Line, Script

_DATED = re.compile(r"(?:19|20)\d\d\s*年\s*\d{1,2}\s*月")  # a byline that is a date, else a name
_TAIL = 12  # characters of a line's end shown in a message
_WRITTEN = ("{}、", "（{}）", "{}.", "（{}）")


def _written(level: int, n: int) -> str:
    return _WRITTEN[level].format(in_chinese(n) if level < 2 else n)


def _numbered(script: Script) -> Iterator[Line]:
    """Yields lines with a number of the body's levels; those in a list of annexes are left out."""
    listed = False
    for line in script.flow:
        listed = line.role == "annex" or (listed and line.label is not None and line.label.level == 2)
        if line.label and not listed:
            yield line


def numbering_style(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds 二. or 二． instead of 二、, and a mark behind a number in brackets: （一）、 (K01, GB/T 9704 7.3.3)."""
    for line in _numbered(script):
        label = line.label
        if label is None:
            continue
        end, written = label.end, line.text[label.start : label.end]
        right = written
        if label.level == 0:
            right = written[:-1] + "、"
        elif label.level in (1, 3):
            end += len(re.match("[、，.．。]?", line.text[end:]).group())  # type: ignore[union-attr]
        if line.text[label.start : end] != right:
            yield Hit(line.index, label.start, end, {"text": line.text[label.start : end], "right": right}, right)


def sequence(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds numbers that are not one more than the last of their level (K06, GB/T 9704 7.3.3).

    1. may run on through the whole document. 一是…二是… are checked too.
    """
    last: list[int | None] = [None] * 4  # None: the level has not begun under the current heading
    before: int | None = None  # last number of level 2 (1.) in the whole document
    complete = any(script.role("title"))
    for line in _numbered(script):
        label = line.label
        if label is None:
            continue
        level, n = label.level, label.count
        wanted = (last[level] or 0) + 1
        runs_on = level == 2 and last[2] is None and before is not None and n == before + 1
        above = complete or any(x is not None for x in last[:level])
        if n != wanted and not runs_on and (last[level] is not None or above):
            yield Hit(
                line.index, label.start, label.end, {"text": _written(level, n), "right": _written(level, wanted)}
            )
        last[level] = n
        last[level + 1 :] = [None] * (3 - level)
        before = n if level == 2 else before
    yield from _points(script)


def _points(script: Script) -> Iterator[Hit]:
    """Finds gaps in 一是…二是…三是… within a section."""
    last = 0
    for line in script.flow:
        if line.label or line.role == "heading":
            last = 0
        for m in POINT.finditer(line.text):
            n = int(numeral(m["n"]) or 0)
            if n not in (1, last + 1) and last:
                right = f"{_written(0, last + 1)[:-1]}是"
                yield Hit(line.index, m.start("x"), m.end("x"), {"text": m["x"].strip(), "right": right})
            last = n


def levels(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds wrong nesting of levels (K05, GB/T 9704 7.3.3).

    That is （1） without 1., sections with different levels below them, and 一是 directly below 一、.
    """
    below: int | None = None  # the level directly under 一、 in this document
    seen: set[int] = set()
    met: set[int] = set()  # levels in the whole document
    pointed: list[Line] = []
    for line in script.flow:
        label = line.label
        if label is None:
            if POINT.match(line.text) and 0 in seen and not seen & {1, 2, 3}:
                pointed.append(line)
            continue
        if label.level == 1 and label.count == 1 and 0 not in met and any(script.role("title")):
            if not any(x.label and x.label.level == 0 for x in script.flow):
                yield _level_hit(line, "缺级：没有“一、”就用了“（一）”")
            met.add(0)
        met.add(label.level)
        if label.level == 0:
            yield from _bare_points(pointed)
            seen, pointed = {0}, []
            continue
        if label.level == 3 and 2 not in seen:
            if 3 not in seen:
                yield _level_hit(line, "跳级：有“（1）”而没有“1.”")
        elif 0 in seen and seen == {0}:
            if below is not None and label.level != below:
                yield _level_hit(
                    line, f"前后不一：前面各部分用“{_written(below, 1)}”，这里用“{_written(label.level, 1)}”"
                )
            below = below or label.level
        seen.add(label.level)
    yield from _bare_points(pointed)


def _bare_points(lines: Sequence[Line]) -> Iterator[Hit]:
    if len(lines) > 1:
        yield Hit(
            lines[0].index,
            0,
            2,
            {"problem": "缺级：“一、”下面直接分段写“一是”，没有“（一）”", "text": lines[0].text[:2]},
        )


def _level_hit(line: Line, problem: str) -> Hit:
    start, end = (line.label.start, line.label.end) if line.label else (0, 0)
    return Hit(line.index, start, end, {"problem": problem})


# ------------------------------------------------------------------ breaks


def _unfinished(script: Script) -> Iterator[tuple[Line, Line | None]]:
    """Yields body lines that do not end like a sentence, each with the line that follows."""
    flow = script.flow
    for n, line in enumerate(flow):
        following = flow[n + 1] if n + 1 < len(flow) else None
        if line.role not in ("body", "loose") or line.ends:
            continue
        goes_on = (
            following is not None
            and following.role in ("body", "loose")
            and script.rules.words["continues"].search(_head(following))
        )
        if line.role == "loose" and not goes_on and not _overlap(line, following):
            continue
        listed = line.label is not None or POINT.match(line.text) is not None
        if (
            line.text.rstrip()[-1:] in "；;"
            and following is not None
            and (script.rules.words["list_after"].search(_head(following)) or listed)
        ):
            continue
        yield line, following


def _is_continued(script: Script, following: Line | None) -> bool:
    if following is None or following.role not in ("body", "loose") or following.label:
        return False
    text = _head(following)
    return not (script.rules.words["list_after"].search(text) or script.rules.words["begins"].search(text))


def _head(line: Line) -> str:
    """Returns the text without blanks and marks of bold or lists before it."""
    return line.text.lstrip("*#-> \t\u3000\u00a0\u200b`").rstrip()


def _overlap(line: Line, following: Line | None) -> int:
    """Returns how many characters at the end of a line also begin the next one, at most 4."""
    if following is None or following.role not in ("body", "loose"):
        return 0
    end, start = line.text.rstrip(), following.text.lstrip()
    return next((k for k in (4, 3, 2, 1) if end[-k:] == start[:k] and re.fullmatch("[\u3400-\u9fff]+", start[:k])), 0)


def broken_paragraph(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds paragraphs broken off in a sentence that the next one continues (K07)."""
    for line, following in _unfinished(script):
        if following is not None and _is_continued(script, following):
            text = line.text.rstrip()
            shown = {"text": text[-_TAIL:], "next": following.text.strip()[:_TAIL]}
            yield Hit(line.index, max(0, len(text) - _TAIL), len(text), shown)


def doubled_break(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds characters at a paragraph start that repeat the end of the previous one (K08)."""
    for line, following in _unfinished(script):
        k = _overlap(line, following)
        if k and following is not None:
            start = len(following.text) - len(following.text.lstrip())
            yield Hit(following.index, start, start + k, {"text": following.text[start : start + k]})


def no_end_mark(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds paragraphs without a mark at the end of the sentence (K20)."""
    for line, following in _unfinished(script):
        if not _is_continued(script, following) and not _overlap(line, following):
            text = line.text.rstrip()
            yield Hit(line.index, max(0, len(text) - _TAIL), len(text), {"text": text[-_TAIL:]})


# ---------------------------------------------------------- the whole document


def title_twice(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds lines that repeat the title (K14)."""
    for line in script.role("repeat"):
        yield Hit(line.index, 0, len(line.text))


def _told(script: Script) -> Iterator[tuple[Line, str]]:
    """Yields lines and their text with titles in 《》 blanked out, so that positions stay the same."""
    for line in script.flow:
        if line.role in ("body", "heading", "loose"):
            yield line, re.sub("《[^《》]{1,80}》", lambda m: "　" * len(m.group()), line.text)


def title_year(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds text that reports on another year and never names the title's (K13)."""
    year, others = script.year, []
    if year is None:
        return
    for line, text in _told(script):
        if re.search(f"{year}\\s*年|{year}[—－～-]|[—－～-]{year}", text):
            return
        found = re.match(r"\s*((?:19|20)\d\d)\s*年(?=以来|度?，|，|来|全年|[\u3400-\u9fff])", text)
        if found and int(found[1]) < year + 2:
            others.append(Hit(line.index, found.start(1), found.end(1), {"year": str(year), "found": found[1]}))
    yield from others[:1]


def title_without_nian(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds a year in the title without 年 behind it: 2023党支部书记述职报告 (K40)."""
    for line in script.role("title", "subtitle"):
        for m in re.finditer(rule.with_["pattern"], line.text):
            yield Hit(line.index, m.start(), m.end(), {"text": m.group(), "right": f"{m.group()}年"})


def title_subject(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds text that does not deal with the subject of the title (K13)."""
    body = "\n".join(text for _, text in _told(script))
    title = next(script.role("title"), None)
    for subject in script.rules.subjects if title else ():
        if subject["title"] not in script.title or title is None or not body:
            continue
        other = re.search(subject["not"], body)
        if other or not re.search(subject["speaks"], body):
            problem = f"写的是“{other.group()}”" if other else f"没有写到{subject['title']}"
            yield Hit(title.index, 0, len(title.text), {"subject": subject["title"], "problem": problem})


def stale_words(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds slogans and anniversaries that are out of date in the year of the title (K25)."""
    year = script.year
    if year is None:
        return
    for line in script.prose:
        for word in rule.with_["words"]:
            for m in re.finditer(word["pattern"], line.text) if year > word["until"] else ():
                yield Hit(line.index, m.start(), m.end(), {"text": m.group(), "year": str(year)})
        for day in rule.with_["anniversaries"]:
            for m in re.finditer(day["pattern"], line.text):
                if int(next(g for g in m.groups() if g)) < year - day["since"] - 1:
                    yield Hit(line.index, m.start(), m.end(), {"text": m.group(), "year": str(year)})


def missing_parts(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds what this kind of document needs but does not contain (K26); reported at its last line."""
    if not script.kind or script.kind not in script.rules.kinds or not script.title:
        return
    words = "\n".join(line.text for line in script.lines)
    missing = []
    for need in script.rules.kinds[script.kind]["needs"]:
        said = rule.with_[need]
        if isinstance(said, str):
            below = any(bool(_DATED.search(x.text)) is (need == "date") for x in script.role("byline"))
            if not any(script.role(need)) and not below:
                missing.append(said)
        elif not re.search(said["pattern"], words):
            missing.append(said["title"])
    if missing and script.flow:
        last = script.flow[-1]
        yield Hit(last.index, len(last.text), len(last.text), {"missing": "、".join(missing)})


def date_form(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds dates below a document not written like 2026年1月5日 (G31, GB/T 9704 7.3.5.4)."""
    for line in script.role("date"):
        text = line.text.strip()
        try:
            day = read_date(text, None)
        except NoDate:
            continue
        right = f"{day.year}年{day.month}月{day.day}日"
        if text != right:
            start = line.text.index(text)
            yield Hit(line.index, start, start + len(text), {"text": text, "right": right})
