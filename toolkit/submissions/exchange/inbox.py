"""The folder in which a superior unit works: what its units sent, who is expected, and what goes back to them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ...errors import CannotRun
from ...excel.consolidated.consolidate import write_consolidated
from ...excel.unit.roster import read_roster
from ...figures.consolidation import Consolidation
from ...machine.guard import guarding
from ...model import Catalog
from ...names import file_name, marked
from ...standard.sheets import USUAL_FOLDER
from ..aggregate import aggregate
from ..check import write_slips
from ..comparing.last import beside, compared
from ..reading import read_submission
from .register import Register

ROSTER, SLIPS = "单位名单.xlsx", "退回单"


@dataclass(frozen=True)
class Inbox:
    """A folder that holds 报送件 (the submissions), perhaps 单位名单.xlsx (the expected units), and what is made."""

    catalog: Catalog
    folder: Path

    @property
    def submissions(self) -> Path:
        """The folder of the submissions."""
        return self.folder / USUAL_FOLDER

    @cached_property
    def consolidation(self) -> Consolidation:
        """All submissions, merged. Raises CannotRun if their folder is missing or holds nothing that can be used."""
        if not self.submissions.is_dir():
            raise CannotRun(f"没有找到文件夹“{self.submissions}”。请把各单位的报送件放进去，再点一次。")
        roster = self.folder / ROSTER
        c = aggregate(self.catalog, [self.submissions], read_roster(self.catalog, roster) if roster.exists() else ())
        last = beside(self.folder)
        return compared(c, last) if last else c

    def register(self) -> None:
        """Registers what arrived, once, beside the consolidated workbook."""
        Register(self.folder).add(self.consolidation)

    def slips(self) -> list[Path]:
        """Writes a return slip for each submission with errors to the folder 退回单; returns the files."""
        found = self.consolidation.findings
        paths = dict.fromkeys(f.place.file for f in found if f.is_error and f.place.file and f.place.row)
        wrong = (read_submission(self.catalog, path) for path in paths if Path(path).is_file())
        return write_slips(self.catalog, wrong, self.folder / SLIPS, [f for f in found if not f.place.row])

    def consolidate(self, open_book: Path) -> Path:
        """Writes a consolidated workbook with buttons; the suffix _新 keeps it from overwriting the one that is open."""
        c = self.consolidation
        out = self.folder / file_name(c.top.short or c.top.name, ".xlsm", f"{c.period.name}汇总")
        if out == open_book:
            out = marked(out, "_新")
        with guarding([self.submissions]):
            write_consolidated(c, out)
        return out
