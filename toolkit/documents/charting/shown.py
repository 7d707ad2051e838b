"""Makes the declared charts for a document, and compares those of an edited document with the ledgers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ...excel.parts.chart import Drawn, chart_files
from ...findings import Remark, Spot, remark
from ...submissions.source import Source
from ...word.edited.charts import ShownChart, charts
from ...word.edited.paragraphs import Opened
from ...word.filling.chart import ChartPart
from ...wording.phrase import plain
from .declared import charts_of

SHOWN = 3  # differences that a remark names
TOLERANCE = 1e-9  # what Excel's doubles lose


def chart_makers(s: Source) -> Mapping[str, Callable[[], ChartPart | None]]:
    """Returns, by its name, what makes each declared chart of a source for a document."""

    def maker(name: str, make: Callable[[], Drawn | None]) -> Callable[[], ChartPart | None]:
        def part() -> ChartPart | None:
            drawn = make()
            return ChartPart(name, drawn.title, *chart_files(drawn)) if drawn else None

        return part

    return {name: maker(name, make) for name, make in charts_of(s).items()}


@dataclass(frozen=True)
class StaleChart:
    """A chart that shows other numbers than the ledgers; `now` is None if they have nothing to show any more."""

    shown: ShownChart
    now: Drawn | None
    differences: tuple[str, ...]


def stale(opened: Opened, s: Source) -> Iterator[StaleChart]:
    """Yields the charts of a document that differ from the ledgers; those of no declared name are passed over."""
    known = charts_of(s)
    for shown in charts(opened):
        if shown.name in known:
            now = known[shown.name]()
            if found := tuple(_differences(shown, now)):
                yield StaleChart(shown, now, found)


def remarks(opened: Opened, s: Source) -> Iterator[Remark]:
    """Yields one remark for each chart that differs from the ledgers."""
    for x in stale(opened, s):
        said = "；".join(x.differences[:SHOWN]) + (f"等{len(x.differences)}处" if len(x.differences) > SHOWN else "")
        yield remark("V28", Spot(), title=x.now.title if x.now else x.shown.name, why=said)


def new_parts(found: Iterator[StaleChart]) -> dict[str, bytes]:
    """Returns the parts of the charts that can be drawn again, with the workbooks inside."""
    made: dict[str, bytes] = {}
    for x in found:
        if x.now:
            xml, book = chart_files(x.now)
            made |= {x.shown.part: xml, **({x.shown.book: book} if x.shown.book else {})}
    return made


def _differences(shown: ShownChart, now: Drawn | None) -> Iterator[str]:
    if now is None:
        yield "台账现在没有可以画的数"
        return
    then = {(s, n): v for s, values in shown.series.items() for n, v in zip(shown.names, values, strict=False)}
    today = {(s, n): float(v or 0) for s, values in now.series.items() for n, v in zip(now.names, values, strict=True)}
    for s, n in dict.fromkeys([*then, *today]):
        old, new = then.get((s, n)), today.get((s, n))
        if old is None or new is None or abs(old - new) > TOLERANCE:
            yield f"{s}{n}：图上{_said(old)}，台账{_said(new)}"


def _said(value: float | None) -> str:
    return "没有" if value is None else plain(round(Decimal(str(value)), 4))
