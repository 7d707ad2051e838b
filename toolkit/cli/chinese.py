"""Click's own texts in Chinese: usage, section titles, and messages about wrong arguments.

Click gets these texts from gettext; the tables here replace gettext for every locale. Texts that a later click adds
remain English.
"""

from __future__ import annotations

import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.types

WORDS = {
    "Usage:": "用法：",
    "Usage: ": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "Show this message and exit.": "显示本说明。",
    "default: {default}": "默认：{default}",
    "required": "必填",
    "Error: {message}": "错误：{message}",
    "Aborted!": "已中止。",
    "Try '{command} {option}' for help.": "用法说明：{command} {option}",
    "Missing command.": "没有写命令。",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Invalid value: {message}": "填写有误：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 填写有误：{message}",
    "No such option {name!r}.": "没有选项 {name}。",
    "No such option: {name}": "没有选项 {name}",
    "No such command {name!r}.": "没有命令 {name}。",
    "Option {name!r} does not take a value.": "选项 {name} 后面不用填内容。",
    "Could not open file {filename!r}: {message}": "打不开文件 {filename}：{message}",
    "{value!r} is not a valid {number_type}.": "“{value}”不是数字。",
    "{value} is not in the range {range}.": "{value} 不在范围 {range} 内。",
    "{name} {filename!r} does not exist.": "找不到{name}“{filename}”。",
    "{name} {filename!r} is a file.": "“{filename}”是文件，不是文件夹。",
    "{name} {filename!r} is a directory.": "“{filename}”是文件夹，不是文件。",
    "{name} {filename!r} is not readable.": "没有权限读取“{filename}”。",
    "{name} {filename!r} is not writable.": "没有权限写入“{filename}”。",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
}
COUNTED = {
    "Got unexpected extra argument ({args})": "多写了参数（{args}）",
    "Did you mean {possibility}?": "是否为 {possibility}？",
    "Option {name!r} requires an argument.": "选项 {name} 后面要填内容。",
    "{value!r} does not match the format {format}.": "“{value}”的格式不对，应如 2026-12-31。",
    "{value!r} is not {choice}.": "“{value}”不是可选的内容（{choice}）。",
}


def word(text: str) -> str:
    """Returns click's text in Chinese, or unchanged if it is not in WORDS."""
    return WORDS.get(text, text)


def counted(one: str, many: str, n: int) -> str:
    """Returns click's singular or plural text in Chinese, or in English if it is not in COUNTED."""
    return COUNTED.get(one, one if n == 1 else many)


def speak() -> None:
    """Makes click use the Chinese texts from now on."""
    for module in (click.core, click.decorators, click.exceptions, click.formatting, click.parser, click.types):
        for name, answer in (("_", word), ("ngettext", counted)):
            if name in vars(module):
                setattr(module, name, answer)
