"""Finds years, dates, the unit's name, names in 《》 and “”, and every other number of an old report."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from ...standard.folders import STANDARD
from ...standard.yamlmap import load_map
from ...word.edited.paragraphs import Paragraph
from ...wording.reading.facts import FactPlace
from ...wording.sentences import inside, names
from .proposals import DATE, DOUBTFUL, KEEP, LEFT, NUMBER, OPEN, PUT, QUOTED, TAKEN, TITLE, UNIT, YEAR, Places, Proposal

_KEYS = ("unit_endings", "not_units", "before_unit", "fixed", "issued", "lists")
_YEAR = re.compile(r"(?<![\d.])((?:19|20)\d{2})(?=\s*年|\s*[—–\-~～至]\s*(?:19|20)\d{2}\s*年|\s*党|〕|]|\s*度)")
_CHINESE_DIGITS = "〇○零一二三四五六七八九十"
_DATE = re.compile(
    rf"(?P<full>(?:(?:19|20)\d{{2}}|[{_CHINESE_DIGITS}]{{4}})\s*年\s*[\d{_CHINESE_DIGITS}]{{1,3}}\s*月\s*[\d{_CHINESE_DIGITS}]{{1,3}}\s*日)"
    r"|(?<![\d年])(?<!年\s)\d{1,2}\s*月(?:\s*\d{1,2}\s*日|[上中下]旬|底|初|份)?|(?<=年)\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日|[上中下]旬|底|初|份)?"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PAGE = re.compile(r"[\s　]*[-—–]?[\s　]*\d{1,4}[\s　]*[-—–]?[\s　]*|[\s　]*第\s*\d{1,4}\s*页.{0,12}")
_RANGE = re.compile(r"(?:19|20)\d{2}\s*年?\s*[—–\-~～至]\s*(?:19|20)\d{2}")
_TITLE = re.compile(r"^[\s　]*(.{2,40}?)(?:关于)?[\s　]*(?:19|20)\d{2}[\s　]*(?:年|党|度)")
_SIGNED_WITHIN = 6  # signature and date are among the last paragraphs
_TITLE_WITHIN = 6
_LONGEST_TITLE = 60
SHOWN = 30  # characters of a name in a message


@lru_cache(maxsize=1)
def vocabulary() -> Mapping[str, Any]:
    """Returns standard/drafting.yaml, loaded once. Raises StandardError for a mistake in it."""
    m = load_map(STANDARD / "drafting.yaml").only(_KEYS)
    return {key: m.need(key) for key in _KEYS}


class Sweep:
    """Searches the paragraphs of one report; what is found first is not found again."""

    def __init__(
        self,
        paragraphs: Sequence[Paragraph],
        taken: Iterable[Proposal],
        year: int | None,
        unit: str,
        lists: Collection[str],
    ) -> None:
        self.paragraphs, self.year = paragraphs, year
        self.unit, self.lists = unit, lists
        self._used: dict[int, list[tuple[int, int]]] = {}
        self._names = [names(p.text) for p in paragraphs]
        for place in (piece for p in taken for pieces in p.places for piece in pieces):
            self._use(place)

    def proposals(self) -> Iterator[Proposal]:
        """Yields one proposal for each different thing, in the order of their kinds."""
        dates, years = list(self._dates()), list(self._years())
        yield from (*years, *dates, *self._units(), *self._other_numbers(), *self._quoted())

    # --------------------------------------------------------------- what is used

    def _use(self, place: FactPlace) -> None:
        self._used.setdefault(place.index, []).append((place.start, place.end))

    def _free(self, place: FactPlace) -> bool:
        return all(place.end <= a or b <= place.start for a, b in self._used.get(place.index, ()))

    def _found(self, pattern: re.Pattern[str], group: int | str = 0) -> Iterator[tuple[re.Match[str], FactPlace]]:
        """Yields the free matches of a pattern, and uses them."""
        for index, p in enumerate(self.paragraphs):
            for m in pattern.finditer(p.text):
                place = FactPlace(index, m.start(group), m.end(group))
                if self._free(place):
                    self._use(place)
                    yield m, place

    def _in_name(self, place: FactPlace) -> bool:
        return inside(self._names[place.index], place.start)

    def _grouped(self, found: Iterable[tuple[str, FactPlace]]) -> Iterator[tuple[str, Places, str]]:
        """Yields each different text with its places, and the words around the first of them."""
        groups: dict[str, list[tuple[FactPlace, ...]]] = {}
        for text, place in found:
            groups.setdefault(text, []).append((place,))
        for text, places in groups.items():
            first = places[0][0]
            line = self.paragraphs[first.index].text
            yield text, tuple(places), line[max(0, first.start - SHOWN) : first.end + SHOWN].strip()

    # --------------------------------------------------------------------- kinds

    def _dates(self) -> Iterator[Proposal]:
        last = len(self.paragraphs) - _SIGNED_WITHIN
        found = [(re.sub(r"\s", "", m[0]), place) for m, place in self._found(_DATE)]
        for text, places, context in self._grouped(found):
            index = places[0][0].index
            line = re.sub(r"\s", "", self.paragraphs[index].text)
            alone = line.strip("（）()") == text
            if len(places) == 1 and "日" in text and "年" in text and alone and index >= last:
                yield Proposal(text, DATE, text, context, places, TAKEN, PUT, "成文日期", reason="落款的日期")
            else:
                yield Proposal(
                    text, DATE, text, context, places, DOUBTFUL, OPEN, reason="旧年的日期；是固定日子的可以保留"
                )

    def _years(self) -> Iterator[Proposal]:
        known = {} if self.year is None else {self.year: "年度", self.year - 1: "上年", self.year + 1: "下年"}
        found = [(m[1], place) for m, place in self._found(_YEAR, 1)]
        spans = [(t, p) for t, p in found if self._in_range(p)]
        for text, places, context in self._grouped(spans):
            why = "起止年份，多是规划的名称"
            yield Proposal(f"{text}（起止）", YEAR, text, context, places, LEFT, KEEP, reason=why)
        for within in (False, True):
            here = [(t, p) for t, p in found if self._in_name(p) == within and not self._in_range(p)]
            for text, places, context in self._grouped(here):
                name = known.get(int(text), "")
                key = f"{text}（名称里）" if within else text
                if name and not within:
                    yield Proposal(key, YEAR, text, context, places, TAKEN, PUT, name, reason="按题目的年份推算")
                elif name:
                    why = "在文件或活动的名称里；每年都有的替换，只有这一次的保留或改写"
                    yield Proposal(key, YEAR, text, context, places, DOUBTFUL, OPEN, choices=(name,), reason=why)
                else:
                    why = "离报告年份较远，多是固定的说法" if self.year else "题目里没有年份，推算不出"
                    decision = KEEP if self.year else OPEN
                    yield Proposal(key, YEAR, text, context, places, LEFT, decision, reason=why)

    def _in_range(self, place: FactPlace) -> bool:
        line = self.paragraphs[place.index].text
        return any(m.start() <= place.start < m.end() for m in _RANGE.finditer(line))

    def _units(self) -> Iterator[Proposal]:
        for name, fills, sure, why in self._unit_names():
            pattern = re.compile(re.escape(name))
            found = [(m[0], place) for m, place in self._found(pattern) if not self._in_name(place)]
            for longer in (False, True):
                here = [(t, p) for t, p in found if self._is_longer(p) == longer]
                for text, places, context in self._grouped(here):
                    key = f"{text}（前面还有字）" if longer else text
                    if sure and not longer:
                        yield Proposal(key, UNIT, text, context, places, TAKEN, PUT, fills, reason=why)
                    else:
                        yield Proposal(
                            key,
                            UNIT,
                            text,
                            context,
                            places,
                            DOUBTFUL,
                            OPEN,
                            choices=(fills,),
                            reason="是否本单位请核对",
                        )

    def _is_longer(self, place: FactPlace) -> bool:
        before = self.paragraphs[place.index].text[: place.start][-1:]
        return bool(re.match(r"[\u4e00-\u9fff]", before)) and before not in vocabulary()["before_unit"]

    def _unit_names(self) -> Iterator[tuple[str, str, bool, str]]:
        """Yields the unit's names, the longest first, with what prints them, whether it is certain, and why."""
        if self.unit:
            yield self.unit, "单位全称", True, "按指定的单位名称"
        if (signed := self._signature()) and signed != self.unit:
            yield signed, "单位全称", True, "落款的单位"
        title = next((t for t in map(self._title_unit, self.paragraphs[:_TITLE_WITHIN]) if t), "")
        if title and title not in (self.unit, signed):
            yield title, "单位简称", _ends_as_unit(title), "题目里的单位"

    @staticmethod
    def _title_unit(p: Paragraph) -> str:
        found = _TITLE.match(p.text) if len(p.text) <= _LONGEST_TITLE else None
        name = found[1].strip() if found else ""
        return "" if not name or re.search("[，。；：、“《]", name) or name in vocabulary()["not_units"] else name

    def _signature(self) -> str:
        """Returns the short paragraph above the date at the end."""
        last = self.paragraphs[-_SIGNED_WITHIN:]
        for above, below in pairwise(last):
            m = _DATE.fullmatch(below.text.strip())
            name = above.text.strip()
            if m and m["full"] and 3 <= len(name) <= 40 and not re.search("[，。；：、\\d]", name):
                return name
        return ""

    def _other_numbers(self) -> Iterator[Proposal]:
        fixed = [re.compile(p) for p in vocabulary()["fixed"]]
        changing, same = list[tuple[str, FactPlace]](), list[tuple[str, FactPlace]]()
        for m, place in self._found(_NUMBER):
            line = self.paragraphs[place.index].text
            if self._in_name(place) or _PAGE.fullmatch(line):
                continue  # listed with the name that holds it; the number of a page
            held = any(x.start() < place.end and place.start < x.end() for f in fixed for x in f.finditer(line))
            following = re.match(r"[\u4e00-\u9fff]{0,2}", line[place.end :])
            (same if held else changing).append((m[0] + (following[0] if following else ""), place))
        for found, state, decision, why in (
            (changing, DOUBTFUL, OPEN, "不是数量，也可能随年份变"),
            (same, LEFT, KEEP, "编号、电话一类，不随年份变"),
        ):
            for text, places, context in self._grouped(found):
                yield Proposal(f"{text}·{state}", NUMBER, text, context, places, state, decision, reason=why)

    def _quoted(self) -> Iterator[Proposal]:
        found: dict[str, list[tuple[str, FactPlace]]] = {TITLE: [], QUOTED: []}
        issued = tuple(vocabulary()["issued"])
        for index, p in enumerate(self.paragraphs):
            for start, end in self._names[index]:
                kind = TITLE if p.text[start] == "《" else QUOTED
                found[kind].append((p.text[start:end], FactPlace(index, start, end)))
        for kind, here in found.items():
            for text, places, context in self._grouped(here):
                first = places[0][0]
                before = self.paragraphs[first.index].text[max(0, first.start - 12) : first.start]
                new = kind == TITLE and any(w in before for w in issued)
                choices = tuple(n for n in vocabulary()["lists"] if new and n in self.lists)
                why = "当年制定的文件，今年的名称请从台账里取" if new else "名称照原文；今年不同的请改写"
                yield Proposal(
                    text,
                    kind,
                    text,
                    context,
                    places,
                    DOUBTFUL if new else LEFT,
                    OPEN if new else KEEP,
                    choices=choices,
                    reason=why,
                )


def _ends_as_unit(name: str) -> bool:
    return name.endswith(tuple(vocabulary()["unit_endings"]))
