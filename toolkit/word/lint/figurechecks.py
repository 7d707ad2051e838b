"""Checks quantities and words over the whole document: approximators, units, conflicting values.

Figures that a bookmark ties to the ledger are not questioned, only those typed by hand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ...model import Catalog
from ...wording.reading.quantities import Quantity, quantities
from .rules import Hit, Rule
from .script import Line, Script, sentences_of

_MIXED = re.compile(r"(?:\d\s{0,2}[万亿]?|[百千万亿])\s{0,2}(?P<x>[余多])(?=[\u3400-\u9fff])(?!元化|样)")
_NUMBER = "(?:[0-9][0-9.,]{0,14}|[一二两三四五六七八九十数几][一二三四五六七八九十百千]{0,8})"
_AS_OF_LINE = 400  # characters of a sentence that are searched


def contradictions(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds declared pairs of words that contradict or repeat one another (K15, wording.yaml, rules.md F7)."""
    compiled = [(re.compile(c["pattern"]), c) for c in catalog.wording["contradictions"]]
    for line in script.prose:
        reached = 0
        for m, c in sorted(((m, c) for p, c in compiled for m in p.finditer(line.text)), key=lambda x: x[0].start()):
            if m.start() >= reached:
                reached = m.end()
                yield Hit(line.index, m.start(), m.end(), {"said": c["message"], "how": c["remedy"]})


def mixed_approximators(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds 余 and 多 mixed in one document (K16, rules.md F4).

    The rarer one is to be changed; if they are equally frequent, neither is.
    """
    found = [(line, m) for line in script.prose for m in _MIXED.finditer(line.text)]
    counted = Counter(m["x"] for _, m in found)
    if len(set(counted.values())) < 2:
        return
    right = counted.most_common(1)[0][0]
    for line, m in found:
        if m["x"] != right and not line.is_linked(m.start("x"), m.end("x")):
            shown = {"text": m.group() + line.text[m.end() : m.end() + 1], "word": m["x"], "right": right}
            yield Hit(line.index, m.start("x"), m.end("x"), shown)


def unlawful_units(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds numbers with non-statutory units, declared in wording.yaml (K23, GB 3100)."""
    units = catalog.wording["unlawful_units"]
    names = "|".join(sorted(units, key=len, reverse=True))
    pattern = re.compile(
        rf"(?<![\u3400-\u9fff0-9]半)(?:{_NUMBER}\s{{0,2}}[万千百亿]?\s{{0,2}}[余多]?|[万亿]\s?[余多]?)(?P<x>{names})"
    )
    for line in script.prose:
        for m in pattern.finditer(line.text):
            yield Hit(line.index, m.start(), m.end(), {"text": m.group(), "right": str(units[m["x"]])})


def variants(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds two spellings of one word in the document (K22); the second of the pair is to be changed."""
    text = "\n".join(line.text for line in script.prose)
    for right, other in rule.with_["pairs"]:
        if right in text and other in text:
            for line in script.prose:
                for m in re.finditer(other, line.text):
                    yield Hit(line.index, m.start(), m.end(), {"text": other, "right": right})


def _typed(script: Script) -> Iterator[tuple[Line, Quantity]]:
    """Yields quantities that no bookmark ties to the ledger; masked ones are left out."""
    for line in script.flow:
        if line.role in ("body", "heading"):
            for quantity in quantities(line.text):
                if not quantity.masked and not line.is_linked(quantity.start, quantity.end):
                    yield line, quantity


def several_values(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds the same thing with different numbers, unless the sentences name different levels (K24)."""
    scopes = re.compile(rule.with_["scopes"])
    names = _indicator_words(catalog)
    known: dict[str, tuple[Quantity, str]] = {}
    for line, quantity in _typed(script):
        phrase = _phrase(catalog, line.text, quantity, names)
        if quantity.kind != "count" or quantity.target or not phrase:
            continue
        scope = "".join(scopes.findall(_sentence(line.text, quantity.start)))
        key = phrase + quantity.word
        if key not in known:
            known[key] = quantity, scope
        elif known[key][0].value != quantity.value and (not scope or not known[key][1] or scope == known[key][1]):
            shown = {"phrase": phrase, "other": known[key][0].text, "text": quantity.text}
            yield Hit(line.index, quantity.start, quantity.end, shown)


def _indicator_words(catalog: Catalog) -> list[str]:
    """Returns what indicators count, longest first: 主题党日 from 主题党日_支部."""
    return sorted(
        {n.partition("_")[0] for n in catalog.indicators if len(n.partition("_")[0]) > 3}, key=len, reverse=True
    )


def _phrase(catalog: Catalog, text: str, quantity: Quantity, names: list[str]) -> str:
    """Returns what the number counts: an indicator's word in its clause, else the clause without time and verb."""
    clause = re.split("[，。；：、！？]|\\d", text[max(0, quantity.start - 40) : quantity.start].rstrip())[-1]
    named = next((n for n in names if n in clause), "")
    if named:
        return named
    for words in ("lead_ins", "lead_verbs"):
        for word in sorted(catalog.wording[words], key=len, reverse=True):
            clause = clause.removeprefix(word)
    return clause if len(clause) > 3 else ""


def _sentence(text: str, at: int) -> str:
    before = text[max(0, at - 120) : at]
    return before[max(before.rfind(c) for c in "。；！？") + 1 :]


def vague_figures(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds 目前 without a date, 近年来 without a year, and shares without numerator and denominator (K28, rules.md F8)."""
    p = rule.with_
    if script.kind in p["not_kinds"]:
        return
    targets = re.compile(p["targets"])
    for line, start, sentence in sentences_of(script.role("body")):
        found = [
            quantity
            for quantity in quantities(sentence[:_AS_OF_LINE])
            if not line.is_linked(start + quantity.start, start + quantity.end) and not quantity.masked
        ]
        plain = [
            quantity
            for quantity in found
            if not quantity.target and not targets.search(sentence[: quantity.start][-20:])
        ]
        for key in ("now", "since"):
            m = re.search(p[key]["pattern"], sentence)
            after = [quantity for quantity in plain if m and quantity.start > m.start()]
            if m and after and not re.search(p[key]["unless"], sentence):
                shown = {"text": m.group(), "problem": p[key]["problem"], "how": p[key]["how"]}
                yield Hit(line.index, start + m.start(), start + m.end(), shown)
        counts = [quantity for quantity in found if quantity.kind == "count"]
        for quantity in plain:
            share = quantity.kind == "percent" and re.search(p["share_before"], sentence[: quantity.start])
            risen = re.search(p["share_unless"], sentence[: quantity.start][-12:])
            if share and not risen and not counts and quantity.word in ("%", "％"):
                shown = {"text": quantity.text, "problem": p["share"]["problem"], "how": p["share"]["how"]}
                yield Hit(line.index, start + quantity.start, start + quantity.end, shown)


def counted_twice(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds the same rough count, with 余 or 多, in two paragraphs (K29)."""
    seen: dict[object, tuple[Line, Quantity]] = {}
    for line, quantity in _typed(script):
        if (
            quantity.kind != "count"
            or not re.search("[余多]", quantity.approx)
            or (quantity.value or 0) < rule.with_["least"]
        ):
            continue
        first = seen.setdefault(quantity.value, (line, quantity))
        if first[0].index != line.index:
            yield Hit(line.index, quantity.start, quantity.end, {"text": quantity.text, "other": first[1].text})


def more_solved_than_raised(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds more problems put right than were raised, in one sentence and with one measure word (K39)."""
    pattern = re.compile(rule.with_["pattern"])
    for line, start, sentence in sentences_of(script.role("body", "loose", "table")):
        for m in pattern.finditer(sentence):
            same = not m["unit"] or not m["other"] or m["unit"] == m["other"]
            if same and int(m["done"]) > int(m["raised"]):
                said = {"text": m["done"], "other": m["raised"], "problem": f"多于前面的{m['raised']}{m['unit']}"}
                yield Hit(line.index, start + m.start("done"), start + m.end("done"), said)


def parts_and_whole(catalog: Catalog, script: Script, rule: Rule) -> Iterator[Hit]:
    """Finds parts behind 其中 that do not make the whole (K39).

    One part must not exceed the whole. Parts of one declared set, such as 男、女, exclude one another: their sum
    must not exceed it either, and must reach it if the set is complete and every part is exact.
    """
    whole = re.compile(
        rf"(?P<n>\d{{1,7}})(?P<approx>[余多]?)(?P<unit>{rule.with_['units']})[，,（(]\s?其中[：:]?(?P<rest>[^。；]{{2,80}})"
    )
    part = re.compile(
        rf"(?P<name>[^，、。；\d（）]{{1,14}}?)(?P<n>\d{{1,7}})(?P<approx>[余多]?)(?P<unit>{rule.with_['units']})"
    )
    for line, start, sentence in sentences_of(script.role("body", "loose")):
        for m in whole.finditer(sentence):
            parts = [x for x in part.finditer(m["rest"]) if x["unit"] == m["unit"]]
            total = int(m["n"])
            large = next((x for x in parts if int(x["n"]) > total and not m["approx"]), None)
            problem = f"大于总数{total}{m['unit']}" if large else _sum_problem(parts, total, m["approx"], rule)
            if problem and not line.is_linked(start + m.start(), start + m.end("unit")):
                shown = (large or m).group() if large else sentence[m.start() : m.end("unit")]
                yield Hit(line.index, start + m.start(), start + m.end("unit"), {"text": shown, "problem": problem})


def _sum_problem(parts: list[re.Match[str]], total: int, approx: str, rule: Rule) -> str:
    for group in rule.with_["sets"]:
        named = [next((w for w in group["words"] if w in x["name"]), "") for x in parts]
        if len(parts) < 2 or not all(named) or len(set(named)) < len(named):
            continue
        added = sum(int(x["n"]) for x in parts)
        exact = not approx and not any(x["approx"] for x in parts)
        if (added > total and not approx) or (exact and group["complete"] and added < total):
            return f"各分项相加是{added}，与总数{total}不合"
    return ""
