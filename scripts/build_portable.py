#!/usr/bin/env python3
"""Makes a folder that runs without an installed Python.

python scripts/build_portable.py --platform win_amd64 -o DIR [--python ZIP --sha256 HEX] [--setup]
python scripts/build_portable.py --platform linux_x86_64 -o DIR

Windows: wheels are fetched for that platform, nothing is run. The embeddable Python comes from a person, with the
SHA-256 that python.org publishes; without it the folder has the place for it. `--setup` also makes a setup.exe with
NSIS. Linux: one folder by PyInstaller, for this machine's glibc and newer ones.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

from check_package import build
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FILES = ROOT / "scripts" / "portable"
PYTHON = "3.12"
# pip judges environment markers by the machine it runs on, so what only Windows needs is named here.
WINDOWS_ONLY = ("pywin32", "colorama", "tzdata")
LICENCES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS")
MAX_PATH = 120  # characters below the folder; Windows allows 260 with the folder's own place


def windows(folder: Path, python: Path | None, digest: str) -> None:
    """Makes the folder for 64-bit Windows. Ends with an error if the embeddable Python is not the published one."""
    packages = folder / "python" / "Lib" / "site-packages"
    packages.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        wheels = Path(scratch) / "wheels"
        wheels.mkdir()
        own = build(Path(scratch))
        there = ["--platform", "win_amd64", "--python-version", PYTHON, "--only-binary=:all:"]
        _run(sys.executable, "-m", "pip", "download", "-q", *there, "-d", wheels, own, *WINDOWS_ONLY)
        found = sorted(wheels.glob("*.whl"))
        # pip downloads for that Python, but judges the files it then installs by the Python that runs it.
        place = [*there, "--ignore-requires-python", "--no-compile", "-t", packages]
        _run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", *place, *found)
    if python:
        _unpack_python(python, digest, folder / "python")
    nodot = PYTHON.replace(".", "")
    # The embeddable Python ignores PYTHONPATH and the registry; this file alone says where modules are.
    _write(folder / "python" / f"python{nodot}._pth", f"python{nodot}.zip\n.\nLib\\site-packages\nimport site\n")
    for source in FILES.glob("*.bat"):
        (folder / source.name).write_bytes(_for_cmd(source.read_text("utf-8")))
    note = (FILES / "先读我-Windows.txt").read_text("utf-8").format(zip=f"python-{PYTHON}.x-embed-amd64.zip")
    (folder / "先读我.txt").write_bytes("\ufeff".encode() + note.replace("\n", "\r\n").encode())
    _extras(folder, packages)
    if missing := unresolved(packages):
        sys.exit(f"The folder lacks: {', '.join(missing)}")
    if long := [str(p) for p in folder.rglob("*") if len(str(p.relative_to(folder))) > MAX_PATH]:
        sys.exit(f"Paths too long for Windows: {long[:3]}")


def _for_cmd(text: str) -> bytes:
    """A batch file as cmd.exe of a Chinese Windows reads it."""
    return text.replace("\n", "\r\n").encode("gbk")


def _unpack_python(python: Path, digest: str, target: Path) -> None:
    if hashlib.sha256(python.read_bytes()).hexdigest() != digest.lower():
        sys.exit(f"{python} does not have the SHA-256 {digest or '(none given: --sha256)'}")
    with zipfile.ZipFile(python) as archive:
        archive.extractall(target)


def unresolved(packages: Path) -> list[str]:
    """Returns what the packages of a Windows folder require and the folder lacks, by the packages' own metadata."""
    where = {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
        "python_version": PYTHON,
        "python_full_version": f"{PYTHON}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    metadata = [HeaderParser().parsestr(m.read_text("utf-8")) for m in packages.glob("*.dist-info/METADATA")]
    versions = {canonicalize_name(m["Name"]): m["Version"] for m in metadata}
    missing = []
    for m in metadata:
        for requirement in map(Requirement, m.get_all("Requires-Dist", [])):
            if requirement.marker and not requirement.marker.evaluate(where):
                continue
            version = versions.get(canonicalize_name(requirement.name))
            if version is None or not requirement.specifier.contains(version, prereleases=True):
                missing.append(f"{requirement.name} (for {m['Name']})")
    return missing


def linux(folder: Path) -> None:
    """Makes the folder for Linux with PyInstaller, in an environment of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        _run(sys.executable, "-m", "venv", place / "env")
        programs = place / "env" / "bin"
        _run(programs / "pip", "install", "-q", "--disable-pip-version-check", build(place), "pyinstaller>=6.10,<7")
        entry = place / "dangjian.py"
        _write(entry, (FILES / "entry.py").read_text("utf-8"))
        collect = [f"--collect-all={name}" for name in ("toolkit", "jinja2", "docx", "chinese_calendar")]
        out = ["--distpath", place / "dist", "--workpath", place / "work", "--specpath", place]
        _run(programs / "pyinstaller", "--noconfirm", "--log-level=ERROR", "--onedir", *collect, *out, entry)
        shutil.copytree(place / "dist" / "dangjian", folder / "program", symlinks=True)
        start = folder / "dangjian"
        _write(start, (FILES / "dangjian.sh").read_text("utf-8").replace("@GLIBC@", needed_glibc(folder)))
        start.chmod(0o755)
        for source in FILES.glob("*.desktop"):
            shortcut = folder / source.name
            _write(shortcut, source.read_text("utf-8"))
            shortcut.chmod(0o755)  # desktops start only those that may be executed
        shutil.copy(FILES / "先读我-Linux.txt", folder / "先读我.txt")
        _extras(folder, next((place / "env" / "lib").glob("python3*")) / "site-packages")


def needed_glibc(folder: Path) -> str:
    """Returns the newest version of the C library that a program or library below the folder asks for."""
    asked = {0}
    for path in folder.rglob("*"):
        if path.is_file() and (data := path.read_bytes()).startswith(b"\x7fELF"):
            asked |= {int(minor) for minor in re.findall(rb"GLIBC_2\.([0-9]+)", data)}
    return f"2.{max(asked)}"


def _extras(folder: Path, packages: Path) -> None:
    """Adds a way to the handbook in the package, samples, and the licences of all that is inside."""
    _write(folder / "手册.html", way_to_handbook(folder))
    shutil.copytree(ROOT / "workbooks", folder / "示例")
    licences = folder / "许可证"
    licences.mkdir()
    shutil.copy(ROOT / "LICENSE", licences / "LICENSE.txt")
    for info in sorted(packages.glob("*.dist-info")):
        name = info.name.removesuffix(".dist-info")
        texts = [p for p in info.rglob("*") if p.is_file() and p.name.upper().startswith(LICENCES)]
        head = HeaderParser().parsestr((info / "METADATA").read_text("utf-8"))
        said = head["License-Expression"] or head["License"] or "see the home page"
        parts = [f"{head['Name']} {head['Version']}\n{said}\n{head['Home-page'] or ''}\n"]
        _write(licences / f"{name}.txt", "\n".join([*parts, *(t.read_text("utf-8", "replace") for t in texts)]))


def way_to_handbook(folder: Path) -> str:
    """Returns a page that leads to the first page of the handbook, wherever the folder is moved."""
    first = next(folder.rglob("docs/handbook/html/README.html")).relative_to(folder)
    return f'<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={first.as_posix()}"><title>手册</title>'


def setup_exe(folder: Path) -> Path:
    """Makes setup.exe from a finished Windows folder. Needs NSIS."""
    if not (makensis := shutil.which("makensis")):
        sys.exit("--setup needs NSIS (Debian: apt install nsis)")
    target = folder.parent / f"{folder.name}-setup.exe"
    _run(makensis, "-V2", f"-DSOURCE={folder}", f"-DTARGET={target}", FILES / "setup.nsi")
    return target


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def _run(*command: object) -> None:
    """Runs a program that sees its own environment alone: PYTHONPATH would put this checkout in the place of the package."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([str(c) for c in command], env=clean | {"PYTHONDONTWRITEBYTECODE": "1"})
    if done.returncode:
        sys.exit(f"Failed: {command[0]} {command[1]}")


def _size(path: Path) -> str:
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file() and not p.is_symlink()]
    return f"{path}: {sum(p.stat().st_size for p in files) / 1e6:.0f} MB in {len(files)} files"


def main() -> None:
    """Makes the folder and prints its size."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--platform", choices=("win_amd64", "linux_x86_64"), required=True)
    parser.add_argument("-o", "--output", type=Path, default=Path("dist"))
    parser.add_argument("--python", type=Path, help="the embeddable Python, a zip from python.org")
    parser.add_argument("--sha256", default="", help="its SHA-256 as python.org publishes it")
    parser.add_argument("--setup", action="store_true", help="also a setup.exe (Windows)")
    asked = parser.parse_args()
    folder = asked.output.resolve() / f"dangjian-{'win64' if asked.platform == 'win_amd64' else 'linux64'}"
    if folder.exists():
        sys.exit(f"{folder} exists already")
    folder.mkdir(parents=True)
    if asked.platform == "win_amd64":
        windows(folder, asked.python, asked.sha256)
    else:
        linux(folder)
    print(_size(folder))
    if asked.setup:
        print(_size(setup_exe(folder)))


if __name__ == "__main__":
    main()
