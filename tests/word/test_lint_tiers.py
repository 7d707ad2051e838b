"""Every rule says on what it rests; that sets its words and how severe it may be."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from toolkit.cli.main import main
from toolkit.model import ERROR, WARNING
from toolkit.standard.folders import STANDARD
from toolkit.word.lint.check import rules_in_force
from toolkit.word.lint.rules import Rule

DECLARED = yaml.safe_load((STANDARD / "lint.yaml").read_text(encoding="utf-8"))
EVERY = [*DECLARED["rules"], *DECLARED["layout"]]


def in_force() -> dict[str, Rule]:
    rules = rules_in_force()
    return {r.name: r for r in (*rules.rules, *rules.layout)}


def test_the_tiers_are_the_seven() -> None:
    assert list(DECLARED["tiers"]) == ["条例", "国标", "标准", "政策文件", "单位规定", "实务", "待核"]


@pytest.mark.parametrize("rule", EVERY, ids=[r["name"] for r in EVERY])
def test_no_rule_is_declared_above_the_ceiling_of_its_source(rule: dict[str, str]) -> None:
    ceiling = DECLARED["tiers"][rule["tier"]]["ceiling"]
    if ceiling == WARNING or "force" in rule:
        assert rule["severity"] == WARNING
    assert in_force()[rule["name"]].severity == rule["severity"]


def test_the_words_follow_the_source() -> None:
    rules = in_force()
    assert rules["halfwidth"].says == "国标规定"
    assert rules["body_font"].says == "国标一般要求"
    assert rules["digit_space"].says == "实务通常"
    assert rules["sequence"].says == "条例规定"


@pytest.mark.parametrize(
    ("source", "severity", "says"),
    [
        ("tier: 单位规定", ERROR, "单位规定"),
        ("tier: 实务", WARNING, "实务通常"),
        ("tier: 待核", WARNING, "依据待核"),
        ("tier: 标准, force: 推荐", WARNING, "行业标准推荐"),
        ("layer: 文种", WARNING, "实务通常"),  # as files of earlier versions say it
    ],
)
def test_a_unit_rule_is_lowered_to_the_ceiling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, severity: str, says: str
) -> None:
    monkeypatch.setenv("DANGJIAN_STANDARD", "")
    (tmp_path / "lint.yaml").write_text(
        f"rules:\n  - {{name: ours, code: D01, severity: error, {source}, ground: 惯例, message: '“{{text}}”',"
        " remedy: 改, patterns: [水务局]}\n",
        encoding="utf-8",
    )
    (tmp_path / "稿.txt").write_text("水务局党建工作扎实有效。\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["--standard", str(tmp_path), "lint", str(tmp_path / "稿.txt")])
    level = {ERROR: "错误", WARNING: "提醒"}[severity]
    assert f"[{level} D01] {says}（惯例）" in done.output, done.output
    assert done.exit_code == (severity == ERROR)
