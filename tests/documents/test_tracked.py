"""Documents that people have edited: 200 of them, each with a few random edits, against ledgers that changed."""

from __future__ import annotations

import random
import re
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from support.demo_city import Demo
from support.edits import Edited
from support.soffice import through_libreoffice

from toolkit.documents.fill import fill
from toolkit.documents.refresh import refresh
from toolkit.documents.verify import verify
from toolkit.findings import Remark
from toolkit.model import Catalog, Figure
from toolkit.submissions.source import Source, open_source
from toolkit.word.edited.names import read_name

DOCUMENTS = ("situation", "duty", "study", "summary")
EDITED, EVERY = 200, 4  # documents, and which of them go through LibreOffice


@pytest.fixture(scope="module")
def sources(city: Demo, catalog: Catalog) -> dict[str, Source]:
    return {name: open_source(catalog, city.source(name)) for name in DOCUMENTS}


@pytest.fixture(scope="module")
def desk_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("edited")


def changed(source: Source, rng: random.Random) -> Source:
    """The same source after more entries: some figures are larger; none is zero that was not."""
    found = dict(source.figures)
    for name, f in found.items():
        if rng.random() < 0.3 and f.state == "known" and f.value:
            found[name] = _more(f, rng)
    return replace(source, figures=found)


def _more(f: Figure, rng: random.Random) -> Figure:
    more = rng.randrange(1, 40)
    if f.indicator.denominator is None:
        return replace(f, value=(f.value or 0) + more)
    numerator, denominator = (f.numerator or 0) * 50, (f.denominator or 0) * 50 + more
    return replace(f, numerator=numerator, denominator=denominator, value=numerator / denominator)


class Job:
    """One document, edited at random, with what must come of it."""

    def __init__(self, n: int, city: Demo, sources: dict[str, Source], folder: Path) -> None:
        rng = random.Random(n)
        self.kind = DOCUMENTS[n % len(DOCUMENTS)]
        self.source = changed(sources[self.kind], rng)
        printed, anew = city.documents[self.kind], folder / f"new{n}.docx"
        fill(city.catalog, self.kind, self.source, anew)
        self.right = {_plain(name): text for name, text in Edited.open(anew).shown()}
        self.edited = Edited.open(printed)
        for _ in range(rng.randrange(1, 5)):
            self.edited.edit(rng)
        self.path = folder / f"edited{n}.docx"
        self.edited.save(printed, self.path)

    def wrong(self) -> Counter[tuple[str, str]]:
        """(what a figure shows, what it should), for those that differ."""
        pairs = ((shown, self.right[_plain(name)]) for name, shown in self.edited.shown())
        return Counter(pair for pair in pairs if pair[0] != pair[1])

    def lost(self) -> int:
        """Indicators of which a printed figure has gone with its paragraph."""
        there = Counter(_plain(name)[0] for name, _ in self.edited.shown())
        return sum(there[id_] < count for id_, count in Counter(id_ for id_, _ in self.right).items())

    def text(self) -> str:
        return self.edited.text({name: self.right[_plain(name)] for name, _ in self.edited.shown()})


def _plain(name: str) -> tuple[str, int]:
    read = read_name(name)
    assert read
    return read.id, read.n


def text_of(path: Path) -> str:
    """The text of a document, but for empty paragraphs, which LibreOffice may add."""
    return _lines(Edited.open(path).text())


def _lines(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line)


_REPORTED = re.compile("”(?:印的是|被手改为)“(.*)”，台账(?:现在)?是“(.*)”$")  # names hold quotation marks too


def reported(remarks: list[Remark]) -> Counter[tuple[str, str]]:
    """(old, new) of the figures that verify calls outdated or edited by hand."""
    said = (_REPORTED.search(r.message) for r in remarks if r.code in ("V01", "V02"))
    return Counter((m[1], m[2]) for m in said if m)


@pytest.fixture(scope="module")
def jobs(city: Demo, sources: dict[str, Source], desk_folder: Path) -> list[Job]:
    return [Job(n, city, sources, desk_folder) for n in range(EDITED)]


def hold(job: Job, path: Path, catalog: Catalog) -> None:
    """Every wrong figure reported, no other; refreshed, all figures are right and all words still there."""
    remarks = verify(catalog, path, job.source)
    told = f"{job.path.name}: {job.edited.said}"
    assert reported(remarks) == job.wrong(), told
    assert sum(r.code == "V09" for r in remarks) >= job.edited.copied, told
    assert sum(r.code == "V08" for r in remarks) == job.lost(), told
    out = path.with_name(f"{path.stem}-out.docx")
    done = refresh(catalog, path, job.source, out)
    assert Counter((c.old, c.new) for c in done.changed) == job.wrong(), told
    assert text_of(out) == _lines(job.text()), told
    assert not reported(verify(catalog, out, job.source)), told
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(out) as after:
        assert before.namelist() == after.namelist()
        assert all(before.read(n) == after.read(n) for n in before.namelist() if n != "word/document.xml")


def test_two_hundred_edited_documents(jobs: list[Job], catalog: Catalog) -> None:
    for job in jobs:
        hold(job, job.path, catalog)
    assert sum(len(job.edited.said) for job in jobs) > 2 * EDITED
    assert sum(job.wrong().total() for job in jobs) > EDITED


@pytest.mark.office
def test_edited_documents_after_libreoffice(jobs: list[Job], catalog: Catalog, tmp_path: Path) -> None:
    some = jobs[::EVERY]
    saved = through_libreoffice([job.path for job in some], tmp_path)
    for job in some:
        hold(job, saved[job.path], catalog)
