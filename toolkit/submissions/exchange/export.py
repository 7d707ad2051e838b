"""Writes what a unit sends up (报送件): a workbook without macros and private fields, and a manifest beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...errors import CannotRun
from ...excel.consolidated.consolidate import write_consolidated
from ...findings import findings_text
from ...machine.atomic import write_whole
from ...machine.guard import check_file
from ...machine.written import hash_of
from ...model import Catalog, Submission
from ...names import file_name
from ...rows.submission import left_out_text
from ..aggregate import consolidate
from ..reading import digested

JSON = (".json",)
SHOWN = 5  # groups of errors that a refusal lists


@dataclass(frozen=True)
class Exported:
    """The two files of one 报送件."""

    path: Path
    manifest: Path
    errors: int
    left_out: Mapping[str, int]  # rows that do not count, by reason

    def lines(self) -> list[str]:
        """Returns the result for the clerk."""
        said = [f"已导出：{self.path}", f"请连同校验清单 {self.manifest.name} 一并报送。"]
        if rows := left_out_text(self.left_out):
            said.append(f"{rows}；这些行一并报送，但不计入汇总。")
        return said + ([f"带错报送：有{self.errors}处错误，原因已写入校验清单。"] if self.errors else [])


def export(catalog: Catalog, s: Submission, folder: Path) -> Exported:
    """Writes the 报送件 of a checked submission to `folder`, and a .json manifest with its SHA-256.

    Raises CannotRun if the workbook cannot be used, or has errors and the front page states no reason to send it.
    """
    read = digested(catalog, s)
    if read.digest is None:
        raise CannotRun(f"不能导出报送件。\n{findings_text(s.findings, SHOWN)}")
    errors = [f for f in s.findings if f.is_error]
    if errors and not s.unit.get("waiver"):
        raise CannotRun(
            f"还有{len(errors)}处错误，未导出。请改正后再导出；确需先报的，在封面“带错报送原因”写明。\n"
            f"{findings_text(errors, SHOWN)}"
        )
    out = folder / file_name(str(s.unit["unit_id"]), ".xlsx", f"_{s.unit['year']}_报送件")
    beside = out.with_suffix(JSON[0])
    check_file(beside, JSON)
    c = consolidate(catalog, [read])
    write_consolidated(c, out)
    manifest = {
        "file": out.name,
        "sha256": hash_of(out),
        "unit_id": s.unit["unit_id"],
        "unit_name": s.unit["unit_name"],
        "year": s.unit["year"],
        "standard": catalog.version,
        **c.rows,
        "errors": len(errors),
        "waiver": s.unit.get("waiver"),
    }
    write_whole(beside, json.dumps(manifest, ensure_ascii=False, indent=1).encode(), JSON)
    return Exported(out, beside, len(errors), c.reasons)
