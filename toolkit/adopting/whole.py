"""Tells what titles say about all rows of a table: their type, their day, their organisation."""

from __future__ import annotations

import re

from ..model import Field, Ledger
from .ledgers import kind_field
from .model import ASKED, GUESSED, Table, Whole
from .words import Words, key

SHORTEST_ORG = 3  # characters of a word that only says 支部
_ORG = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]*(?:党支部|支部委员会|支部|党总支|机关党委|党委)")
_FULL_DAY = r"20\d\d\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}日?"


def whole(words: Words, ledger: Ledger, table: Table, taken: set[str]) -> list[Whole]:
    """Returns what is told about all rows at once: the type, guessed if one is named; the organisation, always asked."""
    made = []
    kind = kind_field(ledger)
    texts = [(t, spot) for t, spot in table.titles if len(t) <= 60] + [(table.sheet, None)]
    if kind and kind.name != "stage" and kind.name not in taken:
        named = {o: (t, spot) for t, spot in reversed(texts) for o in _options_in(words, kind, t)}
        grouped = any(_options_in(words, kind, g) for g in table.groups)
        if len(named) == 1 and not grouped:
            ((o, (text, spot)),) = named.items()
            made.append(Whole(kind.name, GUESSED, o, f"标题“{text}”里写着", spot))
        else:
            made.append(
                Whole(kind.name, ASKED, "", "类型写在分组标题里" if grouped else "表里没有类型一栏", None, tuple(named))
            )
    if ("date" not in taken and not ledger.field("date").in_year) or ledger.name == "membership":
        days = [
            (m[1], spot)
            for t, spot in texts
            for m in re.finditer(rf"(?:{words.raw['as_of']})\D{{0,8}}({_FULL_DAY})", t)
        ]
        if len(days) == 1 and "date" not in taken:
            made.append(Whole("date", GUESSED, days[0][0], "表上方写着", days[0][1]))
    refs = {f.name for f in ledger.fields}
    if "org_id" in refs - taken and ledger.name != "org":
        plain = [re.sub(r"20\d\d年?度?|[^：:]*[：:]", "", t) for t, _ in texts] + list(table.groups)
        orgs = tuple(dict.fromkeys(m.group() for t in plain for m in _ORG.finditer(t) if len(m.group()) > SHORTEST_ORG))
        made.append(Whole("org_id", ASKED, "", "表里没有党组织一栏", None, orgs))
    return made


def _options_in(words: Words, kind: Field, text: str) -> set[str]:
    """Returns the types that a title names; of overlapping words the longest, of several that overlap in part all."""
    plain = key(text)
    told = {key(w) for w in words.raw["by_title"]}
    known = {key(o): o for o in kind.constraints.enum if o not in words.raw["not_by_title"]} | {
        w: o for w, o in words.values.items() if o in kind.constraints.enum and (key(o) in w or w in told)
    }
    spans = [(m.start(), m.end(), o) for w, o in known.items() for m in re.finditer(re.escape(w), plain)]
    return {o for a, b, o in spans if not any((c <= a and b <= d) and (c, d) != (a, b) for c, d, _ in spans)}
