@echo off
rem 删除 Excel 里的按钮。之后整个文件夹可以直接删除。
setlocal
cd /d "%~dp0"
"python\python.exe" -m toolkit uninstall-addin
pause
