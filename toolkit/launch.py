"""Starts the action of one button, by its name, in the workbook that called.

From Excel:       python -B -c "from toolkit.launch import run; raise SystemExit(run('check_all'))"
                         --wb=... --from_xl=1 --app=... --hwnd=...
From LibreOffice: python -m toolkit.launch --standby, started before the click. At the click it reads one line
                  from stdin: the arguments --pipe NAME --document UID ACTION as a JSON list.

The exit code says whether the launcher must still inform the user (DONE, TOLD, UNTOLD, UNKNOWN).
Python itself exits with 1 if it cannot import this module. Text for the user goes to stderr, in UTF-8.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .errors import CannotRun, StandardError
from .excel.actions import ACTIONS, BY_NAME
from .machine.userdirs import log_file

DONE = 0
UNKNOWN = 2  # unknown action or wrong arguments; argparse exits with the same code
TOLD = 3  # failed; a message box has informed the user
UNTOLD = 4  # failed; only the log and stderr contain the message
CLOSING = "状态："  # prefix of a line on stderr: the text for LibreOffice's status bar after DONE

TITLE = "党建报表"
# xlwings imports these packages if they are installed; no button needs them for its cells.
HEAVY = ("pandas", "numpy", "matplotlib", "PIL", "polars")


def run(name: str) -> int:
    """Runs the action in the calling workbook; returns the exit code. A name outside excel/actions.py is never run."""
    action = BY_NAME.get(name)
    if action is None:
        _say(f"没有名为“{name}”的操作。请重新安装本工具，并用它新建的工作簿。")
        return UNKNOWN
    try:
        _load_xlwings()
        _macro(name)()
    except Exception as e:
        return _failed(action.caption, e)
    return DONE


def main(argv: list[str]) -> int:
    """Connects to the LibreOffice that called, runs the action and returns the exit code.

    With `--standby` the arguments are read from stdin.
    """
    if argv == ["--standby"]:
        return _stand_by()
    asked = _parser().parse_args(argv)
    if asked.action not in BY_NAME:
        return run(asked.action)
    try:
        _load_xlwings()
        connect: Callable[[str, str], Any] = _engine().connect
        connect(asked.pipe, asked.document)
    except Exception as e:
        return _failed(BY_NAME[asked.action].caption, e)
    code = run(asked.action)
    _part(code)
    return code


def _stand_by() -> int:
    """Loads what a click needs, then waits for one order on stdin and runs it.

    Returns DONE if stdin closes without an order.
    """
    with suppress(Exception):  # the error occurs again, and is reported, when the order runs
        _load_xlwings()
        _engine().warm()
        _macro(ACTIONS[0].name)
        importlib.import_module("toolkit.standard.catalog").load_catalog()
    order = sys.stdin.readline()
    return main(json.loads(order)) if order else DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m toolkit.launch", description="执行工作簿中的一个按钮")
    parser.add_argument("--pipe", required=True, metavar="NAME", help="LibreOffice 打开的管道")
    parser.add_argument("--document", required=True, metavar="UID", help="调用的文档")
    parser.add_argument("action", metavar="ACTION", help="操作的名称")
    return parser


def _macro(name: str) -> Callable[[], None]:
    found: Callable[[], None] = getattr(importlib.import_module("toolkit.buttons.macros"), name)
    return found


def _engine() -> Any:
    return importlib.import_module("toolkit.buttons.libreoffice.engine")


def _load_xlwings() -> Any:
    with without(*HEAVY):
        return importlib.import_module("xlwings")


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Makes imports of the named packages fail inside the block, as if not installed; loaded packages remain."""
    barred = [n for n in names if n not in sys.modules]
    sys.modules.update(dict.fromkeys(barred))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in barred:
            del sys.modules[name]


# ------------------------------------------------------------ when it fails


def _failed(caption: str, error: Exception) -> int:
    """Logs the failure and shows it in one message box. Returns TOLD, or UNTOLD if no box could be shown."""
    logged = _log(caption, error)
    text = f"“{caption}”没有完成。\n\n{_remedy(error)}\n\n{logged}"
    try:
        app = _load_xlwings().Book.caller().app
        app.screen_updating, app.status_bar = True, False
        app.alert(text, TITLE, mode="critical")
    except Exception as unreachable:
        _log(caption, unreachable)
        _say(text)
        return UNTOLD
    return TOLD


def _remedy(error: Exception) -> str:
    """Returns the cause and the remedy in Chinese."""
    if isinstance(error, (CannotRun, StandardError)):
        return str(error)
    if isinstance(error, ModuleNotFoundError):
        return f"缺少组件 {error.name}。请重新安装本工具；仍然不行的，把日志发给管理本工具的人。"
    if isinstance(error, PermissionError):
        return f"没有权限读写 {error.filename}。请关闭已打开的同名文件，或换一个文件夹，再试一次。"
    if isinstance(error, OSError):
        return f"读写 {error.filename or ''} 时出错（{error.strerror or error}）。请检查文件和磁盘后再试一次。"
    return (
        f"程序出错（{type(error).__name__}：{error}）。请先保存工作簿再试一次；仍然出错的，把日志发给管理本工具的人。"
    )


def _log(caption: str, error: Exception) -> str:
    """Writes the failure to the log; returns a sentence with its path, or with the reason why it cannot be written."""
    import logging
    from logging.handlers import RotatingFileHandler

    path = log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=500_000, backupCount=1, encoding="utf-8")
    except OSError as e:
        return f"日志也无法写入 {path}（{e.strerror or e}）。"
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    happened = (type(error), error, error.__traceback__)
    record = logging.LogRecord(TITLE, logging.ERROR, __file__, 0, caption, None, happened)
    try:
        handler.emit(record)
    finally:
        handler.close()
    return f"日志：{path}"


def _say(text: str) -> None:
    """Writes `text` to stderr for the process that started this one. Without a console there is only the log."""
    if sys.stderr is not None:
        sys.stderr.buffer.write(f"{text}\n".encode())
        sys.stderr.flush()


def _part(code: int) -> None:
    """Ends the display in LibreOffice; after DONE, sends the last status bar text to the launcher on stderr."""
    words = _engine().release()
    if code == DONE and words:
        _say(f"{CLOSING}{words}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
