"""The folders of the standard: the product's own, and those that are laid over it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from ..machine.userdirs import standard_dir
from .settings import setting

STANDARD = Path(__file__).parent
EDITION = "edition.yaml"  # of a folder: the version that it makes, and what it changed


def stamp_of(folder: Path) -> int:
    """Returns when an edition was written, so that a newer one is loaded afresh; 0 for a folder that holds none."""
    edition = folder / EDITION
    return edition.stat().st_mtime_ns if edition.exists() else 0


def added_folders() -> tuple[Path, ...]:
    """Returns the directories laid over the product's standard, in order.

    They are the user's own edition, the one in the settings, and those in DANGJIAN_STANDARD. Raises CannotRun if the
    setting names no folder.
    """
    own, chosen = standard_dir(), setting("standard")
    named = (Path(p) for p in os.environ.get("DANGJIAN_STANDARD", "").split(os.pathsep) if p)
    return (*((own,) if (own / EDITION).exists() else ()), *((chosen,) if chosen else ()), *named)


def fingerprint_of(folders: Sequence[Path]) -> str:
    """Returns a hash of all YAML files in the folders, also of those that are not part of the Catalog."""
    found = hashlib.blake2b(digest_size=16)
    for folder in folders:
        for path in sorted(folder.rglob("*.yaml")):
            found.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()
