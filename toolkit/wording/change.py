"""Words how a figure differs from the last year's: 比上年增加2次, 增长12.5%, 比上年提高1.5个百分点, 与上年持平."""

from __future__ import annotations

from decimal import Decimal

from ..model import Figure
from .phrase import Words, classifier, exact, is_zero, percent, rounded, share


def compared(form: str, figure: Figure, before: Decimal, words: Words, last: str = "上年") -> str:
    """Returns what 上年, 同比, 增减 or 增幅 behind the name of a known figure prints; "" if it says nothing."""
    if form == "上年":
        return before_words(figure, before, words)
    if is_zero(figure):  # whose own clause is dropped
        return ""
    if form == "增幅":
        return growth_words(figure, before, words)
    if form == "增减":
        return change_words(figure, before, words, "")
    return change_words(figure, before, words, last)


def before_words(figure: Figure, before: Decimal, words: Words) -> str:
    """Returns last year's value of a figure in words; shares are in percent."""
    if figure.indicator.denominator:
        return percent(before, words).removeprefix(words.percent["full"][:1])
    return exact(before, words) + classifier(figure, words)


def change_words(figure: Figure, before: Decimal, words: Words, last: str = "上年") -> str:
    """Returns the difference to last year's value in words; the figure must be known.

    `last` is 上年 or 上年同期; "" leaves out with what it is compared: 增加3次, 持平.
    """
    is_share = figure.indicator.denominator is not None
    now = rounded(share(figure), words) if is_share else Decimal(figure.value or 0)
    more = now - before
    if not more:
        return f"与{last}持平" if last else "持平"
    than = f"比{last}" if last else ""
    if is_share:
        return f"{than}{'提高' if more > 0 else '下降'}{abs(more).normalize():f}个百分点"
    return f"{than}{'增加' if more > 0 else '减少'}{exact(abs(more), words)}{classifier(figure, words)}"


def growth_words(figure: Figure, before: Decimal, words: Words) -> str:
    """Returns the change in percent, 增长12.5%; "" for a share, no change, and a base too small to say so."""
    more = Decimal(figure.value or 0) - before
    if figure.indicator.denominator is not None or before < words.growth_base or not more:
        return ""
    share = abs(more) * 100 / before
    return f"{'增长' if more > 0 else '下降'}{percent(share, words).removeprefix(words.percent['full'][:1])}"
