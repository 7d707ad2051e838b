"""Runs the .bas files by a VBA interpreter, with stand-ins for Excel, the shell and the files of Windows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pyopenvba.interpreter._runtime as runtime
import pytest
from pyopenvba.interpreter import NOTHING, HostBridge, Interpreter, VBAInt, VBAObject, VBARuntimeError

from toolkit.excel.unit.buttons import PROJECT

PYTHON = "C:\\Program Files\\党 建&%PATH%\\.venv\\Scripts\\python.exe"


class Thing(VBAObject):  # type: ignore[misc]
    """An object with the members it is made of."""

    def __init__(self, **members: Any) -> None:
        self.members = {name.lower(): made for name, made in members.items()}

    def vba_get(self, name: str, args: Any = (), named: Any = None, **_: Any) -> Any:
        if name.lower() not in self.members:
            raise VBARuntimeError(438, name)
        found = self.members[name.lower()]
        return found(*args) if callable(found) else found

    def vba_call(self, name: str, args: Any = (), named: Any = None, **_: Any) -> Any:
        return self.vba_get(name, args)

    def vba_set(self, name: str, value: Any, args: Any = (), named: Any = None, by_ref: bool = False) -> None:
        self.members[name.lower()] = value

    def vba_default(self, *_: Any, **__: Any) -> Any:
        return self


@dataclass
class Desk:
    """One workbook in Excel; `code` is what Python exits with, `fail` what the shell raises."""

    name: str = "试 点&%PATH% (1)^!.xlsm"
    folder: str = "D:\\试 点&%"
    full: str = ""
    code: int = 0
    fail: int = 0
    open: bool = True
    commands: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def click(self, action: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Runs the action's Sub; returns the texts of the message boxes."""
        monkeypatch.setattr(Interpreter, "create_com", self._create)
        own: Callable[..., Any] = Interpreter.call_intrinsic

        def intrinsic(vba: Any, key: str, pos: Any, named: Any) -> Any:
            return "C:\\Users\\张 三\\AppData\\Roaming" if key == "environ" else own(vba, key, pos, named)

        monkeypatch.setattr(Interpreter, "call_intrinsic", intrinsic)
        vba = Interpreter(self._host())
        for module in ("modText", "modRun", "modMain"):
            vba.add_module((PROJECT.parent / f"{module}.bas").read_text("ascii"), name=module)
        vba.run("RunAction", [action])
        return [str(said[1]) for said in vba.dialogs]

    @property
    def argv(self) -> list[str]:
        """What Python gets from the last command line: variables expanded once, split as Microsoft's C runtime does."""
        expanded = re.sub(r"%(\w+)%", lambda m: self.environment.get(m[1], m[0]), self.commands[-1])
        return split(expanded)

    def _run(self, command: Any, *_: Any) -> Any:
        self.commands.append(str(command))
        if self.fail:
            raise VBARuntimeError(self.fail, "x")
        return VBAInt(self.code, "Long")

    def _create(self, name: Any) -> Any:
        variables = self.environment

        class Environment(VBAObject):  # type: ignore[misc]
            def vba_get(self, name: str, args: Any = (), named: Any = None, **_: Any) -> Any:
                return variables.get(str(args[0]), "")

            def vba_set(self, name: str, value: Any, args: Any = (), named: Any = None, by_ref: bool = False) -> None:
                variables[str(args[0])] = str(value)

        def nothing(*_: Any) -> None:
            return None

        return {
            "wscript.shell": Thing(environment=lambda which: Environment(), run=self._run),
            "scripting.filesystemobject": Thing(fileexists=lambda p: True, folderexists=lambda p: True),
            "adodb.stream": Thing(
                open=nothing, loadfromfile=nothing, readtext=lambda: f"{PYTHON}\r\n", close=nothing,
                size=0, type=0, charset="", position=0, writetext=nothing, savetofile=nothing,
            ),
        }[str(name).lower()]  # fmt: skip

    def _host(self) -> Any:
        full = self.full or f"{self.folder}\\{self.name}"
        book: Any = Thing(name=self.name, path=self.folder, fullname=full) if self.open else NOTHING
        office = "C:\\Program Files\\Microsoft Office\\root\\Office16"
        known = {
            "activeworkbook": book,
            "application": Thing(path=office, name="Microsoft Excel", hwnd=VBAInt(123456, "Long"), cursor=0),
        }

        class Host(HostBridge):  # type: ignore[misc]
            def global_object(self, name: str) -> Any:
                return known.get(name.lower(), runtime.UNRESOLVED)

            def has_global_member(self, name: str) -> bool:
                return False

        return Host()


def split(line: str) -> list[str]:
    """Splits a command line into arguments, as Microsoft's C runtime does."""
    found, word, quoted, begun, at = [], "", False, False, 0
    while at < len(line):
        slashes = len(line[at:]) - len(line[at:].lstrip("\\"))
        at += slashes
        if at < len(line) and line[at] == '"':
            word += "\\" * (slashes // 2)
            if slashes % 2:
                word += '"'
            else:
                quoted, begun = not quoted, True
            at += 1
            continue
        word += "\\" * slashes
        if at == len(line):
            break
        if line[at] in " \t" and not quoted:
            if word or begun:
                found.append(word)
            word, begun = "", False
        else:
            word += line[at]
        at += 1
    return [*found, word] if word or begun else found
