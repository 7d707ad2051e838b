"""What is added from outside: one class, one function, one YAML, one .docx; here and in worker processes.

Each runs in a process of its own (support/outside.py), because words that a test adds would stay in this one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import DATA, ROOT

from toolkit.errors import StandardError
from toolkit.standard.catalog import load_catalog
from toolkit.standard.vocabulary import MEASURES, admit
from toolkit.word.filling.template import build_template

LEDGER = (DATA / "new_ledger.yaml").read_text(encoding="utf-8")
RULE = "rules:\n  - {check: even, field: due_n, message: 应缴人数不是双数}\n"
INDICATOR = "indicators:\n  - {id: DF90, name: 最少实缴人数, title: 最少的实缴人数, op: smallest, field: paid_n, classifier: 人}\n"
BODY = "#title {{ 题目 }}\n{% if 党费实缴金额 %}收缴党费{{ 党费实缴金额 }}。{% else %}本季度没有记录。{% endif %}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A standard of one's own: a ledger with a rule and an indicator of its own, and a template."""
    standard = tmp_path / "standard"
    (standard / "ledgers").mkdir(parents=True)
    (standard / "word_templates").mkdir()
    text = LEDGER.replace("rules:\n", RULE, 1).replace("indicators:\n", INDICATOR, 1)
    (standard / "ledgers" / "dues.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "body.txt").write_text(BODY, encoding="utf-8")
    build_template(tmp_path / "body.txt", standard / "word_templates" / "党费通报.docx")
    return tmp_path


@pytest.mark.parametrize("jobs", [1, 2], ids=["here", "in workers"])
@pytest.mark.parametrize("kind", ["operation", "check", "ledger", "document"])
def test_added_from_outside(folder: Path, kind: str, jobs: int) -> None:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    command = [sys.executable, "-m", "support.outside", kind, str(folder), str(jobs)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_word_that_nobody_implements_is_refused(folder: Path) -> None:
    with pytest.raises(StandardError, match=r"smallest|even"):
        load_catalog(folder / "standard")


def test_a_word_of_the_package_must_stand_in_its_closed_list() -> None:
    with pytest.raises(StandardError, match="median"):
        admit(MEASURES, "median", False, "toolkit.figures.operations")
