#!/bin/sh
# Starts the program if this system's C library is new enough.
here=$(dirname "$(readlink -f "$0")")
have=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d ' ' -f 2)
if [ -n "$have" ] && [ "$(printf '%s\n' "@GLIBC@" "$have" | sort -V | head -n 1)" != "@GLIBC@" ]; then
    echo "本机的 glibc 是 $have，本程序需要 @GLIBC@ 或更高版本。请换用较新的系统，或用 pip 安装（见手册）。" >&2
    exit 2
fi
exec "$here/program/dangjian" "$@"
