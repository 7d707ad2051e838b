"""Rows are conserved: whatever a workbook holds, every row is counted or left out with a reason, once."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.model import Row, SheetRef, Submission
from toolkit.rows.submission import check_submission
from toolkit.standard.catalog import load_catalog
from toolkit.standard.sheets import COUNTED, DECLARED
from toolkit.submissions.aggregate import consolidate
from toolkit.submissions.reading import digested

CATALOG = load_catalog()
UNIT = {
    "unit_id": "AA001",
    "unit_name": "示例市甲局",
    "unit_short": "甲局",
    "sys_type": "市直单位",
    "year": 2026,
    "fill_date": date(2026, 12, 20),
    "revision": 0,
}


def rows(ledger: str, **values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[Row, ...]]:
    """Rows of a ledger with a header and some, all or none of the values right."""
    x = CATALOG.ledgers[ledger]
    ref = SheetRef("甲局.xlsx", "AA001", x.title, {f.name: n for n, f in enumerate(x.fields, 1)})
    blank = dict.fromkeys((f.name for f in x.fields), None)
    one = st.fixed_dictionaries(
        {
            "status": st.sampled_from(["草稿", "已核", "作废"]),
            "org_id": st.sampled_from(["DZ001", "DZ009", None]),
            "date": st.dates(date(2025, 6, 1), date(2027, 6, 1)),
            "rec_id": st.sampled_from([None, f"{x.code}2026-0001", "XX2026-0001"]),
            **values,
        }
    )
    return st.lists(one, max_size=8).map(
        lambda found: tuple(Row(ledger, ref, n, {**blank, **v}) for n, v in enumerate(found, 5))
    )


workbooks = st.fixed_dictionaries(
    {
        "org": rows("org", org_name=st.sampled_from(["第一支部", "第二支部"]), full_n=st.integers(0, 60)),
        "orglife": rows(
            "orglife",
            kind=st.sampled_from(["支委会", "主题党日"]),
            due_n=st.integers(0, 9),
            present_n=st.integers(0, 9),
        ),
        "service": rows(
            "service", kind=st.sampled_from(["结对认亲", "走访慰问"]), target_code=st.sampled_from(["H001", None])
        ),
    }
)


@settings(max_examples=80, deadline=None)
@given(workbooks, st.sampled_from(("", *DECLARED)))
def test_every_row_is_counted_or_left_out_with_a_reason(found: dict[str, tuple[Row, ...]], said: str) -> None:
    s = Submission("甲局.xlsx", "0", CATALOG.version, UNIT, dict.fromkeys(CATALOG.ledgers, said), found)
    r = digested(CATALOG, check_submission(CATALOG, s))
    counted = [row for kept in r.counted.values() for row in kept]
    fates = [id(row) for row in counted] + [id(x.row) for x in r.left_out]
    assert sorted(fates) == sorted(id(row) for kept in found.values() for row in kept)
    assert all(row.values["status"] == COUNTED for row in counted)
    assert all(x.reason for x in r.left_out)
    errors = {(f.place.sheet, f.place.row) for f in r.submission.findings if f.severity == "error"}
    assert not errors & {(row.sheet.title, row.number) for row in counted}
    c = consolidate(CATALOG, [r])
    assert c.rows == {"read": len(fates), "counted": len(counted), "left_out": len(r.left_out)}
    assert sum(c.reasons.values()) == len(r.left_out)
