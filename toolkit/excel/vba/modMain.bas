Attribute VB_Name = "modMain"
Option Explicit
' What the buttons call: one procedure for each action of toolkit/excel/actions.py.
' Written by scripts/build_vba.py; change it there.

Public Sub check_all()
    modRun.RunAction "check_all"
End Sub

Public Sub check_sheet()
    modRun.RunAction "check_sheet"
End Sub

Public Sub clear_marks()
    modRun.RunAction "clear_marks"
End Sub

Public Sub repeat_row()
    modRun.RunAction "repeat_row"
End Sub

Public Sub repeat_for_others()
    modRun.RunAction "repeat_for_others"
End Sub

Public Sub approve()
    modRun.RunAction "approve"
End Sub

Public Sub merge_slip()
    modRun.RunAction "merge_slip"
End Sub

Public Sub undo()
    modRun.RunAction "undo"
End Sub

Public Sub summarize()
    modRun.RunAction "summarize"
End Sub

Public Sub make_document()
    modRun.RunAction "make_document"
End Sub

Public Sub export()
    modRun.RunAction "export"
End Sub

Public Sub import_submissions()
    modRun.RunAction "import_submissions"
End Sub

Public Sub aggregate()
    modRun.RunAction "aggregate"
End Sub

Public Sub return_slips()
    modRun.RunAction "return_slips"
End Sub

Public Sub make_summary()
    modRun.RunAction "make_summary"
End Sub

Public Sub make_plan()
    modRun.RunAction "make_plan"
End Sub

Public Sub make_template()
    modRun.RunAction "make_template"
End Sub

Public Sub adopt()
    modRun.RunAction "adopt"
End Sub

Public Sub print_essentials()
    modRun.RunAction "print_essentials"
End Sub

Public Sub remind()
    modRun.RunAction "remind"
End Sub

Public Sub notice()
    modRun.RunAction "notice"
End Sub

Public Sub show_help()
    modRun.RunAction "show_help"
End Sub
