"""Turns an edited standard into an edition: a folder that is laid over the product's standard, in force for all commands."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import StandardError
from ..excel.reading.read import read_book
from ..excel.unit.build import build_unit_workbook
from ..findings import finding
from ..machine.atomic import whole_folder
from ..machine.guard import guarding
from ..model import Catalog, Finding, Place
from ..rows.submission import is_newer, numbers_of
from ..standard.catalog import load_folders
from ..standard.folders import EDITION, STANDARD
from ..standard.yamlmap import as_yaml, load_map
from .parts import DUTIES, INDICATORS, LEDGERS, parts_of
from .read import Edited, read_edited
from .rows import LISTS, parts_from

Parts = Mapping[str, Mapping[str, Mapping[str, Any]]]
_SHEETS = {"ledgers": LEDGERS, "indicators": INDICATORS, "obligations": DUTIES}


@dataclass
class Edition:
    """One edition: its version, what it adds and changes by kind of part (titles), and what is wrong with it."""

    version: str = ""
    added: dict[str, list[str]] = field(default_factory=dict)
    changed: dict[str, list[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    catalog: Catalog | None = None  # None: not written

    @property
    def text(self) -> str:
        """What it adds and changes, for its log."""
        told = [
            f"{word}{kind}：{'、'.join(titles)}"
            for word, found in (("新增", self.added), ("改动", self.changed))
            for kind, titles in found.items()
            if titles
        ]
        return "；".join(told)


def import_standard(catalog: Catalog, workbook: Path, folder: Path, preview: Path | None = None) -> Edition:
    """Writes the edition that an exported and edited workbook declares to `folder`; with errors nothing is written.

    Only parts that differ from the product's own are written. `preview` gets a blank workbook of the new edition.
    Raises CannotRun if something cannot be written.
    """
    product = load_folders()
    edited = read_edited(product, read_book(workbook))
    made = Edition(findings=edited.findings)
    if any(f.is_error for f in made.findings):
        return made
    parts, own = parts_from(edited.rows), parts_of([STANDARD])
    _keep_titles(own["ledgers"], parts["ledgers"])
    _compare(own, parts, workbook, made)
    if any(f.is_error for f in made.findings) or not made.text:
        return made
    made.version, log = _log(product, catalog, edited, made.text)
    files = _files(own, parts)
    with tempfile.TemporaryDirectory() as trial:
        _write(Path(trial), files, made.version, log)
        try:
            new = load_folders(trial)
        except StandardError as e:
            made.findings.append(_placed(e, files, edited, workbook))
            return made
    with guarding([workbook]):
        if preview:
            build_unit_workbook(new, {"year": date.today().year}, preview)
        with whole_folder(folder) as target:
            _write(target, files, made.version, log)
    made.catalog = new
    return made


def _compare(own: Parts, parts: Parts, workbook: Path, made: Edition) -> None:
    """Names what is new or different; a part of the product's that is gone is an error, because it would stay."""
    for kind, sheet in _SHEETS.items():
        made.added[sheet] = [str(p["title"]) for name, p in parts[kind].items() if name not in own[kind]]
        made.changed[sheet] = [
            str(p["title"]) for name, p in parts[kind].items() if name in own[kind] and own[kind][name] != p
        ]
        for name, part in own[kind].items():
            if name not in parts[kind]:
                made.findings.append(finding("E05", Place(str(workbook), "", sheet), value=str(part["title"])))


def _keep_titles(own: Mapping[str, Mapping[str, Any]], ledgers: dict[str, dict[str, Any]]) -> None:
    """Adds the product's title to the earlier ones where it was changed, so that workbooks of before are read."""
    for name, ledger in ledgers.items():
        if was := own.get(name):
            fields = {f["name"]: f for f in was["fields"]}
            pairs = [(was, ledger), *((fields[f["name"]], f) for f in ledger["fields"] if f["name"] in fields)]
            for before, now in pairs:
                if before["title"] not in (now["title"], *now.get("formerly", ())):
                    now["formerly"] = [*now.get("formerly", ()), before["title"]]


def _log(product: Catalog, current: Catalog, edited: Edited, text: str) -> tuple[str, list[dict[str, Any]]]:
    """Returns the new version and the log. The clerk may name a version in the last line; else the next number is taken."""
    kept = [c for c in edited.changes if is_newer(c["version"], product.version)]
    last = kept[-1]["version"] if kept else ""
    if last and is_newer(last, current.version):
        return last, kept
    if is_newer(current.version, product.version):
        *head, tail = numbers_of(current.version)
    else:
        head, tail = numbers_of(product.version), 0
    version = ".".join(map(str, (*head, tail + 1)))
    return version, [*kept, {"date": date.today().isoformat(), "version": version, "text": text}]


@dataclass(frozen=True)
class _File:
    """One file of the edition, and the place of the row that each of its lines comes from: (line, sheet, number)."""

    text: str
    origins: tuple[tuple[int, str, int], ...]


def _files(own: Parts, parts: Parts) -> dict[str, _File]:
    files = {}
    for n, (name, ledger) in enumerate(parts["ledgers"].items()):
        if own["ledgers"].get(name) != ledger:
            files[f"ledgers/{name}.yaml"] = _ledger_file(ledger, n, name)
    for kind in ("indicators", "obligations"):
        changed = [(n, part) for n, (name, part) in enumerate(parts[kind].items()) if own[kind].get(name) != part]
        if changed:
            files[f"{kind}.yaml"] = _list_file(changed, f"{INDICATORS}\0" if kind == "indicators" else DUTIES)
    return files


def _ledger_file(ledger: Mapping[str, Any], number: int, name: str) -> _File:
    text, origins = "", [(1, LEDGERS, number)]
    for key, value in ledger.items():
        if key not in LISTS:
            text += as_yaml({key: value})
            continue
        text += f"{key}:\n"
        for n, item in enumerate(value):
            origins.append((text.count("\n") + 1, f"{LISTS[key]}\0{name}", n))
            text += as_yaml([item])
    return _File(text, tuple(origins))


def _list_file(items: list[tuple[int, Mapping[str, Any]]], sheet: str) -> _File:
    text, origins = "", []
    for n, item in items:
        origins.append((text.count("\n") + 1, sheet, n))
        text += as_yaml([item])
    return _File(text, tuple(origins))


def _write(folder: Path, files: Mapping[str, _File], version: str, log: list[dict[str, Any]]) -> None:
    for name, file in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    (folder / EDITION).write_text(as_yaml({"version": version, "changes": log}), encoding="utf-8")


def _placed(e: StandardError, files: Mapping[str, _File], edited: Edited, workbook: Path) -> Finding:
    """Returns what the standard's own check says, at the row that it is about."""
    place = Place(str(workbook))
    if (m := re.match(r"(?P<file>[\w.]+):(?P<line>\d+): (?P<why>.*)", str(e), re.DOTALL)) is None:
        return finding("E06", place, reason=str(e))
    for name, file in files.items():
        if Path(name).name == m["file"]:
            _, sheet, n = max(o for o in file.origins if o[0] <= int(m["line"]))
            title, within, ledger = sheet.partition("\0")
            rows = [k for k, item in enumerate(edited.rows[title]) if not within or item.get("of", "") == ledger]
            place = edited.places[title][rows[n]]
    return finding("E06", place, reason=m["why"])


def changes_of(folder: Path) -> list[Mapping[str, Any]]:
    """Returns the log of an edition, [] if the folder holds none."""
    return list(load_map(folder / EDITION).maps("changes")) if (folder / EDITION).exists() else []
