"""Connects to a running LibreOffice and creates the UNO structs that its calls take."""

from __future__ import annotations

import time
from typing import Any

from ....errors import CannotRun
from .load import load_uno

SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"
TIMEOUT = 20.0
UNREACHABLE = "连接不上 LibreOffice（{target}）。请关闭 LibreOffice 后重新打开工作簿，再试一次。"


def component_context(target: str, timeout: float = TIMEOUT) -> Any:
    """Returns the component context of the LibreOffice that listens at `target`, such as `pipe,name=abc`.

    Waits up to `timeout` seconds for it to listen. LibreOffice 7.4 drops about one connection in fifty while making
    it (DisposedException, no other fault), so a dropped connection is tried again. Raises CannotRun.
    """
    uno = load_uno()
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    nobody = uno.getClass("com.sun.star.connection.NoConnectException")
    dropped = uno.getClass("com.sun.star.lang.DisposedException")
    until = time.monotonic() + timeout
    while True:
        try:
            return resolver.resolve(f"uno:{target};urp;StarOffice.ComponentContext")
        except (nobody, dropped) as e:
            if time.monotonic() > until:
                raise CannotRun(UNREACHABLE.format(target=target)) from e
            time.sleep(0.05)


def service(context: Any, name: str) -> Any:
    """Creates one of LibreOffice's services."""
    return context.ServiceManager.createInstanceWithContext(name, context)


def struct(name: str, **values: Any) -> Any:
    """Creates a UNO struct and sets the given members."""
    made = load_uno().createUnoStruct(name)
    for member, value in values.items():
        setattr(made, member, value)
    return made


def properties(**values: Any) -> tuple[Any, ...]:
    """Returns the named arguments as UNO PropertyValue structs."""
    return tuple(struct("com.sun.star.beans.PropertyValue", Name=n, Value=v) for n, v in values.items())


def enum(type_: str, value: str) -> Any:
    """Returns a value of a UNO enumeration."""
    return load_uno().Enum(type_, value)


def path_to_url(path: str) -> str:
    """Converts a system path to a file URL."""
    return str(load_uno().systemPathToFileUrl(path))


def url_to_path(url: str) -> str:
    """Converts a file URL to a system path."""
    return str(load_uno().fileUrlToSystemPath(url))
