"""The window is closed to everyone but the page of its user, and ends when that page is gone."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier, Thread
from urllib.parse import urlsplit

import pytest
from support.browser import Browser, wait
from support.paths import ROOT
from support.window_desk import Started

from toolkit.model import Catalog
from toolkit.window.opening import OPENED
from toolkit.window.server import PAGES, READ, Window
from toolkit.window.session import Session


@dataclass
class Visitor:
    """A program that talks to the window; after `enter` it is the page."""

    window: Window
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"{}"
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.window.server_port, timeout=60)
        said = {"Content-Type": "application/json", **self.headers, **(headers or {})}
        connection.request(method, path, body if method == "POST" else None, said)
        return connection.getresponse()

    def enter(self) -> Visitor:
        address = urlsplit(self.window.session.invite())
        answer = self.ask("GET", f"/?{address.query}")
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
        self.headers = {"Cookie": cookie.partition(";")[0], "Origin": self.window.session.origin}
        return self

    def order(self, at: str, /, **body: object) -> tuple[int, dict[str, object]]:
        answer = self.ask("POST", at, body=json.dumps(body).encode())
        return answer.status, json.load(answer)


@pytest.fixture
def window(catalog: Catalog) -> Iterator[Window]:
    made = Window(catalog)
    thread = Thread(target=made.serve, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    thread.join(60)


@pytest.fixture
def page(window: Window) -> Visitor:
    return Visitor(window).enter()


def test_nothing_is_served_without_the_cookie(window: Window) -> None:
    stranger = Visitor(window)
    for path in [*PAGES, *READ, "/?t=", "/?t=x", "/favicon.ico", "/docs/handbook/html/README.html"]:
        answer = stranger.ask("GET", path)
        assert answer.status == 403 and b"script" not in answer.read(), path
    stranger.headers = {"Origin": window.session.origin}
    for path in ("/api/run", "/api/open", "/api/quit", "/api/upload", "/again"):
        assert stranger.ask("POST", path).status == 403, path


def test_of_the_handbook_only_its_files_are_served(page: Visitor) -> None:
    assert page.ask("GET", "/docs/handbook/html/%E6%95%99%E7%A8%8B.html").status == 200
    for path in (
        "/docs/design.md",
        "/docs/handbook/html/../../design.md",
        "/docs/handbook/html/%2e%2e/%2e%2e/design.md",
    ):
        assert page.ask("GET", path).status == 404, path


def test_the_token_opens_once(window: Window) -> None:
    address = urlsplit(window.session.invite())
    assert Visitor(window).ask("GET", f"/?{address.query}").status == 200
    again = Visitor(window).ask("GET", f"/?{address.query}")
    assert again.status == 403 and "Set-Cookie" not in again.headers


def test_of_many_at_the_same_moment_one_comes_in() -> None:
    session, together = Session(1), Barrier(8)
    token = session.invite().partition("?t=")[2]

    def knock(_: int) -> str:
        together.wait(60)
        return session.admit(token)

    with ThreadPoolExecutor(8) as pool:
        assert sum(map(bool, pool.map(knock, range(8)))) == 1


def test_a_newer_address_voids_the_older(window: Window) -> None:
    older = urlsplit(window.session.invite())
    Visitor(window).enter()
    assert Visitor(window).ask("GET", f"/?{older.query}").status == 403


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1"])
def test_another_name_for_this_machine_is_refused(page: Visitor, host: str) -> None:
    """A page of an attacker whose name points to 127.0.0.1 (DNS rebinding)."""
    for method, path in (("GET", "/"), ("GET", "/api/state"), ("POST", "/api/quit")):
        assert page.ask(method, path, {"Host": host}).status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:80", ""])
def test_another_page_cannot_order_anything(page: Visitor, origin: str) -> None:
    assert page.ask("POST", "/api/quit", {"Origin": origin}).status == 403
    assert page.ask("POST", "/api/upload", {"Origin": origin}).status == 403


def test_nothing_is_done_by_looking(page: Visitor) -> None:
    for path in ("/api/run", "/api/open", "/api/quit", "/api/cancel", "/api/upload"):
        assert page.ask("GET", path).status == 404
    for method in ("PUT", "DELETE", "OPTIONS", "HEAD"):
        assert page.ask(method, "/").status == 501


def test_only_the_pages_own_form_of_an_order_is_read(page: Visitor) -> None:
    assert page.ask("POST", "/api/run", {"Content-Type": "text/plain"}).status == 404  # what a foreign form could send
    assert page.ask("POST", "/api/run", body=b"[1]").status == 404
    assert page.ask("POST", "/api/run", body=b"{").status == 404
    assert page.order("/api/run")[0] == 400
    assert page.order("/api/run", action="check", values=3)[0] == 400
    assert page.order("/api/run", action="rm", values={})[0] == 409
    assert page.ask("POST", "/api/run", {"Content-Length": str(1 << 30)}).status == 404
    for size in ("-1", "x", "²", "1e3"):
        assert page.ask("POST", "/api/run", {"Content-Length": size}, b"").status == 400


@pytest.mark.parametrize("path", ["/", "/window.js", "/api/state"])
def test_the_page_loads_nothing_from_elsewhere_and_stands_in_no_frame(page: Visitor, path: str) -> None:
    headers = page.ask("GET", path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


def test_the_assets_name_no_address_and_write_no_markup() -> None:
    for name in ("index.html", "window.js", "window.css"):
        text = (ROOT / "toolkit" / "window" / "assets" / name).read_text("utf-8")
        assert "://" not in text, name
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "style=", "onclick="):
            assert word not in text, (name, word)


def test_it_listens_on_this_machine_alone(window: Window) -> None:
    assert window.server_address[0] == "127.0.0.1"
    other = socket.gethostbyname(socket.gethostname())
    if not other.startswith("127."):
        with pytest.raises(OSError):
            socket.create_connection((other, window.server_port), 5)


@pytest.mark.parametrize("name", ["x.bat", "x.exe", "x.sh", "x.py", "x.desktop", "x.lnk", "x", "x.xlsx.cmd", "x.docm"])
def test_a_program_is_never_opened(page: Visitor, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    status, said = page.order("/api/open", path=str(tmp_path / name))
    assert status == 409 and "不从这里打开" in str(said["error"])
    assert not OPENED & {".exe", ".bat", ".cmd", ".com", ".js", ".vbs", ".ps1", ".lnk", ".hta", ".scr", ".msi"}


@pytest.mark.parametrize(
    "name",
    [
        "../../甲.xlsx",
        "..\\..\\甲.xlsx",
        "/etc/甲.xlsx",
        "C:\\甲.xlsx",
        "CON.xlsx",
        "~$甲.xlsx",
        ".xlsx",
        "甲\u202e.xlsx",
    ],
)
def test_a_dropped_file_stays_in_its_folder(
    page: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    from urllib.parse import quote

    answer = page.ask("POST", "/api/upload", {"X-Name": quote(name), "X-Drop": "1"}, b"text")
    kept = Path(json.load(answer)["path"])
    assert kept.read_bytes() == b"text"
    assert kept.parent.parent == tmp_path / "党建工作" / "收件"
    assert kept.name[:1] not in (".", "~")


@pytest.mark.parametrize("value", ["报送", "./x", "https://evil.example/x.xlsx", "--force", "/甲\0/x"])
def test_only_whole_places_are_taken(page: Visitor, value: str) -> None:
    status, said = page.order("/api/run", action="check", values={"paths": [value]})
    assert status == 409 and "要写完整的位置" in str(said["error"])


def test_a_text_is_never_an_option(page: Visitor, tmp_path: Path) -> None:
    """The text of a field stands behind = or --, so it is a value whatever it begins with."""
    action = page.window.actions["history"]
    (tmp_path / "报送登记.db").touch()
    run = action.run({"register": [str(tmp_path / "报送登记.db")], "unit": "--help"})
    assert run.arguments[-3:] == ["--", "--help", str(tmp_path / "报送登记.db")]
    book = tmp_path / "甲.xlsx"
    book.touch()
    run = page.window.actions["fill"].run({"document": "党建工作要点", "source": [str(book)], "red_head": "--force"})
    assert "--red-head=--force" in run.arguments and "--force" not in run.arguments


# ------------------------------------------------------------------ the end


def test_it_ends_when_the_page_is_gone(catalog: Catalog) -> None:
    made = Window(catalog, minutes=0.001)
    made.serve()  # returns
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", made.server_port), 5)


def test_a_page_that_is_there_keeps_it(window: Window, page: Visitor) -> None:
    window.quiet_for = 500.0
    assert page.order("/api/alive") == (200, {})
    assert window.quiet_for == 0.0


def test_a_stranger_does_not_keep_it(window: Window) -> None:
    window.quiet_for = 500.0
    Visitor(window).ask("GET", "/api/state")
    assert window.quiet_for >= 500.0


def test_quit_by_a_click(start: Callable[..., Started], chromium: Browser) -> None:
    process, address = start()
    chromium.go(address)
    wait("the page", lambda: chromium.text("#title"))
    assert "t=" not in chromium.js("location.href")
    chromium.click("#quit")
    wait("the page says so", lambda: "工作台已结束" in chromium.text("#over"))
    assert process.wait(60) == 0


def test_a_second_start_shows_the_first_window(start: Callable[..., Started], environment: dict[str, str]) -> None:
    process, first = start()
    command = [sys.executable, "-m", "toolkit", "window", "--no-browser"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0
    assert "已经开着" in done.stdout and urlsplit(first).netloc in done.stdout
    note = next(Path(environment["XDG_STATE_HOME"]).rglob("window.json"))
    assert note.stat().st_mode & 0o777 == 0o600
    assert process.poll() is None


def test_a_window_that_died_is_not_looked_for_twice(start: Callable[..., Started], environment: dict[str, str]) -> None:
    note = Path(environment["XDG_STATE_HOME"]) / "dangjian" / "window.json"
    note.parent.mkdir(parents=True, exist_ok=True)
    for left in ('{"port": 1, "again": "x"}', "{", '{"port": "x"}', "[]"):
        note.write_text(left)
        process, _ = start()
        process.terminate()
        assert process.wait(60) == 0
        assert not note.exists()


def test_the_secret_of_a_second_start_lets_nobody_else_in() -> None:
    session = Session(1)
    assert not session.asked_again({})
    assert not session.asked_again({"X-Dangjian-Again": "x"})
    assert session.asked_again({"X-Dangjian-Again": session.again})
