"""The closed lists of words that the standard may use. Each has one function elsewhere that carries it out."""

TYPES = ("string", "integer", "number", "date", "boolean", "list")
OPERATORS = (
    "eq", "in", "not", "not_in", "contains", "min", "max", "blank",
    "in_period",  # a date inside the period reported
    "by_period_end",  # a date on or before the last day of the period reported
    "before_as_of",  # a date before the day the workbook speaks of (its fill date)
    "not_after", "not_before", "below", "above",  # against another field of the same row
    "param",  # equal to, or among, a value of the unit sheet
)  # fmt: skip
COMPARISONS = ("<", "<=", "=", ">=", ">")
MEASURES = ("count", "sum", "distinct", "latest", "max")
COLLECTS = ("汇总", "本级")
SCOPES = ("不分", "单位", "支部", "小组")
PERIODS = ("month", "quarter", "year")
CALCS = ("edate", "latest", "first", "intervals", "years_since", "sum")
# check -> (needed arguments, optional ones); checks.py has a function for each.
CHECKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "compare": (("left", "op", "right"), ("factor", "months")),
    "different": (("fields",), ()),
    "implies": (("then",), ()),
    "any_of": (("options",), ()),
    "unique_together": (("fields",), ()),
    "workdays": (("start", "end", "least"), ()),
    "acyclic": (("field",), ()),
    "agrees": (("field", "with"), ()),
    "uniform": (("field", "by"), ()),  # rows alike in `by` are alike in `field`
    "consecutive": (("field",), ()),  # 1, 2, 3 ... down the sheet; a number may repeat, none is left out
}
