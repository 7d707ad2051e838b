"""Each kind of unit: a new workbook, filled like its sample, is clean and speaks of what that kind has, in its words."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from support.coverage_of import sentences

from toolkit.cli.main import main
from toolkit.excel.samples import OF_KINDS, Rows, sample, write_sample
from toolkit.model import Catalog
from toolkit.standard.sayings import own_words, spoken_by

# kind -> its sample, what its documents say, and words of other kinds, which they do not
KINDS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "高校": (
        "university",
        (
            "学生党支部1个",
            "教师党支部1个",
            "学生党员15名",
            "学生(?:党员|中发展党员)?1名",
            "党建课题3项",
            "课堂教学(?:风险)?3个",
        ),
        "医院|医护|企业|税务|街道|病区",
    ),
    "医院": (
        "hospital",
        (
            "医护党支部2个",
            "高级职称(?:的)?党员7名",
            "义诊[^，。]{0,8}6批次",
            "职工(?:党员|中发展党员)?1名",
            "党建论文2篇",
        ),
        "学校|学生|企业|税务局|街道",
    ),
    "国企": (
        "enterprise",
        (
            "生产一线党支部2个",
            "一线岗位(?:的)?党员18名",
            "突击[^，。]{0,8}66人次",
            "党员责任区9个",
            "职工(?:党员|中发展党员)?1名",
        ),
        "学校|学生|医院|税务|街道",
    ),
    "税务": (
        "tax",
        (
            "党委理论学习中心组|中心组集体学习6次",
            "党员先锋岗12个",
            "党员责任区4个",
            "一线岗位(?:的)?党员14名",
            "典型案例1个",
        ),
        "学校|学生|医院|街道|医护党",
    ),
    "街道社区": (
        "community",
        (
            "网格党支部1个",
            "两新党支部1个",
            "矛盾纠纷(?:就地)?(?:化解)?28起",
            "诉求[^。]{0,12}54件",
            "流动党员4名",
            "微心愿(?:完成)?15个",
        ),
        "学校|学生|医院|医护党|企业|税务|提拔",
    ),
}
EVERY = (
    r"35岁及以下(?:的|党员)*8名",
    "女党员13名",
    r"廉政谈话13人次",
    r"约谈提醒2人次",
    r"公众号(?:推送|发布)120条",
    r"办公会[^。，]{0,16}5次",
    r"“?较好”?[^，。]{0,4}1名",
    r"党费1.3万元|党费实缴1.3万元",
    r"双报到[^，。]{0,4}62人次",
    r"(?:时长)93小时",
    r"捐款(?:总额)?8600元",
    r"57户次",
)
FOREIGN = r"政协|委员(?!会)|议事堂|协商座谈|市直|界别|提案|社情民意|机关层面|机关刊物|党组(?!织)"


def run(*args: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, [*map(str, args)])
    return done.exit_code, done.output


def types_in(catalog: Catalog, book: Path, unit: dict[str, Any], rows: Rows, declared: dict[str, str]) -> None:
    """Types a unit's values into a workbook, cell by cell, as a clerk does."""
    opened = openpyxl.load_workbook(book)
    cover = opened["封面"]
    labels = {row[0].value: row[1] for row in cover.iter_rows(max_col=2) if row[0].value}
    for f in catalog.unit:
        if unit.get(f.name) is not None:
            labels[f.title].value = shown(unit[f.name])
    for name, said in declared.items():
        labels[catalog.ledgers[name].title].value = said
    for name, found in rows.items():
        ledger = catalog.ledgers[name]
        sheet = opened[ledger.title]
        head = next(r for r in sheet.iter_rows() if any(c.value == ledger.fields[0].title for c in r))
        columns = {c.value: c.column for c in head}
        for down, row in enumerate(found, 2):  # below the example
            for f in ledger.fields:
                if row.get(f.name) is not None and not f.calc:
                    sheet.cell(head[0].row + down, columns[f.title]).value = shown(row[f.name])
    opened.save(book)


def shown(value: Any) -> str | int | float | date:
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else value


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_workbook_filled_like_the_sample_is_clean_and_speaks(kind: str, catalog: Catalog, tmp_path: Path) -> None:
    plan, own, others = KINDS[kind]
    ((unit, rows, declared),) = sample(catalog, plan)
    assert unit["sys_type"] == kind
    code, said = run("new", "--unit", unit["unit_name"], "--code", unit["unit_id"], "--year", "2026", "-o", tmp_path)
    assert code == 0, said
    (book,) = tmp_path.glob("*.xlsx")
    types_in(catalog, book, unit, rows, declared)
    code, said = run("check", book)
    assert code == 0, said
    whole = tmp_path / "汇总.xlsx"
    code, said = run("aggregate", book, "-o", whole)
    assert code == 0, said
    for document in ("situation", "duty", "summary"):
        out = tmp_path / f"{document}.docx"
        code, said = run("fill", document, whole if document == "summary" else book, "-o", out)
        assert code == 0, said
        text = "。".join(sentences(out))
        assert [p for p in (*EVERY, *own) if not re.search(p, text)] == [], text
        assert re.findall(f".{{0,6}}(?:{FOREIGN}|{others}).{{0,6}}", text) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_sample_is_shipped_light(kind: str, catalog: Catalog, tmp_path: Path) -> None:
    (book,) = write_sample(catalog, KINDS[kind][0], tmp_path)
    assert book.stat().st_size < 116_000
    hidden = {ws.title for ws in openpyxl.load_workbook(book) if ws.sheet_state == "hidden"}
    assert hidden == {*(catalog.ledgers[name].title for name in catalog.kinds[kind]), "_标准"}


def test_every_further_kind_has_a_sample(catalog: Catalog) -> None:
    assert {plan for plan, *_ in KINDS.values()} == set(OF_KINDS)
    assert set(KINDS) <= set(catalog.kinds)


@pytest.mark.parametrize("kind", KINDS)
def test_no_sentence_of_a_kind_has_a_word_that_it_replaces(kind: str, catalog: Catalog) -> None:
    """The names in {} stay, and so do 党组织 and 机关党委, which only begin alike."""
    own, speech = own_words(catalog, kind), spoken_by(catalog, kind).speech
    of = partial(re.compile(r"\{\w+\}").sub, "")
    spoken = [of(w) for x in spoken_by(catalog, kind).ledgers.values() for s in x.says for w in s.wordings]
    spoken += [w for words in (*speech.topics.values(), *speech.subjects.values()) for w in words]
    left = "|".join(catalog.speech.calls[kind])
    assert [w for w in spoken if re.search(left, w)] == []
    assert own("{机关刊物}、党组织和机关党委") == "{机关刊物}、党组织和机关党委"


def test_a_kind_without_words_of_its_own_says_what_the_standard_says(catalog: Catalog) -> None:
    assert spoken_by(catalog, "") is catalog
    assert own_words(catalog, "")("机关层面") == "机关层面"


def test_next_year_s_plan_has_no_progress_to_tell(tmp_path: Path) -> None:
    book = next(Path("workbooks/samples").glob("GW001*.xlsx"))
    for document in ("progress", "review"):
        done = CliRunner().invoke(main, ["fill", document, str(book), "-o", str(tmp_path / "a.docx")])
        assert done.exit_code == 2
        assert "还没有进展可说" in done.output
        assert not (tmp_path / "a.docx").exists()
