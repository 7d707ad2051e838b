"""What can be wrong in a template: codes, messages and remedies."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import CannotRun
from ...findings import Remark, Spot, with_remedy
from ...model import ERROR, WARNING

SHOWN = 60
LISTED = 8  # faults of a template that a refusal lists

# code -> severity, message, remedy
_SAID = {
    "M01": (
        ERROR,
        "标记没有写完整：“{what}”缺少与之配对的另一半",
        "一个标记要写在同一段里，如 {{{{ 名称 }}}}；要照印花括号请写 {{_{{ }}_}} {{_% %_}}",
    ),
    "M02": (ERROR, "“{what}”不是标记，会照原样印出", "花括号和百分号要用半角，两个花括号之间不留空格"),
    "M03": (ERROR, "标记“{what}”跨在超链接、修订或文本框的边界上，无法识别", "删去后在同一处重新键入整个标记"),
    "M04": (WARNING, "标记“{what}”中途换了格式或夹有换行、制表符，已按开头的格式处理", "把整个标记设成同一种格式"),
    "M05": (ERROR, "标记“{what}”写法有误", "照手册“指标目录”列出的名称和写法改正"),
    "M06": (ERROR, "“{what}”没有结束标记", "在后面补上“{{% {end} %}}”"),
    "M07": (ERROR, "“{what}”前面没有与之配对的开始标记", "删去，或在前面补上开始标记"),
    "M08": (ERROR, "没有名称“{what}”{near}", "改正名称；可用的名称见手册“指标目录”"),
    "M09": (ERROR, "“{what}”是不允许的写法", "模板只能写名称、if、for 和比较，不能调用程序"),
    "M10": (ERROR, "“{what}”所在的{box}里还有别的内容，会一并去掉", "把其他内容移到另一{box}，标记独占一{box}"),
    "M11": (ERROR, "“{what}”要写在表格里", "整段的循环或条件改用 {{%p … %}}"),
    "M12": (WARNING, "“{what}”跨段落，段落可能并成一段或多出空段", "整段的循环和条件用 {{%p … %}}，开始、结束各占一段"),
    "M13": (ERROR, "{what}", "改正后再检查"),
    "M14": (
        ERROR,
        "“{what}”与“{other}”不在同一层",
        "开始和结束要在同一处：同在段内、同为整段或同为整行，不能一个在表格里、一个在表格外",
    ),
    "M15": (ERROR, "“{what}”太长或层数太多", "把它拆成几个简单的标记"),
    "M16": (ERROR, "“{what}”算不出来：{why}", "数与数比较、计算，文字与文字比较；文字前后加引号"),
    "M17": (ERROR, "“{what}”要写在循环里", "在它前面写 {{%tr for … %}} 或 {{%tc for … %}}"),
    "M19": (ERROR, "有造字（自造的字，编码 U+E0xx），无法处理", "换用通用汉字"),
    "M20": (
        WARNING,
        "“{what}”说的是已做的事，却没有数或名称作依据",
        "在句中写上名称，如 {{{{ 主题党日_单位 }}}}；没有台账可依的写进“文字材料”表",
    ),
    "M18": (WARNING, "“{what}”写在图片说明、域代码等处，不会填写，照原样保留", "需要填写的写到正文里"),
}


def problem(code: str, spot: Spot, **words: str) -> Remark:
    """Returns one fault of a template; `words` fill its message and remedy."""
    severity, message, remedy = _SAID[code]
    cut = {k: v if len(v) <= SHOWN else v[: SHOWN - 1] + "…" for k, v in words.items()}
    return Remark(code, severity, spot, message.format(**cut), remedy.format(**cut))


def shown(text: str) -> str:
    """Returns the text of a paragraph, cut, to show where a fault is."""
    text = " ".join(text[: 2 * SHOWN].split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def refusal(file: str, found: Sequence[Remark]) -> CannotRun:
    """Returns what stops a filling: the errors of `found`, in the words of `template check`."""
    errors = [f for f in found if f.is_error]
    lines = [f"模板“{file}”有{len(errors)}处错误，不能成文："]
    for f in errors[:LISTED]:
        place = f"{f.spot}“{f.spot.text}”：" if f.spot.paragraph else ""
        lines.append(f"  {place}{with_remedy(f.message, f.remedy)}")
    if len(errors) > LISTED:
        lines.append(f"  另有{len(errors) - LISTED}处，改正以上各处后再试。")
    return CannotRun("\n".join(lines))
