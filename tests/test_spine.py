"""From ledger cells to sentences, on the demo's fictional city: every figure of the source reports, and no other."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.coverage_of import covered, facts
from support.demo_city import Demo
from support.paths import DATA

from toolkit.cli.demo import DOCUMENTS
from toolkit.documents.fill import Look, fill
from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.excel.reading.read import read_book
from toolkit.excel.samples import sample
from toolkit.excel.unit.build import build_many, build_unit_workbook
from toolkit.figures.digest import UnitDigest, digest_submission, takers
from toolkit.figures.evaluate import figures
from toolkit.model import Catalog, Figure, Grid, Row, Submission
from toolkit.rows.submission import context_of
from toolkit.submissions.aggregate import aggregate, read_workbook
from toolkit.submissions.source import Source, open_source

FACTS = {f["fact_id"]: f for f in facts()}
INDICATOR = {r["fact_id"]: r["indicator"] for r in csv.DictReader((DATA / "figure_map.csv").open(encoding="utf-8"))}
LEDGER_FACTS = [f for f, name in INDICATOR.items() if not name.startswith("plan:")]
PLAN_FACTS = [f for f, name in INDICATOR.items() if name.startswith("plan:")]


def test_every_figure_of_the_source_reports_is_printed(city: Demo) -> None:
    assert set(FACTS) - covered(city.documents) == set()
    assert len(FACTS) == 111


def test_the_values_are_those_of_the_cases(city: Demo) -> None:
    sources = {d: open_source(city.catalog, city.source(d)) for d in DOCUMENTS}
    wrong = {}
    for fact in LEDGER_FACTS:
        f = sources[FACTS[fact]["document"]].figures[INDICATOR[fact]]
        value = float(f.value or 0) * (100 if f.indicator.denominator else 1)
        if value != float(FACTS[fact]["value"]):
            wrong[fact] = (INDICATOR[fact], value, FACTS[fact]["value"])
    assert wrong == {}


def test_nothing_is_printed_when_every_row_is_gone(tmp_path: Path, catalog: Catalog) -> None:
    """Units keep their narratives, which call figures too; every ledger and the plan are declared 本年无."""
    orders = [
        (
            catalog,
            unit,
            tmp_path / f"{plan}_{unit['unit_id']}.xlsx",
            {"narrative": rows["narrative"]},
            dict.fromkeys(said, "本年无"),
        )
        for plan in ("situation", "duty", "study", "gongwei", "city")
        for unit, rows, said in sample(catalog, plan)
    ]
    build_many(orders)
    made = {plan: sorted(tmp_path.glob(f"{plan}_*.xlsx")) for plan in ("situation", "duty", "study", "gongwei", "city")}
    write_consolidated(aggregate(catalog, [*made["gongwei"], *made["city"]]), tmp_path / "all.xlsx")
    documents = {}
    for name, plan in DOCUMENTS.items():
        documents[name] = tmp_path / f"{name}.docx"
        look = Look(draft=bool(catalog.documents[name].needs))  # a plan without tasks is made as a draft only
        fill(catalog, name, made[plan][0] if plan else tmp_path / "all.xlsx", documents[name], look)
    assert covered(documents) <= {"001-F16"}


# ----------------------------------------------- one row more or less


class Recount:
    """A source's figures, with its rows of one unit changed; the other units' digests are kept."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.rows: dict[str, dict[str, list[Row]]] = {}
        self.contexts: dict[str, Any] = {}
        for name, rows in source.rows.items():
            for row, context in rows:
                code = str(context.unit["unit_id"])
                self.contexts[code] = context
                self.rows.setdefault(code, {}).setdefault(name, []).append(row)
        self.digests = {code: self.digest(code, rows) for code, rows in self.rows.items()}

    def digest(self, code: str, rows: dict[str, list[Row]]) -> UnitDigest:
        c, context = self.source.catalog, self.contexts[code]
        nil = dict.fromkeys(c.ledgers, "本年无")
        s = Submission(code, code, c.version, context.unit, nil, {k: tuple(v) for k, v in rows.items()})
        return digest_submission(c, s, context, rows, [])

    def figures(self, row: Row | None = None, times: int = 1) -> dict[str, Figure]:
        """With `row` standing so many times: 0 is removed, 2 is one more."""
        digests = dict(self.digests)
        if row is not None:
            code = row.sheet.unit
            rows = {**self.rows[code]}
            rows[row.ledger] = [r for r in rows[row.ledger] for _ in range(times if r is row else 1)]
            digests[code] = self.digest(code, rows)
        own = digests.get(str(self.source.unit["unit_id"]))
        return figures(self.source.catalog, own, digests.values(), "", str(self.source.year))


@pytest.fixture(scope="module")
def recounts(city: Demo) -> dict[str, Recount]:
    return {d: Recount(open_source(city.catalog, city.source(d))) for d in DOCUMENTS}


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
def test_one_row_changes_the_figures_that_depend_on_it_and_no_other(fact: str, recounts: dict[str, Recount]) -> None:
    recount, name = recounts[FACTS[fact]["document"]], INDICATOR[fact]
    source = recount.source
    if FACTS[fact]["document"] == "summary" and source.figures[name].indicator.numerator.ledger == "develop":
        pytest.skip("its rows stay in the units; see test_a_unit_s_developing_members_change_the_city_s_figure")
    rows = [row for _, row, _ in source.explain(name)]
    if FACTS[fact]["value"] == "0":
        assert source.figures[name].numerator == 0
        return
    before = numbers(recount.figures())
    for times in (0, 2):
        after = numbers(recount.figures(rows[-1], times))
        differing = {n for n in before if before[n] != after[n]}
        assert name in differing
        assert differing <= depends(source, rows[-1])


def test_a_unit_s_developing_members_change_the_city_s_figure(city: Demo, catalog: Catalog) -> None:
    """Rows of 发展党员 never leave the unit; their figure does."""
    read = next(r for p in city.units[1:] for r in read_workbook(catalog, p) if r.submission.rows["develop"])
    s, whole = read.submission, read.digest
    assert whole is not None
    rows = dict(s.rows)
    member = next(r for r in rows["develop"] if r.values["accept_date"])
    rows["develop"] = tuple(r for r in rows["develop"] if r is not member)
    kept = {name: list(found) for name, found in rows.items()}
    less = digest_submission(catalog, replace(s, rows=rows), context_of(catalog, s), kept, [])
    differing = {key for key in whole.parts if whole.parts[key] != less.parts[key]}
    assert "发展党员" in differing
    assert all(key.startswith(("发展党员", "培养积极分子", "预备党员转正")) for key in differing)


@pytest.mark.parametrize("fact", PLAN_FACTS)
def test_a_target_goes_with_its_plan_row(fact: str, catalog: Catalog, tmp_path: Path) -> None:
    unit, rows, declared = next(iter(sample(catalog, "gongwei")))
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
        (read,) = read_workbook(catalog, path)
        s, unit, left_out = read.submission, read.digest, read.left_out
        assert unit is not None
        assert sum(map(len, s.rows.values())) == unit.read == unit.counted + len(left_out)
    c = aggregate(catalog, city.units)
    assert c.rows["read"] == c.rows["counted"] + c.rows["left_out"]


def test_the_consolidated_workbook_says_what_the_workbooks_say(city: Demo, catalog: Catalog) -> None:
    """Reading the consolidated workbook back gives the figures that aggregating gave."""
    c = aggregate(catalog, city.units)
    again = open_source(catalog, city.folder / "汇总.xlsx").figures
    wanted = {n: (f.numerator, f.denominator, f.state) for n, f in c.figures_of("").items()}
    assert {n: (f.numerator, f.denominator, f.state) for n, f in again.items()} == wanted


def test_every_mechanism_of_the_source_reports_is_printed_in_a_table(
    city: Demo, catalog: Catalog, tmp_path: Path
) -> None:
    """One consolidated workbook over all samples; its row sheets show each mechanism, or its unit's own sheet does."""
    everything = [city.source("situation"), city.source("duty"), city.source("study"), *city.units]
    write_consolidated(aggregate(catalog, everything), tmp_path / "all.xlsx")
    books = [read_book(path).grids for path in (tmp_path / "all.xlsx", *everything[:4])]
    mechanisms = list(csv.DictReader((DATA / "mechanism_map.csv").open(encoding="utf-8")))
    lacking = []
    for m in mechanisms:
        ledger = catalog.ledgers[m["ledger"]]
        # What stays in the unit is printed by the unit's own sheet, and nowhere else.
        where = books[1:] if ledger.field(m["field"]).audience == "unit" else books[:1]
        if not any(_shows(grids[ledger.title], catalog, m) for grids in where):
            lacking.append(m)
    assert (len(mechanisms), lacking) == (85, [])


def _shows(grid: Grid, catalog: Catalog, mechanism: dict[str, str]) -> bool:
    title = catalog.ledgers[mechanism["ledger"]].field(mechanism["field"]).title
    head = next(i for i, cells in enumerate(grid.cells) if title in cells)
    column = grid.cells[head].index(title)
    cells = [str(cells[column] or "") for cells in grid.cells[head + 1 :] if len(cells) > column]
    if mechanism["value"].isdigit():
        return any(c and float(c) >= float(mechanism["value"]) for c in cells)
    return any(mechanism["value"] in c.split("；") for c in cells)


def test_consolidated_workbooks_go_up_the_tree(city: Demo, catalog: Catalog, tmp_path: Path) -> None:
    """Two halves of the city, each consolidated on its own, come to the same figures and the same origins."""
    halves = []
    for n, paths in enumerate((city.units[:30], city.units[30:])):
        halves.append(tmp_path / f"{n}.xlsx")
        write_consolidated(aggregate(catalog, paths), halves[-1])
    whole, climbed = aggregate(catalog, city.units), aggregate(catalog, [*halves, city.units[3]])
    # Only the rows of 发展党员 stay behind in their units.
    staying = sum(len(s.rows["develop"]) for s in whole.submissions) - sum(
        len(s.rows.get("develop", ())) for s in climbed.submissions
    )
    assert climbed.rows["counted"] == whole.rows["counted"] - staying
    assert climbed.counts == whole.counts
    assert numbers(climbed.figures_of("")) == numbers(whole.figures_of(""))
    write_consolidated(climbed, tmp_path / "all.xlsx")
    again = open_source(catalog, tmp_path / "all.xlsx")
    first = open_source(catalog, city.folder / "汇总.xlsx")

    def origins(source: Source) -> set[tuple[object, ...]]:
        return {
            (row.sheet.unit, row.values["origin_row"], Path(row.values["origin_file"]).name, value)
            for _, row, value in source.explain("主题党日_支部")
        }

    assert origins(again) == origins(first)
