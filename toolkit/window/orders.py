"""What the page sends for one action, checked; and the command that it becomes."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import CannotRun
from ..names import visible
from .places import work_folder

PATHS, FILE, FOLDER, TEXT, DATE, NUMBER, CHOICE, FLAG = (
    "paths", "file", "folder", "text", "date", "number", "choice", "flag",
)  # fmt: skip
LONGEST = 300  # characters of a text


@dataclass(frozen=True)
class Field:
    """One thing that the clerk chooses or writes for an action."""

    name: str
    caption: str
    kind: str
    required: bool = False
    hint: str = ""
    suffixes: tuple[str, ...] = ()  # of the files to choose from
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # value and caption
    folders: bool = False  # a file, or a folder in its place


@dataclass(frozen=True)
class Run:
    """A command line, and the files and folders that it may leave."""

    action: str
    arguments: Sequence[str]
    results: Sequence[Path]
    captions: Mapping[str, str] = dataclasses.field(default_factory=dict)  # option -> what the page calls it


class Order:
    """The values of an action's fields."""

    def __init__(self, fields: Sequence[Field], values: Mapping[str, Any]) -> None:
        """Raises CannotRun if a value is missing or is none of its kind."""
        self._fields = {f.name: f for f in fields}
        self._values = {f.name: _value(f, values.get(f.name)) for f in fields}

    def paths(self, name: str) -> list[str]:
        """Returns the chosen files and folders."""
        found: list[str] = self._values[name]
        return found

    def path(self, name: str) -> Path:
        """Returns the chosen file or folder of a required field."""
        return Path(self.paths(name)[0])

    def text(self, name: str) -> str:
        """Returns what was written or chosen, "" if nothing."""
        return str(self._values[name])

    def flag(self, name: str) -> bool:
        """Returns whether a box is ticked."""
        return bool(self._values[name])

    def flags(self, *names: str) -> list[str]:
        """Returns --name for each box that is ticked."""
        return [f"--{name}" for name in names if self.flag(name)]

    def out(self, beside: str = "") -> Path:
        """Returns the folder of the results: the chosen one, or the folder of an input (`beside`, or the first).

        Where that is read-only, it is the product's own folder among the user's documents.
        """
        if chosen := self._values.get("out"):
            return Path(chosen[0])
        inputs = [v for k, v in self._values.items() if (not beside or k == beside) and isinstance(v, list) and v]
        folder = Path(inputs[0][0]).parent if inputs else work_folder()
        return folder if os.access(folder, os.W_OK) else work_folder()

    def options(self, **names: str) -> list[str]:
        """Returns --option=value for each named field that holds something."""
        made = []
        for option, name in names.items():
            value = self._values[name]
            said = value[0] if isinstance(value, list) and value else "" if isinstance(value, list) else str(value)
            if said:
                made.append(f"--{option.replace('_', '-')}={said}")
        return made


def _value(f: Field, given: Any) -> Any:
    if f.kind in (PATHS, FILE, FOLDER):
        found = [_path(f, str(x)) for x in (given if isinstance(given, list) else [given] if given else [])]
        if f.required and not found:
            raise CannotRun(f"请先选“{f.caption}”。")
        return found if f.kind == PATHS else found[:1]
    if f.kind == FLAG:
        return given is True
    said = " ".join(visible(str(given or "")).split())[:LONGEST]
    if f.required and not said:
        raise CannotRun(f"请先填“{f.caption}”。")
    if f.kind == CHOICE and said and said not in dict(f.choices):
        raise CannotRun(f"“{f.caption}”里没有“{said}”。")
    return said


def _path(f: Field, said: str) -> str:
    said = said.strip().strip('"').strip()  # Windows copies a path with quotes around it
    if "\0" in said or "://" in said or not os.path.isabs(said):
        raise CannotRun(f"“{f.caption}”要写完整的位置，如 {Path.home()}。现在写的是“{visible(said)}”。")
    if f.kind == FOLDER and os.path.isfile(said):
        raise CannotRun(f"“{said}”是文件，不是文件夹。")
    if (f.kind != FOLDER or f.required) and not os.path.exists(said):
        raise CannotRun(f"没有找到“{said}”。它可能已被移走或改名，请重新选。")
    if f.kind == FILE and not f.folders and os.path.isdir(said):
        raise CannotRun(f"“{said}”是文件夹。“{f.caption}”要选一个文件。")
    return said
