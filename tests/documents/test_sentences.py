"""What ledgers say: every claim in a document rests on counted rows, and every kind of row is told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import docx
import likeness
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import ledger_rows, small_city
from support.demo_city import Demo
from support.paths import ROOT, TEMPLATES

from toolkit.documents.chapters import chapters
from toolkit.documents.fill import Look, fill
from toolkit.model import Saying
from toolkit.standard.catalog import load_catalog
from toolkit.standard.sayings import CLAUSES, SLOT
from toolkit.submissions.source import Source, open_source
from toolkit.word.edited.names import read_name
from toolkit.word.edited.paragraphs import open_document
from toolkit.wording.compose import CALLED, OFTEN, Composer

CATALOG = load_catalog()
SAYINGS = [(ledger.name, s) for ledger in CATALOG.ledgers.values() for s in ledger.says]
UNTOLD = {("develop", "终止")}  # that a case has ended is nobody's business outside the unit


def names(saying: Saying) -> list[str]:
    """The figures and lists that a sentence may name."""
    found = {n for w in saying.wordings for n in SLOT.findall(w)}
    return sorted(n for n in found if n in CATALOG.indicators or n in CATALOG.rolls)


def ledgers_of(name: str) -> set[str]:
    """The ledgers behind a figure or list."""
    if name in CATALOG.rolls:
        return {CATALOG.rolls[name].ledger}
    indicator = CATALOG.indicators[name]
    return {m.ledger for m in (indicator.numerator, indicator.denominator) if m}


def said_by(document: str, source: Source) -> list[str]:
    """The paragraphs that ledgers say in a document."""
    found = chapters(CATALOG, CATALOG.documents[document], source, ())
    return [p["正文"].text for paragraphs in found.values() for p in paragraphs]


# ------------------------------------------------------------------ one ledger alone


@pytest.mark.parametrize("ledger", [x for x in CATALOG.ledgers if x not in ("narrative", "org")])
def test_what_a_document_claims_rests_on_the_one_ledger_that_has_rows(ledger: str, tmp_path: Path) -> None:
    """Row by row, one of each kind; the organisation that the rows refer to is a draft and does not count."""
    declared = CATALOG.ledgers[ledger]
    unit = small_city.unit("A001", "某某市测试局", sys_type="政协机关", brand="某学习品牌")
    for kind in ledger_rows.kinds(declared):
        rows = {"org": [small_city.org(status="草稿")], ledger: [ledger_rows.row(CATALOG, declared, kind)]}
        source = open_source(CATALOG, small_city.write(CATALOG, tmp_path / f"{kind or '一行'}.xlsx", unit, rows))
        assert len(source.rows[ledger]) == 1, kind
        for document in ("situation", "summary"):
            said = said_by(document, source)
            called = {n for text in said for n in CALLED.findall(text)}
            assert bool(called) == ((ledger, kind) not in UNTOLD), (document, kind)
            assert all(ledger in ledgers_of(n) for n in called), (document, kind, called)
            for clause in (c for text in said for c in CLAUSES.split(text)):
                assert CALLED.search(clause) or not any(v in clause for v in CATALOG.speech.done), clause


def test_a_unit_s_own_names_are_printed(tmp_path: Path) -> None:
    days = [small_city.party_day(n, topic=topic) for n, topic in enumerate(("植树护绿", "读书荐书"), 1)]
    book = small_city.write(
        CATALOG,
        tmp_path / "a.xlsx",
        small_city.unit("A001", "某某市测试局"),
        {"org": [small_city.org()], "orglife": days},
    )
    fill(CATALOG, "situation", book, tmp_path / "a.docx", Look(draft=True))
    text = likeness.read(tmp_path / "a.docx").whole
    assert "“植树护绿”" in text and "“读书荐书”" in text
    assert re.search("党支部层面[^，。]{0,4}主题党日2次", text)


def test_with_nothing_in_the_ledgers_nothing_is_claimed(tmp_path: Path) -> None:
    """Lead, fixed words for zero, plans and the clerk's own text remain; no heading stands alone."""
    rows = {
        "narrative": [
            {"document": d.title, "passage": p.id, "seq": 1, "text": f"这是单位自己写的{p.id}。"}
            for d in CATALOG.documents.values()
            for p in d.passages
            if p.required
        ]
    }
    book = small_city.write(CATALOG, tmp_path / "a.xlsx", small_city.unit("A001", "某某市测试局"), rows)
    for document, fixed in (("situation", ""), ("duty", "未收到反馈问题"), ("study", "")):
        out = tmp_path / f"{document}.docx"
        fill(CATALOG, document, book, out)
        assert fixed in likeness.read(out).whole
        left = [p for p in open_document(out).paragraphs if p.level is None and "自己写的" not in p.text]
        claims = [p.text for p in left if any(v in p.text for v in CATALOG.speech.done) and fixed not in p.text]
        assert claims == []
        headings = [p.text for p in open_document(out).paragraphs if p.level is not None]
        assert len(headings) <= 5, headings


# ------------------------------------------------------------------ any rows at all


@given(st.sampled_from(SAYINGS), st.data())
def test_a_sentence_holds_what_there_is_and_reads_well(which: tuple[str, Saying], data: st.DataObject) -> None:
    """Whatever figures and names are empty: the others all stand in it, none of these, and no clause is broken."""
    _, saying = which
    known = set(data.draw(st.lists(st.sampled_from(names(saying)), unique=True)))
    seed = data.draw(st.text("0123456789", min_size=1, max_size=3))
    composer = Composer(CATALOG, lambda n: n not in known, lambda n: "", seed)
    text, _ = composer._sentence(saying, Counter(), [])
    assert set(CALLED.findall(text)) == known
    assert not re.search(r"^[，；、。：和与及]|[，；、：]$|[，；、：。]{2}|（）|\{", text), text
    for clause in CLAUSES.split(text):
        assert CALLED.search(clause) or not any(v in clause for v in CATALOG.speech.done), text


def test_the_frames_of_the_product_s_documents_claim_nothing() -> None:
    for body in sorted((TEMPLATES / "body").glob("*.txt")):
        lines = body.read_text(encoding="utf-8").splitlines()
        if not any("章." in line for line in lines):  # filled from the plan, or from what arrived
            continue
        for line in lines:
            if line.startswith("#th"):
                continue
            text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|^#\w+ ?", "", line)
            assert not any(v in text for v in CATALOG.speech.done), (body.name, line)


def test_openings_claim_nothing() -> None:
    openings = [o for some in CATALOG.speech.topics.values() for o in some]
    assert [o for o in openings if any(v in o for v in CATALOG.speech.done)] == []
    assert all(len(some) == len(set(some)) for some in CATALOG.speech.topics.values())


# ------------------------------------------------------------------ concrete, and unlike others


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> list[likeness.Text]:
    return list(likeness.filled(CATALOG, tmp_path_factory.mktemp("likeness")))


def test_no_two_units_have_the_same_text(texts: list[likeness.Text]) -> None:
    assert len(texts) == 14
    assert max(likeness.likeness(a, b) for a, b in combinations(texts, 2)) <= 0.4


def printed(path: Path) -> Iterator[str]:
    """The texts of the bookmarked lists of names."""
    for p in docx.Document(str(path)).paragraphs:
        for start in p._p.xpath("./w:bookmarkStart"):
            name = read_name(start.get(docx.oxml.ns.qn("w:name")))
            if name and name.form == "l":
                yield "".join(t.text for t in start.getnext().xpath("./w:t"))


@pytest.mark.parametrize(("document", "titles", "quoted"), [("situation", 3, 8), ("study", 5, 10), ("summary", 5, 10)])
def test_documents_print_the_names_of_the_rows(document: str, titles: int, quoted: int, city: Demo) -> None:
    text = "".join(printed(city.documents[document]))
    assert likeness.titles(text) >= titles
    assert likeness.quoted(text) >= quoted


@pytest.mark.parametrize("document", ["situation", "duty", "study", "summary"])
def test_no_time_word_stands_more_than_three_times(document: str, city: Demo) -> None:
    assert likeness.often(CATALOG, likeness.read(city.documents[document]).whole)[1] <= OFTEN


@pytest.mark.parametrize("document", ["situation", "duty", "study", "summary"])
def test_a_paragraph_has_one_time_word_and_one_subject(document: str, city: Demo) -> None:
    for text in said_by(document, open_source(CATALOG, city.source(document))):
        plain = CALLED.sub("", text)
        for words in (CATALOG.speech.times, *CATALOG.speech.subjects.values()):
            assert sum(plain.count(w.rstrip("，")) for w in words if w != "基层党组织") <= 1, text


def test_the_same_workbook_gives_the_same_bytes_in_any_process(tmp_path: Path, city: Demo) -> None:
    book = city.source("situation")
    made = []
    for n, seed in enumerate(("0", "77")):
        out = tmp_path / f"{n}.docx"
        command = [sys.executable, "-m", "toolkit", "fill", "situation", str(book), "-o", str(out)]
        subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True)
        made.append(out.read_bytes())
    assert made[0] == made[1]


def test_what_the_clerk_has_written_is_not_said_again(tmp_path: Path) -> None:
    text = "党支部全年开展主题党日【主题党日_支部】。"
    rows = {
        "org": [small_city.org()],
        "orglife": [small_city.party_day(n) for n in (1, 2)],
        "narrative": [{"document": "党建工作情况", "passage": "组织", "seq": 1, "text": text}],
    }
    book = small_city.write(CATALOG, tmp_path / "a.xlsx", small_city.unit("A001", "某某市测试局"), rows)
    fill(CATALOG, "situation", book, tmp_path / "a.docx", Look(draft=True))
    assert likeness.read(tmp_path / "a.docx").whole.count("主题党日2次") == 1


def test_a_list_of_names_in_a_text_of_the_clerk(tmp_path: Path) -> None:
    rows = {
        "org": [small_city.org()],
        "document": [
            ledger_rows.row(CATALOG, CATALOG.ledgers["document"], "制度办法") | {"title": f"某{n}制度"}
            for n in "甲乙丙丁戊己"
        ],
        "narrative": [{"document": "党建工作情况", "passage": "组织", "seq": 1, "text": "机关出台【出台制度】。"}],
    }
    book = small_city.write(CATALOG, tmp_path / "a.xlsx", small_city.unit("A001", "某某市测试局"), rows)
    fill(CATALOG, "situation", book, tmp_path / "a.docx", Look(draft=True))
    assert (
        "机关出台《某甲制度》《某乙制度》《某丙制度》《某丁制度》《某戊制度》等6项制度。"
        in likeness.read(tmp_path / "a.docx").whole
    )


def test_a_short_sentence_goes_on_with_the_one_before_it() -> None:
    composer = Composer(CATALOG, lambda n: False, lambda n: "", "1")
    said = [("现有党员【党员总数】，在职党员【在职党员数】", "现有党员【党员总数】，在职党员【在职党员数】")]
    said += [("", "女党员【女党员数】"), ("预备党员【预备党员数】", "预备党员【预备党员数】")]
    # the empty one between goes along, so that a template with all sentences fills to the same text
    assert composer._joined(said).endswith("【在职党员数】；女党员【女党员数】；预备党员【预备党员数】。")
    said = [("党员总数【党员总数】",) * 2, ("女党员【女党员数】，流动党员【流动党员数】",) * 2]
    assert composer._joined(said) == "党员总数【党员总数】；女党员【女党员数】，流动党员【流动党员数】。"
    # what opens one sentence does not reach into the next
    said = [("发展的党员中，学生【发展学生党员】",) * 2, ("在册积极分子【入党积极分子人数】",) * 2]
    assert "；在册积极分子" in composer._joined(said)
    assert "。" + CATALOG.speech.times[0] in composer._joined(
        [("甲【党员总数】",) * 2, (CATALOG.speech.times[0] + "乙",) * 2]
    )


def test_an_opening_does_not_repeat_its_heading() -> None:
    for d in CATALOG.documents.values():
        for h in d.headings:
            for seed in map(str, range(20)):
                made = Composer(CATALOG, lambda n: False, lambda n: "", seed).paragraphs(h)
                assert not [p.title for p in made if any(p.title in title for title in (h.title, *h.also))]


@pytest.mark.parametrize(
    "name", ["党组织书记述职评议", "支部书记述职评议", "专题研讨与宣讲辅导", "第3期", "年度述职评议会议"]
)
def test_what_only_tells_the_kind_of_activity_is_no_name(name: str) -> None:
    assert re.search(CATALOG.speech.serial, name)


@pytest.mark.parametrize("name", ["身边人警示教育", "书记谈岗位建功", "研究党支部设置", "部署党建工作", "组织工作条例"])
def test_a_name_that_says_more_is_one(name: str) -> None:
    assert not re.search(CATALOG.speech.serial, name)
