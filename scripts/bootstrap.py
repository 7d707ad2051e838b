#!/usr/bin/env python3
"""Sets up a bare machine with Python 3.11 or newer, then runs the demo, the tests or the package check.

python3 scripts/bootstrap.py demo [-o DIR]      workbooks, check, aggregate, five documents
python3 scripts/bootstrap.py test [pytest args] linters, type checker, tests
python3 scripts/bootstrap.py package            the installed package, tested outside the checkout

Creates .venv in the project folder and installs the packages declared in setup.cfg. As root on Debian it
also installs LibreOffice, Chromium and fonts, which the tests of real documents and of the window need.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
OFFICE = [
    "libreoffice-calc",
    "libreoffice-writer",
    "fonts-noto-cjk",
    "fonts-crosextra-carlito",
    "poppler-utils",
    "python3-uno",
    "xvfb",
    "xdotool",
    "chromium",
]

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")  # any of them drives the tests of the window
FONTS = "texlive-lang-chinese"  # only its Fandol fonts are used: FangSong, Kai, Hei
FONT_FOLDER = (
    Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "fandol"
)  # the same as in word/filling/fonts.conf
FONT_PLACES = (Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"), FONT_FOLDER)


def run(*command: str | Path, **more: object) -> None:
    """Runs one step; a failure ends the script with its exit code."""
    done = subprocess.run([str(c) for c in command], cwd=ROOT, **more)  # type: ignore[call-overload]
    if done.returncode:
        sys.exit(done.returncode)


def apt(*packages: str) -> bool:
    """Installs Debian packages if possible; returns whether they are installed."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)  # type: ignore[call-overload]
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    return subprocess.run(command, **quiet).returncode == 0  # type: ignore[call-overload,no-any-return]


def fonts() -> bool:
    """Unpacks the free fonts that replace the official ones in tests and pictures; returns whether they exist."""
    if _has_fonts():
        return True
    if not shutil.which("apt-get"):
        return False
    with tempfile.TemporaryDirectory() as folder:
        quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
        for step in (["download", FONTS], ["update"], ["download", FONTS]):  # a new machine has no package lists yet
            if not list(Path(folder).glob("*.deb")):
                subprocess.run(["apt-get", *step], **quiet)  # type: ignore[call-overload]
        for package in Path(folder).glob("*.deb"):
            subprocess.run(["dpkg", "-x", package.name, "out"], **quiet)  # type: ignore[call-overload]
        FONT_FOLDER.mkdir(parents=True, exist_ok=True)
        for font in Path(folder).glob("out/**/Fandol*.otf"):
            shutil.copy(font, FONT_FOLDER)
    return _has_fonts()


def _has_fonts() -> bool:
    return any(any(folder.glob("FandolFang*.otf")) for folder in FONT_PLACES)


def make_venv() -> None:
    """Creates .venv with the product and its tools; repeats this only after a change of setup.cfg."""
    stamp, wanted = VENV / "installed-from", (ROOT / "setup.cfg").read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print("安装运行环境（首次约需一两分钟）……", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, check=False)
    if made.returncode:  # Debian has ensurepip in a separate package
        if not apt("python3-venv"):
            sys.exit("无法建立虚拟环境：请先安装 python3-venv（sudo apt-get install python3-venv），再重新运行。")
        run(sys.executable, "-m", "venv", "--clear", VENV)
    run(BIN / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", "-e", f"{ROOT}[dev]")
    stamp.write_text(wanted, encoding="utf-8")


def demo(args: list[str]) -> None:
    """Runs the main job on a fictional city."""
    run(BIN / "dangjian", "demo", *(args or ["-o", "out/demo"]))


def package(_: list[str]) -> None:
    """Checks that the installed package works without the checkout."""
    office()
    run(BIN / "python", "scripts/check_package.py")


def office() -> None:
    """Installs LibreOffice, Chromium and fonts, which tests need; in CI, ends the script on failure."""
    lacking = not all(map(shutil.which, ("soffice", "Xvfb", "xdotool"))) or not any(map(shutil.which, CHROMIUM))
    if lacking and not apt(*OFFICE) and os.environ.get("CI"):
        sys.exit("LibreOffice and Chromium are needed for the tests in CI and could not be installed.")
    if not fonts() and os.environ.get("CI"):
        sys.exit("The Fandol fonts are needed for the tests in CI and could not be unpacked.")


def test(args: list[str]) -> None:
    """Runs all checks: style, types, layers, tests."""
    office()
    run(BIN / "ruff", "check", "toolkit", "scripts", "tests")
    run(BIN / "ruff", "format", "--check", "toolkit", "scripts", "tests")
    run(BIN / "mypy")
    run(BIN / "lint-imports", "setup.cfg", stdout=subprocess.DEVNULL if not os.environ.get("CI") else None)
    run(BIN / "pytest", *(args or ["-n", "auto", "--dist", "loadgroup"]))


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"需要 Python 3.11 或更高版本，当前为 {sys.version.split()[0]}。")
    commands = {"demo": demo, "test": test, "package": package}
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    make_venv()
    commands[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    main()
