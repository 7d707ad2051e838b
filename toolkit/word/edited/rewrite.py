"""Replaces or adds some parts of a .docx and keeps all others unchanged."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from ...machine.atomic import write_whole
from ...machine.guard import DOCX


def rewrite(source: Path, changed: Mapping[str, bytes], out: Path) -> None:
    """Copies `source` to `out` (may be the same file) with the parts `changed`, new ones behind the others.

    Byte for byte if there are none.
    """
    data = source.read_bytes()
    if changed:
        made = BytesIO()
        with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in old.infolist():
                new.writestr(entry, changed.get(entry.filename) or old.read(entry))
            for name in sorted(set(changed) - set(old.namelist())):
                new.writestr(name, changed[name])
        data = made.getvalue()
    write_whole(out, data, DOCX)
