"""Corrects a copy where a program can, and lists the changes; everything else stays byte for byte."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from ...errors import CannotRun
from ...machine.atomic import write_whole
from ...machine.guard import check_file, guarding
from ...model import Catalog
from ..edited.paragraphs import ENCODINGS, Opened, Paragraph, open_document
from ..edited.rewrite import rewrite
from ..edited.text import put_text
from ..ooxml import dump
from .check import alike, flaws_of, hits, read_script, where
from .layout import Page
from .rules import Hit, Rule

PASSES = 6  # one correction may reveal another: in （ 一） first the bracket, then the space


@dataclass(frozen=True)
class Change:
    """One change: `paragraph` is Paragraph.number, 0 for the page; `old`, `new` are text or look before and after."""

    code: str
    paragraph: int
    old: str
    new: str
    where: str = ""


def fix(catalog: Catalog, path: Path, out: Path, kind: str = "") -> list[Change]:
    """Writes the corrected document to `out` and returns the changes in the order they were made.

    Raises CannotRun if `out` is the document itself or has another suffix, or a file cannot be read or written.
    """
    if path.suffix.lower() not in (".docx", ".txt"):
        raise CannotRun(f"“{path.name}”只能检查，不能改。请在 Word 中另存为 .docx 再改。")
    with guarding([path]):
        check_file(out, [path.suffix.lower()])
        return _fixed(catalog, path, out, kind)


def _fixed(catalog: Catalog, path: Path, out: Path, kind: str) -> list[Change]:
    document = open_document(path)
    before = {name: etree.tostring(root) for name, root in document.roots.items()}
    document, changes = _mend_text(catalog, document, kind)
    if document.kind == "txt":
        write_whole(out, _with_lines(path.read_bytes(), document.paragraphs), [path.suffix.lower()])
        return changes
    page = Page.of(document, read_script(catalog, document, kind))
    for rule, flaws in flaws_of(page):
        for (old, new), group in alike(f for f in flaws if f.mend).items():
            for flaw in group:
                flaw.mend()  # type: ignore[misc]
            number = next((f.line.number for f in group if f.line is not None), 0)
            changes.append(
                Change(
                    rule.code, number, old or rule.message.format(where="", found=""), new or rule.remedy, where(group)
                )
            )
    changed = {name: dump(root) for name, root in document.roots.items() if etree.tostring(root) != before[name]}
    rewrite(path, {**changed, **page.added}, out)
    return changes


def _mend_text(catalog: Catalog, document: Opened, kind: str) -> tuple[Opened, list[Change]]:
    """Mends the text; a paragraph in which that would bring a new finding to light is left to a person.

    A finding may come to light far from the paragraph that was mended; where leaving its neighbours does not help, all
    paragraphs are left.
    """
    plain = replace(document, paragraphs=tuple(replace(p, element=None) for p in document.paragraphs))
    before, left = _found(catalog, plain, kind), frozenset[int]()
    everywhere = frozenset(range(len(plain.paragraphs)))
    while left != everywhere:
        after = _found(catalog, _passes(catalog, plain, kind, left)[0], kind)
        if not after.total - before.total:
            break
        worse = {n for n, codes in after.lines.items() if codes - before.lines.get(n, Counter())}
        beside = {n + step for n in worse & left for step in (-1, 1)} & everywhere
        left = left | worse | beside if (worse | beside) - left else everywhere
    return _passes(catalog, document, kind, left)


@dataclass(frozen=True)
class _Found:
    """Codes of findings: of the whole text, and by the position of the paragraph."""

    total: Counter[str]
    lines: Mapping[int, Counter[str]]


def _found(catalog: Catalog, document: Opened, kind: str) -> _Found:
    """A paragraph without an end counts as one kind, whether the next one seems to go on (K07) or not (K20)."""
    shown = [(n, p) for n, p in enumerate(document.paragraphs) if p.text.strip()]
    read = read_script(catalog, replace(document, paragraphs=tuple(p for _, p in shown)), kind)
    at = {id(p): n for n, p in shown}
    lines: dict[int, Counter[str]] = {}
    for rule, hit in hits(catalog, read):
        lines.setdefault(at[id(read.lines[hit.line].paragraph)], Counter())[rule.code.replace("K07", "K20")] += 1
    return _Found(sum(lines.values(), Counter()), lines)


def _passes(catalog: Catalog, document: Opened, kind: str, left: frozenset[int]) -> tuple[Opened, list[Change]]:
    """Mends the paragraphs that do not stand at the positions `left`."""
    changes: list[Change] = []
    for _ in range(PASSES):
        skipped = {id(p) for n, p in enumerate(document.paragraphs) if n in left}
        read = read_script(catalog, document, kind)
        mended: dict[int, list[tuple[Rule, Hit]]] = {}
        for rule, hit in hits(catalog, read):
            earlier = mended.setdefault(hit.line, [])
            if id(read.lines[hit.line].paragraph) in skipped:
                continue
            if hit.new is not None and (not earlier or hit.start >= earlier[-1][1].end):
                earlier.append((rule, hit))
        if not any(mended.values()):
            break
        paragraphs = {id(read.lines[n].paragraph): found for n, found in mended.items()}
        changes += [
            Change(
                rule.code, read.lines[hit.line].number, read.lines[hit.line].text[hit.start : hit.end], hit.new or ""
            )
            for found in mended.values()
            for rule, hit in found
        ]
        new = tuple(_mended(p, [h for _, h in paragraphs.get(id(p), [])]) for p in document.paragraphs)
        document = replace(document, paragraphs=new)
    return document, changes


def _mended(p: Paragraph, found: list[Hit]) -> Paragraph:
    if not found:
        return p
    if p.element is None:
        text = p.text
        for hit in reversed(found):
            text = text[: hit.start] + (hit.new or "") + text[hit.end :]
        return replace(p, text=text)
    held = p.held
    for hit in reversed(found):
        put_text(held, hit.start, hit.end, hit.new or "")
    return replace(p, text=p.held.text)


# ----------------------------------------------------------------- writing


def _with_lines(data: bytes, lines: Iterable[Paragraph]) -> bytes:
    """Returns the file's bytes with these lines replaced; encoding, line ends and empty lines are kept."""
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    for encoding in ENCODINGS:
        try:
            pieces = re.split("(\r\n|\r|\n)", data.decode(encoding))
            break
        except UnicodeDecodeError:
            continue
    for line in lines:
        pieces[2 * (line.number - 1)] = line.text
    plain = "utf-8" if encoding == "utf-8-sig" else encoding
    return mark + "".join(pieces).encode(plain)
