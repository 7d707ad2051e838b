"""Reads Word packages as bytes within size limits, and writes them reproducibly."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Container, Mapping
from pathlib import Path
from typing import cast

from lxml import etree

from ..errors import CannotRun
from ..machine.archive import Member, pack
from ..machine.atomic import write_whole
from ..machine.guard import DOCX

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
NS = {"w": W, "r": R}

MAX_FILE, MAX_UNPACKED, MAX_ENTRIES = 10_000_000, 60_000_000, 500
MAIN = "word/document.xml"
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_READ_AS_XML = (".xml", ".rels", ".vml")  # endings of the parts that Word reads as XML
_EBCDIC = b"\x4c\x6f\xa7\x94"  # <?xm in an encoding that no search of bytes sees through
CORE = "docProps/core.xml"
_CORE_XML = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    b' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator></dc:creator>'
    b"<cp:lastModifiedBy></cp:lastModifiedBy>"
    b'<dcterms:created xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:created>'
    b'<dcterms:modified xsi:type="dcterms:W3CDTF">2000-01-01T00:00:00Z</dcterms:modified>'
    b"</cp:coreProperties>"
)
_APP_XML = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties '
    b'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
_NAMELESS = {CORE: _CORE_XML, "docProps/app.xml": _APP_XML}  # without author, company and times


def q(name: str) -> str:
    """Returns a name such as `w:p` in the {namespace}local form of lxml."""
    prefix, _, local = name.partition(":")
    return f"{{{NS[prefix]}}}{local}"


def make(name: str, /, *children: etree._Element | str, **attributes: object) -> etree._Element:
    """Builds one w: element, e.g. `make("w:ind", firstLine=640)`; a string child becomes its text."""
    element = etree.Element(q(name), nsmap=NS)  # fixed prefixes, even if other code registers different ones
    for key, value in attributes.items():
        element.set(q(f"w:{key}"), writable(str(value)))
    for child in children:
        if isinstance(child, str):
            element.text = writable(child)
            if child != child.strip():
                element.set(XML_SPACE, "preserve")
        else:
            element.append(child)
    return element


def writable(text: str) -> str:
    """Returns text without the characters that XML cannot hold; line feeds and tabs become blanks."""
    return _CONTROL.sub(lambda m: " " if m[0].isspace() else "", text)


def parse(data: bytes, name: str, plain: bool = False) -> etree._Element:
    """Parses the XML of one part; `plain` leaves out comments and processing instructions.

    Raises CannotRun for malformed XML, any DTD, or names of another edition of the format.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=plain, remove_pis=plain)
    try:
        refuse_dtd(data, name)
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise CannotRun(f"文件内部（{name}）已损坏：{e}。请用 Word 打开修复后另存。") from e
    if root.getroottree().docinfo.doctype:
        raise _with_dtd(name)
    if plain and root.nsmap.get("w") != W:
        raise CannotRun(
            f"文件内部（{name}）不是通用的 .docx 写法。请用 Word 另存为“Word 文档(*.docx)”，不要选“Strict”。"
        )
    return root


def refuse_dtd(data: bytes, name: str) -> None:
    """Raises CannotRun if the XML of a part holds a DTD, in whatever encoding."""
    text = data.replace(b"\0", b"") if b"\0" in data else data
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or data.startswith(_EBCDIC):
        raise _with_dtd(name)


def _with_dtd(name: str) -> CannotRun:
    return CannotRun(f"文件内部（{name}）含有不允许的内容，拒绝打开。请用 Word 另存一份再试。")


def dump(root: etree._Element) -> bytes:
    """Serialises a part as UTF-8 with an XML declaration."""
    return cast(bytes, etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def story_parts(parts: Mapping[str, bytes]) -> list[str]:
    """Returns the names of the parts with text: the body first, then headers, footers and notes."""
    kinds = ("header", "footer", "footnotes", "endnotes")
    others = (n for n in parts if n.startswith("word/") and n.endswith(".xml") and n[5:].startswith(kinds))
    return [MAIN, *sorted(n for n in others if "/" not in n[5:])]


def read_package(path: Path, what: str = "模板") -> dict[str, bytes]:
    """Returns the parts of a .docx by name.

    Raises CannotRun if the file is missing, not a .docx, too big, damaged, encrypted or has macros.
    The message calls the file `what`.
    """
    where = f"{what}“{path.name}”"
    if path.suffix.lower() != ".docx":
        raise CannotRun(f"{where}不是 .docx 文件。请在 Word 中另存为“Word 文档(*.docx)”。")
    if not path.is_file():
        raise CannotRun(f"找不到{where}。请核对文件位置。")
    if path.stat().st_size > MAX_FILE:
        raise CannotRun(f"{where}超过 {MAX_FILE // 1_000_000} MB。请删去其中的图片后再试。")
    try:
        with zipfile.ZipFile(path) as z:
            parts = _unpack(z, where)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as e:
        raise CannotRun(f"{where}已损坏或加了密码，无法打开。请用 Word 打开后另存一份。") from e
    if MAIN not in parts or "[Content_Types].xml" not in parts:
        raise CannotRun(f"{where}不是 Word 文档。请换用正确的文件。")
    if any("vbaproject" in n.lower() for n in parts) or b"macroEnabled" in parts["[Content_Types].xml"]:
        raise CannotRun(f"{where}含有宏，拒绝使用。请另存为不含宏的 .docx。")
    return parts


def _unpack(z: zipfile.ZipFile, where: str) -> dict[str, bytes]:
    entries = [i for i in z.infolist() if not i.is_dir()]
    names = {i.filename for i in entries}
    if len(entries) > MAX_ENTRIES or len(names) < len(entries):
        raise CannotRun(f"{where}的内部结构不正常，拒绝打开。请用 Word 另存一份。")
    if sum(i.file_size for i in entries) > MAX_UNPACKED:
        raise CannotRun(f"{where}解压后过大，拒绝打开。请删去其中的图片后再试。")
    parts = {i.filename: z.read(i) for i in entries}
    for name, data in parts.items():
        if name.lower().endswith(_READ_AS_XML):
            refuse_dtd(data, name)  # also in parts that are only copied
    return parts


def write_package(parts: Mapping[str, bytes], out: Path) -> None:
    """Writes a .docx to a temporary file beside `out` and renames it into place.

    Author, company and times are removed, so equal parts give equal bytes.
    """
    Package(parts, ()).write({}, out)


class Package:
    """Parts of a document, compressed once; `write` compresses only the parts that differ per document."""

    def __init__(self, parts: Mapping[str, bytes], changing: Container[str]) -> None:
        """`changing`: names of the parts that every `write` supplies."""
        self.parts = {**parts, **{name: xml for name, xml in _NAMELESS.items() if name in parts}}
        first = "[Content_Types].xml"
        self._changing = changing
        order = (first, *sorted(n for n in self.parts if n != first))
        self._kept = [Member.of(name, self.parts[name]) for name in order if name not in changing]

    def write(self, changed: Mapping[str, bytes], out: Path) -> None:
        """Writes the document to a temporary file beside `out` and renames it into place.

        If `changed` replaces a part that is not in `changing`, all parts are compressed again.
        """
        kept = self._kept
        if any(name in self.parts and name not in self._changing for name in changed):
            kept = Package({**self.parts, **changed}, changed)._kept
        write_whole(out, pack([*kept, *(Member.of(name, changed[name], level=1) for name in sorted(changed))]), DOCX)


def find(element: etree._Element, path: str) -> list[etree._Element]:
    """Evaluates an XPath in which the prefixes w: and r: are known."""
    return cast("list[etree._Element]", element.xpath(path, namespaces=NS))
