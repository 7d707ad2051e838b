"""What a button says: never an option or a command of the command line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.paths import ROOT

from toolkit.codes import CODES
from toolkit.errors import CannotRun
from toolkit.excel.actions import ACTIONS

PACKAGE = ROOT / "toolkit"
OF_A_SHELL = re.compile(r"--[a-z]|dangjian +[a-z]|命令行")
CHINESE = re.compile("[\u4e00-\u9fff]")
START = "toolkit.buttons.macros"
# They are only run by commands, although modules behind a button import them by name.
NOT_BEHIND_A_BUTTON = ("toolkit.cli", "toolkit.machine.cluster")


def module_file(name: str) -> Path | None:
    path = ROOT.joinpath(*name.split("."))
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.exists()), None)


def imported(name: str, tree: ast.AST, path: Path) -> Iterator[str]:
    """The modules of the product that a module imports, also inside its functions."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            found = ".".join([*base, *([node.module] if node.module else [])])
            yield found
            yield from (f"{found}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def behind_the_buttons() -> dict[str, ast.Module]:
    found: dict[str, ast.Module] = {}
    waiting = [START, "toolkit.launch", "toolkit.excel.actions"]
    while waiting:
        name = waiting.pop()
        path = module_file(name)
        if name in found or not name.startswith("toolkit") or name.startswith(NOT_BEHIND_A_BUTTON) or path is None:
            continue
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
        waiting += imported(name, found[name], path)
    return found


def said(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """All Chinese texts of a module but its docstrings and what CannotRun keeps for the command line."""
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(id(node.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "CannotRun":
            silent |= {id(n) for a in node.args[1:] for n in ast.walk(a)}
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id.endswith("DRAFT") for t in node.targets
        ):
            silent.add(id(node.value))  # given to CannotRun as the part of the command line
        if isinstance(node, ast.keyword) and node.arg == "help":
            silent.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.lineno, node.value


def test_no_message_behind_a_button_speaks_of_the_command_line() -> None:
    modules = behind_the_buttons()
    assert len(modules) > 100 and "toolkit.documents.fill" in modules and "toolkit.submissions.aggregate" in modules
    wrong = [
        f"{name}:{line} {text}"
        for name, tree in modules.items()
        if name != "toolkit.codes"  # below, without those that no button brings
        for line, text in said(tree)
        if CHINESE.search(text) and OF_A_SHELL.search(text)
    ]
    assert wrong == []


@pytest.mark.parametrize("code", [c for c in CODES if c[0] != "V"])  # no button compares a document with its ledgers
def test_no_finding_of_a_workbook_speaks_of_the_command_line(code: str) -> None:
    _, message, remedy = CODES[code]
    assert not OF_A_SHELL.search(message + remedy)


def test_a_failure_keeps_the_hint_of_the_command_line_apart() -> None:
    error = CannotRun("缺少文字：请填写。", "可用 --draft 先出草稿。")
    assert str(error) == "缺少文字：请填写。" and error.shell == "可用 --draft 先出草稿。"


def test_captions_are_short_and_tips_are_sentences_about_the_workbook() -> None:
    assert [a.name for a in ACTIONS if len(a.caption) > 6 or OF_A_SHELL.search(a.tip)] == []
