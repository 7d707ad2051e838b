"""Finds the tags in the text of one paragraph, without looking at the document around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_TAG = 1000  # characters
_OPENERS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_ESCAPES = {"{_{": "{{", "}_}": "}}", "{_%": "{%", "%_}": "%}"}  # docxtpl's way to print braces
_MARK = re.compile(r"\{_\{|\}_\}|\{_%|%_\}|\{\{|\{%|\{#|\}\}|%\}|#\}")
_STRING = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
_ENDS = {end: re.compile(f"({_STRING})|{re.escape(end)}", re.DOTALL) for end in ("}}", "%}")}
_LOOKALIKE = re.compile(r"[｛{]\s*[｛％]|｛\s*[{%]|[{]\s+[{%]|[％}]\s*｝|｝\s*[}｝]|[%}]\s+[}]")
_PREFIX = re.compile(r"(p|tr|tc|r)\s+(.*)", re.DOTALL)
_FANCY = re.compile(
    rf"({_STRING})|“([^”\"\\]*)”|‘([^’'\\]*)’|[“”„‟]|[‘’]|[\s\u00a0\u3000]+|[\u200b-\u200f\u2060\ufeff]", re.DOTALL
)
_PLAIN = {"“": '"', "”": '"', "„": '"', "‟": '"', "‘": "'", "’": "'"}
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_RAW, _ENDRAW = re.compile(r"\s*raw\s*"), re.compile(r"\{%[-+]?\s*endraw\s*[-+]?%\}")


@dataclass(frozen=True)
class Tag:
    """A tag of a paragraph, from `start` to `end` of its text.

    `kind`: {{, {% or {#; "" for characters that only print braces, then `inner` is what is printed.
    """

    start: int
    end: int
    kind: str
    inner: str = ""  # between the braces, as Jinja reads it, without prefix and minus
    prefix: str = ""  # p, tr, tc, r
    before: bool = False  # {%-: joined to the text before
    after: bool = False  # -%}: joined to the text behind

    @property
    def shown(self) -> str:
        """The tag as the author would write it."""
        prefix = f"{self.prefix} " if self.prefix else " "
        return f"{self.kind}{prefix}{self.inner} {_OPENERS[self.kind]}"

    @property
    def word(self) -> str:
        """First word of a statement."""
        return self.inner.split(" ", 1)[0] if self.kind == "{%" else ""


@dataclass(frozen=True)
class Fault:
    """A part of the text that is no tag but looks as if it should be one."""

    code: str
    what: str
    blind: bool = False  # a statement may be hidden in it, so blocks cannot be told


def scan(text: str) -> tuple[list[Tag], list[Fault]]:
    """Returns the tags of a text in order, and what is wrong outside them. Time grows with the length of the text."""
    tags: list[Tag] = []
    faults: list[Fault] = []
    at = 0
    while found := _MARK.search(text, at):
        mark, start = found[0], found.start()
        faults += _lookalikes(text, at, start)
        at = found.end()
        if mark in _ESCAPES:
            tags.append(Tag(start, at, "", _ESCAPES[mark]))
        elif mark not in _OPENERS:
            faults.append(Fault("M01", mark, mark == "%}"))
        elif (end := _end(text, at, mark)) is None:
            faults.append(Fault("M01", mark, mark == "{%"))
            return tags, faults
        elif end < 0:
            faults.append(Fault("M15", text[start : start + 20] + "…", True))
            return tags, faults
        else:
            made = list(_tag(text, start, end))
            tags += made
            at = made[-1].end
    return tags, [*faults, *_lookalikes(text, at, len(text))]


def _lookalikes(text: str, start: int, end: int) -> Iterator[Fault]:
    for m in _LOOKALIKE.finditer(text, start, end):
        yield Fault("M02", m[0], True)


def _end(text: str, at: int, opener: str) -> int | None:
    """Returns the end of the tag whose braces end at `at`; None: it has none; -1: it is too long."""
    closer = _OPENERS[opener]
    plain = text.find(closer, at)
    if plain < 0:
        return None
    if opener == "{#":
        return plain + 2
    for m in _ENDS[closer].finditer(text, at, at + MAX_TAG):
        if m[1] is None:
            return m.end()
    return plain + 2 if plain < at + MAX_TAG else -1  # braces inside a string that never ends


def _tag(text: str, start: int, end: int) -> Iterator[Tag]:
    kind, inner = text[start : start + 2], text[start + 2 : end - 2]
    if kind == "{#":
        found = _PREFIX.match(inner)
        yield Tag(start, end, kind, prefix=found[1] if found and found[1] != "r" else "")
        return
    before, after = inner[:1] == "-", inner[-1:] == "-"
    inner = inner.removeprefix("-").removeprefix("+").removesuffix("-").removesuffix("+")
    if kind == "{%" and _RAW.fullmatch(inner) and (raw := _ENDRAW.search(text, end)):
        yield Tag(start, end, "", "")
        yield Tag(end, raw.end(), "", text[end : raw.start()])
        return
    prefix = _PREFIX.match(inner)
    made = as_written(prefix[2] if prefix else inner)
    yield Tag(start, end, kind, made, prefix[1] if prefix else "", before, after)


def as_written(inner: str) -> str:
    """Returns the inside of a tag with the quotes, blanks and invisible characters that Word puts in made plain.

    What stands between quotes stays as it is.
    """

    def plain(m: re.Match[str]) -> str:
        if m[1]:
            return m[1]
        if m[2] is not None:
            return f'"{m[2]}"'
        if m[3] is not None:
            return f"'{m[3]}'"
        return _PLAIN.get(m[0], "" if _INVISIBLE.fullmatch(m[0]) else " ")

    return _FANCY.sub(plain, inner).strip()
