"""An operation and a check that the product does not have, as somebody outside the package would write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from toolkit.figures.operations import Number, Operation, Taker, operation
from toolkit.model import Ledger, Row, Rule
from toolkit.rows.conditions import Context
from toolkit.rows.rules import check


@operation
class Smallest(Operation):
    """The smallest value of a field."""

    name, title = "smallest", "最小值"

    def take(self, t: Taker, rows: Sequence[Row], unit: str) -> Number | None:
        return self.merge([r.values.get(t.measure.field or "") for r in rows])

    def merge(self, values: Sequence[Number | None]) -> Number | None:
        return min((v for v in values if v is not None), default=None)


@check("X01", needed=("field",))
def even(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """The number is even."""
    for row in rows:
        value = row.values.get(rule.args["field"])
        if value is not None and value % 2:
            yield row, rule.args["field"]
