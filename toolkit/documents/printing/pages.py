"""Converts documents and workbooks to PDF, with LibreOffice, Office or WPS, and to page images, with poppler."""

from __future__ import annotations

import glob
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ...errors import CannotRun
from ...machine.atomic import discard, write_whole
from ...machine.guard import check_file
from ...machine.msoffice import WORD, Application, application, convert, installed, started
from ...machine.office import convert_by_office, starter
from ...word.filling.fonts import CONF

START, EACH = 90, 10  # seconds allowed: for the start, and for each document
NO_PROGRAM = "没有找到 LibreOffice、Office（Word、Excel）或 WPS，不能转成 PDF。请安装其中一种，或换一台电脑转换。"
PDF, PNG = (".pdf",), (".png",)
DOTS = 100  # per inch, of page images


def need_program(wanted: Application = WORD) -> None:
    """Raises CannotRun with the remedy where no program can make a PDF."""
    if not starter() and not installed(wanted):
        raise CannotRun(NO_PROGRAM)


def to_pdf(documents: Sequence[Path], folder: Path, seconds: float = 0) -> dict[Path, Path | None]:
    """Converts all documents, or all workbooks, in one process; each PDF is put into `folder` under the file's name.

    LibreOffice does it where it is installed, else Office or WPS on Windows. Returns the PDF of each document, or None
    if it could not be made. Raises CannotRun without any of them, if two documents have the same name, or if
    LibreOffice takes longer than `seconds` (0: START plus EACH per document).
    """
    if not documents:
        return {}
    if len({d.stem for d in documents}) < len(documents):
        raise CannotRun("有两份文件同名，转成 PDF 会互相覆盖。请改名或分开转换。")
    program = starter()
    wanted = application(documents[0])
    if not program and not (app := started(wanted)):
        raise CannotRun(NO_PROGRAM)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="dangjian-pdf-", ignore_cleanup_errors=True) as made:
        out = Path(made) / "pdf"
        out.mkdir()
        if program:
            _by_libreoffice(program, documents, out, Path(made) / "profile", seconds)
        else:
            convert(wanted, app, documents, out)
        return {d: _moved(out / f"{d.stem}.pdf", folder) for d in documents}


def _by_libreoffice(program: Path, documents: Sequence[Path], out: Path, profile: Path, seconds: float) -> None:
    fonts = {} if sys.platform == "win32" else {"FONTCONFIG_FILE": str(CONF)}
    convert_by_office(program, documents, "pdf", out, profile, seconds or START + EACH * len(documents), fonts)


def _moved(pdf: Path, folder: Path) -> Path | None:
    if not pdf.exists():
        return None
    write_whole(folder / pdf.name, pdf.read_bytes(), PDF)
    return folder / pdf.name


def to_images(pdf: Path, folder: Path, dots: int = DOTS) -> list[Path]:
    """Writes each page of a PDF to `folder` as <name>-<page>.png and returns the paths.

    Removes older images of the same PDF that nobody changed. Raises CannotRun without poppler's pdftoppm, or if the
    PDF is unreadable or an image must not be written.
    """
    program = shutil.which("pdftoppm")
    if not program:
        raise CannotRun(
            "没有找到 pdftoppm，不能生成页面图片。请安装 poppler（Linux：poppler-utils；macOS：brew install poppler）。"
        )
    with tempfile.TemporaryDirectory(prefix="dangjian-png-") as made:
        done = subprocess.run([program, "-r", str(dots), "-png", str(pdf), str(Path(made) / "p")], capture_output=True)
        if done.returncode:
            raise CannotRun(f"不能把“{pdf.name}”转成页面图片。请核对该 PDF 能否打开。")
        pages = {folder / f"{pdf.stem}{page.name[1:]}": page for page in sorted(Path(made).glob("p-*.png"))}
        for target, page in pages.items():
            write_whole(target, page.read_bytes(), PNG)
    for old in folder.glob(f"{glob.escape(pdf.stem)}-*.png"):
        if old not in pages:
            discard(old)
    return list(pages)


def show_pages(documents: Sequence[Path], images: bool) -> str:
    """Writes the PDF (and page images if `images`) beside each document; returns a message about failures, or ""."""
    failed, refused = list[str](), list[str]()
    for folder in dict.fromkeys(d.parent for d in documents):
        here = [d for d in documents if d.parent == folder and not _refused(d, refused)]
        for document, pdf in to_pdf(here, folder).items():
            if pdf is None:
                failed.append(document.name)
            elif images:
                to_images(pdf, folder)
    lacking = [f"没有转成 PDF：{'、'.join(failed)}。请用 Word 打开核对。"] if failed else []
    return "\n".join([*lacking, *refused])


def _refused(document: Path, refused: list[str]) -> bool:
    """Returns whether the PDF of a document must not be written; notes the reason."""
    try:
        check_file(document.with_suffix(PDF[0]), PDF)
    except CannotRun as e:
        refused.append(str(e))
        return True
    return False
