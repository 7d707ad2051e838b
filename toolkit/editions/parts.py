"""The parts of the standard as they are declared, and the sheets on which people edit them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..standard.vocabulary import CHECKS, COLLECTS, MEASURES, PERIODS, SCOPES, TYPES
from ..standard.yamlmap import Map, items_of, load_map

LEDGERS, FIELDS, OPTIONS, RULES, INDICATORS, NAMES, SENTENCES, DUTIES, ABOUT = (
    *("台账", "栏目", "选项", "规则", "指标", "名称清单", "句子", "应办事项", "版本"),
)


def named(words: Sequence[str], titles: str) -> dict[str, str]:
    """Returns {title: word}, titles in the order of the closed list `words`; a further word is its own title."""
    given = titles.split()
    return {given[n] if n < len(given) else word: word for n, word in enumerate(words)}


SEVERITIES = {"错误": "error", "提醒": "warning"}
ORDERS = {"按台账顺序": "row", "按次数": "frequency"}


@dataclass(frozen=True)
class Column:
    """One column of a sheet; `key` is the key in YAML, a dot leads into a mapping.

    Kinds: text, flag (是, 否 or blank), number, words (a list, divided by 、), lines (a list, one on a line), where (a
    filter), field and fields (by title), ledger (by title), choice, value (of the field's own type), yaml (as in the file).
    """

    key: str
    title: str
    kind: str = "text"
    width: int = 12
    choices: Mapping[str, str] = field(default_factory=dict)  # what the clerk sees -> what the file says
    needed: bool = False
    note: str = ""


@dataclass(frozen=True)
class Form:
    """One sheet: what it declares, and its columns."""

    title: str
    hint: str
    columns: tuple[Column, ...]


_OF = Column("of", "台账", "ledger", 14, needed=True)
_WHERE = "写法：栏目＝值；几个值用、隔开；几个条件用；隔开；也可写 栏目 为空、栏目 不空、栏目≥数"
_YAML = "照标准文件的写法（YAML）；一般不用改"
_COUNTED = (
    Column("scope", "统计层级", "choice", 9, {s: s for s in SCOPES}),
    Column(
        "collect", "口径", "choice", 8, {c: c for c in COLLECTS}, note="本级：只取填报单位自己的行；汇总：自下而上相加"
    ),
)

FORMS: tuple[Form, ...] = (
    Form(
        LEDGERS,
        "一行一张台账。新增台账：在这里加一行，再到“栏目”里写它的栏目。",
        (
            Column("name", "名字", width=14, needed=True, note="英文小写，不重复，以后不改"),
            Column("title", "标题", width=14, needed=True, note="工作表的名字"),
            Column("code", "代码", width=7, needed=True, note="两个大写字母，记录编号的开头"),
            Column("formerly", "旧标题", "words", 14, note="以前的标题；按旧标题填的工作簿照样能读"),
            Column("description", "说明", width=40),
            Column("short", "常用栏", "fields", 40, note="排在前面、总能看见的栏目；其余折叠"),
            Column("label", "行名", "field", 12),
            Column("declared", "封面申报", "flag", 9, note="空白＝是"),
            Column("reported", "上报明细", "flag", 9, note="空白＝是；填“否”只报指标数，不报每一行"),
            Column("common", "通用列", "flag", 8, note="空白＝是"),
            Column("next_year", "转入下年的行", "where", 24, note=_WHERE),
            Column("sensitive", "小数不报", "yaml", 24, note=_YAML),
        ),
    ),
    Form(
        FIELDS,
        "一行一个栏目，按工作表里的先后。可选的值写在“选项”里。",
        (
            _OF,
            Column("name", "名字", width=14, needed=True, note="英文小写，本台账里不重复，以后不改"),
            Column("title", "标题", width=16, needed=True),
            Column("formerly", "旧标题", "words", 14, note="以前的标题；按旧标题填的工作簿照样能读"),
            Column("type", "类型", "choice", 8, named(TYPES, "文字 整数 小数 日期 是否 多项"), needed=True),
            Column("constraints.required", "必填", "flag", 6),
            Column("required_when", "何时必填", "where", 28, note=_WHERE),
            Column("constraints.unique", "不重复", "flag", 7),
            Column("constraints.minimum", "最小", "number", 8),
            Column("constraints.maximum", "最大", "number", 8),
            Column("constraints.maxLength", "最多字数", "number", 9),
            Column("constraints.pattern", "格式", width=18, note="正则表达式"),
            Column("description", "提示", width=36),
            Column("default", "默认值", "value", 10),
            Column("example", "示例", "value", 14),
            Column("decimals", "小数位", "number", 7),
            Column("in_year", "须在年度内", "flag", 9),
            Column("foreignKey", "取自", width=16, note="台账名字.栏目名字"),
            Column("added", "后加", "flag", 6, note="发布以后加的栏目填“是”，以前的工作簿没有这一栏也能读"),
            Column("audience", "去向", "choice", 10, {"只留本单位": "unit", "可公开": "public"}, note="空着的可报上级"),
            Column("global", "全市统一编码", "flag", 11),
            Column("follows", "随填", "yaml", 20, note=_YAML),
            Column("fits", "随选", "yaml", 20, note=_YAML),
            Column("calc", "公式", "yaml", 20, note=_YAML),
        ),
    ),
    Form(
        OPTIONS,
        "一行一个可选的值，按下拉菜单里的先后。",
        (
            _OF,
            Column("field", "栏目", "field", 16, needed=True),
            Column("list", "性质", "choice", 12, {"只能选": "constraints.enum", "可另填": "suggest"}, needed=True),
            Column("value", "值", "value", 30, needed=True),
        ),
    ),
    Form(
        RULES,
        "一行一条核对规则。",
        (
            _OF,
            Column(
                "check",
                "核对",
                "choice",
                12,
                named(
                    list(CHECKS),
                    "比大小 不相同 则须 至少一项 不重复 工作日间隔 不成环 一致 统一 整行重复 别处已记 证明有 连号",
                ),
                needed=True,
            ),
            Column("when", "条件", "where", 28, note=_WHERE),
            Column("then", "则须", "where", 28, note=f"“核对”为“则须”时填。{_WHERE}"),
            Column("args", "参数", "yaml", 30, note=_YAML),
            Column("message", "问题", width=34, needed=True),
            Column("remedy", "处理办法", width=34),
            Column("severity", "级别", "choice", 7, SEVERITIES),
        ),
    ),
    Form(
        INDICATORS,
        "一行一个指标；分子分母来自两张台账的，“台账”留空。",
        (
            Column("of", "台账", "ledger", 14),
            Column("id", "编号", width=8, needed=True),
            Column("name", "名称", width=20, needed=True, note="模板和文字材料里用的名字，不带空格和标点"),
            Column("title", "标题", width=26, needed=True),
            Column(
                "op",
                "算法",
                "choice",
                10,
                named([*MEASURES, "ratio"], "条数 合计 去重数 最新值 最大值 应报单位数 比率"),
                needed=True,
            ),
            Column("field", "栏目", "field", 14),
            Column("minus", "减去", "field", 12),
            Column("by", "按", "fields", 12, note="最新值：每个什么取一个"),
            Column("where", "条件", "where", 34, note=_WHERE),
            Column("classifier", "量词", width=7),
            *_COUNTED,
            Column("zero", "为零时写", width=14),
            Column("phrase", "写法", width=14),
            Column("distinct_by_nature", "不重复计人", "flag", 10),
            Column("above_full", "可超过100%", "flag", 10),
            Column("audience", "去向", "choice", 10, {"公开版不印": "upward"}),
            Column("numerator", "分子", "yaml", 26, note=_YAML),
            Column("denominator", "分母", "yaml", 26, note=_YAML),
            Column("source", "依据", width=14),
        ),
    ),
    Form(
        NAMES,
        "一行一份名称清单：公文里写出名字，不只写个数。",
        (
            _OF,
            Column("id", "编号", width=8, needed=True),
            Column("name", "名称", width=16, needed=True),
            Column("title", "标题", width=20),
            Column("field", "栏目", width=14, needed=True, note="栏目名字"),
            Column("where", "条件", "where", 34, note=_WHERE),
            Column("marks", "标点", "choice", 7, {"《》": "《》", "“”": "“”"}),
            Column("order", "次序", "text", 10, note="row：按台账；frequency：按次数；或栏目名字"),
            Column("most", "最多写几个", "number", 10),
            Column("classifier", "量词", width=7),
            *_COUNTED,
            Column("weigh", "次数取自", "field", 12),
            Column("minus", "减去", "field", 12),
        ),
    ),
    Form(
        SENTENCES,
        "一行一句话；“说法”里一行一种，意思和名称相同。{名称} 是指标、名称清单或词语的名称。",
        (
            _OF,
            Column("topic", "专题", width=12, needed=True),
            Column("weight", "分量", "number", 7, note="大的在前"),
            Column("wordings", "说法", "lines", 90, needed=True),
        ),
    ),
    Form(
        DUTIES,
        "一行一项应办事项：多久至少办几次。",
        (
            Column("id", "名字", width=16, needed=True),
            Column("title", "标题", width=16, needed=True),
            Column("ledger", "台账", "ledger", 14, needed=True),
            Column("where", "条件", "where", 28, note=_WHERE),
            Column("every", "每", "choice", 7, named(PERIODS, "月 季度 年"), needed=True),
            Column("times", "至少几次", "number", 9, needed=True),
            Column("per", "对象", "choice", 12, {"单位": "unit", "每个党组织": "org"}),
            Column("applies", "哪些党组织", "where", 28, note=f"按“党组织”台账的栏目写。{_WHERE}"),
            Column("severity", "级别", "choice", 7, SEVERITIES),
            Column("requirement", "要求", width=34, needed=True),
            Column("source", "出处", width=30, needed=True),
            Column("version", "版本", width=8, needed=True),
        ),
    ),
)


def parts_of(folders: Sequence[Path]) -> dict[str, dict[str, Map]]:
    """Returns the parts as they are declared, the last declaration of each: ledgers, indicators and obligations.

    Indicators are those that belong to no ledger. The keys are names, those of obligations their ids.
    """
    found: dict[str, dict[str, Map]] = {"ledgers": {}, "indicators": {}, "obligations": {}}
    for folder in folders:
        found["ledgers"] |= {m.need("name"): m for m in map(load_map, sorted(folder.glob("ledgers/*.yaml")))}
        found["indicators"] |= {m.need("name"): m for m in items_of(folder / "indicators.yaml")}
        found["obligations"] |= {m.need("id"): m for m in items_of(folder / "obligations.yaml")}
    return found
