@echo off
if not exist "%~dp0python\python.exe" (
  echo 缺少 python\python.exe。请把 Python 的嵌入式压缩包解压到本文件夹的 python 目录，见“先读我.txt”。
  exit /b 2
)
"%~dp0python\python.exe" -m toolkit %*
