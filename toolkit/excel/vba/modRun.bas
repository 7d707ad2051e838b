Attribute VB_Name = "modRun"
Option Explicit
' The launcher: one source for Excel on Windows, Excel on macOS and LibreOffice.
'  * ASCII only; what the user reads comes from modText.
'  * #If only inside procedures, never around a header or a Declare.
'  * LibreOffice skips lines that begin with "#" and so runs all branches; Excel never compiles
'    what stands inside "#If False".

Private Const LaunchScript As String = "dangjian.applescript"
Private Const TooOld As Long = 96
Private Const NotInstalled As Long = 97
Private Const NoSuchProgram As Long = 9009
Private isRunning As Boolean

' Start the action; where it cannot start, say why and what to do.
Public Sub RunAction(ByVal action As String)
    Dim problem As String
    If isRunning Then Exit Sub
    isRunning = True
    problem = Launch(action)
    isRunning = False
    If problem <> "" Then MsgBox problem, vbExclamation, Say("title")
End Sub

' The buttons of the ribbon carry the action's name as their tag.
Public Sub RibbonRun(control As Object)
    RunAction control.Tag
End Sub

' Start the action; returns "" or what the user must be told.
Public Function Launch(ByVal action As String) As String
    If InLibreOffice() Then
        Launch = LaunchInLibreOffice(action)
    Else
        Launch = LaunchInExcel(action)
    End If
End Function

Private Function InLibreOffice() As Boolean
    InLibreOffice = False
#If False Then
    InLibreOffice = True
#End If
End Function

Private Function LaunchInLibreOffice(ByVal action As String) As String
#If False Then
    Dim address As Object, frame As Object, noArguments()
    Set address = CreateUnoStruct("com.sun.star.util.URL")
    address.Complete = "vnd.dangjian:" & action
    Set frame = ThisComponent.CurrentController.Frame
    If IsNull(frame.queryDispatch(address, "", 0)) Then
        LaunchInLibreOffice = Say("no_extension")
        Exit Function
    End If
    CreateUnoService("com.sun.star.frame.DispatchHelper").executeDispatch frame, address.Complete, "", 0, noArguments()
#End If
End Function

Private Function LaunchInExcel(ByVal action As String) As String
    LaunchInExcel = WhyNotThisBook()
    If LaunchInExcel <> "" Then Exit Function
#If Mac Then
    LaunchInExcel = LaunchOnMac(action)
#Else
    LaunchInExcel = Logged(LaunchOnWindows(action))
#End If
End Function

Private Function WhyNotThisBook() As String
    If ActiveWorkbook Is Nothing Then
        WhyNotThisBook = Say("no_book")
    ElseIf ActiveWorkbook.Path = "" Then
        WhyNotThisBook = Say("not_saved")
    ElseIf LCase(Left(ActiveWorkbook.FullName, 4)) = "http" Then
        WhyNotThisBook = Say("on_web")
    ElseIf InStr(ActiveWorkbook.Name, "=") > 0 Then
        WhyNotThisBook = Say("bad_name")
    End If
End Function

' Exit codes 96 and 97 tell an old Python and a missing package apart; the rest are those of toolkit.launch.
Private Function CodeOf(ByVal action As String) As String
    CodeOf = "import sys; sys.version_info >= (3, 11) or sys.exit(96); import importlib.util as u; " & _
        "(u.find_spec('toolkit') and u.find_spec('xlwings')) or sys.exit(97); " & _
        "from toolkit.launch import run; raise SystemExit(run('" & action & "'))"
End Function

Private Function LaunchOnWindows(ByVal action As String) As String
    Dim host As Object, known As Object, python As String, commandLine As String, exitCode As Long
    On Error GoTo Failed
    python = ChosenPython()
    If InStr(python, "\") > 0 Then
        If Not CreateObject("Scripting.FileSystemObject").FileExists(python) Then
            LaunchOnWindows = Say("python_gone") & python
            Exit Function
        End If
    End If
    ' Names go through the environment, which is expanded once: %, & and Chinese in them stay as they are.
    Set host = CreateObject("WScript.Shell")
    Set known = host.Environment("PROCESS")
    known("DANGJIAN_PYTHON") = python
    known("DANGJIAN_WB") = ActiveWorkbook.Name
    known("DANGJIAN_APP") = Application.Path & "\" & Application.Name
    known("PYTHONSAFEPATH") = "1"
    commandLine = """%DANGJIAN_PYTHON%"" -B -c """ & CodeOf(action) & """ ""--wb=%DANGJIAN_WB%"" --from_xl=1 " & _
        """--app=%DANGJIAN_APP%"" --hwnd=" & Application.Hwnd
    Application.Cursor = 2
    exitCode = host.Run(commandLine, 0, True)
    Application.Cursor = -4143
    LaunchOnWindows = Meaning(exitCode, python)
    Exit Function
Failed:
    Application.Cursor = -4143
    If Err.Number = -2147024894 Or Err.Number = -2147024893 Then
        LaunchOnWindows = Say("no_python")
    Else
        LaunchOnWindows = Say("blocked") & python & Say("reason") & Err.Description
    End If
End Function

' The Python that "dangjian install-addin" wrote down, in UTF-8; else the one on the PATH.
Private Function ChosenPython() As String
    Dim place As String, stream As Object
    ChosenPython = "python"
    place = Environ("APPDATA") & "\dangjian\python.txt"
    If Not CreateObject("Scripting.FileSystemObject").FileExists(place) Then Exit Function
    Set stream = CreateObject("ADODB.Stream")
    stream.Type = 2
    stream.Charset = "utf-8"
    stream.Open
    stream.LoadFromFile place
    place = Trim(Replace(Replace(stream.ReadText, vbCr, ""), vbLf, ""))
    stream.Close
    If place <> "" Then ChosenPython = place
End Function

' Note a problem in the log, in UTF-8, and say where that is; without a log the problem is told alone.
Private Function Logged(ByVal problem As String) As String
    Dim files As Object, stream As Object, place As String
    Logged = problem
    If problem = "" Then Exit Function
    On Error GoTo NoLog
    place = Environ("LOCALAPPDATA") & "\dangjian"
    Set files = CreateObject("Scripting.FileSystemObject")
    If Not files.FolderExists(place) Then files.CreateFolder place
    place = place & "\dangjian.log"
    Set stream = CreateObject("ADODB.Stream")
    stream.Type = 2
    stream.Charset = "utf-8"
    stream.Open
    If files.FileExists(place) Then stream.LoadFromFile place
    stream.Position = stream.Size
    stream.WriteText Format(Now, "yyyy-mm-dd hh:nn:ss") & " " & Replace(problem, vbLf, " ") & vbCrLf
    stream.SaveToFile place, 2
    stream.Close
    Logged = problem & Say("log") & place
NoLog:
End Function

' Excel on macOS may start nothing by itself; a script that install-addin put in place does it.
Private Function LaunchOnMac(ByVal action As String) As String
    Dim request As String, answer As String
    On Error GoTo Failed
    request = CodeOf(action) & vbLf & ActiveWorkbook.Name & vbLf & Application.Path & "/" & Application.Name
#If Mac Then
    answer = AppleScriptTask(LaunchScript, "RunAction", request)
#End If
    LaunchOnMac = Meaning(CLng(Val(answer)), "python.txt")
    If LaunchOnMac <> "" Then LaunchOnMac = LaunchOnMac & Say("log") & "~/Library/Logs/dangjian/dangjian.log"
    Exit Function
Failed:
    LaunchOnMac = Say("no_script") & Err.Description
End Function

' What an exit code means for the user; 3 has been told already.
Private Function Meaning(ByVal exitCode As Long, ByVal python As String) As String
    Select Case exitCode
        Case 0, 3
            Meaning = ""
        Case 2
            Meaning = Say("unknown") & python
        Case 4
            Meaning = Say("untold")
        Case TooOld
            Meaning = Say("old_python") & python
        Case NotInstalled
            Meaning = Say("no_package") & python
        Case NoSuchProgram
            Meaning = Say("no_python")
        Case Else
            Meaning = Say("broken") & python
    End Select
End Function
