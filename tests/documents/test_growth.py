"""The work grows with what a document holds, and no faster: calls are counted, not seconds."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import docx
import pytest
from click.testing import CliRunner
from support.demo_city import Demo

from toolkit.cli.main import main
from toolkit.documents.claims import _CLAUSES, _clause, _first_end
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
    for found in quantities(str(text)):
        clause, at = _clause(text, found, marks)
        assert clause[at : at + found.end - found.start] == text[found.start : found.end]
        assert len(clause) <= len(piece) or not marks
    assert Counted.searches == 0


def test_the_first_partial_word_decides() -> None:
    assert _first_end(("其中", "部分"), "一部分，其中3次") == 3
    assert _first_end(("其中",), "共3次") == 4


# ------------------------------------------------------------- whole documents

Grow = Callable[[Any, int], None]  # adds so many things to a document
SAID = "全年开展“示例”主题党日{0}次，参加党员{0}1人次，撰写调研报告{0}篇，未发生失泄密问题，"


def paragraphs(made: Any, n: int) -> None:
    for i in range(n):
        made.add_paragraph(SAID.format(i) + "达到95%以上。")


def one_paragraph(made: Any, n: int) -> None:
    made.add_paragraph("".join(SAID.format(i) for i in range(n)))


def cut_paragraphs(made: Any, n: int) -> None:
    """Each goes on where the one before was cut."""
    for i in range(n):
        made.add_paragraph(SAID.format(i))


def bare_numbers(made: Any, n: int) -> None:
    made.add_paragraph("".join(f"{i}人，" for i in range(n)))


def runs(made: Any, n: int) -> None:
    p = made.add_paragraph()
    for i in range(n):
        for piece in ("开展", "主题党日", f"{i}", "次。"):
            p.add_run(piece)


def headings(made: Any, n: int) -> None:
    for i in range(n):
        made.add_paragraph(f"（{i}）学习教育")
        made.add_paragraph(f"开展主题党日{i}次。")


def table_rows(made: Any, n: int) -> None:
    table = made.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "指标", "数量（次）"
    row = table._tbl.tr_lst[0]
    for i in range(n):
        row.addnext(more := deepcopy(row))
        for t, text in zip(more.iter(q("w:t")), (f"主题党日{i}", str(i)), strict=True):
            t.text = text


def figures(made: Any, n: int) -> None:
    """Printed figures, as people copy them, and all of them wrong by now."""
    found = [p._p for p in made.paragraphs if any(True for _ in p._p.iter(q("w:bookmarkStart")))]
    for i in range(n):
        made.element.body.insert(0, copied := deepcopy(found[i % len(found)]))
        for e in copied.iter(q("w:bookmarkStart"), q("w:bookmarkEnd")):
            e.set(q("w:id"), str(int(e.get(q("w:id"))) + 1000 * (i + 1)))
        for t in copied.iter(q("w:t")):
            t.text = re.sub("[0-9]", "9", t.text or "")


def figures_in_one(made: Any, n: int) -> None:
    before = len(made.element.body)
    figures(made, n)
    first, *others = made.element.body[: len(made.element.body) - before]
    for p in others:
        first.extend(e for e in list(p) if e.tag != q("w:pPr"))
        made.element.body.remove(p)


COMMANDS = {
    "lint": ["lint", "{}", "-q"],
    "fix": ["lint", "{}", "--fix", "-o", "{}.fixed.docx", "-q"],
    "extract": ["extract", "{}", "-o", "{}.xlsx", "-q"],
    "template from": ["template", "from", "{}", "-o", "{}.template.docx", "-q"],
    "verify": ["verify", "{}", "SOURCE", "-q"],
    "refresh": ["refresh", "{}", "SOURCE", "-o", "{}.new.docx", "-q"],
    "track": ["refresh", "{}", "SOURCE", "--track", "-o", "{}.tracked.docx", "-q"],
}
GROWING = [
    *((command, grow) for command in ("lint", "fix", "extract", "template from") for grow in (one_paragraph, runs)),
    *((command, grow) for command in ("extract", "template from") for grow in (cut_paragraphs, bare_numbers, headings)),
    *((command, table_rows) for command in ("lint", "extract", "verify")),
    *((command, paragraphs) for command in ("fix", "verify")),
    *((command, grow) for command in ("verify", "refresh", "track") for grow in (figures, figures_in_one)),
]


def calls(*args: str) -> int:
    """How many functions are called for a command, those of libraries included."""
    count = 0

    def seen(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        done = CliRunner().invoke(main, args)
    finally:
        sys.setprofile(None)
    assert done.exit_code in (0, 1, 2) and (done.exception is None or isinstance(done.exception, SystemExit)), done
    return count


@pytest.mark.parametrize(("command", "grow"), GROWING, ids=lambda x: getattr(x, "__name__", x))
def test_the_work_grows_with_the_document(city: Demo, tmp_path: Path, command: str, grow: Grow) -> None:
    """Twice as much of anything costs twice the calls, at most a little more."""
    took = []
    for n in (0, 0, 40, 80):  # the first one loads what is needed
        made = docx.Document(str(city.documents["situation"]))
        grow(made, n) if n else None
        path = tmp_path / f"{len(took)}.docx"
        made.save(str(path))
        source = str(city.source("situation"))
        took.append(calls(*(a.replace("{}", str(path)).replace("SOURCE", source) for a in COMMANDS[command])))
    _, none, some, twice = took
    assert some > none
    assert twice - none < 2.6 * (some - none), took
