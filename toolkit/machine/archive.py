"""Reads and writes zip archives member by member; members that are only copied are not inflated."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION, _UTF8, _DAY = 20, 0x800, 0x21  # format 2.0; the name is UTF-8; 1980-01-01, the earliest date in a zip
_RIGHTS = 0o600 << 16
SMALL = 9  # the level of deflation of a file that is sent around


@dataclass(frozen=True)
class Member:
    """One file of an archive, as stored there."""

    name: str
    crc: int
    size: int  # bytes when unpacked
    method: int
    packed: bytes

    @classmethod
    def of(cls, name: str, content: bytes, level: int = 6) -> Member:
        """Deflates the content; `level` 1 is fast, 9 small."""
        deflater = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = deflater.compress(content) + deflater.flush()
        return cls(name, zlib.crc32(content), len(content), ZIP_DEFLATED, packed)

    def unpack(self) -> bytes:
        """Returns the content, inflated."""
        return zlib.decompress(self.packed, -zlib.MAX_WBITS) if self.method == ZIP_DEFLATED else self.packed


def members(data: bytes) -> list[Member]:
    """Returns all members of an archive that this product wrote, in order. Raises BadZipFile."""
    found = []
    with ZipFile(BytesIO(data)) as archive:
        for info in archive.infolist():
            *_, name, extra = _LOCAL.unpack_from(data, info.header_offset)
            start = info.header_offset + _LOCAL.size + name + extra
            packed = data[start : start + info.compress_size]
            found.append(Member(info.filename, info.CRC, info.file_size, info.compress_type, packed))
    return found


def pack(parts: Iterable[Member]) -> bytes:
    """Returns an archive of these members, dated 1980-01-01: the same members give the same bytes."""
    body, directory, at, count = [], [], 0, 0
    for m in parts:
        name = m.name.encode()
        flags = 0 if name.isascii() else _UTF8
        common = (_VERSION, flags, m.method, 0, _DAY, m.crc, len(m.packed), m.size, len(name), 0)
        body += [_LOCAL.pack(b"PK\3\4", *common), name, m.packed]
        directory += [_CENTRAL.pack(b"PK\1\2", _VERSION | 3 << 8, *common, 0, 0, 0, _RIGHTS, at), name]
        at += _LOCAL.size + len(name) + len(m.packed)
        count += 1
    size = sum(map(len, directory))
    return b"".join((*body, *directory, _END.pack(b"PK\5\6", 0, 0, count, count, size, at, 0)))
