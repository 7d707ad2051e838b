"""Starts the window and the browser that shows it."""

from __future__ import annotations

import signal
from collections.abc import Callable

from ..handbook import browse
from ..model import Catalog
from .server import Window
from .session import publish, running, withdraw


def start(catalog: Catalog, say: Callable[[str], None], browser: bool = True, minutes: float = 10) -> None:
    """Serves the window until it ends; a window of this user that is already running is shown instead."""
    if address := running():
        say("工作台已经开着，再打开一个页面。")
        _show(address, say, browser)
        return
    window = Window(catalog, minutes)
    publish(window.session)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # also then no work is left behind
    try:
        _show(window.session.invite(), say, browser)
        say(f"工作台已启动。在页面上点“退出”结束；页面关闭{minutes:g}分钟后也会自动结束。")
        window.serve()
    except KeyboardInterrupt:
        pass
    finally:
        withdraw()
    say("工作台已结束。")


def _show(address: str, say: Callable[[str], None], browser: bool) -> None:
    if browser and browse(address):
        return
    say(f"请用浏览器打开（只能用一次）：{address}")
