"""Opens documents of other kinds for reading: old .doc through LibreOffice, .pdf that holds text through poppler."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from ...errors import CannotRun
from ...machine.office import convert_by_office, starter
from .paragraphs import MAX_TEXT, Opened, Paragraph, open_document

SECONDS = 120
MAX_BYTES = 50_000_000
# the space that programs draw between Chinese and digits; no one can tell it from a typed one
_GAP = re.compile("(?<=[\u3000-\u9fff\uff00-\uffef”’]) (?=[0-9A-Za-z])|(?<=[0-9A-Za-z%]) (?=[\u3400-\u9fff“‘])")
_WORD = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")  # LibreOffice would read anything else as plain text
_PAGE_NUMBER = re.compile(r"\s*[—－―\-–]?\s*\d{1,3}\s*[—－―\-–]?\s*")
_BEGINS = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、](?!\d))"
)
_INDENT = re.compile(r"[ \u3000]{2,}|\u3000")


def open_to_read(path: Path) -> Opened:
    """Opens a .docx, .txt, .doc or .pdf; the last two are for reading alone.

    Raises CannotRun if the kind is another one, the file is missing, damaged or too big, the program that reads it is
    not installed, or a .pdf holds pictures of pages and no text.
    """
    suffix = path.suffix.lower()
    if suffix not in (".doc", ".pdf"):
        return open_document(path)
    if not path.is_file():
        raise CannotRun(f"找不到文件“{path.name}”。请核对文件位置。")
    if path.stat().st_size > MAX_BYTES:
        raise CannotRun(f"文件“{path.name}”超过 {MAX_BYTES // 1_000_000} MB。请拆分后再试。")
    return _old_word(path) if suffix == ".doc" else _pdf(path)


def _old_word(path: Path) -> Opened:
    program = starter()
    if program is None:
        raise CannotRun(f"“{path.name}”是旧版 .doc，本机没有 LibreOffice，读不了。请在 Word 中另存为 .docx 再试。")
    with path.open("rb") as f:
        if not f.read(8).startswith(_WORD):
            raise CannotRun(f"“{path.name}”不是 Word 文档，或已损坏。请在 Word 中打开，另存为 .docx 再试。")
    with tempfile.TemporaryDirectory(prefix="dangjian-doc-", ignore_cleanup_errors=True) as made:
        copy, out = Path(made) / "old.doc", Path(made) / "out"
        shutil.copyfile(path, copy)  # a name that no option of a program resembles
        convert_by_office(program, [copy], "docx", out, Path(made) / "profile", SECONDS)
        if not (out / "old.docx").is_file():
            raise CannotRun(f"“{path.name}”打不开，可能已损坏或加了密码。请在 Word 中另存为 .docx 再试。")
        return replace(open_document(out / "old.docx"), path=path)


def _pdf(path: Path) -> Opened:
    program = shutil.which("pdftotext")
    if program is None:
        raise CannotRun(
            "没有找到 pdftotext，读不了 PDF。请安装 poppler（Linux：poppler-utils；macOS：brew install poppler）。"
        )
    with tempfile.TemporaryDirectory(prefix="dangjian-pdf-", ignore_cleanup_errors=True) as made:
        copy, out = Path(made) / "in.pdf", Path(made) / "out.txt"
        shutil.copyfile(path, copy)
        command = [program, "-layout", "-enc", "UTF-8", str(copy), str(out)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise CannotRun(f"“{path.name}”{SECONDS}秒内没有读完，已停止。请拆分后再试。") from None
        if done.returncode or not out.is_file() or out.stat().st_size > MAX_TEXT:
            raise CannotRun(f"“{path.name}”读不了，可能已损坏、加了密码或太大。请另存一份再试。")
        text = out.read_text(encoding="utf-8", errors="replace")
    found = tuple(Paragraph(n, line) for n, line in enumerate(joined(text.replace("\f", "\n").split("\n")), 1))
    if not found:
        raise CannotRun(f"“{path.name}”里没有文字，可能是扫描件。请换用 Word 文档，或先做文字识别。")
    return Opened(path, "pdf", found, {}, {})


def joined(lines: Iterable[str]) -> Iterator[str]:
    """Yields paragraphs out of the lines of a printed page; page numbers are left out.

    A line goes on the last one if that one is full and this one is neither indented nor numbered.
    """
    shown = [_GAP.sub("", x.rstrip()) for x in lines if x.strip() and not _PAGE_NUMBER.fullmatch(x)]
    margin = min((len(x) - len(x.lstrip(" ")) for x in shown), default=0)
    shown = [x[margin:] for x in shown]
    widths = [_width(x) for x in shown]
    full = (sorted(widths)[-1 - len(widths) // 20] if widths else 0) - 4  # a wide table here and there is none
    made, last = "", 0
    for text, width in zip(shown, widths, strict=True):
        if made and last >= full and not _INDENT.match(text) and not _BEGINS.match(text):
            made += text.strip()
        else:
            if made:
                yield made
            made = text.strip()
        last = width
    if made:
        yield made


def _width(text: str) -> int:
    """Returns the width in columns: two for a wide character."""
    return sum(1 if c.isascii() else 2 for c in text)
