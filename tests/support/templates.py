"""Templates as text: built, checked and filled; check and fill must agree."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
from lxml import etree

from toolkit.errors import CannotRun
from toolkit.findings import Remark
from toolkit.model import Figure, Indicator, Measure
from toolkit.standard.catalog import load_catalog
from toolkit.word.filling.render import fill_template
from toolkit.word.filling.sandbox import Offer, check_template
from toolkit.word.filling.session import Manner
from toolkit.word.ooxml import W
from toolkit.word.tags.shapes import shape_of
from toolkit.wording.phrase import Words

WORDS = Words.of(load_catalog().wording)
ROWS = "#"  # begins a table in a template text; its cells are parted by |


def figure(name: str, value: int, word: str = "次") -> Figure:
    """A known figure."""
    indicator = Indicator("T1", name, name, word, Measure("orglife", "count"))
    return Figure(indicator, "known", Decimal(value), "DW001", "2026")


CONTEXT: Mapping[str, Any] = {
    "单位": "示例局",
    "年度": 2026,
    "次数": figure("次数", 12),
    "零": figure("零", 0),
    "各项": ["甲", "乙", "丙"],
    "各行": [{"名": "甲", "数": 3}, {"名": "乙", "数": 5}],
    "日": date(2026, 1, 8),
    "空": "",
    "无": [],
}


def build(path: Path, *lines: str | Sequence[str]) -> Path:
    """Writes a .docx: a text is a paragraph, a list of texts is a paragraph of runs, `# a|b` a row of a table."""
    made = docx.Document()
    table = None
    for line in lines:
        if isinstance(line, str) and line.startswith(ROWS):
            cells = line.removeprefix(ROWS).strip().split("|")
            table = table or made.add_table(rows=0, cols=len(cells))
            for cell, text in zip(table.add_row().cells, cells, strict=True):
                cell.text = text.strip()
            continue
        table = None
        p = made.add_paragraph()
        for run in [line] if isinstance(line, str) else line:
            p.add_run(run)
    made.save(str(path))
    return path


def texts(path: Path) -> list[str]:
    """The paragraphs of a document that are not empty, in its body, tables and text boxes, headers and footers."""
    found = []
    with zipfile.ZipFile(path) as z:
        names = [
            n for n in z.namelist() if n.startswith(("word/document", "word/header", "word/footer", "word/footnotes"))
        ]
        for name in sorted(names, key=lambda n: (not n.startswith("word/document"), n)):
            for p in etree.fromstring(z.read(name)).iter(f"{{{W}}}p"):
                runs = (t for t in p.iter(f"{{{W}}}t") if next(t.iterancestors(f"{{{W}}}p")) is p)
                found.append("".join(t.text or "" for t in runs))
    return [t for t in found if t]


def told(template: Path, out: Path, context: Mapping[str, Any] = CONTEXT) -> tuple[list[str], list[Remark]]:
    """Checks and fills a template. Returns the texts of the document and no errors, or none and the errors.

    Fails if the two do not agree: each error must be named by both, in the same words.
    """
    shapes = {name: shape_of(value) for name, value in context.items()}
    errors = [f for f in check_template(template, shapes) if f.is_error]
    out.unlink(missing_ok=True)
    try:
        fill_template(template, out, context, Manner(WORDS, "DW001", 2026), offer=Offer(shapes))
    except CannotRun as e:
        assert errors, f"check is content, fill is not: {e}"
        assert not out.exists()
        assert all(f.message in str(e) for f in errors[:8]), (str(e), errors)
        assert all(f.spot.paragraph for f in errors)
        return [], errors
    assert not errors, f"fill is content, check is not: {errors}"
    return texts(out), []


Told = Callable[..., tuple[list[str], list[Remark]]]
