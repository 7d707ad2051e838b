"""Checks one tag by itself: whether it is allowed, and whether Jinja can read it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from jinja2 import TemplateSyntaxError, nodes

from .language import COLOUR, COLUMNS, language, too_deep
from .scan import Tag

BLOCKS = {"if": "endif", "for": "endfor", "with": "endwith"}
MIDDLE = ("elif", "else")
_NOTHING = {"if": "{% if true %}", "for": "{% for _nothing in [] %}", "with": "{% with %}"}  # in place of a faulty one
_CELLS = {"cellbg": COLOUR, "colspan": COLUMNS}
_OWN = tuple(f"|{name} }}}}" for name in _CELLS.values())
_PARSER = language()


@dataclass(frozen=True)
class Checked:
    """A tag as Jinja reads it; empty if Jinja is to see nothing of it."""

    source: str = ""
    word: str = ""  # of a block: if, else, endfor …
    loop: bool = False  # makes sense inside a loop only
    cell: str = ""  # a property of the cell: cellbg, colspan, hm, vm
    faults: tuple[tuple[str, dict[str, str]], ...] = ()


def statement(tag: Tag) -> Checked:
    """Returns what Jinja reads for a tag, with its faults; a faulty block is replaced by one that does nothing."""
    if tag.kind == "{#":
        return Checked()
    if tag.kind == "{{":
        return _checked(tag, f"{{{{ {tag.inner} }}}}", "", "", "")
    word, rest = tag.word, tag.inner.removeprefix(tag.word).strip()
    made = f"{{% {tag.inner} %}}"
    if word in ("hm", "vm") and not rest:
        return Checked(cell=word, loop=True)
    if word in _CELLS:
        found = _checked(tag, f"{{{{ ({rest})|{_CELLS[word]} }}}}", "", "", "")
        return Checked(found.source, cell="" if found.faults else word, faults=found.faults)
    if word in BLOCKS:
        return _checked(tag, made, "", f"{{% {BLOCKS[word]} %}}", word)
    if word == "elif":
        return _checked(tag, made, "{% if true %}", "{% endif %}", word)
    if word == "else" or word in BLOCKS.values():
        return Checked(f"{{% {word} %}}", word, faults=(("M05", {"what": tag.shown}),) if rest else ())
    if word == "set" and "=" in rest:
        return _checked(tag, made, "", "", "")
    return Checked(faults=(("M09", {"what": tag.shown}),))


def _checked(tag: Tag, source: str, before: str, after: str, word: str) -> Checked:
    code = _fault(before + source + after)
    if not code:
        return Checked(source, word)
    faulty = "{% elif true %}" if word == "elif" else _NOTHING.get(word, "")
    return Checked(faulty, word, faults=((code, {"what": tag.shown}),))


@lru_cache(maxsize=4096)
def _fault(source: str) -> str:
    """Returns the code of what is wrong with a tag, or an empty string."""
    try:
        if too_deep(_PARSER.lexer.tokenize(source)):
            return "M15"
        tree = _PARSER.parse(source)
    except (TemplateSyntaxError, ValueError, RecursionError):  # ValueError: a number too long, a broken escape
        return "M05"
    known = {nodes.Filter: _PARSER.filters, nodes.Test: _PARSER.tests}
    strange = any(f.name not in known[type(f)] for f in tree.find_all((nodes.Filter, nodes.Test)))
    own = any(f.name.startswith("_") for f in tree.find_all(nodes.Filter)) and not source.endswith(_OWN)
    return "M09" if strange or own else ""
