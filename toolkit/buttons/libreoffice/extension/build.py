"""Builds the LibreOffice extension; its menu and toolbar are generated from excel/actions.py."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from .... import __version__
from ....excel.actions import ACTIONS, Action
from ....machine import userdirs
from ....machine.atomic import write_own

HERE = Path(__file__).parent
IDENTIFIER = "org.dangjian.toolkit"
SCHEME = "vnd.dangjian:"
TITLE = "党建报表"
CALC = "com.sun.star.sheet.SpreadsheetDocument"
AS_THEY_ARE = ("handler.py", "waiting.py", "ProtocolHandler.xcu", "CalcWindowState.xcu")
STAMP = (2026, 1, 1, 0, 0, 0)  # date of every entry, so that the same content gives the same bytes
ADDONS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" oor:name="Addons" oor:package="org.openoffice.Office">
<node oor:name="AddonUI">
<node oor:name="OfficeMenuBar"><node oor:name="{identifier}.menu" oor:op="replace">
{title}{context}
<node oor:name="Submenu">
{menu}
</node></node></node>
<node oor:name="OfficeToolBar"><node oor:name="{identifier}.bar" oor:op="replace">
{bar}
</node></node>
</node>
</oor:component-data>
"""


def build_oxt(path: str | Path) -> None:
    """Writes the extension to `path`, completely or not at all. Raises CannotRun if it cannot be written."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in _parts():
            packed.writestr(zipfile.ZipInfo(name, STAMP), content, zipfile.ZIP_DEFLATED)
    write_own(path, buffer.getvalue())


def _parts() -> Iterator[tuple[str, bytes]]:
    yield "META-INF/manifest.xml", (HERE / "manifest.xml").read_bytes()
    yield "description.xml", (HERE / "description.xml").read_bytes().replace(b"VERSION", __version__.encode())
    yield "Addons.xcu", addons().encode()
    yield "actions.json", json.dumps({a.name: a.caption for a in ACTIONS}, ensure_ascii=False, indent=1).encode()
    yield "userdirs.py", Path(userdirs.__file__).read_bytes()
    for name in AS_THEY_ARE:
        yield name, (HERE / name).read_bytes()


def addons() -> str:
    """Returns Addons.xcu: an entry for each action in menu and toolbar, with a line between kinds of workbooks."""
    context = _property("Context", CALC)
    return ADDONS.format(
        identifier=IDENTIFIER,
        title=_property("Title", TITLE),
        context=context,
        menu="\n".join(_entries("")),
        bar="\n".join(_entries(context)),
    )


def _entries(more: str) -> Iterator[str]:
    """Yields the entries with numbered names, because LibreOffice sorts entries by name."""
    number, kind = 0, ACTIONS[0].kind
    for action in ACTIONS:
        if action.kind != kind:
            kind, number = action.kind, number + 1
            yield _node(number, _property("URL", "private:separator"))
        number += 1
        yield _node(number, _entry(action) + more)


def _entry(action: Action) -> str:
    return _property("URL", SCHEME + action.name) + _property("Title", action.caption) + _property("Target", "_self")


def _node(number: int, content: str) -> str:
    return f'<node oor:name="e{number:02}" oor:op="replace">{content}</node>'


def _property(name: str, value: str) -> str:
    """Returns one property; LibreOffice shows the en-US text for every language without a text of its own."""
    language = ' xml:lang="en-US"' if name == "Title" else ""
    return f'<prop oor:name="{name}"><value{language}>{escape(value)}</value></prop>'
