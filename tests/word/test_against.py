"""Sentences copied from one report into another are shown with both places."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from toolkit.cli.main import main

COPIED = "把支部建在项目上、把党旗插在一线，推动党建与业务同频共振"


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_same_sentence_is_shown_with_both_places_whatever_its_numbers(tmp_path: Path) -> None:
    ours = written(tmp_path / "甲.txt", "甲局总结", "开头。", f"{COPIED}，开展活动12次。")
    theirs = written(tmp_path / "乙.txt", "乙局总结", f"另一句。{COPIED}，开展活动30次。")
    done = CliRunner().invoke(main, ["lint", str(ours), "--against", str(theirs)])
    assert done.exit_code == 1
    assert "甲.txt与乙.txt有1句相同" in done.output and "第3段，乙.txt第2段：“把支部建在项目上" in done.output
    found = json.loads(CliRunner().invoke(main, ["lint", str(ours), "--against", str(theirs), "--json"]).stdout)
    assert [(s["paragraph"], s["other_paragraph"]) for s in found["shared"]] == [(3, 2)]


def test_short_sentences_are_alike_by_chance(tmp_path: Path) -> None:
    ours, theirs = (written(tmp_path / f"{n}.txt", f"{n}局总结", "工作开展顺利。") for n in "甲乙")
    assert "没有相同的句子" in CliRunner().invoke(main, ["lint", str(ours), "--against", str(theirs)]).output
