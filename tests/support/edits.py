"""People at work on a document: random edits as Word stores them, with what each figure shows now.

Every w:t of a figure carries the figure's bookmark while it is edited, so that the text that must come
out can be told without the code under test.
"""

from __future__ import annotations

import copy
import random
import re
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from lxml import etree

from toolkit.submissions.source import Source
from toolkit.word.ooxml import MAIN, dump, find, make, q

FIGURE = "{urn:test}figure"  # on a w:t: the name of its bookmark
WORDS = ("认真", "扎实推进", "（含线上活动）", "按计划", "并做好记录，", "全体同志", "在各处室配合下", "A&B ")


@dataclass
class Edited:
    """A document in the hands of its editor."""

    root: etree._Element
    said: list[str] = field(default_factory=list)  # what was done
    copied: int = 0  # figures that came with a second copy of their paragraph

    @classmethod
    def open(cls, path: Path) -> Edited:
        with zipfile.ZipFile(path) as z:
            made = cls(etree.fromstring(z.read(MAIN)))
        for start in made.starts():
            for t in find(start.getnext(), "w:t"):
                t.set(FIGURE, start.get(q("w:name")))
        return made

    def save(self, template: Path, out: Path) -> None:
        root = copy.deepcopy(self.root)
        for t in root.iter(q("w:t")):
            t.attrib.pop(FIGURE, None)
        with zipfile.ZipFile(template) as old, zipfile.ZipFile(out, "w") as new:
            for entry in old.infolist():
                new.writestr(entry, dump(root) if entry.filename == MAIN else old.read(entry))

    def starts(self) -> list[etree._Element]:
        return find(self.root, "//w:bookmarkStart[starts-with(@w:name, 'DJ_') and not(starts-with(@w:name, 'DJ_doc'))]")

    def paragraphs(self) -> list[etree._Element]:
        """Those that may be moved, split and deleted: not the first, not the last, no table around."""
        return [p for p in find(self.root, "//w:body/w:p")[1:-1] if not find(p, "w:pPr/w:sectPr")]

    def shown(self) -> list[tuple[str, str]]:
        """(bookmark, what it shows) for each figure, in order."""
        found: list[tuple[str, str]] = []
        last = None
        for t in self._visible():
            name = t.get(FIGURE)
            if name and last is not None and last == (name, t.get("{urn:test}copy")):
                found[-1] = (name, found[-1][1] + t.text)
            elif name:
                found.append((name, t.text))
            last = (name, t.get("{urn:test}copy")) if name else None
        return found

    def text(self, figures: dict[str, str] | None = None) -> str:
        """The whole text, with each figure as `figures` has it."""
        made = []
        for p in find(self.root, "//w:p"):
            last = None
            for t in self._visible(p):
                name = t.get(FIGURE)
                if not name or figures is None:
                    made.append(t.text or "")
                elif name != last:
                    made.append(figures[name])
                last = name
            made.append("\n")
        return "".join(made)

    def _visible(self, within: etree._Element | None = None) -> list[etree._Element]:
        return find(self.root if within is None else within, ".//w:t[not(ancestor::w:del)]")

    # ----------------------------------------------------------------- edits

    def edit(self, rng: random.Random) -> None:
        """One random edit."""
        edits = [
            self.insert,
            self.cut,
            self.type_inside,
            self.type_outside,
            self.retype,
            self.run_on,
            self.split_figure,
            self.move,
            self.duplicate,
            self.delete,
            self.break_paragraph,
            self.across,
            self.shrink,
            self.track,
            self.table,
            self.heading,
            self.retype,
            self.retype,
        ]
        one = rng.choice(edits)
        one(rng)
        self.said.append(one.__name__)

    def _plain(self, rng: random.Random) -> etree._Element:
        return rng.choice([t for t in find(self.root, "//w:body/w:p//w:t") if not t.get(FIGURE) and len(t.text) > 6])

    def _figure(self, rng: random.Random, untouched: bool = False) -> tuple[etree._Element, etree._Element] | None:
        """Start and run of a figure that still is one run in its bookmark."""
        found = [s for s in self.starts() if self._run_of(s) is not None]
        start = rng.choice(found) if found else None
        return (start, self._run_of(start)) if start is not None else None

    def _run_of(self, start: etree._Element) -> etree._Element | None:
        run, name = start.getnext(), start.get(q("w:name"))
        if run is None or run.tag != q("w:r") or run.getnext() is None or run.getnext().tag != q("w:bookmarkEnd"):
            return None
        t = run.find(q("w:t"))
        return run if t is not None and t.get(FIGURE) == name else None

    def insert(self, rng: random.Random) -> None:
        t = self._plain(rng)
        at = rng.randrange(len(t.text))
        t.text = t.text[:at] + rng.choice(WORDS) + t.text[at:]

    def cut(self, rng: random.Random) -> None:
        t = self._plain(rng)
        at = rng.randrange(len(t.text) - 3)
        t.text = t.text[:at] + t.text[at + 2 :]

    def type_inside(self, rng: random.Random) -> None:
        """Words typed at the edge of a figure that Word takes into the bookmark."""
        if found := self._figure(rng):
            typed = make("w:r", make("w:t", rng.choice(WORDS)))
            (found[1].addprevious if rng.random() < 0.5 else found[1].addnext)(typed)

    def type_outside(self, rng: random.Random) -> None:
        if found := self._figure(rng):
            typed = make("w:r", make("w:t", rng.choice(WORDS)))
            (found[0].addprevious if rng.random() < 0.5 else found[1].getnext().addnext)(typed)

    def retype(self, rng: random.Random) -> None:
        """Another number by hand, in the same shape."""
        if found := self._figure(rng):
            t = found[1].find(q("w:t"))
            t.text = _other_number(t.text, rng)

    def run_on(self, rng: random.Random) -> None:
        """A digit typed before a figure: Word leaves it outside the bookmark."""
        if found := self._figure(rng):
            start, run = found
            t = run.find(q("w:t"))
            if t.text[0].isdigit():
                digit = make("w:t", str(rng.randrange(1, 10)))
                digit.set(FIGURE, t.get(FIGURE))
                start.addprevious(make("w:r", digit))

    def split_figure(self, rng: random.Random) -> None:
        """A figure over several runs, one of them bold, with a mark of the spelling checker between."""
        if not (found := self._figure(rng)):
            return
        run = found[1]
        t = run.find(q("w:t"))
        at = rng.randrange(1, len(t.text)) if len(t.text) > 1 else 0
        if not at:
            return
        second = copy.deepcopy(run)
        properties = second.find(q("w:rPr"))
        if properties is None:
            properties = make("w:rPr")
            second.insert(0, properties)
        properties.insert(0, make("w:b"))
        second.find(q("w:t")).text = t.text[at:]
        t.text = t.text[:at]
        run.addnext(second)
        run.addnext(make("w:proofErr", type="spellStart"))

    def move(self, rng: random.Random) -> None:
        one, other = rng.sample(self.paragraphs(), 2)
        other.addnext(one)

    def duplicate(self, rng: random.Random) -> None:
        p = rng.choice(self.paragraphs())
        twin = copy.deepcopy(p)
        figures = [t for t in find(twin, ".//w:t") if t.get(FIGURE)]
        for t in figures:
            t.set("{urn:test}copy", str(self.copied + 1))
        self.copied += len({t.get(FIGURE) for t in figures})
        p.addnext(twin)

    def delete(self, rng: random.Random) -> None:
        p = rng.choice(self.paragraphs())
        p.getparent().remove(p)

    def break_paragraph(self, rng: random.Random) -> None:
        """Enter pressed between two runs, outside of all bookmarks."""
        p = rng.choice(self.paragraphs())
        runs = [r for r in find(p, "w:r") if r.getprevious() is not None and r.getprevious().tag == q("w:bookmarkEnd")]
        if runs:
            self._break(p, rng.choice(runs))

    def _break(self, p: etree._Element, at: etree._Element) -> etree._Element:
        properties = p.find(q("w:pPr"))
        after = make("w:p", *([copy.deepcopy(properties)] if properties is not None else []))
        moved = [at, *at.itersiblings()]
        p.addnext(after)
        after.extend(moved)
        return after

    def across(self, rng: random.Random) -> None:
        """Words and Enter typed behind a figure: the bookmark ends in the next paragraph."""
        if found := self._figure(rng):
            end = found[1].getnext()
            end.addprevious(make("w:r", make("w:t", "，并做好总结")))
            if end.getparent().tag == q("w:p") and end.getparent().getparent().tag == q("w:body"):
                self._break(end.getparent(), end)

    def shrink(self, rng: random.Random) -> None:
        """The figure deleted and typed anew: nothing is left between the ends of its bookmark."""
        if found := self._figure(rng):
            run = found[1]
            t = run.find(q("w:t"))
            if re.fullmatch(r"[\d.]+[^\d.]+", t.text):
                t.text = _other_number(t.text, rng)
                run.addprevious(run.getnext())

    def track(self, rng: random.Random) -> None:
        """The figure changed with tracked changes on."""
        if found := self._figure(rng):
            run = found[1]
            old = copy.deepcopy(run)
            t = old.find(q("w:t"))
            gone = make("w:delText", t.text)
            t.addnext(gone)
            old.remove(t)
            who = {"author": "编辑", "date": "2026-12-01T00:00:00Z"}
            removed, added = make("w:del", old, id=9001, **who), make("w:ins", id=9002, **who)
            run.addprevious(removed)
            run.addprevious(added)
            added.append(run)
            run.find(q("w:t")).text = _other_number(run.find(q("w:t")).text, rng)

    def table(self, rng: random.Random) -> None:
        """A paragraph put into a table of its own."""
        p = rng.choice(self.paragraphs())
        cell = make("w:tc", make("w:tcPr", make("w:tcW", w=8000, type="dxa")))
        table = make("w:tbl", make("w:tblPr"), make("w:tblGrid", make("w:gridCol", w=8000)), make("w:tr", cell))
        p.addprevious(table)
        cell.append(p)
        table.addnext(make("w:p"))

    def heading(self, rng: random.Random) -> None:
        p = rng.choice(self.paragraphs())
        other = rng.choice(find(self.root, "//w:pPr/w:pStyle/@w:val"))
        for style in find(p, "w:pPr/w:pStyle"):
            style.set(q("w:val"), str(other))


def _other_number(text: str, rng: random.Random) -> str:
    """14次 as 37次: each digit another, the first not zero."""
    return re.sub(r"\d+", lambda m: str(int(m[0]) + rng.randrange(1, 7)), text, count=1)


def changed_figure(source: Source, name: str, more: int) -> Source:
    """The same source with one figure larger."""
    f = source.figures[name]
    return replace(source, figures={**source.figures, name: replace(f, value=(f.value or 0) + more)})
