"""The command `dangjian`; the imports register all its subcommands, listed in the order of the work."""

from . import documents, machine, standard, workbooks, year
from .base import main

__all__ = ["documents", "machine", "main", "standard", "workbooks", "year"]

main.sections = {
    "收集和填报": ("new", "adopt", "check", "approve", "merge-slip", "export", "upgrade", "print"),
    "汇总和通报": ("aggregate", "notice", "history", "watch"),
    "成文和审核": ("fill", "template", "lint", "verify", "refresh", "explain", "extract"),
    "全年跟踪": ("plan", "remind", "matrix", "dashboard"),
    "设置和维护": (
        "handbook",
        "window",
        "standard",
        "config",
        "install-addin",
        "uninstall-addin",
        "doctor",
        "cache",
        "demo",
    ),
}
