"""Takes the tags out of the text of a part and leaves a plant in place of each: a number that a tag replaces later.

Works on the XML tree, so a tag that Word has split over runs is one tag, and no text around it moves or is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from ...findings import Remark, Spot
from ..edited.text import ParagraphText, is_copy
from ..ooxml import XML_SPACE, find, make, q
from .cells import set_property, span_of
from .problems import problem, shown
from .scan import Tag, scan
from .statements import Checked, statement

OPEN, CLOSE = "\ue020", "\ue021"
FORGED = re.compile("[\ue000-\ue0ff]")  # characters that stand for marks and plants
_T, _R, _P, _PPR = q("w:t"), q("w:r"), q("w:p"), q("w:pPr")
_BOXES = {"p": (_P, "段"), "tr": (q("w:tr"), "行"), "tc": (q("w:tc"), "单元格")}
_OBJECTS = {q(f"w:{name}") for name in ("drawing", "pict", "object", "sectPr", "footnoteReference", "endnoteReference")}
_QUIET = {q("w:lang"), q("w:noProof")}
_JOINED_BEFORE, _JOINED_AFTER = re.compile(r"\s*\{[{%]-"), re.compile(r"-[%}]\}\s*$")
_FIRST, _LAST = Checked("{% if loop.first %}", "if", loop=True), Checked("{% endif %}", "endif")


@dataclass(frozen=True)
class Plant:
    """One tag as Jinja reads it, and the paragraph that it stands in."""

    checked: Checked
    shown: str
    spot: Spot
    whole: bool  # it stands for a whole paragraph, row or cell
    home: int  # number of its paragraph among all


class Bed:
    """One part: `plants` by number, and `found`, what is wrong with them so far."""

    def __init__(self, root: etree._Element, part: str) -> None:
        """Plants the tags of `root`, in place."""
        self.root, self.part = root, part
        self.plants: list[Plant] = []
        self.found: list[Remark] = []
        self._said: set[Remark] = set()
        self._words: set[str] = set()  # first words of statements so far
        self.touched = False  # it has tags, or characters that print braces
        self.blind = False  # a statement may be hidden in a fault
        self._boxes: dict[etree._Element, tuple[str, list[int], Tag]] = {}
        self._spots = self._numbered()
        _join(root)
        for home, p in enumerate(list(root.iter(_P))):
            self._paragraph(home, ParagraphText(p))
        self._elsewhere()
        for box in sorted(self._boxes, key=_depth, reverse=True):  # what is inside a box comes before it
            self._replace(box, *self._boxes[box])

    def _numbered(self) -> dict[etree._Element, Spot]:
        """Returns the place of every paragraph; one in Word's copy of a text box has that of its original."""
        spots: dict[etree._Element, Spot] = {}
        known: dict[str, Spot] = {}
        number = 0
        for p in self.root.iter(_P):
            text = ParagraphText(p).text
            if is_copy(p):
                spots[p] = known.get(text, Spot(part=self.part))
                continue
            number += bool(text.strip())
            spots[p] = known[text] = Spot(number, shown(text), self.part)
        return spots

    def _say(self, code: str, spot: Spot, **words: str) -> None:
        made = problem(code, spot, **words)
        if made not in self._said:
            self._said.add(made)
            self.found.append(made)

    def _paragraph(self, home: int, text: ParagraphText) -> None:
        spot = self._spots[text.p]
        if FORGED.search(text.text):
            self._say("M19", spot)
        tags, faults = scan(text.text)
        for fault in faults[:3]:  # one faulty line is one or two faults, not seventeen
            self._say(fault.code, spot, what=fault.what)
        self.blind = self.blind or any(f.blind for f in faults)
        cuts = [(tag, self._planted(home, text.p, tag, spot)) for tag in tags]
        if cuts:
            self.touched = True
            self._cut(text, cuts, spot)

    def _planted(self, home: int, p: etree._Element, tag: Tag, spot: Spot) -> str:
        """Returns what stands in place of a tag: a plant, a text, or nothing."""
        if not tag.kind:
            return tag.inner
        box = next(p.iterancestors(q("w:tc")), None)
        if (tag.prefix in ("tr", "tc") or tag.word in ("colspan", "cellbg", "hm", "vm")) and box is None:
            self._say("M11", spot, what=tag.shown)
        elif tag.kind == "{{" and tag.prefix not in ("", "r"):
            self._say("M09", spot, what=tag.shown)
            return ""
        checked = statement(tag)
        if checked.faults and tag.word.startswith("end") and tag.word[3:] in self._words:
            return ""  # its beginning is refused already
        self._words.add(tag.word)
        for code, words in checked.faults:
            self._say(code, spot, **words)
        if checked.cell:
            if box is not None:
                self._cell(box, checked, tag, spot, home)
            return ""
        whole = tag.prefix in _BOXES
        number = None
        if tag.kind != "{#":
            number = self._add(Plant(checked, tag.shown, spot, whole, home))
        if not whole:
            return f"{OPEN}{number}{CLOSE}" if number is not None else ""
        element = next((e for e in (p, *p.iterancestors()) if e.tag == _BOXES[tag.prefix][0]), None)
        if element is not None:
            numbers = self._boxes.setdefault(element, (tag.prefix, [], tag))[1]
            numbers += [number] if number is not None else []
        return ""

    def _add(self, plant: Plant) -> int:
        self.plants.append(plant)
        return len(self.plants) - 1

    def _cell(self, cell: etree._Element, checked: Checked, tag: Tag, spot: Spot, home: int) -> None:
        """Sets what a tag says about its cell: colour, width, or joined with its neighbours (docxtpl's tags)."""

        def plant(made: Checked) -> int:
            return self._add(Plant(made, tag.shown, spot, True, home))

        def inside(made: Checked) -> str:
            return f"{OPEN}{plant(made)}{CLOSE}"

        if checked.cell == "cellbg":
            set_property(cell, make("w:shd", val="clear", color="auto", fill=inside(checked)))
        elif checked.cell == "colspan":
            set_property(cell, make("w:gridSpan", val=inside(checked)))
        elif checked.cell == "hm":
            width = Checked(f"{{{{ ({span_of(cell)} * loop.length)|_columns }}}}")
            set_property(cell, make("w:gridSpan", val=inside(width)))
            cell.addprevious(_instruction(plant(_FIRST)))
            cell.addnext(_instruction(plant(_LAST)))
        else:
            merge = Checked("{{ 'restart' if loop.first else 'continue' }}")
            set_property(cell, make("w:vMerge", val=inside(merge)))
            for p in cell.iterchildren(_P):
                p.insert(1 if len(p) and p[0].tag == _PPR else 0, _instruction(plant(_FIRST)))
                p.append(_instruction(plant(_LAST)))

    def _cut(self, text: ParagraphText, cuts: list[tuple[Tag, str]], spot: Spot) -> None:
        """Takes the tags out of the runs; each text keeps its own run."""
        at = 0  # index of the first cut that is not done
        homes: list[set[etree._Element]] = [set() for _ in cuts]
        looks: list[set[tuple[str, ...]]] = [set() for _ in cuts]
        for node, start in text.nodes:
            end = start + (len(node.text or "") if node.tag == _T else 1)
            pieces, kept, touched = [], start, False
            while at < len(cuts) and cuts[at][0].start < end:
                tag, put = cuts[at]
                touched = touched or tag.end > start
                if tag.end > start:
                    if tag.start < start or tag.end > end:  # it goes on in another text
                        homes[at].add(node.getparent().getparent())
                        looks[at].add(_look(node.getparent()))
                    if node.tag != _T:
                        self._mixed(tag, spot)
                pieces.append(text.text[kept : max(kept, tag.start)])
                if start <= tag.start:
                    pieces.append(put)
                kept = max(kept, min(tag.end, end))
                if tag.end > end:
                    break
                at += 1
            if touched:
                _write(node, "".join([*pieces, text.text[kept:end]]), keep=node.tag != _T and kept < end)
        for (tag, _), home, look in zip(cuts, homes, looks, strict=True):
            if len(home) > 1:
                self._say("M03", spot, what=tag.shown if tag.kind else tag.inner)
            elif len(look) > 1:
                self._mixed(tag, spot)

    def _mixed(self, tag: Tag, spot: Spot) -> None:
        if tag.kind and not (tag.before or tag.after):
            self._say("M04", spot, what=tag.shown)

    def _elsewhere(self) -> None:
        """Reports tags where no text of the document is: in field codes, descriptions, formulas."""
        for e in self.root.iter(etree.Element):
            texts = [*map(str, e.attrib.values()), (e.text or "") if e.tag != _T else ""]
            for text in texts:
                if ("{{" in text or "{%" in text) and OPEN not in text:
                    p = e if e.tag == _P else next(e.iterancestors(_P), None)
                    self._say("M18", self._spots.get(p, Spot(part=self.part)), what=shown(text))

    def _replace(self, box: etree._Element, prefix: str, numbers: list[int], tag: Tag) -> None:
        """Puts the plants of a paragraph, row or cell in place of it; nothing else may be in it."""
        parent = box.getparent()
        if parent is None:
            return
        inside = list(box.iter(_T, etree.PI, *_OBJECTS))
        if any(e.tag != _T or (e.text or "").strip() for e in inside):
            place = self.plants[numbers[0]].spot if numbers else self._spots[next(box.iter(_P))]
            self._say("M10", place, what=tag.shown, box=_BOXES[prefix][1])
        for number in numbers:
            box.addprevious(_instruction(number))
        parent.remove(box)


def _instruction(number: int) -> etree._Element:
    return etree.ProcessingInstruction("dj", str(number))


def _depth(element: etree._Element) -> int:
    return sum(1 for _ in element.iterancestors())


def _write(node: etree._Element, text: str, keep: bool) -> None:
    """Writes what is left of a text; a run that is left empty goes."""
    if keep:
        return
    if text:
        node.text = text
        node.set(XML_SPACE, "preserve")
        return
    run = node.getparent()
    run.remove(node)
    if all(e.tag == q("w:rPr") for e in run) and run.getparent() is not None:
        run.getparent().remove(run)


def _look(run: etree._Element) -> tuple[str, ...]:
    """Returns the visible properties of a run."""
    seen = []
    for p in find(run, "w:rPr/*"):
        if p.tag not in _QUIET:
            attributes = sorted((k, v) for k, v in p.attrib.items() if k != q("w:hint"))
            if attributes or p.tag != q("w:rFonts"):
                seen.append(f"{p.tag}{attributes}")
    return tuple(seen)


def _join(root: etree._Element) -> None:
    """Joins paragraphs as docxtpl does: `{%-` at the start with the one before, `-%}` at the end with the next."""
    moved: dict[etree._Element, etree._Element] = {}
    for p in list(root.iter(_P)):
        text = ParagraphText(p).text
        if _JOINED_BEFORE.match(text) and p not in moved:
            before = p.getprevious()
            if before is not None and before.tag == _P and _move(p, before):
                moved[p] = before
        host = moved.get(p, p)
        after = host.getnext()
        if _JOINED_AFTER.search(text[-20:]) and after is not None and after.tag == _P and _move(after, host):
            moved[after] = host


def _move(p: etree._Element, into: etree._Element) -> bool:
    """Moves the runs of `p` to the end of `into`, unless one of them ends a section."""
    if find(p, "w:pPr/w:sectPr") or find(into, "w:pPr/w:sectPr"):
        return False
    into.extend([e for e in p if e.tag != _PPR])
    p.getparent().remove(p)
    return True
