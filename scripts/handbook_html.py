"""The handbook as HTML, from its Markdown: one file a page, a side index, anchors, and the index of who needs which."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

NOTE = "<!-- Built by scripts/build_handbook.py; edit the Markdown. -->\n"
HELP = re.compile(r"<!-- 帮助：(.+?) -->")
ORDER = (
    ("开始", ("README", "教程", "启用宏", "窗口")),
    (
        "做事",
        ("填报和核定", "下发与收集", "成文和核对", "跟踪和看板", "做自己的模板", "从旧报告和旧台账开始", "改标准"),
    ),
    ("遇到问题", ("常见问题", "出错了怎么办", "问题代码")),
    ("查阅", ("数据字典", "指标目录", "台账的话", "应办事项", "公文检查规则", "命令")),
)
CSS = """\
:root{--ink:#3b2f2a;--red:#9c1f1f;--line:#d8cbbe;--pale:#fbf4ec;--quiet:#6b5f57}
*{box-sizing:border-box}
body{margin:0;color:var(--ink);background:#fff;font:1.05rem/1.7 "Microsoft YaHei","PingFang SC","Noto Sans CJK SC",sans-serif}
nav{position:fixed;top:0;bottom:0;left:0;width:15rem;overflow:auto;padding:1rem;background:var(--pale);border-right:1px solid var(--line);font-size:.95rem}
nav p{margin:.8rem 0 .2rem;color:var(--quiet)}nav a{display:block;padding:.1rem .4rem;text-decoration:none}
nav a.here{background:var(--red);color:#fff;border-radius:.3rem}nav a.part{padding-left:1.4rem;font-size:.9rem}
main{margin-left:15rem;padding:1rem 2rem 4rem;max-width:64rem}
h1{color:var(--red);font-size:1.6rem}h2{color:var(--red);font-size:1.25rem;border-bottom:1px solid var(--line);margin-top:2rem}h3{font-size:1.08rem}
a{color:#1f5a8c}img{max-width:100%;border:1px solid var(--line)}
table{border-collapse:collapse;margin:.6rem 0}th,td{border:1px solid var(--line);padding:.25rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:var(--pale);white-space:nowrap}
code{background:var(--pale);padding:.05rem .3rem;border-radius:.2rem}pre{background:var(--pale);padding:.7rem 1rem;overflow:auto;line-height:1.5}pre code{padding:0}
blockquote{margin:.6rem 0;padding:.1rem 1rem;border-left:.3rem solid var(--red);background:var(--pale)}
:target{background:#fff3c4}
@media (max-width:52rem){nav{position:static;width:auto;border:0;border-bottom:1px solid var(--line)}main{margin:0;padding:.6rem 1rem}nav a.part{display:none}}
@media print{nav{display:none}main{margin:0}}
"""


def anchor(title: str) -> str:
    """Returns the anchor of a heading as GitHub makes it: letters and digits stay, a blank becomes a hyphen."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


def text_of(token: Token) -> str:
    """Returns what a heading shows."""
    return "".join(t.content for t in token.children or () if t.type in ("text", "code_inline"))


class Page:
    """One page: its title, its headings with their anchors, the words it is the help for, and its HTML."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self._reader = MarkdownIt("commonmark").enable("table")
        self._tokens = self._reader.parse(path.read_text(encoding="utf-8"))
        self.title, self.parts, self.helps = self.name, list[tuple[str, str]](), dict[str, str]()
        asked: list[str] = []
        seen: dict[str, int] = {}
        for n, t in enumerate(self._tokens):
            if t.type == "html_block":
                asked += [word for found in HELP.findall(t.content) for word in found.split()]
            elif t.type == "heading_open":
                title = text_of(self._tokens[n + 1])
                at = anchor(title)
                seen[at] = seen.get(at, -1) + 1
                at += f"-{seen[at]}" if seen[at] else ""
                t.attrSet("id", at)
                if t.tag == "h1":
                    self.title = title
                elif t.tag == "h2":
                    self.parts.append((title, at))
                self.helps |= dict.fromkeys(asked, f"{self.name}.html#{at}")
                asked = []

    def body(self) -> str:
        """Returns the HTML of the text; links lead to the other pages, and to pictures two folders up."""
        for t in self._tokens:
            for c in t.children or ():
                if c.type == "link_open":
                    c.attrSet("href", _to_html(str(c.attrGet("href"))))
                elif c.type == "image":
                    c.attrSet("src", re.sub(r"^\.\./", "../../", str(c.attrGet("src"))))
                    c.attrSet("loading", "lazy")
        shown = [t for t in self._tokens if t.type != "html_block"]
        return str(self._reader.renderer.render(shown, self._reader.options, {}))


def _to_html(target: str) -> str:
    return re.sub(r"^([^:#]+)\.md(?=#|$)", r"\1.html", target)


def built(folder: Path) -> Iterator[tuple[str, str]]:
    """Yields name and text of each file of docs/handbook/html."""
    pages = {p.stem: Page(p) for p in sorted(folder.glob("*.md"))}
    listed = [name for _, names in ORDER for name in names]
    if set(listed) != set(pages):
        raise SystemExit(f"ORDER and the pages differ: {sorted(set(listed) ^ set(pages))}")
    index = {name: f"{name}.html" for name in listed}
    for name in listed:
        if twice := index.keys() & pages[name].helps:
            raise SystemExit(f"{name}.md: help for {sorted(twice)} stands elsewhere too")
        index |= pages[name].helps
    yield "handbook.css", CSS
    yield "index.json", json.dumps(index, ensure_ascii=False, indent=1) + "\n"
    for page in pages.values():
        yield f"{page.name}.html", _whole(page, pages)


def _whole(page: Page, pages: dict[str, Page]) -> str:
    side = "".join(_group(title, names, page, pages) for title, names in ORDER)
    return (
        f'<!DOCTYPE html>\n{NOTE}<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{html.escape(page.title)} - 使用手册</title>\n"
        '<link rel="stylesheet" href="handbook.css">\n</head>\n<body>\n'
        f'<nav aria-label="目录">{side}</nav>\n<main>\n{page.body()}</main>\n</body>\n</html>\n'
    )


def _group(title: str, names: tuple[str, ...], page: Page, pages: dict[str, Page]) -> str:
    lines = [f"<p>{title}</p>"]
    for name in names:
        here = ' class="here" aria-current="page"' if name == page.name else ""
        lines.append(f'<a{here} href="{quote(name)}.html">{html.escape(_short(pages[name]))}</a>')
        if here:
            lines += [f'<a class="part" href="#{quote(at)}">{html.escape(part)}</a>' for part, at in page.parts]
    return "\n".join(lines)


def _short(page: Page) -> str:
    return re.split("[（：]", page.title)[0]
