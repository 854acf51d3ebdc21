"""Compiles the detectors of rows ahead of their first use: `python -m services.scoring.compile`.

The machine code is found by every later start of the same sources (services.folders).
"""

import numpy as np

from services.domain.detectors.scores import Detectors
from services.logs import log_to_stderr
from services.machine_code import warn_if_not_kept


def compile_ahead() -> None:
    """One row: that calls every entry as a table of any size does."""
    warn_if_not_kept()
    Detectors.new(1, 1).take(np.zeros(1, np.int64), np.zeros((1, 1)), np.zeros(1, np.int64))


if __name__ == "__main__":
    log_to_stderr()
    compile_ahead()
