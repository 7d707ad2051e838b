"""Words that are written into workbooks and searched when reading: sheets, labels, headings, values.

A cell is found by its words, never by its position.
"""

from __future__ import annotations

COVER, REPORT, META = "封面", "报送表", "_标准"  # sheets besides those of the ledgers
ESSENTIALS = "_打印要件"  # at the end of the name of what is printed
RESULT, MARKS = "校验结果", "_标记"  # sheets that a check in the open workbook adds
NOTICE = "通报"  # in a consolidated workbook, by its button
COMPARED = "逐项对照"  # in a workbook of `extract`
UNDO = "_撤销"  # hidden: what the last action overwrote there
TAKEN_FROM = "来源"  # in a workbook made from an old ledger: where each cell comes from
ROSTER, SLIP = "roster", "slip"  # kinds of workbooks, as META says
UNITS, SUMS = "_单位", "_只报数"  # hidden sheets of a consolidated workbook
EXAMPLE = "示例"  # first cell of the example row, which never counts
YES, NO = "是", "否"
SOME, NIL, NOT_APPLICABLE = "有", "本年无", "不适用"
DECLARED = (SOME, NIL, NOT_APPLICABLE)  # what the front page can declare for a ledger
LEDGER_HEAD, DECLARED_HEAD = "台账", "申报情况"  # headings of the declaration table
REPORT_HEAD = ("序号", "编号", "指标", "数值", "单位")  # of the table of indicators on 报送表
KIND_FIELD = "sys_type"  # of the unit sheet: the kind of unit
CHOSEN_DOCUMENT = "选择文种"  # label on the front page of a unit workbook with buttons
# Titles of the product's other visible sheets, which no ledger may take.
TAKEN = (COVER, REPORT, "图表", "指标汇总", "单位指标", "报送情况", "问题清单", "校验结果", "通报", TAKEN_FROM)
FOLDER, USUAL_FOLDER = "报送件文件夹", "报送件"  # label in a consolidated workbook; fixed folder name
DRAFT, COUNTED, VOID = "草稿", "已核", "作废"  # values of the status column
# Columns before a ledger's own on the row sheets of a consolidated workbook.
ORIGIN = ("单位编码", "单位名称", "来源文件", "来源行", "是否计入", "未计入原因")
UNIT_ORIGIN = ("来源文件", "文件指纹")  # of each unit's submission, on the hidden sheet of units
