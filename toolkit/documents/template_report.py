"""A template of the user's own, checked and told about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..findings import LEVELS, counts
from ..model import Catalog, Document
from ..remarks import Remark
from ..word.filling.shapes import ANY
from ..word.template_check import check_template
from .names import names_of
from .templates import document as find_document
from .templates import documents


def check_own(catalog: Catalog, path: Path, document: str | None) -> list[Remark]:
    """The mistakes of a template. Its names are those of `document`; without one, of the document that the
    file's name says, or, for a document nobody has declared, with whatever passages and headings it asks for.

    Raises CannotRun for an unknown document and what is no plain .docx.
    """
    known = documents(catalog)
    d = find_document(catalog, document) if document else catalog.documents.get(path.stem) or known.get(path.stem)
    names = names_of(catalog, d or Document(path.stem, path.stem, path.stem, path.name))
    if d is None or d.name not in catalog.documents:
        names |= {"文字": ANY, "标题": ANY}
    return check_template(path, names)


def problems_text(path: Path, found: Sequence[Remark]) -> str:
    lines = []
    for p in found:
        place = f"第{p.spot.paragraph}段“{p.spot.text}”：" if p.spot.paragraph else ""
        lines.append(f"{LEVELS[p.severity]} {p.code} {place}{p.message}。处理：{p.remedy}。")
    done = f"模板 {path.name}：{counts(found)}。" if found else f"模板 {path.name} 没有问题。"
    return "\n".join([*lines, done])
