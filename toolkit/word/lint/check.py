"""Applies the lint rules to a document: findings on its text in order, then on its page and fonts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ...errors import CannotRun
from ...model import ERROR, Catalog
from ..edited.paragraphs import Opened
from . import figurechecks, layout, linechecks, markchecks, pagechecks, wordchecks
from .layout import Flaw, Page
from .rules import Hit, Rule, Rules, load_rules
from .script import Script
from .structure import script

Check = Callable[[Catalog, Script, Rule], Iterator[Hit]]
LayoutCheck = Callable[[Page], Iterator[Flaw]]
_TEXT = {
    wordchecks: (
        "patterns",
        "frame",
        "third_level",
        "repeated_words",
        "bold_marks",
        "masks",
        "over_masked",
        "slogan_spaces",
        "digit_spaces",
        "han_spaces",
        "invisible",
        "heading_end",
        "annex_end",
    ),
    markchecks: ("brackets", "halfwidth", "straight_quotes", "unpaired", "number_form"),
    linechecks: (
        "numbering_style",
        "sequence",
        "levels",
        "broken_paragraph",
        "doubled_break",
        "no_end_mark",
        "title_twice",
        "title_year",
        "title_without_nian",
        "title_subject",
        "stale_words",
        "missing_parts",
        "date_form",
    ),
    figurechecks: (
        "contradictions",
        "mixed_approximators",
        "unlawful_units",
        "variants",
        "several_values",
        "vague_figures",
        "counted_twice",
        "more_solved_than_raised",
        "parts_and_whole",
    ),
}
_LAYOUT = {
    layout: (
        "body_font",
        "body_size",
        "line_pitch",
        "first_line",
        "first_line_both",
        "title_look",
        "heading_font",
        "bold_heading",
        "east_asian",
        "colour",
        "date_place",
    ),
    pagechecks: (
        "page_size",
        "margins",
        "page_number",
        "page_number_side",
        "page_number_look",
        "red_head",
        "imprint",
        "table_head",
        "table_width",
    ),
}
CHECKS: Mapping[str, Check] = {name: getattr(module, name) for module, names in _TEXT.items() for name in names}
LAYOUT_CHECKS: Mapping[str, LayoutCheck] = {n: getattr(module, n) for module, names in _LAYOUT.items() for n in names}
LISTED = 8  # paragraphs named in one finding on page or fonts


@dataclass(frozen=True)
class Breach:
    """One finding.

    `rule`: its name in lint.yaml. `tier`, `says`: the kind of source and how it is cited, as in Rule. `text`: what was found. `paragraph`: its Paragraph.number; the first one of
    several alike; 0 for the page.
    """

    rule: str
    code: str
    severity: str
    tier: str
    says: str
    ground: str
    paragraph: int
    text: str
    message: str
    remedy: str

    @property
    def is_error(self) -> bool:
        """Whether it is an error, not a warning."""
        return self.severity == ERROR


def check_document(catalog: Catalog, document: Opened, kind: str = "") -> list[Breach]:
    """Returns all findings on a .docx or .txt. `kind` and CannotRun: as in check_text."""
    read = read_script(catalog, document, kind)
    remarks = [_remark(rule, hit, read) for rule, hit in hits(catalog, read)]
    if document.kind != "docx":
        return remarks
    return remarks + [look for rule, flaws in flaws_of(Page.of(document, read)) for look in _looks(rule, flaws)]


def check_text(catalog: Catalog, document: Opened, kind: str = "") -> list[Breach]:
    """Returns what the text rules of lint.yaml find, by paragraph.

    `kind`: a document of the standard, by name or Chinese title; guessed from the title if empty.
    Raises CannotRun for an unknown kind.
    """
    read = read_script(catalog, document, kind)
    return [_remark(rule, hit, read) for rule, hit in hits(catalog, read)]


def rules_in_force() -> Rules:
    """Returns the rules of lint.yaml, overridden by those in the user's folders."""
    return load_rules((*CHECKS, *LAYOUT_CHECKS))


def read_script(catalog: Catalog, document: Opened, kind: str = "") -> Script:
    """Reads a document as lines with roles. Raises CannotRun for an unknown `kind`."""
    rules = rules_in_force()
    by_title = {d.title: name for name, d in catalog.documents.items()}
    name = by_title.get(kind, kind)
    if name and name not in rules.kinds:
        known = "、".join(f"{n}（{catalog.documents[n].title}）" if n in catalog.documents else n for n in rules.kinds)
        raise CannotRun(f"没有“{kind}”这个文种。可用的有：{known}。")
    return script(document, rules, name)


def hits(catalog: Catalog, read: Script) -> list[tuple[Rule, Hit]]:
    """Returns what the text rules find, in the order of the text."""
    found = [(rule, hit) for rule in read.rules.rules for hit in CHECKS[rule.check](catalog, read, rule)]
    return sorted(found, key=lambda x: (x[1].line, x[1].start))


def flaws_of(page: Page) -> list[tuple[Rule, list[Flaw]]]:
    """Returns the deviations of page and fonts by rule."""
    return [(rule, list(LAYOUT_CHECKS[rule.check](page))) for rule in page.script.rules.layout]


def alike(flaws: Iterable[Flaw]) -> Mapping[tuple[str, str], list[Flaw]]:
    """Groups flaws that are reported as one: those with the same `found` and `right`."""
    made: dict[tuple[str, str], list[Flaw]] = {}
    for flaw in flaws:
        made.setdefault((flaw.found, flaw.right), []).append(flaw)
    return made


def where(flaws: Iterable[Flaw]) -> str:
    """Returns 第3、4段, or 第3、4、5、6、7、8、9、10段等20段; an empty string for the page."""
    numbers = list(dict.fromkeys(f.line.number for f in flaws if f.line is not None))
    if not numbers:
        return ""
    named = "、".join(map(str, numbers[:LISTED]))
    return f"第{named}段" + (f"等{len(numbers)}段" if len(numbers) > LISTED else "")


def _looks(rule: Rule, flaws: list[Flaw]) -> Iterator[Breach]:
    for (found, right), group in alike(flaws).items():
        words = {"found": found, "right": right, "where": where(group)}
        number = next((f.line.number for f in group if f.line is not None), 0)
        yield _made(rule, number, found, words)


def _remark(rule: Rule, hit: Hit, read: Script) -> Breach:
    line = read.lines[hit.line]
    words = {"text": line.text[hit.start : hit.end].strip(), **hit.parts}
    return _made(rule, line.number, words["text"], words)


def _made(rule: Rule, number: int, text: str, words: Mapping[str, str]) -> Breach:
    message, remedy = rule.message.format_map(words), rule.remedy.format_map(words)
    return Breach(rule.name, rule.code, rule.severity, rule.tier, rule.says, rule.ground, number, text, message, remedy)
