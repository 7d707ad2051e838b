#!/usr/bin/env python3
"""The generated pages of the Chinese handbook: data dictionary, indicators, obligations, commands, findings.

python3 scripts/build_handbook.py          writes docs/handbook/*.md
python3 scripts/build_handbook.py --check  only tells, with exit code 1, which pages are out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from toolkit.catalog import load_catalog
from toolkit.cli import main as command
from toolkit.figures import parts_of
from toolkit.findings import CODES
from toolkit.model import Catalog, Condition, Field

OUT = Path(__file__).resolve().parent.parent / "docs" / "handbook"
TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "小数",
    "date": "日期",
    "boolean": "是/否",
    "list": "多项（分号隔开）",
}
OPS = {"count": "行数", "sum": "相加", "distinct": "去重计数", "latest": "最新值", "max": "最大值"}
NOTE = "<!-- 本页由 scripts/build_handbook.py 生成，请勿手改。 -->\n"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    head = list(head)
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(c).replace("|", "\\|").replace("\n", " ") for c in row) + " |"
    yield ""


def dictionary(c: Catalog) -> Iterator[str]:
    yield f"# 数据字典（标准版本 {c.version}）\n"
    yield "每张台账一节。“必填”一栏：是＝每行必填；有条件＝满足条件时必填。\n"
    for ledger in c.ledgers.values():
        yield f"## {ledger.title}（{ledger.code}）\n"
        yield f"{ledger.description}\n" if ledger.description else ""
        yield from table(("栏目", "类型", "必填", "取值与限制", "说明"), (field_row(f) for f in ledger.fields))
        if ledger.rules:
            yield "核对规则：\n"
            yield from (f"- {'错误' if r.severity == 'error' else '提醒'}：{r.message}。" for r in ledger.rules)
            yield ""


def field_row(f: Field) -> tuple[str, ...]:
    k = f.constraints
    limits = "、".join(map(str, k.enum)) or ("公式栏，自动计算" if f.calc else "")
    low = None if k.minimum is None else f"≥{k.minimum:g}"
    high = None if k.maximum is None else f"≤{k.maximum:g}"
    size = f"不超过{k.maxLength}字" if k.maxLength else None
    more = [
        x for x in (low, high, size, "不得重复" if k.unique else None, f"`{k.pattern}`" if k.pattern else None) if x
    ]
    needed = "是" if k.required else "有条件" if f.required_when else ""
    notes = [f.description, "不上报" if f.privacy and "不上报" not in f.description else ""]
    return f.title, TYPES[f.type], needed, "；".join(filter(None, [limits, *more])), "；".join(filter(None, notes))


def indicators(c: Catalog) -> Iterator[str]:
    yield f"# 指标目录（标准版本 {c.version}）\n"
    yield "“指标名”就是模板和文字材料里用的名字，如 `{{ 主题党日_支部 }}`、【主题党日_支部】。只有“已核”的行计入。\n"
    rows = []
    for i in c.indicators.values():
        how = "；".join(
            f"{'分母：' if key.endswith('/') else ''}{c.ledgers[m.ledger].title}·{OPS[m.op]}{filters(c, m.ledger, m.where)}"
            for key, m in parts_of(i).items()
        )
        rows.append((i.id, f"`{i.name}`", i.title, how, i.scope, i.numerator.collect, i.classifier))
    yield from table(("编号", "指标名", "含义", "口径", "层级", "汇总方式", "单位"), rows)


FILTERS = {
    "eq": "{f}＝{v}", "in": "{f}＝{v}", "not": "{f}≠{v}", "not_in": "{f}≠{v}", "contains": "{f}含{v}",
    "min": "{f}≥{v}", "max": "{f}≤{v}", "not_after": "{f}不晚于{o}", "not_before": "{f}不早于{o}",
    "below": "{f}＜{o}", "above": "{f}＞{o}", "param": "{f}按封面“{p}”",
}  # fmt: skip
YES_NO = {
    "blank": ("{f}为空", "{f}已填"), "in_period": ("{f}在填报期内", "{f}不在填报期内"),
    "by_period_end": ("{f}不晚于期末", "{f}晚于期末"), "before_as_of": ("{f}早于填报日", "{f}不早于填报日"),
}  # fmt: skip


def filters(c: Catalog, ledger: str, where: tuple[Condition, ...]) -> str:
    return "".join("，" + condition(c, ledger, w) for w in where)


def condition(c: Catalog, ledger: str, w: Condition) -> str:
    """One filter in Chinese, its fields by title."""

    def title(path: object) -> str:
        known = {f.name: f.title for f in c.ledgers[ledger].fields} | {f.name: f.title for f in c.unit}
        head, _, rest = str(path).partition(".")
        return known.get(head, head) + (f"的{c.ledgers['org'].field(rest).title}" if rest else "")

    if w.op in YES_NO:
        return YES_NO[w.op][0 if w.value else 1].format(f=title(w.path))
    values = w.value if isinstance(w.value, tuple) else (w.value,)
    said = "/".join({True: "是", False: "否"}.get(v, str(v)) if isinstance(v, bool) else str(v) for v in values)
    return FILTERS[w.op].format(f=title(w.path), v=said, o=title(w.value), p=title(w.value))


def obligations(c: Catalog) -> Iterator[str]:
    yield f"# 应办事项（标准版本 {c.version}）\n"
    yield "检查时按期核对，不足的给出提醒。依据为二手整理件，使用前请与现行文件核对；可在标准文件中修改。\n"
    every = {"month": "每月", "quarter": "每季度", "year": "每年"}
    rows = ((o.id, o.title, f"{every[o.every]}{o.times}次", o.requirement, o.source) for o in c.obligations)
    yield from table(("编号", "事项", "频次", "要求", "依据"), rows)


def findings(_: Catalog) -> Iterator[str]:
    yield "# 问题代码\n"
    yield "花括号处在实际提示中换成具体内容。R 开头的是各台账的核对规则，见数据字典。\n"
    level = {"error": "错误", "warning": "提醒"}
    yield from table(("代码", "级别", "含义", "处理"), ((k, level[s], m, r) for k, (s, m, r) in CODES.items()))


def commands(_: Catalog) -> Iterator[str]:
    yield "# 命令\n"
    yield "退出码：0＝完成且没有错误；1＝完成，但数据有错误；2＝无法执行。\n"
    root = click.Context(command, info_name="dangjian", terminal_width=100, max_content_width=100)
    yield f"```\n{command.get_help(root)}\n```\n"
    for name in command.list_commands(root):
        sub = command.get_command(root, name)
        if sub:
            context = click.Context(sub, info_name=name, parent=root, terminal_width=100, max_content_width=100)
            yield f"## {name}\n\n```\n{sub.get_help(context)}\n```\n"


PAGES = {
    "数据字典.md": dictionary,
    "指标目录.md": indicators,
    "应办事项.md": obligations,
    "问题代码.md": findings,
    "命令.md": commands,
}


def main(check: bool) -> int:
    catalog, stale = load_catalog(), []
    for name, page in PAGES.items():
        text = NOTE + "\n".join(page(catalog)).rstrip() + "\n"
        path = OUT / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                path.write_text(text, encoding="utf-8")
    if stale:
        print(f"{'out of date' if check else 'written'}: {', '.join(stale)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
