"""The line's former place."""

from services.line.line import Line, run_line

__all__ = ["Line", "run_line"]
