"""The VBA: text in git, the bin built from it, and what LibreOffice makes of it."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import build_addin
import build_vba
import pytest
from olefile import OleFileIO
from oletools.olevba import VBA_Parser, decompress_stream

from toolkit.buttons.addin import install as addin
from toolkit.errors import CannotRun
from toolkit.excel.actions import ACTIONS
from toolkit.excel.unit.buttons import PROJECT

VBA = PROJECT.parent
MEND = "mend with: python scripts/build_vba.py && python scripts/build_addin.py"
DOCUMENTS = {"ThisWorkbook", "Sheet1"}


def text_of(name: str) -> str:
    return (VBA / f"{name}.bas").read_text("ascii")


def stream(name: str) -> bytes:
    with OleFileIO(BytesIO(PROJECT.read_bytes())) as ole:
        return bytes(ole.openstream(f"VBA/{name}").read())


# ------------------------------------------------------------ the text


def test_sources_are_as_written() -> None:
    assert sorted(p.stem for p in VBA.glob("*.bas")) == ["modMain", "modRun", "modText"]
    for name, text in build_vba.sources().items():
        assert text_of(name) == text.replace("\r\n", "\n"), MEND


def test_every_action_has_its_procedure() -> None:
    subs = re.findall(
        r'^Public Sub (\w+)\(\)\n    modRun\.RunAction "(\w+)"\nEnd Sub$', text_of("modMain"), re.MULTILINE
    )
    assert subs == [(a.name, a.name) for a in ACTIONS]


def test_messages_can_be_read_back_and_are_all_there() -> None:
    said = dict(re.findall(r'Case "(\w+)"\n +Say = Decoded\("([0-9A-F]+)"\)', text_of("modText")))
    assert {k: bytes.fromhex(v).decode("utf-16-be") for k, v in said.items()} == build_vba.TEXTS
    assert set(re.findall(r'Say\("(\w+)"\)', text_of("modRun"))) == set(said)


def test_every_problem_names_a_remedy() -> None:
    labels = {"title", "reason", "log"}
    assert [k for k, text in build_vba.TEXTS.items() if k not in labels and "处理：" not in text] == []


def test_conditional_lines_stand_only_inside_procedures() -> None:
    """LibreOffice skips them: around a header they would leave two headers."""
    inside = False
    for line in text_of("modRun").splitlines():
        if re.match(r"(Public|Private) (Sub|Function)", line):
            assert not inside
            inside = True
        assert not line.startswith("#") or inside
        inside = inside and line not in ("End Sub", "End Function")
    assert all(len(line) < 1023 for p in VBA.glob("*.bas") for line in p.read_text("ascii").splitlines())


# ------------------------------------------------------------ the bin


def test_committed_bin_is_as_built() -> None:
    assert build_vba.project(build_vba.sources()) == PROJECT.read_bytes(), MEND


def test_olevba_reads_each_module_back_to_the_letter() -> None:
    parser = VBA_Parser(PROJECT.name, data=PROJECT.read_bytes())
    read = {Path(name).stem: code for _, _, name, code in parser.extract_macros()}
    assert {name: code for name, code in read.items() if name not in DOCUMENTS} == build_vba.sources()
    assert set(read) >= DOCUMENTS
    assert all(line.startswith("Attribute ") for name in DOCUMENTS for line in read[name].splitlines() if line)


def test_no_compiled_code_inside() -> None:
    directory = decompress_stream(bytearray(stream("dir")))
    offsets = re.findall(rb"\x31\x00\x04\x00\x00\x00(....)", directory, re.DOTALL)
    assert offsets == [bytes(4)] * (len(build_vba.sources()) + len(DOCUMENTS))
    assert stream("_VBA_PROJECT") == bytes.fromhex("cc61ffff000100")


# ------------------------------------------------------------ the add-in


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as z:
        return {name: z.read(name) for name in z.namelist()}


def test_committed_addin_is_as_built() -> None:
    assert parts(build_addin.ADDIN.read_bytes()) == parts(build_addin.addin()), MEND


def test_addin_is_one_and_has_the_ribbon() -> None:
    made = parts(build_addin.ADDIN.read_bytes())
    assert build_addin.ADDIN_TYPE in made["[Content_Types].xml"]
    assert build_addin.BOOK_TYPE not in made["[Content_Types].xml"]
    assert made["xl/vbaProject.bin"] == PROJECT.read_bytes()
    assert made["_rels/.rels"].count(b'Target="customUI/customUI14.xml"') == 1
    buttons = [e.attrib for e in ElementTree.fromstring(made[build_addin.RIBBON]).iter() if e.tag.endswith("}button")]
    order = [a for kind in build_addin.GROUPS for a in ACTIONS if a.kind == kind]
    assert [(b["tag"], b["label"], b["supertip"]) for b in buttons] == [(a.name, a.caption, a.tip) for a in order]
    assert {a.name for a in order} == {a.name for a in ACTIONS}
    assert {b["onAction"] for b in buttons} == {"RibbonRun"} and "Public Sub RibbonRun(" in text_of("modRun")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("APPDATA", str(tmp_path / "应用 数据"))
    monkeypatch.setattr(addin, "python_file", lambda: tmp_path / "python.txt")
    return tmp_path


@pytest.mark.parametrize(
    ("platform", "files"),
    [
        ("win32", ["应用 数据/Microsoft/Excel/XLSTART/dangjian.xlam"]),
        (
            "darwin",
            [
                "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel/dangjian.xlam",
                "Library/Application Scripts/com.microsoft.Excel/dangjian.applescript",
            ],
        ),
    ],
)
def test_install_and_uninstall(home: Path, platform: str, files: list[str]) -> None:
    said = "\n".join(addin.install(platform))
    for name in files:
        assert (home / name).read_bytes() == (addin.HERE / Path(name).name).read_bytes() and str(home / name) in said
    assert (home / "python.txt").read_text(encoding="utf-8") == f"{Path(sys.executable).absolute()}\n"
    assert "python.txt" in said and "重新打开 Excel" in said
    removed = "\n".join(addin.uninstall(platform))
    assert [name for name in files if str(home / name) not in removed] == []
    assert [p for p in home.rglob("*") if p.is_file()] == []
    assert addin.uninstall(platform) == ["没有安装过 Excel 加载项，不用卸载。"]


def test_install_compiles_the_modules_that_a_click_loads(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = home / "toolkit"
    (package / "excel").mkdir(parents=True)
    for name in ("launch.py", "excel/live.py"):
        (package / name).write_text("X = 1\n", encoding="utf-8")
    monkeypatch.setattr(addin, "PACKAGE", package)
    addin.install("win32")
    assert {p.name.partition(".")[0] for p in package.rglob("*.pyc")} == {"launch", "live"}


def test_uninstall_names_the_remedy(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    addin.install("win32")

    def refuse(path: Path) -> None:
        raise PermissionError(13, "文件被占用")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(CannotRun, match=r"dangjian\.xlam.*请先关闭 Excel"):
        addin.uninstall("win32")


# ------------------------------------------------------------ the commands that Excel would run


def code_of(action: str) -> str:
    """The -c code as modRun puts it together."""
    body = text_of("modRun").split("Private Function CodeOf")[1].split("End Function")[0]
    return "".join(re.findall(r'"([^"]*)"', body.split("CodeOf =")[1].replace('" & action & "', action)))


def test_windows_code_tells_a_missing_package_from_an_unknown_action(tmp_path: Path) -> None:
    def code(*options: str, action: str = "check_all") -> int:
        return subprocess.run(
            [sys.executable, *options, "-B", "-c", code_of(action)], cwd=tmp_path, capture_output=True
        ).returncode

    assert code("-S", "-I") == 97  # without site-packages
    assert code(action="no_such_action") == 2
    assert re.fullmatch(r"import sys; sys\.version_info >= \(3, 11\) or sys\.exit\(96\); .*", code_of("x"))


def test_mac_script_passes_names_through_untouched(tmp_path: Path) -> None:
    """Its shell part, with a Python that writes down what it was given."""
    script = (addin.HERE / "dangjian.applescript").read_text("ascii")
    steps = "".join(re.findall(r'^\tset steps to (?:steps & )?"(.*)"$', script, re.MULTILINE)).replace('\\"', '"')
    given, python = tmp_path / "given", tmp_path / "假 python&%"
    python.write_text(f'#!/bin/sh\nfor a in "$@"; do echo "$a"; done > "{given}"\n')
    python.chmod(0o755)
    config = tmp_path / "Library/Application Support/dangjian"
    config.mkdir(parents=True)
    (config / "python.txt").write_text(f"{python}\n", encoding="utf-8")
    asked = ["sh", "-c", f"{steps}; wait", "dangjian", "CODE", "报表 $HOME & 100%'.xlsm", "/Excel.app", "CHECKS"]
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    assert subprocess.run(asked, env=env, capture_output=True, text=True).stdout == "0\n"
    assert given.read_text().splitlines() == [
        "-B",
        "-c",
        "CODE",
        "--wb=报表 $HOME & 100%'.xlsm",
        "--from_xl=1",
        "--app=/Excel.app",
    ]
    python.write_text("#!/bin/sh\nexit 97\n")
    assert subprocess.run(asked, env=env, capture_output=True, text=True).stdout == "97\n"
    python.unlink()
    assert subprocess.run(asked, env=env, capture_output=True, text=True).stdout == "9009\n"
