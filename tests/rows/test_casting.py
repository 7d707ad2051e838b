"""Cells as people write them -> typed values, or a Problem; nothing in between."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fields import CODE, COUNT, DAY, KIND, MANY, MONEY, SURE, TOPIC

from toolkit.findings import CODES, finding
from toolkit.model import CellError, Constraints, Field, Place
from toolkit.rows.casting.cast import Problem, cast
from toolkit.rows.casting.text import fold


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        (COUNT, "12", 12),
        (COUNT, "１２", 12),
        (COUNT, " 1,234 ", 1234),
        (COUNT, "1，234人", 1234),
        (COUNT, "20次", 20),
        (COUNT, "2万", 20000),
        (COUNT, "1.5万人次", 15000),
        (COUNT, "3千", 3000),
        (COUNT, "1\u200b2", 12),
        (MONEY, "2万元", Decimal("20000.00")),
        (MONEY, "1.50元", Decimal("1.50")),
        (MONEY, "－5", Decimal("-5.00")),
        (Field("p", "完成率（%）", "number", decimals=1), "20％", Decimal("20.0")),
        (Field("w", "投入（万元）", "number", decimals=1), "2万元", Decimal("2.0")),
        (DAY, "3月5日", date(2026, 3, 5)),
        (DAY, "２０２２．３．５", date(2022, 3, 5)),
        (DAY, "2022 年 3 月 5 日（星期六）", date(2022, 3, 5)),
        (DAY, "二〇二二年十二月三十一日", date(2022, 12, 31)),
        (DAY, 44625.0, date(2022, 3, 5)),
        (DAY, 20220305.0, date(2022, 3, 5)),
        (KIND, "党委（党组）书记", "党委(党组)书记"),
        (KIND, "主题 党日\n", "主题党日"),
        (TOPIC, "走进\u200b社区\r\n办实事", "走进社区办实事"),
        (TOPIC, "AI\nday", "AI day"),
        (CODE, "ＤＺ 001", "DZ001"),
        (SURE, "√", True),
        (SURE, "×", False),
        (SURE, 1.0, True),
        (MANY, "甲；乙；甲", ("甲", "乙")),
    ],
)
def test_understood_and_noted(field: Field, cell: Any, value: Any) -> None:
    made = cast(field, cell, 2026)
    assert made.value == value
    assert type(made.value) is type(value)
    assert made.note is not None


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        (COUNT, 12.0, 12),
        (COUNT, "  ", None),
        (MONEY, 0.1 + 0.2, Decimal("0.30")),
        (MONEY, 7, Decimal("7.00")),
        (DAY, datetime(2022, 3, 5, 14, 30), date(2022, 3, 5)),
        (KIND, "\u200b", None),
        (TOPIC, " 读书会 ", "读书会"),
        (TOPIC, 12.0, "12"),
        (TOPIC, 1.5, "1.5"),
        (SURE, "否", False),
        (SURE, True, True),
        (MANY, "甲、乙；丙, 丁\n戊；", ("甲", "乙", "丙", "丁", "戊")),
        (MANY, "；", None),
        (Field("text", "内容", "string", Constraints(maxLength=2000)), "一\r\n\r\n二", "一\n\n二"),
        (Field("y", "任期", "string", Constraints(enum=("3", "5"))), 3.0, "3"),
    ],
)
def test_understood_without_a_word(field: Field, cell: Any, value: Any) -> None:
    made = cast(field, cell, 2026)
    assert (made.value, made.note) == (value, None)


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        *(
            (COUNT, text, "C02")
            for text in ("约20", "20余次", "20多", "3-5", "二十", "12,34", "10²", "①", "20斤", "20%", "1e5")
        ),
        (COUNT, "9" * 60, "C02"),
        (COUNT, True, "C02"),
        (COUNT, date(2026, 3, 5), "C02"),
        (COUNT, 12.5, "C03"),
        (COUNT, "1.23456万", "C03"),
        (MONEY, 1.234, "C22"),
        (Field("w", "投入（万元）", "number"), "2万", "C02"),
        *((DAY, t, "C04") for t in ("3/5", "3.5", "22.3.5", "2022年3月", "2022.2.30", "2022-3.5", "三月", "1899.1.1")),
        *((DAY, t, "C04") for t in ("2022.3.5-3.6", "2022.3.5、2022.4.6", "x" * 9999, 12.0, 2022.3, True)),
        (DAY, date(1900, 1, 5), "C04"),
        (KIND, "主题党曰", "C05"),
        (SURE, "可能", "C05"),
        (TOPIC, date(2026, 3, 5), "C20"),
        (TOPIC, 123456789012345678.0, "C17"),
        (COUNT, 1e18, "C17"),
        (COUNT, 10**18, "C17"),
        (COUNT, float("nan"), "C17"),
        (TOPIC, "长" * 40000, "C21"),
        *((f, CellError("#REF!"), "C11") for f in (DAY, KIND, TOPIC, COUNT, CODE, MONEY, SURE, MANY)),
        *((f, CellError(""), "C12") for f in (DAY, KIND, TOPIC, COUNT, CODE, MONEY, SURE, MANY)),
    ],
)
def test_not_surely_understood(field: Field, cell: Any, code: str) -> None:
    with pytest.raises(Problem) as e:
        cast(field, cell, 2026)
    assert e.value.code == code
    made = finding(code, Place("f", "", "s", 1, 1), field.title, e.value.value, **e.value.parts)
    assert "{" not in made.message + made.remedy
    assert len(made.message) < 200


def test_month_and_day_without_a_reporting_year() -> None:
    with pytest.raises(Problem):
        cast(DAY, "3月5日", None)


DATES = st.dates(date(1990, 1, 1), date(2100, 12, 31))
FULL = str.maketrans("0123456789.-/", "０１２３４５６７８９．－／")


@given(DATES)
def test_every_way_of_writing_a_date(d: date) -> None:
    ways = [
        f"{d.year}.{d.month}.{d.day}",
        f"{d.year}/{d.month}/{d.day}",
        f"{d.year}-{d.month:02}-{d.day:02}",
        f"{d.year}年{d.month}月{d.day}日",
        f"{d.year}年{d.month:02}月{d.day:02}号",
        f"{d:%Y%m%d}",
        f" {d.year} . {d.month} . {d.day} ",
        f"{d.isoformat()} 00:00:00",
        f"{d.isoformat()}T08:30",
    ]
    for way in [*ways, *(w.translate(FULL) for w in ways)]:
        assert cast(DAY, way, 1999).value == d
    assert cast(DAY, f"{d.month}月{d.day}日", d.year).value == d
    serial = (d - date(1899, 12, 30)).days
    assert cast(DAY, float(serial)).value == d
    assert cast(DAY, serial - 1462 + 0.75, date1904=True).value == d


@given(DATES, st.integers(1, 60))
def test_a_range_is_never_read_as_one_date(d: date, days: int) -> None:
    end = d + timedelta(days)
    for dash in ("-", "至", "—", "～", "、"):
        with pytest.raises(Problem):
            cast(DAY, f"{d.year}.{d.month}.{d.day}{dash}{end.month}.{end.day}", 2026)


@given(st.integers(-(10**12), 10**12))
def test_every_way_of_writing_a_number(n: int) -> None:
    plain = Field("n", "数", "integer")
    for way in (str(n), f"{n:,}", f"{n}.0", f" {n} 次", f"{n}人次", f"{n:,}".translate(FULL), float(n), n):
        assert cast(plain, way).value == n
    assert cast(plain, f"{n}万").value == n * 10000


@given(st.decimals(-(10**9), 10**9, places=2))
def test_decimals_are_exact(n: Decimal) -> None:
    for way in (str(n), f"{n:,}元", float(n)):
        assert cast(MONEY, way).value == n


@given(st.text(max_size=50) | st.floats() | st.integers() | st.booleans() | st.datetimes())
def test_casting_gives_a_value_or_a_problem(cell: Any) -> None:
    for field in (DAY, KIND, TOPIC, COUNT, CODE, MONEY, SURE, MANY):
        try:
            made = cast(field, cell, 2026)
        except Problem as p:
            assert p.code in CODES
            continue
        if made.value is not None:
            assert cast(field, made.value, 2026).value == made.value or field is MANY


@given(st.text(alphabet=" \u3000\u00a0\n\u200bＡａ（(：:党日", max_size=12))
def test_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)
