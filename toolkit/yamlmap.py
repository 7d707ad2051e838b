"""YAML mappings that know the file and line they stand on, so that mistakes can be named."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

from .errors import StandardError

_Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Map(dict[str, Any]):
    """A mapping with the place it was read from."""

    file: str = ""
    line: int = 0

    def error(self, message: str) -> StandardError:
        return StandardError(f"{self.file}:{self.line}: {message}")

    def only(self, allowed: Iterable[str]) -> Map:
        """This mapping, if it holds no key but the allowed ones."""
        names = list(allowed)
        for key in self:
            if key not in names:
                near = difflib.get_close_matches(str(key), names, 1)
                hint = f", did you mean {near[0]!r}?" if near else f" (known: {', '.join(names)})"
                raise self.error(f"unknown key {key!r}{hint}")
        return self

    def need(self, key: str) -> Any:
        if key not in self:
            raise self.error(f"missing key {key!r}")
        return self[key]

    def maps(self, key: str) -> list[Map]:
        """The list of mappings under `key`; none when the key is absent. Raises StandardError for other things."""
        return _all_maps(self.get(key, []), lambda: self.error(f"{key}: a list of mappings is wanted"))


def _all_maps(found: Any, error: Callable[[], StandardError]) -> list[Map]:
    if not isinstance(found, list) or not all(isinstance(m, Map) for m in found):
        raise error()
    return found


def load_map(path: Path) -> Map:
    """The mapping that one YAML file holds. Raises StandardError."""
    found = load(path)
    if not isinstance(found, Map):
        raise StandardError(f"{path.name}:1: a mapping is wanted")
    return found


def load_maps(path: Path) -> list[Map]:
    """The list of mappings that one YAML file holds; none in an empty file. Raises StandardError."""
    return _all_maps(load(path) or [], lambda: StandardError(f"{path.name}:1: a list of mappings is wanted"))


def load(path: Path) -> Any:
    """The content of one YAML file, its mappings as Map. Raises StandardError on bad syntax."""

    class Loader(_Base):  # type: ignore[misc, valid-type]
        pass

    def mapping(loader: Any, node: Any) -> Map:
        loader.flatten_mapping(node)
        pairs = loader.construct_pairs(node, deep=True)
        made = Map()
        made.file, made.line = path.name, node.start_mark.line + 1
        for key, value in pairs:
            if isinstance(key, (list, dict)):
                raise made.error("a key must be a word")
            if key in made:
                raise made.error(f"key {key!r} stands twice")
            made[key] = value
        return made

    Loader.add_constructor("tag:yaml.org,2002:map", mapping)
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader)
    except yaml.MarkedYAMLError as e:
        line = e.problem_mark.line + 1 if e.problem_mark else 0
        raise StandardError(f"{path.name}:{line}: {e.problem or e}") from e
    except (yaml.YAMLError, UnicodeDecodeError) as e:
        raise StandardError(f"{path.name}:1: not readable as UTF-8 YAML: {e}") from e
