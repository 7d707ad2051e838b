"""Reading a claim takes the same steps however long its sentence is."""

from __future__ import annotations

import pytest

from toolkit.documents.claims import _CLAUSES, _clause, _first_end
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
