"""LibreOffice as the tests of open workbooks use it: started once for each module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import xlwings as xw
from support.soffice import headless

from toolkit.buttons.libreoffice import engine


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[xw.App]:
    with headless(tmp_path_factory.mktemp("office")) as pipe:
        engine.attach(f"pipe,name={pipe}", 60)
        assert xw.apps.active is not None
        yield xw.apps.active
