"""Reads the Windows registry; elsewhere it is empty."""

from __future__ import annotations

from typing import Any


def values(key: str) -> dict[str, Any]:
    """Returns the values of a key, name -> value, the user's own over the machine's; {} if there is no such key."""
    try:
        import winreg
    except ImportError:
        return {}
    found: dict[str, Any] = {}
    for root in (winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER):  # type: ignore[attr-defined, unused-ignore]
        try:
            with winreg.OpenKey(root, key) as opened:  # type: ignore[attr-defined, unused-ignore]
                for n in range(winreg.QueryInfoKey(opened)[1]):  # type: ignore[attr-defined, unused-ignore]
                    name, value, _ = winreg.EnumValue(opened, n)  # type: ignore[attr-defined, unused-ignore]
                    found[name] = value
        except OSError:
            continue
    return found


def program(name: str) -> str | None:
    """Returns the path of a program that registered itself by its file name, such as excel.exe."""
    found = values(rf"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\{name}").get("")
    return str(found).strip('"') if found else None
