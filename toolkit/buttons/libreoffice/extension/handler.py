"""LibreOffice's side of the buttons: `vnd.dangjian:<action>` runs the action in the product's own Python.

This file is packed into the extension and runs in LibreOffice's Python, so it uses only the product files packed
beside it. It dispatches only the names in actions.json there; a document can name an action but never add one.
The product's Python connects to this LibreOffice over a pipe. The pipe is opened for one action, and only that
process receives its name.
"""

from __future__ import annotations

import datetime
import glob
import importlib.util
import json
import os
import subprocess
import threading
import time
import traceback
import uuid
from pathlib import Path
from typing import Any

import unohelper
from com.sun.star.awt import XCallback
from com.sun.star.awt.MessageBoxType import ERRORBOX
from com.sun.star.bridge import XInstanceProvider
from com.sun.star.frame import FeatureStateEvent, XDispatch, XDispatchProvider
from com.sun.star.lang import XInitialization, XServiceInfo
from com.sun.star.uno import Exception as UnoException

SCHEME = "vnd.dangjian:"
IMPLEMENTATION = "org.dangjian.toolkit.Handler"
SERVICES = ("com.sun.star.frame.ProtocolHandler",)
CAPTIONS: dict[str, str] = json.loads((Path(__file__).parent / "actions.json").read_text(encoding="utf-8"))
TITLE = "党建报表"
STANDARD = "_标准"  # the hidden sheet of every workbook of the standard (META in standard/sheets.py)
OK = 1  # the one button of a message box
DONE, TOLD, UNTOLD = 0, 3, 4  # exit codes of launch.py; UNTOLD: the text for the user is on stderr
PIPES = ("/tmp", "/var/tmp")  # where LibreOffice puts them
CONNECT_WITHIN = 60  # seconds; the action itself has no time limit
CLOSING = "状态："  # prefix of a line on stderr: the text for the status bar after DONE (launch.py)
WORDS_STAY = 5  # seconds that a text remains in the status bar
LONGEST_LOG = 1_000_000  # bytes; a longer log is emptied
LONGEST_MESSAGE = 900  # characters that fit a message box
REINSTALL = "请在命令行运行“dangjian install-addin”，再重新打开 LibreOffice。"

_one_at_a_time = threading.Lock()
_running = ""  # caption of the running action


def _packed(name: str) -> Any:
    """Loads a module of the product packed beside this one, without changing sys.path of LibreOffice's Python."""
    spec = importlib.util.spec_from_file_location(f"dangjian_{name}", Path(__file__).parent / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_userdirs = _packed("userdirs")
_bench = _packed("waiting").Bench()


def log_file() -> Path:
    """Returns the path of the log, which receives all output of an action and every failure to start one."""
    folder: Path = _userdirs.log_dir()
    return folder / "libreoffice.log"


class Refused(Exception):
    """The action cannot be started; the Chinese text gives the reason and the remedy."""


def _python() -> tuple[str, int]:
    """Returns the path of the product's Python and when it was recorded (mtime in ns).

    A new installation changes the time. Raises Refused if the Python is not recorded or cannot run.
    """
    path = _userdirs.python_file()
    try:
        python: str = path.read_text(encoding="utf-8").strip()
        noted: int = path.stat().st_mtime_ns
    except OSError:
        raise Refused(f"没有找到程序位置文件：\n{path}\n\n{REINSTALL}") from None
    if not os.path.isabs(python) or not os.access(python, os.X_OK):
        raise Refused(f"程序位置文件中写的 Python 不存在或不能运行：\n{python}\n（见 {path}）\n\n{REINSTALL}")
    return python, noted


def _warm() -> None:
    """Starts a Python that waits for the next click. Failures are ignored here; the click reports them."""
    try:
        with _open_log() as log:
            _bench.warm(_python(), log)
    except (Refused, OSError):
        pass


def _open_log() -> Any:
    """Opens the log for appending; a log longer than LONGEST_LOG is emptied first."""
    path = log_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    long = path.exists() and path.stat().st_size > LONGEST_LOG
    return open(path, "wb" if long else "ab", buffering=0)


def _note(log: Any, text: str) -> None:
    """Writes a line with the time to the log."""
    log.write(f"{datetime.datetime.now():%Y-%m-%d %H:%M:%S} {text}\n".encode())


class Context(unohelper.Base, XInstanceProvider):
    """Gives the product's Python the only object it asks for: the component context."""

    def __init__(self, context: Any) -> None:
        self.context = context

    def getInstance(self, name: str) -> Any:
        """Returns the component context by its name, None for any other name."""
        return self.context if name == "StarOffice.ComponentContext" else None


class Later(unohelper.Base, XCallback):
    """A function to be called in LibreOffice's main thread, the only thread that may open windows."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def notify(self, data: Any) -> None:
        """Calls the function."""
        self.function()


class Run:
    """One action on the document of one frame."""

    def __init__(self, context: Any, frame: Any, action: str) -> None:
        self.context, self.frame, self.action = context, frame, action

    def _service(self, name: str) -> Any:
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def begin(self) -> None:
        """Starts the action in its own thread. Shows a message if it is unknown or another one is running."""
        global _running
        if self.action not in CAPTIONS:
            self.tell("这不是本扩展提供的操作，没有执行。请只用“党建报表”菜单、工具栏或工作簿中的按钮。")
        elif not _one_at_a_time.acquire(blocking=False):
            self._refuse_second()
        else:
            _running = CAPTIONS[self.action]
            threading.Thread(target=self._guarded, daemon=True).start()

    def _refuse_second(self) -> None:
        text = f"正在执行“{_running}”，请等它完成后再点“{CAPTIONS[self.action]}”。"
        with _open_log() as log:
            _note(log, f"{self.action}: refused, {_running} is running")
        self._show(text)

    def _show(self, text: str) -> None:
        """Shows a text in the status bar for WORDS_STAY seconds."""
        indicator = self.frame.createStatusIndicator()
        indicator.start(text, 0)
        threading.Timer(WORDS_STAY, indicator.end).start()

    def _guarded(self) -> None:
        global _running
        try:
            with _open_log() as log:
                self._logged(log)
        except OSError as e:
            self.tell(f"“{CAPTIONS[self.action]}”没有完成：{e}\n\n请检查磁盘空间和文件夹权限后再试。")
        finally:
            _running = ""
            _one_at_a_time.release()
        _warm()

    def _logged(self, log: Any) -> None:
        caption = CAPTIONS[self.action]
        _note(log, f"{self.action}: started")
        try:
            code, said = self._run(log)
            log.write(said)
            _note(log, f"{self.action}: exit code {code}")
            text = said.decode("utf-8", "replace").strip()
            if code == UNTOLD:
                self.tell(text[-LONGEST_MESSAGE:])
            elif code == DONE and CLOSING in text:
                self._show(text.rpartition(CLOSING)[2])
            elif code not in (DONE, TOLD):
                self.tell(f"“{caption}”没有完成。\n\n{REINSTALL}\n如仍不行，请把运行记录交给技术人员：\n{log_file()}")
        except Refused as e:
            _note(log, f"{self.action}: {e}")
            self.tell(f"“{caption}”没有执行。\n\n{e}")
        except Exception:  # LibreOffice would not report it
            _note(log, traceback.format_exc())
            self.tell(f"“{caption}”没有完成。\n\n请保存后重新打开工作簿再试。运行记录：\n{log_file()}")
        finally:
            _note(log, f"{self.action}: ended")

    def _run(self, log: Any) -> tuple[int, bytes]:
        """Runs the action; returns its exit code and its output on stderr."""
        document = self.frame.Controller.Model if self.frame and self.frame.Controller else None
        if document is None:
            raise Refused("没有打开的工作簿。请先打开要处理的工作簿。")
        pipe = f"dangjian{uuid.uuid4().hex}"
        started = _bench.take(_python(), log)
        try:
            started.order("--pipe", pipe, "--document", document.RuntimeUID, self.action)
            return self._served(started.process, pipe, document), started.words()
        finally:
            started.end()

    def _served(self, process: subprocess.Popen[bytes], pipe: str, document: Any) -> int:
        """Waits for the process, which may call LibreOffice over the bridge; returns its exit code."""
        connection = self._accept(process, pipe)
        if connection is None:
            return process.wait() or 1
        factory = self._service("com.sun.star.bridge.BridgeFactory")
        bridge = factory.createBridge("", "urp", connection, Context(self.context))
        code = process.wait()
        bridge.dispose()
        while code not in (DONE, TOLD, UNTOLD) and document.hasControllersLocked():
            document.unlockControllers()  # the process died early: make the window usable again
        return code

    def _accept(self, process: subprocess.Popen[bytes], pipe: str) -> Any:
        """Returns the connection; None if the process ended, or was killed after CONNECT_WITHIN, without one."""
        acceptor, over = self._service("com.sun.star.connection.Acceptor"), threading.Event()
        threading.Thread(target=_give_up, args=(process, acceptor, over), daemon=True).start()
        threading.Thread(target=_restore, args=(os.umask(0o077), pipe, over), daemon=True).start()
        try:
            return acceptor.accept(f"pipe,name={pipe}")
        except UnoException:
            if process.poll() is None:
                raise
            return None
        finally:
            over.set()

    def tell(self, text: str) -> None:
        """Shows a message box; works from any thread."""
        self._service("com.sun.star.awt.AsyncCallback").addCallback(Later(lambda: self._box(text)), None)

    def _box(self, text: str) -> None:
        window = self.frame.ContainerWindow if self.frame else None
        box = self._service("com.sun.star.awt.Toolkit").createMessageBox(window, ERRORBOX, OK, TITLE, text)
        box.execute()
        box.dispose()


def _restore(umask: int, pipe: str, over: threading.Event) -> None:
    """Sets the umask back once the pipe exists. It was narrowed so that only this user can connect to the pipe."""
    try:
        while not over.is_set() and not any(glob.glob(f"{folder}/OSL_PIPE_*{pipe}") for folder in PIPES):
            over.wait(0.005)
    finally:
        os.umask(umask)


def _give_up(process: subprocess.Popen[bytes], acceptor: Any, over: threading.Event) -> None:
    """Ends the wait for a process that does not connect within CONNECT_WITHIN seconds.

    stopAccepting has an effect only after the wait has begun, so it is called repeatedly.
    """
    limit = time.monotonic() + CONNECT_WITHIN
    while not over.wait(0.1):
        if time.monotonic() > limit:
            process.kill()
        if process.poll() is not None:
            acceptor.stopAccepting()


def _is_ours(frame: Any) -> bool:
    """Returns whether the frame shows a workbook of the standard; only there a click is expected."""
    model = frame.Controller.Model if frame and frame.Controller else None
    return model is not None and hasattr(model, "Sheets") and bool(model.Sheets.hasByName(STANDARD))


class Handler(unohelper.Base, XDispatchProvider, XDispatch, XInitialization, XServiceInfo):
    """LibreOffice's protocol handler for `vnd.dangjian:` in buttons, menus, toolbars and documents."""

    def __init__(self, context: Any, *_: Any) -> None:
        self.context, self.frame = context, None

    def initialize(self, arguments: Any) -> None:
        """Keeps the frame that LibreOffice passes."""
        if arguments:
            self.frame = arguments[0]

    def queryDispatch(self, url: Any, target: str, flags: int) -> Any:
        """Returns this handler for `vnd.dangjian:`, None for other URLs.

        Starts a waiting Python if the frame shows a workbook of the standard.
        """
        if not url.Complete.startswith(SCHEME):
            return None
        if _is_ours(self.frame):
            threading.Thread(target=_warm, daemon=True).start()
        return self

    def queryDispatches(self, requests: Any) -> Any:
        """Answers several queries."""
        return tuple(self.queryDispatch(r.FeatureURL, r.FrameName, r.SearchFlags) for r in requests)

    def dispatch(self, url: Any, arguments: Any) -> None:
        """Runs the action that the URL names."""
        Run(self.context, self.frame, url.Complete[len(SCHEME) :]).begin()

    def addStatusListener(self, listener: Any, url: Any) -> None:
        """Reports the entry as enabled."""
        listener.statusChanged(FeatureStateEvent(self, url, "", True, False, None))

    def removeStatusListener(self, listener: Any, url: Any) -> None:
        """Does nothing, because the state never changes."""

    def getImplementationName(self) -> str:
        """Returns the UNO implementation name."""
        return IMPLEMENTATION

    def supportsService(self, name: str) -> bool:
        """Returns whether the service is supported."""
        return name in SERVICES

    def getSupportedServiceNames(self) -> Any:
        """Returns the supported services."""
        return SERVICES


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Handler, IMPLEMENTATION, SERVICES)
