"""The two ways in which the product gives up. Bad data is a Finding, never one of these."""


class StandardError(Exception):
    """The declared standard contradicts itself; each line names file, line and mistake."""


class CannotRun(Exception):
    """Nothing can be done: says in Chinese what is wrong and how to go on (exit code 2)."""


class Damaged(Exception):
    """Bytes that are not what was packed."""
