"""The sample plans and the templates they fill: clean workbooks, every mechanism, plain and honest prose."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from support.coverage_of import sentences
from support.demo_city import Demo
from support.paths import DATA, TEMPLATES

from toolkit.cli.demo import CITY, DOCUMENTS
from toolkit.documents.fill import fill
from toolkit.excel.samples import OF_KINDS, PLANS, sample
from toolkit.excel.unit.build import build_unit_workbook
from toolkit.model import Catalog
from toolkit.submissions.aggregate import aggregate, read_workbook
from toolkit.submissions.source import open_source
from toolkit.wording.phrase import Words, target_phrase

BODIES = TEMPLATES / "body"
NAMES = sorted(DOCUMENTS)
PLAN_NAMES = sorted(p.stem for p in PLANS.glob("*.yaml"))


def facts(document: str) -> list[dict[str, str]]:
    """The facts that one document has to print, each with what figure_map.csv says of it."""
    with (DATA / "figure_map.csv").open(encoding="utf-8") as f:
        mapped = {r["fact_id"]: r["indicator"] for r in csv.DictReader(f)}
    found = []
    for name in ("seed_figures.csv", "masked_measures.csv"):
        with (DATA / name).open(encoding="utf-8") as f:
            found += [r | {"indicator": mapped[r["fact_id"]]} for r in csv.DictReader(f) if r["document"] == document]
    return found


def holds(cell: Any, value: str) -> bool:
    """Whether a sample cell records a mechanism: the word itself, one of several, or at least the number."""
    if value.isdigit():
        return isinstance(cell, int) and cell >= int(value)
    return value in str(cell or "").split("；")


# ------------------------------------------------------------------ the plans


def test_there_is_a_plan_for_every_document() -> None:
    assert set(PLAN_NAMES) == {*CITY, *OF_KINDS, *(plan for plan in DOCUMENTS.values() if plan)}


@pytest.mark.parametrize("document", ["situation", "duty", "study"])
def test_a_unit_plan_counts_up_to_the_figures(document: str, city: Demo) -> None:
    found = open_source(city.catalog, city.source(document)).figures
    for fact in facts(document):
        figure = found[fact["indicator"]]
        got = float(figure.value or 0) * (100 if figure.indicator.denominator else 1)
        assert got == float(fact["value"]), (fact["fact_id"], fact["measure"], got)


def test_the_city_counts_up_to_the_figures(city: Demo) -> None:
    whole = aggregate(city.catalog, city.units)
    assert len(city.units) == whole.counts["实报"] == whole.counts["应报"] == 65
    found = whole.figures_of("")
    for fact in facts("summary"):
        figure = found[fact["indicator"]]
        got = float(figure.value or 0) * (100 if figure.indicator.denominator else 1)
        assert got == float(fact["value"]), (fact["fact_id"], fact["measure"], got)


def test_plan_rows_carry_the_targets(catalog: Catalog) -> None:
    ((_, rows, _),) = sample(catalog, "gongwei")
    words = Words.of(catalog.wording)
    for fact in facts("plan"):
        match = fact["indicator"].removeprefix("plan:")
        targeted = [r for r in rows["plan"] if match in r["measure"] and "【目标】" in r["measure"]]
        assert len(targeted) == 1, fact["measure"]
        row = targeted[0]
        assert row["target_value"] == float(fact["value"])
        assert row["indicator_id"] in catalog.indicators
        said = target_phrase(row["target_op"], row["target_value"], row["target_unit"], row["per"], words)
        assert re.search(fact["figure"], said), (fact["measure"], said)


@pytest.mark.parametrize("plan", ["situation", "duty", "study", "gongwei"])
def test_a_unit_workbook_is_clean(plan: str, city: Demo) -> None:
    document = next(d for d, p in DOCUMENTS.items() if p == plan)
    (read,) = read_workbook(city.catalog, city.source(document))
    submission, left_out = read.submission, read.left_out
    assert [f"{f.place} {f.message}" for f in submission.findings] == []
    assert not left_out
    assert submission.rows["narrative"]


def test_the_city_s_workbooks_are_clean(city: Demo) -> None:
    found: Counter[str] = Counter()
    for path in city.units:
        (read,) = read_workbook(city.catalog, path)
        submission, left_out = read.submission, read.left_out
        found.update(f"{f.severity} {f.code} {f.place.sheet} {f.field}" for f in submission.findings)
        assert not left_out, path.name
    assert found == Counter()


def test_every_mechanism_has_a_sample_row(catalog: Catalog) -> None:
    plans = [rows for plan in PLAN_NAMES for _, rows, _ in sample(catalog, plan)]
    with (DATA / "mechanism_map.csv").open(encoding="utf-8") as f:
        mechanisms = list(csv.DictReader(f))
    lacking = [
        m
        for m in mechanisms
        if not any(holds(row.get(m["field"]), m["value"]) for rows in plans for row in rows[m["ledger"]])
    ]
    assert len(mechanisms) == 85
    assert lacking == []


def test_every_unit_of_the_city_has_its_own_name_and_code(catalog: Catalog) -> None:
    units = [unit for plan in CITY for unit, *_ in sample(catalog, plan)]
    assert len({u["unit_id"] for u in units}) == len({u["unit_name"] for u in units}) == len(units)
    assert {u["parent_id"] for u in units} == {None, "GW001"}


@pytest.mark.parametrize("plan", PLAN_NAMES)
def test_narratives_belong_to_a_passage(plan: str, catalog: Catalog) -> None:
    passages = {d.title: {p.id for p in d.passages} for d in catalog.documents.values()}
    for _, rows, _ in sample(catalog, plan):
        for row in rows["narrative"]:
            assert row["passage"] in passages[row["document"]]


@pytest.mark.parametrize("document", NAMES)
def test_every_passage_of_a_document_is_written(document: str, catalog: Catalog) -> None:
    ((_, rows, _),) = sample(catalog, DOCUMENTS[document] or "gongwei")
    declared = catalog.documents[document]
    assert {r["passage"] for r in rows["narrative"] if r["document"] == declared.title} == {
        p.id for p in declared.passages
    }


# -------------------------------------------------------------- the templates


@pytest.mark.parametrize("document", NAMES)
def test_a_body_uses_every_heading_and_passage(document: str, catalog: Catalog) -> None:
    body, declared = (BODIES / f"{document}.txt").read_text(encoding="utf-8"), catalog.documents[document]
    assert set(re.findall(r"标题\.(\w+) \}\}", body)) - {"标题"} == {h.id for h in declared.headings}
    assert set(re.findall(r"文字\.(\w+)", body)) == {p.id for p in declared.passages}


@pytest.mark.parametrize("document", NAMES)
def test_no_number_is_typed_in_a_body(document: str) -> None:
    body = (BODIES / f"{document}.txt").read_text(encoding="utf-8")
    prose = [line for line in body.splitlines() if not line.startswith(("#table", "{%"))]
    typed = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|^#\w+ ?|[89]0后", "", "\n".join(prose), flags=re.M)
    assert re.findall(r".{0,8}\d.{0,4}", typed) == []
    assert re.findall(r"\}\}[次项个名户家件期条份场支吨元篇位]", body) == []


@pytest.mark.parametrize("plan", PLAN_NAMES)
def test_no_number_of_a_measure_is_typed_in_a_narrative(plan: str, catalog: Catalog) -> None:
    for _, rows, _ in sample(catalog, plan):
        for row in rows["narrative"]:
            assert re.findall(r"\d+", row["text"]) == []


@pytest.mark.parametrize("document", NAMES)
def test_the_prose_has_none_of_the_known_defects(document: str, city: Demo) -> None:
    text = "。".join(sentences(city.documents[document]))
    defects = {
        "bracket": r"[\u4e00-\u9fff][()]|[()][\u4e00-\u9fff]",
        "half-width mark": r"[\u4e00-\u9fff][,:;?!]",
        "mask or markdown": r"\*",
        "、 between quotations or titles": r"》、《|”、“",
        "number with 、": r"(?<!\d)\d、",
        "jin": r"\d斤",
        "doubled stop": r"[，。；：]{2,}(?<!。。)",
        "left-over mark": r"[\ue000-\uf8ff]|【|】|\{\{",
        "approximation twice": r"近(?!年来)[^。；]{0,6}余|\d余(?:左右|以上)",
        "doubled word": r"精神精神|部署部署",
        "out of date": r"二十大|党代会",
    }
    assert {name: re.findall(p, text) for name, p in defects.items() if re.search(p, text)} == {}


def test_a_document_is_signed_and_dated(city: Demo) -> None:
    for name, path in city.documents.items():
        text = list(sentences(path))
        unit = open_source(city.catalog, city.source(name)).unit
        assert str(unit["unit_name"]) in text, name
        assert "2026年12月20日" in text, name


def test_two_levels_of_one_activity_are_told_apart(city: Demo) -> None:
    text = "。".join(sentences(city.documents["situation"]))
    assert re.search("机关层面[^，。]{0,4}主题党日14次", text)
    assert re.search("党支部层面[^，。]{0,4}主题党日12次", text)


def test_figures_that_are_nil_take_their_clauses_with_them(tmp_path: Path, catalog: Catalog) -> None:
    ((unit, rows, declared),) = sample(catalog, "situation")
    kept = {name: [] if name in ("cadre", "service") else found for name, found in rows.items()}
    kept["narrative"] = [r for r in rows["narrative"] if "【" not in r["text"]]
    book = tmp_path / "unit.xlsx"
    build_unit_workbook(catalog, unit, book, kept, declared | {"cadre": "本年无", "service": "本年无"})
    fill(catalog, "situation", book, tmp_path / "a.docx")
    text = "。".join(sentences(tmp_path / "a.docx"))
    assert "提拔" not in text and "化肥" not in text and "慰问" not in text
    assert "疫情防控志愿服务10批次" in text  # what other ledgers say stands
    assert "选优配强干部" not in text and "锻造干部队伍" not in text  # an opening goes with its sentences
