"""From ledger cells to sentences, on the demo's fictional city: every figure of the source reports, and no other."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from coverage_of import DATA, covered, facts
from demo_city import Demo

from toolkit.aggregate import aggregate
from toolkit.demo import DOCUMENTS
from toolkit.excel.build import build_unit_workbook
from toolkit.excel.consolidate import write_consolidated
from toolkit.figures import digest_submission, figures, takers
from toolkit.fill import fill
from toolkit.model import Catalog, Figure, Row, Submission
from toolkit.samples import sample
from toolkit.source import Source, open_source
from toolkit.submission import context_of, digest

FACTS = {f["fact_id"]: f for f in facts()}
INDICATOR = {r["fact_id"]: r["indicator"] for r in csv.DictReader((DATA / "figure_map.csv").open(encoding="utf-8"))}
LEDGER_FACTS = [f for f, name in INDICATOR.items() if not name.startswith("plan:")]
PLAN_FACTS = [f for f, name in INDICATOR.items() if name.startswith("plan:")]


def test_every_figure_of_the_source_reports_is_printed(city: Demo) -> None:
    assert set(FACTS) - covered(city.documents) == set()
    assert len(FACTS) == 111


def test_the_values_are_those_of_the_cases(city: Demo) -> None:
    sources = {d: open_source(city.source(d), city.catalog) for d in DOCUMENTS}
    wrong = {}
    for fact in LEDGER_FACTS:
        f = sources[FACTS[fact]["document"]].figures[INDICATOR[fact]]
        value = float(f.value or 0) * (100 if f.indicator.denominator else 1)
        if value != float(FACTS[fact]["value"]):
            wrong[fact] = (INDICATOR[fact], value, FACTS[fact]["value"])
    assert wrong == {}


def test_nothing_is_printed_when_every_row_is_gone(tmp_path: Path, catalog: Catalog) -> None:
    """Units keep their narratives, which call figures too; every ledger and the plan are declared 本年无."""
    made: dict[str, list[Path]] = {}
    for plan in ("situation", "duty", "study", "gongwei", "city"):
        made[plan] = []
        for unit, rows, declared in sample(plan, catalog):
            path = tmp_path / plan / f"{unit['unit_id']}.xlsx"
            path.parent.mkdir(exist_ok=True)
            nil = dict.fromkeys(declared, "本年无")
            build_unit_workbook(catalog, unit, path, {"narrative": rows["narrative"]}, nil)
            made[plan].append(path)
    write_consolidated(aggregate([*made["gongwei"], *made["city"]], catalog), tmp_path / "all.xlsx")
    documents = {}
    for name, plan in DOCUMENTS.items():
        documents[name] = tmp_path / f"{name}.docx"
        fill(catalog, name, made[plan][0] if plan else tmp_path / "all.xlsx", documents[name])
    assert covered(documents) <= {"001-F16"}


# ----------------------------------------------- one row more or less


@pytest.fixture(scope="module")
def sources(city: Demo) -> dict[str, Source]:
    return {d: open_source(city.source(d), city.catalog) for d in DOCUMENTS}


def without(source: Source, gone: Row | None, twice: Row | None = None) -> dict[str, Figure]:
    """The source's figures, from its counted rows but one, or with one of them standing twice."""
    c = source.catalog
    by_unit: dict[str, dict[str, list[Row]]] = {}
    contexts: dict[str, Any] = {}
    for name, rows in source.rows.items():
        for row, context in rows:
            code = str(context.unit["unit_id"])
            contexts[code] = context
            kept = by_unit.setdefault(code, {}).setdefault(name, [])
            kept += [] if row is gone else [row, row] if row is twice else [row]
    declared = dict.fromkeys(c.ledgers, "本年无")
    digests = []
    for code, kept in by_unit.items():
        s = Submission(code, code, c.version, contexts[code].unit, declared, {k: tuple(v) for k, v in kept.items()})
        digests.append(digest_submission(c, s, contexts[code], kept, []))
    own = next((d for d in digests if d.code == source.unit["unit_id"]), None)
    return figures(c, own, digests, "", str(source.year))


def numbers(found: dict[str, Figure]) -> dict[str, tuple[Any, ...]]:
    return {name: (f.numerator, f.denominator, f.cells) for name, f in found.items()}


def depends(source: Source, row: Row) -> set[str]:
    """The indicators that take this row, asked of each measure on its own."""
    context = next(context for r, context in source.rows[row.ledger] if r is row)
    own = row.sheet.unit == source.unit["unit_id"]
    return {
        t.key.rstrip("/")
        for t in takers(source.catalog)[row.ledger]
        if (own or t.measure.collect == "汇总") and t.takes(row.values, context)
    }


@pytest.mark.parametrize("fact", LEDGER_FACTS)
def test_one_row_changes_the_figures_that_depend_on_it_and_no_other(fact: str, sources: dict[str, Source]) -> None:
    source, name = sources[FACTS[fact]["document"]], INDICATOR[fact]
    if FACTS[fact]["document"] == "summary" and source.figures[name].indicator.numerator.ledger == "develop":
        pytest.skip("its rows stay in the units; see test_a_unit_s_developing_members_change_the_city_s_figure")
    rows = [row for _, row, _ in source.explain(name)]
    if FACTS[fact]["value"] == "0":
        assert source.figures[name].numerator == 0
        return
    before = numbers(without(source, None))
    for changed in (without(source, rows[-1]), without(source, None, twice=rows[-1])):
        after = numbers(changed)
        differing = {n for n in before if before[n] != after[n]}
        assert name in differing
        assert differing <= depends(source, rows[-1])


def test_a_unit_s_developing_members_change_the_city_s_figure(city: Demo, catalog: Catalog, tmp_path: Path) -> None:
    """Rows of 发展党员 never leave the unit; their figure does."""
    path = city.units[0]
    s, whole, _ = digest(path, catalog)
    assert whole is not None
    rows = dict(s.rows)
    rows["develop"] = rows["develop"][:-1]
    kept = {name: list(found) for name, found in rows.items()}
    less = digest_submission(catalog, replace(s, rows=rows), context_of(dict(s.unit)), kept, [])
    differing = {key for key in whole.parts if whole.parts[key] != less.parts[key]}
    assert "发展党员" in differing
    assert all(key.startswith(("发展党员", "培养积极分子", "预备党员转正")) for key in differing)


@pytest.mark.parametrize("fact", PLAN_FACTS)
def test_a_target_goes_with_its_plan_row(fact: str, catalog: Catalog, tmp_path: Path) -> None:
    unit, rows, declared = next(iter(sample("gongwei", catalog)))
    word = INDICATOR[fact].partition(":")[2]
    plan = rows["plan"]
    mine = [r for r in plan if word in r["measure"] or word in r["task_title"]]
    assert mine, f"no plan row speaks of {word}"
    build_unit_workbook(
        catalog, unit, tmp_path / "a.xlsx", {**rows, "plan": [r for r in plan if r not in mine]}, declared
    )
    fill(catalog, "plan", tmp_path / "a.xlsx", tmp_path / "plan.docx")
    left = covered({"plan": tmp_path / "plan.docx"})
    assert fact not in left
    assert set(PLAN_FACTS) - left <= {f for f in PLAN_FACTS if INDICATOR[f].partition(":")[2] in str(mine)}


def test_rows_are_conserved_on_every_sample(city: Demo, catalog: Catalog) -> None:
    for path in [*city.units, *(city.source(d) for d, plan in DOCUMENTS.items() if plan)]:
        s, unit, left_out = digest(path, catalog)
        assert unit is not None
        assert sum(map(len, s.rows.values())) == unit.read == unit.counted + len(left_out)
    c = aggregate(city.units, catalog)
    assert c.rows["read"] == c.rows["counted"] + c.rows["left_out"]


def test_the_consolidated_workbook_says_what_the_workbooks_say(city: Demo, catalog: Catalog) -> None:
    """Reading the consolidated workbook back gives the figures that aggregating gave."""
    c = aggregate(city.units, catalog)
    again = open_source(city.folder / "汇总.xlsx", catalog).figures
    wanted = {n: (f.numerator, f.denominator, f.state) for n, f in c.figures_of("").items()}
    assert {n: (f.numerator, f.denominator, f.state) for n, f in again.items()} == wanted
