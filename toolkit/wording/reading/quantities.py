"""Finds the quantities in running text: 13次, 3500余名, 三四个, 达100%, 2万多元, and masked ones (**次).

A quantity is a number with the measure word of what is counted, or a share, an amount or a sum of money.
Not quantities: dates and deadlines, ordinals, document numbers, age limits, slogans (五大行动, 三会一课,
names in quotation marks) and the parts of an argument (三个方面). The words that decide are in
standard/quantities.yaml. Run time depends only on the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from ..numerals import DIGITS, MULTIPLES, VAGUE, narrow, neighbours, numeral
from ..sentences import Sentence, inside, names, sentences
from .lexicon import BREAKS, MASKS, bold, lexicon

__all__ = ["Quantity", "Sentence", "quantities", "sentences"]
FAR = 80  # characters of a sentence that are searched for signs of a target
BEHIND = 24  # characters before a number that are examined


@dataclass(frozen=True)
class Quantity:
    """One quantity; `start` to `end` of the source text covers the number and its measure word.

    value: in 元, 人次 … (万 and 亿 multiplied out); percent as 0-100, a fraction as its quotient;
    None for masked numbers and for 几十, 数百. high: upper end of a range. approx: approximating words,
    in order (余, 近, 近余, 以上, 不少于). kind: count, percent, money, amount, ratio, masked.
    target: worded as a goal not yet reached. counted: what is counted, if the clause names it.
    phrase: the figure with its approximating words, 近800余人, 60%以上.
    """

    start: int
    end: int
    text: str
    value: Decimal | None
    high: Decimal | None
    word: str
    approx: str
    kind: str
    target: bool
    counted: str = ""
    phrase: str = ""

    @property
    def masked(self) -> bool:
        """Whether the digits are masked (**次)."""
        return self.kind == "masked"


def quantities(text: str) -> list[Quantity]:
    """Returns all quantities of a text, in order."""
    return list(_Finder(text).found())


# ---------------------------------------------------------------------- finding


class _Finder:
    """Searches one text for its quantities."""

    def __init__(self, text: str) -> None:
        self.raw, self.text, self.lex = text, narrow(text), lexicon()
        self.names = names(text)
        self.bold = bold(text)
        self.last_end = 0  # end of the last quantity found

    def found(self) -> Iterator[Quantity]:
        chinese_counts: set[int] = set()  # sentences with counts such as 两个, 三个: in them 一个 counts too
        text, at = self.text, 0
        while m := self.lex.pattern.search(text, at):
            at = m.end()
            quantity = self._quantity(m, self._sentence(m.start()) in chinese_counts)
            if quantity is None:
                at = m.start() + 1 if m.group("mask") else max(m.start() + 1, self._number_end(m))
                continue
            if quantity.text[0] in DIGITS and quantity.value != 1:
                chinese_counts.add(self._sentence(m.start()))
            self.last_end = quantity.end
            yield quantity

    @staticmethod
    def _number_end(m: re.Match[str]) -> int:
        """Returns where to continue after a rejected match: behind its first number, so that nothing is read twice."""
        return next(m.end(g) for g in ("low", "number", "hundredths", "part") if m.group(g))

    @cached_property
    def _stops(self) -> list[int]:
        return [m.start() for m in re.finditer("[。！？\n]", self.text)]

    def _sentence(self, at: int) -> int:
        """Returns the index of the sentence (ended by a full stop) that contains a position."""
        return bisect_right(self._stops, at)

    def _quantity(self, m: re.Match[str], listed: bool) -> Quantity | None:
        start, end = m.start(), m.end("times") if m.group("times") else m.end("word")
        head = self.text[max(0, start - BEHIND) : start]
        if m.group("hundredths") or m.group("parts"):
            return self._share(m, head)
        word = m.group("word") + ("次" if m.group("times") else "")
        if not self._is_word(m, word) or self._is_name(start, end, word) or self._is_ordinal(m, head, word):
            return None
        if self._is_time_limit(m, head, word) or not self._counts_one(m, head, word, listed):
            return None
        values = self._values(m)
        if values is None:
            return None
        value, high, vague = values
        if word == "成":
            value, high = _times(value, "十"), _times(high, "十")
        before, number_text = self._before(head), m.group("number") or ""
        if before in self.lex["round_only"] and number_text[:1] not in MULTIPLES:
            before = ""
        if number_text in MULTIPLES and number_text != "十" and not (before or m.group("inside") or m.group("inside2")):
            return None  # 百场宣讲, 千名干部: a name, not a number
        kind = "masked" if m.group("mask") else "ratio" if word == "倍" else self.lex.kind(word)
        approx = (before, (m.group("inside") or "") + (m.group("inside2") or "") + vague, m.group("after") or "")
        return self._made(start, end, value, high, word, approx, kind)

    def _made(
        self,
        start: int,
        end: int,
        value: Decimal | None,
        high: Decimal | None,
        word: str,
        approx: tuple[str, str, str],
        kind: str,
    ) -> Quantity:
        """Builds a Quantity; `approx` holds the approximating words before, within and after the figure."""
        text = _close(self.raw[start:end])
        return Quantity(
            start,
            end,
            text,
            value,
            high,
            word,
            "".join(approx),
            kind,
            self._is_target(start, end),
            self._counted(start, end, approx[0]),
            approx[0] + text + approx[2],
        )

    def _is_target(self, start: int, end: int) -> bool:
        before = re.split("[。；！？\n]", self.text[max(0, start - FAR) : start])[-1]
        clauses = [0, *(m.end() for m in re.finditer("，", before))]
        # 每季度督导1次，全年通报4期: the second is a result, not a target
        told = next((before[at:] for at in reversed(clauses) if self.lex.done.match(before, at)), before)
        return bool(self.lex.target.search(told) or self.lex.target_after.match(self.text[end : end + 24]))

    def _share(self, m: re.Match[str], head: str) -> Quantity | None:
        """Reads a share: 百分之九十, 三分之一."""
        if self._in_name(m.start()):
            return None
        approx = (self._before(head), "", m.group("after") or "")
        end = m.end("hundredths") if m.group("hundredths") else m.end("part")
        if m.group("hundredths"):
            value, word, kind = numeral(_close(m.group("hundredths"))), "%", "percent"
        else:
            whole, part = numeral(_close(m.group("parts"))), numeral(_close(m.group("part")))
            value, word, kind = part / whole if whole and part is not None else None, "", "ratio"
        return None if value is None else self._made(m.start(), end, value, None, word, approx, kind)

    # ------------------------------------------------------------------ reading

    def _values(self, m: re.Match[str]) -> tuple[Decimal | None, Decimal | None, str] | None:
        """Returns value, upper end and vague word (几, 数); None if the numerals form no number."""
        if m.group("mask"):
            return None, None, ""
        scale, told = m.group("scale"), _close(m.group("number"))
        vague = next((c for c in VAGUE if c in told), "")
        if vague:
            at = told.index(vague)  # 十几 has the value 10; 几十, 数百 have no comparable value
            value = numeral(told[:at] + scale) if at and at == len(told) - 1 else None
            return (value, None, vague) if len(told + scale) > 1 else None
        pair = neighbours(told)
        low = _close(m.group("low") or "")
        if pair and not low:
            low, told = pair
        high = _times(numeral(told), scale)
        if high is None or (len(told) > 9 and told.isdigit()):
            return None
        if not low:
            return high, None, ""
        value = numeral(low)
        if value is not None and not (set(low) & set(MULTIPLES)):
            lift = "".join(c for c in told if c in "万亿") if not pair else ""
            value = _times(value, lift + scale)
        elif value is not None and pair:
            value = _times(value, scale)
        return None if value is None or value >= high else (value, high, "")

    def _before(self, head: str) -> str:
        found = self.lex.before.search(head)
        if not found:  # 至少讲1次党课
            found = self.lex.bound.search(head)
            return found.group(1) if found else ""
        upto = head[: found.end()]
        longer = any(upto.endswith(w) for w in self.lex["not_approx"] if len(w) > len(found.group()))
        return "" if longer else found.group()

    # --------------------------------------------------------- not a quantity

    def _is_word(self, m: re.Match[str], word: str) -> bool:
        """Returns whether the measure word is one here, not the start of 部门 or 支部."""
        at, text = m.start("word"), self.text
        no = self.lex.not_word.match(text, at)
        if no and no.end() > m.end("word"):
            return word == "项" and text.startswith("项目标", at)
        if word == "项" and text.startswith("项目", at) and not text.startswith("项目标", at):
            return m.group("number") is not None
        told, before, behind = (
            m.group("number") or "",
            text[max(0, m.start() - 1) : m.start()],
            text[m.end("word") : m.end("word") + 1],
        )
        if word in self.lex["arabic_only"] and not told[:1].isdigit() and not m.group("mask"):
            return False
        if word == "分" and before in ("时", "点"):
            return False
        if word == "成" and re.match(r"[\u4e00-\u9fff]", behind):
            return bool(m.group("after") or behind in "的多是为")
        if m.group("mask"):
            return self._is_mask(m)
        if before and before in "+×*/∶〔〕-—" and told[:1].isdigit():
            return False
        if text[m.end("number")] in "+×/":
            return False
        return not (word[0] == behind and told == "一")  # 一件件

    def _is_mask(self, m: re.Match[str]) -> bool:
        bold = self.bold & set(range(m.start("mask"), m.end("mask")))
        return not bold and self.text[m.start() - 1 : m.start()] not in (*MASKS, "+", "—", "-")

    def _in_name(self, at: int) -> bool:
        return inside(self.names, at)

    def _is_name(self, start: int, end: int, word: str) -> bool:
        """Returns whether it is part of a title, a quoted name or a set phrase, except a count as in 《……200题》."""
        if self._in_name(start):
            return not (
                word in self.lex["titled_words"] and self.text[end : end + 1] == "》" and self.text[start].isdigit()
            )
        around = max(0, start - 6)
        return any(
            around + m.start() <= start < around + m.end() for m in self.lex.name.finditer(self.text[around : end + 8])
        )

    def _is_ordinal(self, m: re.Match[str], head: str, word: str) -> bool:
        told, before = m.group("number") or "", head[-1:]
        if told == "二" or (before == "第" and not m.group("mask")):
            return True
        if before in self.lex["ordinal_before"] and before and word in self.lex["ordinal_words"]:
            return not head.endswith(self.lex["not_ordinal"])
        if before in self.lex["numbered_before"] or (told[:4].isdigit() and len(told) == 4 and word == "年"):
            return True
        if told[:1] in DIGITS and self.lex.asked_before.search(head) and self.lex.asked_for.match(self.text, m.end()):
            return True
        framed = word in self.lex["framed_words"] and self.lex.frame.match(self.text, m.end())
        return bool(framed)

    def _is_time_limit(self, m: re.Match[str], head: str, word: str) -> bool:
        """Returns whether a time says when, not how much: 24小时服务, 3日内, 近三年."""
        if word not in self.lex["times"]:
            return False
        if self.lex.long_before.search(head):
            return False
        if word in self.lex["spans"]:
            return True
        if m.group("scale") or any(c in "万亿" for c in m.group("number") or ""):
            return False
        if word in ("个月", "天") and (m.group("number") or "")[:1] not in "123456789":
            return True
        return bool(m.group("after") or self.lex.time_after.match(self.text, m.end("word")))

    def _counts_one(self, m: re.Match[str], head: str, word: str, listed: bool) -> bool:
        """Returns whether 一 is the number 1 here; mostly it only means “a”."""
        if m.group("number") != "一" or m.group("inside") or m.group("scale"):
            return True
        following = self.text[m.end("word") : m.end("word") + 1]
        if word in self.lex["never_one"] or head[-1:] in self.lex["not_before_one"]:
            return False
        if word in self.lex["events"]:
            return bool(self.lex.one_event.search(head))
        if self.lex.one_thing.search(head):
            return True
        ends = (not following or following in BREAKS) and re.search(r"[\u4e00-\u9fff”》]$", head) is not None
        return (ends or listed) and self.text[m.end("word") : m.end("word") + 2] not in self.lex["not_after_one"]

    # ------------------------------------------------------------- what is counted

    def _counted(self, start: int, end: int, approx: str) -> str:
        """Returns the noun after the measure word, or else the words of the clause before the number."""
        after = _chunk(self.text[end : end + 40])
        noun = self.lex.after.sub("", after)
        if len(noun) >= 2:
            at = end + len(after) - len(noun)
            return self.raw[at : at + len(noun)].strip()
        return self.lex.tail.sub("", self.lex.lead.sub("", self._clause_before(start).removesuffix(approx))).strip()

    def _clause_before(self, start: int) -> str:
        """Returns the text since the last quantity or the last mark outside a name; 、 does not divide."""
        at, floor = start, max(self.last_end, start - FAR)
        while at > floor and (self.text[at - 1] == "、" or self.text[at - 1] not in BREAKS or self._in_name(at - 1)):
            at -= 1
        return self.raw[at:start].lstrip("、")


def _close(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _times(value: Decimal | None, scale: str) -> Decimal | None:
    for c in scale:
        value = None if value is None else value * MULTIPLES[c]
    return value


def _chunk(text: str) -> str:
    """Returns the words up to the next mark or number; 80后 is a word."""
    return re.split(rf"[{BREAKS}（）()]|(?<!\d)(?!\d0后)\d", text, maxsplit=1)[0].rstrip("和及与")
