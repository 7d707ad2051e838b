"""The colours and cell formats of the workbooks."""

from __future__ import annotations

from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

DEEP_RED, INK, GREY, LINE = "#9C1F1F", "#3B2F2A", "#8C8580", "#D8CBBE"
WARM, PALE, STONE, AMBER = "#F2DCC6", "#FBF4EC", "#E7E3DF", "#FFF0C2"
GREEN, GREEN_INK, ROSE = "#DDEFD9", "#2F6B2A", "#F8D5D0"
TAB_FRONT, TAB_REGISTER, TAB_ACTIVITY, TAB_WRITING = DEEP_RED, "#8A6D3B", "#D9A441", "#5B7F95"

TABLE_STYLE = "Table Style Light 7"  # pale orange bands in the default theme

# Rounded half up like wording.phrase.percent, which says 100% only of a whole: 99.96% stays 99.9%.
PERCENT = '[>=1]0.0%;[>=0.9995]"99.9%";0.0%'

PARTS: dict[str, dict[str, Any]] = {
    "body": {"font_name": "宋体", "font_size": 10.5, "font_color": INK, "valign": "vcenter"},
    "boxed": {"border": 1, "border_color": LINE},
    "wrap": {"text_wrap": True},
    "centre": {"align": "center"},
    "left": {"align": "left"},
    "right": {"align": "right"},
    "top": {"valign": "top"},
    "bold": {"bold": True},
    "title": {"font_name": "黑体", "font_size": 18, "font_color": DEEP_RED, "bold": True},
    "sheet_title": {"font_name": "黑体", "font_size": 15, "font_color": DEEP_RED, "bold": True},
    "band": {"font_name": "黑体", "font_size": 12, "font_color": "#FFFFFF", "bg_color": DEEP_RED, "indent": 1},
    "group": {"font_name": "黑体", "font_size": 10.5, "font_color": DEEP_RED, "bg_color": WARM},
    "notice": {
        "font_name": "黑体",
        "font_size": 11,
        "font_color": DEEP_RED,
        "bg_color": AMBER,
        "align": "center",
        "border": 1,
        "border_color": DEEP_RED,
    },
    "hint": {"font_name": "宋体", "font_size": 9.5, "font_color": GREY},
    "head": {
        "font_name": "微软雅黑",
        "font_size": 10,
        "bold": True,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
        "border": 1,
        "border_color": LINE,
    },
    "required": {"font_color": "#FFFFFF", "bg_color": DEEP_RED},
    "conditional": {"font_color": DEEP_RED, "bg_color": "#EBB98F"},
    "optional": {"font_color": INK, "bg_color": WARM},
    "computed": {"font_color": "#5F5953", "bg_color": STONE},
    "example": {"italic": True, "font_color": GREY, "bg_color": PALE},
    "link": {"font_color": "#1F5A8C", "underline": 1},
    "date": {"num_format": "yyyy-mm-dd", "align": "center"},
    "text": {"num_format": "@"},
    "percent": {"num_format": PERCENT},
    "signature": {"font_size": 12, "bottom": 1, "bottom_color": INK},
}


class Styles:
    """Creates cell formats from named parts; the same parts give the same format object."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[Any, ...], Format] = {}

    def get(self, *parts: str, **more: Any) -> Format:
        """Returns the format with the properties of all `parts` and `more`; later ones override earlier ones."""
        key = (*parts, *sorted(more.items()))
        if key not in self._made:
            properties = dict(PARTS["body"])
            for part in parts:
                properties.update(PARTS[part])
            self._made[key] = self._workbook.add_format(properties | more)
        return self._made[key]

    def signal(self, **properties: Any) -> Format:
        """Returns a format for conditional formatting, which must contain only the properties to change."""
        key = ("signal", *sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]
