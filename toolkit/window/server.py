"""The window's server: 127.0.0.1 only, one page, what the page asks for, and an end when the page is gone."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .. import __version__, handbook
from ..errors import CannotRun
from ..model import Catalog
from . import places
from .actions import Action, actions
from .jobs import Jobs
from .opening import open_file, open_folder
from .session import HOST, Session

ASSETS = Path(__file__).parent / "assets"
PAGES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/window.js": ("window.js", "text/javascript; charset=utf-8"),
    "/window.css": ("window.css", "text/css; charset=utf-8"),
}
DOCS = "/docs/"  # the handbook, and the kinds of its files
KINDS = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".png": "image/png"}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# A request that the browser itself begins anew on our own page, so that it sends the new cookie.
ENTER = '<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><title>党建工作台</title>'
CLOSED = (
    '<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><title>党建工作台</title><h1>这个页面打不开</h1>'
    "<p>地址只能用一次，或者程序已经重新启动。请再双击一次“党建工作台”，或运行 dangjian window。</p></html>"
)
LONGEST = 1 << 20  # bytes of a request that is not a file
TICK = 5.0  # seconds between two looks at whether the page is still there
Json = Mapping[str, Any]


class Window(ThreadingHTTPServer):
    """One window: its session, its jobs, and how long it waits for the page."""

    daemon_threads = True

    def __init__(self, catalog: Catalog, minutes: float = 10) -> None:
        """Listens on a random port of 127.0.0.1; ends after `minutes` without a word from the page."""
        super().__init__((HOST, 0), Handler)
        self.session, self.jobs, self.arrivals = Session(self.server_port), Jobs(), places.Arrivals()
        self.actions = {a.name: a for a in actions(catalog)}
        self.handbook = {DOCS + way: path for way, path in handbook.files().items() if path.suffix in KINDS}
        self.quiet_for = 0.0
        self._most, self._ended = minutes * 60, threading.Event()

    def serve(self) -> None:
        """Serves until 退出, or until the page is gone and no work is left."""
        threading.Thread(target=self._watch, daemon=True).start()
        try:
            self.serve_forever(poll_interval=0.2)
        finally:
            self._ended.set()
            self.jobs.end()
            self.server_close()

    def _watch(self) -> None:
        """Counts ticks, not the clock: a computer that slept does not end the window."""
        while not self._ended.wait(min(TICK, self._most)):
            self.quiet_for = 0.0 if self.jobs.busy else self.quiet_for + min(TICK, self._most)
            if self.quiet_for >= self._most:
                self.end()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: a request that cannot be read or answered costs itself alone."""

    def end(self) -> None:
        """Ends the window."""
        threading.Thread(target=self.shutdown, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    """Answers one request after it has shown that it comes from the page."""

    server: Window
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "dangjian", ""
    timeout = 60

    def do_GET(self) -> None:
        """Serves the page, and what it reads."""
        at = urlsplit(self.path)
        asked = {k: v[0] for k, v in parse_qs(at.query).items()}
        if not self.server.session.meant(self.headers):
            self._refuse()
        elif at.path == "/" and (cookie := self.server.session.admit(asked.get("t", ""))):
            self._send(ENTER.encode(), "text/html; charset=utf-8", {"Set-Cookie": cookie})
        elif not self.server.session.knows(self.headers):
            self._refuse()
        elif at.path in PAGES:
            name, kind = PAGES[at.path]
            self._send((ASSETS / name).read_bytes(), kind)
        elif page := self.server.handbook.get(unquote(at.path)):
            self._send(page.read_bytes(), KINDS[page.suffix])
        else:
            self._answer(READ.get(at.path), asked)

    def do_POST(self) -> None:
        """Does what the page orders."""
        session, path = self.server.session, urlsplit(self.path).path
        if not session.meant(self.headers):
            self._refuse()
        elif path == "/again" and session.asked_again(self.headers) and not self.headers.get("Origin"):
            self.server.quiet_for = 0.0
            self._send_json({"address": session.invite()})
        elif not session.own(self.headers) or not session.knows(self.headers):
            self._refuse()
        elif path == "/api/upload":
            self._answer(_upload, {})
        else:
            self._answer(ORDERS.get(path), self._body())

    # ------------------------------------------------------------ answering

    def size(self) -> int:
        """Returns the length of the body in bytes; 0 if the request does not say it."""
        said = self.headers.get("Content-Length") or ""
        return int(said) if said.isascii() and said.isdigit() else 0

    def _body(self) -> dict[str, Any] | None:
        size = self.size()
        if size > LONGEST or self.headers.get("Content-Type") != "application/json":
            return None
        with suppress(ValueError):
            found = json.loads(self.rfile.read(size) or b"{}")
            return found if isinstance(found, dict) else None
        return None

    def _answer(self, work: Callable[[Handler, Any], Any] | None, asked: Json | None) -> None:
        self.server.quiet_for = 0.0
        if work is None or asked is None:
            self._fail("没有这项操作。", HTTPStatus.NOT_FOUND)
            return
        try:
            self._send_json(work(self, asked))
        except CannotRun as e:
            self._fail(str(e))
        except OSError as e:
            self._fail(f"读写 {e.filename or ''} 时出错（{e.strerror or e}）。")
        except (KeyError, TypeError, ValueError):
            self._fail("页面和程序的版本不合。请刷新页面。", HTTPStatus.BAD_REQUEST)

    def _fail(self, text: str, status: HTTPStatus = HTTPStatus.CONFLICT) -> None:
        self.close_connection = True  # the rest of the request may be unread
        self._send_json({"error": text}, status)

    def _refuse(self) -> None:
        self.close_connection = True
        self._send(CLOSED.encode(), "text/html; charset=utf-8", {}, HTTPStatus.FORBIDDEN)

    def _send_json(self, value: Any, status: HTTPStatus = HTTPStatus.OK) -> None:
        text = json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace")
        self._send(text, "application/json; charset=utf-8", {}, status)

    def _send(
        self, body: bytes, kind: str, more: Mapping[str, str] | None = None, status: HTTPStatus = HTTPStatus.OK
    ) -> None:
        with suppress(ConnectionError):
            self.send_response(status)
            for name, value in {**HEADERS, **(more or {}), "Content-Type": kind}.items():
                self.send_header(name, value)
            if self.close_connection:
                self.send_header("Connection", "close")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: addresses hold the token."""


# --------------------------------------------------------------- what it does


def _state(h: Handler, _: Json) -> Any:
    return {
        "version": __version__,
        "actions": [_action(a) for a in h.server.actions.values()],
        "recent": places.recent(),
        "job": {"id": job.id, "action": job.run.action} if (job := h.server.jobs.running) else None,
    }


def _action(a: Action) -> Json:
    fields = [{**vars(f), "suffixes": list(f.suffixes), "choices": list(f.choices)} for f in a.fields]
    page = f"{DOCS}{handbook.PAGES}/{handbook.page_of(a.name)}"
    said = {n: getattr(a, n) for n in ("name", "caption", "tip", "group", "key")}
    return {**said, "fields": fields, "help": page}


def _list(h: Handler, asked: Json) -> Any:
    suffixes = [s for s in asked.get("suffixes", "").split(",") if s]
    return {
        **places.entries(asked.get("path") or places.last_folder(), suffixes),
        "tops": places.tops(),
        "recent": places.recent(),
    }


def _run(h: Handler, asked: Json) -> Any:
    action = h.server.actions.get(str(asked["action"]))
    if action is None:
        raise CannotRun("没有这项操作。")
    values = dict(asked["values"])
    run = action.run(values)
    job = h.server.jobs.start(run)
    places.remember(str(p) for f in action.fields if f.kind in ("paths", "file") for p in values.get(f.name) or ())
    return {"job": job.id}


def _job(h: Handler, asked: Json) -> Any:
    return h.server.jobs[str(asked["id"])].shown()


def _cancel(h: Handler, asked: Json) -> Any:
    h.server.jobs[str(asked["id"])].cancel()
    return {}


def _open(h: Handler, asked: Json) -> Any:
    path = Path(str(asked["path"]))
    if asked.get("folder") or path.is_dir():
        open_folder(path)
    else:
        open_file(path, str(asked.get("sheet") or ""), str(asked.get("cell") or ""))
    return {}


def _upload(h: Handler, _: Json) -> Any:
    name, drop = unquote(h.headers.get("X-Name") or ""), h.headers.get("X-Drop") or ""
    path = h.server.arrivals.keep(drop, name, h.rfile, h.size())
    return {"path": str(path), "folder": str(path.parent)}


def _quit(h: Handler, _: Json) -> Any:
    h.server.end()
    return {}


READ = {"/api/state": _state, "/api/list": _list, "/api/job": _job}
ORDERS = {
    "/api/run": _run,
    "/api/cancel": _cancel,
    "/api/open": _open,
    "/api/quit": _quit,
    "/api/alive": lambda h, asked: {},
}
