"""Values that a template may print: figures that leave marks, narratives, plain values.

A mark is U+E000, a number, U+E002. marks.py later replaces it by the phrase in a bookmark, or drops its clause.
Text from outside is first stripped of these characters, so that it cannot forge a mark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import total_ordering
from typing import Any

from jinja2 import Undefined
from markupsafe import Markup, escape

from ...errors import CannotRun
from ...model import MASKED, Figure, Listed, Shown
from ...rows.submission import COMPARISONS
from ...wording.change import compared
from ...wording.naming import enumerated
from ...wording.phrase import WordingError, Words, bare, is_void, is_zero, nothing, phrase, plain
from ..edited.names import CELL, LIST, NUMBER, form_of, form_of_comparison
from ..tags.rows import Cell, NameList, Rows, Table, Whole, cell
from ..tags.shapes import FORMS
from .chart import ChartPart
from .pictures import Picture

BREAK = "\ue004"  # a line break inside a value
NUMBERS = {"一级": "\ue010", "二级": "\ue011", "三级": "\ue012", "四级": "\ue013", "其一": "\ue014", "条": "\ue015"}
_NARRATIVE_NAME = re.compile(r"【([^【】]{1,60})】")
# Characters that stand for marks and those that XML cannot hold; \n, \r and \t are kept.
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ue000-\ue0ff\ufffe\uffff]")


@dataclass(frozen=True)
class Narrative:
    """A passage written by the clerk; 【指标名】 in it prints that figure."""

    text: str


@dataclass
class Mark:
    """One printing of one figure or picture."""

    kind: str  # figure, zero, missing, picture
    text: str
    name: str = ""  # of the indicator
    id: str = ""
    unit: str = ""
    est: bool = False
    scope: str = "不分"
    form: str = ""  # see edited/names.py
    plain: str = "0"  # text of a zero that cannot be dropped; number of a picture


@dataclass(frozen=True)
class Manner:
    """How one document words its figures, and the unit that they belong to."""

    words: Words
    unit: str  # unit code in the bookmark names
    year: int
    unit_name: str = ""  # figures of the unit with this name get the code `unit`
    shown: Mapping[str, Shown] = field(default_factory=dict)  # by the indicator's name
    approx: str = ""  # 余 or 多
    last: Mapping[str, Decimal | None] = field(default_factory=dict)  # last year's values by name; None: not known
    last_name: str = "上年"
    charts: Mapping[str, Callable[[], ChartPart | None]] = field(default_factory=dict)  # declared charts by name
    told: Callable[[str], str] = str  # what a public version leaves of a text from outside
    draft: bool = False  # print what is missing as 【缺：…】 on yellow instead of stopping


@dataclass
class Session:
    """State of one filling of one template: printed marks, and names that could not be printed."""

    manner: Manner
    context: Mapping[str, Any]  # a narrative may call the figures in it
    marks: list[Mark] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    pictures: list[Picture | ChartPart] = field(default_factory=list)

    @property
    def words(self) -> Words:
        """Declared words for figures."""
        return self.manner.words

    def print_picture(self, picture: Picture | ChartPart | None) -> Markup:
        """Registers a picture or chart and returns its mark; a chart without anything to show is a zero."""
        if picture is None:
            return self._add(Mark("zero", "", "图", plain="（无数据）"))
        self.pictures.append(picture)
        return self._add(Mark("picture", "", plain=str(len(self.pictures))))

    @property
    def lead(self) -> str:
        """达, the first character of the words for 100 %."""
        return self.words.percent["full"][:1]

    def print(self, figure: Figure, form: str = "") -> Markup:
        """Registers one printing of a figure and returns its mark; form 数 prints the exact number alone."""
        mark = self._mark(figure, form)
        mark.name, mark.id = figure.indicator.name, figure.indicator.id
        own = figure.unit in ("", self.manner.unit_name)
        mark.unit = self.manner.unit if own else figure.unit
        mark.est = figure.est and not form
        mark.scope = figure.indicator.scope
        mark.form = NUMBER if form else form_of(self.manner.shown.get(figure.indicator.name))
        return self._add(mark)

    def print_list(self, found: Listed) -> Markup:
        """Registers one printing of a list of names and returns its mark."""
        roll, text = found.roll, printable(self.manner.told(enumerated(found)))
        mark = Mark("figure" if text else "zero", text, roll.name, roll.id, self.manner.unit, plain="无")
        mark.scope, mark.form = roll.scope, LIST
        return self._add(mark)

    def print_cell(self, text: str, id_: str) -> Markup:
        """Registers one printing of a value from a row and returns its mark; a blank value is a zero."""
        text = printable(self.manner.told(text))
        mark = Mark("figure" if text else "zero", text, text, id_, self.manner.unit, form=CELL, plain="")
        return self._add(mark)

    def _mark(self, figure: Figure, form: str) -> Mark:
        if figure.state == "missing":
            return self._absent(figure.indicator.title)
        if is_void(figure):
            _note(self.warnings, f"“{figure.indicator.title}”没有分母，相关语句未写入。")
        try:
            text = phrase(figure, self.manner.shown.get(figure.indicator.name), self.words, self.manner.approx)
        except WordingError as e:
            _note(self.problems, str(e))
            return Mark("missing", f"【核：{figure.indicator.title}】")
        if form and not is_void(figure):
            return Mark("figure", bare(figure, self.words))
        if text:
            return Mark("figure", text)
        return Mark("zero", "", plain=nothing(figure, self.words))

    def compare(self, figure: Figure, form: str) -> Any:
        """Returns last year's value (上年) or the difference to it (同比, 增减, 增幅) in words.

        What last year's workbook does not say is nothing, as a zero is; what a report does not say is missing.
        """
        last, name, title = self.manner.last, figure.indicator.name, figure.indicator.title
        before = last.get(name)
        if before is None and name in last:
            return self._add(Mark("zero", "", title, plain="—"))
        if before is None:
            return self._add(
                self._absent(f"{title}的上年数（成文时要给出上年的工作簿或报告；给了还缺的，是报告里认不准）")
            )
        if form != "上年" and (figure.state != "known" or figure.est or is_void(figure)):
            return self._add(self._absent(f"{title}的同比（今年没有确切的数）"))
        said = compared(form, figure, before, self.words, self.manner.last_name)
        mark = Mark("figure" if said else "zero", said, name, figure.indicator.id, self.manner.unit, plain="—")
        mark.scope, mark.form = figure.indicator.scope, form_of_comparison(form, before)
        return self._add(mark) if mark.form else said

    def _absent(self, title: str) -> Mark:
        self.note_missing(title)
        return Mark("missing", f"【缺：{title}】")

    def note_missing(self, title: str) -> None:
        """Records the title of a missing figure once."""
        _note(self.missing, title)

    def _add(self, mark: Mark) -> Markup:
        self.marks.append(mark)
        return Markup(f"\ue000{len(self.marks) - 1}\ue002")

    def expand(self, text: str) -> Markup:
        """Returns a narrative with 【指标名】 replaced by marks and the rest escaped."""
        parts: list[str] = []
        at, told = 0, self.manner.told
        text = printable(text)
        for found in _NARRATIVE_NAME.finditer(text):
            parts.append(escape(told(text[at : found.start()])))  # a str that is safe already, as all that follow
            name, _, form = found[1].strip().partition(".")
            called = self.context.get(name)
            if isinstance(called, Figure) and form in COMPARISONS:
                parts.append(escape(self.compare(called, form)))
            elif isinstance(called, Figure) and not form:
                parts.append(self.print(called))
            elif isinstance(called, Listed) and not form:
                parts.append(self.print_list(called))
            else:
                parts.append(self._add(self._absent(found[1].strip())))
            at = found.end()
        return Markup("".join([*parts, escape(told(text[at:]))]))

    def wrap(self, value: Any) -> Any:
        """Returns a context value as the template sees it. Raises CannotRun if it is not plain data."""
        if isinstance(value, Figure):
            return Number(value, self)
        if isinstance(value, Listed):
            return NameList(bool(value.names), lambda: self.print_list(value))
        if isinstance(value, Narrative):
            return Passage(value.text, self)
        if isinstance(value, Cell):
            return cell(value.value, value.id, self.print_cell, value.known)
        if isinstance(value, Table):
            return Rows(self.print_cell, lambda: [self.wrap(row) for row in value.make()])
        if isinstance(value, Mapping):
            return {str(k): self.wrap(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.wrap(v) for v in value]
        if value is None or isinstance(value, (str, int, float, Decimal, date)):
            if isinstance(value, int) and not isinstance(value, bool):
                return Whole(value)
            return self.manner.told(_UNSAFE.sub("", value)) if isinstance(value, str) else value
        raise CannotRun(f"模板数据中有不能成文的内容（{type(value).__name__}）。")


@total_ordering
class Number:
    """A figure in a template: prints its phrase; it is true if it is not zero; it compares as its number.

    `.值` is the number for computing, `.数` prints the number alone, `.标题` is the indicator's title.
    A missing figure counts as true and is recorded.
    """

    def __init__(self, figure: Figure, session: Session) -> None:
        self._figure, self._session = figure, session

    def __html__(self) -> Markup:
        return self._session.print(self._figure)

    def __str__(self) -> str:
        return self.__html__()

    def __bool__(self) -> bool:
        if self._figure.state == "missing":
            self._session.note_missing(self._figure.indicator.title)
            return True
        return self._figure.state in ("known", MASKED) and not is_void(self._figure) and not is_zero(self._figure)

    def _value(self, other: object = None) -> Decimal:
        """Returns the number; of a masked figure nothing may be computed, only whether it is more than zero."""
        bool(self)  # records a missing figure: it is needed for the comparison
        if self._figure.state == MASKED and other != 0:
            title = self._figure.indicator.title
            _note(self._session.problems, f"“{title}”在公开版中不印出，模板不能用它计算或比较大小。")
        return Decimal(self._figure.value or (self._figure.state == MASKED))

    def __eq__(self, other: object) -> bool:
        return self._value(other) == _comparable(other)

    def __lt__(self, other: object) -> bool:
        return self._value(other) < _comparable(other)

    def __hash__(self) -> int:
        return hash(self._value())

    def __getitem__(self, key: str) -> Any:
        if key == "数":
            return self._session.print(self._figure, key)
        if key == "值":
            return self._value()
        if key == "标题":
            return self._figure.indicator.title
        if key in COMPARISONS:
            return self._session.compare(self._figure, key)
        raise KeyError(key)

    def keys(self) -> Iterable[str]:
        """Returns the names allowed behind the dot; the error message for a wrong one lists them."""
        return FORMS


def _comparable(other: object) -> Decimal:
    """Returns the number that a figure is compared with. Raises TypeError."""
    if isinstance(other, Number):
        return other._value()
    if isinstance(other, (int, float, Decimal)) and not isinstance(other, bool):
        return Decimal(str(other))
    raise TypeError("数只能与数比较")


class Passage:
    """A narrative in a template; it is expanded only when printed."""

    def __init__(self, text: str, session: Session) -> None:
        self._text, self._session = text, session

    def __html__(self) -> Markup:
        return self._session.expand(self._text)

    def __str__(self) -> str:
        return self.__html__()

    def __bool__(self) -> bool:
        return bool(self._text.strip())


def narrative_names(text: str) -> list[str]:
    """Returns the names that a narrative calls, so that a checker can report unknown ones."""
    return [m[1].strip() for m in _NARRATIVE_NAME.finditer(text)]


def printable(text: str) -> str:
    """Returns outside text without characters that could forge marks or break the file; line feeds become BREAK."""
    return _UNSAFE.sub("", re.sub("\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text)).replace("\n", BREAK)


def finalize(_: object, value: Any) -> Any:
    """Returns what Jinja prints for a value. Raises TypeError if it is not plain data."""
    if isinstance(value, Markup):
        return Markup(value.replace("\n", BREAK)) if "\n" in value else value
    if hasattr(value, "__html__"):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, (int, float, Decimal)):
        return plain(Decimal(str(value)))
    if isinstance(value, Undefined):
        return value  # Jinja raises as soon as it is printed
    raise TypeError("列表等数据不能直接印出")


def _note(into: list[str], text: str) -> None:
    if text not in into:
        into.append(text)
