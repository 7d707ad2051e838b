"""What the demo makes, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from toolkit.cli import demo
from toolkit.model import Catalog


@dataclass(frozen=True)
class Demo:
    """What `dangjian demo` leaves behind."""

    catalog: Catalog
    folder: Path
    said: tuple[str, ...]

    @property
    def documents(self) -> dict[str, Path]:
        return {name: self.folder / f"{name}.docx" for name in demo.DOCUMENTS}

    def source(self, document: str) -> Path:
        """What the document was filled from."""
        plan = demo.DOCUMENTS[document]
        return (
            self.folder / "汇总.xlsx" if plan is None else self.folder / "单位工作簿" / demo.file_of(self.catalog, plan)
        )

    @property
    def units(self) -> list[Path]:
        """The workbooks of the city: the committee at its head, and the units below it."""
        return [self.source("plan"), *sorted((self.folder / "市直单位").glob("*.xlsx"))]
