"""A template of the user's own, checked and told about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .model import Catalog, Document
from .templates import document as find_document
from .templates import documents
from .usable_names import names_of
from .word.shapes import ANY
from .word.template_check import Problem, check_template


def check_own(catalog: Catalog, path: Path, document: str | None) -> list[Problem]:
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


def problems_text(path: Path, found: Sequence[Problem]) -> str:
    errors = sum(p.severity == "error" for p in found)
    lines = []
    for p in found:
        place = f"第{p.paragraph}段“{p.text}”：" if p.paragraph else ""
        kind = "错误" if p.severity == "error" else "提醒"
        lines.append(f"{kind} {p.code} {place}{p.message}。处理：{p.remedy}。")
    done = (
        f"模板 {path.name}：{errors}处错误、{len(found) - errors}处提醒。" if found else f"模板 {path.name} 没有问题。"
    )
    return "\n".join([*lines, done])


def problems_json(path: Path, found: Sequence[Problem]) -> dict[str, Any]:
    findings = [
        {
            "code": p.code, "severity": p.severity, "paragraph": p.paragraph, "text": p.text,
            "message": p.message, "remedy": p.remedy,
        }
        for p in found
    ]  # fmt: skip
    return {"path": str(path), "findings": findings}
