"""The JSON of a command as one table for the page: columns, and rows that know the file they speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from ..findings import LEVELS

Json = Mapping[str, Any]
Row = dict[str, Any]  # cells; tone "error", "warning" or ""; path, sheet and cell where it opens


def table(action: str, answer: Json, source: str = "") -> dict[str, Any] | None:
    """Returns the table of a command's JSON, errors first, or None if the action has none. Raises KeyError.

    `source` is the workbook that was read last, for those whose JSON does not name it.
    """
    known = TABLES.get(action)
    if known is None or "error" in answer:
        return None
    columns, rows = known
    return {"columns": columns, "rows": sorted(rows({"source": source, **answer}), key=lambda r: r["tone"] != "error")}


def _row(cells: list[Any], tone: str = "", path: str = "", sheet: str = "", cell: str = "") -> Row:
    shown = ["" if c is None else c if isinstance(c, (int, float)) else str(c) for c in cells]
    return {"cells": shown, "tone": tone, "path": path, "sheet": sheet or "", "cell": cell or ""}


def _finding(f: Json, path: str) -> Row:
    place = f"{f['sheet']}!{f['cell']}" if f["sheet"] and f["cell"] else f["sheet"] or "全部"
    cells = [LEVELS[f["severity"]], PurePath(path).name, place, f["message"], f["remedy"], f["code"]]
    return _row(cells, f["severity"], path, f["sheet"], f["cell"])


def _remark(f: Json, path: str) -> Row:
    place = f"第{f['paragraph']}段" if f["paragraph"] else "全文"
    said = f"{f['message']}（{f['text']}）" if f["text"] else f["message"]
    return _row([LEVELS[f["severity"]], PurePath(path).name, place, said, f["remedy"], f["code"]], f["severity"], path)


def _checked(a: Json) -> Iterator[Row]:
    for file in a["files"]:
        for f in file["findings"]:
            yield _finding(f, file["path"])


def _approved(a: Json) -> Iterator[Row]:
    for f in a["findings"]:
        yield _finding(f, a["path"])
    for c in a["understood"]:
        said = f"“{c['field']}”按读取写成：{c['old'] or '空'} → {c['new']}"
        name = PurePath(a["output"]).name
        yield _row(
            ["改写", name, f"{c['sheet']}!{c['cell']}", said, "请核对", ""], "", a["output"], c["sheet"], c["cell"]
        )


def _remarks(a: Json) -> Iterator[Row]:
    for f in a["findings"]:
        yield _remark(f, a["path"])
    for c in a.get("changes") or ():
        said = f"{c['old']} → {c['new']}"
        yield _row(["已改", PurePath(a["path"]).name, c["where"], said, "请核对", c["code"]], "", a["path"])


def _figures(a: Json) -> Iterator[Row]:
    for f in a["figures"]:
        yield _row([f["id"], f["title"], f["phrase"], f["cells"]])


def _facts(a: Json) -> Iterator[Row]:
    for f in a["facts"]:
        yield _row([f["paragraph"], f["figure"], f["sentence"], f["indicator"]], "", a["path"])


def _refreshed(a: Json) -> Iterator[Row]:
    for said, found in (("未改", a["left"]), ("已改", a["changed"])):
        for c in found:
            cells = [said, f"第{c['paragraph']}段", c["title"], c["old"], c["new"], c["text"]]
            yield _row(cells, "warning" if said == "未改" else "", a["path"])


def _proposed(a: Json) -> Iterator[Row]:
    for f in a["findings"]:
        yield _row(["", f["text"], f["paragraph"], LEVELS[f["severity"]], "", f["message"]], f["severity"], a["path"])
    for p in a["proposals"]:
        yield _row([p["kind"], p["text"], p["places"], p["state"], p["name"], p["reason"]])


def _explained(a: Json) -> Iterator[Row]:
    for c in a["cells"]:
        sheet, _, cell = c["cell"].rpartition("!")
        origin = f"{c['origin']}第{c['origin_row']}行" if c["origin"] else ""
        yield _row([c["unit"], c["cell"], c["value"], c["date"], origin], "", a["source"], sheet, cell)


def _tasks(a: Json) -> Iterator[Row]:
    tones = {"红": "error", "黄": "warning"}
    for t in a["tasks"]:
        cells = [t["id"], t["measure"], t["target"], t["now"], t["light"], t["status"], t["deadline"], t["dept"]]
        yield _row(cells, tones.get(t["light"], ""), a["tasks_from"], t["sheet"], t["cell"])


def _due(a: Json) -> Iterator[Row]:
    for unit in a["units"]:
        for x in unit["items"]:
            left = f"过期{-x['days']}天" if x["days"] < 0 else f"还有{x['days']}天"
            tone = "error" if x["days"] < 0 else "warning"
            cells = [unit["name"], x["due"], left, x["message"], x["remedy"]]
            yield _row(cells, tone, unit["path"], x["sheet"], x["cell"])
    for f in a["findings"]:
        yield _row(["", "", LEVELS[f["severity"]], f["message"], f["remedy"]], f["severity"], f["path"])


def _arrived(a: Json) -> Iterator[Row]:
    for x in a["arrivals"]:
        then = f"已被第{x['replaced_by']}号取代" if x["replaced_by"] else ""
        changes = "；".join(map(str, x["changes"]))
        tone = "error" if x["errors"] else ""
        yield _row([x["id"], x["received"], x["name"], x["period"], x["file"], x["state"], then, changes], tone)


def _adopted(a: Json) -> Iterator[Row]:
    tones = {"待定": "error", "推断": "warning"}
    for x in a["lines"]:
        cells = [x["state"], x["sheet"], x["place"], x["title"], x["target"], x["reason"]]
        yield _row(cells, tones.get(x["state"], ""), a["mapping"])
    for file in a["files"]:
        for q in file["questions"]:
            yield _row(
                ["待核", q["sheet"], q["cell"], "", "", q["asks"]], "warning", file["path"], q["sheet"], q["cell"]
            )


def _named(a: Json) -> Iterator[Row]:
    for kind, found in (("数", a["figures"]), ("名单", a["lists"])):
        for x in found:
            yield _row([kind, x["name"], x["title"], x["unit"]])
    for ledger, keys in a["rows"].items():
        yield _row(["台账各行", f"台账.{ledger}", "每行有：" + "、".join(keys), ""])
    for kind, names in (
        ("基本情况", a["facts"]),
        ("文字", a["passages"]),
        ("标题", a["headings"]),
        ("编号", a["numbers"]),
    ):
        for name in names:
            yield _row([kind, name, "", ""])


def _examined(a: Json) -> Iterator[Row]:
    for x in a["checks"]:
        said, tone = ("能用", "") if x["works"] else ("必须处理", "error") if x["needed"] else ("可以不装", "warning")
        yield _row([said, x["what"], "" if x["works"] else x["remedy"]], tone)


FOUND = ["级别", "文件", "位置", "问题", "处理", "代码"]
TABLES: Mapping[str, tuple[list[str], Callable[[Json], Iterator[Row]]]] = {
    "check": (FOUND, _checked),
    "approve": (FOUND, _approved),
    "adopt": (["状态", "表", "位置", "原来的栏", "取作", "依据"], _adopted),
    "lint": (FOUND, _remarks),
    "template-check": (FOUND, _remarks),
    "template-names": (["类别", "名称", "意思", "量词"], _named),
    "doctor": (["情况", "检查", "处理"], _examined),
    "verify": (FOUND, _remarks),
    "aggregate": (["编号", "指标", "数", "单元格数"], _figures),
    "extract": (["段落", "数量", "句子", "指标"], _facts),
    "refresh": (["情况", "位置", "指标", "原来", "现在", "原文"], _refreshed),
    "template": (["类别", "原文", "处数", "状态", "名称", "依据"], _proposed),
    "explain": (["单位", "位置", "值", "日期", "来源"], _explained),
    "plan": (["编号", "措施", "目标", "现有", "灯", "情况", "时限", "责任部门"], _tasks),
    "remind": (["单位", "到期", "情况", "事项", "处理"], _due),
    "history": (["号", "收到", "单位", "填报期", "文件", "状态", "取代", "与上一份的差别"], _arrived),
}
