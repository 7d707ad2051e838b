"""What an action says is a command that click reads, whatever the clerk filled in; it has a page of the handbook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from toolkit.cli.main import main
from toolkit.errors import CannotRun
from toolkit.model import Catalog
from toolkit.window.actions import Action, actions
from toolkit.window.orders import CHOICE, DATE, FILE, FLAG, FOLDER, NUMBER, PATHS, Field


def filled(f: Field, folder: Path) -> Any:
    """What a clerk may give to a field."""
    if f.kind in (PATHS, FILE, FOLDER):
        path = folder / f"{f.name}{f.suffixes[0] if f.suffixes else ''}"
        path.mkdir(exist_ok=True) if f.kind == FOLDER else path.touch()
        return [str(path)]
    return {FLAG: True, NUMBER: "2026" if f.name == "year" else "30", DATE: "2026-12-25"}.get(
        f.kind, f.choices[0][0] if f.kind == CHOICE else "上半年"
    )


def read(words: list[str]) -> None:
    """Lets click read the words of a command. Raises ClickException."""
    command: click.Command = main
    context = command.make_context("dangjian", words)
    while isinstance(command, click.Group):
        name, below, words = command.resolve_command(context, [*context._protected_args, *context.args])
        assert below is not None
        command = below
        context = command.make_context(name, words, parent=context)


@pytest.mark.parametrize("whole", [True, False], ids=["every field", "what is needed"])
def test_every_action_says_a_command(catalog: Catalog, tmp_path: Path, whole: bool) -> None:
    for action in actions(catalog):
        values = {
            f.name: filled(f, tmp_path) for f in action.fields if whole or f.required or f.name in ("unit", "code")
        }
        read(list(action.run(values).arguments))


def test_what_a_field_asks_for_is_said(catalog: Catalog, tmp_path: Path) -> None:
    """No field is shown in vain."""
    for action in actions(catalog):
        values = {f.name: filled(f, tmp_path) for f in action.fields}
        whole = _words(action, values)
        for f in action.fields:
            if not f.required and f.name not in ("roster", "unit", "code", "out"):
                assert _words(action, {k: v for k, v in values.items() if k != f.name}) != whole, (action.name, f.name)


# What has no button: the page itself and its help, a trial, settings for the command line, what an installer does.
ELSEWHERE = {"window", "handbook", "demo", "config", "cache", "install-addin", "uninstall-addin", "standard show"}


def test_every_command_is_in_the_window(catalog: Catalog, tmp_path: Path) -> None:
    said = {" ".join(commands_of(_words(a, {f.name: filled(f, tmp_path) for f in a.fields}))) for a in actions(catalog)}
    assert set(all_commands(main)) - said == ELSEWHERE


def commands_of(words: list[str]) -> list[str]:
    """The words in front of the options."""
    return words[: next(n for n, word in enumerate(words) if word.startswith("--"))]


def all_commands(group: click.Group, *above: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from all_commands(command, *above, name)
        else:
            yield " ".join([*above, name])


def test_a_folder_is_no_workbook(catalog: Catalog, tmp_path: Path) -> None:
    approve = next(a for a in actions(catalog) if a.name == "approve")
    with pytest.raises(CannotRun, match=r"是文件夹。“工作簿”要选一个文件"):
        approve.run({"book": [str(tmp_path)]})


def _words(action: Action, values: dict[str, Any]) -> list[str]:
    return list(action.run(values).arguments)
