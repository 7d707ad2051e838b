"""The submissions of a tree of units merged into one result that accounts for every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from ..model import Catalog, Figure, Finding, Submission
from ..span import Span
from .digest import Digest
from .evaluate import figures
from .tree import Coverage, Tree, Unit, counts

TOP = "全部单位"
OTHER_YEAR, OTHER_PERIOD = "填报年度不符", "填报期不符"  # why whole submissions do not count


@dataclass(frozen=True)
class Consolidation:
    """The complete result of an aggregation."""

    catalog: Catalog
    year: int
    period: Span
    tree: Tree
    digest: Digest
    covered: tuple[Coverage, ...]
    submissions: Sequence[Submission]  # the chosen ones in tree order; each is loaded on access
    findings: tuple[Finding, ...]
    before: Mapping[str, Decimal | None] = field(default_factory=dict)  # last year's values of the root, see last.py
    others: Mapping[str, int] = field(default_factory=dict)  # rows of submissions for other periods, by reason

    @property
    def top(self) -> Unit:
        """The root of the tree; for several roots, a unit without a code that is named 全部单位."""
        if len(self.tree.roots) == 1:
            return self.tree.units[self.tree.roots[0]]
        return Unit("", TOP, TOP)

    @property
    def counts(self) -> dict[str, int]:
        """Numbers of units: 应报, 实报, 缺报, 迟报."""
        return dict(counts(self.covered))

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the expected units without a chosen submission."""
        return tuple(x.unit.name for x in self.covered if x.unit.expected and not x.digest)

    @property
    def rows(self) -> dict[str, int]:
        """Numbers of rows: those that the files hold, and those whose fate is known; read = counted + left_out, or a
        row was lost. Submissions that newer ones replace are not among them."""
        chosen = self.digest.chosen().values()
        held = [*chosen, *(d for c in self.covered for d in c.undecided)]
        return {
            "read": sum(d.read for d in held) + sum(self.others.values()),
            "counted": sum(d.counted for d in chosen),
            "left_out": sum(self.reasons.values()),
        }

    @property
    def reasons(self) -> dict[str, int]:
        """Numbers of rows left out, by reason: single rows, and whole submissions of which none counts."""
        found: Counter[str] = Counter()
        for d in self.digest.chosen().values():
            found.update(d.left_out)
        for c in self.covered:
            found.update({c.status: sum(d.read for d in c.undecided)})
        found.update(self.others)
        return dict(+found)

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        """Figures of the root with all units below it."""
        return self.figures_of("")

    def figures_of(self, code: str) -> Mapping[str, Figure]:
        """Returns the figures of one unit with all units below it; "" is the root."""
        code = code or self.top.code
        chosen = self.digest.chosen()
        below = self.tree.below(code) if code else [u.code for u, _ in self.tree.walk()]
        name = self.tree.units[code].name if code else self.top.name
        tree, expected = (chosen[c] for c in below if c in chosen), self.tree.expected_below(code)
        return figures(self.catalog, chosen.get(code), tree, name, self.period.code, expected)
