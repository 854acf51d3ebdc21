"""How often Python looks for cycles in a process that holds many records."""

import gc

_EVERY_OBJECTS = 50_000


def collect_rarely() -> None:
    """For the whole process, once everything is imported.

    Records hold no cycles: to walk through thousands of them again and again, and through all that
    was imported, costs a quarter of the time of fetching them and keeps the event loop.
    """
    gc.freeze()
    gc.set_threshold(_EVERY_OBJECTS, *gc.get_threshold()[1:])
