"""Programs that a test interrupts."""

from __future__ import annotations

import signal


def heeds_interrupts() -> None:
    """For Popen's preexec_fn: the program heeds Ctrl+C, also where the tests themselves run in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
