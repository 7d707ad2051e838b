"""What `fill` tells beside the documents: the batch, the fonts this machine lacks, PDF and page images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..word.filling.fonts import missing_fonts
from .batch import Made
from .pages import to_images, to_pdf


def batch_text(made: Sequence[Made], out: Path) -> str:
    """How many documents were made, which are drafts, and which units have none and why."""
    done = [m for m in made if m.filled]
    lines = [f"已生成{len(done)}份，存放在 {out}"]
    lines += [f"草稿：{m.unit}缺{len(m.filled.missing)}项" for m in done if m.filled and m.filled.missing]
    failed = [m for m in made if m.why]
    if failed:
        lines.append(f"未生成{len(failed)}份：")
        lines += [f"  {m.unit}：{m.why}" for m in failed]
    return "\n".join(lines)


def fonts_text() -> str:
    """The official fonts that are missing here; nothing when all are there or it cannot be told."""
    lacking = missing_fonts()
    if not lacking:
        return ""
    return (
        f"提醒：本机缺少公文字体{'、'.join(lacking)}，打开时会以其他字体代替，版面可能变动。"
        "文件中写的仍是规定字体；请安装后再排版、打印。"
    )


def show_pages(documents: Sequence[Path], images: bool) -> str:
    """Put the PDF, and the page images when wanted, beside each document; tells which could not be made."""
    failed = []
    for folder in dict.fromkeys(d.parent for d in documents):
        here = [d for d in documents if d.parent == folder]
        for document, pdf in to_pdf(here, folder).items():
            if pdf is None:
                failed.append(document.name)
            elif images:
                to_images(pdf, folder)
    return f"没有转成 PDF：{'、'.join(failed)}。请用 Word 打开核对。" if failed else ""
