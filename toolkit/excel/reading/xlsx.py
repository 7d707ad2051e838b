"""Reads the package of an .xlsx or .xlsm: which sheets there are, their texts and styles, and each sheet.

Every part is parsed by expat. A sheet that is written as usual is then read by patterns, which is faster; all others
are read tag by tag (docs/decisions/0012).
"""

from __future__ import annotations

from dataclasses import dataclass
from zipfile import ZipFile

from .formats import Kind, kind_of
from .ordinary import Ways, read_ordinary
from .package import Attributes, Refused, main_part, part, relations, walk
from .scan import Scan
from .sheet import read_sheet
from .texts import on, shared_texts, whole
from .values import Values

MAX_SHEETS = 300


@dataclass(frozen=True)
class Styles:
    """The cell styles: what their numbers mean, and whether the font is struck out."""

    kinds: tuple[Kind, ...] = ()
    struck: tuple[bool, ...] = ()


def scan_xlsx(archive: ZipFile) -> Scan:
    """Reads the worksheets of a package with all their cells. Raises Refused."""
    book = main_part(archive)
    targets = relations(archive, book)
    scan, ids, concealed = Scan(), dict[str, str](), set[str]()

    def start(tag: str, a: Attributes) -> None:
        if tag == "workbookPr":
            scan.date1904 = a.get("date1904") in ("1", "true")
        elif tag == "sheet":
            name = a.get("name", "")
            if any(name.casefold() == n.casefold() for n in ids):
                raise Refused("F01", f"文件已损坏（两张工作表都叫“{name}”）")
            ids[name] = a.get("r:id", "")
            if a.get("state", "visible") != "visible":
                concealed.add(name)
            if len(ids) > MAX_SHEETS:
                raise Refused("F02", f"工作表超过{MAX_SHEETS}张")

    walk(part(archive, book), start)
    parts = dict(targets.values())
    texts, out = shared_texts(part(archive, parts["sharedStrings"]) if "sharedStrings" in parts else b"")
    styles = _styles(part(archive, parts["styles"])) if "styles" in parts else Styles()
    values = Values(texts, styles.kinds, scan.date1904)
    ways = Ways(values, styles.struck, out)
    longest = max((len(t) for t in texts if t), default=0)
    used: set[str] = set()
    for name, id_ in ids.items():
        kind, target = targets.get(id_, ("", ""))
        if not kind:
            raise Refused("F01", f"文件已损坏（“{name}”没有内容）")
        if target in used:
            raise Refused("F01", "文件已损坏（两张工作表共用一份内容）")
        used.add(target)
        if kind == "worksheet":
            xml = part(archive, target)
            try:
                found = read_ordinary(xml, ways) or read_sheet(xml, values, styles.struck, out)
            except Refused as e:
                raise Refused(e.code, e.reason, e.sheet or name, e.cell) from None
            found.refuse_far(name)
            found.concealed = name in concealed
            scan.sheets[name] = found
            scan.most_text = (scan.most_text or 0) + longest * (found.filled or 0) + len(xml)
    return scan


def _styles(xml: bytes) -> Styles:
    own: dict[int, str] = {}
    formats: list[int] = []
    fonts: list[int] = []
    struck: list[bool] = []
    inside: list[str] = []

    def start(tag: str, a: Attributes) -> None:
        above = inside[-1] if inside else ""
        if tag == "numFmt" and above == "numFmts":
            own[whole(a.get("numFmtId"))] = a.get("formatCode", "")
        elif tag == "font" and above == "fonts":
            struck.append(False)
        elif tag == "strike" and above == "font" and "fonts" in inside:
            struck[-1] = on(a)
        elif tag == "xf" and above == "cellXfs":
            formats.append(whole(a.get("numFmtId")))
            fonts.append(whole(a.get("fontId")))
        inside.append(tag)

    def end(tag: str) -> None:
        inside.pop()

    walk(xml, start, end)
    kinds = tuple(kind_of(n, own.get(n)) for n in formats)
    return Styles(kinds, tuple(f < len(struck) and struck[f] for f in fonts))
