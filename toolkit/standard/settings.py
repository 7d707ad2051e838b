"""The user's settings: a small file that people may also edit, dangjian/settings.toml in the folder of settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ..errors import CannotRun
from ..machine.atomic import write_own
from ..machine.userdirs import config_dir

# What can be set -> what it is, in the words of `dangjian config`.
SETTINGS: Mapping[str, str] = {
    "standard": "自己的标准文件夹，命令和按钮都按它办",
    "templates": "自己的 Word 模板文件夹，比随软件的模板优先",
    "roster": "应报单位名单，汇总和通报没有另外指明名单时用它",
}


def settings_file() -> Path:
    """Returns the file of the settings; it may not exist."""
    return config_dir() / "settings.toml"


def read_settings() -> dict[str, Path]:
    """Returns what is set, as absolute paths. Raises CannotRun if the file cannot be understood."""
    file = settings_file()
    try:
        text = file.read_text(encoding="utf-8")
        import tomllib  # not at every start: most people have set nothing

        found = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as e:
        raise CannotRun(f"设置读不懂：{file}（{e}）。请改正，或删去这个文件重新设置。") from e
    strange = [name for name, value in found.items() if name not in SETTINGS or not isinstance(value, str)]
    if strange:
        raise CannotRun(f"设置里没有“{strange[0]}”：{file}。可设：{'、'.join(SETTINGS)}。")
    return {name: Path(value) for name, value in found.items()}


def setting(name: str) -> Path | None:
    """Returns one setting, None if it is not set. Raises CannotRun if what it names is not there."""
    path = read_settings().get(name)
    if path is not None and not path.exists():
        raise CannotRun(
            f"设置里的“{name}”找不到：{path}。请放回原处，或重新设置。", f"重新设置：dangjian config {name}"
        )
    return path


def change_setting(name: str, path: Path | None) -> None:
    """Sets a path, or takes the setting back. Raises CannotRun if the file cannot be read or written."""
    found = {k: v for k, v in read_settings().items() if k != name}
    if path is not None:
        found[name] = path.absolute()
    # A JSON string is a TOML string too.
    lines = [f"{key} = {json.dumps(str(value), ensure_ascii=False)}\n" for key, value in sorted(found.items())]
    write_own(settings_file(), "".join(lines).encode())
