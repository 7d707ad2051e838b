"""The command line that converts many documents: no longer than Windows takes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.machine import office
from toolkit.machine.office import characters, convert_by_office, portions

WINDOWS = 32_767  # CreateProcess, lpCommandLine


@given(st.lists(st.text('a中𠮷" ', max_size=40)), st.integers(1, 200))
def test_portions_keep_all_and_are_short(arguments: list[str], most: int) -> None:
    parts = list(portions(arguments, most))
    assert [a for part in parts for a in part] == arguments
    assert all(part and (len(part) == 1 or characters(part) <= most) for part in parts)


def test_a_thousand_documents_with_long_names_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []

    def refuses(command: list[str], seconds: float, env: Mapping[str, str]) -> None:
        assert len(" ".join(f'"{c}"' for c in command)) <= WINDOWS
        calls.append([c for c in command if c.endswith(".docx")])

    monkeypatch.setattr(office, "_run", refuses)
    documents = [tmp_path / f"{'长' * 50}{n}.docx" for n in range(1000)]
    convert_by_office(Path("soffice"), documents, "pdf", tmp_path, tmp_path, 60)
    assert len(calls) > 1 and [d for call in calls for d in call] == [str(d.resolve()) for d in documents]
