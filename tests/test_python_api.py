"""The examples of docs/python-api.md, run one after the other in a folder with the shipped samples."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT

import toolkit

EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8"), re.S)


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("api")
    shutil.copytree(ROOT / "workbooks" / "samples", folder / "samples")
    return {"folder": folder}


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"example{n}" for n in range(1, len(EXAMPLES) + 1)])
def test_example(example: str, names: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(names["folder"], Path)
    monkeypatch.chdir(names["folder"])
    exec(compile(example, "docs/python-api.md", "exec"), names)


def test_every_name_is_there_and_documented() -> None:
    for name in toolkit.__all__:
        assert (getattr(toolkit, name).__doc__ or "").strip(), name
    assert set(toolkit.__all__) <= set(dir(toolkit))
    with pytest.raises(AttributeError):
        toolkit.nothing  # noqa: B018


def test_the_stub_says_the_same_names() -> None:
    stub = (ROOT / "toolkit" / "__init__.pyi").read_text(encoding="utf-8")
    assert set(re.findall(r" as (\w+)$", stub, re.M)) == set(toolkit.__all__)


def test_importing_the_package_loads_nothing_else() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, toolkit; print([m for m in sys.modules if m.startswith('toolkit.')])"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "[]"
