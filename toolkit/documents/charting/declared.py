"""The declared charts of one source: the same for Word and for the dashboard (standard/overview.yaml)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from ...excel.consolidated.chart_data import bars, coverage, known, parts, plain_number, tells
from ...excel.consolidated.overview import overview
from ...excel.parts.chart import Drawn, ranked
from ...figures.months import monthly, months
from ...figures.operations import Number
from ...model import PUBLIC, Indicator
from ...standard.yamlmap import Map
from ...submissions.source import Source
from ...wording.masks import is_small, of_people
from ...wording.phrase import words
from ...year.recount import Choice, Unmeasured, by_unit


def chart_names() -> list[str]:
    """Returns the names of the declared charts, as templates call them."""
    return [spec["name"] for spec in overview().maps("charts") if spec["kind"] in _KINDS]


def charts_of(s: Source) -> Mapping[str, Callable[[], Drawn | None]]:
    """Returns, by its name, what makes each declared chart; it gives None if there is nothing to show."""
    return {spec["name"]: partial(_drawn, spec, s) for spec in overview().maps("charts") if spec["kind"] in _KINDS}


def _drawn(spec: Map, s: Source) -> Drawn | None:
    made = _KINDS[spec["kind"]](spec, s)
    if made and s.audience == PUBLIC:
        made = _discreet(spec, s, made)
    return made if made and tells(spec, made) else None


def _discreet(spec: Map, s: Source, d: Drawn) -> Drawn:
    """Returns a chart of a public version: without series, or parts of a whole, in which persons are few."""
    wording = words(s.catalog)
    people = {f.indicator.title for f in known(spec, s.figures) if of_people(s.catalog, f.indicator)}
    if spec["kind"] in ("months", "units"):
        few = {n for n, v in d.series.items() if n in people and any(is_small(x, wording) for x in v)}
        return replace(d, series={n: v for n, v in d.series.items() if n not in few})
    if spec["kind"] != "parts":  # single figures are masked themselves
        return d
    kept = [
        i
        for i, n in enumerate(d.names)
        if not (n in people and any(is_small(v[i], wording) for v in d.series.values()))
    ]
    return replace(d, names=[d.names[i] for i in kept], series={n: [v[i] for i in kept] for n, v in d.series.items()})


def _coverage(spec: Map, s: Source) -> Drawn | None:
    if s.kind != "consolidated" or s.expected < 2:  # a unit alone reports to nobody here
        return None
    return coverage(spec, {"实报": s.received, "缺报": s.expected - s.received})


def _indicators(spec: Map, s: Source) -> Drawn | None:
    return bars(spec, known(spec, s.figures))


def _parts(spec: Map, s: Source) -> Drawn | None:
    return parts(spec, known(spec, s.figures))


def _units(spec: Map, s: Source) -> Drawn | None:
    if s.kind != "consolidated":
        return None
    totals: dict[str, dict[str, Number]] = {}
    for f in known(spec, s.figures):
        try:
            for m in by_unit(f.indicator, s, Choice(s.context.end, {})):
                totals.setdefault(m.name, {})[f.indicator.title] = m.value or 0
        except Unmeasured:
            continue
    own = str(s.unit.get("unit_name"))
    return ranked(
        spec["title"],
        [(u, {t: plain_number(n) for t, n in of.items()}) for u, of in totals.items() if u != own or any(of.values())],
        bool(spec.get("least")),
    )


def _months(spec: Map, s: Source) -> Drawn | None:
    found = {f.indicator.title: months_of(s, f.indicator) for f in known(spec, s.figures)}
    series = {title: [plain_number(n) for n in values] for title, values in found.items() if values}
    return Drawn(spec["kind"], spec["title"], [f"{m}月" for _, m in months(s.period)], series)


def months_of(s: Source, indicator: Indicator) -> Sequence[Number] | None:
    """Returns an indicator for each month; None if it counts no events, its rows are not at hand, or all are zero."""
    m = indicator.numerator
    if s.kind == "consolidated" and not s.catalog.ledgers[m.ledger].reported:
        return None
    own = s.unit.get("unit_id") if m.collect == "本级" else None
    rows = (x for x in s.rows.get(m.ledger, ()) if own is None or x[0].sheet.unit == own)
    found = monthly(s.catalog, indicator, rows, s.period)
    return found if found and any(found) else None


_KINDS: Mapping[str, Callable[[Map, Source], Drawn | None]] = {
    "coverage": _coverage,
    "units": _units,
    "indicators": _indicators,
    "parts": _parts,
    "rates": _indicators,
    "months": _months,
}
