"""Closed lists of the words that the standard may use; each word has one class or function that implements it."""

from __future__ import annotations

from typing import TypeVar

from ..errors import StandardError

T = TypeVar("T")

TYPES = ("string", "integer", "number", "date", "boolean", "list")
OPERATORS = (
    "eq",
    "in",
    "not",
    "not_in",
    "contains",
    "min",
    "max",
    "blank",
    "in_period",  # a date inside the reporting period
    "by_period_end",  # a date on or before the last day of the reporting period
    "before_as_of",  # a date before the workbook's fill date
    "not_after",
    "not_before",
    "below",
    "above",  # against another field of the same row
    "param",  # equal to, or among, a value of the unit sheet
)
COMPARISONS = ("<", "<=", "=", ">=", ">")
# operation -> whether it may count one person several times; figures/operations.py has a class for each
MEASURES = {"count": True, "sum": True, "distinct": False, "latest": False, "max": False, "expected": False}
EXPECTED = "expected"  # the units that have to report, whether or not they have: no rows are read
COLLECTS = ("汇总", "本级")
SCOPES = ("不分", "单位", "支部", "小组")
PERIODS = ("month", "quarter", "half", "year")
PASSAGES = "passages"  # in `fits`: the passages of the document that the other field names
CALCS = ("edate", "latest", "first", "intervals", "years_since", "sum")
# check -> (needed arguments, optional ones); rows/rules.py has a function for each
CHECKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "compare": (("left", "op", "right"), ("factor", "months")),
    "different": (("fields",), ()),
    "implies": (("then",), ()),
    "any_of": (("options",), ()),
    "unique_together": (("fields",), ()),
    "workdays": (("start", "end", "least"), ()),
    "acyclic": (("field",), ()),
    "agrees": (("field", "with"), ()),
    "uniform": (("field", "by"), ()),  # rows with the same `by` have the same `field`
    "repeated": (("except",), ()),  # two rows that agree in all other fields
    "elsewhere": (("fields", "field", "others"), ()),  # the same event in another ledger
    "proves": (("ledger",), ()),  # a row shows that the ledger is not nil
    "consecutive": (("field",), ()),  # 1, 2, 3 ...: a number may repeat, none may be missing
}

EXTENSIONS: list[str] = []  # modules outside the package that add words; a Catalog imports them in other processes


def admit(words: dict[str, T], word: str, value: T, module: str) -> None:
    """Registers what implements a word. A module outside the package may add a word of its own.

    Raises StandardError for a word of the package that its closed list lacks, or lists with another value.
    """
    if module.partition(".")[0] != __name__.partition(".")[0]:
        words[word] = value
        EXTENSIONS.append(module)
    elif word not in words or words[word] != value:
        raise StandardError(f"{module}: {word!r} is not declared so in {__name__}")
