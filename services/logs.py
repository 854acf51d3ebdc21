"""How a process of the line logs: to stderr, the libraries only when something is wrong."""

import logging


def log_to_stderr() -> None:
    """Called once when a process starts."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for library in ("aiokafka", "httpx"):
        logging.getLogger(library).setLevel(logging.WARNING)
