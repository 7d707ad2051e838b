"""All codes of findings, each with its severity, its message in plain Chinese and its remedy.

The meaning of a code never changes. Its letter names the subject: F file, S sheet, C cell,
N noted, R rule of the standard (its message is declared there), O obligation, U units,
I figures, T texts, V document compared with its ledgers.
"""

from __future__ import annotations

from collections.abc import Mapping

from .model import ERROR, WARNING

# code -> (severity, message, remedy). finding() fills the parts in {}; {near} is empty or names
# the nearest known word, see `_near`.
CODES: Mapping[str, tuple[str, str, str]] = {
    # ------------------------------------------------------------------ the file
    "F01": (ERROR, "文件打不开：{reason}", "用 Excel 或 WPS 打开，另存为 .xlsx 后重试；打不开的请向填报单位重新索取"),
    "F02": (ERROR, "文件过大（{reason}）", "删去图片、附件和多余的空白格式，另存为新的 .xlsx 后重试"),
    "F03": (ERROR, "不是按台账标准制作的工作簿", "请用系统下发的空白工作簿填报，不要另建表格"),
    "F04": (WARNING, "工作簿的标准版本是“{value}”，现行版本是“{expected}”", "核对结果；下次请用现行版本的空白工作簿"),
    "F05": (ERROR, "填报年度是{value}年，本次汇总{expected}年", "核对封面的填报年度；不是本年度的工作簿请移出文件夹"),
    "F06": (ERROR, "出现密级标记“{word}”，整份拒收", "涉密内容不得录入本工作簿：删除后按保密规定处理"),
    "F07": (ERROR, "文件设了打开密码，无法读取", "取消打开密码后另存，再重新报送"),
    "F08": (ERROR, "离表格很远的单元格里有内容，整份未读", "在名称框输入该位置并回车，清除其中内容后保存"),
    "F11": (ERROR, "没有读取：{reason}", "里面有台账的，取出来另存为 .xlsx 放在文件夹里；没有的请移出文件夹"),
    "F12": (ERROR, "文件夹没有读取：{reason}", "打开权限，或把其中的工作簿移到能读的文件夹"),
    "F13": (WARNING, "另有{count}个“{value}”文件，不是工作簿，没有读取", "里面没有台账的不用管"),
    "F14": (
        ERROR,
        "内容与校验清单“{value}”不符",
        "导出以后又改动过，或清单不是这一份的：请填报单位重新导出，两个文件一并报送",
    ),
    "F15": (WARNING, "由更新的标准“{value}”制作，本机的标准是“{expected}”", "更新本机的程序后重新检查"),
    "F10": (ERROR, "文件里有{read}行记录，说得清去向的只有{told}行", "另存为 .xlsx 后重试；仍有的把文件交维护人员"),
    "F09": (ERROR, "内容读不全：{reason}", "用 Excel 或 WPS 另存为 .xlsx 后重新报送"),
    "F30": (WARNING, "这是替换前留下的旧稿或新稿，没有读入", "不再需要的请移出文件夹；确要读入的请改名"),
    # ----------------------------------------------------------------- the sheet
    "S01": (ERROR, "缺少工作表“{value}”", "从空白工作簿复制这张表补上，工作表名称不要改动"),
    "S02": (ERROR, "缺少“{field}”一栏", "补上这一栏并照空白工作簿填写名称"),
    "S03": (ERROR, "名称“{value}”疑为“{near}”之误", "核对后把名称改成“{near}”"),
    "S04": (WARNING, "多出一栏“{value}”，未读取", "标准中没有这一栏；需要保留的内容请写入“备注”"),
    "S05": (WARNING, "表格旁边另有内容{count}处，未读取", "另存到别的文件，或写进表内对应的栏"),
    "S06": (ERROR, "“{sheet}”是空表，封面未申报", "在封面申报表选“有”“本年无”或“不适用”"),
    "S07": (ERROR, "封面申报“{value}”，但“{sheet}”里有记录", "改封面申报为“有”，或清除表中记录"),
    "S08": (ERROR, "封面申报“有”，但“{sheet}”里没有记录", "补填记录，或把封面申报改为“本年无”"),
    "S09": (WARNING, "数据区有合并单元格，只有左上角一格算有内容", "取消合并并逐行填写"),
    "S10": (ERROR, "“{field}”出现两次，只读了第一处", "删去重复的一处"),
    "S11": (WARNING, "有{count}行被隐藏或筛选掉，仍然计入", "取消隐藏后核对；不该计入的请删除或改为“作废”"),
    "S12": (ERROR, "找不到表头一行，整张表未读", "从空白工作簿复制表头，栏目名称不要改动"),
    "S13": (ERROR, "封面申报表缺少“{field}”一行", "从空白工作簿复制申报表，台账名称不要改动"),
    "S14": (WARNING, "这一行像是合计行，未读取", "删去合计行；合计由系统计算"),
    "S15": (WARNING, "这一行有划掉的内容，仍然计入", "取消删除线后核对；不该计入的请删除整行或改为“作废”"),
    "S16": (ERROR, "工作表“{value}”看来是台账“{near}”改了名，{count}行未读取", "把名称改回“{near}”"),
    "S17": (ERROR, "工作表“{value}”与台账“{near}”表头相同，{count}行未读取", "要报送的移入“{near}”表，其余删去"),
    "S18": (ERROR, "工作表“{value}”像是台账，标准中没有，{count}行未读取", "用 --standard 加上它的标准，或移走"),
    "S19": (WARNING, "工作表“{value}”不属于标准，{count}行未读取", "不用报送的可以不管；要报送的写进台账"),
    "S20": (ERROR, "“{value}”不在汇总工作簿的单位或指标里，{count}行未读取", "用 dangjian aggregate 重新汇总"),
    "S21": (WARNING, "这一行没有能读的内容，未读取", "没有用的行请清空；有用的写出实际内容"),
    # ------------------------------------------------------------------ the cell
    "C01": (ERROR, "“{field}”未填", "补填这一格"),
    "C02": (
        ERROR,
        "“{field}”应是数，填的是“{value}”{reason}",
        "只填阿拉伯数字；是估算数的填整数，并在“是否估算”选“是”",
    ),
    "C03": (ERROR, "“{field}”应是整数，填的是“{value}”", "改填整数"),
    "C04": (ERROR, "“{field}”不是能认准的日期：“{value}”{reason}", "一格填一个完整日期，如 {example}"),
    "C05": (ERROR, "“{field}”没有“{value}”这个选项{near}", "从下拉框中选一项：{options}"),
    "C06": (ERROR, "“{field}”的格式不对：“{value}”", "按规定格式填写（{pattern}）"),
    "C07": (ERROR, "“{field}”超过{maximum}字，现有{length}字", "删减到{maximum}字以内"),
    "C08": (ERROR, "“{field}”填的“{value}”超出范围（{range}）", "核对后改正"),
    "C09": (ERROR, "“{field}”填的“{value}”在“{target}”表中没有", "改填“{target}”表中已有的编码，或先在该表登记"),
    "C10": (ERROR, "“{field}”的“{value}”与 {other} 重复", "改成不重复的编码，或删去重复的一行"),
    "C11": (ERROR, "“{field}”的公式出错：{value}", "改正公式，或直接填写结果"),
    "C12": (ERROR, "“{field}”的公式没有结果", "用 Excel 或 WPS 打开，按 F9 计算后保存，或直接填写结果"),
    "C13": (ERROR, "“{field}”{value}不在填报期（{start}至{end}）内", "核对日期；不属于本期的活动不要填入"),
    "C14": (ERROR, "“{field}”{value}晚于填报日期{fill_date}", "核对日期，或改正封面的填报日期"),
    "C15": (ERROR, "“{field}”里有遮蔽符号或不许用的字符“{word}”", "写出真实内容，不用 * 和 × 代替文字"),
    "C16": (WARNING, "“{field}”出现敏感词“{word}”", "确认不涉密、不涉个人后再报；不宜写的请删去"),
    "C17": (ERROR, "“{field}”的数字过长，Excel 只留得住前15位", "先把这一格设为“文本”格式，再重新输入"),
    "C18": (WARNING, "“{field}”填的“{value}”不在常用选项中{near}", "有合适的选项请从下拉框选；确属新类别的可以保留"),
    "C19": (ERROR, "“{field}”里疑有个人号码", "删去身份证号、手机号、银行账号；台账不收集个人信息"),
    "C20": (ERROR, "“{field}”应填文字，表格软件把它变成了日期{value}", "先把这一格设为“文本”格式，再重新输入"),
    "C21": (ERROR, "“{field}”有{length}个字符，过长，未读取", "删减内容；一格放不下的材料另附"),
    "C22": (ERROR, "“{field}”最多{decimals}位小数，填的是“{value}”", "按规定的小数位数填写"),
    "C23": (
        ERROR,
        "这一行有{count}格与栏目对不上：{cells}",
        "像是粘贴时错开了栏：先核对各格是否在自己的栏里，再逐格改正",
    ),
    "C24": (WARNING, "“{field}”未填，核定时必须填写", "核定前补填这一格"),
    # --------------------------------------------------------------------- noted
    "N01": (WARNING, "“{field}”的“{value}”已按“{read}”读取", "读得对就不用改；不对请改正这一格"),
    "N02": (
        WARNING,
        "“{field}”填的“{value}”不是具体内容{note}",
        "写出具体内容，不用“同上”“无”和符号代替",
    ),
    # --------------------------------------------------------- rules, obligations
    "O01": (
        WARNING,
        "{who}“{field}”不足：{periods}（要求：{what}；依据：{source}）",
        "补填遗漏的记录；确未开展的请说明",
    ),
    # --------------------------------------------------------------------- units
    "U01": (WARNING, "同一单位（{value}）交了不止一份，这份已被 {used} 取代", "不再需要的请移出文件夹"),
    "U02": (ERROR, "“{value}”交了几份，分不出以哪份为准{note}", "改正填报日期或更正次数，只留一份"),
    "U03": (ERROR, "“{value}”不在应报单位名单里", "核对单位编码，或在名单中补上该单位"),
    "U04": (ERROR, "“{value}”尚未报送", "催报；确不需报送的请在名单中标明"),
    "U05": (WARNING, "“{value}”晚于截止日期{due}报送", "记入通报；数据照常汇总"),
    "U06": (WARNING, "“{value}”是第{times}次更正件", "以更正件为准；已印发的材料请核对"),
    "U07": (ERROR, "“{value}”的单位编码{unit}，{others}也在用，都未计入", "核对单位编码，改正用错的一家后重新报送"),
    "U08": (
        ERROR,
        "单位编码{unit}在名单中是“{listed}”，这份写的是“{value}”，未计入",
        "核对单位编码和名称：用错的改正后重新报送，单位改了名的改名单",
    ),
    # ------------------------------------------------------------------- figures
    "I01": (
        ERROR,
        "“{title}”是{value}，不能成文",
        "用 dangjian explain {title} 查看分子、分母背后的行，改正台账；缺应报单位的，用 --roster 指明名单",
    ),
    # --------------------------------------------------------------------- texts
    "T01": (ERROR, "文字里的“【{value}】”不是已知的指标名{near}", "改成指标名称表中的名字，或去掉【】"),
    # ------------------------------------------- documents against their ledgers
    "V01": (ERROR, "“{title}”印的是“{old}”，台账现在是“{new}”", "用 dangjian refresh 更新"),
    "V02": (ERROR, "“{title}”被手改为“{old}”，台账是“{new}”", "台账有误的先改台账，再用 dangjian refresh 更新"),
    "V03": (ERROR, "“{title}”印的是“{old}”，台账现在是零", "删去或改写这一句；更新时不代为删句"),
    "V04": (ERROR, "“{title}”印的是“{old}”，现在不能成文：{why}", "补填或核对台账后再更新"),
    "V05": (ERROR, "“{title}”处认不出是哪个数：“{old}”", "台账的数写作“{new}”，请人工核改"),
    "V06": (WARNING, "标记的指标{id}在标准里没有", "核对标准是否装全；这个数请人工核对"),
    "V07": (ERROR, "文中有{count}个数属于{whose}，数据来源是{source}", "换用与公文相符的工作簿，或重新成文"),
    "V08": (
        WARNING,
        "“{title}”应有{expected}处由系统填的数，文中只有{found}处；台账是“{new}”",
        "有意删去的不用管；手写的数请核对，需要随台账更新的请从重新生成的公文里复制",
    ),
    "V09": (WARNING, "“{title}”的数是另一处的重复", "有意重复的可以保留，更新时两处都改；误复制的请删去"),
    "V10": (ERROR, "写的是“{old}”，“{title}”在台账中是“{new}”", "核对后改正；另有口径的请在句中写明"),
    "V11": (ERROR, "“{word}”的说法没有依据：{why}", "按实际写明范围，如“已报送的单位”或写出比率"),
    "V12": (ERROR, "题目与数据不符：{why}", "改正题目，或换用相符的工作簿"),
    "V13": (WARNING, "“{title}”在文中有几个数：{values}", "口径不同的在句中写明层级或范围，相同的改成一个数"),
    "V14": (WARNING, "“{title}”现在是估算数，句中没有“{prefix}”", "在句前加上“{prefix}”"),
    "V15": (WARNING, "{why}，漏数没有检查", "用 --document 写明文种；用自己的模板成文的，再用 --template 指明模板"),
    "V17": (WARNING, "“{word}”是绝对化的说法，而{why}", "核对是否包括未报的单位；拿不准的写明范围"),
    "V20": (
        WARNING,
        "“{text}”是旧报告里的，原样留着",
        "换成模板的名称，或改写；确要保留的，在复核表里选“保留”，重新生成模板",
    ),
    "V21": (ERROR, "复核表里没有“{text}”这一行", "用同一份报告重新生成复核表，不要删改它的行"),
    "V22": (ERROR, "没有名称“{name}”{near}", "从复核表的下拉名单里选；可用的名称见“dangjian template names”"),
    "V23": (ERROR, "“{text}”选了“替换”，没有填名称", "在“填入名称”里选一个，或改选“保留”"),
    "V24": (ERROR, "报告里没有复核表的“{text}”", "复核表和报告对不上：用现在这份报告重新生成复核表"),
    "V18": (ERROR, "“{old}”在台账中已没有（{title}）", "核对台账；确已没有的改写这一句"),
    "V16": (WARNING, "“{title}”成文时统计的是{old}层级，标准现在是{new}", "核对口径后重新成文"),
}

# Findings that make all rows of the sheet unreliable.
