"""The line on the front page that shows how far the workbook is: which steps are done, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.worksheet import Worksheet

from ...standard.sheets import COUNTED
from ..parts.layout import Content, find, key_field
from ..parts.styles import Styles

DONE, OPEN = "✓", "○"
STEPS = ("填封面", "申报", "填台账", "校验、核定")  # what the cells can tell; the others leave no trace in them
LATER = ("汇总", "成文", "导出")
NEXT = (
    "填好深红色标签的各项",
    "逐表选定申报情况",
    "登记台账",
    "点“校验全部”改正，再点“核定”",
    "汇总、成文，导出报送件",
)


def write_steps(
    sheet: Worksheet,
    styles: Styles,
    content: Content,
    spot: tuple[int, int],
    unit: Mapping[str, str],
    declared: Sequence[str],
) -> None:
    """Writes the steps into `spot`, row and first and last column, as a formula with its result.

    `unit` maps fields to references of their cells; `declared` are references of the declarations. The two columns
    beside those hold the numbers of filled and of approved rows.
    """
    required = [f.name for f in content.catalog.unit if f.constraints.required and f.name in unit]
    first, last = (ref.rpartition("!")[2] for ref in (declared[0], declared[-1]))
    said, filled, approved = (_column(first, n) + ":" + _column(last, n) for n in range(3))
    tests = (
        f"AND({','.join(unit[name] + '<>' + chr(34) * 2 for name in required)})",
        f"COUNTBLANK({said})=0",
        f"SUM({filled})>0",
        f"AND(SUM({filled})>0,SUM({filled})=SUM({approved}))",
    )
    marks = [f'IF({test},"{DONE}","{OPEN}")&" {title}"' for test, title in zip(tests, STEPS, strict=True)]
    following = f'"{NEXT[-1]}"'
    for test, words in reversed(list(zip(tests, NEXT, strict=False))):
        following = f'IF({test},{following},"{words}")'
    later = " → ".join(LATER)
    joined = '&" → "&'.join(marks)
    formula = f'={joined}&" → {later}　下一步："&{following}'
    states = _states(content, required)
    shown = " → ".join(f"{DONE if s else OPEN} {t}" for s, t in zip(states, STEPS, strict=True))
    after = next((words for s, words in zip(states, NEXT, strict=False) if not s), NEXT[-1])
    row, column = spot
    sheet.write_formula(row, column, formula, styles.get("left", "bold", "wrap"), f"{shown} → {later}　下一步：{after}")


def _column(ref: str, right: int) -> str:
    """Returns the reference $B$30, moved to the right."""
    _, letter, row = ref.split("$")
    return f"${chr(ord(letter) + right)}${row}"


def _states(content: Content, required: Sequence[str]) -> list[bool]:
    ledgers = [x for x in content.catalog.ledgers.values() if x.declared]
    filled = approved = 0
    for x in ledgers:
        key = key_field(x).name
        rows = [r for r in content.rows.get(x.name, ()) if r.get(key) not in (None, "")]
        filled += len(rows)
        approved += sum(not find(x.fields, "status") or r.get("status") == COUNTED for r in rows)
    return [
        all(content.unit.get(name) not in (None, "") for name in required),
        all(content.declared.get(x.name) for x in ledgers),
        filled > 0,
        0 < filled == approved,
    ]
