"""Finds zeros in words: 全年没有发展党员, 本年未召开专题调度会."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from .quantities import Quantity

ZERO = "zero"  # kind of these quantities
_NONE = re.compile(
    r"(?:没有|从未|尚未|未曾|未|无)(?:再)?(?P<what>[^，。；：、！？,;:!?\s\d]{2,20}?)(?:的?情况)?(?=[，。；！？,;!?\n]|$)"
)
_YEAR = re.compile(r"全年|本年|今年|年内|一年来|年度|20\d{2}年|截至")
_NOT_A_FACT = re.compile(r"如果|如|若|凡|不得|严禁|防止|避免|确保|要求|杜绝|是否|有无|有没有|从无")


def zeros(text: str) -> Iterator[Quantity]:
    """Yields one quantity of the kind ZERO for each clause that says that something was not done this year."""
    for m in _NONE.finditer(text):
        start = max(text.rfind(mark, 0, m.start()) for mark in "。！？\n") + 1
        sentence = text[start : m.start()]
        if _YEAR.search(sentence) and not _NOT_A_FACT.search(sentence[-12:]):
            said = m[0]
            yield Quantity(m.start(), m.end(), said, Decimal(0), None, "", "", ZERO, False, m["what"], said)
