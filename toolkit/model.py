"""The data model: frozen dataclasses without logic.

Ledger terms follow Frictionless Table Schema (name, title, type, constraints); all other
terms are the project's own and are explained in docs/design.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from importlib import import_module
from typing import Any

from .names import visible

ERROR, WARNING = "error", "warning"  # severities
# How far a value may go: it stays in the unit, goes to superior units, or may be printed for the public.
AUDIENCES = UNIT, UPWARD, PUBLIC = "unit", "upward", "public"
MASKED = "masked"
ROW_ORDER, FREQUENCY = "row", "frequency"  # orders of a list of names, besides that by a field

# ---------------------------------------------------------------- the standard


@dataclass(frozen=True)
class Condition:
    """One test on one field; `path` may cross a reference (`org_id.org_type`)."""

    path: str
    op: str  # a key of OPERATORS in rows/conditions.py
    value: Any


Where = tuple[Condition, ...]


@dataclass(frozen=True)
class Constraints:
    """Limits on the values of a field, named as in Frictionless Table Schema."""

    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    maxLength: int | None = None


@dataclass(frozen=True)
class Field:
    """One column of a ledger, or one labelled value of the unit sheet."""

    name: str
    title: str
    type: str  # string, integer, number, date, boolean, list
    constraints: Constraints = Constraints()
    required_when: Where = ()
    description: str = ""  # the hint shown beside the cell
    default: Any = None
    example: Any = None  # shown in the example row, which is not counted
    foreignKey: str | None = None  # "org.org_id"
    follows: Mapping[str, Mapping[str, Any]] | None = (
        None  # a blank cell takes {"org_id.org_type": {value: its own}}; {} the value itself
    )
    calc: Mapping[str, Any] | None = None  # a locked formula column: {edate: {...}}
    decimals: int = 0  # of a number
    in_year: bool = False  # a date that must be inside the reporting period
    suggest: tuple[str, ...] = ()  # an open list: others are allowed with a warning
    fits: Mapping[str, Any] | None = None  # {field: {its value: what a drop-down then lists}}, or {field: "passages"}
    audience: str = UPWARD  # how far its values may go, see AUDIENCES
    global_: bool = False  # codes mean the same in every unit of the city
    formerly: tuple[str, ...] = ()  # earlier titles: workbooks that have one of them are read
    added: bool = False  # joined its ledger later: workbooks without its column are read as if it were blank


def may_go(told: Field | Indicator, audience: str) -> bool:
    """Returns whether the values of a field, or the number of an indicator, may be told to this audience."""
    return AUDIENCES.index(told.audience) >= AUDIENCES.index(audience)


@dataclass(frozen=True)
class Rule:
    """A named check of rows/rules.py with its arguments, applied to the rows of one ledger."""

    check: str
    args: Mapping[str, Any]
    message: str
    remedy: str = ""
    severity: str = ERROR
    when: Where = ()


@dataclass(frozen=True)
class Sensitive:
    """Small head-counts (rules.md 4): where `field` is under `below`, the fields in `hide` are not reported."""

    where: Where
    field: str
    below: int
    hide: tuple[str, ...]


@dataclass(frozen=True, eq=False)  # compared by identity, like Catalog
class Ledger:
    """One ledger: its columns, its rules, and how it is declared and reported."""

    name: str
    title: str  # also the sheet's name
    code: str  # two letters, the prefix of its record ids
    fields: tuple[Field, ...]
    description: str = ""
    rules: tuple[Rule, ...] = ()
    declared: bool = True  # the front page declares it as 有／本年无／不适用
    reported: bool = True  # its rows go to the superior unit; otherwise only its figures
    sensitive: tuple[Sensitive, ...] = ()
    next_year: Where | None = None  # rows that next year's workbook begins with; None: none, (): all
    says: tuple[Saying, ...] = ()
    formerly: tuple[str, ...] = ()  # earlier titles: a sheet of such a title is read as this ledger's
    label: str = ""  # the field that names a row: it may be written where a code is asked for
    short: tuple[str, ...] = ()  # the first `fields`, which are always in view; the others are folded away

    def field(self, name: str) -> Field:
        """Returns the field called `name`; raises KeyError if there is none."""
        for f in self.fields:
            if f.name == name:
                return f
        raise KeyError(name)

    @property
    def upward(self) -> tuple[Field, ...]:
        """The fields that leave the unit: no private ones, and none if the ledger stays (rules.md 4)."""
        return self.fields_for(UPWARD)

    def fields_for(self, audience: str) -> tuple[Field, ...]:
        """Returns the fields whose values may go to this audience; those of a ledger that stays go nowhere."""
        return tuple(f for f in self.fields if may_go(f, audience)) if self.reported or audience == UNIT else ()


@dataclass(frozen=True)
class Measure:
    """What an indicator takes from the rows of one ledger; parts merge in any order."""

    ledger: str
    op: str  # count, sum, distinct, latest, max
    field: str | None = None
    minus: str | None = None  # sum only: subtracted, e.g. people counted twice
    by: tuple[str, ...] = ()  # latest: one value per key; () = one per unit
    where: Where = ()
    collect: str = "汇总"  # 本级: the unit's own rows only; 汇总: the whole tree


@dataclass(frozen=True)
class Indicator:
    """A declared formula; templates and narratives refer to it by `name`."""

    id: str  # short ASCII code, e.g. OL01
    name: str  # Chinese identifier, e.g. 主题党日_单位
    title: str
    classifier: str  # 量词; % for a ratio; 元 for money
    numerator: Measure
    denominator: Measure | None = None
    scope: str = "不分"  # 单位, 支部, 小组: the one level that is counted
    distinct_by_nature: bool = False  # worded 名, not 人次, although it is added up
    above_full: bool = False  # a ratio that may exceed 100 %; no other is printed then
    zero: str = ""  # fixed words for zero; without them the clause is dropped
    phrase: str = "{}"  # words around the number; {} is the number with its classifier
    audience: str = PUBLIC  # `upward`: a magnitude that a public version masks
    source: str = ""


@dataclass(frozen=True)
class Obligation:
    """A recurring duty: at least `times` records in each period of length `every`."""

    id: str
    title: str
    ledger: str
    where: Where
    every: str  # month, quarter, half, year
    times: int
    requirement: str
    source: str
    version: str
    per: str = "unit"  # unit, or org: each organisation that `applies` selects
    applies: Where = ()
    severity: str = WARNING


@dataclass(frozen=True)
class Shown:
    """How one document words one figure (rules.md F2-F7)."""

    round: int | None = None  # significant digits kept, rounding down
    wan: bool = False  # round to whole 万
    over: int | None = None  # "60%以上"
    all_: str = ""  # words for 100 %, e.g. 全部完成


@dataclass(frozen=True)
class Roll:
    """A declared list of names; templates and narratives refer to it by `name`, as to an indicator."""

    id: str  # short ASCII code, unlike that of any indicator
    name: str  # Chinese identifier, e.g. 党日主题
    title: str
    ledger: str
    field: str  # of the ledger, or of the unit sheet: then the names are those of units
    where: Where = ()
    marks: str = ""  # 《》, “” or none
    order: str = ROW_ORDER  # ROW_ORDER, FREQUENCY, or a field
    most: int = 3  # names printed before 等N项
    classifier: str = "个"
    scope: str = "不分"
    collect: str = "汇总"  # as in Measure
    weigh: str | None = None  # frequency: the field that is added up instead of counting rows
    minus: str | None = None  # and the field subtracted from it


@dataclass(frozen=True)
class Saying:
    """One sentence that a ledger can say about its rows; the wordings say the same with the same names."""

    key: str  # ledger and number
    topic: str  # a key of Speech.topics
    weight: int  # the greater comes first
    wordings: tuple[str, ...]  # {name}: an indicator, a list of names, or a word of Speech


@dataclass(frozen=True)
class Speech:
    """The declared words that sentences choose from (standard/speech.yaml)."""

    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # topic -> openings of its paragraph
    times: tuple[str, ...] = ()  # words for {时段}
    part_times: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # begun, later: for a part of the year
    year_only: tuple[str, ...] = ()  # words that a document about a part of the year does not use
    subjects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # person of the document -> {主语}
    verbs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # {slot} -> verbs
    done: tuple[str, ...] = ()  # verbs of completed action
    free: tuple[str, ...] = ()  # passages and headings where sentences need no support
    serial: str = ""  # pattern of entries in a series, such as 第3期, which are no names
    calls: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # kind of unit -> {pattern: its own word}


@dataclass(frozen=True)
class Heading:
    """One heading of a document, referred to by `id`; each group of topics is a paragraph under it."""

    id: str
    title: str
    topics: tuple[tuple[str, ...], ...] = ()
    also: tuple[str, ...] = ()  # other titles that say the same; each unit has one of them


@dataclass(frozen=True)
class Passage:
    """A narrative passage that the clerk writes on the sheet 文字材料."""

    id: str
    description: str = ""
    required: bool = False


@dataclass(frozen=True)
class Document:
    """One kind of official document (文种) and the wording of its figures."""

    name: str
    title: str  # 文种
    heading: str  # the title, with {单位全称} and {年度}; | marks where the line may break
    template: str
    source: str = "unit"  # unit or consolidated
    person: str = "third"  # grammatical person of the text: first, third
    often: bool = False  # what most units write: offered first
    stays: bool = False  # it stays in the unit, so private fields and ledgers may be printed
    headings: tuple[Heading, ...] = ()
    passages: tuple[Passage, ...] = ()
    wording: Mapping[str, Shown] = field(default_factory=dict)
    needs: tuple[str, ...] = ()  # ledgers of which one must have rows; else there is nothing to write
    compare: tuple[str, ...] = ()  # indicators that are compared with last year, where it is known
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)  # compared by identity, so that it can be a cache key
class Catalog:
    """The whole standard, loaded and checked."""

    version: str
    title: str
    unit: tuple[Field, ...]
    ledgers: Mapping[str, Ledger]
    indicators: Mapping[str, Indicator]  # by Chinese name
    obligations: tuple[Obligation, ...]
    documents: Mapping[str, Document]
    wording: Mapping[str, Any]
    forbidden: Mapping[str, Any]
    rolls: Mapping[str, Roll] = field(default_factory=dict)  # by Chinese name
    speech: Speech = Speech()
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # kind of unit -> ledgers it has no use for
    guides: Mapping[str, str] = field(default_factory=dict)  # kind of unit -> whom its plan and its totals are about
    fingerprint: str = ""  # a hash of all the files it was loaded from
    extensions: tuple[str, ...] = ()  # modules outside the package that implement some of its words

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Imports the extension modules when unpickled, because another process has not loaded them."""
        for name in state["extensions"]:
            import_module(name)
        self.__dict__.update(state)


# ------------------------------------------------------------------- the facts


def stable(text: str) -> int:
    """Returns a number that depends on the text alone, also in another process."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def column_letters(column: int) -> str:
    """Returns the letters of a column counted from 1: A, Z, AA; "" for 0."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Returns the number of a column, from 1, by its capital letters."""
    n = 0
    for letter in letters:
        n = n * 26 + ord(letter) - 64
    return n


@dataclass(frozen=True, slots=True)
class Place:
    """The location of a value; rows and columns count from 1, as in Excel."""

    file: str
    unit: str = ""
    sheet: str = ""
    row: int = 0
    column: int = 0

    @property
    def cell(self) -> str:
        """The address: D7; D for a whole column, 7 for a whole row."""
        return f"{column_letters(self.column)}{self.row or ''}"

    def __str__(self) -> str:
        return visible(f"{self.sheet}!{self.cell}" if self.cell else self.sheet or self.file)


@dataclass(frozen=True, slots=True)
class Finding:
    """One error or warning in the data: what, where, and the remedy."""

    code: str
    severity: str  # ERROR or WARNING
    place: Place
    message: str
    remedy: str = ""
    field: str = ""
    value: str = ""

    @property
    def is_error(self) -> bool:
        """Whether it is an error, not a warning."""
        return self.severity == ERROR


class Percent(float):
    """A number that its cell shows as a percentage: 0.95 for 95%."""


@dataclass(frozen=True)
class CellError:
    """The content of a cell without a value: `#REF!`, or "" for a formula never calculated."""

    text: str = ""


@dataclass(frozen=True)
class Grid:
    """One sheet as read: cells[row - 1][column - 1], starting at A1; blank cells are None.

    A cell is None, str, int, float, Percent, bool, date, datetime or CellError.
    """

    title: str
    cells: list[list[Any]]  # rows may end at their last filled cell
    hidden_rows: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()  # first row, first column, last row, last column
    struck_rows: frozenset[int] = frozenset()  # rows that hold struck-out text
    formulas: frozenset[tuple[int, int]] = frozenset()  # row and column of the cells whose value a formula gives
    concealed: bool = False  # whether the sheet is hidden


@dataclass(frozen=True)
class Book:
    """One workbook as read: its sheets, and the findings about the file itself."""

    path: str
    sha256: str
    grids: Mapping[str, Grid]
    findings: tuple[Finding, ...] = ()
    date1904: bool = False


@dataclass(frozen=True, slots=True)
class SheetRef:
    """The sheet that rows were read from, and the column of each field."""

    file: str
    unit: str
    title: str
    columns: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """Typed values by field name; blank cells are None."""

    ledger: str
    sheet: SheetRef
    number: int
    values: dict[str, Any]

    def place(self, name: str = "") -> Place:
        """Returns the Place of a field's cell; column A for a field without a column."""
        s = self.sheet
        return Place(s.file, s.unit, s.title, self.number, s.columns.get(name, 1))


@dataclass(frozen=True)
class Submission:
    """One unit's workbook for one period, read and checked."""

    path: str
    sha256: str
    version: str  # of the standard it was built from
    unit: Mapping[str, Any]  # the unit sheet: unit_id, unit_name, year ...
    declared: Mapping[str, str]  # ledger -> 有, 本年无, 不适用 or ""
    rows: Mapping[str, Sequence[Row]]  # without the ledgers whose sheet was not read
    findings: tuple[Finding, ...] = ()
    left_out: Mapping[str, Mapping[int, str]] = field(
        default_factory=dict
    )  # ledger -> index in rows -> why not counted
    held: int | None = None  # rows that the file holds, counted from its cells; None: as many as `rows`
    unread: Mapping[str, int] = field(default_factory=dict)  # rows of the file that are not in `rows`, by reason


@dataclass(frozen=True)
class LeftOut:
    """A row that is not counted, and the reason in Chinese."""

    row: Row
    reason: str


@dataclass(frozen=True)
class Figure:
    """The value of an indicator for one unit and period, and what it was computed from."""

    indicator: Indicator
    state: str  # known, missing (an undeclared empty sheet), n/a (不适用), MASKED (not told in a public version)
    value: Decimal | int | None
    unit: str
    period: str
    numerator: Decimal | int | None = None
    denominator: Decimal | int | None = None
    est: bool = False
    cells: int = 0
    as_of: date | None = None
    missing: tuple[str, ...] = ()  # names of the units whose part is not known


@dataclass(frozen=True)
class Listed:
    """A list of names for one unit and period, with the names in their order of printing."""

    roll: Roll
    names: tuple[str, ...] = ()
    unit: str = ""
    period: str = ""
