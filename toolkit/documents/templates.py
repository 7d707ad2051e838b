"""Finds documents and their templates: those that the standard declares, and templates that users added."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from ..errors import CannotRun
from ..findings import nearest
from ..machine.shipped import shipped
from ..machine.userdirs import config_dir
from ..model import Catalog, Document, Heading, Passage, Speech
from ..standard.folders import added_folders
from ..standard.settings import setting
from ..word.edited.paragraphs import Paragraph, open_document
from ..word.filling.sandbox import load_template

PASSAGES, HEADINGS = "文字", "标题"  # their names in a template
FOLDER = "word_templates"
NOTICE = "notice.docx"  # filled from submissions, not from a workbook: no document that a clerk may choose


def folders() -> list[Path]:
    """Returns the template folders by precedence: added standards, the user's own folder, the product's."""
    chosen = setting("templates")
    own = [*([chosen] if chosen else []), config_dir() / FOLDER]
    return [*(folder / FOLDER for folder in reversed(added_folders())), *own, shipped(FOLDER)]


def documents(catalog: Catalog) -> Mapping[str, Document]:
    """Returns the declared documents, and one for each other template, named after its file."""
    found = dict(catalog.documents)
    known = {NOTICE, *(d.template for d in found.values())}
    for folder in folders():
        for path in sorted(folder.glob("*.docx")):
            if path.name not in known and path.name[0] not in "~.":
                known.add(path.name)
                heading = f"{{单位简称}}|{{时期}}{path.stem}"
                found.setdefault(path.stem, Document(path.stem, path.stem, heading, path.name, source="any"))
    return found


def document(catalog: Catalog, name: str) -> Document:
    """Returns the document with this name or Chinese title. Raises CannotRun, naming the nearest one."""
    if name in catalog.documents:
        return _completed(catalog.documents[name])
    found = documents(catalog)
    by_title = {d.title: d for d in found.values()}
    if made := found.get(name) or by_title.get(name):
        return _completed(made)
    near = nearest(name, [*found, *by_title])
    listed = "、".join(d.name if d.name == d.title else f"{d.name}（{d.title}）" for d in found.values())
    raise CannotRun(f"没有文种“{name}”" + (f"，是否为“{near}”？" if near else "。") + f"现有：{listed}。")


def _completed(d: Document) -> Document:
    """Takes passages and headings from the template if the document declares none."""
    if d.passages or d.headings:
        return d
    asked = sorted(load_template(template_of(d)).parts_of)
    passages = tuple(Passage(part) for name, part in asked if name == PASSAGES)
    headings = tuple(Heading(part, part) for name, part in asked if name == HEADINGS)
    return replace(d, passages=passages, headings=headings)


def template_of(d: Document) -> Path:
    """Returns the Word file of a document's template. Raises CannotRun if there is none."""
    for folder in folders():
        if (folder / d.template).is_file():
            return folder / d.template
    raise CannotRun(f"找不到“{d.title}”的模板 {d.template}：请重新安装。", "也可以用 --template 指定。")


_SENTENCES, _TAG = re.compile(r"[^。！？]+[。！？]?"), re.compile(r"\{\{|\{%")


def texts(template: Path) -> tuple[Paragraph, ...]:
    """Returns the paragraphs of a template; an unchanged file (same time and size) is read once."""
    stamp = template.stat()
    return _texts(template, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=32)
def _texts(template: Path, _mtime: int, _size: int) -> tuple[Paragraph, ...]:
    return open_document(template).paragraphs


def unsupported(template: Path, speech: Speech) -> Iterator[tuple[Paragraph, str]]:
    """Yields sentences of a template that say that something was done, but hold neither a figure nor a list of names.

    Headings are left out, and so is what stands under a heading of plans (Speech.free).
    """
    free: int | None = None  # level of the heading of plans
    for p in texts(template):
        if p.level is not None:
            if free is None or p.level <= free:
                free = p.level if any(word in p.text for word in speech.free) else None
        elif free is None and not p.in_table:
            for sentence in _SENTENCES.findall(p.text):
                if not _TAG.search(sentence) and any(verb in sentence for verb in speech.done):
                    yield p, sentence.strip()
