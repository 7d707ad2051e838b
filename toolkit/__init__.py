"""Official activity reporting: reads Excel ledgers, produces checked figures and Word documents.

The names below are the Python API (docs/python-api.md). Each is imported when it is first used (PEP 562).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = [
    "CannotRun",
    "Catalog",
    "Figure",
    "Finding",
    "Look",
    "Source",
    "Submission",
    "aggregate",
    "check",
    "extract",
    "fill",
    "findings_frame",
    "lint",
    "load_catalog",
    "new_workbooks",
    "open_source",
    "refresh",
    "verify",
]
_ELSEWHERE = {
    "CannotRun": "errors",
    "Catalog": "model",
    "Figure": "model",
    "Finding": "model",
    "Look": "documents.fill",
    "Source": "submissions.source",
    "Submission": "model",
    "load_catalog": "standard.catalog",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_ELSEWHERE.get(name, 'api')}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
