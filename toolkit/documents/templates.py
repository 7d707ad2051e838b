"""Finds documents and their templates: those that the standard declares, and templates that users added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..errors import CannotRun
from ..findings import nearest
from ..machine.shipped import shipped
from ..machine.userdirs import config_dir
from ..model import Catalog, Document, Heading, Passage
from ..standard.catalog import added_folders
from ..word.filling.sandbox import load_template

PASSAGES, HEADINGS = "文字", "标题"  # their names in a template
FOLDER = "word_templates"


def folders() -> list[Path]:
    """Returns the template folders by precedence: added standards, the user's own folder, the product's."""
    return [*(folder / FOLDER for folder in reversed(added_folders())), config_dir() / FOLDER, shipped(FOLDER)]


def documents(catalog: Catalog) -> Mapping[str, Document]:
    """Returns the declared documents, and one for each other template, named after its file."""
    found = dict(catalog.documents)
    known = {d.template for d in found.values()}
    for folder in folders():
        for path in sorted(folder.glob("*.docx")):
            if path.name not in known and path.name[0] not in "~.":
                known.add(path.name)
                heading = f"{{单位简称}}|{{年度}}年{path.stem}"
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
    raise CannotRun(f"找不到“{d.title}”的模板 {d.template}：请重新安装，或用 --template 指定。")
