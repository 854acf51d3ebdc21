"""What the processes that run compiled code say of it."""

import logging

from services.domain import compiled

logger = logging.getLogger(__name__)


def warn_if_not_kept() -> None:
    """Says that each start compiles for itself, where nothing can be written."""
    if not (compiled.KEPT or compiled.PLAIN):
        logger.warning(
            "compiled code cannot be kept, so every start takes half a minute longer: "
            "make the folder .cache/leasewatch writable, or name another in LEASEWATCH_CACHE"
        )
