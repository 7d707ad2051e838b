#!/usr/bin/env python3
"""Build the package, install it in an empty environment in another folder, and do the main job there.

    python scripts/check_package.py

Ends with an error where the sdist and the checkout give different wheels, a command fails, or a template is missing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65534
DOCUMENTS = {
    "situation": "单位工作簿/ZX001_*.xlsx",
    "duty": "单位工作簿/ZX002_*.xlsx",
    "study": "单位工作簿/ZX003_*.xlsx",
    "plan": "单位工作簿/GW001_*.xlsx",
    "summary": "汇总.xlsx",
}


def build(folder: Path) -> Path:
    """Builds a wheel from the checkout and one from the sdist; returns the latter. Both must hold the same files."""
    _run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder / "direct", ROOT)
    _run(sys.executable, "-m", "build", "-q", "--sdist", "--outdir", folder / "sdist", ROOT)
    source = next((folder / "sdist").glob("*.tar.gz"))
    _run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder / "wheel", source)
    direct, wheel = (next((folder / name).glob("*.whl")) for name in ("direct", "wheel"))
    if different := _files(direct) ^ _files(wheel):
        sys.exit(f"The sdist and the checkout give different wheels: {sorted(different)}")
    return wheel


def _files(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/RECORD")}


def check(wheel: Path, folder: Path) -> None:
    """Installs the wheel below `folder` and runs the commands there, away from the checkout."""
    venv.create(folder / "env", with_pip=True)
    programs = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    _run(programs / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", wheel)
    desk = folder / "desk"
    desk.mkdir()
    home = {name: str(folder / "home") for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")}
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))} | home
    dangjian = programs / "dangjian"
    _run(dangjian, "demo", "-o", "演示", cwd=desk, env=env)
    for name, source in DOCUMENTS.items():
        book = next((desk / "演示").glob(source))
        _run(dangjian, "fill", name, book, "-o", f"{name}.docx", cwd=desk, env=env)
    _run(dangjian, "new", "--unit", "云州市示例局", "--code", "SL001", "--macros", "-o", "空白", cwd=desk, env=env)
    _run(dangjian, "doctor", cwd=desk, env=env, allowed=(0, 1))  # 1 where this machine lacks official fonts
    _run(dangjian, "handbook", "check", "--no-browser", cwd=desk, env=env)
    _window(dangjian, env)
    if shutil.which("soffice"):
        _install_addin(dangjian, folder, env)
    elif os.environ.get("CI"):
        sys.exit("LibreOffice is needed to check install-addin in CI.")
    template = next((folder / "env").rglob("word_templates/situation.docx"))
    template.unlink()
    _run(dangjian, "fill", "situation", book, "-o", "无模板.docx", cwd=desk, env=env, allowed=(2,))


def _window(dangjian: Path, env: Mapping[str, str]) -> None:
    """The window serves its page and what the page loads."""
    process = subprocess.Popen([dangjian, "window", "--no-browser"], env=dict(env), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = next(found[0] for line in process.stdout if (found := re.search(r"http://\S+", line)))
        browser = build_opener(ProxyHandler({}), HTTPCookieProcessor())
        browser.open(address, timeout=60).read()
        pages = ("/docs/handbook/html/README.html", "/docs/handbook/html/handbook.css", "/docs/images/window-check.png")
        for path in ("/", "/window.js", "/window.css", "/api/state", *pages):
            if browser.open(urljoin(address, path), timeout=60).status != 200:
                sys.exit(f"The window does not serve {path}")
    finally:
        process.terminate()
        process.wait(60)


def _install_addin(dangjian: Path, folder: Path, env: Mapping[str, str]) -> None:
    """The buttons are installed for one user, who is not root."""
    own = folder / "user"
    own.mkdir()
    home = {name: str(own) for name in env if name == "HOME" or name.startswith("XDG_")}
    who: dict[str, Any] = {}
    if os.name != "nt" and os.geteuid() == 0:
        folder.chmod(0o755)
        os.chown(own, NOBODY, NOBODY)
        who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    _run(dangjian, "install-addin", cwd=own, env={**env, **home}, **who)


def _run(
    *command: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    allowed: tuple[int, ...] = (0,),
    **more: Any,
) -> None:
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=env, text=True, capture_output=True, **more)
    if done.returncode not in allowed or "Traceback" in done.stderr:
        sys.exit(
            f"{' '.join(map(str, command))}\nended with {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
        )


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        check(build(folder), folder)
    print(
        "The installed package works outside the checkout: demo, new --macros, five documents, doctor, install-addin."
    )


if __name__ == "__main__":
    main()
