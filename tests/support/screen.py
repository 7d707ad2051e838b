"""Finding what is on the screen by accessibility, as a screen reader does, and clicking it with the mouse."""

from __future__ import annotations

import struct
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from toolkit.buttons.libreoffice.bridge.connection import service
from toolkit.buttons.libreoffice.bridge.load import load_uno

from .desk import FRAMEBUFFER, SIZE, wait

# com.sun.star.accessibility.AccessibleRole
ALERT, DIALOG, MENU, MENU_BAR, MENU_ITEM, PUSH_BUTTON = 1, 12, 34, 35, 36, 44
TABLE, TOOL_BAR, SHEET, STATIC = 58, 63, 84, 86
UNSEEN = (TABLE, SHEET, MENU, MENU_ITEM)  # not looked into: a child for every cell, entries not yet on the screen
TITLE = "党建报表"  # of the menu, the toolbar and the message boxes
MOST_CHILDREN, NOT_DEEPER = 250, 5
STATUS_HEIGHT = 20  # pixels
EMPTY = ((1500, 700), (1500, 800))  # where no sheet has anything when it opens
STILL = 0.2  # seconds
SLOW = 80  # ms from key to key


class Screen:
    """What a person sees and does; `context` and `env` are those of the desk."""

    def __init__(self, context: Any, env: Mapping[str, str]) -> None:
        self.env, self.framebuffer = env, Path(env["HOME"]) / FRAMEBUFFER
        self.pressed = 0.0  # when the mouse last was, by time.perf_counter
        self._toolkit = service(context, "com.sun.star.awt.Toolkit")

    # -------------------------------------------------------- the mouse

    def click_at(self, x: int, y: int) -> None:
        """Press and let go as slowly as a hand does: LibreOffice loses some clicks that take no time."""
        self._do("mousemove", str(x), str(y), "sleep", "0.1")
        self.pressed = time.perf_counter()
        self._do("mousedown", "1", "sleep", "0.1", "mouseup", "1")

    def press(self, *keys: str) -> None:
        """Press keys one after the other, slowly enough that most of them arrive."""
        self._do("key", "--delay", str(SLOW), *keys)

    def write(self, text: str, slow: int = 0) -> None:
        """Type a text; `slow`: ms from key to key, instead of the usual."""
        self._do("type", "--delay", str(slow or SLOW), text)

    def _do(self, *does: str) -> None:
        subprocess.run(["xdotool", *does], env=self.env, check=True, timeout=60)

    def click_on(self, context: Any) -> None:
        """In the middle of what it covers, once nothing moves on the screen any more: a person looks first, too."""
        self.still()
        at, size = context.getLocationOnScreen(), context.getSize()
        assert size.Width and size.Height, f"not on the screen: {context.getAccessibleName()}"
        self.click_at(at.X + size.Width // 2, at.Y + size.Height // 2)

    def wake(self, document: Any) -> None:
        """Click empty cells until one is selected: a window may miss the first click after it has opened or had
        a message box before it."""

        def selected() -> bool:
            for place in EMPTY:
                before = _selected(document)
                self.click_at(*place)
                time.sleep(STILL)
                if _selected(document) != before:
                    return True
            return False

        self.still()
        wait("the window takes clicks", selected)

    def still(self) -> None:
        """Wait until nothing moves on the screen."""
        wait("the screen is still", self._still)

    def _still(self) -> bool:
        before = self.framebuffer.read_bytes()
        time.sleep(STILL)
        return self.framebuffer.read_bytes() == before

    def button(self, document: Any, caption: str) -> None:
        """Click a button that lies on the sheet now in front."""
        self.click_on(wait(f"button {caption}", lambda: _buttons(document).get(caption)))

    def buttons(self, document: Any) -> list[str]:
        """The captions of the buttons on the sheet now in front."""
        return list(_buttons(document))

    def _opened_menu(self) -> Any:
        bar = wait("menu bar", lambda: self._find(MENU_BAR))
        menu = wait("menu", lambda: _child(bar, TITLE))
        self.click_on(menu)
        return menu

    def menu_entries(self) -> list[str]:
        """The captions in the product's menu, which is opened for it and closed again."""
        menu = self._opened_menu()
        wait("menu opens", lambda: any(_shown(c) for c in _children(menu)))
        captions = _captions(menu)
        self.click_on(menu)
        return captions

    def menu(self, caption: str) -> None:
        """Click an entry of the product's menu."""
        menu = self._opened_menu()
        self.click_on(wait(f"menu entry {caption}", lambda: _shown(_child(menu, caption))))

    def tool(self, caption: str) -> None:
        """Click an entry of the product's toolbar."""
        bar = wait("toolbar", lambda: self._find(TOOL_BAR, TITLE))
        self.click_on(wait(f"toolbar entry {caption}", lambda: _shown(_child(bar, caption))))

    # -------------------------------------------------------- the eyes

    def windows(self) -> list[Any]:
        """The accessible contexts of all windows now open, the document's among them."""
        found = [self._toolkit.getTopWindow(i) for i in range(self._toolkit.getTopWindowCount())]
        contexts = [w.getAccessibleContext() for w in found if hasattr(w, "getAccessibleContext")]
        return [c for c in contexts if c is not None]

    def _find(self, role: int, name: str | None = None) -> Any:
        """The nearest to the top: further down are the thousands of cells of a sheet."""
        return _unless_gone(lambda: self._search(role, name))

    def _search(self, role: int, name: str | None) -> Any:
        level = self.windows()
        for _ in range(NOT_DEEPER):
            for c in level:
                if c.getAccessibleRole() == role and name in (None, c.getAccessibleName()):
                    return c
            level = [child for c in level if c.getAccessibleRole() not in UNSEEN for child in _children(c)]
        return None

    def entries(self, role: int, name: str | None = None) -> list[str]:
        """The captions of a menu or toolbar."""
        found = wait("menu or toolbar", lambda: self._find(role, name))
        return _captions(found)

    def message(self) -> str | None:
        """What the message box says that is open now, or None."""
        return _unless_gone(lambda: "\n".join(c.getAccessibleName() for c in self._in_box(STATIC))) or None

    def _in_box(self, role: int) -> list[Any]:
        """What is of that role in the message box that is open now."""
        boxes = [w for w in self.windows() if w.getAccessibleRole() in (ALERT, DIALOG) and _showing(w)]
        return [c for box in boxes[:1] for c in below(box) if c.getAccessibleRole() == role]

    def answer(self, seconds: float = 30) -> str:
        """Wait for a message box, click its OK, and return what it said."""
        said: str = wait("message box", self.message, seconds)
        buttons = self._in_box(PUSH_BUTTON)
        self.click_on(next(b for b in buttons if b.getAccessibleName() in ("OK", "确定")))
        wait("the message box closes", lambda: self.message() is None)
        return said

    def status_picture(self) -> bytes:
        """What the status bar looks like: while an action runs, what it says cannot be read in any other way."""
        return pixels(self.framebuffer)[1][-SIZE[0] * 3 * STATUS_HEIGHT :]

    def picture(self, path: Path, box: tuple[int, int, int, int] | None = None) -> None:
        """What is on the screen, or in a box (x, y, width, height) of it, as a PNG."""
        (across, down), colours = pixels(self.framebuffer)
        x, y, width, height = box or (0, 0, across, down)
        starts = ((row * across + x) * 3 for row in range(y, y + height))
        lines = b"".join(b"\0" + colours[at : at + width * 3] for at in starts)
        head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*c) for c in chunks))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pixels(framebuffer: Path) -> tuple[tuple[int, int], bytes]:
    """Size and colours (red, green, blue) of what Xvfb shows, from the file it keeps them in (X window dump)."""
    dump = framebuffer.read_bytes()
    head = struct.unpack(">25I", dump[:100])
    width, height, line, start = head[4], head[5], head[12], head[0] + head[19] * 12
    seen = bytearray(width * height * 3)
    shown = b"".join(dump[start + y * line :][: width * 4] for y in range(height))
    for colour in range(3):  # blue comes first in the dump, and a fourth byte that says nothing
        seen[colour::3] = shown[2 - colour :: 4]
    return (width, height), bytes(seen)


def below(context: Any, depth: int = 8) -> Iterator[Any]:
    """The context and all below it, except menus' entries and the cells of sheets."""
    yield context
    if depth and context.getAccessibleRole() not in UNSEEN:
        for child in _children(context):
            yield from below(child, depth - 1)


def _children(context: Any) -> Iterator[Any]:
    for i in range(min(context.getAccessibleChildCount(), MOST_CHILDREN)):
        if child := context.getAccessibleChild(i):
            yield child.getAccessibleContext()


def _selected(document: Any) -> tuple[int, int]:
    address = document.CurrentSelection.RangeAddress
    return address.StartColumn, address.StartRow


def _captions(context: Any) -> list[str]:
    """What the entries are called; separators are not."""
    return [n for c in _children(context) if (n := c.getAccessibleName().partition("(")[0])]


def _child(context: Any, name: str) -> Any:
    """The child of that name; in an open menu a letter in brackets stands behind it."""
    return next((c for c in _children(context) if c.getAccessibleName().partition("(")[0] == name), None)


def _unless_gone(look: Callable[[], Any]) -> Any:
    """What is seen; nothing when a window closes while it is looked at."""
    try:
        return look()
    except load_uno().getClass("com.sun.star.lang.DisposedException"):
        return None


def _showing(context: Any) -> bool:
    state = load_uno().getConstantByName("com.sun.star.accessibility.AccessibleStateType.SHOWING")
    states = context.getAccessibleStateSet()
    return state in states.getStates() if hasattr(states, "getStates") else bool(states & state)


def _shown(context: Any) -> Any:
    """The context once it has a place on the screen, else None."""
    return context if context is not None and context.getSize().Width else None


def _buttons(document: Any) -> dict[str, Any]:
    """The form buttons of the sheet in front, by caption."""
    controller, found = document.CurrentController, {}
    forms = controller.ActiveSheet.DrawPage.Forms
    for form in (forms.getByIndex(i) for i in range(forms.Count)):
        for model in (form.getByIndex(i) for i in range(form.Count)):
            found[model.Label] = controller.getControl(model).getAccessibleContext()
    return found
