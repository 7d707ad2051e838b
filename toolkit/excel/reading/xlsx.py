"""Reads the package of an .xlsx or .xlsm: which sheets there are, their texts and styles, and each sheet.

Every part is parsed by expat. A sheet that is written as usual is left to python-calamine, which is faster; all others
are read here, cell by cell (docs/decisions/0012).
"""

from __future__ import annotations

from dataclasses import dataclass
from zipfile import ZipFile

from .formats import Kind, kind_of, sure_of
from .ordinary import scan_ordinary
from .package import Attributes, Refused, main_part, part, relations, walk
from .scan import MAX_CHARACTERS, Scan
from .sheet import read_sheet
from .texts import Texts, on, whole

MAX_SHEETS = 300
# Where python-calamine looks for the parts, whatever the relationships say.
_USUAL = {"": "xl/workbook.xml", "sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}


@dataclass(frozen=True)
class Styles:
    """The cell styles: what their numbers mean, and whether the font is struck out."""

    kinds: tuple[Kind, ...] = ()
    sure: tuple[Kind | None, ...] = ()  # the kinds that are beyond doubt
    struck: tuple[bool, ...] = ()


def scan_xlsx(archive: ZipFile, alone: bool = False) -> Scan:
    """Reads the worksheets of a package. A SheetScan without cells is left to python-calamine. Raises Refused.

    `alone`: nothing is left to it.
    """
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
    texts = Texts(part(archive, parts["sharedStrings"]) if "sharedStrings" in parts else b"")
    styles = _styles(part(archive, parts["styles"])) if "styles" in parts else Styles()
    usual = (
        not alone
        and not scan.date1904
        and texts.ordinary is not None
        and all(
            path.casefold() == _USUAL[kind].casefold() for kind, path in (("", book), *parts.items()) if kind in _USUAL
        )
    )
    used: set[str] = set()
    room = MAX_CHARACTERS  # python-calamine makes a text of its own for every cell
    for name, id_ in ids.items():
        kind, target = targets.get(id_, ("", ""))
        if not kind:
            raise Refused("F01", f"文件已损坏（“{name}”没有内容）")
        if target in used:
            raise Refused("F01", "文件已损坏（两张工作表共用一份内容）")
        used.add(target)
        if kind == "worksheet":
            xml = part(archive, target)
            found = scan_ordinary(xml, texts.ordinary or (), styles.sure) if usual else None
            if found and (room := room - found.bytes_of_texts) < 0:
                found = None
            try:
                found = found or read_sheet(xml, texts, styles.kinds, styles.struck, scan.date1904)
            except Refused as e:
                raise Refused(e.code, e.reason, e.sheet or name, e.cell) from None
            found.refuse_far(name)
            found.concealed = name in concealed
            scan.sheets[name] = found
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
    out = tuple(f < len(struck) and struck[f] for f in fonts)
    kinds = tuple(kind_of(n, own.get(n)) for n in formats)
    sure = tuple(
        kind if sure_of(n, own.get(n)) and not s else None for kind, n, s in zip(kinds, formats, out, strict=True)
    )
    return Styles(kinds, sure, out)
