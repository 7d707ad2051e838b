"""Builds word_templates/<name>.docx from word_templates/body/<name>.txt.

    python scripts/build_templates.py [NAME ...]

A rebuild gives the same bytes. One line of the text is one paragraph; blank lines and lines that
begin with // are skipped. The format comes from toolkit/standard/format/gb9704.yaml.

    #title 文字          标题（公文标题）
    #to 主送机关：       顶格
    #h1 / #h2 / #h3      独立成行的标题（黑体、楷体、仿宋），末尾不加标点
    #h2run 标题。|正文   段首标题与正文同段：标题用楷体，正文用仿宋（另有 #h1run #h3run）
    文字                 正文，首行空二字
    #sign / #date        署名、成文日期；成文时按字数算右空
    #note / #annex       附注、附件说明
    #annexpage 附件1     另面起，黑体顶格
    #caption 文字        表题，居中
    #blank               空行
    #landscape #portrait 从此起横排、竖排（另起一节）
    #table =10,60,30     一张表，各列宽度之比，带 = 的列上下相同的格合并；其后是它的行，到第一个别的行为止：
    #th 序号|指标|数     表头行，每页重复
    #tr for 行 in 各行   循环开始（#tr endfor 结束；也可 #tr if …、#tr endif）
    #td ^{{行.序}}|…     数据行；以 ^ 开头的格居中

What templates may contain (Jinja2 in a sandbox; an unknown name stops the document):

    {{ 主题党日_单位 }}      数连同量词：14次；为零则删去所在分句、整句、空标题
    {{ 主题党日_单位.数 }}   只要数字（表格用）；.值 供比较，.标题 是指标名称
    {%p if 主题党日_单位 %} … {%p endif %}   各占一行；不为零才印
    {%p for 段 in 文字.导语 %} … {%p endfor %}
    {{ 一级 }} {{ 二级 }} {{ 三级 }} {{ 四级 }}  一、 （一） 1. （1） 自动编号，删节后不断号
    {{ 条 }}   1. 2. 3.，全篇连续不重起（工作要点）
    {{ 其一 }} 一是、二是……，每个标题下重起；只剩一项时不印
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from toolkit.errors import StandardError  # noqa: E402
from toolkit.machine.guard import guarding  # noqa: E402
from toolkit.word.filling.template import build_template, names_by_docxtpl  # noqa: E402

TEMPLATES = ROOT / "word_templates"


def main(names: list[str]) -> int:
    """Builds the named templates, by default all. Returns the exit code."""
    bodies = [TEMPLATES / "body" / f"{n}.txt" for n in names] or sorted((TEMPLATES / "body").glob("*.txt"))
    try:
        for body in bodies:
            with guarding(versioned=True):
                build_template(body, TEMPLATES / f"{body.stem}.docx")
                names_by_docxtpl(TEMPLATES / f"{body.stem}.docx")
            print(f"{body.stem}.docx")
    except (StandardError, OSError) as e:
        print(e, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
