"""A headless Chromium that is clicked and typed into like a person does, by its own debugging pipe."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

T = TypeVar("T")
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 90.0  # seconds; a machine under load is slow
KEYS = {
    "Enter": 13, "Escape": 27, "Tab": 9, "Backspace": 8, "ArrowDown": 40, "ArrowUp": 38, " ": 32, "End": 35, "Home": 36,
}  # fmt: skip


def need_chromium() -> str:
    """The program; without it a test is skipped, in CI it fails."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is needed for the tests in CI.")
        pytest.skip("needs Chromium")
    return found


def wait(what: str, look: Callable[[], T], seconds: float = PATIENCE) -> T:
    """What `look` sees as soon as it is something."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.05)


class Browser:
    """One tab of one browser."""

    def __init__(self, program: str, folder: Path, size: tuple[int, int] = (1366, 768), scale: float = 1) -> None:
        ours, theirs = os.pipe(), os.pipe()
        command = [
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
            f"--user-data-dir={folder / 'profile'}", "--disable-dev-shm-usage", "--lang=zh-CN", "about:blank",
        ]  # fmt: skip

        def pipes() -> None:  # Chromium reads orders from 3 and answers on 4
            read, write = os.dup(ours[0]), os.dup(theirs[1])
            os.dup2(read, 3)
            os.dup2(write, 4)

        nowhere = subprocess.DEVNULL
        self._process = subprocess.Popen(
            command, close_fds=False, preexec_fn=pipes, stdin=nowhere, stdout=nowhere, stderr=nowhere
        )
        os.close(ours[0])
        os.close(theirs[1])
        self._to, self._from = os.fdopen(ours[1], "wb"), os.fdopen(theirs[0], "rb")
        self._number, self._rest, self._session = 0, b"", ""
        target = self.order("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.order("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.order("Page.enable")
        self.resize(size, scale)

    def order(self, method: str, **params: Any) -> dict[str, Any]:
        """One order of the DevTools protocol, and its answer."""
        self._number += 1
        said = {"id": self._number, "method": method, "params": params}
        if self._session:
            said["sessionId"] = self._session
        self._to.write(json.dumps(said).encode() + b"\0")
        self._to.flush()
        while True:
            answer = json.loads(self._message())
            if answer.get("id") == self._number:
                if "navigated" in answer.get("error", {}).get(
                    "message", ""
                ):  # the page is being loaded: ask the new one
                    return self.order(method, **params)
                assert "error" not in answer, answer
                found: dict[str, Any] = answer["result"]
                return found

    def _message(self) -> bytes:
        while b"\0" not in self._rest:
            part = os.read(self._from.fileno(), 1 << 16)
            assert part, "Chromium has ended"
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        return message

    def close(self) -> None:
        self._to.close()
        self._process.terminate()
        self._process.wait(30)
        self._from.close()

    # ------------------------------------------------------------ eyes

    def pages(self) -> list[str]:
        """The addresses of all open pages."""
        return [t["url"] for t in self.order("Target.getTargets")["targetInfos"] if t["type"] == "page"]

    def js(self, code: str) -> Any:
        """The value of an expression in the page."""
        answer = self.order("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def go(self, address: str) -> None:
        self.order("Page.navigate", url=address)

    def text(self, selector: str) -> str:
        """The text of the first element that is shown; "" if there is none."""
        return str(
            self.js(
                f"(e => e && e.checkVisibility() ? e.innerText : '')(document.querySelector({json.dumps(selector)}))"
            )
            or ""
        )

    def texts(self, selector: str) -> list[str]:
        found: list[str] = self.js(f"[...document.querySelectorAll({json.dumps(selector)})].map(e => e.innerText)")
        return found

    def resize(self, size: tuple[int, int], scale: float = 1) -> None:
        """A screen of `size` pixels at a scaling of 1 to 2, as the system's settings have it."""
        width, height = (round(n / scale) for n in size)
        self.order(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False
        )

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.order("Page.captureScreenshot", format="png")["data"]))

    def named(self) -> list[tuple[str, str]]:
        """Role and name of all that a screen reader reads."""
        nodes = self.order("Accessibility.getFullAXTree")["nodes"]
        return [
            (n.get("role", {}).get("value", ""), n.get("name", {}).get("value", "")) for n in nodes if not n["ignored"]
        ]

    # ------------------------------------------------------------ hands

    def _spot(self, selector: str) -> tuple[float, float]:
        """The middle of what can be seen of an element, once nothing covers it."""
        code = f"""(() => {{
            const e = [...document.querySelectorAll({json.dumps(selector)})].find(e => e.checkVisibility());
            if (!e || e.disabled) return null;
            e.scrollIntoView({{block: "center"}});
            const r = e.getBoundingClientRect(), x = r.x + Math.min(r.width, 300) / 2, y = r.y + r.height / 2;
            const top = document.elementFromPoint(x, y);
            return r.width && top && (e === top || e.contains(top) || top.contains(e)) ? [x, y] : null;
        }})()"""
        x, y = wait(f"{selector} can be clicked", lambda: self.js(code))
        return x, y

    def click(self, selector: str, times: int = 1) -> None:
        """Moves the mouse there and presses its button."""
        x, y = self._spot(selector)
        self.order("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        for n in range(1, times + 1):
            for kind in ("mousePressed", "mouseReleased"):
                self.order("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=n)

    def write(self, selector: str, text: str) -> None:
        """Clicks into a field, and types in the place of what stands there."""
        self.click(selector, times=3)
        self.order("Input.insertText", text=text)

    def press(self, key: str, modifiers: int = 0) -> None:
        """One key; modifiers: 1 Alt, 2 Ctrl, 8 Shift."""
        text = {"Enter": "\r", " ": " "}.get(key, "")
        common = {
            "key": key,
            "code": {" ": "Space"}.get(key, key),
            "windowsVirtualKeyCode": KEYS.get(key, ord(key[0].upper())),
            "modifiers": modifiers,
        }
        if key.isdigit():
            common["code"] = f"Digit{key}"
        self.order(
            "Input.dispatchKeyEvent",
            type="keyDown" if text else "rawKeyDown",
            **common,
            **({"text": text} if text else {}),
        )
        self.order("Input.dispatchKeyEvent", type="keyUp", **common)

    def choose(self, selector: str, caption: str) -> None:
        """Chooses from a list by its letters, as the keyboard does: headless, the list itself has no window."""
        self.js(f"document.querySelector({json.dumps(selector)}).focus()")
        captions: list[str] = self.js(f"[...document.querySelector({json.dumps(selector)}).options].map(o => o.text)")
        for _ in range(captions.index(caption)):
            self.press("ArrowDown")

    def drop(self, selector: str, files: Sequence[Path]) -> None:
        """Drops files of the machine onto an element."""
        x, y = self._spot(selector)
        data = {"items": [], "files": [str(f) for f in files], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.order("Input.dispatchDragEvent", type=kind, x=x, y=y, data=data)


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser that ends with the block."""
    made = Browser(need_chromium(), folder)
    try:
        yield made
    finally:
        made.close()
