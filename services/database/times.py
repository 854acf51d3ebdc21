"""Times as the database holds them, which may lie beyond what Python's calendar does."""

from datetime import datetime

import psycopg
from psycopg.abc import Buffer
from psycopg.types.datetime import TimestamptzLoader

from schemas.messages import EARLIEST, LATEST


class BoundedLoader(TimestamptzLoader):
    """Of times that Python does not hold, the bound that they are beyond; slower than psycopg's.

    Register it for `timestamptz` on a cursor that reads rows from before times had bounds.
    """

    def load(self, data: Buffer) -> datetime:
        """The time of a value in PostgreSQL's text format."""
        try:
            return super().load(data)
        except psycopg.DataError:
            text = bytes(data)
            return EARLIEST if text.endswith(b"BC") or text == b"-infinity" else LATEST
