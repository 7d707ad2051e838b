"""`python -m toolkit` is `dangjian`."""

from .cli.main import main

main(prog_name="dangjian")
