-- Starts an action for Excel on macOS, which may not start programs itself.
-- The request has three lines: the Python code, the workbook's name, the application's path.
-- Answers with an exit code: 0 started, 9009 no Python, 96 too old, 97 the toolkit is not installed.

on RunAction(request)
	set theCode to paragraph 1 of request
	set theBook to paragraph 2 of request
	set theApp to paragraph 3 of request
	set checks to "import sys; sys.version_info >= (3, 11) or sys.exit(96); import importlib.util as u; (u.find_spec('toolkit') and u.find_spec('xlwings')) or sys.exit(97)"
	set steps to "logs=\"$HOME/Library/Logs/dangjian\"; mkdir -p \"$logs\"; "
	set steps to steps & "py=$(cat \"$HOME/Library/Application Support/dangjian/python.txt\" 2>/dev/null); py=\"${py:-python3}\"; "
	set steps to steps & "command -v \"$py\" >/dev/null 2>&1 || { echo 9009; exit 0; }; "
	set steps to steps & "export PYTHONSAFEPATH=1; "
	set steps to steps & "\"$py\" -B -c \"$4\" >/dev/null 2>>\"$logs/dangjian.log\" || { echo $?; exit 0; }; "
	set steps to steps & "nohup \"$py\" -B -c \"$1\" \"--wb=$2\" --from_xl=1 \"--app=$3\" >/dev/null 2>>\"$logs/dangjian.log\" & echo 0"
	-- Excel waits for this answer, and answers nobody while it waits: the action runs in the background.
	return do shell script "sh -c " & quoted form of steps & " dangjian " & quoted form of theCode & " " & quoted form of theBook & " " & quoted form of theApp & " " & quoted form of checks
end RunAction
