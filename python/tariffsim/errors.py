"""Errors that say where, what and how to mend it."""

from __future__ import annotations

__all__ = ["InvalidInput", "NotConverged"]


class InvalidInput(ValueError):
    """Input that the library refuses.

    Attributes
    ----------
    where : str
        File and line, frame and row, or table and cell; may be empty.
    problem : str
        What is wrong there.
    remedy : str
        What to do about it.
    """

    def __init__(self, where: str, problem: str, remedy: str = "") -> None:
        super().__init__(where, problem, remedy)
        self.where = where
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        text = f"{self.where}: {self.problem}" if self.where else self.problem
        return f"{text}\n  remedy: {self.remedy}" if self.remedy else text


class NotConverged(RuntimeError):
    """A number was asked of a solve that ended without an equilibrium."""
