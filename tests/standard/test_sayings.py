"""Mistakes in what ledgers say are found when the standard is loaded, with file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from toolkit.errors import StandardError
from toolkit.model import Catalog
from toolkit.standard.catalog import load_catalog
from toolkit.standard.sayings import CLAUSES, SLOT

LEDGER = """\
name: extra
title: 试验台账
code: XX
fields:
  - {name: kind, title: 类型, type: string, constraints: {required: true, enum: [甲, 乙]}}
  - {name: who, title: 联系人, type: string, audience: unit}
indicators:
  - {id: XX01, name: 试验数, title: 试验数, op: count, classifier: 次}
names:
  - {id: XXL1, name: 试验名称, field: kind, marks: “”, classifier: 项}
says:
  - topic: 组织生活
    wordings: ["开展试验{试验数}，试验有{试验名称}"]
"""

BROKEN = {
    "a claim without support": (
        "开展试验{试验数}，",
        "开展试验{试验数}，表彰先进，",
        r"extra\.yaml:12: wordings: '表彰先进' says",
    ),
    "an unknown name": ('{试验名称}"]', '{试验名}"]', r"extra\.yaml:12: wordings: there is no .* '试验名'"),
    "an unknown topic": ("topic: 组织生活", "topic: 生活", r"extra\.yaml:12: topic: '生活' is none of"),
    "a private field": ("field: kind", "field: who", r"extra\.yaml:10: field: who stays in the unit"),
    "a field that is not there": ("field: kind", "field: kin", r"extra\.yaml:10: ledger extra has no field 'kin'"),
    "an id taken": ("id: XXL1", "id: XX01", r"extra\.yaml:10: id XX01 is taken by 试验数"),
    "a name taken": ("name: 试验名称", "name: 试验数", r"extra\.yaml:10: 试验数 is an indicator already"),
    "other marks": ("marks: “”", "marks: ()", r"extra\.yaml:10: marks: "),
    "no wordings": ('["开展试验{试验数}，试验有{试验名称}"]', "[]", r"extra\.yaml:12: wordings: a list"),
}


def overlay(folder: Path, text: str) -> Path:
    (folder / "ledgers").mkdir()
    (folder / "ledgers" / "extra.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_sound_ledger_speaks(tmp_path: Path) -> None:
    catalog = load_catalog(overlay(tmp_path, LEDGER))
    assert [s.topic for s in catalog.ledgers["extra"].says] == ["组织生活"]
    assert catalog.rolls["试验名称"].ledger == "extra"


@pytest.mark.parametrize("case", BROKEN)
def test_a_mistake_names_file_and_line(tmp_path: Path, case: str) -> None:
    old, new, message = BROKEN[case]
    assert old in LEDGER
    with pytest.raises(StandardError, match=message):
        load_catalog(overlay(tmp_path, LEDGER.replace(old, new)))


def test_an_unknown_topic_of_a_document_is_named(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "brief.yaml").write_text(
        'name: brief\ntitle: 简报\nheading: "简报"\ntemplate: brief.docx\nheadings:\n  - {id: 甲, title: 甲, topics: [生活]}\n',
        encoding="utf-8",
    )
    with pytest.raises(StandardError, match=r"brief\.yaml:1: topics: there is no topic '生活'"):
        load_catalog(tmp_path)


@pytest.mark.parametrize(
    ("calls", "message"),
    [
        ("{剧团: {机关: 剧团}}", r"speech\.yaml:1: calls: '剧团' is none of 政协机关"),
        ('{高校: {"机关(": 学校}}', r"speech\.yaml:1: pattern '机关\('"),
        ('{高校: {"(机关)": 学校}}', r"speech\.yaml:1: calls: '\(机关\)' must not have groups"),
    ],
)
def test_own_words_of_a_kind_that_is_not_there_or_no_pattern(tmp_path: Path, calls: str, message: str) -> None:
    (tmp_path / "speech.yaml").write_text(f"calls: {calls}\n", encoding="utf-8")
    with pytest.raises(StandardError, match=message):
        load_catalog(tmp_path)


def test_an_added_standard_may_add_topics_and_words(tmp_path: Path) -> None:
    text = 'topics: {试验: [抓实试验]}\ntimes: ["这一年，"]\n'
    (tmp_path / "speech.yaml").write_text(text, encoding="utf-8")
    speech = load_catalog(tmp_path).speech
    assert speech.topics["试验"] == ("抓实试验",) and "组织生活" in speech.topics
    assert speech.times == ("这一年，",)


def test_what_joined_a_ledger_later_is_counted_and_told(catalog: Catalog) -> None:
    """Except what links and measures tasks, and what other cells follow from."""
    given = {path.partition(".")[2] for x in catalog.ledgers.values() for f in x.fields for path in f.follows or ()}
    said = {n for x in catalog.ledgers.values() for s in x.says for w in s.wordings for n in SLOT.findall(w)}
    for ledger in catalog.ledgers.values():
        for f in ledger.fields:
            if not f.added or f.name in ("task_ids", *given) or ledger.name == "plan":
                continue
            measured = {
                i.name
                for i in catalog.indicators.values()
                for m in (i.numerator, i.denominator)
                if m and m.ledger == ledger.name and f.name in (m.field, *(x.path for x in m.where))
            }
            assert measured and measured <= said, (ledger.name, f.name)


def test_each_sentence_has_a_wording_in_which_every_clause_names_something(catalog: Catalog) -> None:
    """A template of one's own takes it where nothing is there to say yet: cut whole, it leaves nothing."""
    for saying in (s for x in catalog.ledgers.values() for s in x.says):
        names = {n for w in saying.wordings for n in SLOT.findall(w) if n in catalog.indicators}
        if names and all(catalog.indicators[n].zero for n in names):
            continue  # printed for zero too
        assert any(all(SLOT.search(clause) for clause in CLAUSES.split(w)) for w in saying.wordings), saying.key


def test_no_clause_names_twice_what_a_list_counts(catalog: Catalog) -> None:
    """主题有“甲”“乙”等9个主题 says 主题 twice: the measure word of the list says it."""
    twice = [
        clause
        for ledger in catalog.ledgers.values()
        for saying in ledger.says
        for wording in saying.wordings
        for clause in re.split("[，；、。]", wording)
        for name in SLOT.findall(clause)
        if name in catalog.rolls and (noun := catalog.rolls[name].classifier[1:]) and noun in SLOT.sub("", clause)
    ]
    assert twice == []


def test_time_words_open_a_sentence(catalog: Catalog) -> None:
    """Within one they would be left over when the clauses behind them are cut."""
    wordings = [w for ledger in catalog.ledgers.values() for s in ledger.says for w in s.wordings]
    assert [w for w in wordings if "{时段}" in w.removeprefix("{时段}")] == []
