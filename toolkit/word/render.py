"""A template and its data -> a finished document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from markupsafe import Markup

from ..errors import CannotRun
from ..model import Figure, Shown
from ..wording import Words
from .marks import resolve
from .ooxml import MAIN, dump, parse, write_package
from .sandbox import Compiled, check_names, load_template, run
from .session import NUMBERS, Mark, Session
from .shell import Imprint, RedHead, add_imprint, add_red_head, place_signature
from .styles import Styles


@dataclass(frozen=True)
class Printed:
    """One figure as printed: where, by bookmark, and how often."""

    id: str
    name: str
    unit: str
    phrase: str
    bookmarks: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.bookmarks)


@dataclass(frozen=True)
class FillReport:
    """What a filling printed, left out and could not print; all names are Chinese."""

    path: Path
    printed: tuple[Printed, ...]
    dropped: tuple[str, ...]  # indicators whose clause went because they are zero
    missing: tuple[str, ...]  # titles; drafts only
    problems: tuple[str, ...]  # wordings that would be untrue; drafts only
    warnings: tuple[str, ...]


class NotReady(CannotRun):
    """Figures are missing or may not be worded as declared; `missing` and `problems` list them."""

    def __init__(self, template: str, missing: list[str], problems: list[str]) -> None:
        self.missing, self.problems = tuple(missing), tuple(problems)
        lines = [f"“{template}”不能成文。"]
        if missing:
            lines.append(f"缺数：{'、'.join(missing)}。请补填台账，或在封面申报“本年无”；也可先生成草稿。")
        super().__init__("\n".join([*lines, *problems]))


def fill_template(
    template: Path,
    out: Path,
    context: Mapping[str, Any],
    *,
    words: Words,
    unit: str,
    year: int,
    shown: Mapping[str, Shown] | None = None,
    approx: str = "",
    draft: bool = False,
    red_head: RedHead | None = None,
    imprint: Imprint | None = None,
) -> FillReport:
    """Fills a .docx template and writes `out`, which is replaced only by a whole document.

    `context`: names of the template -> Figure, Narrative, text, number, date, None, or lists and
    mappings of these. `shown`: how this document words a figure, by the indicator's name.
    `approx`: 余 or 多. `unit`, `year`: the code and year that stand in the bookmarks.
    With `draft`, what is missing is printed as 【缺：…】 on yellow instead of stopping.

    Raises NotReady for missing figures, CannotRun for a bad template or an unknown name.
    """
    if template.resolve() == out.resolve():
        raise CannotRun("输出文件不能覆盖模板。请换一个文件名。")
    compiled = load_template(template)
    check_names(compiled, context)
    session = Session(words, shown or {}, approx, unit, draft, dict(_figures(context)))
    roots = _render(compiled, context, session)
    if (session.missing or session.problems) and not draft:
        raise NotReady(template.name, session.missing, session.problems)
    styles = Styles.of(compiled.parts)
    placed = resolve(roots, session, styles, year)
    body = roots[MAIN]
    place_signature(body, styles)
    if red_head:
        add_red_head(body, red_head)
    if imprint:
        add_imprint(body, imprint)
    write_package({**compiled.parts, **{name: dump(root) for name, root in roots.items()}}, out)
    return FillReport(
        out, _printed(placed), _dropped(session), tuple(session.missing), tuple(session.problems),
        tuple(session.warnings),
    )  # fmt: skip


def _figures(context: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    """The figures that a narrative may call, by name."""
    for name, value in context.items():
        if isinstance(value, Figure):
            yield name, value


def _render(compiled: Compiled, context: Mapping[str, Any], session: Session) -> dict[str, etree._Element]:
    wrapped: dict[str, Any] = {name: session.wrap(value) for name, value in context.items()}
    wrapped |= {name: Markup(mark) for name, mark in NUMBERS.items()}
    roots = {name: parse(run(compiled, name, wrapped), name) for name in compiled.stories}
    if MAIN not in roots:
        roots[MAIN] = parse(compiled.parts[MAIN], MAIN)
    return roots


def _printed(placed: list[tuple[Mark, str]]) -> tuple[Printed, ...]:
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for mark, bookmark in placed:
        groups.setdefault((mark.id, mark.name, mark.unit, mark.text), []).append(bookmark)
    return tuple(Printed(*key, tuple(names)) for key, names in groups.items())


def _dropped(session: Session) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mark.name for mark in session.marks if mark.kind == "zero"))
