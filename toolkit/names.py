"""Text from outside as a name: without invisible characters, and as the name of a file.

This is the only place that turns a unit, a sheet or a title into a file name. The rules are those of all systems
together, because files travel: Windows' characters and device names, the bytes that Linux counts, names that
differ only in case.
"""

from __future__ import annotations

import re
from pathlib import Path
from unicodedata import normalize

# Controls other than line breaks and tabs, soft hyphens, marks that turn the direction of text, tags, halves of
# surrogate pairs: nobody sees them, XML forbids some, a terminal obeys others.
INVISIBLE = (
    "\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f"
)
LONGEST = 200  # bytes of a file name in UTF-8; Linux allows 255, and some names get an addition
FORBIDDEN = frozenset('\\/:*?"<>|%')  # in Windows and macOS; % starts a variable in a Windows shell
NAMELESS = "未命名"

_INVISIBLE = re.compile(f"[{INVISIBLE}\u000b\u000c\u001c-\u001f]")  # also the breaks that XML forbids
_LED, _ENDED = " ._-~$", " ."  # a leading . hides a file, ~$ marks a lock, - an option; Windows drops a final one
_DEVICE = re.compile("(?:CON|PRN|AUX|NUL|CLOCK\\$|CONIN\\$|CONOUT\\$|(?:COM|LPT)[0-9¹²³])", re.IGNORECASE)


def visible(text: str) -> str:
    """Returns the text without invisible characters; line breaks and tabs stay."""
    return text if text.isprintable() else _INVISIBLE.sub("", text)


def file_name(stem: str, suffix: str, tail: str = "") -> str:
    """Returns `stem`, `tail` and `suffix` as a name that is valid on every system and never a path.

    What no system allows is left out. A long name is cut in the stem first, so that the tail (a year, a title) stays.
    `suffix` (.xlsx) is the product's own.
    """
    tail = _cut(_kept(tail), LONGEST // 2).rstrip(_ENDED)
    stem = _kept(stem).lstrip(_LED)
    made = _cut(stem, LONGEST - _bytes(tail + suffix)).rstrip(_ENDED)
    name = made + tail if made else tail.lstrip(" .-~$") if tail.strip(_LED) else NAMELESS
    return f"{'_' if _DEVICE.fullmatch(name.partition('.')[0].rstrip()) else ''}{name}{suffix}"


def marked(path: Path, mark: str) -> Path:
    """Returns a path beside `path` with `mark` at the end of its stem, cut where the name would be too long."""
    return path.with_name(_cut(path.stem, LONGEST - _bytes(mark + path.suffix)) + mark + path.suffix)


class Unused:
    """Gives out names that are all different, also where case does not count and accents may be written apart."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def __call__(self, name: str) -> str:
        """Returns `name`, or with _2, _3 … before its suffix if it was given out before."""
        found, n = Path(name), 1
        while (key := normalize("NFC", found.name).casefold()) in self._used:
            n += 1
            found = marked(Path(name), f"_{n}")
        self._used.add(key)
        return found.name


def _kept(text: str) -> str:
    made = normalize("NFC", visible(text))
    kept = "".join(c for c in made if c not in FORBIDDEN and (c.isprintable() or c.isspace()))
    return " ".join(kept.split())


def _cut(text: str, most: int) -> str:
    """Returns the beginning of the text, at most so many bytes and no half character."""
    return text.encode(errors="ignore")[: max(0, most)].decode(errors="ignore")


def _bytes(text: str) -> int:
    return len(text.encode(errors="ignore"))
