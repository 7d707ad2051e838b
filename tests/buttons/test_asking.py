"""A button asks before a file of others gives way, and keeps it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.small_city import org, party_day, unit, write

from toolkit.buttons import macros
from toolkit.errors import CannotRun
from toolkit.model import Catalog
from toolkit.submissions.reading import read_submission


class Desk:
    """The open workbook, with a person who answers questions."""

    def __init__(self, catalog: Catalog, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path, self.answer, self.said = path, "no", list[str]()
        self.app = SimpleNamespace(status_bar="", screen_updating=True, alert=self.alert)
        book = SimpleNamespace(fullname=str(path), app=self.app)
        monkeypatch.setattr(macros.xw.Book, "caller", lambda: book)
        monkeypatch.setattr(macros, "_submission", lambda catalog, book: read_submission(catalog, path))

    def alert(self, text: str, title: str, buttons: str = "ok", **more: Any) -> str:
        self.said.append(text)
        return self.answer if buttons == "yes_no" else "ok"


@pytest.fixture
def desk(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    rows = {"org": [org()], "orglife": [party_day(n) for n in range(1, 7)]}
    path = write(catalog, tmp_path / "局.xlsx", unit("AA001", "示例市甲局"), rows)
    return Desk(catalog, path, monkeypatch)


def files(desk: Desk) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in desk.path.parent.iterdir() if p.is_file()}


@pytest.mark.parametrize("suffix", [".xlsx", ".json"])
def test_an_edited_file_gives_way_only_after_a_yes(desk: Desk, suffix: str) -> None:
    macros.export()
    macros.export()  # nobody changed it
    assert [text for text in desk.said if "？" in text] == []
    (out,) = desk.path.parent.glob(f"*报送件{suffix}")
    out.write_bytes(b"edited")
    before = files(desk)
    with pytest.raises(CannotRun, match="没有动"):
        macros.export()
    assert files(desk) == before
    assert desk.app.screen_updating
    (asked,) = (text for text in desk.said if "要写新的吗" in text)
    kept = f"{out.stem}（旧稿1）{suffix}"
    assert kept in asked
    assert "--" not in asked
    desk.answer = "yes"
    macros.export()
    assert files(desk)[kept] == b"edited"
    assert files(desk)[out.name] != b"edited"
    assert len([text for text in desk.said if "要写新的吗" in text]) == 2  # once each time
