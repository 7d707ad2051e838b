"""One number everywhere: whatever the rows are, check, explain, aggregate and fill count the same ones."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from support.ledger_rows import row
from support.small_city import YEAR, org, party_day, unit, write
from support.templates import build

from toolkit.cli.main import main
from toolkit.standard.catalog import load_catalog

CATALOG = load_catalog()
FIGURES = ("主题党日_支部", "支委会", "志愿服务人次", "结对认亲户数", "三会一课参会率", "党支部数")

DAYS = st.sampled_from(
    [date(YEAR, 3, 5), "2026.3.5", "3月5日", 20260305, "'2026-3-5", date(YEAR - 1, 3, 5), "2025.12.31", "去年", None]
)
NUMBERS = st.sampled_from([5, 5, "5人", "5", "5 人", "５", 5.5, "5\n1", "12 15", "同上", "约5", -5, None])
STATUS = st.sampled_from(["已核", "已核", "已核", "已核 ", "草稿", "作废", "核", None])
BRANCH = st.sampled_from(["DZ001", "DZ001", "第1党支部", "dz001", "DZ 001", "DZ404", "同上", None])
CODES = st.sampled_from(["H001", "H002", "h001", "H001 ", "同上", "〃", "/", None])


def some(ledger: str, kind: str, /, **values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    base = party_day() if ledger == "orglife" else row(CATALOG, CATALOG.ledgers[ledger], kind)
    return st.lists(
        st.fixed_dictionaries({}, optional=values).map(lambda v: {**base, "kind": kind, "rec_id": None, **v}),
        max_size=5,
    )


GENERAL = {"date": DAYS, "status": STATUS, "org_id": BRANCH}
ROWS = st.fixed_dictionaries(
    {
        "orglife": st.tuples(
            some("orglife", "主题党日", **GENERAL, due_n=NUMBERS, present_n=NUMBERS),
            some("orglife", "支委会", **GENERAL, due_n=NUMBERS, kind=st.sampled_from(["支委会 ", "支委", "/"])),
        ).map(lambda two: [*two[0], *two[1]]),
        "volunteer": some("volunteer", "文明创建劝导", **GENERAL, person_times=NUMBERS),
        "service": some("service", "结对认亲", **GENERAL, target_code=CODES),
    }
)


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done.exit_code, done.output


def as_json(*arguments: object) -> tuple[int, Any]:
    code, said = run(*arguments, "--json")
    return code, json.loads(said[said.index("{") : said.rindex("}") + 1])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("t") / "模板.docx", "开头。", *(f"{n}是{{{{ {n} }}}}。" for n in FIGURES))


@settings(
    max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(ROWS)
def test_all_commands_print_the_same_number(
    tmp_path_factory: pytest.TempPathFactory, template: Path, rows: dict[str, list[dict[str, Any]]]
) -> None:
    folder = tmp_path_factory.mktemp("one")
    book = write(CATALOG, folder / "甲.xlsx", unit("AA001", "示例市甲局"), {"org": [org()], **rows})
    checked, found = as_json("check", book)
    wrong = {(f["sheet"], f["cell"].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for f in found["files"][0]["findings"]
             if f["severity"] == "error" and f["cell"]}  # fmt: skip
    total = folder / "总.xlsx"
    aggregated, all_ = as_json("aggregate", book, "-o", total, "--no-cache")
    filled, said = run("fill", "situation", book, "-o", folder / "文.docx", "--template", template)
    assert (folder / "文.docx").exists(), said
    text = "\n".join(p.text for p in docx.Document(str(folder / "文.docx")).paragraphs)
    figures = {f["name"]: f for f in all_["figures"]}
    n = sum(map(len, rows.values())) + 1
    assert found["summary"]["rows"] == all_["rows"]["read"] == n
    assert all_["rows"]["counted"] + all_["rows"]["left_out"] == n
    for name in FIGURES:
        alone, told = as_json("explain", name, book)
        below, again = as_json("explain", name, total)
        assert (told["value"], told["phrase"]) == (figures[name]["value"], figures[name]["phrase"]) == (
            again["value"], again["phrase"])  # fmt: skip
        assert told["left_out"] == again["left_out"]
        assert sum(told["left_out"].values()) == all_["rows"]["left_out"]
        assert told["left_out"].get("有错误", 0) == len(wrong)
        assert alone == below == int(bool(wrong))
        assert (f"{name}是{told['phrase']}。" in text) == bool(told["value"]), text
    assert checked == aggregated == filled == int(bool(wrong))
    left = all_["rows"]["left_out"]
    assert (f"未计入{left}行" in said) == bool(left)
