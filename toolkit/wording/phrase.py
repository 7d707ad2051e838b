"""Words a figure as an official phrase: `13次`, `500余篇次`, `4.6万人次`, `达100%`, `60%以上`.

The rules are F1-F12 of docs/domain/rules.md (after GB/T 15835-2011), their data is in
standard/wording.yaml. Counts are never rounded up, but 近 may stand before the next round number (F3).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from ..errors import CannotRun, StandardError
from ..findings import finding
from ..model import MASKED, Catalog, Figure, Finding, Place, Shown
from ..standard.sheets import NOT_APPLICABLE
from ..standard.vocabulary import MEASURES

EXACT = Shown()


class WordingError(CannotRun):
    """The declared wording would be untrue, such as 60%以上 for 55%."""


class MissingFigure(CannotRun):
    """The figure is unknown: its sheet is empty and not declared nil (本年无)."""


@dataclass(frozen=True, eq=False)
class Words:
    """The entries of wording.yaml for phrases and clauses. Compared by identity, so it can be a cache key."""

    approx_words: tuple[str, ...]
    est_prefix: str
    lead_ins: tuple[str, ...]
    lead_patterns: tuple[str, ...]
    lead_verbs: tuple[str, ...]
    followers: tuple[str, ...]
    exact_below: int
    tens_below: int
    significant: int
    scales: tuple[tuple[str, int], ...]  # (万, 10000), largest first
    scale_decimals: int
    percent_decimals: int
    growth_base: int
    recount: Mapping[str, str]
    near: Mapping[str, Any]  # word; printed: the share of a round number from which on it is printed
    percent: Mapping[str, str]
    targets: Mapping[str, str]
    target_per: Mapping[str, str]
    masks: Mapping[str, Any]

    @classmethod
    def of(cls, wording: Mapping[str, Any]) -> Words:
        """Builds Words from `Catalog.wording`, whose other keys are for the document checker.

        Raises StandardError for a missing key.
        """
        lists = ("approx_words", "lead_ins", "lead_patterns", "lead_verbs", "followers")
        names = [name for name in cls.__dataclass_fields__ if name not in wording]
        if names:
            raise StandardError(f"wording.yaml: missing key {', '.join(names)}")
        scales = sorted(((s["word"], int(s["at"])) for s in wording["scales"]), key=lambda s: -s[1])
        values: dict[str, Any] = {name: wording[name] for name in cls.__dataclass_fields__}
        values |= {name: tuple(wording[name]) for name in lists} | {"scales": tuple(scales)}
        return cls(**values)


def phrase(figure: Figure, shown: Shown | None, words: Words, approx: str = "") -> str:
    """Returns the words for one figure, without the estimate prefix, which belongs to the clause (F4).

    `approx` is 余 or 多, one for the whole document; blank means the first of the standard. A zero
    gives the indicator's fixed words, or "" if its clause is to be dropped (F1). A figure that does
    not apply, and a ratio with denominator 0 (F6), also give "".

    Raises MissingFigure for an unknown figure, WordingError if the words would be untrue.
    """
    shown, approx = shown or EXACT, approx or words.approx_words[0]
    if approx not in words.approx_words:
        raise WordingError(f"概数用词“{approx}”不可用，请在封面改选{'、'.join(words.approx_words)}之一。")
    indicator = figure.indicator
    if figure.state == "missing":
        raise MissingFigure(f"“{indicator.title}”缺数：对应台账为空且未申报。请补填台账，或在封面申报“本年无”。")
    if figure.state == MASKED:
        return indicator.phrase.replace("{}", words.masks["digits"] + classifier(figure, words))
    if figure.state == "n/a" or is_void(figure):
        return ""
    if indicator.denominator is not None and figure.numerator is None:
        raise WordingError(f"“{indicator.title}”没有分子，不能成文。请重新汇总。")
    if is_zero(figure):
        return indicator.zero
    if above := above_full(figure, words):
        raise WordingError(f"“{indicator.title}”是{above}，不能成文。请核对分子、分母背后的行。")
    if indicator.denominator is not None:
        return indicator.phrase.replace("{}", _share(figure, shown, words))
    value = Decimal(figure.value or 0)
    if shown.round or shown.wan or figure.est:
        text = _rounded(value, shown, figure.est, words, approx)
    else:
        text = exact(value, words)
    return indicator.phrase.replace("{}", text + classifier(figure, words))


def above_full(figure: Figure, words: Words) -> str:
    """Returns a ratio over 100 % that the standard does not allow, with its halves: 104.9%（64/61，超过100%）; else ""."""
    above, below = figure.numerator or 0, figure.denominator or 0
    if figure.indicator.denominator is None or figure.indicator.above_full or not below or above <= below:
        return ""
    return f"{percent(share(figure), words)}（{plain(above)}/{plain(below)}，超过100%）"


def untrue(catalog: Catalog, figures: Iterable[Figure]) -> Iterator[Finding]:
    """Yields an error for each known ratio over 100 % that the standard does not allow."""
    for f in figures:
        if f.state == "known" and (above := above_full(f, words(catalog))):
            yield finding("I01", Place(""), value=above, title=f.indicator.name)


def share(figure: Figure) -> Decimal:
    """Returns a ratio in percent, not rounded. The denominator must not be 0."""
    return Decimal(figure.numerator or 0) * 100 / Decimal(figure.denominator or 0)


def is_void(figure: Figure) -> bool:
    """Returns whether a ratio has no denominator or denominator 0: no sentence, but a warning (F6)."""
    return figure.state != MASKED and figure.indicator.denominator is not None and not figure.denominator


def is_zero(figure: Figure) -> bool:
    """Returns whether the count, or the numerator of a ratio, is 0 or None."""
    if figure.state == MASKED:  # only what is not zero is masked
        return False
    return not (figure.numerator if figure.indicator.denominator is not None else figure.value)


def classifier(figure: Figure, words: Words) -> str:
    """Returns the measure word; persons and households that were only added up become 人次, 户次 (F9)."""
    word, taken = figure.indicator.classifier, figure.indicator.numerator
    if MEASURES[taken.op] and not figure.indicator.distinct_by_nature:
        return words.recount.get(word, word)
    return word


def plain(value: Decimal | int) -> str:
    """Returns the bare number, without grouping, exponent or trailing zeros."""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact(value: Decimal | int, words: Words) -> str:
    """Returns the exact number, in 万 or 亿 if `scale_decimals` decimals suffice (F5)."""
    value = Decimal(value)
    for word, at in words.scales:
        if value >= at and _decimals(value / at) <= words.scale_decimals:
            return plain(value / at) + word
    return plain(value)


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent))


def _rounded(value: Decimal, shown: Shown, est: bool, words: Words, approx: str) -> str:
    """Rounds down (F3-F5); 余 follows only a whole number that is less than the value."""
    scale, scales = words.scales[-1], words.scales
    if shown.wan and value >= scale[1]:
        kept, scales = value // scale[1] * scale[1], (scale,)
    elif value < words.exact_below or not (shown.round or est):
        return exact(value, words)
    else:
        digits = 1 if value < words.tens_below else shown.round or words.significant
        unit = Decimal(10) ** (value.adjusted() + 1 - digits)
        kept = value // unit * unit
    if kept == value:
        return exact(value, words)
    if not est and (near := _near(value, kept, words)):
        return near
    for word, at in scales:
        if kept >= at:
            step = Decimal(1).scaleb(-words.scale_decimals)
            scaled = (kept / at).quantize(step, ROUND_FLOOR)
            # 小数万不再加“余” (F4)
            return plain(scaled) + word + (approx if scaled == scaled.to_integral_value() else "")
    return plain(kept) + (approx if kept == kept.to_integral_value() else "")


def _near(value: Decimal, kept: Decimal, words: Words) -> str:
    """Returns 近200 for 199: the next number of one digit other than 0, if it is nearer than what rounding down keeps.

    "" if it is not near enough (F3).
    """
    unit = Decimal(10) ** value.adjusted()
    beyond = value // unit * unit + unit
    if value < beyond * Decimal(words.near["printed"]) or beyond - value >= value - kept:
        return ""
    return f"{words.near['word']}{exact(beyond, words)}"


def _share(figure: Figure, shown: Shown, words: Words) -> str:
    """Words a ratio (F6) from its numerator and denominator; `figure.value` is not read."""
    if figure.numerator == figure.denominator:
        # no 全部 while units are missing
        return shown.all_ if shown.all_ and not figure.missing else words.percent["full"]
    exact_share = share(figure)
    if shown.over is not None:
        if exact_share < shown.over:
            raise WordingError(
                f"“{figure.indicator.title}”为{percent(exact_share, words)}，不足文种声明的{shown.over}%以上。"
                "请核对台账，或在文种声明中改低百分比。"
            )
        return words.percent["over"].replace("{}", f"{shown.over}%")
    return percent(exact_share, words)


def percent(share: Decimal, words: Words) -> str:
    """Returns a share, in percent, as all outputs show it: rounded half up, but 0% and 100% only if exact."""
    near = rounded(share, words)
    if near == share or near not in (0, 100):
        return f"{plain(near)}%"
    step = Decimal(1).scaleb(-words.percent_decimals)
    if near == 0:
        return words.percent["below"].replace("{}", f"{plain(step)}%")
    return f"{plain(100 - step)}%" if share < 100 else words.percent["above"].replace("{}", "100%")


def rounded(share: Decimal, words: Words) -> Decimal:
    """Returns a share, in percent, rounded half up. For display only: comparisons use the exact share."""
    return share.quantize(Decimal(1).scaleb(-words.percent_decimals), ROUND_HALF_UP)


def bare(figure: Figure, words: Words) -> str:
    """Returns the number alone, without measure word or %; a share is rounded as everywhere."""
    if figure.state == MASKED:
        return str(words.masks["digits"])
    if figure.indicator.denominator is None or is_void(figure):
        return plain(figure.value or 0)
    return plain(rounded(share(figure), words))


def target_phrase(op: str, value: Decimal | int | None, unit: str, per: str, words: Words) -> str:
    """Returns a target of the year's plan in words (F12): 至少2次, 60%以上, 不超过5个, 各支部至少1次.

    `op` is one of ≥ = ≤ 完成 覆盖 首批; `per` is 全单位, 每支部, 每人 or blank.
    Raises WordingError for any other `op` or `per`, or if the number is missing.
    """
    forms = {unicodedata.normalize("NFKC", key): form for key, form in words.targets.items()}  # ＝ is =
    key = unicodedata.normalize("NFKC", op.strip())
    key = f"{key}%" if unit == "%" and f"{key}%" in forms else key
    if key not in forms:
        raise WordingError(f"目标关系“{op}”无法识别，请改为{'、'.join(k for k in words.targets if '%' not in k)}之一。")
    form = forms[key]
    if "{}" in form and value is None:
        raise WordingError(f"目标关系“{op}”没有目标值，请补填目标值和单位。")
    number = "" if value is None else (plain(value) if unit == "%" else exact(value, words)) + unit
    if per and per not in words.target_per:
        raise WordingError(f"计量对象“{per}”无法识别，请改为{'、'.join(words.target_per)}之一。")
    return words.target_per.get(per, "") + form.replace("{}", number)


def nothing(figure: Figure, words: Words) -> str:
    """Returns what a table cell shows if the sentence is empty: —, 0%, or 0 with the measure word."""
    ratio = figure.indicator.denominator is not None
    if figure.state == "n/a" or is_void(figure) or (figure.value is None and not ratio):
        return "—"
    return "0%" if ratio else f"0{classifier(figure, words)}"


@lru_cache(maxsize=4)
def words(catalog: Catalog) -> Words:
    """Returns the Words of this standard."""
    return Words.of(catalog.wording)


def worded(catalog: Catalog, f: Figure) -> str:
    """Returns the figure in words; a zero, which documents omit, as a plain 0; an unknown figure as 缺数."""
    if f.state == "known" and (above := above_full(f, words(catalog))):
        return above
    try:
        said = phrase(f, None, words(catalog))
    except MissingFigure:
        return "缺数"
    if f.state == "n/a":
        return NOT_APPLICABLE
    return said or ("—" if f.value is None else f"{plain(f.value)}{f.indicator.classifier}")
