"""Makes the templates of all reports in a folder, as the button does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...errors import CannotRun
from ...machine.guard import is_spare
from ...machine.written import is_unchanged
from ...model import Catalog
from .draft import Drafted, draft
from .proposals import FIGURE, TAKEN

REPORTS, TEMPLATES = "旧报告", "模板"
SHOWN = 8  # reports that a message box lists


def draft_folder(catalog: Catalog, beside: Path) -> list[tuple[Path, Drafted | str]]:
    """Makes a template of each report in 旧报告 in `beside`; returns each with what was made, or why it could not be.

    The templates and their review sheets are written to 模板. A sheet that was edited since is obeyed and kept.
    Raises CannotRun without reports.
    """
    folder, out = beside / REPORTS, beside / TEMPLATES
    reports = sorted(p for p in folder.glob("*.docx") if p.name[0] not in "~." and not is_spare(p))
    if not reports:
        raise CannotRun(f"“{folder}”里没有报告（.docx）。请把往年的报告放进去，再点一次。")
    out.mkdir(exist_ok=True)
    made: list[tuple[Path, Drafted | str]] = []
    for path in reports:
        template, sheet = out / f"{path.stem}_模板.docx", out / f"{path.stem}_复核.xlsx"
        review = sheet if sheet.exists() and not is_unchanged(sheet) else None
        try:
            made.append((template, draft(catalog, path, template, sheet, review)))
        except CannotRun as e:
            made.append((path, str(e)))
    return made


def told(made: Sequence[tuple[Path, Drafted | str]]) -> str:
    """Returns the text of a message box."""
    lines = [
        f"{path.name}：{done}"
        if isinstance(done, str)
        else f"{path.name}：数{sum(done.counts.values())}个，已取{_taken(done)}个，还有{sum(len(p.places) for p in done.bare)}处没有定下"
        for path, done in made
    ]
    more = [f"……共{len(lines)}份"] if len(lines) > SHOWN else []
    return "\n".join(["模板和复核表在“模板”文件夹。在复核表里定好、保存、关闭，再点一次。", *lines[:SHOWN], *more])


def _taken(done: Drafted) -> int:
    return sum(p.kind == FIGURE and p.state == TAKEN for p in done.proposals)
