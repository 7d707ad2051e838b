"""Adopts all old ledgers in a folder, as the button does."""

from __future__ import annotations

from pathlib import Path

from ..errors import CannotRun
from ..machine.written import is_unchanged
from ..model import Catalog
from .adopt import Outcome, adopt, balance
from .model import AS_WRITTEN, ASKED, GUESSED, TAKEN

OLD, NEW, SHEET, APPLIED = "旧台账", "新工作簿", "对照.xlsx", "对照（已套用）.xlsx"


def adopt_folder(catalog: Catalog, beside: Path) -> Outcome:
    """Adopts each ledger in 旧台账 in `beside`; workbooks and sheet are written to 新工作簿. Raises CannotRun.

    A sheet that was edited since is obeyed and kept; the new one is then written beside it.
    """
    folder, out = beside / OLD, beside / NEW
    if not folder.is_dir():
        raise CannotRun(f"没有“{folder}”这个文件夹。请建好，把单位原来的台账放进去，再点一次。")
    edited = (out / SHEET).exists() and not is_unchanged(out / SHEET)
    return adopt(catalog, folder, out, out / (APPLIED if edited else SHEET), out / SHEET if edited else None)


def told(done: Outcome) -> str:
    """Returns the text of a message box."""
    counts = balance(done.files)
    asked = sum(x.state == ASKED for x in done.lines)
    lines = [
        f"{len(done.files)}份旧台账转成工作簿，放在“{NEW}”文件夹。",
        f"非空单元格{counts['全部']}格：取用{counts[TAKEN]}、推断{counts[GUESSED]}、照录{counts[AS_WRITTEN]}、未取用{counts['未取用']}。",
        f"对照表里有{asked}处待定：在“取作”里定好、保存、关闭，再点一次。" if asked else "对照表里没有待定的。",
    ]
    return "\n".join([*lines, *(f"没有读：{why}" for why in done.failed)])
