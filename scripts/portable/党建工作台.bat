@echo off
rem 在浏览器里打开工作台。黑色窗口最小化在任务栏，页面上点“退出”后自己关闭。
setlocal
cd /d "%~dp0"
if not exist "python\python.exe" (
  echo 缺少 python\python.exe。请把 Python 的嵌入式压缩包解压到本文件夹的 python 目录，见“先读我.txt”。
  pause
  exit /b 2
)
start "党建工作台" /min "python\python.exe" -m toolkit window
