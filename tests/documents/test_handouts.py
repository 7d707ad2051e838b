"""到期提醒 from a workbook: the same hand-outs as the command's, beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from support.small_city import YEAR, org, party_day, unit, write

from toolkit.documents.reporting.handouts import CALENDAR, FOLDER, SHEET, remind_beside
from toolkit.excel.reading.read import read_book
from toolkit.model import Catalog
from toolkit.rows.submission import submission_of
from toolkit.submissions.aggregate import consolidate
from toolkit.submissions.reading import digested
from toolkit.word.edited.paragraphs import open_document


def test_notices_sheet_and_calendar_stand_beside_the_workbook(catalog: Catalog, tmp_path: Path) -> None:
    """As the button does it: what is open is read, whether or not it was saved, and the message names no path."""
    rows = {"org": [org()], "orglife": [party_day(1)]}
    book = read_book(write(catalog, tmp_path / "局.xlsx", unit("A001", "示例市甲局"), rows))
    c = consolidate(catalog, [digested(catalog, submission_of(catalog, book))])
    said = "\n".join(remind_beside(c, tmp_path, date(YEAR, 6, 15)))
    assert said.startswith(f"截至{YEAR}-06-15：已过期") and "示例市甲局" in said and str(tmp_path) not in said
    made = tmp_path / FOLDER
    (notice,) = made.glob("*.docx")
    assert "主题党日" in "\n".join(p.text for p in open_document(notice).paragraphs)
    assert (made / CALENDAR).read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert "支部×月" in read_book(made / SHEET).grids
