@echo off
rem 打开一个窗口，在里面输入 dangjian 命令。
set "PATH=%~dp0;%PATH%"
cd /d "%USERPROFILE%\Documents"
cmd /k "echo 输入 dangjian --help 查看全部命令"
