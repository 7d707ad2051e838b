#!/usr/bin/env python3
"""Generates pages of the Chinese handbook from the standard and the commands, and from all pages the HTML.

python3 scripts/build_handbook.py          writes docs/handbook/*.md and docs/handbook/html/
python3 scripts/build_handbook.py --check  only lists the outdated pages, with exit code 1 if there are any
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from handbook_html import built

from toolkit.cli.main import main as command
from toolkit.codes import CODES
from toolkit.figures.formula import formula, roll_formula
from toolkit.model import PUBLIC, UNIT, UPWARD, Catalog, Field, Ledger
from toolkit.standard.catalog import load_catalog
from toolkit.word.lint.check import rules_in_force

OUT = Path(__file__).resolve().parent.parent / "docs" / "handbook"
AUDIENCES = {UNIT: "本单位", UPWARD: "上级", PUBLIC: "公开"}
TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "小数",
    "date": "日期",
    "boolean": "是/否",
    "list": "多项（分号隔开）",
}
LATER = r"\(\?!.*?\)"  # in a pattern: what must not follow
NOTE = "<!-- 本页由 scripts/build_handbook.py 生成，请勿手改。 -->\n"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yields the lines of a Markdown table."""
    head = list(head)
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(c).replace("|", "\\|").replace("\n", " ") for c in row) + " |"
    yield ""


def dictionary(c: Catalog) -> Iterator[str]:
    """Yields the data dictionary: the fields and rules of each ledger."""
    yield f"# 数据字典（标准版本 {c.version}）\n"
    yield "每张台账一节。“必填”一栏：是＝每行必填；有条件＝满足条件时必填。"
    yield "“去向”一栏：本单位＝不上报；上级＝可报上级，不印入公开版；公开＝可印入公开版。\n"
    for ledger in c.ledgers.values():
        yield f"<!-- 帮助：{ledger.title} -->\n## {ledger.title}（{ledger.code}）\n"
        yield f"{ledger.description}\n" if ledger.description else ""
        yield from table(
            ("栏目", "类型", "必填", "取值与限制", "去向", "说明"), (field_row(f, ledger) for f in ledger.fields)
        )
        if ledger.rules:
            yield "核对规则：\n"
            yield from (f"- {'错误' if r.severity == 'error' else '提醒'}：{r.message}。" for r in ledger.rules)
            yield ""


def field_row(f: Field, ledger: Ledger) -> tuple[str, ...]:
    """Returns the line of one field in the data dictionary."""
    k = f.constraints
    limits = "、".join(map(str, k.enum)) or ("公式栏，自动计算" if f.calc else "")
    low = None if k.minimum is None else f"≥{k.minimum:g}"
    high = None if k.maximum is None else f"≤{k.maximum:g}"
    size = f"不超过{k.maxLength}字" if k.maxLength else None
    more = [
        x for x in (low, high, size, "不得重复" if k.unique else None, f"`{k.pattern}`" if k.pattern else None) if x
    ]
    needed = "是" if k.required else "有条件" if f.required_when else ""
    notes = [f.description, "不上报" if f.audience == UNIT and "不上报" not in f.description else ""]
    audience = AUDIENCES[f.audience if ledger.reported else UNIT]
    return (
        f.title,
        TYPES[f.type],
        needed,
        "；".join(filter(None, [limits, *more])),
        audience,
        "；".join(filter(None, notes)),
    )


def indicators(c: Catalog) -> Iterator[str]:
    """Yields the catalogue of indicators with their formulas."""
    yield f"# 指标目录（标准版本 {c.version}）\n"
    yield "“指标名”就是模板和文字材料里用的名字，如 `{{ 主题党日_支部 }}`、【主题党日_支部】。只有“已核”的行计入。\n"
    rows = []
    for i in c.indicators.values():
        rows.append(
            (
                i.id,
                f"`{i.name}`",
                i.title,
                formula(c, i),
                i.scope,
                i.numerator.collect,
                i.classifier,
                AUDIENCES[i.audience],
            )
        )
    yield from table(("编号", "指标名", "含义", "口径", "层级", "汇总方式", "单位", "去向"), rows)
    yield "## 名单\n"
    yield "写法与指标名相同，印出的是名称：`{{ 出台制度 }}` → 《甲制度》《乙制度》等5项制度。同样只有“已核”的行计入。\n"
    lists = ((r.id, f"`{r.name}`", r.title, roll_formula(c, r), r.scope, r.collect, r.most) for r in c.rolls.values())
    yield from table(("编号", "名单", "含义", "口径", "层级", "汇总方式", "最多列出"), lists)


def sayings(c: Catalog) -> Iterator[str]:
    """Yields what each ledger can say, by topic."""
    yield f"# 台账的话（标准版本 {c.version}）\n"
    yield (
        "成文时各台账能说的话：花括号处印出数或名单，没有的连同所在分句略去；一句里什么都没有的，整句不写。"
        "同一句有几种说法，按单位和年度选定。\n"
    )
    for ledger in c.ledgers.values():
        if ledger.says:
            yield f"## {ledger.title}\n"
            yield from table(("题", "说法"), ((s.topic, "<br>".join(s.wordings)) for s in ledger.says))
    yield "## 各类单位自己的称呼\n"
    yield "成文时，说法、标题中的这些词按单位类型改说；没有列出的类型照原样说。\n"
    own = (
        (kind, "、".join(f"{re.sub(LATER, '', p)}→{w}" for p, w in of.items())) for kind, of in c.speech.calls.items()
    )
    yield from table(("单位类型", "改说"), own)


def obligations(c: Catalog) -> Iterator[str]:
    """Yields the list of obligations."""
    yield f"# 应办事项（标准版本 {c.version}）\n"
    yield "检查时按期核对，不足的给出提醒。依据为二手整理件，使用前请与现行文件核对；可在标准文件中修改。\n"
    every = {"month": "每月", "quarter": "每季度", "half": "每半年", "year": "每年"}
    rows = ((o.id, o.title, f"{every[o.every]}{o.times}次", o.requirement, o.source) for o in c.obligations)
    yield from table(("编号", "事项", "频次", "要求", "依据"), rows)


def findings(_: Catalog) -> Iterator[str]:
    """Yields the table of finding codes."""
    yield "# 问题代码\n"
    yield "花括号处在实际提示中换成具体内容。R 开头的是各台账的核对规则，见数据字典。\n"
    level = {"error": "错误", "warning": "提醒"}
    yield from table(("代码", "级别", "含义", "处理"), ((k, level[s], m, r) for k, (s, m, r) in CODES.items()))


def document_rules(_: Catalog) -> Iterator[str]:
    """Yields the rules of `dangjian lint`."""
    yield "# 公文检查规则\n"
    yield "`dangjian lint` 按这些规则检查公文；花括号处在实际提示中换成具体内容。\n"
    yield "依据的层级决定提示的用语和最高级别：“实务通常”“依据待核”和来源只说“一般”“通常”“推荐”“可以”的，一律只提醒。\n"
    yield '要改规则，在自己的标准文件夹里放一个 `lint.yaml`：同名的规则取代原规则，`severity: "off"` 停用。\n'
    level, rules = {"error": "错误", "warning": "提醒"}, rules_in_force()
    for title, some in (("文字", rules.rules), ("版面和字体（.docx）", rules.layout)):
        yield f"## {title}\n"
        rows = ((r.code, f"`{r.name}`", level[r.severity], r.says, r.ground, r.message, r.remedy) for r in some)
        yield from table(("代码", "名称", "级别", "依据的层级", "依据", "问题", "处理"), rows)


def commands(_: Catalog) -> Iterator[str]:
    """Yields the help of every command."""
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
    "台账的话.md": sayings,
    "应办事项.md": obligations,
    "问题代码.md": findings,
    "公文检查规则.md": document_rules,
    "命令.md": commands,
}


def main(check: bool) -> int:
    """Writes the pages that changed; with `check` only lists them. Returns the exit code."""
    catalog = load_catalog()
    pages = {name: NOTE + "\n".join(page(catalog)).rstrip() + "\n" for name, page in PAGES.items()}
    stale = [name for name, text in pages.items() if _changed(OUT / name, text, check)]
    html = dict(built(OUT))
    gone = {f"html/{p.name}" for p in (OUT / "html").glob("*")} - {f"html/{name}" for name in html}
    for name in () if check else gone:
        (OUT / name).unlink()
    stale += [f"html/{name}" for name, text in html.items() if _changed(OUT / "html" / name, text, check)] + sorted(
        gone
    )
    if stale:
        print(f"{'out of date' if check else 'written'}: {', '.join(stale)}")
    return 1 if check and stale else 0


def _changed(path: Path, text: str, check: bool) -> bool:
    """Whether a file is not as it should be; writes it unless `check`."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    if not check:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return True


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
