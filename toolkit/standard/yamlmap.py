"""YAML mappings that know their file and line, so that mistakes can be located."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

from ..errors import StandardError
from ..machine.userdirs import cache_dir

LARGEST = 4 << 20  # bytes of one file
DEEPEST = 30  # mappings and lists within each other
MOST_NODES = 200_000  # values of one file, each counted as often as an alias repeats it
_MARK = ""  # key of a Map's line, or of a date's text, in the cache; forbidden in files of the standard


class Map(dict[str, Any]):
    """A mapping with the file and line it was read from."""

    file: str = ""
    line: int = 0

    def error(self, message: str) -> StandardError:
        """Returns a StandardError whose message begins with file and line."""
        return StandardError(f"{self.file}:{self.line}: {message}")

    def only(self, allowed: Iterable[str]) -> Map:
        """Returns this mapping; raises StandardError for a key that is not allowed."""
        names = list(allowed)
        for key in self:
            if key not in names:
                import difflib

                near = difflib.get_close_matches(str(key), names, 1)
                hint = f", did you mean {near[0]!r}?" if near else f" (known: {', '.join(names)})"
                raise self.error(f"unknown key {key!r}{hint}")
        return self

    def need(self, key: str) -> Any:
        """Returns the value of `key`; raises StandardError if it is missing."""
        if key not in self:
            raise self.error(f"missing key {key!r}")
        return self[key]

    def maps(self, key: str) -> list[Map]:
        """Returns the list of mappings under `key`, [] if absent. Raises StandardError for other values."""
        return _all_maps(self.get(key, []), lambda: self.error(f"{key}: a list of mappings is wanted"))


def _all_maps(found: Any, error: Callable[[], StandardError]) -> list[Map]:
    if not isinstance(found, list) or not all(isinstance(m, Map) for m in found):
        raise error()
    return found


def load_map(path: Path) -> Map:
    """Returns the mapping in one YAML file. Raises StandardError."""
    found = load(path)
    if not isinstance(found, Map):
        raise StandardError(f"{path.name}:1: a mapping is wanted")
    return found


def load_maps(path: Path) -> list[Map]:
    """Returns the list of mappings in one YAML file, [] for an empty file. Raises StandardError."""
    return _all_maps(load(path) or [], lambda: StandardError(f"{path.name}:1: a list of mappings is wanted"))


def items_of(path: Path) -> list[Map]:
    """Returns the list of mappings in one YAML file, [] if there is no such file. Raises StandardError."""
    return load_maps(path) if path.exists() else []


def load(path: Path) -> Any:
    """Returns the content of one YAML file, its mappings as Map. Raises StandardError on bad syntax.

    Parsing takes ten times as long as reading a parsed result. So the result is kept in the user's
    cache with a hash of the file, as JSON, which cannot contain code.
    """
    if path.stat().st_size > LARGEST:
        raise StandardError(f"{path.name}:1: more than {LARGEST >> 20} MB")
    data = path.read_bytes()
    seal = blake2b(data, digest_size=16).hexdigest()
    kept = cache_dir() / "yaml" / f"{path.stem}-{blake2b(str(path).encode(), digest_size=6).hexdigest()}.json"
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        known, _, packed = kept.read_text(encoding="utf-8").partition("\n")
        if known == seal:
            return json.loads(packed, object_hook=partial(_unpacked, path.name))
    parsed = _parsed(data, path.name)
    try:
        packed = json.dumps(_packed(parsed), ensure_ascii=False)
    except ValueError as e:
        raise StandardError(f"{path.name}:1: a number is too long") from e
    with suppress(OSError):  # the cache is optional
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = kept.with_suffix(f".{os.getpid()}")
        fresh.write_text(f"{seal}\n{packed}", encoding="utf-8")
        fresh.replace(kept)
    return parsed


def _packed(value: Any) -> Any:
    """Converts a value to JSON types: a Map with its line, a date as text, each under _MARK."""
    if isinstance(value, Map):
        return {_MARK: value.line, **{key: _packed(v) for key, v in value.items()}}
    if isinstance(value, list):
        return [_packed(v) for v in value]
    return {_MARK: value.isoformat()} if isinstance(value, date) else value


def _unpacked(file: str, found: dict[str, Any]) -> Map | date:
    mark = found.pop(_MARK)
    if isinstance(mark, str):
        return date.fromisoformat(mark)
    if not isinstance(mark, int):
        raise ValueError(mark)
    made = Map(found)
    made.file, made.line = file, mark
    return made


def _refuse_large(text: str, name: str, loader: Any) -> None:
    """Raises StandardError for a file that is too deep, or too large once its aliases are written out."""
    import yaml

    sizes: dict[str, int] = {}  # of the anchors
    open_: list[tuple[str | None, int]] = []  # the anchors of what is open, and the count before each
    count = 0
    for event in yaml.parse(text, loader):
        if isinstance(event, yaml.AliasEvent):
            count += sizes.get(str(event.anchor), 0)
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_.pop()
            if anchor:
                sizes[anchor] = count - before
        elif isinstance(event, yaml.NodeEvent):
            count += 1
            if isinstance(event, yaml.CollectionStartEvent):
                open_.append((event.anchor, count))
            elif event.anchor:
                sizes[event.anchor] = 1
        if count > MOST_NODES or len(open_) > DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise StandardError(f"{name}:{line}: more than {MOST_NODES} values, or {DEEPEST} levels")


def _parsed(data: bytes, name: str) -> Any:
    import yaml

    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc, valid-type]
        pass

    def mapping(loader: Any, node: Any) -> Map:
        loader.flatten_mapping(node)
        pairs = loader.construct_pairs(node, deep=True)
        made = Map()
        made.file, made.line = name, node.start_mark.line + 1
        for key, value in pairs:
            if not isinstance(key, str) or key == _MARK:
                raise made.error(f"key {key!r} is not a word")
            if key in made:
                raise made.error(f"key {key!r} stands twice")
            made[key] = value
        return made

    Loader.add_constructor("tag:yaml.org,2002:map", mapping)
    try:
        text = data.decode()
        _refuse_large(text, name, base)
        return yaml.load(text, Loader)
    except yaml.MarkedYAMLError as e:
        line = e.problem_mark.line + 1 if e.problem_mark else 0
        raise StandardError(f"{name}:{line}: {e.problem or e}") from e
    except (
        yaml.YAMLError,
        ValueError,
        RecursionError,
    ) as e:  # the latter two: no UTF-8, a day or a number that is none
        raise StandardError(f"{name}:1: not readable as UTF-8 YAML: {e}") from e


def flow(value: Any) -> str:
    """Returns a value as YAML on one line: {kind: 走访慰问}."""
    import yaml

    text = str(
        yaml.dump(value, Dumper=_dumper(), allow_unicode=True, default_flow_style=True, width=2**20, sort_keys=False)
    )
    return text.removesuffix("\n").removesuffix("\n...")


def from_flow(text: str) -> Any:
    """Returns the value of YAML on one line, None if it is no YAML."""
    try:
        return _parsed(text.encode(), "")
    except StandardError:
        return None


def as_yaml(value: Any) -> str:
    """Returns a value as a YAML document, mappings in their order."""
    import yaml

    return str(
        yaml.dump(value, Dumper=_dumper(), allow_unicode=True, default_flow_style=False, width=120, sort_keys=False)
    )


def _dumper() -> Any:
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    Dumper.add_representer(Map, yaml.SafeDumper.represent_dict)
    return Dumper
