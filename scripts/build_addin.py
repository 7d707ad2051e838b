#!/usr/bin/env python3
"""Builds the add-in for Excel with the ribbon tab 党建报表: toolkit/buttons/addin/dangjian.xlam.

    python scripts/build_addin.py

The ribbon is generated from toolkit/excel/actions.py; the VBA is the same as in the workbooks
(scripts/build_vba.py). A rebuild gives the same content.
"""

from __future__ import annotations

import sys
import zipfile
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import quoteattr

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from xlsxwriter.workbook import Workbook  # noqa: E402

from toolkit.excel.actions import ACTIONS, Action  # noqa: E402
from toolkit.excel.parts.layout import CREATED  # noqa: E402
from toolkit.excel.unit.buttons import add_macros  # noqa: E402

ADDIN = ROOT / "toolkit" / "buttons" / "addin" / "dangjian.xlam"
RIBBON = "customUI/customUI14.xml"
GROUPS = {"unit": "单位台账", "consolidated": "上级汇总", "both": "使用说明"}
BOOK_TYPE, ADDIN_TYPE = (b"application/vnd.ms-excel.%s.macroEnabled.main+xml" % kind for kind in (b"sheet", b"addin"))
RELATION = (
    '<Relationship Id="rIdRibbon" Type="http://schemas.microsoft.com/office/2007/relationships/ui/extensibility" '
    f'Target="{RIBBON}"/></Relationships>'
)


def ribbon() -> str:
    """Returns the XML of the tab: a group per kind of workbook, a button per action, identified by its tag."""
    groups = "".join(
        f'<group id="grp_{kind}" label={quoteattr(label)}>\n'
        f"{''.join(_button(a) for a in ACTIONS if a.kind == kind)}</group>\n"
        for kind, label in GROUPS.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui"><ribbon><tabs>\n'
        f'<tab id="tab_dangjian" label="党建报表">\n{groups}</tab>\n</tabs></ribbon></customUI>\n'
    )


def _button(a: Action) -> str:
    shown = f"label={quoteattr(a.caption)} screentip={quoteattr(a.caption)} supertip={quoteattr(a.tip)}"
    return (
        f'<button id="btn_{a.name}" tag="{a.name}" {shown} size="large" imageMso="{a.image}" onAction="RibbonRun"/>\n'
    )


def addin() -> bytes:
    """Returns the add-in file: an empty workbook with the VBA and the ribbon, marked as an add-in."""
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        book.set_properties({"title": "党建报表", "created": CREATED})
        book.add_worksheet("党建报表")
        add_macros(book)
    out = BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            _write(target, info.filename, _patched(info.filename, source.read(info)))
        _write(target, RIBBON, ribbon().encode())
    return out.getvalue()


def _patched(name: str, data: bytes) -> bytes:
    """Changes the content type to that of an add-in, and adds the relationship of the ribbon."""
    if name == "[Content_Types].xml":
        return data.replace(BOOK_TYPE, ADDIN_TYPE)
    return data.replace(b"</Relationships>", RELATION.encode()) if name == "_rels/.rels" else data


def _write(target: zipfile.ZipFile, name: str, data: bytes) -> None:
    target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    ADDIN.write_bytes(addin())
