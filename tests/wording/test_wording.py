"""Rules F1-F12: figures to phrases, targets to words, clauses without zeros."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import StandardError
from toolkit.model import Figure, Indicator, Measure, Shown
from toolkit.standard.catalog import load_catalog
from toolkit.wording.clauses import MARK, estimate_places, plan_cut
from toolkit.wording.phrase import MissingFigure, WordingError, Words, bare, exact, phrase, target_phrase

WORDS = Words.of(load_catalog().wording)
MEASURE = Measure("orglife", "sum")


def figure(value, word="次", est=False, state="known", **indicator) -> Figure:
    ind = Indicator("T1", "指标", "指标", word, indicator.pop("measure", MEASURE), **indicator)
    return Figure(ind, state, None if value is None else Decimal(str(value)), "DW001", "2026", est=est)


def ratio(part, whole, **more) -> Figure:
    ind = Indicator("T2", "比率", "比率", "%", MEASURE, MEASURE)
    return Figure(ind, "known", None, "DW001", "2026", part, whole, **more)


EXACT_CASES = [
    (13, "次", "13次"),
    (1, "次", "1次"),
    (9, "期", "9期"),
    (112, "期", "112期"),
    (437, "次", "437次"),
    (3906, "个", "3906个"),
    (9999, "次", "9999次"),
    (10000, "次", "1万次"),
    (20000, "元", "2万元"),
    (200000, "元", "20万元"),
    (22000, "次", "2.2万次"),
    (46000, "人次", "4.6万人次"),
    (20500, "元", "2.05万元"),
    (20501, "元", "20501元"),
    (12345, "次", "12345次"),
    (1000000, "元", "100万元"),
    (100000000, "元", "1亿元"),
    (123456789, "元", "123456789元"),
    (150000000, "元", "1.5亿元"),
    (4860, "人次", "4860人次"),
    ("10.00", "吨", "10吨"),
    ("10.50", "吨", "10.5吨"),
    ("0.5", "吨", "0.5吨"),
    ("1500.25", "元", "1500.25元"),
]
ROUNDED_CASES = [
    (527, Shown(round=1), "篇次", "500余篇次"),
    (527, Shown(round=2), "篇次", "520余篇次"),
    (512, Shown(round=1), "场次", "500余场次"),
    (307, Shown(round=1), "场次", "300余场次"),
    (3906, Shown(round=2), "个", "3900余个"),
    (3518, Shown(round=2), "个", "3500余个"),
    (3900, Shown(round=2), "个", "3900个"),
    (500, Shown(round=1), "个", "500个"),
    (24, Shown(round=1), "次", "20余次"),
    (24, Shown(round=2), "次", "20余次"),
    (13, Shown(round=1), "期", "10余期"),
    (10, Shown(round=1), "期", "10期"),
    (99, Shown(round=1), "期", "近100期"),
    (199, Shown(round=1), "篇", "近200篇"),
    (199, Shown(round=2), "篇", "近200篇"),
    (194, Shown(round=1), "篇", "近200篇"),
    (193, Shown(round=1), "篇", "100余篇"),
    (201, Shown(round=1), "篇", "200余篇"),
    (527, Shown(round=2), "篇", "520余篇"),
    (9950, Shown(round=1), "人次", "近1万人次"),
    (9, Shown(round=1), "期", "9期"),
    (106, Shown(round=2), "吨", "100余吨"),
    ("106.5", Shown(round=1), "吨", "100余吨"),
    ("9.5", Shown(round=1), "吨", "9.5吨"),
    (20500, Shown(wan=True), "元", "2万余元"),
    (20000, Shown(wan=True), "元", "2万元"),
    (9500, Shown(wan=True), "元", "9500元"),
    (99999, Shown(wan=True), "元", "近10万元"),
    (46350, Shown(round=2), "人次", "4.6万人次"),
    (46350, Shown(round=1), "人次", "4万余人次"),
    (123456, Shown(round=2), "人次", "12万余人次"),
    (123456, Shown(round=3), "人次", "12.3万人次"),
    (123456, Shown(round=5), "人次", "12.34万人次"),
    (120049, Shown(round=5), "人次", "12万余人次"),
    (208, Shown(round=1), "个", "200余个"),
    (416, Shown(round=1), "件", "400余件"),
    (123456789, Shown(round=2), "元", "1.2亿元"),
    (123456789, Shown(wan=True), "元", "12345万余元"),
]
EST_CASES = [
    (46000, "4.6万人次"),
    (3906, "3900余人次"),
    (24, "20余人次"),
    (8, "8人次"),
    (300, "300人次"),
    (12345, "1.2万人次"),
]
RATIO_CASES = [
    ((2, 3), None, "66.7%"),
    ((1, 2), None, "50%"),
    ((5, 5), None, "达100%"),
    ((5, 8), None, "62.5%"),
    ((5, 8), Shown(over=60), "60%以上"),
    ((3, 5), Shown(over=60), "60%以上"),
    ((1999, 2000), None, "99.9%"),
    ((19999, 20000), None, "99.9%"),
    ((5, 5), Shown(all_="全部完成"), "全部完成"),
    ((4, 5), Shown(all_="全部完成"), "80%"),
    ((5, 5), Shown(over=60), "达100%"),
    ((1, 3000), None, "不足0.1%"),
    ((0, 5), None, ""),
    ((0, 0), None, ""),
    ((1, 7), None, "14.3%"),
]


@pytest.mark.parametrize(("value", "word", "said"), EXACT_CASES)
def test_exact_first(value, word, said):
    assert phrase(figure(value, word), None, WORDS) == said


@pytest.mark.parametrize(("value", "shown", "word", "said"), ROUNDED_CASES)
def test_rounding_down(value, shown, word, said):
    assert phrase(figure(value, word), shown, WORDS) == said


@pytest.mark.parametrize(("value", "said"), EST_CASES)
def test_estimates_are_rounded(value, said):
    assert phrase(figure(value, "人次", est=True), None, WORDS) == said


@pytest.mark.parametrize(("parts", "shown", "said"), RATIO_CASES)
def test_ratios(parts, shown, said):
    assert phrase(ratio(*parts), shown, WORDS) == said


def test_a_share_over_100_percent_is_printed_only_if_the_standard_allows_it():
    over = ratio(64, 61)
    with pytest.raises(WordingError, match=r"是104\.9%（64/61，超过100%），不能成文"):
        phrase(over, None, WORDS)
    allowed = replace(over.indicator, above_full=True)
    assert phrase(replace(over, indicator=allowed), None, WORDS) == "104.9%"
    barely = replace(ratio(20001, 20000), indicator=allowed)
    assert phrase(barely, None, WORDS) == "超过100%"


@pytest.mark.parametrize(("part", "whole"), [(332, 500), (1329, 2000), (1, 3), (2, 3), (1999, 2000), (1, 3000), (5, 5)])
def test_the_number_alone_is_rounded_like_the_phrase(part, whole):
    f = ratio(part, whole)
    assert bare(f, WORDS) == f"{Decimal(bare(f, WORDS)).normalize():f}"
    assert abs(Decimal(bare(f, WORDS)) - Decimal(part) * 100 / whole) <= Decimal("0.05")


@pytest.mark.parametrize(
    ("op", "value", "unit", "per", "said"),
    [
        ("≥", 2, "次", "", "至少2次"),
        ("≥", 60, "%", "全单位", "60%以上"),
        ("=", 10, "个", "", "10个"),
        ("≤", 5, "个", "", "不超过5个"),
        ("完成", None, "", "", "完成"),
        ("覆盖", None, "", "", "全覆盖"),
        ("首批", None, "", "", "首批"),
        ("≥", 1, "次", "每支部", "各支部至少1次"),
        ("＝", 1, "次", "每支部", "各支部1次"),
        ("≥", 1, "次", "每人", "每人全年至少1次"),
        ("≥", 200000, "元", "", "至少20万元"),
        ("≥", Decimal("62.5"), "%", "", "62.5%以上"),
    ],
)
def test_targets(op, value, unit, per, said):
    assert target_phrase(op, value, unit, per, WORDS) == said


def test_other_approximate_word():
    assert phrase(figure(527, "篇次"), Shown(round=1), WORDS, "多") == "500多篇次"
    with pytest.raises(WordingError, match="余、多"):
        phrase(figure(527), Shown(round=1), WORDS, "来")


def test_zero_and_nothing():
    assert phrase(figure(0, zero="未收到反馈问题", phrase="反馈问题{}"), None, WORDS) == "未收到反馈问题"
    assert phrase(figure(3, "个", zero="未收到反馈问题", phrase="反馈问题{}"), None, WORDS) == "反馈问题3个"
    assert phrase(figure(0), None, WORDS) == ""
    assert phrase(figure(None, state="n/a"), None, WORDS) == ""
    with pytest.raises(MissingFigure, match=r"指标.*缺数"):
        phrase(figure(None, state="missing"), None, WORDS)


def test_untrue_wordings_are_refused():
    with pytest.raises(WordingError, match=r"55%.*60%以上"):
        phrase(ratio(11, 20), Shown(over=60), WORDS)
    with pytest.raises(WordingError, match="没有分子"):
        phrase(ratio(None, 20), None, WORDS)
    with pytest.raises(WordingError, match="目标值"):
        target_phrase("≥", None, "次", "", WORDS)
    with pytest.raises(WordingError, match="目标关系"):
        target_phrase("大于", 1, "次", "", WORDS)
    with pytest.raises(WordingError, match="计量对象"):
        target_phrase("≥", 1, "次", "每户", WORDS)
    assert phrase(ratio(5, 5, missing=("示例局",)), Shown(all_="全部完成"), WORDS) == "达100%"


@pytest.mark.parametrize(
    ("word", "more", "said"),
    [
        ("名", {}, "86人次"),
        ("户", {}, "86户次"),
        ("名", {"distinct_by_nature": True}, "86名"),
        ("户", {"measure": Measure("service", "distinct", "target_code")}, "86户"),
        ("名", {"measure": Measure("membership", "latest", "serving_n")}, "86名"),
        ("次", {}, "86次"),
    ],
)
def test_what_was_only_added_up_is_no_head_count(word, more, said):
    assert phrase(figure(86, word, **more), None, WORDS) == said


def test_a_missing_key_is_named():
    with pytest.raises(StandardError, match="est_prefix"):
        Words.of({k: v for k, v in load_catalog().wording.items() if k != "est_prefix"})


# ------------------------------------------------------------------- properties

numbers = st.integers(1, 10**10)
roundings = st.builds(Shown, round=st.sampled_from([None, 1, 2, 3, 4]), wan=st.booleans())


def read_back(said: str) -> Decimal:
    found = re.fullmatch(r"近?([\d.]+)(万|亿)?(余)?次", said)
    assert found, said
    return Decimal(found[1]) * {None: 1, "万": 10**4, "亿": 10**8}[found[2]]


@given(numbers, roundings, st.booleans())
def test_never_rounds_up_and_loses_little(n, shown, est):
    """近 alone stands before a greater number: a round one, at most 3 % away, and never of an estimate."""
    said = phrase(figure(n, est=est), shown, WORDS)
    read = read_back(said)
    if said.startswith("近"):
        assert not est and Decimal("0.97") * read <= n < read and len(read.as_tuple().digits) - 1 <= read.adjusted()
        assert "余" not in said and str(read.normalize().as_tuple().digits).count(",") == 1
    else:
        assert n / 2 < read <= n


@given(numbers, roundings, st.booleans())
def test_approximate_only_of_less_and_never_below_ten(n, shown, est):
    said = phrase(figure(n, est=est), shown, WORDS)
    if "余" in said:
        assert n >= 10
        assert read_back(said) < n
        assert "." not in said


@given(numbers, numbers, roundings, st.booleans())
def test_monotone(a, b, shown, est):
    low, high = (read_back(phrase(figure(n, est=est), shown, WORDS)) for n in sorted((a, b)))
    assert low <= high


@given(numbers)
def test_exact_is_exact(n):
    assert read_back(phrase(figure(n), None, WORDS)) == n
    assert "," not in exact(n, WORDS)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_only_the_whole_is_100_percent(part, whole):
    if part > whole:
        with pytest.raises(WordingError, match=f"{part}/{whole}，超过100%"):
            phrase(ratio(part, whole), None, WORDS)
        return
    said = phrase(ratio(part, whole), None, WORDS)
    assert (said == "达100%") == (part == whole)
    assert not said.startswith("100%")


# ------------------------------------------------------------------ zero clauses


def without_zeros(text: str) -> tuple[str, list[int]]:
    """{n} stands for a figure."""
    values: list[int] = []

    def mark(found: re.Match[str]) -> str:
        values.append(int(found[1]))
        return f"\ue000{len(values) - 1}\ue002"

    marked = re.sub(r"\{(\d+)\}", mark, text)
    cut = plan_cut(marked, lambda n: values[n] == 0, WORDS)
    return MARK.sub(lambda m: f"{{{values[int(m[1])]}}}", cut.apply(marked)), cut.stuck


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("开展研讨{8}。", "开展研讨{8}。"),
        ("一年来，累计组织学习{0}，开展研讨{8}。", "一年来，开展研讨{8}。"),
        ("一年来，累计组织学习{13}，开展研讨{0}。后文。", "一年来，累计组织学习{13}。后文。"),
        ("前文。一年来，累计组织学习{0}，开展研讨{0}。后文。", "前文。后文。"),
        ("2026年，学习{0}。", ""),
        ("截至2026年11月底，累计学习{0}。", ""),
        ("今年新发展党员{0}，培养积极分子{1}。", "今年培养积极分子{1}。"),
        ("A{3}，B{0}；C{8}。", "A{3}；C{8}。"),
        ("A{0}；B{2}，C{8}。", "B{2}，C{8}。"),
        ("提拔{11}、平级转任{0}、职级晋升{11}，引进{0}。", "提拔{11}、职级晋升{11}。"),
        ("累计组织开展主题党日{0}、专题研讨{8}。", "累计组织开展专题研讨{8}。"),
        ("开展主题党日{0}、举办培训{2}。", "举办培训{2}。"),
        ("将能力强、潜力大的干部提拔{0}、转任{6}。", "转任{6}。"),
        ("整改重点、难点问题{0}，办实事{3}。", "办实事{3}。"),
        ("A{3}、B{0}和C{8}；D{0}和E{0}。", "A{3}和C{8}。"),
        ("提拔{0}和转任{1}。", "转任{1}。"),
        ("党员{86}（其中预备{0}），职工{5}。", "党员{86}，职工{5}。"),
        ("党员{86}（其中预备{0}，女{3}）。", "党员{86}（其中女{3}）。"),
        ("开展“学习，守初心”活动{0}，出版{4}。", "出版{4}。"),
        ("开展“学习，守初心”活动{6}，出版{0}。", "开展“学习，守初心”活动{6}。"),
        ("购买{0}发放，有效帮助应对了旱情。坚持好。", "坚持好。"),
        ("召开会议{3}，其中，专题{0}，成效明显。", "召开会议{3}，成效明显。"),
        ("主要有：A{0}；B{0}。", ""),
        ("主要有：A{0}；B{1}。", "主要有：B{1}。"),
        ("\ue014组织学习{0}，开展{8}。", "\ue014开展{8}。"),
        ("\ue014组织学习{0}。", ""),
        ("引号“不配对，学习{0}，开展{8}。", "引号“不配对，开展{8}。"),
        ("没有句号，学习{0}", "没有句号"),
    ],
)
def test_zero_clauses(text, left):
    assert without_zeros(text) == (left, [])


def test_a_zero_that_cannot_be_parted_is_told():
    assert without_zeros("提拔{1}含{0}个。") == ("提拔{1}含{0}个。", [1])


@given(st.lists(st.tuples(st.sampled_from("，；。、"), st.integers(0, 3)), min_size=1, max_size=12))
def test_no_figure_is_lost_and_no_zero_left(clauses):
    """Whatever the sentence, all other figures stay, zeros go, and no separator is doubled."""
    text = "".join(f"甲{{{n}}}{sep}" for sep, n in clauses)
    left, stuck = without_zeros(text)
    assert re.findall(r"\{(\d)\}", left) == [str(n) for _, n in clauses if n]
    assert not stuck
    assert not re.search("[，；。、]{2}|^[，；。、]", left)


def test_prefix_of_estimates_once_a_sentence():
    text = "一年来，服务\ue0000\ue002，参加\ue0001\ue002。据不完全统计，慰问\ue0002\ue002。\ue014走访\ue0003\ue002。"
    assert estimate_places(text, lambda n: True, WORDS.est_prefix) == [4, text.index("走访")]
