"""Who may talk to the window: one browser that exchanged the one-time token for a cookie."""

from __future__ import annotations

import hmac
import json
import os
import secrets
import threading
import urllib.request
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Protocol

from ..machine.userdirs import state_dir

HOST = "127.0.0.1"
AGAIN = "X-Dangjian-Again"  # header: the secret of the running window, which a second start sends
_SECONDS = 5


class Headers(Protocol):
    """The headers of a request."""

    def get(self, name: str, /) -> str | None:
        """Returns the value of a header, None if it is missing."""


class Session:
    """The secrets of one window."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.again = secrets.token_urlsafe(32)
        self._cookie = secrets.token_urlsafe(32)
        self._token = ""
        self._door = threading.Lock()  # requests come in threads of their own

    @property
    def origin(self) -> str:
        """The only origin that requests may come from."""
        return f"http://{HOST}:{self.port}"

    def invite(self) -> str:
        """Returns an address that lets one browser in, once; an older one is void."""
        self._token = secrets.token_urlsafe(32)
        return f"{self.origin}/?t={self._token}"

    def admit(self, token: str) -> str:
        """Returns the Set-Cookie header for a valid token, which is then void; "" for any other."""
        with self._door:
            if not self._token or not _same(token, self._token):
                return ""
            self._token = ""
        return f"{self._name}={self._cookie}; Path=/; HttpOnly; SameSite=Strict"

    def knows(self, headers: Headers) -> bool:
        """Whether a request has the cookie."""
        try:
            found = SimpleCookie(headers.get("Cookie") or "").get(self._name)
        except CookieError:
            return False
        return found is not None and _same(found.value, self._cookie)

    def meant(self, headers: Headers) -> bool:
        """Whether a request names this address as its host: a name that an attacker's server points here does not."""
        return headers.get("Host") == f"{HOST}:{self.port}"

    def own(self, headers: Headers) -> bool:
        """Whether a request was sent by the window's own page."""
        return headers.get("Origin") == self.origin

    def asked_again(self, headers: Headers) -> bool:
        """Whether a second start of this user asks for an address."""
        return _same(headers.get(AGAIN) or "", self.again)

    @property
    def _name(self) -> str:
        return f"dangjian_{self.port}"


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())


# --------------------------------------------------- a second start finds the first


def _file() -> Path:
    return state_dir() / "window.json"


def publish(session: Session) -> None:
    """Notes, for this user only, where the window is; what cannot be noted only costs a second start its shortcut."""
    with suppress(OSError):
        withdraw()
        _file().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
            json.dump({"port": session.port, "again": session.again}, f)


def withdraw() -> None:
    """Removes the note."""
    with suppress(OSError):
        _file().unlink(missing_ok=True)


def running() -> str:
    """Returns a fresh address of the window that is already running, "" if there is none."""
    try:
        noted = json.loads(_file().read_text("utf-8"))
        port, secret = int(noted["port"]), str(noted["again"])
        request = urllib.request.Request(
            f"http://{HOST}:{port}/again", b"", {AGAIN: secret, "Content-Type": "application/json"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=_SECONDS) as answer:
            address = str(json.load(answer)["address"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return address if address.startswith(f"http://{HOST}:{port}/") else ""
