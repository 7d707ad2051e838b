"""Finds a printed figure in an edited passage, and words its replacement.

Word puts text typed at the edge of a bookmark either inside or outside it. Editors also replace half
of a figure, or add words around it. So a figure is searched for by its spelling: in the bookmark and,
for digits that continue, just beyond it. All other text belongs to the editor and is kept.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..model import Figure, Shown
from ..rows.casting.text import halfwidth
from .phrase import Words, classifier, nothing

LONGEST = 500  # characters; a longer bookmark is not searched for its figure
AROUND = 40  # characters before and after a bookmark into which a figure may extend
_DIGITS = re.compile(r"(?<![\d.])\d{1,15}(?:,\d{3})*(?:\.\d{1,6})?")
_CHINESE = re.compile("[〇零一二两三四五六七八九十百千万]{1,12}")


@dataclass(frozen=True)
class Spelling:
    """The ways in which one figure may be written."""

    number_only: bool
    ratio: bool
    over: bool  # 60%以上
    prefix: str  # the indicator's own words before and after the number
    suffix: str
    measures: tuple[str, ...]  # measure words, longest first
    scales: tuple[str, ...]  # 万, 亿
    approx: tuple[str, ...]  # 余, 多
    fixed: tuple[str, ...]  # words used instead of a number: 未收到反馈问题, 全部完成, —
    leads: tuple[str, ...]  # before a share: 达, 超过, 不足; before a count: 近
    trail: str  # 以上

    @classmethod
    def of(cls, figure: Figure, shown: Shown, words: Words, number_only: bool) -> Spelling:
        """Builds the spelling of `figure` worded as `shown`; `number_only`: the bare number was printed."""
        indicator = figure.indicator
        prefix, _, suffix = indicator.phrase.partition("{}")
        parts = [words.percent[key].partition("{}") for key in ("above", "below", "over")]
        measures = {indicator.classifier, classifier(figure, words)}
        fixed = {indicator.zero, shown.all_, nothing(figure, words)} - {""}
        return cls(
            number_only,
            indicator.denominator is not None,
            shown.over is not None,
            prefix,
            suffix,
            tuple(sorted(measures, key=len, reverse=True)),
            tuple(word for word, _ in words.scales),
            words.approx_words,
            tuple(w for w in fixed if not re.search(r"\d", w)),
            (words.percent["full"].partition("100%")[0], parts[0][0], parts[1][0])
            if indicator.denominator is not None
            else (words.near["word"],),
            parts[2][2],
        )


@dataclass(frozen=True)
class Located:
    """A figure found at text[start:end]."""

    start: int
    end: int
    text: str
    measured: bool = True  # includes its measure word
    affixed: bool = True  # includes the indicator's own words

    @property
    def whole(self) -> bool:
        """Whether both the measure word and the indicator's own words are included."""
        return self.measured and self.affixed


def locate(
    text: str, start: int, end: int, spelling: Spelling, check: str = "", others: Sequence[tuple[int, int]] = ()
) -> Located | None:
    """Returns the figure in text[start:end], or next to it if the bookmark is empty.

    `check` is the check_of of the printed figure; it decides between several candidates. `others` are the spans of
    other figures. Returns None if there is no candidate, or no certain one among several.
    """
    if end - start > LONGEST:
        return None
    inside = text[start:end]
    for words in spelling.fixed:
        at = inside.find(words)
        if at >= 0:
            return Located(start + at, start + at + len(words), words)
    found = [
        f for f in _candidates(text, start, end, spelling) if not any(a < f.end and f.start < b for a, b in others)
    ]
    if not inside.strip():  # empty bookmark: only a complete figure counts
        found = [f for f in found if f.whole or spelling.number_only]
    best = [f for f in found if f.measured] or found
    if len(best) > 1:
        best = [f for f in best if check_of(f.text) == check]
    if len(best) == 1:
        return best[0]
    return _in_chinese(text, start, end, spelling) if not found else None


def _candidates(text: str, start: int, end: int, spelling: Spelling) -> Iterator[Located]:
    low, high = max(0, start - AROUND), end + AROUND
    low = max(low, text.rfind("\n", low, start) + 1)
    plain = halfwidth(text[low:high])
    for digits in _DIGITS.finditer(plain):
        first, last = low + digits.start(), low + digits.end()
        touches = first < end and last > start
        if touches or start == end:
            grown = _grow(text, first, last, (start, end), spelling)
            if touches or start in (grown.start, grown.end):
                yield grown


def _grow(text: str, start: int, end: int, inside: tuple[int, int], spelling: Spelling) -> Located:
    """Extends the digits by 万, 余 and the measure word; by the indicator's own words only inside the bookmark."""
    if spelling.number_only:
        return Located(start, end, text[start:end])
    if spelling.ratio:
        last = _skip(text, end, ("%", "％"))
        measured = last > end
        if measured and (spelling.over or last + len(spelling.trail) <= inside[1]):
            last = _skip(text, last, (spelling.trail,))
    else:
        scaled = _skip(text, _skip(text, end, spelling.scales), spelling.approx)
        last = _skip(text, scaled, spelling.measures)
        measured = last > scaled
    for lead in spelling.leads:
        if start - len(lead) >= inside[0] and text.endswith(lead, 0, start):
            start -= len(lead)
            break
    first = start - len(spelling.prefix)
    after = last + len(spelling.suffix)
    affixed = text[first:start] == spelling.prefix and text[last:after] == spelling.suffix
    if affixed and first >= min(inside[0], start) and after <= max(inside[1], last):
        start, last = first, after
    else:
        affixed = False
    return Located(start, last, text[start:last], measured, affixed)


def _skip(text: str, at: int, words: tuple[str, ...]) -> int:
    """Returns the position after one of the words (a space may precede it), or `at` if none follows."""
    for word in words:
        for space in ("", " "):
            if text.startswith(space + word, at):
                return at + len(space + word)
    return at


def _in_chinese(text: str, start: int, end: int, spelling: Spelling) -> Located | None:
    """Returns a figure that an editor wrote in Chinese numerals: 十四次."""
    found = list(_CHINESE.finditer(text, start, end))
    grown = [_grow(text, m.start(), m.end(), (start, end), spelling) for m in found]
    whole = [g for g in grown if g.whole]
    return whole[0] if len(whole) == 1 else None


def reprint(located: Located, phrase: str, before: str, spelling: Spelling) -> str | None:
    """Returns the text that replaces `located` when the figure is now worded `phrase`.

    `before` is the text in front of the figure: a 达 there is not repeated. Returns None if the words do not
    fit without changing the editor's text, for example fixed words where only digits are left.
    """
    new = phrase
    if not spelling.number_only and not located.affixed:
        if not (new.startswith(spelling.prefix) and new.endswith(spelling.suffix)):
            return None
        new = new[len(spelling.prefix) : len(new) - len(spelling.suffix)]
    if not spelling.number_only and not located.measured:
        word = next((w for w in (*spelling.measures, "%") if new.endswith(w)), "")
        if not word:
            return None
        new = new.removesuffix(word)
    lead = spelling.leads[0]
    return new.removeprefix(lead) if before.endswith(lead) else new


def alike(a: str, b: str, spelling: Spelling) -> bool:
    """Returns whether two figures read the same; 余 and 多 count as equal."""
    return _plain(a, spelling) == _plain(b, spelling)


def _plain(text: str, spelling: Spelling) -> str:
    text = "".join(halfwidth(text).split()).replace(",", "")
    if spelling.ratio:  # a cell has 100% where a sentence has 达100%
        text = text.removeprefix(spelling.leads[0])
    for word in spelling.approx[1:]:
        text = text.replace(word, spelling.approx[0])
    return text


def check_of(text: str) -> str:
    """Returns a 4-digit hexadecimal check that shows whether a printed figure was changed."""
    return f"{zlib.crc32(text.encode()) & 0xFFFF:04x}"
