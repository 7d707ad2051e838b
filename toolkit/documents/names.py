"""Lists what the template of a document can print, for the author of the template; checks templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..findings import Remark, Spot, remark
from ..machine.guard import guarding
from ..model import Catalog, Document
from ..submissions.source import open_source
from ..word.edited.bare import bare_figures
from ..word.edited.paragraphs import open_document
from ..word.filling.sandbox import check_template
from ..word.filling.session import NUMBERS
from ..word.filling.template import names_by_docxtpl
from ..word.tags.problems import problem, shown
from ..word.tags.rows import FILTERS
from ..word.tags.shapes import ANY, FORMS, Shape
from ..word.unroll import unroll
from .chapters import composer_of
from .charting.declared import chart_names
from .context import names_of, said, sample
from .templates import document as find_document
from .templates import documents, template_of, unsupported

_FACTS = {
    "题目": "文种的标题",
    "单位全称": "封面所填",
    "单位简称": "封面所填",
    "年度": "填报年度",
    "时期": "填报期，如2026年、2026年上半年",
    "报告期": "题目里的填报期，如2026年度、2026年上半年",
    "比上年": "成文时给出上年工作簿的，与上年比较的一句；没有给出的为空",
    "述职人": "封面所填，未填为单位全称",
    "上年": "年度减一",
    "下年": "年度加一",
    "要点年度": "“工作要点”表的任务是哪一年的，看时限",
    "要点范围": "要点管到哪里：工委是市直机关，其他是单位简称",
    "学习品牌": "封面所填",
    "成文日期": "封面的填报日期，未填为当天",
    "应报": "应报单位数",
    "实报": "实报单位数",
    "缺报说明": "应报、实报家数和缺报单位",
    "系统称谓": "市直机关，或这类单位自己的称呼（如学校）",
    "机关称谓": "机关，或这类单位自己的称呼（如学校）",
    "党组称谓": "党组，或这类单位自己的称呼（如党委）",
}
_NUMBERS = {
    "一级": "一、二、三、……",
    "二级": "（一）（二）……",
    "三级": "1. 2. ……",
    "四级": "（1）（2）……",
    "其一": "一是、二是……，只有一项时不印",
    "条": "1. 2. ……，全篇连续",
}


def listing(catalog: Catalog, d: Document) -> str:
    """Returns all names as text, in groups, each with what it prints."""
    known = names_of(catalog, d)
    forms = "，".join(f".{form} {meaning}" for form, meaning in FORMS.items())
    lines = [f"“{d.title}”的模板可以使用以下名称，写法如 {{{{ 单位简称 }}}}。", "", "【基本情况】"]
    lines += [f"  {name}　{_FACTS.get(name, '')}" for name in _of_kind(known, "text", "number", "date")]
    lines += ["", f"【数】　直接写名称印数和量词，为零时删去所在分句；{forms}"]
    by_ledger: dict[str, list[str]] = {}
    for i in catalog.indicators.values():
        said = f"  {i.name}　{i.title}（{i.classifier}，{i.scope}，{i.id}）"
        by_ledger.setdefault(catalog.ledgers[i.numerator.ledger].title, []).append(said)
    for ledger, found in by_ledger.items():
        lines += [f" {ledger}", *found]
    lines += ["", "【名单】　直接写名称印出名称，没有时删去所在分句"]
    lines += [f"  {r.name}　{r.title}（{catalog.ledgers[r.ledger].title}，{r.id}）" for r in catalog.rolls.values()]
    lines += ["", "【台账各行】　用 {%p for 行 in 台账.荣誉品牌 %}{{ 行.名称 }}{%p endfor %} 逐行印出，只有计入的行"]
    lines += [
        f"  台账.{name}　每行有：{'、'.join(shape.item.keys)}"
        for name, shape in known["台账"].keys.items()
        if shape.item
    ]
    lines += [
        f'  可接 {"、".join(FILTERS)}，如 |筛选(类型="单位荣誉")|排序("级别")|前(3)、|列举("名称", "引号", 3, "项")'
    ]
    if d.headings:
        lines += [
            "",
            "【章】　台账能说的话，用 {%p for 段 in 章.名称 %}{{ 段.标题 }}。{{ 段.正文 }}{%p endfor %} 逐段印出",
        ]
        lines += [f"  章.{h.id}　{'、'.join(t for g in h.topics for t in g)}" for h in d.headings if h.topics]
    lines += ["", "【文字】　一个段落可有几段，用 {%p for 段 in 文字.名称 %}{{ 段 }}{%p endfor %} 逐段印出"]
    lines += [f"  文字.{p.id}　{p.description}{'（必填）' if p.required else ''}" for p in d.passages]
    if d.headings:
        lines += ["", "【标题】", *(f"  标题.{h.id}　{h.title}" for h in d.headings)]
    lines += ["", "【工作要点】　用 {%p for 部分 in 要点 %} 或 {%tr for 行 in 任务表 %} 逐项印出"]
    for name in ("要点", "任务表"):
        lines += _parts(name, known[name], 1)
    lines += ["", "【图】　{{ 图.名称 }} 印出可在 Word 里编辑的图：" + "、".join(chart_names())]
    lines += ["", "【图片】　{{ 图.名称 }} 印出模板旁边“图片”文件夹里的 名称.png 或 名称.jpg"]
    lines += ["", "【编号】　成文后自动接续", *(f"  {name}　{_NUMBERS.get(name, '')}" for name in NUMBERS)]
    return "\n".join(lines)


def listing_json(catalog: Catalog, d: Document) -> dict[str, Any]:
    """Returns the names as a JSON value."""
    return {
        "document": d.name,
        "title": d.title,
        "figures": [
            {"name": i.name, "id": i.id, "title": i.title, "unit": i.classifier, "scope": i.scope, "forms": list(FORMS)}
            for i in catalog.indicators.values()
        ],
        "lists": [{"name": r.name, "id": r.id, "title": r.title, "unit": r.classifier} for r in catalog.rolls.values()],
        "rows": {
            name: list(shape.item.keys) for name, shape in names_of(catalog, d)["台账"].keys.items() if shape.item
        },
        "facts": _of_kind(names_of(catalog, d), "text", "number", "date"),
        "passages": [p.id for p in d.passages],
        "headings": [h.id for h in d.headings],
        "numbers": list(NUMBERS),
    }


def _of_kind(known: Mapping[str, Shape], *kinds: str) -> list[str]:
    return [name for name, shape in known.items() if shape.kind in kinds]


def _parts(name: str, shape: Shape, depth: int) -> Iterator[str]:
    """Yields lines for a list and for the keys of its items."""
    item = shape.item or shape
    yield f"{'  ' * depth}{name}　每项有：{'、'.join(item.keys)}" if item.keys else f"{'  ' * depth}{name}"
    for key, inner in item.keys.items():
        if inner.kind == "list":
            yield from _parts(key, inner, depth + 1)


def write_template(catalog: Catalog, document: str, out: Path, source: Path | None = None) -> None:
    """Writes a template of one's own for a document: all that ledgers can say stands in it as text with {{ }} names.

    With `source`, the wordings, time words and verbs are those that the document would have for it, so that the
    template fills to the same document. Raises CannotRun for an unknown document or an unsuitable source, or if `out`
    may not be written.
    """
    d = find_document(catalog, document)
    template = template_of(d)
    s = open_source(catalog, source) if source else sample(catalog)
    composer = composer_of(catalog, d, s, said(d, s, template))
    composer.complete = True
    chapters = {h.id: [{"标题": p.title, "正文": p.text} for p in composer.paragraphs(h)] for h in d.headings}
    with guarding([template, *([source] if source else [])]):
        unroll(template, out, chapters)
        names_by_docxtpl(out)  # who fills with docxtpl can use it too


def check_own(catalog: Catalog, path: Path, document: str | None) -> list[Remark]:
    """Returns the mistakes of a template.

    Its names must be those of `document`, or, without it, of the document with the name of the file. If that
    document is not declared, any passage and heading is allowed. Raises CannotRun for an unknown document or
    a file that is not a plain .docx.
    """
    known = documents(catalog)
    d = find_document(catalog, document) if document else catalog.documents.get(path.stem) or known.get(path.stem)
    names = names_of(catalog, d or Document(path.stem, path.stem, path.stem, path.name))
    if d is None or d.name not in catalog.documents:
        names |= {"文字": ANY, "标题": ANY, "章": ANY}
    bare = bare_figures(open_document(path, hidden=True))
    claims = [
        problem("M20", Spot(p.number, shown(p.text), p.part), what=sentence)
        for p, sentence in unsupported(path, catalog.speech)
    ]
    return [*check_template(path, names), *claims, *(remark("V20", spot, text=text) for spot, text in bare)]
