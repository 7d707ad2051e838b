"""Files that must not be read, or not that way: each becomes a Finding, and none ends the process."""

from __future__ import annotations

import hashlib
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from support.markdown_book import TABLE, book, codes

from toolkit.excel.reading import package
from toolkit.excel.reading.read import read_book
from toolkit.excel.reading.sheet import read_sheet
from toolkit.excel.reading.values import Values
from toolkit.excel.reading.xls import CFB_MAGIC
from toolkit.model import CellError

# ----------------------------------------------- strange or hostile files

FAR = """
import sys
sys.path[:0] = {path!r}
from toolkit.excel.reading.read import read_book
read = read_book(sys.argv[1])
print(read.findings[0].code, read.findings[0].place, len(read.grids))
"""


def in_child(path: Path) -> str:
    """What a process of its own says of the file: an abort must not take the tests with it."""
    code = FAR.format(path=sys.path)
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("cell", ["XFD20000", "D1048576", "XFD200"])
def test_far_cell_is_refused(tmp_path: Path, cell: str) -> None:
    made = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = made.add_worksheet("甲")
    sheet.write("A1", "x")
    sheet.write(cell, "y")
    made.close()
    assert in_child(tmp_path / "a.xlsx") == f"F08 甲!{cell} 0"


def test_far_cells_in_xls(tmp_path: Path) -> None:
    made = xlwt.Workbook()
    sheet = made.add_sheet("甲")
    sheet.write(0, 0, "x")
    sheet.write(65535, 255, "y")
    made.save(str(tmp_path / "a.xls"))
    assert in_child(tmp_path / "a.xls") == "F08 甲!IV65536 0"


def rewritten(source: Path, target: Path, member: str, change: tuple[bytes, bytes]) -> Path:
    """A copy of an archive with one replacement in one member."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == member:
                assert change[0] in data
                data = data.replace(*change)
            new.writestr(name, data)
    return target


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "change",
    [
        (b'<c r="A1"', b"<c r='XFD900000'"),
        (b'<c r="A1"', b'<c\nr="XFD900000"'),
        (b'<c r="A1"', b'<c r = "XFD900000"'),
        (b'<c r="A1"', b'<c r="&#88;FD900000"'),
        (b'<row r="1"', b"<row r='900000'"),
    ],
)
def test_far_cells_cannot_be_disguised(tmp_path: Path, change: tuple[bytes, bytes]) -> None:
    made = book(tmp_path, {"甲": "| x | y |\n| z | 1 |"})
    bad = rewritten(made, tmp_path / "b.xlsx", SHEET, change)
    if b"row" in change[1]:
        bad = rewritten(bad, tmp_path / "c.xlsx", SHEET, (b'<c r="A1"', b'<c r="XFD900000"'))
    assert in_child(bad)[:3] in ("F01", "F08")  # not in its row, or too far away


def test_far_formats_without_content_are_harmless(tmp_path: Path) -> None:
    made = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = made.add_worksheet("甲")
    sheet.write("A1", "x")
    sheet.write_blank("XFD20000", None, made.add_format({"bold": True}))
    made.close()
    assert read_book(tmp_path / "a.xlsx").grids["甲"].cells == [["x"]]


def test_prefixed_sheet_xml_is_parsed_in_full(tmp_path: Path) -> None:
    xml = (
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        b'<x:row hidden="true" r="2"><x:c t="e" r="B2"><x:f>1/0</x:f><x:v>#DIV/0!</x:v></x:c>'
        b"<x:c><x:f>B2</x:f></x:c></x:row></x:sheetData>"
        b'<x:mergeCells><x:mergeCell ref="D4:E5"/></x:mergeCells></x:worksheet>'
    )
    scan = read_sheet(xml, Values((), (), False), (), frozenset())
    assert scan.cells == [[], [None, CellError("#DIV/0!"), CellError("")]]
    assert (scan.hidden, scan.merged, scan.filled) == ({2}, [(4, 4, 5, 5)], 2)


def test_dtd_is_refused(tmp_path: Path) -> None:
    made = book(tmp_path, {"甲": "| x |"})
    dtd = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa">]><worksheet'
    assert codes(read_book(rewritten(made, tmp_path / "b.xlsx", SHEET, (b"<worksheet", dtd)))) == ["F01"]


def test_zip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = book(tmp_path, {"甲": "| x |"})
    padding = b"<!--" + b" " * 3_000_000 + b"--><worksheet"
    bad = rewritten(made, tmp_path / "b.xlsx", SHEET, (b"<worksheet", padding))
    assert not read_book(bad).findings
    monkeypatch.setattr(package, "MAX_UNPACKED", 2_000_000)
    assert codes(read_book(bad)) == ["F02"]


def test_many_sheets_of_far_cells_are_refused_together(tmp_path: Path) -> None:
    """Each sheet alone is within its limit; together they would fill the memory."""
    made = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    for n in range(7):
        sheet = made.add_worksheet(f"第{n}张")
        sheet.write("A1", "x")
        sheet.write("NTP200", "y")
    made.close()
    found = read_book(tmp_path / "a.xlsx").findings
    assert [f.code for f in found] == ["F02"] and "14000000格" in found[0].message


def test_a_long_text_shared_by_many_cells_counts_for_each(tmp_path: Path) -> None:
    made = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = made.add_worksheet("甲")
    for n in range(4000):
        sheet.write(n, 0, "党" * 30_000)
    made.close()
    assert (tmp_path / "a.xlsx").stat().st_size < 100_000
    found = read_book(tmp_path / "a.xlsx").findings
    assert [f.code for f in found] == ["F02"] and "120000000字" in found[0].message


def test_more_parts_than_can_be_listed_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        for n in range(2 * package.MAX_PARTS + 1):
            archive.writestr(f"{n}", b"")
    found = read_book(tmp_path / "a.xlsx").findings
    assert [f.code for f in found] == ["F02"] and "10001个部件" in found[0].message


def test_false_size_is_found_out(tmp_path: Path) -> None:
    made = book(tmp_path, {"甲": "| x |"})
    with zipfile.ZipFile(made) as archive:
        info = archive.getinfo("xl/sharedStrings.xml")
    data = bytearray(made.read_bytes())
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(b"xl/sharedStrings.xml"))
    assert struct.unpack_from("<I", data, at + 24)[0] == info.file_size
    struct.pack_into("<I", data, at + 24, 5)
    (tmp_path / "b.xlsx").write_bytes(data)
    assert codes(read_book(tmp_path / "b.xlsx")) == ["F01"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空文件"),
        (b"hello", "不是工作簿"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (b"%PDF-1.4", "PDF"),
        (b"PK\x03\x04rubbish", "损坏"),
        (CFB_MAGIC + b"\0" * 600, "损坏"),
        (CFB_MAGIC + b"\0" * 20, "损坏"),
    ],
)
def test_what_is_no_workbook_says_so(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    found = read_book(path).findings
    assert [f.code for f in found] == ["F01"]
    assert words in found[0].message


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert codes(read_book(tmp_path / "none.xlsx")) == ["F01"]
    assert codes(read_book(tmp_path)) == ["F01"]


def test_word_document_and_plain_archive(tmp_path: Path) -> None:
    for member, words in (("word/document.xml", "Word"), ("readme.txt", "压缩包")):
        with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
            archive.writestr(member, "x")
            if words == "Word":
                archive.writestr("_rels/.rels", package_relation(member))
        assert words in read_book(tmp_path / "a.xlsx").findings[0].message


def test_encrypted_workbook(tmp_path: Path) -> None:
    """An OOXML file with a password is a compound file with the stream EncryptedPackage."""
    made = book(tmp_path, {"甲": "| x |"}, "a.xls")
    data = made.read_bytes()
    old, new = ("Workbook".ljust(16, "\0")).encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
    at = data.index(old)
    data = data[:at] + new + data[at + len(new) :]
    data = data[: at + 64] + struct.pack("<H", len(new) + 2) + data[at + 66 :]
    (tmp_path / "b.xlsx").write_bytes(data)
    assert codes(read_book(tmp_path / "b.xlsx")) == ["F07"]


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls"])
def test_no_damage_raises(tmp_path: Path, name: str) -> None:
    """Any byte may be wrong: the result is a book or a Finding, never an exception."""
    data = book(tmp_path, {"组织生活": TABLE}, name).read_bytes()
    step = max(len(data) // 150, 1)
    for at in range(0, len(data), step):
        bad = tmp_path / f"bad{at}{name[1:]}"
        bad.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        read = read_book(bad)
        assert read.grids or read.findings
        bad.write_bytes(data[:at])
        assert read_book(bad).findings


# --------------------------------------------------------------------- .xlsb


def record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(body) & 0x7F | 0x80, len(body) >> 7]) + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def package_relation(main: str) -> str:
    """The relationships of a package with its main part."""
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="{main}"/>'
        "</Relationships>"
    )


def xlsb(path: Path, cells: bytes) -> Path:
    """The least .xlsb: one sheet 甲. No writer of this format is at hand, so its records are written here."""
    sheet = record(129) + record(148, struct.pack("<4I", 0, 9, 0, 9)) + record(145) + cells + record(146) + record(130)
    workbook = record(131) + record(143) + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("甲"))
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.bin"/></Relationships>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_rels/.rels", package_relation("xl/workbook.bin"))
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="bin" '
            'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>',
        )
        archive.writestr("xl/workbook.bin", workbook + record(144) + record(132))
        archive.writestr("xl/_rels/workbook.bin.rels", relation)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return path


def xlsb_row(number: int, *cells: bytes, hidden: bool = False) -> bytes:
    flags = bytes([0, 0x10 if hidden else 0, 0])
    return record(0, struct.pack("<IIH", number - 1, 0, 300) + flags + struct.pack("<I", 0)) + b"".join(cells)


def xlsb_cell(kind: int, column: int, body: bytes) -> bytes:
    return record(kind, struct.pack("<II", column - 1, 0) + body)


def test_xlsb(tmp_path: Path) -> None:
    rows = xlsb_row(2, xlsb_cell(5, 2, struct.pack("<d", 12.0)), xlsb_cell(6, 3, wide("读书会"))) + xlsb_row(
        3, xlsb_cell(3, 2, bytes([23])), xlsb_cell(4, 4, b"\x01"), hidden=True
    )
    read = read_book(xlsb(tmp_path / "a.xlsb", rows))
    assert not read.findings
    grid = read.grids["甲"]
    assert grid.cells[1][1:3] == [12, "读书会"]
    assert grid.cells[2][1] == CellError("#REF!")
    assert grid.cells[2][3] is True
    assert grid.hidden_rows == {3}


def test_xlsb_far_cell_and_short_records(tmp_path: Path) -> None:
    near = xlsb_row(1, xlsb_cell(5, 1, struct.pack("<d", 1.0)))
    far = xlsb(tmp_path / "a.xlsb", near + xlsb_row(900_000, xlsb_cell(5, 9000, struct.pack("<d", 1.0))))
    assert in_child(far).startswith("F08")
    short = xlsb(tmp_path / "b.xlsb", near + xlsb_row(2, record(16, struct.pack("<Id", 0, 1.0))))
    assert codes(read_book(short)) == ["F01"]


# ---------------------------------------------------------------------- .ods


def ods(path: Path, rows: str) -> Path:
    names = ["office:1.0", "table:1.0", "text:1.0"]
    spaces = " ".join(f'xmlns:{n.split(":")[0]}="urn:oasis:names:tc:opendocument:xmlns:{n}"' for n in names)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="甲">'
            f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return path


CELL = '<table:table-cell{} office:value-type="string"><text:p>x</text:p></table:table-cell>'


def test_ods_repeated_cells(tmp_path: Path) -> None:
    cell = CELL.format(' table:number-columns-repeated="3"')
    rows = f"<table:table-row>{cell}</table:table-row>"
    tail = '<table:table-row table:number-rows-repeated="1048575"><table:table-cell/></table:table-row>'
    assert read_book(ods(tmp_path / "a.ods", rows + tail)).grids["甲"].cells == [["x", "x", "x"]]


def test_ods_bomb_of_repeats(tmp_path: Path) -> None:
    cell = CELL.format(' table:number-columns-repeated="16384"')
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    assert in_child(ods(tmp_path / "a.ods", rows)).startswith("F02")


def test_ods_with_password(tmp_path: Path) -> None:
    made = ods(tmp_path / "a.ods", "")
    bad = rewritten(
        made, tmp_path / "b.ods", "META-INF/manifest.xml", (b"<manifest/>", b"<manifest><encryption-data/></manifest>")
    )
    assert codes(read_book(bad)) == ["F07"]


def test_sha256_is_the_files(tmp_path: Path) -> None:
    made = book(tmp_path, {"甲": "| x |"})
    assert read_book(made).sha256 == hashlib.sha256(made.read_bytes()).hexdigest()


@pytest.mark.parametrize("kind", ["", "x", "String"])
def test_an_ods_cell_of_an_unknown_type_is_refused(tmp_path: Path, kind: str) -> None:
    cell = f'<table:table-cell office:value-type="{kind}"><text:p>已核</text:p></table:table-cell>'
    read = read_book(ods(tmp_path / "a.ods", f"<table:table-row>{CELL.format('')}{cell}</table:table-row>"))
    assert codes(read) == ["F01"] and "单元格类型" in read.findings[0].message


def test_an_ods_cell_with_text_and_without_a_type_is_refused(tmp_path: Path) -> None:
    cell = "<table:table-cell><text:p>已核</text:p></table:table-cell><table:table-cell/>"
    assert codes(read_book(ods(tmp_path / "a.ods", f"<table:table-row>{CELL.format('')}{cell}</table:table-row>"))) == [
        "F01"
    ]


@pytest.mark.parametrize("kind", ["float", "percentage", "currency", "date", "time", "boolean"])
def test_an_ods_cell_without_its_value_is_refused(tmp_path: Path, kind: str) -> None:
    """Other programs would read it as blank, or as 0: a row that counts would be lost without a word."""
    cell = f'<table:table-cell office:value-type="{kind}"><text:p>已核</text:p></table:table-cell>'
    read = read_book(ods(tmp_path / "a.ods", f"<table:table-row>{CELL.format('')}{cell}</table:table-row>"))
    assert codes(read) == ["F01"] and "没有值" in read.findings[0].message
