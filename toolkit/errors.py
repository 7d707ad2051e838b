"""Exceptions that end a command. A mistake in the data is a Finding, never an exception."""


class StandardError(Exception):
    """The declared standard contradicts itself; each line of the message names file, line and mistake."""


class CannotRun(Exception):
    """The command cannot continue; the message gives cause and remedy in Chinese (exit code 2)."""


class Damaged(Exception):
    """Stored bytes cannot be read back as what was packed."""
