"""The supervisor's former place."""

from services.line.supervisor import Program, Supervisor

__all__ = ["Program", "Supervisor"]
