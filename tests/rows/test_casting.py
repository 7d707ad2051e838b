"""Cells as people write them -> typed values, or a Problem; nothing in between."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fields import CODE, COUNT, DAY, KIND, MANY, MONEY, SHARE, SURE, TOPIC

from toolkit.findings import CODES, finding
from toolkit.model import CellError, Constraints, Field, Percent, Place
from toolkit.rows.casting.cast import Problem, cast
from toolkit.rows.casting.constraints import check_cell
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
        (CODE, "DZ\u2003001\n", "DZ001"),
        (
            Field("doc", "文号", "string", Constraints(pattern=r".+〔\d{4}〕\d+号")),
            "政办发 〔2026〕 3号",
            "政办发〔2026〕3号",
        ),
        (Field("t", "题目", "string", Constraints(pattern="[^《》]+", maxLength=60)), "深化党建\n创新", "深化党建创新"),
        (COUNT, "12\n", 12),
        (COUNT, "12 人", 12),
        (COUNT, "12\n人次", 12),
        (SHARE, "95%", Decimal("95.00")),
        (SHARE, Percent(0.95), Decimal("95.00")),
        (SHARE, Percent(0.991), Decimal("99.10")),
        (SHARE, Percent(1.0), Decimal("100.00")),
        (Field("p", "完成率（%）", "number", decimals=1), Percent(0.07 * 3), Decimal("21.0")),
        (SURE, "√", True),
        (SURE, "×", False),
        (SURE, 1.0, True),
        (MANY, "甲；乙；甲", ("甲", "乙")),
        (MANY, "GW001 GW002", ("GW001", "GW002")),
        (MANY, "甲 乙；丙", ("甲", "乙", "丙")),
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
        (COUNT, 11.000000000000002, 11),
        (COUNT, 12.999999999999998, 13),
        (TOPIC, 0.1 + 0.2, "0.3"),
        (TOPIC, 0.00001, "0.00001"),
        (TOPIC, Percent(0.95), "95%"),
        (TOPIC, Percent(0.955), "95.5%"),
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
        *((COUNT, text, "C02") for text in ("12\n1", "12 15", "12_x000D_15", "20人\n5人", "12、15", "12/15", "12；15")),
        *(
            (COUNT, text, "C02")
            for text in ("约12", "12余", "10-12", "≥10", "12（其中女3）", "无", "/", "—", "0,123", "12人余")
        ),
        (Field("n", "结余人数", "integer"), "12余", "C02"),
        *((f, Percent(0.95), "C02") for f in (COUNT, MONEY)),
        (COUNT, Percent(12.0), "C02"),
        (MONEY, "95%", "C02"),
        *((DAY, v, "C04") for v in (Percent(0.95), Percent(46000.0), 5.1, "5.1", "13/12", "2026-3-5\n2026-3-6")),
        (DAY, "2026-3-1_x000D_5", "C04"),
        (KIND, Percent(1.0), "C05"),
        (SURE, Percent(1.0), "C05"),
        (Field("y", "任期", "string", Constraints(enum=("3", "35"))), "3 5", "C05"),
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


BLANKS = "".join(c for c in map(chr, range(0x110000)) if c.isspace())
MARKS = "、/／；;，,。.·：:-－—~～+＋|"
DIGITS = "0123456789０１２３４５６７８９"


def _readings(text: str) -> set[Decimal]:
    """What the text may mean to a person: one run of digits, one with a point, or one in groups of three."""
    plain = text.strip().translate(str.maketrans("，．－＋０１２３４５６７８９", ",.-+0123456789"))
    number = plain.replace(",", "") if re.fullmatch(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?", plain) else plain
    return {Decimal(number)} if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", number) else set()


@given(st.text(alphabet=BLANKS + MARKS + DIGITS, max_size=12))
def test_digits_and_separators_are_the_one_number_they_show_or_a_finding(text: str) -> None:
    for field in (Field("n", "数", "integer"), Field("m", "数", "number", decimals=4)):
        try:
            made = cast(field, text)
        except Problem as p:
            assert p.code in ("C02", "C03", "C22")
            continue
        assert {made.value} == _readings(text) if made.value is not None else not text.strip()


@given(st.integers(0, 9999), st.text(alphabet=BLANKS, min_size=1, max_size=3), st.integers(0, 9999))
def test_white_space_never_joins_numbers_codes_or_options(a: int, gap: str, b: int) -> None:
    for field in (COUNT, MONEY, DAY, Field("k", "类型", "string", Constraints(enum=(f"{a}{b}", f"{a}")))):
        with pytest.raises(Problem):
            cast(field, f"{a}{gap}{b}", 2026)
    for text in (f"P{a:03}{gap}P{b:03}", f"P{a:03}{gap}{b}"):
        code = Field("code", "代码", "string", Constraints(pattern=r"P\d{3,}|[A-Z0-9]{3,12}"))
        assert [p.code for p in check_cell(code, cast(code, text).value)] == ["C06"]
    assert cast(MANY, f"P{a}{gap}Q{b}").value == (f"P{a}", f"Q{b}")


@given(DATES, st.text(alphabet=BLANKS + MARKS, min_size=1, max_size=3), DATES)
def test_two_dates_are_no_date(a: date, gap: str, b: date) -> None:
    for form in ("%Y-%m-%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"):
        with pytest.raises(Problem):
            cast(DAY, f"{a:{form}}{gap}{b:{form}}", 2026)


@given(st.integers(-(10**9), 10**9), st.integers(-4, 4))
def test_what_a_computer_adds_to_a_whole_number_is_no_fraction(n: int, ulps: int) -> None:
    near = n + 0.1 - 0.1
    for _ in range(abs(ulps)):
        near = math.nextafter(near, math.copysign(math.inf, ulps))
    assert cast(Field("n", "数", "integer"), near).value == n


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
