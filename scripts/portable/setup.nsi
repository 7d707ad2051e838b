; Installs the folder for the current user only; asks for no administrator.
Target amd64-unicode ; as the folder: 64-bit; runs under a 64-bit Wine, too
Unicode true
Name "党建报表工具"
OutFile "${TARGET}"
InstallDir "$LOCALAPPDATA\dangjian\app"
RequestExecutionLevel user
SetCompressor /SOLID lzma
LicenseData "${SOURCE}\许可证\LICENSE.txt"
Page license
Page directory
Page instfiles
UninstPage uninstConfirm
UninstPage instfiles
LoadLanguageFile "${NSISDIR}\Contrib\Language files\SimpChinese.nlf"

Section
  SetOutPath "$INSTDIR"
  File /r "${SOURCE}\*.*"
  CreateDirectory "$SMPROGRAMS\党建报表工具"
  CreateShortcut "$SMPROGRAMS\党建报表工具\党建工作台.lnk" "$INSTDIR\党建工作台.bat"
  CreateShortcut "$SMPROGRAMS\党建报表工具\命令窗口.lnk" "$INSTDIR\命令窗口.bat"
  CreateShortcut "$SMPROGRAMS\党建报表工具\手册.lnk" "$INSTDIR\手册.html"
  CreateShortcut "$SMPROGRAMS\党建报表工具\卸载.lnk" "$INSTDIR\uninstall.exe"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "Software\Microsoft\Windows\CurrentVersion\Uninstall\dangjian" "DisplayName" "党建报表工具"
  WriteRegStr HKCU "Software\Microsoft\Windows\CurrentVersion\Uninstall\dangjian" "UninstallString" '"$INSTDIR\uninstall.exe"'
  IfFileExists "$INSTDIR\python\python.exe" 0 +2
  nsExec::ExecToLog '"$INSTDIR\python\python.exe" -m toolkit install-addin'
SectionEnd

Section "Uninstall"
  nsExec::ExecToLog '"$INSTDIR\python\python.exe" -m toolkit uninstall-addin'
  RMDir /r "$SMPROGRAMS\党建报表工具"
  RMDir /r "$INSTDIR"
  DeleteRegKey HKCU "Software\Microsoft\Windows\CurrentVersion\Uninstall\dangjian"
SectionEnd
