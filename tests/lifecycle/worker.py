"""One lifecycle service as a process, without the rest of the console script."""

import logging

from services.lifecycle.service import run
from services.settings import Settings

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    run(Settings.from_environment())
