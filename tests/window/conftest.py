"""A clerk's home, the window in it, and a browser for all tests of this folder."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.browser import Browser, browser, wait
from support.window_desk import Clerk, Started, own_home, started


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as made:
        yield made


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return own_home(tmp_path_factory.mktemp("home"))


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[..., Started]]:
    """Starts windows that end with the test."""
    made: list[subprocess.Popen[str]] = []

    def begin(*more: str) -> Started:
        process, address = started(environment, *more)
        made.append(process)
        return process, address

    yield begin
    for process in made:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def clerk(environment: dict[str, str], chromium: Browser) -> Iterator[Clerk]:
    process, address = started(environment)
    chromium.go(address)
    wait("the page", lambda: chromium.text("#title"))
    yield Clerk(Path(environment["HOME"]), chromium, process)
    process.terminate()
    process.wait(60)
