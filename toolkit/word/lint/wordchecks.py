"""Checks of single lines: brackets, marks, spaces, leftovers, repeated words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from ...model import Catalog
from .rules import Hit, Rule, frames_in
from .script import CJK, HAN, POINT, Script

_QUOTED = re.compile("“([^“”]{1,60})”|《([^《》]{1,60})》|‘([^‘’]{1,60})’")
_DIGIT_SPACE = re.compile(rf"(?<=[{CJK}])(?P<x> +)(?=\d)|(?<=[\d%％])(?P<y> +)(?=[{CJK}])|(?<=\d)(?P<z> +)(?=[%％])")
_BOLD = re.compile(r"\*\*(?P<x>[^*\n]{2,300})\*\*")
_STARS = re.compile(r"[*＊]+")
_REPEAT = re.compile(rf"(?=(?P<x>(?P<w>[{HAN}]{{2,4}})(?P=w)))")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u00a0\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffc-\ufffd]+"
)


def patterns(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds the rule's own patterns; a hit is group x or y, else the whole match."""
    for line in script.prose:
        if rule.unless and rule.unless.search(line.text):
            continue
        for pattern in rule.patterns:
            for m in pattern.finditer(line.text):
                group = next((g for g in ("x", "y") if m.groupdict().get(g) is not None), 0)
                shown = {"text": m.group(group).strip() or m.group().strip()}
                yield Hit(line.index, m.start(group), m.end(group), shown, rule.fix)


def frame(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds lines that belong to the frame of a web page, and titles that carry its words (K12); the line goes."""
    for line in script.role("noise", "repeat"):
        found = next(frames_in(line.text, script.rules), None)
        if found and found[0].name == rule.name:
            yield Hit(line.index, found[1].start(), found[1].end())


def third_level(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds 1、 instead of 1. at the head of a line, or in a line where 1、2、 begin a list (K04, GB/T 9704 7.3.3)."""
    for line in script.prose:
        text = line.text
        if line.label and line.label.level == 2 and text[line.label.end - 1] == "、":
            yield _point(line.index, text, line.label.start, line.label.end)
            continue
        found = list(re.finditer(r"(?:(?<=[：:；;。])|(?<=^))\s*(?P<x>\d{1,2}、)(?!\d)", text))
        if [m["x"] for m in found[:2]] == ["1、", "2、"]:
            for m in found:
                yield _point(line.index, text, m.start("x"), m.end("x"))


def _point(index: int, text: str, start: int, end: int) -> Hit:
    right = text[start : end - 1] + "."
    return Hit(index, start, end, {"text": text[start:end], "right": right}, right)


def repeated_words(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds the same word twice in a row (K09).

    Allowed: the second begins a longer word (组织组织力), or the doubling is idiomatic (研究研究再定).
    """
    p = rule.with_
    single = re.compile("|".join([p["single"], *_doubled(p)]))
    for line in script.prose:
        places = [
            i for i, c in enumerate(line.text) if not c.isspace() and not _INVISIBLE.match(c)
        ]  # blanks hide nothing
        text, reached = "".join(line.text[i] for i in places), 0
        for m in _REPEAT.finditer(text):
            word, end = m["w"], m.end("x")
            if m.start() < reached or len(set(word)) == 1 or _is_said(word, text[end : end + 8], p):
                continue
            reached = end
            yield Hit(line.index, places[m.start()], places[end - 1] + 1, {"text": m["x"], "right": word})
        for m in single.finditer(text):
            twice = next(a for a, b in pairwise(m.group()) if a == b)
            yield Hit(line.index, places[m.start()], places[m.end() - 1] + 1, {"text": m.group(), "right": twice})


def _doubled(p: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yields patterns of declared words with their first or last character doubled: 党党员, 开展展.

    Not where the doubled one belongs to a word with the character before (全党党员) or behind it (开展展览).
    """
    for word, before in p["first_twice"].items():
        yield f"(?<![{before}{word[0]}]){word[0]}{word}"
    for word, behind in p["last_twice"].items():
        yield f"{word}{word[-1]}(?![{behind}{word[-1]}])"


def _is_said(word: str, rest: str, p: Mapping[str, object]) -> bool:
    goes_on, verbs = p["goes_on"], p["verbs"]
    if word[0] == "一" and len(word) == 2:  # 一项一项
        return True
    if isinstance(goes_on, Mapping) and rest.startswith(tuple(goes_on.get(word, ()))) and goes_on.get(word):
        return True
    return isinstance(verbs, list) and word in verbs and re.match(str(p["verbs_after"]), rest) is not None


def bold_marks(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds **bold** left over from Markdown (K10); one hit covers both marks."""
    for line in script.prose:
        for m in bold_spans(line.text):
            yield Hit(line.index, m.start(), m.end(), {"text": _short(m.group())}, m["x"])


def bold_spans(text: str) -> Iterator[re.Match[str]]:
    """Yields each **…** that makes text bold; two masks (用好**资源，推进**品牌) do not.

    Bold begins where a line, sentence or clause begins, and holds whole pairs of quotation marks and brackets.
    It ends with a stop, ends before a stop, or begins with a number (一是, （一）).
    """
    at = 0
    while m := _BOLD.search(text, at):
        inner, before, after = m["x"], text[: m.start()].rstrip()[-1:], text[m.end() :].lstrip()[:1]
        begins = not before or before in "。！？；：，、"
        whole = all(inner.count(a) == inner.count(b) for a, b in ("“”", "《》", "（）"))
        numbered = POINT.match(inner) or re.match(f"[（(]?[{HAN}\\d]{{1,3}}[）)、.]", inner)
        ends = inner[-1] in "。：；！？" or not after or (after in "。：；，！？" and inner[-1] not in "，、")
        if begins and whole and not inner[0].isspace() and (ends or numbered):
            yield m
            at = m.end()
        else:
            at = m.start() + 2


def masks(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds characters that mask omitted content (K11), apart from the marks of bold and of lists.

    Those of a public version are meant.
    """
    found = re.compile("|".join([*catalog.forbidden["masks"], *rule.with_["more"]]))
    said = re.compile(rule.with_["unless"])
    referred = any(line.text.lstrip()[:1] in tuple("*＊") for line in script.role("note"))
    for line in script.prose:
        text = line.text
        marks = {i for m in bold_spans(text) for i in (m.start(), m.start() + 1, m.end() - 2, m.end() - 1)}
        marks |= set(range(re.match(r"\s{0,3}(?:\*[ \t]+)?", text).end()))  # type: ignore[union-attr]
        marks |= {i for m in said.finditer(text) for i in range(*m.span())}
        if line.role == "note" and referred:
            marks |= set(range(re.match(r"\s*[*＊]*", text).end()))  # type: ignore[union-attr]
        if referred:  # a mark behind a word refers to the note
            marks |= {m.start() for m in re.finditer(f"(?<=[{HAN}\\d%％”])[*＊](?=[，。；、）]|$)", text)}
        reached = 0
        for m in found.finditer(text):
            own = script.public and m.group() == catalog.wording["masks"]["digits"]
            if m.start() < reached or m.start() in marks or own or _is_year(text, m):
                continue
            end = m.end()
            while text[end : end + 1] == text[m.start()] and end not in marks:
                end += 1
            reached = end
            yield Hit(line.index, m.start(), end, {"text": text[m.start() : end]})


def _is_year(text: str, m: re.Match[str]) -> bool:
    """Returns whether a 〇 belongs to a year such as 二〇〇八年 and is no mask."""
    return (
        m.group()[0] in "〇○"
        and re.search("[一二三四五六七八九十]", text[m.start() - 1 : m.start()] + text[m.end() : m.end() + 1])
        is not None
    )


def over_masked(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds a single asterisk in place of one character of a declared set phrase (K30).

    A place, a name or a number may have been masked on purpose; a set phrase was not.
    """
    for line in script.prose:
        text = line.text
        for m in _STARS.finditer(text):
            for phrase in rule.with_["phrases"] if len(m.group()) == 1 else ():
                at = next((i for i in range(len(phrase)) if _is_phrase(text, m.start() - i, phrase, i)), None)
                if at is not None:
                    start = m.start() - at
                    shown = {"text": text[start : start + len(phrase)], "right": phrase}
                    yield Hit(line.index, m.start(), m.end(), shown)
                    break


def _is_phrase(text: str, start: int, phrase: str, masked: int) -> bool:
    """Returns whether the phrase stands at `start`, apart from the character at `masked`."""
    said = text[max(0, start) : start + len(phrase)]
    return (
        start >= 0
        and len(said) == len(phrase)
        and all(a == b for i, (a, b) in enumerate(zip(said, phrase, strict=True)) if i != masked)
    )


def slogan_spaces(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds spaces between the halves of a slogan in quotation or title marks (K18)."""
    space = re.compile(f"(?<=[{CJK}])[ \t\u00a0]+(?=[{CJK}])|(?<=[{CJK}])(?:[ \u3000]{{2,}})(?=[{CJK}])")
    for line in script.prose:
        for quoted in _QUOTED.finditer(line.text):
            for m in space.finditer(quoted.group()):
                at = quoted.start() + m.start()
                shown = {"text": _short(quoted.group())}
                yield Hit(line.index, at, at + len(m.group()), shown, script.rules.separator)


def digit_spaces(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds spaces beside digits and before percent signs (K19)."""
    for line in script.role("body", "heading", "title", "repeat", "note", "table"):
        taken = line.label.end if line.label else 0
        for m in _DIGIT_SPACE.finditer(line.text):
            if m.start() >= taken + (line.label is not None and m.start() == taken):
                yield Hit(line.index, m.start(), m.end(), {"text": _around(line.text, m)}, "")


def han_spaces(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds spaces between Chinese characters of a sentence, outside quotation marks and titles (K33).

    Spaces that set columns (时间：… 地点：…) or a name (张 某) are none; nor are those of headings.
    """
    space = re.compile(rf"(?<=[{HAN}”》）])(?P<x>[ \t]+)(?=[{HAN}“《（])")
    columns = re.compile(rf"^[{HAN}]{{1,6}}[：:]")
    for line in script.role("body"):
        text = line.text
        if not line.ends and not re.search("[，。；]", text):
            continue
        quoted = [m.span() for m in _QUOTED.finditer(text)]
        taken = line.label.end if line.label else len(text) - len(text.lstrip())
        points = {m.end() for m in POINT.finditer(text)}
        found = [
            m
            for m in space.finditer(text, pos=taken + 1)
            if not columns.match(text[m.end() : m.end() + 8])
            and m.start() not in points
            and not any(a <= m.start() < b for a, b in quoted)
        ]
        for m in found:
            yield Hit(line.index, m.start(), m.end(), {"text": _around(text, m)}, "")


def invisible(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds invisible characters and names their code points (K27)."""
    for line in script.lines:
        for m in _INVISIBLE.finditer(line.text):
            if (
                "\u00a0" in m.group()
                and line.text[m.start() - 1 : m.start()].isalnum()
                and line.text[: m.start()].isascii()
            ):
                continue  # a no-break space between Latin words is allowed
            codes = "、".join(f"U+{ord(c):04X}" for c in dict.fromkeys(m.group()))
            yield Hit(line.index, m.start(), m.end(), {"text": f"（{codes}）"}, "")


def heading_end(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds a full stop at the end of a heading on a line of its own (G33)."""
    flow = script.flow
    for n, line in enumerate(flow):
        following = flow[n + 1].label if n + 1 < len(flow) else None
        alone = line.label and line.label.level == 1 and following and following.level == 2
        text = line.text.rstrip()
        if text[-1:] == "。" and (
            line.role in ("heading", "title") or (alone and text.count("。") == 1 and "，" not in text)
        ):
            yield Hit(line.index, len(text) - 1, len(text), {"text": "。"}, "")


def annex_end(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds a mark after the name of an annex (G34, GB/T 9704 7.3.4)."""
    for line in script.role("annex"):
        text = line.text.rstrip()
        if text[-1:] in tuple("。；，、") and re.search("[:：]", text):
            yield Hit(line.index, len(text) - 1, len(text), {"text": text[-1]}, "")


def _short(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"


def _around(text: str, m: re.Match[str]) -> str:
    return text[max(0, m.start() - 4) : m.end() + 4].strip()
