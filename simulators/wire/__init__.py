"""What coverage and feeds make of healthy reports, beyond the little that `[transport]` does."""

from simulators.wire.wire import Wire

__all__ = ["Wire"]
