"""What can go wrong in a workbook file: damage to the archive, and changes to the XML of one part.

Each mutation takes a seeded random source and what it changes, and returns the changed bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random

from toolkit.machine.archive import Member, members, pack

_CELL = re.compile(rb"<c (?:[^<>]*[^<>/])?>.*?</c>", re.DOTALL)
_ROW = re.compile(rb"<row [^<>]*[^<>/]>.*?</row>", re.DOTALL)
_VALUE = re.compile(rb"(<v>)([^<]*)(</v>)")
_PIECE = re.compile(rb'<|>|/|"|=|\s|[^<>/"=\s]+')
_OTHERS = [b" ", b"'", b"<v>", b"</v>", b"<!-- -->", b"&#49;", b"-1", b"1e3", b"NaN", b't="s"', b't="b"', b"<f/>"]

Mutation = Callable[[Random, bytes], bytes]


def _one(pattern: re.Pattern[bytes], change: Mutation) -> Mutation:
    """A mutation of one of the places that a pattern matches."""

    def mutated(chance: Random, xml: bytes) -> bytes:
        found = list(pattern.finditer(xml))
        if not found:
            return pieces(chance, xml)
        at = chance.choice(found)
        return xml[: at.start()] + change(chance, at[0]) + xml[at.end() :]

    return mutated


def _instead(attribute: bytes, *values: bytes) -> Mutation:
    """Gives one cell another attribute, or takes it away."""
    pattern = re.compile(rb" %s=(\"[^\"]*\")" % attribute)

    def mutated(chance: Random, cell: bytes) -> bytes:
        value = chance.choice(values) or b"%d" % chance.randrange(2000)
        bare = pattern.sub(b"", cell, count=1)
        return bare if value == b"-" else bare.replace(b"<c", b'<c %s="%s"' % (attribute, value), 1)

    return mutated


def _value(*values: bytes) -> Mutation:
    def mutated(chance: Random, cell: bytes) -> bytes:
        value = chance.choice(values) or b"%d" % chance.randrange(3000)
        return _VALUE.sub(lambda m: m[1] + value.replace(b"\\0", m[2]) + m[3], cell, count=1)

    return mutated


def pieces(chance: Random, xml: bytes) -> bytes:
    """Leaves out, doubles, moves or replaces one or two pieces of XML."""
    made = _PIECE.findall(xml) or [b""]
    for _ in range(chance.choice((1, 1, 2))):
        at, to = chance.randrange(len(made)), chance.randrange(len(made))
        way = chance.randrange(4)
        if way == 0 and len(made) > 1:
            del made[at]
        elif way == 1:
            made.insert(to, made[at])
        elif way == 2:
            made[at], made[to] = made[to], made[at]
        else:
            made[at] = chance.choice(_OTHERS)
    return b"".join(made)


def _flipped(chance: Random, data: bytes) -> bytes:
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20))):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def _cut(chance: Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def _gap(chance: Random, data: bytes) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randrange(1, 200) :]


def _doubled(chance: Random, data: bytes) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at : at + chance.randrange(1, 200)] + data[at:]


def _doctype(chance: Random, xml: bytes) -> bytes:
    dtd = b'<!DOCTYPE x [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    with_dtd = re.sub(rb"(<\?xml[^>]*\?>)?", lambda m: m[0] + dtd, xml, count=1)
    return _VALUE.sub(rb"\1&b;\3", with_dtd, count=1)


def _encoded(chance: Random, xml: bytes) -> bytes:
    text = re.sub(r"^<\?xml[^>]*\?>", "", xml.decode())
    kind = chance.choice(("utf-16", "gbk", "latin-1", "utf-8-sig", "ascii", "utf-16-le"))
    said = chance.choice((kind, "UTF-8", "GBK", "UTF-16", "ISO-8859-1", "x-none"))
    return f'<?xml version="1.0" encoding="{said}"?>{text}'.encode(kind, "replace")


def _prefixed(chance: Random, xml: bytes) -> bytes:
    """All elements under a prefix, which other programs write."""
    made = re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", xml).replace(b"<?x:xml", b"<?xml")
    return made.replace(b" xmlns=", b" xmlns:x=", 1)


def _twice(chance: Random, piece: bytes) -> bytes:
    return piece + piece


def _twice_otherwise(chance: Random, piece: bytes) -> bytes:
    return piece + re.sub(rb"<v>[^<]*</v>", b"<v>%d</v>" % chance.randrange(20000), piece)


def _gone(chance: Random, piece: bytes) -> bytes:
    return b""


def _dressed(chance: Random, cell: bytes) -> bytes:
    """The same cell, written otherwise."""
    ways: list[Callable[[bytes], bytes]] = [
        lambda c: c.replace(b"</c>", b"</c >"),
        lambda c: c.replace(b'"', b"'"),
        lambda c: _VALUE.sub(rb"\1<!-- 9 -->\2\3", c),
        lambda c: _VALUE.sub(rb"\1<![CDATA[\2]]>\3", c),
        lambda c: _VALUE.sub(rb"\1<?p 9?>\2\3", c),
        lambda c: _VALUE.sub(lambda m: m[1] + b"".join(b"&#%d;" % n for n in m[2]) + m[3], c),
        lambda c: _VALUE.sub(rb"<f>1+1</f>\1\2\3", c),
        lambda c: _VALUE.sub(rb"<f>A1</f>", c),
        lambda c: _VALUE.sub(rb"\1\2\3<v>9</v>", c),
        lambda c: _VALUE.sub(rb'<is><r><t>9</t></r><rPh sb="0" eb="1"><t>9</t></rPh></is>\1\2\3', c),
        lambda c: c.replace(b"<v>", b"<x><v>").replace(b"</v>", b"</v></x>"),
        lambda c: c.replace(b"<v>", b'<v xmlns="urn:other">'),
    ]
    return chance.choice(ways)(cell)


def _merged(chance: Random, xml: bytes) -> bytes:
    top, left = chance.randrange(1, 12), chance.randrange(0, 8)
    area = b"%c%d:%c%d" % (65 + left, top, 65 + left + chance.randrange(3), top + chance.randrange(3))
    told = b'<mergeCells count="1"><mergeCell ref="%s"/></mergeCells>' % area
    return xml.replace(b"</sheetData>", b"</sheetData>" + told, 1)


def _hidden(chance: Random, row: bytes) -> bytes:
    return row.replace(b"<row ", chance.choice((b'<row hidden="1" ', b'<row ht="0" customHeight="1" ')), 1)


def _moved(chance: Random, row: bytes) -> bytes:
    """The row under another number, its cells with it or not."""
    old = re.search(rb'<row r="(\d+)"', row)
    new = b"%d" % chance.choice((1, 2, 4, 5, 9, 4000, 1048576, 2000000))
    if not old:
        return row
    made = row.replace(old[0], b'<row r="%s"' % new, 1)
    return made if chance.random() < 0.4 else re.sub(rb'( r="[A-Z]+)%s"' % old[1], rb"\g<1>%s" % new + b'"', made)


_REFERENCES = (b"A5", b"C6", b"E7", b"XFD7", b"e7", b"$E$7", b"E07", b"7E", b"", b"-", b"E7:F8", b"ZZZ9999999")
_NUMBERS = (
    b"-1",
    b"NaN",
    b"inf",
    b"1e5",
    b"1_0",
    b" \\0 ",
    b"+\\0",
    b"0\\0",
    b"\\0.5",
    b"\\00",
    b"0x10",
    b"1,2",
    "１２".encode(),
)
_CELLS = [_instead(b"r", *_REFERENCES), _instead(b"t", b"s", b"n", b"b", b"e", b"str", b"inlineStr", b"d", b"x", b"-")]
_CELLS += [_instead(b"s", b"", b"", b"-1", b"-", b"x", b"99999")] * 2 + [_value(b"", b"", *_NUMBERS)] * 3
_CELLS += [_twice, _twice_otherwise, _gone, _dressed, _dressed]
SHEET: list[Mutation] = [
    *(_one(_CELL, change) for change in _CELLS),
    *(_one(_ROW, change) for change in (_twice, _gone, _hidden, _moved)),
    _merged,
    _prefixed,
    pieces,
    pieces,
]
ANY_PART: list[Mutation] = [pieces, pieces, _cut, _gap, _doubled, _doctype, _encoded, _prefixed, _flipped]
ARCHIVE: list[Mutation] = [_flipped, _flipped, _cut, _gap, _doubled]
_FORMATS = (b"0%", b"yyyy-mm-dd", b"0.00", b"General", b"h:mm", b";;;", b"#,##0", b"@", b"&quot;9&quot;0")
STYLES: list[Mutation] = [
    _one(re.compile(rb'formatCode="[^"]*"'), lambda c, _: b'formatCode="%s"' % c.choice(_FORMATS)),
    _one(re.compile(rb'numFmtId="\d+"'), lambda c, _: b'numFmtId="%d"' % c.choice((0, 9, 14, 22, 49, 164, 165, 9999))),
    _one(re.compile(rb"<xf [^>]*/?>"), _gone),
    _one(re.compile(rb"<sz "), lambda c, sz: b"<strike/>" + sz),
]
TEXTS: list[Mutation] = [
    _one(re.compile(rb"<si>.*?</si>", re.DOTALL), _gone),
    _one(re.compile(rb"<si>.*?</si>", re.DOTALL), _twice),
    _one(re.compile(rb"<t>[^<]*</t>"), lambda c, t: c.choice((b"<t/>", t.replace(b"<t>", b"<t>_x0031_"), t + t))),
    _one(re.compile(rb"<t>[^<]*</t>"), lambda c, t: b"<r><rPr><strike/></rPr>" + t + b"</r>"),
    _one(re.compile(rb"<t>[^<]*</t>"), lambda c, t: t + b"<rPh><t>9</t></rPh>"),
]
BOOK: list[Mutation] = [
    _one(re.compile(rb"<sheet [^>]*/>"), _gone),
    _one(re.compile(rb"<sheet [^>]*/>"), _twice),
    _one(re.compile(rb'r:id="[^"]*"'), lambda c, _: b'r:id="rId%d"' % c.randrange(30)),
    _one(re.compile(rb'<sheet name="[^"]*"'), lambda c, s: s[:-1] + c.choice((b" ", b"2", b"&#10;")) + b'"'),
    lambda c, xml: xml.replace(b"<workbookPr", b'<workbookPr date1904="1"', 1),
]
RELATIONS: list[Mutation] = [
    _one(re.compile(rb'Target="[^"]*"'), lambda c, _: b'Target="worksheets/sheet%d.xml"' % c.randrange(1, 25)),
    _one(re.compile(rb"<Relationship [^>]*/>"), _gone),
    _one(re.compile(rb'Id="[^"]*"'), lambda c, _: b'Id="rId%d"' % c.randrange(30)),
]
_TIMES = rb'table:number-(?:columns|rows)-(?:repeated|spanned)="\d+"'
ODS: list[Mutation] = [
    _one(re.compile(_TIMES), lambda c, t: re.sub(rb"\d+", b"%d" % c.choice((0, 1, 2, 7, 1000, 10**6, 10**12)), t)),
    _one(re.compile(rb'office:value="[^"]*"'), lambda c, _: b'office:value="%s"' % c.choice(_NUMBERS)),
    _one(re.compile(rb'office:value-type="[^"]*"'), lambda c, _: b'office:value-type="%s"' % c.choice((b"string", b"float", b"percentage", b"date", b"boolean", b"x"))),
    _one(re.compile(rb"<table:table-cell[^<>]*[^<>/]>.*?</table:table-cell>", re.DOTALL), _twice),
    _one(re.compile(rb"<table:table-cell[^<>]*[^<>/]>.*?</table:table-cell>", re.DOTALL), _gone),
    _one(re.compile(rb"<table:table-row[^<>]*[^<>/]>.*?</table:table-row>", re.DOTALL), _twice),
    _one(re.compile(rb"<table:table-row[^<>]*[^<>/]>.*?</table:table-row>", re.DOTALL), _gone),
    _one(re.compile(rb"<text:p>"), lambda c, p: b'<text:p>9<text:s text:c="9"/>'),
]  # fmt: skip
_BY_NAME: list[tuple[str, list[Mutation], int]] = [
    (r"xl/worksheets/sheet\d+\.xml", SHEET, 12),
    (r"xl/sharedStrings\.xml", TEXTS, 3),
    (r"xl/styles\.xml", STYLES, 2),
    (r"xl/workbook\.xml", BOOK, 2),
    (r"xl/_rels/workbook\.xml\.rels", RELATIONS, 1),
    (r"content\.xml", ODS, 12),
]


def mutant(chance: Random, data: bytes) -> tuple[bytes, str]:
    """Returns a workbook with one mistake, and the name of the part that holds it."""
    if chance.random() < 0.12:
        return chance.choice(ARCHIVE)(chance, data), "archive"
    parts = {m.name: m for m in members(data)}
    weights = {name: weight_of(name, part) for name, part in parts.items()}
    (name,) = chance.choices(list(weights), list(weights.values()))
    own = next((found for pattern, found, _ in _BY_NAME if re.fullmatch(pattern, name)), ANY_PART)
    change = chance.choice(own if chance.random() < 0.8 else ANY_PART)
    changed = change(chance, parts[name].unpack())
    return rebuilt(parts, name, changed), f"{name} {getattr(change, '__name__', '')}"


def weight_of(name: str, part: Member) -> float:
    """Returns how often a part is chosen: those with many cells more often."""
    for pattern, _, weight in _BY_NAME:
        if re.fullmatch(pattern, name):
            return weight * (1 + part.size / 100_000) if weight > 3 else weight * 3
    return 0.3


def rebuilt(parts: Mapping[str, Member], name: str, content: bytes) -> bytes:
    """Returns the archive with one part replaced."""
    return pack(Member.of(name, content, level=1) if n == name else m for n, m in parts.items())
