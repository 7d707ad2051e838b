"""The standard holds every fact and mechanism it was made for, and names its own mistakes."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from support.paths import DATA

from toolkit.errors import StandardError
from toolkit.model import Indicator, Ledger, Measure, Where
from toolkit.standard.catalog import load_catalog

CATALOG = load_catalog()
BRANCH = {"党支部", "联合党支部"}


def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def ids(rows: list[dict[str, str]]) -> list[str]:
    return [r["fact_id"] for r in rows]


FACTS = table("seed_figures.csv") + table("masked_measures.csv")
FIGURE_OF = {r["fact_id"]: r["indicator"] for r in table("figure_map.csv")}
MECHANISMS = table("mechanism_map.csv")


def measures(i: Indicator) -> list[Measure]:
    return [i.numerator] + ([i.denominator] if i.denominator else [])


def test_sheets_stand_in_order() -> None:
    assert [x.title for x in CATALOG.ledgers.values()] == [
        "党组织",
        "党员队伍",
        "发展党员",
        "组织生活",
        "理论学习",
        "会议督导",
        "廉政教育",
        "问题整改",
        "宣传信息",
        "制度文件",
        "志愿服务",
        "为民服务",
        "教育培训",
        "干部队伍",
        "荣誉品牌",
        "融合履职",
        "工作要点",
        "文字材料",
    ]


def test_record_id_codes_are_unique() -> None:
    codes = [x.code for x in CATALOG.ledgers.values()]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("[A-Z]{2}", c) for c in codes)


@pytest.mark.parametrize("ledger", CATALOG.ledgers.values(), ids=lambda x: x.name)
def test_a_clerk_can_fill_the_ledger(ledger: Ledger) -> None:
    titles = [f.title for f in ledger.fields]
    assert len(set(titles)) == len(titles)
    for f in ledger.fields:
        assert len(f.title) <= 8, f.name
        if f.constraints.required and f.name not in ("est", "scope", "org_id"):
            assert f.example is not None or f.default is not None, f.name
        if f.constraints.pattern and f.example is not None:
            assert re.fullmatch(f.constraints.pattern, str(f.example)), f.name
    for rule in ledger.rules:
        assert re.search("[\u4e00-\u9fff]", rule.message)
        assert re.search("[\u4e00-\u9fff]", rule.remedy)
        assert not re.search("[,;:?!()]", rule.message + rule.remedy), rule.message


# --------------------------------------------------------- nothing is without a place


def test_all_111_facts_are_mapped_once() -> None:
    assert len(FACTS) == 111
    assert sorted(FIGURE_OF) == sorted(ids(FACTS)) == sorted(ids(table("figure_map.csv")))


@pytest.mark.parametrize("fact", [f for f in FACTS if f["document"] != "plan"], ids=lambda f: f["fact_id"])
def test_fact_has_an_indicator(fact: dict[str, str]) -> None:
    indicator = CATALOG.indicators[FIGURE_OF[fact["fact_id"]]]
    assert (indicator.denominator is not None) == (fact["op"] == "ratio")
    if indicator.denominator is None:
        said = indicator.zero or indicator.title
        assert indicator.classifier in fact["figure"] or re.search(fact["figure"], said), fact["figure"]


@pytest.mark.parametrize("fact", [f for f in FACTS if f["document"] == "plan"], ids=lambda f: f["fact_id"])
def test_planned_fact_is_a_row_of_the_plan(fact: dict[str, str]) -> None:
    assert re.fullmatch("plan:.+", FIGURE_OF[fact["fact_id"]])


def test_all_85_mechanisms_are_mapped_once() -> None:
    assert len(MECHANISMS) == 85
    assert sorted(ids(MECHANISMS)) == sorted(ids(table("seed_mechanisms.csv")))


@pytest.mark.parametrize("row", MECHANISMS, ids=lambda r: r["fact_id"])
def test_mechanism_has_a_cell(row: dict[str, str]) -> None:
    wanted = {r["fact_id"]: r["ledger"] for r in table("seed_mechanisms.csv")}
    assert row["ledger"] == wanted[row["fact_id"]]
    f = CATALOG.ledgers[row["ledger"]].field(row["field"])
    known = f.constraints.enum or f.suggest
    assert row["value"] in known if known else f.type == "integer" and row["value"].isdigit()


# ------------------------------------------------------------------ indicators


@pytest.mark.parametrize("i", CATALOG.indicators.values(), ids=lambda i: i.id)
def test_indicator_is_worded_truly(i: Indicator) -> None:
    assert re.fullmatch("[A-Z]{2}[0-9]{2}", i.id)
    if i.classifier in ("名", "户", "家"):
        assert i.numerator.op == "distinct" or i.distinct_by_nature
    assert i.classifier not in ("人", "位", "万元")
    if any(m.field == "amount" for m in measures(i)):
        assert i.classifier == "元"


def test_every_catalogued_id_is_declared() -> None:
    counted = {
        "ST": 14,
        "OL": 10,
        "MT": 9,
        "IG": 8,
        "IS": 7,
        "PB": 6,
        "DC": 3,
        "VL": 6,
        "SV": 9,
        "TR": 3,
        "CD": 5,
        "DV": 3,
        "OG": 7,
        "MB": 1,
        "HN": 6,
        "DU": 14,
        "PL": 2,
    }
    wanted = {f"{prefix}{n:02}" for prefix, last in counted.items() for n in range(1, last + 1)}
    assert wanted <= {i.id for i in CATALOG.indicators.values()}


def test_ratios_are_of_running_branches() -> None:
    for name in ("创星率", "四星以上占比", "最强党支部达标率", "组织生活会完成率", "民主评议完成率"):
        denominator = CATALOG.indicators[name].denominator
        assert denominator is not None
        tests = {c.path: c.value for c in denominator.where}
        assert set(tests["org_type"]) == BRANCH and tests["org_state"] == "运行"


def test_what_the_working_committee_does_itself_is_not_added_up() -> None:
    own = {i.name for i in CATALOG.indicators.values() if i.numerator.collect == "本级"}
    assert {"专题调度会", "现场调研指导", "督促检查", "督查通报", "作风督查", "党务干部培训班", "调研覆盖单位率"} <= own
    covered = CATALOG.indicators["调研覆盖单位率"].denominator
    assert covered is not None and covered.collect == "汇总"


def test_status_and_period_are_left_to_the_general_rule() -> None:
    filters: list[Where] = [m.where for i in CATALOG.indicators.values() for m in measures(i)]
    assert not [c for w in filters for c in w if c.path == "status"]
    for i in CATALOG.indicators.values():
        for m in measures(i):
            in_year = any(f.name == "date" and f.in_year for f in CATALOG.ledgers[m.ledger].fields)
            assert not (in_year and any(c.path == "date" for c in m.where)), i.name


# -------------------------------------------------------------------- privacy


def test_no_column_asks_for_what_belongs_to_a_person() -> None:
    banned = re.compile("身份证|手机|电话|住址|银行|卡号|出生|民族|宗教|处分|病|学历|工资|籍贯")
    columns = [f for ledger in CATALOG.ledgers.values() for f in ledger.fields] + list(CATALOG.unit)
    assert [f.title for f in columns if banned.search(f.title)] == []
    english = re.compile("id_?card|phone|mobile|address|birth|ethnic|religio|bank|salary")
    assert [f.name for f in columns if english.search(f.name)] == []


def test_names_of_people_stay_in_the_unit() -> None:
    people = re.compile("主持人|记录人|发言人|书记$|责任人|填报人|审核人")
    columns = [f for ledger in CATALOG.ledgers.values() for f in ledger.fields] + list(CATALOG.unit)
    named = [f for f in columns if people.search(f.title) and f.type == "string"]
    assert len(named) >= 9
    assert [f.title for f in named if f.audience != "unit"] == []


def test_development_files_do_not_go_up() -> None:
    assert not CATALOG.ledgers["develop"].reported


def test_small_numbers_of_people_in_need_are_not_broken_down() -> None:
    (s,) = CATALOG.ledgers["service"].sensitive
    assert s.field == "person_n" and s.below == 5 and "org_id" in s.hide


@pytest.mark.parametrize(
    "kind, text",
    [
        ("secrecy", "机密★1年"),
        ("secrecy", "★秘密"),
        ("masks", "走访**社区"),
        ("masks", "慰问××同志"),
        ("sensitive", "涉及问题线索一件"),
    ],
)
def test_forbidden_text_is_seen(kind: str, text: str) -> None:
    assert any(re.search(p, text) for p in CATALOG.forbidden[kind])


@pytest.mark.parametrize(
    "text",
    [
        "样机党〔2026〕3号",
        "7×24小时服务",
        "党内监督座谈会",
        "2026年3月5日至4月7日",
        "秘密战线英雄事迹报告会",
        "200000元",
        "GZ2026-05-01",
        "党内政治生活",
        "2026030512",
        "廉洁纪律处分条例学习",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert [p for patterns in CATALOG.forbidden.values() for p in patterns if re.search(p, text)] == []


def test_contradictory_approximations_are_listed() -> None:
    patterns = [re.compile(x["pattern"]) for x in CATALOG.wording["contradictions"]]

    def found(text: str) -> bool:
        return any(p.search(text) for p in patterns)

    for bad in ("近800余人", "约300人左右", "达60%以上", "至少60%以上", "超过100多家", "500余篇以上", "不超过5次以内"):
        assert found(bad), bad
    for good in ("800余人", "近800人", "约300人", "达100%", "60%以上", "至少1次", "4.6万人次", "超过100家"):
        assert not found(good), good


# ---------------------------------------------------------------- obligations


def test_obligations_are_those_of_the_rules() -> None:
    often = {o.title: (o.every, o.times, o.per) for o in CATALOG.obligations}
    assert often["支部党员大会"] == ("quarter", 1, "org")
    assert often["支委会"] == often["党小组会"] == often["主题党日"] == ("month", 1, "org")
    assert often["组织生活会"] == often["民主评议党员"] == often["谈心谈话"] == ("year", 1, "org")
    assert often["中心组集体学习"] == ("quarter", 1, "unit")
    assert often["民主生活会"] == often["书记述职评议"] == ("year", 1, "unit")
    for o in CATALOG.obligations:
        assert o.requirement and o.source and o.version
        assert o.applies, o.id


# ------------------------------------------------------- a broken standard says where

LEDGER = """\
name: extra
title: 试验台账
code: XX
fields:
  - name: kind
    title: 类型
    type: string
    constraints: {required: true, enum: [甲, 乙]}
"""

BROKEN = {
    "unknown key": (LEDGER.replace("title: 类型", "titel: 类型"), r"extra\.yaml:5: unknown key 'titel', .*'title'"),
    "missing key": (LEDGER.replace("code: XX\n", ""), r"extra\.yaml:1: missing key 'code'"),
    "unknown type": (LEDGER.replace("type: string", "type: text"), r"extra\.yaml:5: type: 'text'"),
    "bad syntax": (LEDGER + "  - {name: x\n", r"extra\.yaml:\d+: "),
    "not a mapping": ("- a\n- b\n", r"extra\.yaml:1: a mapping"),
    "fields not mappings": ("name: a\ntitle: b\ncode: XX\nfields: [x, y]\n", r"extra\.yaml:1: fields: a list of"),
    "key twice": (LEDGER + "title: 又一次\n", r"extra\.yaml:1: key 'title' stands twice"),
    "title taken": (LEDGER.replace("试验台账", "党组织"), r"extra\.yaml:1: two ledgers are titled 党组织"),
    "code taken": (LEDGER.replace("XX", "OG"), r"extra\.yaml:1: code OG is taken by org"),
    "example not in list": (LEDGER + "    example: 丙\n", r"extra\.yaml:5: example of extra\.kind: .*丙"),
    "bad pattern": (LEDGER.replace("enum: [甲, 乙]", "pattern: '['"), r"extra\.yaml:5: pattern '\['"),
    "unknown check": (LEDGER + "rules:\n  - {check: equal, message: 错}\n", r"extra\.yaml:10: check: 'equal'"),
    "unknown comparison": (
        LEDGER + "rules:\n  - {check: compare, left: kind, op: '=>', right: kind, message: 错}\n",
        r"extra\.yaml:10: op: '=>'",
    ),
    "rule on no field": (
        LEDGER + "rules:\n  - {check: different, fields: [kind, kid], message: 错}\n",
        r"extra\.yaml:10: ledger extra has no field 'kid'",
    ),
    "filter on no value": (
        LEDGER + "indicators:\n  - {id: XX01, name: 试验, title: 试验, op: count, where: {kind: 丙}, classifier: 次}\n",
        r"extra\.yaml:10: extra\.kind has no value '丙'",
    ),
    "id taken": (
        LEDGER + "indicators:\n  - {id: OL01, name: 试验, title: 试验, op: count, classifier: 次}\n",
        r"id OL01 is taken",
    ),
    "name twice": (
        LEDGER + "indicators:\n" + "  - {id: XX01, name: 试验, title: 试验, op: count, classifier: 次}\n" * 2,
        r"extra\.yaml:11: indicator 试验 is declared in extra\.yaml:10 already",
    ),
    "name no identifier": (
        LEDGER + "indicators:\n  - {id: XX01, name: 试 验, title: 试验, op: count, classifier: 次}\n",
        r"extra\.yaml:10: name '试 验'",
    ),
}


def overlay(folder: Path, text: str) -> Path:
    (folder / "ledgers").mkdir()
    (folder / "ledgers" / "extra.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_sound_ledger_is_added(tmp_path: Path) -> None:
    catalog = load_catalog(overlay(tmp_path, LEDGER))
    assert catalog.ledgers["extra"].field("kind").constraints.enum == ("甲", "乙")
    assert "extra" not in CATALOG.ledgers


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_ledger_names_file_and_line(tmp_path: Path, case: str) -> None:
    text, message = BROKEN[case]
    with pytest.raises(StandardError, match=message):
        load_catalog(overlay(tmp_path, text))


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    overlay(tmp_path, LEDGER)
    (tmp_path / "ledgers" / "extra.yaml").write_bytes("标题".encode("gbk"))
    with pytest.raises(StandardError, match=r"extra\.yaml:1: not readable as UTF-8"):
        load_catalog(tmp_path)


def test_a_bad_expression_among_the_forbidden_is_named(tmp_path: Path) -> None:
    (tmp_path / "forbidden.yaml").write_text("secrecy: ['(']\n", encoding="utf-8")
    with pytest.raises(StandardError, match=r"forbidden\.yaml.*pattern '\('"):
        load_catalog(tmp_path)


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StandardError, match="no such directory"):
        load_catalog(tmp_path / "nowhere")
