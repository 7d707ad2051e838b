"""The actions offered by the buttons, the ribbon and the LibreOffice menu, in one shared list.

An action is started by its name in this list; other names are never dispatched.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    """One action: its name, the texts of its button, and the workbooks that offer it."""

    name: str  # of the function in toolkit/buttons/macros.py, and of the Basic procedure
    caption: str  # on the button
    tip: str
    kind: str  # of the workbook that offers it: unit, consolidated or both
    bar: bool = False  # also in the small button bar on each ledger
    image: str = "HappyFace"  # name of a built-in Office picture (imageMso), for the ribbon


ACTIONS = (
    Action("check_all", "校验全部", "检查所有台账，在有问题的单元格上标出", "unit", image="ReviewCompareMajorVersion"),
    Action("check_sheet", "校验本表", "只检查当前这张台账", "unit", True, "AcceptInvitation"),
    Action("clear_marks", "清除标记", "去掉校验留下的颜色和批注，恢复原样", "unit", True, "ClearFormats"),
    Action("repeat_row", "复制上一行", "在最后一行下面照样再填一行，只改不同的格", "unit", True, "Copy"),
    Action("repeat_for_others", "连续录入", "把最后一行的活动登记给其他同类党组织", "unit", True, "CellsInsertDialog"),
    Action("approve", "核定", "把没有错误的草稿行改为“已核”，并补记录编号", "unit", True, "FileMarkAsFinal"),
    Action("merge_slip", "并回退回单", "把改好的退回单并回本工作簿，更正次数加1", "unit", image="Reply"),
    Action("undo", "撤销", "撤销最近一次“核定”或“并回退回单”", "unit", True, "Undo"),
    Action("summarize", "汇总本单位", "计算本单位的指标，填入报送表", "unit", image="AutoSum"),
    Action("make_document", "生成文档", "按封面选定的文种生成 Word 公文", "unit", image="ExportWord"),
    Action("export", "导出报送件", "另存一份不含宏的报送件，附校验清单", "unit", image="FileSaveAs"),
    Action("import_submissions", "导入报送件", "读入文件夹中的全部报送件并汇总", "consolidated", image="ImportExcel"),
    Action("aggregate", "汇总", "按已导入的报送件重新汇总", "consolidated", image="Consolidate"),
    Action("return_slips", "退回单", "为有错误的报送件生成退回单", "consolidated", image="Reply"),
    Action("make_summary", "生成总结", "用汇总数据生成工作总结", "consolidated", image="ExportWord"),
    Action("make_plan", "生成要点", "用工作要点表生成下年工作要点", "consolidated", image="CreateTable"),
    Action(
        "make_template", "做模板", "由“旧报告”文件夹里的 Word 文件做模板，附复核表", "both", image="FileSaveAsWordDotx"
    ),
    Action("adopt", "转旧台账", "把“旧台账”文件夹里的 Excel 转成标准工作簿，附对照表", "both", image="ImportExcel"),
    Action("print_essentials", "打印要件", "保存后把要打印、签字的几张表转成一个 PDF", "both", image="FilePrint"),
    Action("remind", "到期提醒", "列出已过期和快到期的事项，写成月提示单、明细表和日历", "both", image="NewTask"),
    Action("notice", "通报", "列出未报、迟报和有错误的单位", "consolidated", image="MessageOptions"),
    Action("show_help", "帮助", "打开使用说明", "both", True, "Help"),
)
BY_NAME = {a.name: a for a in ACTIONS}


def offered(kind: str) -> tuple[Action, ...]:
    """Returns the actions of one kind of workbook, in the order of their buttons."""
    return tuple(a for a in ACTIONS if a.kind in (kind, "both"))
