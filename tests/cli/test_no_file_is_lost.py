"""Every command that writes, with its output equal to an input, to a file of another kind, to an edited former output.

The commands are found by their parameters: a new one fails here until it is listed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click
import openpyxl
import pytest
from click.testing import CliRunner
from support.markdown_book import book as markdown_book
from support.paths import ROOT, TEMPLATES
from support.small_city import org, party_day, unit, write

from toolkit.cli.main import main
from toolkit.cli.outputs import FORCE, Output, outputs
from toolkit.editions.export import export_standard
from toolkit.excel.unit.roster import write_roster_template
from toolkit.model import Catalog

EDIT = "有人改过的内容".encode()  # at the end of a file, where a zip archive may have it


@dataclass(frozen=True)
class Order:
    """One way to write: a command line below the folder of the inputs; OUT is where its output goes."""

    command: str
    output: str  # the parameter
    line: tuple[str, ...]
    made: str  # a file for OUT; for a folder one of the files that come to lie in it

    def __str__(self) -> str:
        return f"{self.command}-{self.output}-{len(self.line)}"


def order(command: str, output: str, line: str, made: str) -> Order:
    return Order(command, output, (*command.split(), *line.split()), made)


FILES = [
    order("new", "output", "--roster-template -o OUT", "新名单.xlsx"),
    order("merge-slip", "output", "单/退回单.xlsx 收/错.xlsx -o OUT", "并.xlsx"),
    order("approve", "output", "收/错.xlsx -o OUT", "核.xlsx"),
    order("aggregate", "output", "收 --roster 名单.xlsx -o OUT", "总.xlsx"),
    order("aggregate", "output", "收/局.xlsx -o OUT", "总.xlsm"),
    order("notice", "output", "收 -o OUT", "通报.docx"),
    order("fill", "output", "situation 收/局.xlsx --draft -o OUT", "文.docx"),
    order("fill", "output", "situation 收/局.xlsx --draft --template 模板.docx -o OUT", "文.docx"),
    order("fill", "evidence", "situation 收/局.xlsx --draft -o 别.docx --evidence OUT", "据.xlsx"),
    order("fill", "evidence", "situation 收/局.xlsx --draft -o 别.docx --evidence OUT", "据.docx"),
    order("refresh", "output", "旧文.docx 收/局.xlsx -o OUT", "更.docx"),
    order("template from", "output", "旧文.docx -o OUT", "模.docx"),
    order("template from", "sheet", "旧文.docx -o 别.docx --sheet OUT", "复核.xlsx"),
    order("extract", "output", "旧文.docx --compare 收/局.xlsx -o OUT", "对照.xlsx"),
    order("lint", "output", "旧文.docx --fix -o OUT", "改.docx"),
    order("lint", "output", "旧文.txt --fix -o OUT", "改.txt"),
    order("doctor", "report", "--report OUT", "机.txt"),
    order("plan status", "output", "收/局.xlsx --tasks 要点.xlsx -o OUT", "度.xlsx"),
    order("plan import", "output", "要点.txt -o OUT", "导.xlsx"),
    order("plan draft", "output", "收/局.xlsx --tasks 要点.xlsx -o OUT", "下年.xlsx"),
    order("remind", "sheet", "收 --sheet OUT", "提醒.xlsx"),
    order("remind", "ics", "收 --ics OUT", "提醒.ics"),
    order("matrix", "output", "收/局.xlsx --tasks 要点.xlsx --summary 旧文.txt -o OUT", "对照.xlsx"),
    order("matrix", "html", "收/局.xlsx --tasks 要点.xlsx --html OUT", "对照.html"),
    order("dashboard", "output", "收/局.xlsx --tasks 要点.xlsx -o OUT", "一览.html"),
    order("standard export", "output", "OUT", "标准.xlsx"),
    order("print", "output", "收/局.xlsx -o OUT", "印.xlsx"),
    order("standard import", "preview", "改.xlsx -o 别 --preview OUT", "样子.xlsx"),
    order("upgrade", "output", "收/局.xlsx -o OUT", "转.xlsx"),
    order("adopt", "output", "旧账/台账.xlsx -o OUT", "转.xlsx"),
    order("adopt", "sheet", "旧账/台账.xlsx -o 别.xlsx --sheet OUT", "对照.xlsx"),
]


def is_whole(o: Order) -> bool:
    """Whether the command writes the folder as one."""
    return o.output in ("export", "parquet") or o.command == "standard import"


PDF = pytest.param(order("print", "output", "收/局.xlsx", "收/局_打印要件.pdf"), marks=pytest.mark.office)
DEFAULTS = [
    order("merge-slip", "output", "单/退回单.xlsx 收/错.xlsx", "收/错_已更正.xlsx"),
    order("approve", "output", "收/错.xlsx", "收/错_已核.xlsx"),
    order("refresh", "output", "旧文.docx 收/局.xlsx", "旧文_已更新.docx"),
    order("lint", "output", "旧文.docx --fix", "旧文_已改.docx"),
    order("template from", "sheet", "旧文.docx -o 模.docx", "模_复核.xlsx"),
    order("adopt", "sheet", "旧账/台账.xlsx -o 别.xlsx", "别_对照.xlsx"),
]
FOLDERS = [
    order("new", "output", "名单.xlsx -o OUT --year 2026", "*AA009*.xlsx"),
    order("new", "output", "--unit 示例市丁局 --code AA010 --year 2026 -o OUT", "*AA010*.xlsx"),
    order("new", "output", "--from 收/局.xlsx --year 2027 -o OUT", "*AA001*.xlsx"),
    order("check", "slips", "收 --slips OUT", "*.xlsx"),
    order("remind", "notices", "收 --notices OUT", "*AA001*.docx"),
    order("fill", "output", "situation 收 --all-units --draft -o OUT", "*AA001*.docx"),
    order("export", "output", "收/局.xlsx -o OUT", "*.xlsx"),
    order("aggregate", "export", "收 -o 别.xlsx --export OUT", "组织生活.csv"),
    order("aggregate", "parquet", "收 -o 别.xlsx --parquet OUT", "组织生活.parquet"),
    order("standard import", "output", "改.xlsx -o OUT", "edition.yaml"),
    order("adopt", "output", "旧账 -o OUT", "台账_工作簿.xlsx"),
]
TASK = {
    "plan_id": "GZ2026-01-01",
    "section_no": 1,
    "section_title": "强化理论武装",
    "task_no": 1,
    "task_title": "任务",
    "measure_no": 1,
    "measure": "落实措施",
    "indicator_id": "主题党日_支部",
    "target_op": "≥",
    "target_value": 4,
    "target_unit": "次",
    "per": "全单位",
    "dept": "机关党办",
    "freq": "年",
    "deadline": date(2026, 9, 30),
    "state": "推进中",
}
# demo: tested below, on the first file that it writes; watch: tests/submissions/test_watching.py
LONG = {("demo", "output"), ("watch", "output")}


@pytest.fixture(scope="module")
def inputs(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands read."""
    folder = tmp_path_factory.mktemp("inputs")
    days = [party_day(1), party_day(2, present_n=9), party_day(3, status="草稿")]
    (folder / "收").mkdir()
    write(catalog, folder / "收" / "局.xlsx", unit("AA001", "示例市甲局"), {"org": [org()], "orglife": [party_day(1)]})
    write(catalog, folder / "收" / "错.xlsx", unit("AA002", "示例市乙局"), {"org": [org()], "orglife": days})
    (folder / "要点.txt").write_text("2026年工作要点\n一、抓学习\n1.开展主题党日12次。\n", encoding="utf-8")
    write(catalog, folder / "要点.xlsx", unit("AA001", "示例市甲局"), {"org": [org()], "plan": [TASK]})
    write_roster_template(catalog, folder / "名单.xlsx", [unit("AA009", "示例市丙局")])
    book = folder / "收" / "局.xlsx"
    assert run("fill", "situation", book, "--draft", "-o", folder / "旧文.docx")[0] == 1
    change_standard(catalog, folder / "改.xlsx")
    (folder / "旧账").mkdir()
    markdown_book(folder / "旧账", {"党日": "| 时间 | 主题 |\n| 3月5日 | 学雷锋 |"})
    shutil.copy(TEMPLATES / "situation.docx", folder / "模板.docx")
    (folder / "旧文.txt").write_text("关于党建工作的报告\n开展主题党日12次 。\n", encoding="utf-8")
    assert run("check", folder / "收" / "错.xlsx", "--slips", folder / "单")[0] == 1
    (slip,) = (folder / "单").iterdir()
    mend(slip.rename(folder / "单" / "退回单.xlsx"))
    return folder


def change_standard(catalog: Catalog, path: Path) -> None:
    export_standard(catalog, path)
    book = openpyxl.load_workbook(path)
    next(c for row in book["台账"].iter_rows() for c in row if c.value == "组织生活").value = "组织活动"
    book.save(path)


def mend(slip: Path) -> None:
    book = openpyxl.load_workbook(slip)
    next(c for row in book["组织生活"].iter_rows() for c in row if c.value == 9).value = 5
    book.save(slip)


@pytest.fixture
def desk(inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the inputs, which the product did not write there; the commands run in it."""
    folder = tmp_path / "desk"
    shutil.copytree(inputs, folder)
    monkeypatch.chdir(folder)
    return folder


def run(*args: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(a) for a in args])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def go(o: Order, out: str | Path, *more: str) -> tuple[int, str]:
    return run(*(str(out) if word == "OUT" else word for word in o.line), *more)


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def read_by(o: Order, desk: Path) -> Iterator[Path]:
    """The files that the command line names, and those in the folders that it names."""
    for word in o.line:
        path = desk / word
        if path.exists():
            yield from path.iterdir() if path.is_dir() else [path]


def edit(path: Path) -> bytes:
    path.write_bytes(path.read_bytes() + EDIT)
    return path.read_bytes()


# ------------------------------------------------------------------- the lists


def commands(group: click.Group = main) -> Iterator[click.Command]:
    for command in group.commands.values():
        if isinstance(command, click.Group):
            yield from commands(command)
        else:
            yield command


def test_every_command_that_writes_is_tried_here() -> None:
    wanted = {(c.name, name) for c in commands() for name in outputs(c)}
    assert wanted == {(o.command.split()[-1], o.output) for o in FILES + FOLDERS} | LONG
    with_default = {(c.name, name) for c in commands() for name, kind in outputs(c).items() if kind.end}
    assert with_default == {(o.command.split()[-1], o.output) for o in DEFAULTS} | {("print", "output")}


def test_every_path_is_an_input_that_exists_or_a_guarded_output() -> None:
    for command in commands():
        for p in command.params:
            if isinstance(p.type, click.Path):
                assert p.type.exists or isinstance(p.type, Output), (command.name, p.name)
        assert bool(outputs(command)) == any(FORCE in p.opts for p in command.params), command.name


# ---------------------------------------------------------------------- files


@pytest.mark.parametrize("how", ["itself", "through a folder", "link", "second name"])
@pytest.mark.parametrize("o", FILES, ids=str)
def test_an_output_is_never_an_input(o: Order, how: str, desk: Path) -> None:
    suffix = Path(o.made).suffix
    for n, source in enumerate(list(read_by(o, desk))):
        out = desk / f"别名{n}{source.suffix}"
        if how == "itself":
            out = source
        elif how == "through a folder":
            out = desk / "收" / ".." / source.relative_to(desk)
        elif how == "link":
            out.symlink_to(source)
        else:
            os.link(source, out)
        before = content(desk)
        for more in ((), (FORCE,)):
            code, said = go(o, out, *more)
            assert code == 2, said
            assert content(desk) == before
            if source.suffix == suffix:
                assert "不能覆盖" in said


@pytest.mark.parametrize("o", FILES, ids=str)
def test_a_file_of_another_kind_is_never_written(o: Order, desk: Path) -> None:
    for suffix in (".png", ".xls", ".doc", ""):
        out = desk / Path(o.made).with_suffix(suffix)
        for there in (False, True):
            if there:
                out.write_bytes(EDIT)
            before = content(desk)
            for more in ((), (FORCE,)):
                code, said = go(o, out, *more)
                assert (code, "后缀不对" in said) == (2, True), said
                assert content(desk) == before


@pytest.mark.parametrize("o", [*FILES, *DEFAULTS, PDF], ids=str)
def test_what_a_person_made_is_refused_or_set_aside(o: Order, desk: Path) -> None:
    out = desk / o.made
    out.write_bytes(EDIT)
    before = content(desk)
    code, said = go(o, out)
    assert (code, FORCE in said) == (2, True), said
    assert content(desk) == before
    code, said = go(o, out, FORCE)
    assert code in (0, 1), said
    old = out.with_stem(f"{out.stem}（旧稿1）")
    assert old.name in said
    assert old.read_bytes() == EDIT
    assert out.read_bytes() != EDIT


@pytest.mark.parametrize("o", [*FILES, *DEFAULTS, PDF], ids=str)
def test_an_own_output_is_replaced_until_somebody_edits_it(o: Order, desk: Path) -> None:
    out = desk / o.made
    for _ in range(2):
        code, said = go(o, out)
        assert code in (0, 1), said
    assert not list(desk.rglob("*旧稿*"))
    edited, kept = edit(out), content(desk)
    code, said = go(o, out)
    assert (code, FORCE in said) == (2, True), said
    assert content(desk) == kept
    for n in (1, 2):
        assert go(o, out, FORCE)[0] in (0, 1)
        assert out.with_stem(f"{out.stem}（旧稿{n}）").read_bytes() == edited
        edited = edit(out)
    assert not list(desk.rglob(".*.tmp"))


def test_two_outputs_of_one_run_are_two_files(desk: Path) -> None:
    before = content(desk)
    code, said = run("fill", "situation", "收/局.xlsx", "--draft", "-o", "同.docx", "--evidence", "同.docx", FORCE)
    assert (code, "同名" in said) == (2, True)
    assert content(desk) == before


# -------------------------------------------------------------------- folders


@pytest.mark.parametrize("o", FOLDERS, ids=str)
def test_a_folder_keeps_what_people_edited(o: Order, desk: Path) -> None:
    out = desk / "出"
    for _ in range(2):
        assert go(o, out)[0] in (0, 1)
    assert not list(desk.rglob("*旧稿*"))
    (made,) = list(out.glob(o.made))[:1]
    edited, before = edit(made), content(desk)
    code, said = go(o, out)
    if o.output == "slips":  # a slip that somebody mends stays under its name; the new one gets another
        assert (made.read_bytes(), len(list(out.glob(o.made)))) == (edited, 2)
        return
    assert code in (1, 2)
    assert FORCE in said
    assert content(out) == {k.removeprefix("出/"): v for k, v in before.items() if k.startswith("出/")}
    code, said = go(o, out, FORCE)
    assert code in (0, 1), said
    (old,) = (p for p in desk.rglob(made.name if is_whole(o) else "*旧稿1*") if "旧稿" in str(p))
    assert old.read_bytes() == edited
    assert made.read_bytes() != edited
    assert not list(desk.rglob(".*.tmp"))


@pytest.mark.parametrize("o", FOLDERS, ids=str)
def test_a_file_is_no_folder_and_inputs_stay(o: Order, desk: Path) -> None:
    before = content(desk)
    for out in (desk / "名单.xlsx", desk / "收" / "局.xlsx"):
        for more in ((), (FORCE,)):
            code, said = go(o, out, *more)
            assert code == 2, said
            assert content(desk) == before


@pytest.mark.parametrize("o", [o for o in FOLDERS if o.command == "aggregate"], ids=str)
def test_a_folder_of_inputs_is_never_written_as_a_whole(o: Order, desk: Path) -> None:
    before = content(desk)
    for out in (desk / "收", desk, Path(".")):
        for more in ((), (FORCE,)):
            code, said = go(o, out, *more)
            assert code == 2, said
            assert content(desk) == before


def test_the_other_units_get_their_documents(desk: Path) -> None:
    o = next(o for o in FOLDERS if o.command == "fill")
    out = desk / "出"
    out.mkdir()
    go(o, out)
    first, second = sorted(out.glob("*.docx"))
    edited = edit(first)
    second.unlink()
    code, said = go(o, out)
    assert (code, first.name in said, second.exists(), first.read_bytes() == edited) == (1, True, True, True), said


def test_the_demo_stops_at_what_a_person_made(desk: Path) -> None:
    book = desk / "示范" / "单位工作簿" / "YZ002_市政协机关_2026.xlsx"
    book.parent.mkdir(parents=True)
    for name in os.listdir(ROOT / "workbooks" / "samples"):
        (book.parent / name).write_bytes(EDIT)
    before = content(desk)
    code, said = run("demo", "-o", desk / "示范")
    assert (code, FORCE in said) == (2, True), said
    assert content(desk) == before


# ---------------------------------------------------- beside the submissions


def test_a_submission_is_never_taken_for_the_last_result(desk: Path) -> None:
    """Also not one that the product wrote, such as a blank workbook."""
    assert run("new", "--unit", "示例市丁局", "--code", "AA010", "--year", "2026", "-o", "收")[0] == 0
    before = content(desk)
    for path in (desk / "收").iterdir():
        for more in ((), (FORCE,)):
            code, said = run("aggregate", "收", "-o", path, *more)
            assert (code, "不能覆盖" in said) == (2, True), said
    assert content(desk) == before


def test_the_last_result_beside_the_submissions_is_not_counted(desk: Path) -> None:
    first = run("aggregate", "收", "-o", "收/总.xlsx")[1]
    assert "读入" in first
    line = next(x for x in first.splitlines() if x.startswith("读入"))
    again = desk / "收" / ".." / "收" / "总.xlsx"
    assert line in run("aggregate", "收", "-o", again)[1]
    edit(desk / "收" / "总.xlsx")
    assert run("aggregate", "收", "-o", "收/总.xlsx")[0] == 2
    said = run("aggregate", "收", "-o", "收/总.xlsx", FORCE)[1]
    assert line in said
    said = run("aggregate", "收", "-o", "收/总.xlsx")[1]
    assert line in said
    assert "F30" in said
    assert "总（旧稿1）.xlsx" in said
    assert "总（旧稿1）.xlsx" in run("check", "收")[1]
