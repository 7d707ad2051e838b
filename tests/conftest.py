"""The demo's city, built once for all tests that look at it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from support.demo_city import Demo
from support.desk import Desk, need_desk
from support.paths import SCRIPTS

from toolkit.cli import demo
from toolkit.model import Catalog
from toolkit.standard.catalog import load_catalog

sys.path.insert(0, str(SCRIPTS))  # some tests run the scripts


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests read and write is not kept in the cache, or remembered, of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(autouse=True)
def _no_standard_is_left_behind() -> Iterator[None]:
    """`--standard` goes through the environment, where the next test would find it."""
    yield
    os.environ.pop("DANGJIAN_STANDARD", None)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    said: list[str] = []
    demo.run(catalog, folder, said.append)
    return Demo(catalog, folder, tuple(said))


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """A screen with LibreOffice and the extension, for all tests that click."""
    need_desk()
    made = Desk()
    yield made
    made.close()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What clicks takes minutes (`pytest -m "not clicks"` leaves it out) and shares one desk; else a file goes together."""
    for item in items:
        clicks = "desk" in getattr(item, "fixturenames", ())
        if clicks:
            item.add_marker(pytest.mark.clicks)
        item.add_marker(pytest.mark.xdist_group("desk" if clicks else item.path.name))
