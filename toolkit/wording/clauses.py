"""Plans which clauses to delete from a Chinese sentence when some of its numbers are zero (rules.md F1).

The text holds each number as a mark: U+E000, the index of the mark, U+E002. A plan contains only
deletions, as (start, end) spans, so that the caller can apply them across formatted runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from .phrase import Words

MARK = re.compile("\ue000(\\d+)\ue002")
NUMBERING = "\ue010\ue011\ue012\ue013\ue014\ue015"  # marks of automatic numbers (一、（一）1.), which start a sentence
_PAIRS = {"（": "）", "“": "”", "‘": "’", "《": "》", "「": "」", "〔": "〕", "【": "】"}
_STOPS, _STRENGTH = "。！？\n", {"，": 1, ",": 1, "；": 2, ";": 2, "：": 3}
_ITEMS = re.compile("、|(?<=\ue002)(?:以及|及|和|与|并)")

Span = tuple[int, int]


@dataclass
class Cut:
    """The spans to delete, and the marks of zeros that cannot be deleted: these are printed as numbers."""

    spans: list[Span] = field(default_factory=list)
    stuck: list[int] = field(default_factory=list)

    def apply(self, text: str) -> str:
        """Returns `text` without the deleted spans."""
        kept, at = [], 0
        for start, end in sorted(self.spans):
            kept.append(text[at:start])
            at = max(at, end)
        return "".join([*kept, text[at:]])


@dataclass
class _Part:
    """One clause or item: content text[start:end], separator text[end:sep]."""

    start: int
    end: int
    sep: int
    zeros: list[int]
    others: int
    keep: bool = True


def plan_cut(text: str, is_zero: Callable[[int], bool], words: Words) -> Cut:
    """Returns the spans to delete from one paragraph.

    The clause of a zero is deleted; if it holds another number, only the item is deleted.
    If only lead-ins (今年, 累计) would remain, the whole sentence is deleted.
    """
    return _planned(text, frozenset(n for m in MARK.finditer(text) if is_zero(n := int(m[1]))), words)


@lru_cache(maxsize=4096)
def _planned(text: str, zeros: frozenset[int], words: Words) -> Cut:
    """Cached: in a batch of documents the same paragraphs with the same zeros occur many times."""
    return _Planner(text, zeros, words).plan()


@lru_cache(maxsize=8)
def _lead(words: Words) -> re.Pattern[str]:
    alternatives = [re.escape(w) for w in sorted(words.lead_ins, key=len, reverse=True)]
    return re.compile(f"(?:{'|'.join([*words.lead_patterns, *alternatives])})*")


class _Planner:
    def __init__(self, text: str, zeros: frozenset[int], words: Words) -> None:
        self.text, self.zeros, self.words, self.cut = text, zeros, words, Cut()
        self.pairs = _match_pairs(text)
        self.marks = {m.start(): (int(m[1]), m.end()) for m in MARK.finditer(text)}
        self.lead = _lead(words)

    def plan(self) -> Cut:
        if self.zeros:
            for start, end in self._sentences(0, len(self.text)):
                self._sentence(start, end)
        return self.cut

    def _walk(self, start: int, end: int) -> list[int]:
        """Returns the positions outside brackets and quotations."""
        found, i = [], start
        while i < end:
            if i in self.pairs and self.pairs[i] < end:
                i = self.pairs[i] + 1
            else:
                found.append(i)
                i += 1
        return found

    def _sentences(self, start: int, end: int) -> list[Span]:
        made, at = [], start
        for i in self._walk(start, end):
            if self.text[i] in _STOPS:
                made.append((at, i + 1))
                at = i + 1
        return [*made, (at, end)] if at < end else made

    def _sentence(self, start: int, end: int) -> bool:
        """Plans the cuts of one sentence; returns whether the whole sentence is deleted."""
        whole = start
        while start < end and (self.text[start] in NUMBERING or self.text[start].isspace()):
            start += 1
        stop = end - 1 if end > start and self.text[end - 1] in _STOPS else end
        for i in self._walk_brackets(start, stop):
            if self._sentence(i + 1, self.pairs[i]):
                self.cut.spans.append((i, self.pairs[i] + 1))
        parts = self._split(start, stop, [(i, i + 1) for i in self._walk(start, stop) if self.text[i] in _STRENGTH])
        for part in parts:
            part.keep = not part.zeros or bool(part.others)
        if all(part.keep for part in parts) and not any(part.zeros for part in parts):
            return False
        self._drop_dependents(parts)
        if not any(part.keep for part in parts):
            self.cut.spans.append((whole, end))
            return True
        self._keep_lead(parts)
        for part in parts:
            if part.keep and part.zeros:
                self._items(part)
        self._delete(parts, lambda ends: max(ends, key=lambda p: _STRENGTH[self.text[p.end]]))
        return False

    def _walk_brackets(self, start: int, end: int) -> list[int]:
        return [i for i in range(start, end) if self.text[i] == "（" and start <= self.pairs.get(i, -1) < end]

    def _split(self, start: int, end: int, seps: list[Span]) -> list[_Part]:
        parts, at = [], start
        for sep_start, sep_end in [*seps, (end, end)]:
            inner = [
                n for i, (n, _) in self.marks.items() if at <= i < sep_start and not self._in_bracket(i, start, end)
            ]
            zeros = [n for n in inner if n in self.zeros]
            parts.append(_Part(at, sep_start, sep_end, zeros, len(inner) - len(zeros)))
            at = sep_end
        return parts

    def _in_bracket(self, at: int, start: int, end: int) -> bool:
        return any(i < at < self.pairs[i] for i in self._walk_brackets(start, end))

    def _drop_dependents(self, parts: list[_Part]) -> None:
        """Drops the clauses that make no sense without the dropped ones."""
        for i, part in enumerate(parts):
            before, silent = parts[i - 1] if i else None, not part.zeros and not part.others
            text = self.text[part.start : part.end].strip()
            if silent and before and not before.keep and text.startswith(self.words.followers):
                part.keep = False
        for i in range(len(parts) - 1, -1, -1):
            part, later = parts[i], parts[i + 1 :]
            heads = self.text[part.end : part.sep] == "："
            if part.keep and later and heads and not any(p.keep for p in later):
                part.keep = False
            if part.keep and i and later and not later[0].keep and self._empty(part):
                part.keep = False
        if all(self._empty(part) for part in parts if part.keep):
            for part in parts:
                part.keep = False

    def _keep_lead(self, parts: list[_Part]) -> None:
        """Keeps the 今年 or 其中 of a dropped first clause, unless the new first clause has its own lead-in."""
        heir = next(part for part in parts if part.keep)
        if not parts[0].keep and not self._lead_size(heir):
            parts[0].start += self._lead_size(parts[0])

    def _lead_size(self, part: _Part) -> int:
        found = self.lead.match(self.text[part.start : part.end])
        return found.end() if found else 0

    def _empty(self, part: _Part) -> bool:
        """Returns whether a clause contains only lead-ins such as 一年来 or 累计."""
        text = self.text[part.start : part.end].strip()
        return not self.lead.sub("", text, count=1).strip()

    def _items(self, clause: _Part) -> None:
        """Deletes only the items of zeros (separated by 、) in a clause that also holds another number."""
        inside = set(self._walk(clause.start, clause.end))
        found = (m.span() for m in _ITEMS.finditer(self.text, clause.start, clause.end))
        items = _join_silent(self._split(clause.start, clause.end, [span for span in found if span[0] in inside]))
        for item in items:
            item.keep = not item.zeros or bool(item.others)
            if item.keep:
                self.cut.stuck += item.zeros
        verb = self._shared_verb(items)
        self._delete(items, lambda ends: ends[-1])
        if verb:
            start, end = items[0].start, items[0].start + verb
            spans = [s for s in self.cut.spans if s != (start, items[0].end)]
            self.cut.spans = [*spans, (end, items[0].end)]

    def _shared_verb(self, items: list[_Part]) -> int:
        """Returns how many characters of a dropped first item (累计组织开展) must stay for the next item."""
        if items[0].keep:
            return 0
        following = next(self.text[item.start : item.end].strip() for item in items if item.keep)
        text, size = self.text[items[0].start : items[0].end], self._lead_size(items[0])
        verb = next((v for v in self.words.lead_verbs if text.startswith(v, size)), "")
        if verb and following.startswith(self.words.lead_verbs):
            verb = ""
        return size + len(verb)

    def _delete(self, parts: list[_Part], choose: Callable[[list[_Part]], _Part]) -> None:
        """Deletes the dropped parts; keeps exactly one separator between two kept parts."""
        waiting: list[_Part] = []
        seen = False
        for part in parts:
            if part.keep:
                if seen:
                    left = choose(waiting)
                    self.cut.spans += [(p.end, p.sep) for p in waiting if p is not left]
                else:
                    self.cut.spans += [(p.end, p.sep) for p in waiting]
                waiting, seen = [], True
            else:
                self.cut.spans.append((part.start, part.end))
            waiting.append(part)
        self.cut.spans += [(p.end, p.sep) for p in waiting]


def _join_silent(items: list[_Part]) -> list[_Part]:
    """Joins items without a number to the next item (重点、难点问题3个); trailing ones join the last item."""
    made: list[_Part] = []
    start: int | None = None
    for item in items:
        item.start = item.start if start is None else start
        start = None
        if item.zeros or item.others:
            made.append(item)
        else:
            start = item.start
    if start is not None and made:
        made[-1].end, made[-1].sep = items[-1].end, items[-1].sep
    return made


def _match_pairs(text: str) -> dict[int, int]:
    """Maps opening to closing positions of brackets and quotation marks; unmatched ones are omitted."""
    pairs: dict[int, int] = {}
    open_: list[int] = []
    for i, c in enumerate(text):
        if c in _PAIRS:
            open_.append(i)
        elif open_ and c in _PAIRS.values():
            for k in range(len(open_) - 1, -1, -1):
                if _PAIRS[text[open_[k]]] == c:
                    pairs[open_[k]] = i
                    del open_[k:]
                    break
    return pairs


def estimate_places(text: str, is_estimate: Callable[[int], bool], prefix: str) -> list[int]:
    """Returns the positions where the estimate prefix is inserted (F4).

    It precedes the first clause with an estimate, once per sentence. Sentences that already contain it are skipped.
    """
    pairs, made = _match_pairs(text), []
    sentence = clause = i = 0
    done = False
    while i < len(text):
        found = MARK.match(text, i)
        if found and is_estimate(int(found[1])) and not done:
            stop = next((k for k in range(i, len(text)) if text[k] in _STOPS), len(text))
            done = True
            if prefix.rstrip("，") not in text[sentence:stop]:
                made.append(clause)
        inner = pairs.get(i, i) if not _holds_estimate(text, i, pairs, is_estimate) else i
        if text[i] in _STOPS:
            sentence, done = i + 1, False
        if text[i] in _STOPS or text[i] in _STRENGTH or (clause == i and text[i] in NUMBERING):
            clause = i + 1
        i = inner + 1
    return made


def _holds_estimate(text: str, at: int, pairs: dict[int, int], is_estimate: Callable[[int], bool]) -> bool:
    inside = text[at : pairs.get(at, at)]
    return any(is_estimate(int(m[1])) for m in MARK.finditer(inside))
