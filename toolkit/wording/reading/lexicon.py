"""The words that decide what a quantity is (standard/quantities.yaml), and the patterns built from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from ...rows.casting.conventions import conventions
from ...standard.folders import STANDARD
from ...standard.yamlmap import load_map
from ..numerals import DIGITS, MULTIPLES

CHINESE = "".join(DIGITS) + "".join(MULTIPLES)
MASKS = "*＊×□■○●xX"
BREAKS = "，。；：、！？,;:!?\n"
GAP = r"[ \t\u3000\u00a0]{0,3}(?:\n{1,3}[ \t\u3000]{0,3})?"


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(set(words), key=lambda w: (-len(w), w)))


class Lexicon:
    """standard/quantities.yaml with the patterns built from it. Raises StandardError for a mistake in the file."""

    def __init__(self) -> None:
        self._map = load_map(STANDARD / "quantities.yaml")
        self._lists = {name: tuple(map(str, words)) for name, words in self._map.items()}
        times = set(self["times"])
        self.counters = sorted((conventions().classifiers | set(self["classifiers"])) - times)
        words = [*self.counters, *self["money"], *self["amounts"], *self["times"], *self["percents"]]
        inside = _any(self["approx_inside"])
        # 数百, 几十, but not 人数百分之
        some = f"(?:(?<![{''.join(self['not_before_several'])}])数|几)(?=[十百千万亿])"
        chinese = f"(?<![{CHINESE}])(?:{some})?[{CHINESE}]{{1,12}}(?:点[{''.join(DIGITS)}]{{1,4}}|(?<=[十百千])几)?"
        arabic = r"(?<![\d.A-Za-z])(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.\d{1,6})?"
        plain = f"(?:{arabic}{GAP}[{''.join(MULTIPLES)}]{{0,2}}|{chinese})"
        self.pattern = re.compile(
            rf"(?:百分之(?P<hundredths>{plain})"
            rf"|(?P<parts>{plain})分之(?P<part>{plain})"
            rf"|(?:(?P<low>{plain})[%％]?{GAP}(?:~|～|-|—|–|至|到){GAP}(?={plain}))?"
            rf"(?:(?P<number>{plain})|(?P<mask>[{re.escape(MASKS)}]{{1,8}}[万亿]?))"
            rf"{GAP}(?P<inside>{inside})?{GAP}(?P<scale>[万亿]{{0,2}})(?P<inside2>{inside})?{GAP}"
            rf"(?P<word>{_any(words)}|倍)(?P<times>[（(]次[）)])?"
            rf")(?P<after>{_any(self['approx_after'])})?"
        )
        self.before = re.compile(f"(?:{_any(self['approx_before'])})$")
        self.bound = re.compile(rf"({_any(self['bounds'])})[^{BREAKS}\d{CHINESE}]{{1,6}}$")
        self.not_word = re.compile(_any(self["not_words"]))
        self.name = re.compile(_any(self["names"]))
        self.time_after = re.compile(_any(self["time_after"]))
        self.long_before = re.compile(f"(?:{_any(self['long_before'])}){GAP}$")
        frames = f"{_any(self['frames'])}|(?:{_any(self['last_frames'])})(?!{_any(self['frame_nouns'])})"
        self.frame = re.compile(f"(?:{_any(self['frame_adjectives'])})?(?:{frames})")
        self.asked_before = re.compile(f"(?:{_any(self['asked_before'])})了?$")
        self.asked_for = re.compile(f"(?:{_any(self['frame_adjectives'])})?(?:{_any(self['asked_for'])})")
        self.one_event = re.compile(f"(?:{_any(self['one_event_before'])})[^{BREAKS}]{{0,6}}$")
        self.one_thing = re.compile(f"(?:{_any(self['one_thing_before'])})了?$")
        self.target = re.compile(_any(self["target_before"]))
        self.done = re.compile(_any(self["done_at_start"]))
        self.target_after = re.compile(f"[^{BREAKS}]{{0,16}}(?:{_any(self['target_after'])})")
        wording = load_map(STANDARD / "wording.yaml")
        leads = _any([*wording.need("lead_ins"), *self["lead_words"]])
        self.verbs = re.compile(_any([*wording.need("lead_verbs"), *self["lead_words"], *self["bare_verbs"]]))
        self.after = re.compile(f"^(?:{_any(self['approx_after'])})?的?")
        # Possessive, to prevent exponential backtracking: 共有 can also be split into 共 and 有.
        self.tail = re.compile(f"(?:{_any([*self['lead_words'], *self['tail_words']])})++$")
        self.lead = re.compile(
            rf"^(?:(?!{_any(self['not_lead'])})(?:{leads})|\d{{4}}年度?|[一二三四五六七八九十]是|\s)++"
        )

    def __getitem__(self, name: str) -> tuple[str, ...]:
        """Returns the list of words with this name. Raises StandardError if there is none."""
        return self._lists[name] if name in self._lists else self._map.need(name)  # type: ignore[no-any-return]

    def kind(self, word: str) -> str:
        """Returns the kind of a measure word: money, percent, amount or count."""
        if word in self["money"]:
            return "money"
        if word in self["percents"]:
            return "percent"
        return "amount" if word in self["amounts"] or word in self["times"] else "count"


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Returns the lexicon, loaded once. Raises StandardError for a mistake in its file."""
    return Lexicon()


def is_bare(clause: str) -> bool:
    """Returns whether a clause contains only lead words and verbs before its number: 今年累计开展."""
    return not lexicon().verbs.sub("", lexicon().lead.sub("", clause)).strip()


def is_plan(titles: Sequence[str]) -> bool:
    """Returns whether the headings (nearest first) show that the text below is planned, not reported."""
    return next((said for title in titles if (said := plan_said(title)) is not None), False)


def plan_said(title: str) -> bool | None:
    """Returns whether a heading says that the text below is planned, or that it is reported; None if neither."""
    lex = lexicon()
    if any(w in title for w in lex["plan_titles"]):
        return True
    return False if any(w in title for w in lex["report_titles"]) else None


def is_existing(text: str, at: int) -> bool:
    """Returns whether the words before a number at `at` say that what is counted exists already: 落实好两个“书记项目”."""
    clause = re.split(f"[{BREAKS}]", text[max(0, at - 24) : at])[-1]
    return any(w in clause for w in lexicon()["existing_before"])


def bold(text: str) -> set[int]:
    """Returns the positions of the asterisks of Markdown's **bold**, which mask no digits."""
    found: set[int] = set()
    for m in re.finditer(r"(?:^|(?<=[。；：！？\s]))\*\*(?=[\u4e00-\u9fff“《（\d])([^*\n]{2,200})\*\*", text, re.M):
        if m.group(1)[-1] in "。：；！？" or not m.group(1).startswith(tuple(lexicon().counters)):
            found |= {m.start(), m.start() + 1, m.end() - 1, m.end() - 2}
    return found
