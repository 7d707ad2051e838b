"""Where the one-folder program for Linux starts.

It understands `-m toolkit.MODULE ARGUMENTS` as a Python would, so that the buttons of LibreOffice and child processes
start it in the same way. Any other arguments are those of the command `dangjian`.
"""

import multiprocessing
import runpy
import sys


def start() -> None:
    """Runs a module of the toolkit, or the command line."""
    rest = [a for a in sys.argv[1:] if a not in ("-P", "-B")]
    if rest[:1] == ["-m"] and rest[1].partition(".")[0] == "toolkit":
        sys.argv = rest[1:]
        runpy.run_module(rest[1], run_name="__main__", alter_sys=True)
    else:
        from toolkit.cli.main import main

        main(prog_name="dangjian")


if __name__ == "__main__":
    multiprocessing.freeze_support()
    start()
