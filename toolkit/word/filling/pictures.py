"""Pictures in templates: {{ 图.组织架构 }} prints 组织架构.png or .jpg from the folder 图片 beside the template.

The folder is fixed and the name must be a plain word, so no template and no cell can reach another file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx.image.exceptions import UnrecognizedImageError
from docx.image.image import Image
from markupsafe import Markup

from ...errors import CannotRun
from ..more_parts import MoreParts
from ..ooxml import R
from .box import EMU
from .page import text_width

NAME, FOLDER = "图", "图片"
SUFFIXES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
MAX_FILE = 5_000_000
_SPACING = re.compile("<w:spacing [^<>]*/>")
_AFTER_SPACING = re.compile(
    "<w:(?:ind|contextualSpacing|mirrorIndents|jc|textAlignment|outlineLvl|rPr|sectPr)[ />]|</w:pPr>"
)
_ROOM = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'  # an exact height would cut it off


@dataclass(frozen=True)
class Picture:
    """One picture file with its printed size."""

    name: str
    suffix: str
    data: bytes
    width: int  # EMU
    height: int


def load(folder: Path, name: str) -> Picture:
    """Returns the picture of this name, scaled down to the text width if it is wider.

    Raises CannotRun if there is no such file, or it exceeds MAX_FILE bytes or cannot be read.
    """
    found = [folder / f"{name}{s}" for s in SUFFIXES if name.isidentifier() and (folder / f"{name}{s}").is_file()]
    if not found:
        raise CannotRun(
            f"模板要印图片“{name}”，没有找到。请把 {name}.png 或 {name}.jpg 放进模板旁边的“{FOLDER}”文件夹，或改用图表目录里的名称。"
        )
    if found[0].stat().st_size > MAX_FILE:
        raise CannotRun(f"图片“{found[0].name}”超过 {MAX_FILE // 1_000_000} MB。请缩小后再试。")
    data = found[0].read_bytes()
    try:
        image = Image.from_blob(data)
    except (UnrecognizedImageError, ValueError, KeyError, OSError) as e:
        raise CannotRun(f"图片“{found[0].name}”打不开。请另存为 PNG 或 JPEG 后再试。") from e
    width, height = int(image.width), int(image.height)
    scale = min(1.0, text_width() * EMU / width)
    return Picture(name, found[0].suffix.lower(), data, int(width * scale), int(height * scale))


def drawing(picture: Picture, number: int) -> str:
    """Returns the run that shows a picture; `number` is its position among the document's pictures, from 1."""
    size = f'cx="{picture.width}" cy="{picture.height}"'
    name, space = picture.name, "http://schemas.openxmlformats.org/drawingml/2006"
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{space}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {size}/><wp:docPr id="{9500 + number}" name="{name}" descr="{name}"/>'
        f'<a:graphic xmlns:a="{space}/main"><a:graphicData uri="{space}/picture"><pic:pic xmlns:pic="{space}/picture">'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="{name}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip xmlns:r="{R}" r:embed="{_relation(number)}"/><a:stretch><a:fillRect/></a:stretch>'
        f'</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect">'
        "<a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def _relation(number: int) -> str:
    return f"rIdpicture{number}"


def with_room(paragraph: str) -> str:
    """Returns a paragraph's first token with automatic line height, so that the picture fits."""
    if "</w:pPr>" not in paragraph:
        at = paragraph.index(">") + 1
        return f"{paragraph[:at]}<w:pPr>{_ROOM}</w:pPr>{paragraph[at:]}"
    return _AFTER_SPACING.sub(lambda m: _ROOM + m[0], _SPACING.sub("", paragraph), count=1)


def add_picture(more: MoreParts, picture: Picture, number: int) -> None:
    """Adds what a numbered picture needs besides the text: its data."""
    part = f"media/picture{number}{picture.suffix}"
    more.add(part, picture.data, SUFFIXES[picture.suffix])
    more.relate(_relation(number), "image", part)


class Pictures:
    """The object 图 in a template: 图.NAME prints the declared chart of this name, or else that picture."""

    def __init__(
        self,
        template: Path,
        print_: Callable[[Any], Markup],
        charts: Mapping[str, Callable[[], Any]],
    ) -> None:
        self._folder, self._print, self._charts = template.parent / FOLDER, print_, charts

    def __getitem__(self, name: str) -> Markup:
        return self._print(self._charts[name]() if name in self._charts else load(self._folder, name))
