"""Lines are told apart before any rule looks at them: what a line is, by its words, its place and its neighbours."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.model import Catalog
from toolkit.word.edited.paragraphs import open_document
from toolkit.word.lint.check import read_script


@pytest.fixture
def roles(tmp_path: Path, catalog: Catalog):
    """roles(text) -> the role of each line."""

    def run(text: str) -> list[str]:
        path = tmp_path / "稿.txt"
        path.write_text(text, encoding="utf-8")
        return [line.role for line in read_script(catalog, open_document(path)).lines]

    return run


WHOLE = """首页 > 党建 > 正文
来源：某某网 发布时间：2025-03-01
云州市水务局党建工作总结
——2025年度
第一党支部书记　王某
（2025年12月）
2025年，支部扎实推进各项工作。
一、主要做法
固根基，强堡垒
全年学习12次。
（一）抓实组织生活。按月开展主题党日。
注：带*的为预计数。
附件：1.任务分解表
云州市水务局机关党委
2025年12月20日
责编：李某"""


def test_every_part_of_a_report_is_told_apart(roles) -> None:
    assert roles(WHOLE) == [
        *("noise", "noise", "title", "subtitle", "byline", "byline", "body", "heading", "heading", "body", "body"),
        *("note", "annex", "sign", "date", "noise"),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("深耕责任田 争当排头兵——某公司党员队伍建设纪实篇", "公司现有党员86名。"),
        ("某局党员干部深入一线解民忧", "10月18日，某局党员干部走进社区。"),
        ("在全县党建推进会上的讲话", "同志们："),
        ("让党旗高高飘扬", "——某水库管理处党支部事迹"),
    ],
)
def test_a_first_line_is_a_title_by_its_words_or_by_what_follows(roles, first: str, second: str) -> None:
    assert roles(f"{first}\n{second}")[0] == "title"


@pytest.mark.parametrize(
    "text",
    [
        "坚持学用结合，坚持以知促\n行，推动工作落实。",
        "培养讲政治、敢担当、\n善作为的干部队伍。",
        "为高质量发展\n提供坚强保证。",
    ],
)
def test_a_broken_sentence_is_no_title_and_no_heading(roles, text: str) -> None:
    assert set(roles(text)) <= {"body", "loose"}


@pytest.mark.parametrize("heading", ["建强“主心骨”，点燃“新引擎”", "一次抢修，一面旗帜", "筑牢“压舱石”，凝聚奋进力量"])
def test_a_heading_needs_no_number(roles, heading: str) -> None:
    assert roles(f"支部抓学习有办法。\n{heading}\n支部书记带头攻关，完成课题3项。")[1] == "heading"
    assert roles(f"支部抓学习有办法，\n{heading}\n支部书记带头攻关，完成课题3项。")[1] == "body"


def test_lines_of_the_same_build_are_headings_together(roles) -> None:
    one, other = "学在前，让理论“深”起来\n全年组织学习10次。", "干在先，让服务“实”起来\n办成实事6件。"
    assert roles(f"{one}\n{other}") == ["heading", "body"] * 2


def test_a_date_that_text_follows_closes_nothing(roles) -> None:
    text = "一、活动安排\n入党宣誓\n2025年7月1日\n全体党员参加宣誓。"
    assert roles(text)[1] == "loose"


@pytest.mark.parametrize(
    "text",
    [
        "（阅读全文，请先登录）",
        "责编：王某",
        "文/图：办公室",
        "【第3篇】支部工作总结",
        "登录后可查看全文",
        "某支部工作总结（精选3篇）",
        "【打印】【关闭】",
    ],
)
def test_the_frame_of_a_web_page_is_no_text(roles, text: str) -> None:
    assert roles(f"支部开展了主题党日。\n{text}")[1] == "noise"


@pytest.mark.parametrize(
    "text", ["报名系统开放后，请登录后查看。", "党员扫描二维码即可签到。", "小编制单位联合组建支部。"]
)
def test_a_sentence_that_speaks_of_such_things_is(roles, text: str) -> None:
    assert roles(f"支部开展了主题党日。\n{text}")[1] == "body"
