"""Writes the overview as one HTML file: no network, keyboard and screen reader, prints on A4."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from ..machine.atomic import write_whole
from ..machine.guard import HTML

ASSETS = Path(__file__).parent / "assets"
_STYLE = """
:root{--ink:#3b2f2a;--red:#9c1f1f;--line:#d8cbbe;--pale:#fbf4ec}
*{box-sizing:border-box}body{margin:0;color:var(--ink);background:#fff;font:15px/1.6 "Microsoft YaHei","PingFang SC","Noto Sans CJK SC",sans-serif}
header,main,footer{max-width:1200px;margin:0 auto;padding:12px 16px}h1{color:var(--red);font-size:24px;margin:8px 0}
h2{color:var(--red);font-size:19px;border-bottom:2px solid var(--red);margin:28px 0 10px}h3{font-size:16px;margin:14px 0 6px}
nav{display:flex;flex-wrap:wrap;gap:4px 14px}nav a,a{color:#7a1616}.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:#fff;padding:6px}
:focus-visible{outline:3px solid #1f5a8c;outline-offset:2px}.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:8px}
.tile{border:1px solid var(--line);background:var(--pale);padding:8px 10px}.tile b{display:block;font-size:22px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:14px}figure{margin:0;border:1px solid var(--line);padding:8px;min-width:0}
figcaption{font-weight:bold}.chart{height:300px;width:100%}.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:13.5px;background:#fff}
caption{text-align:left;color:#6b635d;padding:2px 0}th,td{border:1px solid var(--line);padding:4px 6px;text-align:left;vertical-align:top;overflow-wrap:anywhere;min-width:3.2em}
thead th{background:var(--red);color:#fff;white-space:nowrap}td.n{text-align:right}.绿{background:#ddefd9}.黄{background:#fff0c2}.红{background:#f8d5d0}
details{margin:4px 0}summary{cursor:pointer;padding:3px 0}details details{margin-left:18px}.none{color:#6b635d}
@media screen and (max-width:700px){.scroll table{min-width:760px}}
@media print{@page{size:A4;margin:14mm}nav,.skip{display:none}body{font-size:11px}figure,tr,.tile{break-inside:avoid}.charts{grid-template-columns:1fr 1fr}.chart{height:220px}
 thead{display:table-header-group}.scroll{overflow:visible}th,td{min-width:0}}
"""
_SCRIPT = """
(function(){var o=JSON.parse(document.getElementById('charts').textContent),made=[];
document.querySelectorAll('.chart').forEach(function(e,i){if(!window.echarts)return;var c=echarts.init(e,null,{renderer:'svg'});c.setOption(o[i]);made.push(c)});
function fit(){made.forEach(function(c){c.resize()})}window.addEventListener('resize',fit);
window.matchMedia('print').addEventListener('change',fit);
var open=[];window.addEventListener('beforeprint',function(){open=[].slice.call(document.querySelectorAll('details.print:not([open])'));open.forEach(function(d){d.open=true});fit()});
window.addEventListener('afterprint',function(){open.forEach(function(d){d.open=false});fit()})})();
"""


class Page:
    """Builds the page from top to bottom; all texts are escaped."""

    def __init__(self, title: str, about: str) -> None:
        self.title, self.about = title, about
        self.parts: list[str] = []
        self.sections: list[tuple[str, str]] = []
        self.options: list[Any] = []

    def section(self, title: str) -> None:
        """Begins a section, which the navigation names."""
        self.end()
        anchor = f"s{len(self.sections) + 1}"
        self.sections.append((anchor, title))
        self.parts.append(f'<section aria-labelledby="{anchor}"><h2 id="{anchor}" tabindex="-1">{escape(title)}</h2>')

    def end(self) -> None:
        """Ends the open section, if there is one."""
        if self.sections:
            self.parts.append("</section>")

    def text(self, said: str) -> None:
        """Adds a paragraph."""
        self.parts.append(f"<p>{escape(said)}</p>")

    def tiles(self, found: Iterable[tuple[str, str]]) -> None:
        """Adds tiles of caption and value."""
        inner = "".join(
            f'<div class="tile"><dt>{escape(k)}</dt><dd style="margin:0"><b>{escape(v)}</b></dd></div>'
            for k, v in found
        )
        self.parts.append(f'<dl class="tiles">{inner}</dl>')

    def table(self, caption: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], tone: int | None = None) -> None:
        """Adds a table; `tone` is the column whose word (绿, 黄, 红) colours its cell."""
        head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
        body = "".join(_row(r, tone) for r in rows)
        if not body:
            self.parts.append(f'<p class="none">{escape(caption)}：没有。</p>')
            return
        self.parts.append(
            f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table><caption>{escape(caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def charts(self, found: Iterable[tuple[str, Any, Sequence[str], Sequence[Sequence[Any]]]]) -> None:
        """Adds charts (title, options, heads, rows): each a picture with its numbers as a table below it."""
        self.parts.append('<div class="charts">')
        for title, option, heads, rows in found:
            self.options.append(option)
            self.parts.append(
                f'<figure><figcaption>{escape(title)}</figcaption><div class="chart" role="img" '
                f'aria-label="{escape(title)}，数字见下表"></div><details class="print"><summary>数字</summary>'
            )
            self.table(title, heads, rows)
            self.parts.append("</details></figure>")
        self.parts.append("</div>")

    def open(self, summary: str) -> None:
        """Opens a part that can be folded."""
        self.parts.append(f"<details><summary>{escape(summary)}</summary>")

    def close(self) -> None:
        """Closes a part that can be folded."""
        self.parts.append("</details>")

    def write(self, path: Path) -> None:
        """Writes the page with its script and library inside. Raises CannotRun."""
        self.end()
        nav = "".join(f'<a href="#{a}">{escape(t)}</a>' for a, t in self.sections)
        library = (ASSETS / "echarts.min.js").read_text(encoding="utf-8").replace("</script", "<\\/script")
        data = json.dumps(self.options, ensure_ascii=False, default=float).replace("<", "\\u003c")
        page = (
            '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline'; "
            "style-src 'unsafe-inline'; img-src data:\">"
            f"<title>{escape(self.title)}</title><style>{_STYLE}</style></head><body>"
            f'<a class="skip" href="#main">跳到正文</a><header><h1>{escape(self.title)}</h1><p>{escape(self.about)}</p>'
            f'<nav aria-label="目录">{nav}</nav></header><main id="main">{"".join(self.parts)}</main>'
            "<footer><p>图表：Apache ECharts（Apache License 2.0）。</p></footer>"
            f'<script type="application/json" id="charts">{data}</script><script>{library}</script>'
            f"<script>{_SCRIPT}</script></body></html>"
        )
        write_whole(path, page.encode(), HTML)


def _row(cells: Sequence[Any], tone: int | None) -> str:
    made = []
    for n, value in enumerate(cells):
        said = "" if value is None else str(value)
        kind = (
            said[:1] if n == tone and said[:1] in "绿黄红" and said else "n" if isinstance(value, (int, float)) else ""
        )
        made.append(f'<td class="{kind}">{escape(said)}</td>' if kind else f"<td>{escape(said)}</td>")
    return f"<tr>{''.join(made)}</tr>"
