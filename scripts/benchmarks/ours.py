"""The same work with the product."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

open_until_exit = ExitStack()


def loop(folder: str, jobs: int | None = None, cluster: bool = False) -> Callable[[], Any]:
    """Read, check and aggregate every workbook of a folder, as the command does; the cluster is started beforehand."""
    from toolkit.standard.catalog import load_catalog
    from toolkit.submissions.files import How
    from toolkit.submissions.rerun import Aggregation
    from toolkit.submissions.store import Store

    catalog = load_catalog()
    address = None
    if cluster:
        from toolkit.machine.cluster import connected

        started: Any = open_until_exit.enter_context(connected("local", jobs))
        address = started.cluster.scheduler_address

    def run() -> dict[str, Any]:
        with Store.of_user(catalog, print) as store:
            found = Aggregation(catalog, [folder], store, how=How(jobs, address)).outcome
            return {name: [f.state, str(f.value)] for name, f in found.figures.items()}

    return run


def digest(path: str) -> Callable[[], Any]:
    """Read, check and digest one workbook."""
    from toolkit.standard.catalog import load_catalog
    from toolkit.submissions.intake import read_workbook

    catalog = load_catalog()
    return lambda: read_workbook(catalog, path)


def read(path: str) -> Callable[[], Any]:
    """Read one workbook."""
    from toolkit.excel.reading.read import read_book

    return lambda: read_book(path)


def documents(folder: str, document: str, out: str) -> Callable[[], Any]:
    """A document for each workbook of a folder that was read beforehand, its figures made: the peer knows its words."""
    from toolkit.documents.fill import fill
    from toolkit.standard.catalog import load_catalog
    from toolkit.submissions.source import open_source

    catalog = load_catalog()
    sources = [open_source(catalog, path) for path in sorted(Path(folder).iterdir())]
    for source in sources:
        dict(source.figures)

    def run() -> int:
        for n, source in enumerate(sources):
            fill(catalog, document, source, Path(out) / f"{n}.docx")
        return len(sources)

    return run


def words(folder: str, document: str, out: str) -> Callable[[], Any]:
    """What plain docxtpl needs to print such documents: a template with all sentences, text for each of its names."""
    from docxtpl import DocxTemplate

    from toolkit.documents.context import context
    from toolkit.documents.names import write_template
    from toolkit.documents.templates import template_of
    from toolkit.model import Figure
    from toolkit.standard.catalog import load_catalog
    from toolkit.submissions.source import open_source
    from toolkit.wording.phrase import Words, phrase

    catalog = load_catalog()
    d = catalog.documents[document]
    template = template_of(d)
    if d.headings:  # its sentences come from the ledgers
        template = Path(out) / "template.docx"
        write_template(catalog, document, template)
    names = DocxTemplate(template).get_undeclared_template_variables()
    said = Words.of(catalog.wording)

    def text(value: Any) -> Any:
        if isinstance(value, Figure):
            return phrase(value, None, said) if value.value is not None else ""
        if isinstance(value, dict):
            return {k: text(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [text(v) for v in value]
        return str(getattr(value, "text", value))

    def run() -> Any:
        found = []
        for path in sorted(Path(folder).iterdir()):
            known = context(catalog, d, open_source(catalog, path))
            found.append({name: text(known.get(name, "")) for name in names})
        return {"template": str(template), "words": found}

    return run


def tables(folder: str, out: str) -> Callable[[], Any]:
    """Keep the rows of a folder's workbooks as tables for the peers, so that all write and check the same."""
    import pandas as pd

    from toolkit.excel.parts.layout import in_words
    from toolkit.standard.catalog import load_catalog
    from toolkit.submissions.aggregate import aggregate

    catalog = load_catalog()

    def run() -> int:
        submissions = aggregate(catalog, [folder]).submissions
        made = {}
        for ledger in catalog.ledgers.values():
            if ledger.reported:
                lines = [
                    {
                        "单位全称": s.unit["unit_name"],
                        **{f.title: in_words(r.values.get(f.name)) for f in ledger.fields},
                    }
                    for s in submissions
                    for r in s.rows.get(ledger.name, ())
                ]
                made[ledger.title] = pd.DataFrame(lines, columns=["单位全称", *(f.title for f in ledger.fields)])
        pd.to_pickle(made, out)
        return sum(map(len, made.values()))

    return run


def consolidated(folder: str, out: str) -> Callable[[], Any]:
    """Write the consolidated workbook of a folder that was read beforehand."""
    from toolkit.excel.consolidated.consolidate import write_consolidated
    from toolkit.standard.catalog import load_catalog
    from toolkit.submissions.aggregate import aggregate

    c = aggregate(load_catalog(), [folder])

    def run() -> int:
        write_consolidated(c, out)
        return c.rows["read"]

    return run


def check(folder: str) -> Callable[[], Any]:
    """Check all rows of a folder that was read beforehand: every rule and obligation, not the single cells."""
    from toolkit.rows.submission import check_submission
    from toolkit.standard.catalog import load_catalog
    from toolkit.submissions.aggregate import read_workbook

    catalog = load_catalog()
    submissions = [r.submission for path in sorted(Path(folder).iterdir()) for r in read_workbook(catalog, path)]
    return lambda: sum(len(check_submission(catalog, s).findings) for s in submissions)
