"""A standard from outside: YAML within limits of size, depth and repetition, and a sentence with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.errors import StandardError
from toolkit.standard import yamlmap
from toolkit.standard.yamlmap import load

LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
MERGED = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (LAUGHS, 7),
        (MERGED, 11),
        (f"a: {'{b: ' * 40}{'}' * 40}", 1),
        (f"a: {'[' * 40}{']' * 40}", 1),
        ("a: &a [*a]", 1),
        (f"a: {'1' * 5000}", 1),
        (f"a: 1:{'59:' * 20000}1", 1),
        ("a: 2026-13-45", 1),
        ("a: !!python/object/apply:os.system [x]", 1),
    ],
    ids=["aliases", "merges", "mappings", "lists", "itself", "digits", "minutes", "no day", "code"],
)
def test_what_is_too_much_is_refused_with_its_line(text: str, line: int, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"{text}\n", encoding="utf-8")
    with pytest.raises(StandardError, match=rf"own\.yaml:{line}: "):
        load(path)


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("a: b" + " " * yamlmap.LARGEST, encoding="utf-8")
    with pytest.raises(StandardError, match=r"own\.yaml:1: more than 4 MB"):
        load(path)


def test_aliases_within_the_limits_are_read(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("a: &a {x: 1}\nb: [*a, *a]\nc: {<<: *a, y: 2}\n", encoding="utf-8")
    assert load(path) == {"a": {"x": 1}, "b": [{"x": 1}, {"x": 1}], "c": {"x": 1, "y": 2}}
