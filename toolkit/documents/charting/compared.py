"""Words how the figures of a document differ from last year's, in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...model import Catalog, Document
from ...submissions.comparing.last import Values
from ...submissions.source import Source
from ...wording.change import growth_words
from ...wording.phrase import is_void, is_zero, words


def year_on_year(catalog: Catalog, d: Document, s: Source, before: Values) -> str:
    """Returns the sentence about the declared indicators (`compare`), with 【name】 for each figure; "" without last year."""
    parts = list(_parts(catalog, d, s, before))
    return f"与{s.period.last_name}相比，{'；'.join(parts)}。" if parts else ""


def _parts(catalog: Catalog, d: Document, s: Source, before: Values) -> Iterator[str]:
    for name in d.compare:
        f, old = s.figures.get(name), before.get(name)
        if f is None or old is None or f.state != "known" or f.est or is_void(f) or is_zero(f) or f.missing:
            continue
        growth = f"、【{name}.增幅】" if growth_words(f, old, words(catalog)) else ""
        yield f"{_called(f.indicator.title)}【{name}】，【{name}.增减】{growth}"


def _called(title: str) -> str:
    """Returns a title with its level before it: 支部层面主题党日 for 主题党日（支部层面）."""
    found = re.fullmatch("([^（）]+)（([^（）]+层面)）", title)
    return f"{found[2]}{found[1]}" if found else title
