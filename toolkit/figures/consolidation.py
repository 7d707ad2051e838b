"""The submissions of a tree of units merged into one, with every row accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..model import Catalog, Figure, Finding, Submission
from .digest import Digest
from .evaluate import figures
from .tree import Coverage, Tree, Unit, counts

TOP = "全部单位"


@dataclass(frozen=True)
class Consolidation:
    """All that an aggregation knows."""

    catalog: Catalog
    year: int
    tree: Tree
    digest: Digest
    covered: tuple[Coverage, ...]
    submissions: Sequence[Submission]  # the chosen ones in the order of the tree; each is fetched when looked at
    findings: tuple[Finding, ...]

    @property
    def top(self) -> Unit:
        """The unit at the head of the tree; where several stand side by side, a name for all of them."""
        if len(self.tree.roots) == 1:
            return self.tree.units[self.tree.roots[0]]
        return Unit("", TOP, TOP)

    @property
    def counts(self) -> dict[str, int]:
        return dict(counts(self.covered))

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the units that should have reported and have not."""
        return tuple(x.unit.name for x in self.covered if x.unit.expected and not x.digest)

    @property
    def rows(self) -> dict[str, int]:
        """read = counted + left_out, over the chosen submissions."""
        chosen = self.digest.chosen().values()
        return {
            "read": sum(d.read for d in chosen),
            "counted": sum(d.counted for d in chosen),
            "left_out": sum(self.reasons.values()),
        }

    @property
    def reasons(self) -> dict[str, int]:
        """Why rows were left out, with how many."""
        return dict(sum((Counter(d.left_out) for d in self.digest.chosen().values()), Counter()))

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        """The figures of the head of the tree with all below it."""
        return self.figures_of("")

    def figures_of(self, code: str) -> Mapping[str, Figure]:
        """The figures of one unit with all below it; "" is the head of the tree."""
        code = code or self.top.code
        chosen = self.digest.chosen()
        below = self.tree.below(code) if code else [u.code for u, _ in self.tree.walk()]
        name = self.tree.units[code].name if code else self.top.name
        return figures(self.catalog, chosen.get(code), (chosen[c] for c in below if c in chosen), name, str(self.year))
