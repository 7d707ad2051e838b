"""Runs the command `dangjian` as `python -m toolkit`."""

from .cli.main import main

main(prog_name="dangjian")
