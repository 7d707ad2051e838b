"""Words a list of names: 《A》《B》等5项制度; and reads the names of such a list back from an edited text."""

from __future__ import annotations

import re

from ..model import Listed, Roll
from .locate import check_of

_ETC = re.compile(r"等\s?(\d+)")


def enumerated(found: Listed) -> str:
    """Returns the list in words, "" if it is empty.

    The count follows only where names are left out; never for a list without a measure word, such as the best three.
    """
    roll, names = found.roll, found.names
    text = between(roll.marks, names[: roll.most])
    return text + (f"等{len(names)}{roll.classifier}" if roll.classifier and len(names) > roll.most else "")


def between(marks: str, names: tuple[str, ...]) -> str:
    """Returns the names between marks, which need no 、 (GB/T 15834), or else with 、."""
    return "".join(f"{marks[0]}{n}{marks[1]}" for n in names) if marks else "、".join(names)


def span_of(text: str, roll: Roll, check: str) -> tuple[int, int]:
    """Returns where a list stands in a passage to which an editor may have added words.

    With marks it goes from the first mark to the last, or to its count. Without, it is what was printed (`check` is its
    check_of) if that stands at one end of the passage, or else the whole passage.
    """
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if not roll.marks:
        ends = [(at, end) for at in range(start, end)] + [(start, at) for at in range(end, start, -1)]
        return next((found for found in ends if check_of(text[slice(*found)]) == check), (start, end))
    start, end = text.find(roll.marks[0]), text.rfind(roll.marks[1]) + 1
    if start < 0 or end <= start:
        return 0, 0
    if count := _ETC.match(text, end):
        end = count.end()
        end += len(roll.classifier) if text.startswith(roll.classifier, end) else 0
    return start, end


def names_in(text: str, roll: Roll) -> tuple[list[str], int | None]:
    """Returns the names that an edited list holds, and the number behind 等, if there is one."""
    count = _ETC.search(text)
    body = text[: count.start()] if count else text.removesuffix("等")
    if roll.marks:
        names = re.findall(f"{roll.marks[0]}([^{roll.marks}]+){roll.marks[1]}", text)
    else:
        names = [n.strip() for n in re.split("[、，和]", body) if n.strip()]
    return names, int(count[1]) if count else None
