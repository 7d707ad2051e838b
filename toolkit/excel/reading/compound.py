"""Checks the sector chains of a compound file ([MS-CFB] 2.3-2.6) before other code follows them.

A chain that bites its own tail would fill the memory of whoever reads it; python-calamine then ends the process.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from .package import Refused

_LAST = 0xFFFFFFFA  # the greatest number of a sector; those above end a chain or mark a sector
# Of the header: size of a sector as a power of two, first sector of the directory, least size of a stream that has
# sectors of its own, first sector of the table of small sectors, and of the list of tables.
_HEADER = struct.Struct("<30xH16xI4xII4xI")
_ENTRY = 128  # bytes of one entry of the directory
_STREAM, _ROOT = 2, 5  # kinds of entries
_DIFAT_IN_HEADER = 109


def check_chains(data: bytes) -> None:
    """Raises Refused if the sectors of a stream or of the directory form a loop, or belong to two chains.

    Follows each sector once, so the time grows with the size of the file alone.
    """
    try:
        _File(data).check()
    except (struct.error, IndexError, ValueError):
        raise Refused("F01", "文件已损坏") from None


class _File:
    def __init__(self, data: bytes) -> None:
        shift, self.directory, self.cutoff, self.mini, difat = _HEADER.unpack_from(data)
        if shift not in (9, 12):
            raise ValueError
        self.data, self.size = data, 1 << shift
        self.taken: set[int] = set()
        table: list[int] = []
        for sector in self._tables(difat):
            table += self._numbers(sector)
        self.fat = table

    def _sector(self, number: int) -> bytes:
        return self.data[(number + 1) * self.size : (number + 2) * self.size]

    def _numbers(self, sector: int) -> Sequence[int]:
        raw = self._sector(sector)
        return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])

    def _tables(self, difat: int) -> Iterator[int]:
        """Yields the sectors that hold the allocation table."""
        yield from (n for n in struct.unpack_from(f"<{_DIFAT_IN_HEADER}I", self.data, 76) if n <= _LAST)
        seen: set[int] = set()
        while difat <= _LAST:
            if difat in seen:
                raise ValueError
            seen.add(difat)
            *numbers, difat = self._numbers(difat)
            yield from (n for n in numbers if n <= _LAST)

    def chain(self, start: int, table: Sequence[int], taken: set[int]) -> list[int]:
        """Returns the sectors of one chain. Raises ValueError for a loop, IndexError for a sector beyond the table."""
        found = []
        while start <= _LAST:
            if start in taken:
                raise ValueError
            taken.add(start)
            found.append(start)
            start = table[start]
        return found

    def check(self) -> None:
        entries = b"".join(map(self._sector, self.chain(self.directory, self.fat, self.taken)))
        mini = [n for s in self.chain(self.mini, self.fat, self.taken) for n in self._numbers(s)]
        small: set[int] = set()
        for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
            kind, start, size = entries[at + 66], *struct.unpack_from("<IQ", entries, at + 116)
            size &= 0xFFFFFFFF if self.size == 512 else size
            if kind == _ROOT or (kind == _STREAM and size >= self.cutoff):
                self.chain(start, self.fat, self.taken)
            elif kind == _STREAM and size:
                self.chain(start, mini, small)
