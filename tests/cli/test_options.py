"""Options that people expect of any command: order of the help, -q and -v, standard input, settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from support.small_city import org, party_day, unit, write

from toolkit.cli.main import main
from toolkit.excel.unit.roster import write_roster_template
from toolkit.model import Catalog

TEXT = "关于党建工作的报告\n开展主题党日12次 。\n"


def run(*args: str | Path, typed: str | bytes | None = None) -> Result:
    done = CliRunner().invoke(main, [str(a) for a in args], input=typed)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def commands(group: click.Group = main) -> Iterator[click.Command]:
    for command in group.commands.values():
        yield from commands(command) if isinstance(command, click.Group) else (command,)


def test_every_command_stands_once_in_the_help_in_the_order_of_the_work() -> None:
    listed = [name for names in main.sections.values() for name in names]
    assert sorted(listed) == sorted(main.commands)
    said = run("--help").stdout
    at = [
        said.index(f"\n  {name} ")
        for name in ("new", "check", "approve", "aggregate", "fill", "lint", "plan", "doctor")
    ]
    assert at == sorted(at)


def test_every_command_can_be_quiet_or_talkative() -> None:
    for command in commands():
        names = {option for p in command.params for option in p.opts}
        assert {"-q", "-v"} <= names, command.name


def test_a_folder_of_many_files_is_not_given_the_name_of_a_file(catalog: Catalog, tmp_path: Path) -> None:
    write_roster_template(catalog, tmp_path / "名单.xlsx", [unit("AA001", "示例市甲局")])
    book = write(catalog, tmp_path / "局.xlsx", unit("AA001", "示例市甲局"), {"org": [org()]})
    for words in (
        ["new", "--unit", "示例市甲局", "--code", "AA001", "-o", "甲局.xlsx"],
        ["new", tmp_path / "名单.xlsx", "-o", "全部.XLSX"],
        ["check", book, "--slips", "退回单.xlsx"],
        ["export", book, "-o", "报送件.xlsx"],
        ["aggregate", book, "-o", tmp_path / "汇总.xlsx", "--export", "表.csv"],
    ):
        *before, name = words
        done = run(*before, tmp_path / name)
        assert done.exit_code == 2 and "这里要写文件夹" in done.output, done.output
        assert not (tmp_path / name).exists()
    assert not (tmp_path / "汇总.xlsx").exists()
    assert run("export", book, "-o", tmp_path / "2026.5").exit_code == 0
    (tmp_path / "旧.xlsx").mkdir()
    assert run("export", book, "-o", tmp_path / "旧.xlsx").exit_code == 0  # it is a folder


READS_JSON = [c for c in commands() if any(p.name == "json_" for p in c.params)]


@pytest.mark.parametrize("command", READS_JSON, ids=lambda c: str(c.name))
@pytest.mark.parametrize("wrong", ["--no-such-option", "--verbose-is-misspelt=1"])
def test_a_wrong_call_with_json_is_one_object_and_exit_code_2(command: click.Command, wrong: str) -> None:
    done = CliRunner().invoke(command, ["--json", wrong])
    assert done.exit_code == 2
    assert list(json.loads(done.stdout)) == ["error"] and wrong.partition("=")[0] in json.loads(done.stdout)["error"]
    assert "错误" in done.stderr


@pytest.mark.parametrize(
    "call", [("check", "无.xlsx"), ("lint", "无.docx"), ("config", "roster", "无.xlsx"), ("config", "roster")]
)
def test_what_the_call_lacks_is_told_to_programs_too(call: tuple[str, ...]) -> None:
    done = run(*call, "--json")
    assert done.exit_code == 2 and list(json.loads(done.stdout)) == ["error"]


@pytest.mark.parametrize(
    "url",
    [
        "https://d.docs.live.net/1234567890abcdef/文档/甲.xlsx",
        "https://contoso-my.sharepoint.com/personal/li_contoso_com/Documents/甲.xlsx",
        "https://contoso.sharepoint.cn/sites/x/甲.xlsx",
    ],
)
def test_the_address_of_a_synchronized_workbook_is_told_the_way_round(url: str) -> None:
    for call in (("check", url), ("fill", "situation", url), ("explain", "主题党日", url)):
        done = run(*call)
        assert done.exit_code == 2 and "同步到本机的文件" in done.stderr, call


@pytest.fixture
def book(catalog: Catalog, tmp_path: Path) -> Path:
    days = [party_day(1), party_day(2, present_n=9)]
    return write(catalog, tmp_path / "局.xlsx", unit("AA001", "示例市甲局"), {"org": [org()], "orglife": days})


def test_quiet_leaves_the_exit_code_and_json(book: Path) -> None:
    plain, quiet = run("check", book), run("check", book, "-q")
    assert plain.stdout and not quiet.stdout
    assert plain.exit_code == quiet.exit_code == 1
    assert json.loads(run("check", book, "-q", "--json").stdout)["summary"]["files"] == 1
    assert "找不到" in run("check", book.with_name("无.xlsx"), "-q").stderr


def test_talkative_says_version_and_standard_beside_the_answer(book: Path) -> None:
    plain, said = run("check", book), run("check", book, "-v")
    assert said.stdout == plain.stdout
    assert "标准 2026.1版" in said.stderr and "用时" in said.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-8-sig"])
def test_a_text_may_come_from_standard_input(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "稿.txt").write_bytes(TEXT.encode(encoding))
    named = run("lint", tmp_path / "稿.txt", "--json")
    piped = run("lint", "-", "--json", typed=TEXT.encode(encoding))
    assert piped.exit_code == named.exit_code
    assert json.loads(piped.stdout)["findings"] == json.loads(named.stdout)["findings"] != []
    facts = json.loads(run("extract", "-", "--json", typed=TEXT.encode(encoding)).stdout)
    assert "主题党日" in json.dumps(facts, ensure_ascii=False)


def test_what_is_made_of_standard_input_needs_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("lint", "-", "--fix", typed=TEXT)
    assert done.exit_code == 2 and "用 -o 写明" in done.stderr
    assert not list(tmp_path.iterdir())
    assert run("lint", "-", "--fix", "-o", "改.txt", typed=TEXT).exit_code in (0, 1)
    assert "12次。" in (tmp_path / "改.txt").read_text(encoding="utf-8")


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "设置"))


@pytest.mark.usefixtures("own_settings")
def test_a_default_roster_says_who_is_missing(catalog: Catalog, book: Path, tmp_path: Path) -> None:
    write_roster_template(catalog, tmp_path / "名单.xlsx", [unit("AA001", "示例市甲局"), unit("AA002", "示例市乙局")])
    assert run("config", "roster", tmp_path / "名单.xlsx").exit_code == 0
    said = json.loads(run("aggregate", book, "-o", tmp_path / "总.xlsx", "--json").stdout)
    assert said["units"]["missing"] == ["示例市乙局"]
    run("config", "roster", "--unset")
    said = json.loads(run("aggregate", book, "-o", tmp_path / "总.xlsx", "--json").stdout)
    assert said["units"]["missing"] == []


@pytest.mark.usefixtures("own_settings")
def test_a_standard_of_ones_own_is_used_everywhere(tmp_path: Path) -> None:
    (tmp_path / "标准" / "ledgers").mkdir(parents=True)
    (tmp_path / "标准" / "edition.yaml").write_text('version: "2026.1.9"\n', encoding="utf-8")
    run("config", "standard", tmp_path / "标准")
    assert "2026.1.9版" in run("standard", "show").stdout
    listed = json.loads(run("config", "--json").stdout)["settings"]
    assert listed == {"standard": str(tmp_path / "标准")}
    (tmp_path / "标准").rename(tmp_path / "搬走")
    done = run("standard", "show")
    assert done.exit_code == 2 and "找不到" in done.stderr
    assert run("config", "standard", "--unset").exit_code == 0


@pytest.mark.usefixtures("own_settings")
@pytest.mark.parametrize("text", ["roster = 3\n", "rooster = 'x'\n", "roster = \n", "\x00"])
def test_settings_that_nobody_can_read_are_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "设置" / "dangjian").mkdir(parents=True)
    (tmp_path / "设置" / "dangjian" / "settings.toml").write_text(text, encoding="utf-8")
    done = run("config")
    assert done.exit_code == 2
    assert "设置" in done.stderr and "Traceback" not in done.stderr
