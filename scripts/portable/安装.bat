@echo off
rem 为当前用户安装：不需要管理员权限，不改系统设置。
setlocal
cd /d "%~dp0"
if not exist "python\python.exe" (
  echo 缺少 python\python.exe。请把 Python 的嵌入式压缩包解压到本文件夹的 python 目录，见“先读我.txt”。
  pause
  exit /b 2
)
"python\python.exe" -m toolkit install-addin
if errorlevel 1 (
  echo 没有装成。请把上面的文字发给维护人员。
  pause
  exit /b 1
)
"python\python.exe" -m toolkit doctor
pause
