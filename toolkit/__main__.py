"""`python -m toolkit` is `dangjian`."""

from .cli import main

main(prog_name="dangjian")
