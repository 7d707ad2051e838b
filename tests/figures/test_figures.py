"""Digests merge in any order to the same figures."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.figures.digest import Digest, UnitDigest, digest_submission, merge
from toolkit.figures.evaluate import figures
from toolkit.model import Row, SheetRef, Submission
from toolkit.rows.conditions import Context
from toolkit.standard.catalog import load_catalog

CATALOG = load_catalog()
SHEETS = {name: SheetRef("f.xlsx", "U", x.title, {}) for name, x in CATALOG.ledgers.items()}


def row(ledger: str, n: int, **values: object) -> Row:
    return Row(ledger, SHEETS[ledger], n, {"date": date(2026, 3, 1), "est": False, **values})


def unit_digest(code: str, rows: list[Row], day: int = 1, revision: int = 0, sha: str = "") -> UnitDigest:
    unit = {
        "unit_id": code,
        "unit_name": code,
        "unit_short": code,
        "parent_id": None,
        "sys_type": "市直单位",
        "year": 2026,
        "fill_date": date(2026, 12, day),
        "revision": revision,
    }
    by: dict[str, list[Row]] = {}
    for r in rows:
        by.setdefault(r.ledger, []).append(r)
    content = hashlib.sha256(repr((unit, [(r.ledger, r.values) for r in rows], sha)).encode()).hexdigest()
    s = Submission(
        f"{code}-{day}-{revision}-{sha}.xlsx",
        content,
        CATALOG.version,
        unit,
        dict.fromkeys(CATALOG.ledgers, "本年无"),
        by,
    )
    return digest_submission(CATALOG, s, Context(unit, date(2026, 1, 1), date(2026, 12, 31)), by, [])


events = st.builds(
    row,
    st.just("orglife"),
    st.integers(1, 900),
    kind=st.sampled_from(["主题党日", "党课", "支委会"]),
    scope=st.sampled_from(["单位", "支部"]),
    lecturer_role=st.sampled_from(["党员领导干部", "支部书记", None]),
    est=st.booleans(),
)
given_goods = st.builds(
    row,
    st.just("service"),
    st.integers(1, 900),
    kind=st.sampled_from(["结对认亲", "资金争取", "走访慰问"]),
    target_code=st.sampled_from(["H001", "H002", "H003", None]),
    amount=st.decimals(0, 10**6, places=2),
    scope=st.just("单位"),
)
digests = st.builds(
    lambda code, rows, day, revision, sha: Digest.of(unit_digest(code, rows, day, revision, sha)),
    st.sampled_from(["A01", "B01", "C01"]),
    st.lists(st.one_of(events, given_goods), max_size=4),
    st.integers(1, 3),
    st.integers(0, 1),
    st.sampled_from(["x", "y"]),
)


@settings(max_examples=60, deadline=None)
@given(digests, digests, digests)
def test_merging_is_associative_commutative_and_idempotent(a: Digest, b: Digest, c: Digest) -> None:
    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert merge(a, b) == merge(b, a)
    assert merge(a, a) == a
    assert merge(a, Digest()) == a


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(events, given_goods), max_size=8))
def test_figures_do_not_depend_on_how_rows_are_dealt_to_units(rows: list[Row]) -> None:
    """Counts and sums of a tree are the same however its rows lie on its units."""

    def totals(parts: list[list[Row]]) -> dict[str, object]:
        found = [unit_digest(f"U{i:02}", p) for i, p in enumerate(parts)]
        return {
            name: f.value
            for name, f in figures(CATALOG, None, found, "", "2026").items()
            if not f.indicator.denominator
            and f.indicator.numerator.op in ("count", "sum")
            and f.indicator.numerator.collect == "汇总"
        }

    one = totals([rows])
    assert one == totals([rows[::2], rows[1::2]]) == totals([[r] for r in rows] or [[]])


def test_the_newest_submission_of_a_unit_counts_whatever_the_order() -> None:
    old = unit_digest("A01", [row("orglife", 5, kind="主题党日", scope="支部")], day=1)
    new = unit_digest("A01", [row("orglife", 5, kind="主题党日", scope="支部")] * 2, day=2)
    mended = unit_digest("A01", [row("orglife", 5, kind="主题党日", scope="支部")] * 3, day=2, revision=1)
    for order in permutations([old, new, mended]):
        merged = Digest()
        for d in order:
            merged = merge(merged, Digest.of(d))
        assert merged.chosen() == {"A01": mended}
        assert merged.replaced == {("A01", old.path), ("A01", new.path)}


def test_two_different_files_of_the_same_day_are_not_decided() -> None:
    a, b = unit_digest("A01", [], sha="x"), unit_digest("A01", [], sha="y")
    merged = merge(Digest.of(a), Digest.of(b))
    assert merged.chosen() == {}
    assert len(merged.units["A01"]) == 2


def test_households_are_counted_once_per_unit_and_code() -> None:
    visit = row("service", 5, kind="结对认亲", target_code="H001", scope="单位")
    found = [unit_digest("A01", [visit, visit]), unit_digest("B01", [visit])]
    assert figures(CATALOG, None, found, "", "2026")["结对认亲户数"].value == 2


def test_what_stands_in_for_a_code_is_not_counted() -> None:
    visits = [
        row("service", 5, kind="结对认亲", target_code=c, scope="单位") for c in ("H001", "同上", "〃", "/", "无")
    ]
    assert figures(CATALOG, None, [unit_digest("A01", visits)], "", "2026")["结对认亲户数"].value == 1
    talks = [row("study", 5, kind="宣讲", covered_units=c, scope="单位") for c in (("A", "无"), ("—",), ("A", "B"))]
    assert figures(CATALOG, None, [unit_digest("A01", talks)], "", "2026")["宣讲覆盖单位"].value == 2


def test_zero_missing_and_not_applicable_are_three_things() -> None:
    none = unit_digest("A01", [])
    assert figures(CATALOG, none, [none], "", "2026")["主题党日_支部"].state == "known"
    silent = UnitDigest(**{**vars(none), "declared": {}})
    assert figures(CATALOG, silent, [silent], "", "2026")["主题党日_支部"].state == "missing"
    exempt = UnitDigest(**{**vars(none), "declared": dict.fromkeys(CATALOG.ledgers, "不适用")})
    assert figures(CATALOG, exempt, [exempt], "", "2026")["主题党日_支部"].state == "n/a"
    both = figures(CATALOG, None, [none, silent], "", "2026")["主题党日_支部"]
    assert (both.state, both.value, both.missing) == ("known", 0, ("A01",))


def test_a_ratio_adds_up_its_parts_before_dividing() -> None:
    def issue(found: int, solved: int) -> Row:
        return row("issue", 5, source="底线排查", found_n=found, solved_n=solved, scope="单位")

    units = [unit_digest("A01", [issue(10, 10)]), unit_digest("B01", [issue(30, 10)])]
    f = figures(CATALOG, None, units, "", "2026")["隐患化解率"]
    assert (f.numerator, f.denominator, f.value) == (20, 40, Decimal("0.5"))
