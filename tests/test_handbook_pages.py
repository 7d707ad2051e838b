"""The handbook's pages: their links, commands and pictures are true, each action has its page, the HTML is as built."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from click.testing import CliRunner
from handbook_html import Page, built
from support.paths import ROOT

from toolkit import handbook
from toolkit.cli.main import main
from toolkit.excel.actions import ACTIONS
from toolkit.standard.catalog import load_catalog
from toolkit.window.actions import actions

FOLDER, IMAGES = ROOT / "docs" / "handbook", ROOT / "docs" / "images"
HANDBOOK = sorted(FOLDER.glob("*.md"))
PROSE = [*HANDBOOK, ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.M | re.S)
UNFINISHED = ("…", "...")  # words that stand for more of a command


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# ------------------------------------------------------------------ commands


def commands(page: Path) -> Iterator[str]:
    """The `dangjian …` lines of a page, in blocks and between backquotes; the help texts of 命令.md are their own."""
    text = page.read_text(encoding="utf-8")
    for block in FENCED.findall(text):
        for line in block.splitlines():
            if line.startswith("dangjian "):
                yield re.split(r"\s{2,}|\s+#", line)[0]
    yield from re.findall(r"`(dangjian [^`]+)`", FENCED.sub("", text))


def parsed(line: str) -> None:
    """Lets click read a line with the options and arguments of its command. Raises ClickException."""
    words = shlex.split(line)[1:]
    whole = [w for w in words if w not in UNFINISHED]
    finished = whole == words
    if "COMMAND" in whole:
        return
    command: click.Command = main
    context: click.Context | None = None
    name = "dangjian"
    try:
        while True:
            context = command.make_context(name, whole, parent=context)
            if not isinstance(command, click.Group):
                return
            rest = [*context._protected_args, *context.args]
            if not rest:
                return
            found, below, whole = command.resolve_command(context, rest)
            assert below is not None
            name, command = str(found), below
            if not whole:  # a command that is only named
                return
    except click.exceptions.Exit:  # --help
        return
    except click.MissingParameter:
        if finished:
            raise


@pytest.fixture(autouse=True)
def any_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that an example names need not be there."""
    monkeypatch.setattr(click.Path, "convert", lambda self, value, param, ctx: Path(value))


@pytest.mark.parametrize("page", PROSE, ids=relative)
def test_every_command_of_a_page_is_read_by_click(page: Path) -> None:
    for line in commands(page):
        try:
            parsed(line)
        except (click.ClickException, AssertionError) as e:
            pytest.fail(f"{line}: {e}")


@pytest.mark.parametrize(
    "line",
    [
        "dangjian chekc a.xlsx",
        "dangjian check a.xlsx --slip b",
        "dangjian fill situation a.xlsx",
        "dangjian template form a",
    ],
)
def test_a_command_that_is_none_is_seen(line: str) -> None:
    with pytest.raises((click.ClickException, AssertionError)):
        parsed(line)


def test_the_tutorial_shows_commands() -> None:
    assert len(list(commands(FOLDER / "教程.md"))) > 5


# ------------------------------------------------------------ links and pictures


@pytest.mark.parametrize("page", PROSE, ids=relative)
def test_links_lead_to_a_file_and_its_heading(page: Path) -> None:
    for target in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        if "://" in target:
            continue
        name, _, at = unquote(target).partition("#")
        to = (page.parent / name).resolve() if name else page
        assert to.exists(), target
        if at:
            assert at in anchors(to), target


def anchors(page: Path) -> set[str]:
    return set(re.findall(r'<h\d id="([^"]+)"', Page(page).body()))


def test_every_picture_is_shown_somewhere() -> None:
    shown = {
        (page.parent / target).resolve()
        for page in [*PROSE, *sorted((ROOT / "docs" / "decisions").glob("*.md"))]
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if target.endswith(".png")
    }
    assert {p.name for p in IMAGES.glob("*")} == {p.name for p in shown}


def test_every_page_is_reached_from_the_first() -> None:
    seen, ahead = set[str](), ["README.md"]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += [t.partition("#")[0] for t in LINK.findall((FOLDER / name).read_text("utf-8")) if ".md" in t]
    assert {p.name for p in HANDBOOK} <= seen


# ------------------------------------------------------------------------ HTML


def test_the_html_is_as_built() -> None:
    assert {p.name: p.read_text(encoding="utf-8") for p in (FOLDER / "html").glob("*")} == dict(built(FOLDER))


class Reader(HTMLParser):
    """What a page points at, and the anchors it has."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.targets, self.ids = list[str](), set[str]()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "iframe", "form"), tag
        for name, value in attrs:
            if name in ("href", "src"):
                self.targets.append(unquote(value or ""))
            elif name == "id":
                assert value not in self.ids, value
                self.ids.add(value or "")


def test_the_html_needs_nothing_from_outside_and_its_links_hold() -> None:
    shipped = handbook.files()
    pages = {way: Reader(path) for way, path in shipped.items() if way.endswith(".html")}
    for way, page in pages.items():
        for target in page.targets:
            name, _, at = target.partition("#")
            to = (Path("/") / way).parent.joinpath(name).resolve().relative_to("/").as_posix() if name else way
            assert to in shipped, f"{way}: {target}"
            assert not at or at in pages[to].ids, f"{way}: {target}"


# ---------------------------------------------------------- the page of an action


def test_each_command_button_action_and_ledger_has_its_place() -> None:
    catalog = load_catalog()
    names = {*main.commands, *(a.name for a in actions(catalog)), *(a.name for a in ACTIONS)}
    names |= {ledger.title for ledger in catalog.ledgers.values()}
    assert [n for n in sorted(names) if not handbook.known(n)] == []


def test_a_place_is_a_heading_that_is_there() -> None:
    for name in [*main.commands, "show_help", "组织生活", "校验结果"]:
        page, _, at = handbook.page_of(name).partition("#")
        assert at in Reader(FOLDER / "html" / page).ids, name


def test_what_the_handbook_does_not_know_opens_its_first_page() -> None:
    assert handbook.page_of("没有这样的表") == "README.html"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser is asked to open."""
    asked: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: asked.append(unquote(address)) or True)
    return asked


def test_the_command_opens_the_page_at_its_place(opened: list[str]) -> None:
    done = CliRunner().invoke(main, ["handbook", "aggregate"])
    assert done.exit_code == 0, done.output
    assert opened == [f"file://{FOLDER}/html/下发与收集.html#四汇总"]


def test_a_command_that_the_handbook_does_not_know_is_said(opened: list[str]) -> None:
    done = CliRunner().invoke(main, ["handbook", "aggregat"])
    assert done.exit_code == 2 and "手册里没有“aggregat”" in done.output and "教程" in done.output
    assert opened == []


def test_without_a_browser_the_file_is_named() -> None:
    done = CliRunner().invoke(main, ["handbook", "--no-browser"])
    assert done.output == f"请用浏览器打开：{FOLDER}/html/README.html\n"


def test_windows_is_led_to_the_place_by_a_page(
    opened: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(handbook, "state_dir", lambda: tmp_path / "state")
    monkeypatch.setattr("sys.platform", "win32")
    assert handbook.show("check")
    assert opened == [f"file://{tmp_path}/state/handbook.html"]
    assert "html/填报和核定.html#校验" in unquote((tmp_path / "state" / "handbook.html").read_text("utf-8"))
