"""What speaks against an indicator whose words stand near a quantity: another subject, period or sum, only a part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...model import Indicator
from .lexicon import lexicon
from .signs import Surroundings, signs

_RATE = re.compile("每(?:年|半年|季|月|周|旬|天|日|人|名|个|次|期|两)|人均|平均")
FIRST = 4  # characters before the counted thing in the last part of a list
CLOSE = 10  # characters behind the measure word in which the counted thing may be named


def against(context: Surroundings, indicator: Indicator, hits: Sequence[str], share: bool) -> tuple[str, str]:
    """Returns why the quantity is certainly not the indicator's value of this year, and why it may not be; "" if not."""
    sign = signs().of(indicator)
    if _is_change(context):
        return "说的是增减，不是本年的数", ""
    if _is_of_many_years(context, indicator):
        return "多年累计，不是本年的数", ""
    if _is_held_by_others(context, indicator):
        return "参加上级的，不是自办的", ""
    clause = re.split("[，；]", context.far.rstrip("，；"))[-1]
    refused, doubt = _sum(context.before, sign.all_words)
    if refused or doubt:
        return refused, doubt
    if _RATE.search(context.before):
        return "", "说的是每次、每期多少"
    if sign.close and not all(w in context.near for w in hits):
        return "", "指标的词离数较远"
    if sign.subject and not subject(context)[1]:
        return "", "看不清是单位的还是支部的"
    if any(w in context.near + clause and w not in "".join(hits) for w in signs().lists["others"]):
        return "说的可能是别的人", ""
    if indicator.name in signs().lists["ordinary"] and _is_of_other_business(context.before, sign.all_words):
        return "说的可能是别的业务", ""
    return "", "" if is_adjacent(context, sign.all_words, share) else "指标的词离数较远"


def subject(context: Surroundings) -> tuple[str, bool]:
    """Returns who did what is counted, by the last subject named before it, and whether that is certain.

    The kind is "" if none is named. What stands in earlier sentences and headings is certain if it names one kind.
    """
    for text in (context.before, context.far):
        if found := _subjects(text):
            return found[-1], True
    found = _subjects(context.told)
    return (found[-1], len(set(found)) == 1) if found else ("", False)


def _subjects(text: str) -> list[str]:
    """Returns the kinds of subject named in a text, in order; not those that something is done to."""
    whom = signs().lists["to_whom"]
    found = [
        (m.start(), kind)
        for kind, words in signs().subjects.items()
        for m in re.finditer("|".join(map(re.escape, words)), text)
        if not text[: m.start()].removesuffix("党").removesuffix("各").removesuffix("基层").endswith(whom)
    ]
    return [kind for _, kind in sorted(found)]


def is_adjacent(context: Surroundings, words: Sequence[str], share: bool) -> bool:
    """Returns whether one of the words stands directly beside the quantity, apart from words without weight.

    Before a share, whose share it is may stand between: 四星级以上党支部占比60%.
    """
    if any(0 <= context.behind.find(w) < CLOSE for w in words):
        return True
    if share and any(w in context.before[-CLOSE - len(w) :] for w in words):
        return True
    return any(text.endswith(tuple(words)) for text in _strippings(context.before))


def _stripped(text: str) -> str:
    """Returns the text before a quantity without the words that may stand between it and the thing counted."""
    return list(_strippings(text))[-1]


def _strippings(text: str) -> Iterator[str]:
    """Yields the text before a quantity, each time without one more word that says nothing about the thing counted."""
    lex, weightless = lexicon(), tuple(signs().lists["between"])
    while True:
        text = lex.before.sub("", text.rstrip("：:，“”》） \u3000\n\t"))
        yield text
        if not text.endswith(weightless):
            return
        text = text[: -max(len(w) for w in weightless if text.endswith(w))]


def _is_change(context: Surroundings) -> bool:
    before = _stripped_of_approximators(context.before)
    worded = signs().lists["comparisons"]
    return before.endswith(tuple(f"{w}{end}" for w in worded for end in ("", "了"))) or any(
        w in context.before for w in worded if w[0] in "较比同环"
    )


def _stripped_of_approximators(text: str) -> str:
    return lexicon().before.sub("", text.rstrip())


def _is_of_many_years(context: Surroundings, indicator: Indicator) -> bool:
    if indicator.name in signs().lists["long"]:
        return False
    return bool(signs().years.search(re.split("[。；]", context.far)[-1] + context.before))


def _is_of_other_business(before: str, words: Sequence[str]) -> bool:
    """Returns whether the thing counted has an attribute that is not of party work: 安全生产调度会."""
    last = max((before.rfind(w) for w in words if w in before), default=0)
    attribute = before[:last]
    verbs = [m.end() for m in lexicon().verbs.finditer(attribute) if len(m[0]) > 1]
    attribute = re.sub(r"[，。；：、“”（）\s]|《[^》]*》", "", attribute[verbs[-1] if verbs else 0 :])
    for w in sorted(words, key=len, reverse=True):
        attribute = attribute.replace(w, "")
    return len(attribute) > 1 and "等" not in attribute and not any(w in attribute for w in signs().lists["ours"])


def _is_held_by_others(context: Surroundings, indicator: Indicator) -> bool:
    if indicator.name not in signs().lists["held"]:
        return False
    attended, above = (signs().lists[name] for name in ("attended", "above"))
    near = context.near
    at = min((near.find(w) for w in attended if w in near), default=-1)
    return at >= 0 and any(w in near[at:] for w in above)


def _sum(before: str, words: Sequence[str]) -> tuple[str, str]:
    """Returns whether the quantity counts several kinds of things, of which the indicator is only one."""
    if before.rstrip().endswith("等"):
        return "几种事物的合计", ""
    parts = re.split("[、和及与]", _stripped(before))
    last = parts[-1]
    if len(parts) < 2 or any(len(m[0]) > 1 for m in lexicon().verbs.finditer(last)) or "等" in last:
        return "", ""
    if not any(w in last for w in words):
        return ("几种事物的合计", "") if any(w in parts[-2] for w in words) else ("", "")
    alone = min(last.find(w) for w in words if w in last) <= FIRST and not any(w in parts[-2] for w in words)
    return "", "可能是几种事物的合计" if alone else ""
