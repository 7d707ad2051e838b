"""Finds numbers that belong to a person in a text, however they are written: full width, spaced, in two lines.

Identity numbers are those of GB 11643 (18 digits, the last a check digit) and the older ones of 15 digits; bank cards
have the check digit of ISO/IEC 7812. A number may be written in groups. The fewer checks a number passes, the more its
groups must look like those of such numbers, so that dates, amounts, times and lists of counts are not taken for one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from .names import INVISIBLE

WITHHELD = "（个人号码）"

_HAN = {c: str(n) for n, cs in enumerate(("〇零○", "一幺", "二", "三", "四", "五", "六", "七", "八", "九")) for c in cs}
_SOME = re.compile(rf"(?:[\d⓪①-⑨²³¹⁰⁴-⁹₀-₉{''.join(_HAN)}][\W_]{{0,3}}){{10}}")  # shorter texts hold no number
_DASHES = "\\-‐‑‒–—―−－_＿~～"
_GAPS = rf"\s{_DASHES}·•・{INVISIBLE}"  # what stands inside a number more likely than between two
_JOINT = rf"[{_GAPS}.．。,，、;；:：/／|｜()（）\[\]【】]{{1,3}}"
_GROUPS = re.compile(rf"\d+(?:{_JOINT}\d+)*")
_PARTS = re.compile(rf"(\d+)({_JOINT}(?=\d))?")
_ONLY_GAPS = re.compile(f"[{_GAPS}]+")
_IN_LISTS = frozenset(",，、;；。")
_FIXED = re.compile(
    rf"(?<!\d)(?:[(（]0(?:10|2\d|[3-9]\d{{2}})[)）][{_GAPS}]?|0(?:10|2\d|[3-9]\d{{2}})[{_GAPS}]{{1,2}})([2-9]\d{{6,7}}|[2-9]\d{{3}}[{_GAPS}]\d{{4}})(?!\d)"
    r"|(?:电话|座机|传真)[:：]?\s?0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}(?!\d)"
)
_ACCOUNT = re.compile(r"(?:微信|QQ)号?\s?[:：]?\s?[A-Za-z0-9_-]{5,}", re.IGNORECASE)
_LETTER = re.compile(rf"[{_GAPS}]{{0,3}}X(?![A-Za-z0-9])", re.IGNORECASE)  # as a check digit
_MEASURED = re.compile(r"\.\d{1,2}(?!\d)|\s?(?:元(?!旦)|[万亿]|人次|人民币)")  # after an amount
_COUNTED = re.compile(r"\s?[余多]?[人次名个件份篇户期场条项家元万亿]")  # after a list of counts

_MOBILE = re.compile(r"(?:(?:00)?86|0)?(1[3-9]\d{9})")
_CARD = re.compile(r"(?:62|60|4|5[0-8]|3[04-9]|955)\d+")
_AREA = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_WITHOUT_CITIES = frozenset(("71", "81", "82", "83"))  # Taiwan, Hong Kong, Macao
_MOBILE_GROUPS = {(3, 4, 4), (3, 3, 5), (4, 4, 3), (4, 3, 4), (5, 6), (3, 8), (7, 4)}
_OLD_GROUPS = {(6, 6, 3), (6, 2, 2, 2, 3), (6, 9), (3, 3, 3, 3, 3), (5, 5, 5)}
_NEW_GROUPS = {
    (6, 8, 4),
    (6, 4, 4, 4),
    (6, 4, 2, 2, 4),
    (6, 12),
    (14, 4),
    (3, 3, 4, 4, 4),
    (6, 8, 3, 1),
    (6, 6, 6),
    (4, 4, 4, 4, 2),
}
_WEIGHTS, _CHECKS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
_CHILDREN = "2015"  # birth years from here on need the right check digit


@dataclass(frozen=True)
class _Window:
    """Adjacent groups of digits."""

    digits: str
    lengths: tuple[int, ...]
    joints: str  # all that stands between the groups
    whole: bool  # no other group is joined to these
    after: str

    @property
    def one(self) -> bool:
        return len(self.lengths) == 1

    @property
    def single(self) -> bool:
        return set(self.lengths) == {1}

    @property
    def listed(self) -> bool:
        return bool(_IN_LISTS & set(self.joints))

    @property
    def gaps(self) -> bool:
        """Whether only gaps stand between the groups."""
        return bool(_ONLY_GAPS.fullmatch(self.joints))

    @property
    def apart(self) -> bool:
        """Whether only gaps stand between the groups, and nothing is joined to them."""
        return self.whole and self.gaps


def found(text: str) -> list[tuple[int, int]]:
    """Returns start and end of every personal number in the text, in order and apart."""
    accounts = [m.span() for m in _ACCOUNT.finditer(text)]
    if not _SOME.search(text):
        return accounts
    plain = "".join(map(_digit, text))
    han = "".join(_HAN.get(c, c) for c in plain)
    spans = [*accounts, *_spans(plain), *(_spans(han) if han != plain else ())]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = apart[-1][0], max(end, apart[-1][1])
        else:
            apart.append((start, end))
    return apart


def without(text: str) -> str:
    """Returns the text with WITHHELD in place of every personal number."""
    for start, end in reversed(found(text)):
        text = text[:start] + WITHHELD + text[end:]
    return text


def _digit(c: str) -> str:
    if c.isascii() or c in _HAN:
        return c
    if c in "ｘＸ":
        return "X"
    n = unicodedata.digit(c, -1)
    return c if n < 0 else str(n)


def _spans(plain: str) -> Iterator[tuple[int, int]]:
    for m in _FIXED.finditer(plain):
        if not (m[1] and _is_day(re.sub(r"\D", "", m[1]))):
            yield m.span()
    for m in _GROUPS.finditer(plain):
        yield from _in_sequence(plain, m.start(), m.end())


def _in_sequence(plain: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yields the numbers among the groups of one sequence. What passes most checks is taken first."""
    parts = list(_PARTS.finditer(plain, start, end))
    free = [True] * len(parts)
    leads, sizes = [p[1][0] for p in parts], [len(p[1]) for p in parts]
    digits, at = "".join(p[1] for p in parts), [0, *accumulate(sizes)]
    for is_kind, looks, first_digits, totals in _KINDS:
        for n in (n for n, lead in enumerate(leads) if lead in first_digits and free[n]):
            ends = reversed([k for k in _ends(sizes, n, free, totals) if looks.fullmatch(digits, at[n], at[k + 1])])
            last = next((k for k in ends if is_kind(_window(plain, parts, n, k))), None)
            if last is not None:
                free[n : last + 1] = [False] * (last + 1 - n)
                stop = parts[last].end(1)
                letter = _LETTER.match(plain, stop)
                yield parts[n].start(), letter.end() if letter else stop


def _ends(sizes: Sequence[int], first: int, free: Sequence[bool], totals: Sequence[int]) -> Iterator[int]:
    total = 0
    for k in range(first, len(sizes)):
        total += sizes[k]
        if total > totals[-1] or not free[k]:
            return
        if total in totals:
            yield k


def _window(plain: str, parts: Sequence[re.Match[str]], first: int, last: int) -> _Window:
    groups = parts[first : last + 1]
    stop = groups[-1].end(1)
    return _Window(
        "".join(g[1] for g in groups) + ("X" if _LETTER.match(plain, stop) else ""),
        tuple(len(g[1]) for g in groups),
        "".join(g[2] or "" for g in groups[:-1]),
        first == 0 and last == len(parts) - 1,
        plain[stop : stop + 5],
    )


def _is_identity(w: _Window) -> bool:
    d = w.digits
    if not _AREA.match(d) or (d[2:4] == "00" and d[:2] not in _WITHOUT_CITIES) or (":" in w.joints and not w.single):
        return False
    if len(d) == 18 and d[6:8] in ("19", "20") and _is_day(d[6:14]):
        grown = d[6:10] < _CHILDREN  # a code of a purchase or a project may hold an area and a day of these years
        usual = w.one or w.single or w.lengths in _NEW_GROUPS or (*w.lengths[:-1], w.lengths[-1] + 1) in _NEW_GROUPS
        if not usual and (_holds_day(w) or (w.listed and set(w.lengths) == {3})):
            return False
        return (usual and grown) or _CHECKS[sum(int(c) * k for c, k in zip(d, _WEIGHTS, strict=False)) % 11] == d[17]
    if len(d) == 15 and d.isdigit() and _is_day(f"19{d[6:12]}"):
        return w.one or w.single or w.apart or (w.lengths in _OLD_GROUPS and not (w.listed and max(w.lengths) < 6))
    return False


def _holds_day(w: _Window) -> bool:
    """Whether three groups are a year, a month and a day: the window is a piece of a list of dates."""
    at = 0
    for n, length in enumerate(w.lengths[:-2]):
        year, month, day = w.lengths[n : n + 3]
        if (year, month in (1, 2), day in (1, 2)) == (4, True, True):
            told = w.digits[at + 4 : at + 4 + month], w.digits[at + 4 + month : at + 4 + month + day]
            born = at == 6  # where an identity number has its day of birth
            if not born and 1 <= int(told[0]) <= 12 and 1 <= int(told[1]) <= 31:
                return True
        at += length
    return False


def _is_mobile(w: _Window) -> bool:
    found = _MOBILE.fullmatch(w.digits)
    if not found or (_COUNTED if w.listed else _MEASURED).match(w.after):
        return False
    if w.one or w.single or w.apart:
        return True
    lengths = w.lengths
    while lengths and sum(lengths) > 11 and sum(lengths) - lengths[0] >= 11:
        lengths = lengths[1:]  # the country's code
    decimals = len(lengths) == 2 and set(w.joints) <= set(".．")
    return not decimals and (sum(lengths) == 11 and (len(lengths) == 1 or lengths in _MOBILE_GROUPS))


def _is_card(w: _Window) -> bool:
    d = w.digits
    if not d.isdigit() or not _CARD.fullmatch(d):
        return False
    sound = _luhn(d)
    if w.one:
        return sound or d.startswith("62")
    fours = all(n == 4 for n in w.lengths[:-1]) and w.lengths[-1] <= 7
    usual = fours or w.single or (w.lengths[0] == 6 and len(w.lengths) == 2)
    return (usual and (d.startswith("62") or (sound and not w.listed))) or (
        sound and (w.apart or (w.gaps and max(w.lengths) >= 6))
    )


# What makes a number, what its digits look like at the least, with which they may begin, and how many there are (without
# X as a check digit).
_BORN = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_KINDS = (
    (
        _is_identity,
        re.compile(rf"\d{{6}}(?:\d\d{_BORN}\d{{3}}|(?:19|20)\d\d{_BORN}\d{{3,4}})"),
        "12345678",
        (15, 17, 18),
    ),
    (_is_card, _CARD, "34569", (16, 17, 18, 19)),
    (_is_mobile, _MOBILE, "018", (11, 12, 13, 15)),
)


def _luhn(digits: str) -> bool:
    odd = sum(map(int, digits[::-2]))
    return (odd + sum(sum(divmod(2 * int(c), 10)) for c in digits[-2::-2])) % 10 == 0


def _is_day(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).year >= 1900 and len(digits) == 8
    except ValueError:
        return False
