"""Parts that a document gets besides its text: pictures, charts, what relates to them, and their types."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .ooxml import R

_TYPES = "[Content_Types].xml"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_BLANK = re.compile("<Relationships([^<>]*)/>")


class MoreParts:
    """Adds to `parts` of a document whose texts are `stories`; `made` holds what is new or changed."""

    def __init__(self, parts: Mapping[str, bytes], stories: Mapping[str, bytes]) -> None:
        self._parts, self._stories = parts, stories
        self.made: dict[str, bytes] = {}

    def add(self, name: str, data: bytes, kind: str) -> None:
        """Adds word/`name`; its content type is that of all parts with its ending, or of no other part for XML."""
        self.made[f"word/{name}"] = data
        types, ending = self._text(_TYPES), name.rpartition(".")[2]
        if ending == "xml":
            types = types.replace("</Types>", f'<Override PartName="/word/{name}" ContentType="{kind}"/></Types>')
        elif f'Extension="{ending}"' not in types:
            types = re.sub(
                "(<Types [^>]*>)", rf'\1<Default Extension="{ending}" ContentType="{kind}"/>', types, count=1
            )
        self.made[_TYPES] = types.encode()

    def relate(self, key: str, kind: str, name: str) -> None:
        """Relates word/`name` under `key` to each text that mentions the key; `kind` such as image."""
        for story in (x for x, xml in self._stories.items() if f'"{key}"'.encode() in xml):
            self.relate_from(story.removeprefix("word/"), key, kind, name)

    def relate_from(self, part: str, key: str, kind: str, target: str) -> None:
        """Relates `target`, as seen from word/`part`, to that part."""
        folder, _, base = part.rpartition("/")
        path = "/".join(filter(None, ("word", folder, "_rels", f"{base}.rels")))
        relations = _BLANK.sub(r"<Relationships\1></Relationships>", self._text(path))
        added = f'<Relationship Id="{key}" Type="{R}/{kind}" Target="{target}"/></Relationships>'
        self.made[path] = relations.replace("</Relationships>", added).encode()

    def _text(self, path: str) -> str:
        found = self.made.get(path) or self._parts.get(path)
        return found.decode() if found else f'<Relationships xmlns="{_PACKAGE}"></Relationships>'
