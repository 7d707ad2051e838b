"""The work grows with what a document holds, and no faster: calls are counted, not seconds."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from types import FrameType

import docx
import pytest
from lxml import etree
from support.demo_city import Demo

from toolkit.documents.claims import _CLAUSES, _clause, _first_end
from toolkit.documents.drafting.draft import draft
from toolkit.documents.extract import extract, facts_of
from toolkit.documents.refresh import refresh
from toolkit.documents.tracked import open_tracked
from toolkit.documents.verify import verify
from toolkit.submissions.source import open_source
from toolkit.word.ooxml import q
from toolkit.wording.reading.quantities import quantities


class Counted(str):
    """A text that counts the searches made in it."""

    searches = 0

    def find(self, *args: object) -> int:
        type(self).searches += 1
        return super().find(*args)  # type: ignore[arg-type]

    rfind = find


@pytest.mark.parametrize("piece", ["支部12次，", "12%", "甲乙"])
def test_the_clause_of_a_number_is_found_without_searching_the_sentence(piece: str) -> None:
    text = Counted(piece * 200)
    marks = [m.start() for m in _CLAUSES.finditer(text)]
    for q in quantities(str(text)):
        clause, at = _clause(text, q, marks)
        assert clause[at : at + q.end - q.start] == text[q.start : q.end]
        assert len(clause) <= len(piece) or not marks
    assert Counted.searches == 0


def test_the_first_partial_word_decides() -> None:
    assert _first_end(("其中", "部分"), "一部分，其中3次") == 3
    assert _first_end(("其中",), "共3次") == 4
