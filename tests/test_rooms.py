"""The house: contracts that fail where they should, small rooms, documented names, closed lists with implementations."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.paths import ROOT

PACKAGE = ROOT / "toolkit"
MODULES = sorted(PACKAGE.rglob("*.py"))


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "setup.cfg",
        "--no-cache",
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(PACKAGE, folder / "toolkit", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "setup.cfg", folder)
    return folder


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("rows/read.py", "from ..figures import digest"),
        ("excel/parts/layout.py", "from ...word import ooxml"),
        ("machine/atomic.py", "import openpyxl"),
        ("rows/casting/text.py", "from .. import cover"),
        ("standard/catalog.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..rows import read"),
    ],
    ids=["upward", "sibling", "library", "circle", "typing"],
)
def test_a_wrong_import_breaks_a_contract(copy: Path, module: str, line: str) -> None:
    path = copy / "toolkit" / module
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        done = contracts(copy)
    finally:
        path.write_text(before, encoding="utf-8")
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout


def test_the_contracts_hold_without_it(copy: Path) -> None:
    assert contracts(copy).returncode == 0


def test_a_room_that_nobody_placed_breaks_the_contract(copy: Path) -> None:
    room = copy / "toolkit" / "attic"
    room.mkdir()
    (room / "__init__.py").touch()
    try:
        assert "not listed as layers" in " ".join(contracts(copy).stdout.split())
    finally:
        shutil.rmtree(room)


def test_rooms_and_modules_are_small() -> None:
    rooms: dict[Path, int] = {}
    for path in MODULES:
        rooms[path.parent] = rooms.get(path.parent, 0) + (path.name != "__init__.py")
    assert {str(r): n for r, n in rooms.items() if n > 13} == {}
    lines = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    assert {p: n for p, n in lines.items() if n > 345} == {"toolkit/model.py": lines["toolkit/model.py"]}


def public(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    yield "module", tree
    bodies = [("", tree.body)]
    while bodies:
        lead, body = bodies.pop()
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name[0] != "_":
                yield lead + node.name, node
                if isinstance(node, ast.ClassDef):
                    bodies.append((f"{lead}{node.name}.", node.body))


def test_every_public_definition_has_a_docstring() -> None:
    lacking = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in MODULES
        for tree in [ast.parse(path.read_text(encoding="utf-8"))]
        for name, node in public(tree)
        if tree.body and not ast.get_docstring(node)  # type: ignore[arg-type]
    ]
    assert lacking == []


def test_rooms_say_nothing_in_their_init() -> None:
    assert [str(p) for p in MODULES if p.name == "__init__.py" and p.parent != PACKAGE and p.stat().st_size] == []


def test_closed_lists_are_what_is_implemented() -> None:
    """In a process of its own, because a test may have added words."""
    code = """
from toolkit.figures.operations import OPERATIONS
from toolkit.rows import conditions, rules
from toolkit.rows.casting import cast
from toolkit.standard import vocabulary as v
from toolkit.excel.unit import formulas
assert set(OPERATIONS) == set(v.MEASURES)
assert {name: o.recounts for name, o in OPERATIONS.items()} == v.MEASURES
assert set(rules.CHECKS) == set(rules.RULE_CODES) == set(v.CHECKS)
assert set(conditions.OPERATORS) == set(v.OPERATORS)
assert set(conditions._CALCS) == set(formulas._CALCS) == set(v.CALCS)
assert set(cast.TYPES) == set(v.TYPES)
assert not v.EXTENSIONS
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


RULES = {
    "compare": "R01",
    "different": "R02",
    "implies": "R03",
    "any_of": "R04",
    "unique_together": "R05",
    "workdays": "R06",
    "acyclic": "R07",
    "agrees": "R08",
    "uniform": "R09",
    "consecutive": "R10",
}


def test_codes_of_rules_never_change_their_meaning() -> None:
    from toolkit.rows.rules import RULE_CODES

    assert {name: code for name, code in RULE_CODES.items() if name in RULES} == RULES


def test_the_walk_names_functions_that_are_there() -> None:
    text = (ROOT / "docs" / "walk.md").read_text(encoding="utf-8")
    links = re.findall(r"\[`(\w+)`\]\(\.\./(toolkit/[\w/]+\.py)\)", text)
    assert len(links) > 25
    for name, path in links:
        assert re.search(rf"^(def|class) {name}\b", (ROOT / path).read_text(encoding="utf-8"), re.M), (name, path)


def test_the_design_names_every_room_and_no_other() -> None:
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    block = text[text.index("toolkit/\n") + len("toolkit/\n") : text.index("workbooks/  ")]
    rooms = {p.name for p in PACKAGE.iterdir() if (p / "__init__.py").exists()}
    assert set(re.findall(r"(?:^|\s{2,})(\w+)/(?=\s{2,})", block, re.M)) == rooms
    modules = {p.stem for p in PACKAGE.glob("*.py") if not p.stem.startswith("__")}
    assert modules <= set(re.findall(r"\w+", block))
