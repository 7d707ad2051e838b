"""Opens the zip package of a workbook and parses its XML parts, under limits (OPC, ECMA-376 part 2)."""

from __future__ import annotations

import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from urllib.parse import unquote
from xml.parsers import expat

MAX_FILE = 50 << 20  # bytes on disk
MAX_UNPACKED = 400 << 20  # bytes of all parts of one file
MAX_PARTS = 5000

# Exceptions that zipfile and the decompressors raise for damaged archives.
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ValueError,
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
)
_PACKAGE = tuple(
    f"http://schemas.openxmlformats.org/package/2006/{name}" for name in ("relationships", "content-types")
)
# Namespaces whose names are used without a prefix: SpreadsheetML, transitional and strict, and the package's own.
MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_RELATION_ATTRIBUTES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
OOXML = {**dict.fromkeys(MAIN, ""), **dict.fromkeys(_RELATION_ATTRIBUTES, "r:"), **dict.fromkeys(_PACKAGE, "")}

Attributes = Mapping[str, str]


class Refused(Exception):
    """The file must not be read: code and reason of the Finding, and `sheet` and `cell` if known."""

    def __init__(self, code: str, reason: str = "", sheet: str = "", cell: tuple[int, int] = (0, 0)) -> None:
        super().__init__(code, reason)
        self.code, self.reason, self.sheet, self.cell = code, reason, sheet, cell


def open_zip(data: bytes) -> zipfile.ZipFile:
    """Opens the zip archive. Raises Refused if it is damaged, encrypted, too large, or has duplicate part names."""
    if (entries := data.count(b"PK\1\2")) > 2 * MAX_PARTS:  # listing them all would take long
        raise Refused("F02", f"有{entries}个部件")
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except ZIP_ERRORS:
        raise Refused("F01", "文件已损坏") from None
    parts = archive.infolist()
    if len({p.filename.casefold() for p in parts}) < len(parts):
        raise Refused("F01", "文件已损坏（部件重名）")
    if any(p.flag_bits & 1 for p in parts):
        raise Refused("F07")
    unpacked = sum(p.file_size for p in parts)
    if unpacked > MAX_UNPACKED or len(parts) > MAX_PARTS:
        raise Refused("F02", f"解开后有{unpacked >> 20}MB、{len(parts)}个部件")
    return archive


def part(archive: zipfile.ZipFile, name: str) -> bytes:
    """Returns one part, by its name in any case; reading verifies its declared size and checksum. Raises Refused."""
    try:
        return archive.read(name)
    except KeyError:
        same = next((n for n in archive.namelist() if n.casefold() == name.casefold()), None)
        if same is None:
            raise Refused("F01", f"缺少部件 {name}") from None
        return part(archive, same)
    except ZIP_ERRORS:
        raise Refused("F01", "文件已损坏") from None


def parse(parser: expat.XMLParserType, data: bytes, last: bool = True) -> None:
    """Runs a parser over a part, or over all but its last piece. Raises Refused for bad XML and for any DTD."""

    def doctype(*_: object) -> None:
        raise Refused("F01", "含有不允许的 DTD 声明")

    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, last)
    except (expat.ExpatError, ValueError, LookupError):  # the latter two: an encoding that expat does not know
        raise Refused("F01", "文件已损坏（XML 有错）") from None


class _Short(dict[str, str]):
    """Names in a known namespace with its prefix, all others behind a question mark."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        super().__init__()
        self._prefixes = prefixes

    def __missing__(self, name: str) -> str:
        space, _, local = name.rpartition("}")
        self[name] = short = f"{self._prefixes.get(space, '?') if space else ''}{local}"
        return short


def walk(
    data: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    prefixes: Mapping[str, str] = OOXML,
) -> None:
    """Parses XML and calls the handlers. A name bears the prefix that `prefixes` gives its namespace.

    Names of other namespaces begin with a question mark. Raises Refused.
    """
    short = _Short(prefixes)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(
        short[name], {short[k]: v for k, v in attributes.items()}
    )
    if end:
        parser.EndElementHandler = lambda name: end(short[name])
    if text:
        parser.CharacterDataHandler = text
    parse(parser, data)


def relations(archive: zipfile.ZipFile, name: str) -> dict[str, tuple[str, str]]:
    """Returns relationship id -> (last word of its type, part name) for the internal relationships of part `name`.

    "" is the package itself. A part without relationships gives {}.
    """
    folder, base = posixpath.split(name)
    names = {n.casefold() for n in archive.namelist()}
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, a: Attributes) -> None:
        if tag == "Relationship" and "Id" in a and "Target" in a and a.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/" + folder, a["Target"])).lstrip("/")
            if target.casefold() not in names:  # a Target is a URI: %20 is a space in the name of the part
                target = unquote(target)
            found[a["Id"]] = a.get("Type", "").rpartition("/")[2], target

    path = posixpath.join(folder, "_rels", f"{base}.rels")
    if path.casefold() in names:
        walk(part(archive, path), start)
    return found


def main_part(archive: zipfile.ZipFile) -> str:
    """Returns the name of the main part, wherever the package says it is; "" if it is no OOXML package."""
    return next((target for kind, target in relations(archive, "").values() if kind == "officeDocument"), "")
