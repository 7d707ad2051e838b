"""Exceptions that end a command. A mistake in the data is a Finding, never an exception."""


class StandardError(Exception):
    """The declared standard contradicts itself; each line of the message names file, line and mistake."""


class CannotRun(Exception):
    """The command cannot continue; the message gives cause and remedy in Chinese (exit code 2).

    `shell` names what only the command line has: an option, a command. A button never shows it.
    """

    def __init__(self, message: str, shell: str = "") -> None:
        super().__init__(message)
        self.shell = shell

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        """Keeps both parts when a worker process sends the error back."""
        return type(self), (str(self), self.shell)


class Damaged(Exception):
    """Stored bytes cannot be read back as what was packed."""
