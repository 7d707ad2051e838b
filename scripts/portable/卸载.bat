@echo off
rem 删除 Excel 里的按钮。之后整个文件夹可以直接删除。
setlocal
cd /d "%~dp0"
if not exist "python\python.exe" (
  echo 缺少 python\python.exe。请把 Python 的嵌入式压缩包解压到本文件夹的 python 目录，见“先读我.txt”。
  echo 也可以退出 Excel 后手工删除 "%APPDATA%\Microsoft\Excel\XLSTART\dangjian.xlam"
  pause
  exit /b 2
)
"python\python.exe" -m toolkit uninstall-addin
pause
