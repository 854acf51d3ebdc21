"""What every test of partitions cleans up behind itself."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """aiokafka leaves futures of a fenced producer that nobody looks at; asyncio complains when
    they are collected.  Here, and not in the middle of another test: Python 3.11 raises SystemError
    where such a traceback is drawn while that test's source is being parsed.
    """
    yield
    gc.collect()
