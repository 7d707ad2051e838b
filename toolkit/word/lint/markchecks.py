"""Checks of punctuation: brackets, half-width marks, quotation marks, pairs, document numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...model import Catalog
from .rules import Hit, Rule
from .script import CHINESE, CJK, HAN, Line, Script

FULL = str.maketrans(",:;?!()", "，：；？！（）")
PAIRS = {"“": "”", "‘": "’", "《": "》", "（": "）", "【": "】", "〔": "〕", "〈": "〉"}
_CLOSING = {b: a for a, b in PAIRS.items()}
FULL_BRACKET = {"(": "（", ")": "）"}
_DEPTH = 30  # marks that may be open at once
_POINT = re.compile(r"[；;：:。，,、\s](?:\d{1,2}|[a-zA-Z一二三四五六七八九十])$")  # 1） and 二） number a point
_HALF = re.compile(r"[,:;?!.]")
_NEAR = 40  # characters examined beside a mark
_URL = re.compile(
    r"(?:https?://|www\.)[\w\-./?%&=+#~:]{1,300}|[\w.\-]{1,60}@[\w.\-]{1,60}|&#?\w{1,8};|</?\w[^<>]{0,80}>"
)
_BRACKET = re.compile("[()]")


def brackets(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds half-width brackets beside or around Chinese (K01, GB/T 15834)."""
    for line in script.prose:
        text, addresses = line.text, _addresses(line.text)
        for m in _BRACKET.finditer(text):
            at, other = m.start(), _partner(text, m.start())
            inner = text[min(at, other) + 1 : max(at, other)] if other >= 0 else ""
            around = "".join(text[max(0, i - 1) : i] + text[i + 1 : i + 2] for i in (at, other) if i >= 0)
            if re.search(f"[{CJK}]", inner + around) and at not in addresses:
                yield Hit(line.index, at, at + 1, new=m.group().translate(FULL) if other >= 0 else None)


def _partner(text: str, at: int) -> int:
    """Returns the position of the nearest matching bracket; -1 if there is none within 60 characters."""
    if text[at] == "(":
        m = re.search("[)）]", text[at + 1 : at + 61])
        return at + 1 + m.start() if m else -1
    found = [m.start() for m in re.finditer("[(（]", text[max(0, at - 60) : at])]
    return max(0, at - 60) + found[-1] if found else -1


def halfwidth(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds half-width marks after Chinese, or between a digit and Chinese (K03, GB/T 15834).

    Marks in numbers, times and addresses are correct.
    """
    for line in script.prose:
        text, addresses = line.text, _addresses(line.text)
        for m in _HALF.finditer(text):
            at, mark = m.start(), m.group()
            if line.label and at < line.label.end:
                continue  # belongs to the line's number
            if line.label and at == line.label.end and not text[line.label.end - 1].isalnum() and mark in ".,":
                continue  # （1）. is a wrong number
            left, rest = text[max(0, at - _NEAR) : at], text[at + 1 : at + 1 + _NEAR]
            before, after = left.rstrip(" ")[-1:], rest.lstrip(" ")[:1]
            chinese_before = re.match(f"[{CJK}%％]", before) is not None
            if mark == "." and re.search(rf"[（(][\d{CHINESE}]{{1,3}}[）)]$", left):
                continue  # belongs to a number inside the line
            if mark == ".":
                # behind a numeral it belongs to a number
                wrong = re.match(f"(?![{CHINESE}])[{HAN}”’》）]", before) is not None and (
                    not after or re.match(f"[{CJK}]", after)
                )
            else:
                wrong = chinese_before or (before.isdigit() and re.match(f"[{HAN}“《]", after))
            if wrong and at not in addresses:
                right = "。" if mark == "." else mark.translate(FULL)
                start = at - len(left) + len(left.rstrip(" "))
                end = at + 1 + (len(rest) - len(rest.lstrip(" ")) if after else 0)
                yield Hit(line.index, start, end, {"text": mark, "right": right}, right)


def straight_quotes(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds straight quotation marks beside Chinese (K03); they are corrected if their number is even."""
    for line in script.prose:
        found = [m.start() for m in re.finditer('"', line.text)]
        plain = len(found) % 2 == 0 and not re.search("[“”]", line.text)  # else nobody knows which ones belong together
        beside = any(re.search(f"[{CJK}]", line.text[max(0, i - 1) : i + 2]) for i in found)
        for n, at in enumerate(found if beside else ()):
            yield Hit(line.index, at, at + 1, new="“”"[n % 2] if plain else None)


def number_form(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds document numbers in a wrong form: 示工发[2026]第03号 -> 示工发〔2026〕3号 (G32, GB/T 9704 7.2.5)."""
    form = re.compile(
        rf"(?<=[{HAN}])(?P<a>[\[（(【〔])(?P<y>(?:19|20)\d\d)(?P<b>[\]）)】〕])(?P<th>第?)(?P<z>0*)(?P<n>[1-9]\d{{0,4}})号"
    )
    for line in script.prose:
        for m in form.finditer(line.text):
            right = f"〔{m['y']}〕{m['n']}号"
            if m.group() != right:
                only_marks = not m["th"] and not m["z"]
                yield Hit(
                    line.index, m.start(), m.end(), {"text": m.group(), "right": right}, right if only_marks else None
                )


def unpaired(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds quotation marks, title marks and brackets without their partner (K32, GB/T 15834).

    A mark whose partner stands in the paragraph that continues this one is none; neither is a number such as 1）, or
    the opening mark of a quotation that runs over several paragraphs.
    """
    carried: list[str] = []  # opened in the paragraph before, which is broken off
    for line in script.role("body", "heading", "title", "subtitle", "note", "loose"):
        opened, closed = _alone(line.text)
        ends = line.ends
        for at in closed:
            if _CLOSING[line.text[at]] in carried:
                carried.remove(_CLOSING[line.text[at]])
            else:
                yield _lonely(line, at, _CLOSING[line.text[at]])
        for at in opened:
            lead = line.text[at] in "“‘" and at < 9 and not line.text[:at].strip()
            if ends and not lead:
                yield _lonely(line, at, PAIRS[line.text[at]])
        carried = [] if ends else [line.text[at] for at in opened]


def _lonely(line: Line, at: int, partner: str) -> Hit:
    return Hit(
        line.index, at, at + 1, {"text": line.text[at], "partner": partner, "near": line.text[max(0, at - 3) : at + 9]}
    )


def _alone(text: str) -> tuple[list[int], list[int]]:
    """Returns the positions of opening and of closing marks without a partner in the text."""
    held: list[int] = []
    alone: list[int] = []
    for m in re.finditer("[“”‘’《》（）()【】〔〕〈〉]", text):
        at, mark = m.start(), FULL_BRACKET.get(m.group(), m.group())
        if mark in PAIRS:
            held.append(at)
            continue
        near = range(len(held) - 1, max(-1, len(held) - _DEPTH), -1)
        opening = next((n for n in near if FULL_BRACKET.get(text[held[n]], text[held[n]]) == _CLOSING[mark]), None)
        if opening is not None:
            del held[opening]
        elif not _POINT.search(text[max(0, at - 3) : at]) and not re.fullmatch(r"\s*\w{1,2}", text[: min(at, 9)]):
            alone.append(at)
    return [i for i in held if text[i] != "("], [i for i in alone if text[i] != ")"]


def _addresses(text: str) -> set[int]:
    """Returns the positions of Internet addresses; their marks are half-width."""
    return {i for m in _URL.finditer(text) for i in range(m.start(), m.end())}
