"""Numbers that belong to a person are found in every disguise; dates, amounts and codes are none."""

from __future__ import annotations

from datetime import date
from string import ascii_letters

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from toolkit.personal import WITHHELD, found, without

WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789"}
HAN = str.maketrans("0123456789", "零一二三四五六七八九")
GAPS = st.sampled_from(
    [" ", "  ", "-", "－", "—", "\u3000", "\u00a0", "\n", "\r\n", "·", "\u200b", " - ", "–", "\t", "_"]
)
JOINTS = st.one_of(GAPS, st.sampled_from(["、", "，", ".", "．", "/", "；", "。"]))
AROUND = st.sampled_from(["", "电话", "张某某：", "（", "联系人甲，", "tel:", "1. ", "身份证号", "\n", "2026年3月，"])


@st.composite
def identities(draw: st.DrawFn) -> str:
    """Identity numbers with the right check digit (GB 11643)."""
    area = draw(st.sampled_from(["110101", "330106", "532301", "654321", "820000"]))
    day = draw(st.dates(date(1930, 1, 1), date(2014, 12, 31)))
    body = f"{area}{day:%Y%m%d}{draw(st.integers(0, 999)):03}"
    weights = [2 ** (17 - n) % 11 for n in range(17)]
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


OLD_IDENTITIES = identities().map(lambda d: d[:6] + d[8:17]).filter(lambda d: d[6:10] != "0229")
MOBILES = st.tuples(st.integers(3, 9), st.integers(0, 10**9 - 1)).map(lambda t: f"1{t[0]}{t[1]:09}")


@st.composite
def cards(draw: st.DrawFn) -> str:
    """Bank cards with the right check digit (Luhn)."""
    lead = draw(st.sampled_from(["622848", "621700", "436742", "955880", "520083", "603367"]))
    body = lead + "".join(map(str, draw(st.lists(st.integers(0, 9), min_size=9, max_size=12))))
    total = sum(sum(divmod(int(c) * (2 - n % 2), 10)) for n, c in enumerate(reversed(body)))
    return f"{body}{-total % 10}"


NUMBERS = st.one_of(identities(), OLD_IDENTITIES, MOBILES, cards())
GROUPS = {11: [(3, 4, 4), (3, 8), (5, 6)], 15: [(6, 6, 3)], 18: [(6, 8, 4), (6, 4, 4, 4)]}


def grouped(number: str, joint: str) -> str:
    sizes = GROUPS.get(len(number), [(4, 4, 4, 4, 4)])[0]
    ends = [sum(sizes[:n]) for n in range(1, len(sizes) + 1)]
    return joint.join(filter(None, (number[a:b] for a, b in zip([0, *ends], ends, strict=False))))


@given(NUMBERS, AROUND)
def test_numbers_as_they_are(number: str, before: str) -> None:
    text = f"{before}{number}，请联系"
    assert without(text) == f"{before}{WITHHELD}，请联系"


@given(NUMBERS, GAPS, AROUND)
def test_numbers_in_full_width_and_in_groups(number: str, gap: str, before: str) -> None:
    for text in (number.translate(WIDE), grouped(number, gap), gap.join(number), grouped(number, gap).translate(WIDE)):
        left = without(f"{before}{text}")
        assert WITHHELD in left
        assert sum(c.isdigit() for c in left) <= 6 + before.count("2026") * 5, "nothing of use is left"


@given(st.one_of(identities(), MOBILES), JOINTS)
def test_numbers_with_marks_between_their_groups(number: str, joint: str) -> None:
    if not (len(number) == 11 and joint in ".．" and len(GROUPS[11][0]) == 2):
        assert without(f"甲{grouped(number, joint)}乙") == f"甲{WITHHELD}乙"


@given(identities(), st.data())
def test_an_identity_number_cut_anywhere(number: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, 16), max_size=5)))
    sizes = [b - a for a, b in zip([0, *cuts], [*cuts, 18], strict=True)]
    assume(not any(y == 4 and m < 3 and d < 3 for y, m, d in zip(sizes, sizes[1:], sizes[2:], strict=False)))
    assume(set(sizes) != {3})
    joints = [data.draw(JOINTS) for _ in cuts]
    parts = [number[a:b] for a, b in zip([0, *cuts], [*cuts, 18], strict=True)]
    text = "".join(p + j for p, j in zip(parts, [*joints, ""], strict=True))
    assert not any(c.isdigit() for c in without(text))


@given(MOBILES)
def test_mobiles_with_the_country_and_in_words(number: str) -> None:
    for text in (f"+86{number}", f"+86 {number}", f"0086-{grouped(number, ' ')}", f"86{number}", number.translate(HAN)):
        assert not any(c.isnumeric() for c in without(text)), text


@given(st.lists(MOBILES, min_size=2, max_size=4), st.sampled_from(["、", "；", "，", " ", "\n", "/"]))
def test_every_number_of_a_list(numbers: list[str], joint: str) -> None:
    assert not any(c.isdigit() for c in without(joint.join(numbers)))


@pytest.mark.parametrize(
    "text",
    ["编号11010519990307123X", "电话13800138000", "联系138 0013 8000", "卡号6222 0200 0000 0000 000", "微信号abc123",
     "110101900307001", "110101-19900307-0011", "0571-88012345", "（0571）88012345", "6222021234567890123", "QQ：1234567"],
)  # fmt: skip
def test_each_kind(text: str) -> None:
    assert found(text)


# ------------------------------------------------------------ no false alarms

DAYS = st.dates(date(1921, 1, 1), date(2100, 12, 31))
ORGANS = st.sampled_from(["云政协", "云直机党", "云协机党组", "示例发"])


@given(ORGANS, st.integers(1990, 2030), st.integers(1, 9999))
def test_document_numbers(organ: str, year: int, n: int) -> None:
    for text in (
        f"{organ}〔{year}〕{n}号",
        f"{organ}[{year}]{n}号",
        f"{organ}发（{year}）第{n:04}号、{n + 1}号、{n + 2}号",
    ):
        assert not found(text)


@given(st.lists(DAYS, min_size=1, max_size=4), st.sampled_from(["、", "，", " ", "；", "至", "-", "—", "\n"]))
def test_dates(days: list[date], joint: str) -> None:
    for form in ("%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"):
        text = joint.join(d.strftime(form) for d in days)
        assert not found(text), text


@given(st.integers(0, 10**13), st.sampled_from(["元", "万元", "人次", "亿元"]))
def test_amounts(n: int, measure: str) -> None:
    for text in (f"{n:,}{measure}", f"{n}{measure}", f"{n}.50元", f"折款{n / 100:,.2f}元"):
        assert not found(text), text


@given(st.lists(st.integers(0, 999), max_size=30), st.sampled_from(["、", "，", "；", ",", "。"]))
def test_lists_of_counts(counts: list[int], joint: str) -> None:
    if max(counts, default=0) > 9:  # eleven counts of one digit may well be a telephone, digit by digit
        assert not found(f"分别为{joint.join(map(str, counts))}人")


@given(st.integers(10**13, 10**14 - 1), st.text(ascii_letters, min_size=1, max_size=3))
def test_codes_of_fourteen_digits(n: int, letters: str) -> None:
    assert not found(f"{n}") and not found(f"{letters}{n}") and not found(f"编号{n}")


@pytest.mark.parametrize(
    "text",
    [
        "14:30-16:30 101会议室",
        "2026-03-05 14:30至16:30",
        "2026年全年12期、参与138、1200、3500余人次",
        "编号010-20260305",
        "采购编号330106202603150013",
        "3.141592653589793",
        "1700000000000",
        "第1、2、3、4、5项",
        "统一社会信用代码91330106MA27X12345",
        "2021、2022、2023、2024、2025年度",
        "0.1380013800",
        "OL2026-0001至OL2026-0138",
    ],
)
def test_other_numbers(text: str) -> None:
    assert not found(text)
