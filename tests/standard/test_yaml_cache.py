"""The standard is parsed once; what is kept of it is data, and never believed over the file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from toolkit.errors import StandardError
from toolkit.standard.yamlmap import Map, load

TEXT = "name: x\nday: 2026-01-05\nlist:\n  - a: 1\n    b: [1.5, true, null]\n"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    yield tmp_path / "cache" / "dangjian" / "yaml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_what_is_kept_is_what_was_parsed(file: Path, kept: Path) -> None:
    first, again = load(file), load(file)
    assert first == again == {"name": "x", "day": date(2026, 1, 5), "list": [{"a": 1, "b": [1.5, True, None]}]}
    assert len(list(kept.iterdir())) == 1
    (item,) = again["list"]
    assert isinstance(item, Map) and (item.file, item.line) == ("x.yaml", 4)
    assert str(again.error("!")) == str(first.error("!")) == "x.yaml:1: !"


def test_a_changed_file_is_parsed_again(file: Path, kept: Path) -> None:
    load(file)
    info = file.stat()
    file.write_text(TEXT.replace("x", "y"), encoding="utf-8")
    os.utime(file, ns=(info.st_atime_ns, info.st_mtime_ns))
    assert load(file)["name"] == "y"
    assert len(list(kept.iterdir())) == 1


@pytest.mark.parametrize("harm", [b"", b"\xff", b"[1", b'{"a": 1}', b'[{"": []}]', b'{"": "soon"}'])
def test_harmed_files_are_not_used(harm: bytes, file: Path, kept: Path) -> None:
    first = load(file)
    (path,) = kept.iterdir()
    seal = path.read_bytes().partition(b"\n")[0]
    path.write_bytes(seal + b"\n" + harm)
    assert load(file) == first


def test_a_mistake_is_told_each_time(tmp_path: Path, kept: Path) -> None:
    (tmp_path / "bad.yaml").write_text("a: 1\na: 2\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(StandardError, match=r"bad\.yaml:1: key 'a' stands twice"):
            load(tmp_path / "bad.yaml")


def test_no_cache_is_no_obstacle(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert load(file) == load(file)
