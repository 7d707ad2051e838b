"""The JSON of a command as one table for the page: columns, and rows that know the file they speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from ..findings import LEVELS

Json = Mapping[str, Any]
Row = dict[str, Any]  # cells; tone "error", "warning" or ""; path, sheet and cell where it opens


def table(command: str, answer: Json) -> dict[str, Any] | None:
    """Returns the table of a command's JSON, errors first, or None if the command has none. Raises KeyError."""
    known = TABLES.get(command)
    if known is None or "error" in answer:
        return None
    columns, rows = known
    return {"columns": columns, "rows": sorted(rows(answer), key=lambda r: r["tone"] != "error")}


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
        said = f"“{c['field']}”按读取写成：{c['old']} → {c['new']}"
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
        yield _row([x["id"], x["received"], x["name"], x["year"], x["file"], x["state"], then, changes], tone)


FOUND = ["级别", "文件", "位置", "问题", "处理", "代码"]
TABLES: Mapping[str, tuple[list[str], Callable[[Json], Iterator[Row]]]] = {
    "check": (FOUND, _checked),
    "approve": (FOUND, _approved),
    "lint": (FOUND, _remarks),
    "verify": (FOUND, _remarks),
    "aggregate": (["编号", "指标", "数", "单元格数"], _figures),
    "extract": (["段落", "数量", "句子", "指标"], _facts),
    "remind": (["单位", "到期", "情况", "事项", "处理"], _due),
    "history": (["号", "收到", "单位", "年度", "文件", "状态", "取代", "与上一份的差别"], _arrived),
}
