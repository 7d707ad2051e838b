"""What the product talks about, as frozen dataclasses without logic.

The vocabulary of a ledger follows Frictionless Table Schema (name, title, type,
constraints); the rest is the project's own and is explained in docs/design.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

ERROR, WARNING = "error", "warning"  # severities

# ---------------------------------------------------------------- the standard


@dataclass(frozen=True)
class Condition:
    """One test on one field: `path` may cross a reference (`org_id.org_type`)."""

    path: str
    op: str  # see conditions.OPERATORS
    value: Any


Where = tuple[Condition, ...]


@dataclass(frozen=True)
class Constraints:
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    maxLength: int | None = None


@dataclass(frozen=True)
class Field:
    """One column of a ledger."""

    name: str
    title: str
    type: str  # string, integer, number, date, boolean, list
    constraints: Constraints = Constraints()
    required_when: Where = ()
    description: str = ""  # the hint shown beside the cell
    default: Any = None
    example: Any = None  # goes into the example row, which is not counted
    foreignKey: str | None = None  # "org.org_id"
    calc: Mapping[str, Any] | None = None  # a locked formula column: {edate: {...}}
    decimals: int = 0  # of a number
    in_year: bool = False  # a date that must lie in the period reported
    suggest: tuple[str, ...] = ()  # an open list: others are allowed with a warning
    privacy: str | None = None  # "P1": never leaves the unit
    global_: bool = False  # codes are the same all over the city


@dataclass(frozen=True)
class Rule:
    """A named check of checks.py with its arguments, over the rows of one ledger."""

    check: str
    args: Mapping[str, Any]
    message: str
    remedy: str = ""
    severity: str = ERROR
    when: Where = ()


@dataclass(frozen=True)
class Sensitive:
    """Head-counts that are not broken down below the unit while they are small."""

    where: Where
    field: str
    below: int
    hide: tuple[str, ...]


@dataclass(frozen=True, eq=False)  # like Catalog
class Ledger:
    name: str
    title: str  # also the sheet's name
    code: str  # two letters, the prefix of its record ids
    fields: tuple[Field, ...]
    description: str = ""
    rules: tuple[Rule, ...] = ()
    declared: bool = True  # stands on the front page with 有／本年无／不适用
    reported: bool = True  # its rows go up; otherwise only its figures do
    sensitive: tuple[Sensitive, ...] = ()

    def field(self, name: str) -> Field:
        for f in self.fields:
            if f.name == name:
                return f
        raise KeyError(name)


@dataclass(frozen=True)
class Measure:
    """What is taken from the rows of one ledger; merges with itself in any order."""

    ledger: str
    op: str  # count, sum, distinct, latest, max
    field: str | None = None
    minus: str | None = None  # sum only: subtracted, e.g. people counted twice
    by: tuple[str, ...] = ()  # latest: one value per key; () = one per unit
    where: Where = ()
    collect: str = "汇总"  # 本级: the unit's own rows only; 汇总: the whole tree


@dataclass(frozen=True)
class Indicator:
    """A declared formula; `name` is what templates and narratives call it."""

    id: str  # short ASCII code, e.g. OL01
    name: str  # Chinese identifier, e.g. 主题党日_单位
    title: str
    classifier: str  # 量词; % for a ratio; 元 for money
    numerator: Measure
    denominator: Measure | None = None
    scope: str = "不分"  # 单位, 支部, 小组: the one level that is counted
    distinct_by_nature: bool = False  # worded 名, not 人次, although it is added up
    zero: str = ""  # fixed words for zero; without them the clause is dropped
    phrase: str = "{}"  # where the number stands when it brings words of its own
    source: str = ""


@dataclass(frozen=True)
class Obligation:
    """What must happen how often."""

    id: str
    title: str
    ledger: str
    where: Where
    every: str  # month, quarter, year
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
class Heading:
    id: str
    title: str


@dataclass(frozen=True)
class Passage:
    """A narrative passage that the clerk writes on the sheet 文字材料."""

    id: str
    description: str = ""
    required: bool = False


@dataclass(frozen=True)
class Document:
    name: str
    title: str  # 文种
    heading: str  # the title, with {单位全称} and {年度}; | stands where it may be broken
    template: str
    source: str = "unit"  # unit or consolidated
    person: str = "third"  # the voice it is written in: first, third
    headings: tuple[Heading, ...] = ()
    passages: tuple[Passage, ...] = ()
    wording: Mapping[str, Shown] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)  # there is one; by identity it can be a key of caches
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
    fingerprint: str = ""  # a hash of all the files it was loaded from
    extensions: tuple[str, ...] = ()  # modules outside the package that implement some of its words

    def __setstate__(self, state: dict[str, Any]) -> None:
        """In another process what implements the words must be there before they are used."""
        for name in state["extensions"]:
            import_module(name)
        self.__dict__.update(state)


# ------------------------------------------------------------------- the facts


def column_letters(column: int) -> str:
    """The letters of a column, counted from 1: A, Z, AA; "" for 0."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands. Rows and columns count from 1, as Excel shows them."""

    file: str
    unit: str = ""
    sheet: str = ""
    row: int = 0
    column: int = 0

    @property
    def cell(self) -> str:
        """D7; D for a whole column, 7 for a whole row."""
        return f"{column_letters(self.column)}{self.row or ''}"

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet or self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in the data: what, where, and how to mend it."""

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


@dataclass(frozen=True)
class CellError:
    """What a cell holds when it holds no value: `#REF!`, or "" for a formula never calculated."""

    text: str = ""


@dataclass(frozen=True)
class Grid:
    """One sheet as it stands: cells[row - 1][column - 1], from A1 on, blank cells None.

    A cell is None, str, int, float, bool, date, datetime or CellError.
    """

    title: str
    cells: list[list[Any]]
    hidden_rows: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()  # first row, first column, last row, last column


@dataclass(frozen=True)
class Book:
    """One workbook file as read: its sheets, and what is wrong with the file itself."""

    path: str
    sha256: str
    grids: Mapping[str, Grid]
    findings: tuple[Finding, ...] = ()
    date1904: bool = False


@dataclass(frozen=True, slots=True)
class SheetRef:
    """Which sheet rows came from, and in which column each field stands."""

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
        s = self.sheet
        return Place(s.file, s.unit, s.title, self.number, s.columns.get(name, 1))


@dataclass(frozen=True)
class Submission:
    """One unit's workbook for one period, as read and checked."""

    path: str
    sha256: str
    version: str  # of the standard it was built from
    unit: Mapping[str, Any]  # the unit sheet: unit_id, unit_name, year ...
    declared: Mapping[str, str]  # ledger -> 有, 本年无, 不适用 or ""
    rows: Mapping[str, Sequence[Row]]
    findings: tuple[Finding, ...] = ()
    left_out: Mapping[str, Mapping[int, str]] = field(
        default_factory=dict
    )  # ledger -> place in rows -> why not counted


@dataclass(frozen=True)
class LeftOut:
    row: Row
    reason: str


@dataclass(frozen=True)
class Figure:
    """A number with what it is, whose it is, and what it was made from."""

    indicator: Indicator
    state: str  # known, missing (an undeclared empty sheet), n/a (不适用)
    value: Decimal | int | None
    unit: str
    period: str
    numerator: Decimal | int | None = None
    denominator: Decimal | int | None = None
    est: bool = False
    cells: int = 0
    as_of: date | None = None
    missing: tuple[str, ...] = ()  # names of the units whose part is not known
