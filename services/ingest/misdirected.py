"""What was meant for another command: a fact among readings, a reading among facts; pure."""

from collections.abc import Collection
from typing import Any

from pydantic_core import from_json

A_FACT = "this is a fact and no reading: facts are taken by `leasewatch declare FILE`"
A_READING = "this is a reading and no fact: readings are taken by `leasewatch ingest readings FILE`"


def is_fact(line: bytes) -> bool:
    """Whether a line of JSON that is no reading was meant as a fact.  Never raises."""
    try:
        return _names_fact(from_json(line))
    except ValueError:
        return False


def is_reading(names: Collection[str]) -> bool:
    """Whether an object with these names was meant as a reading."""
    return "time" in names and not {"valid_from", "kind"} & set(names)


def _names_fact(value: Any) -> bool:
    return isinstance(value, dict) and {"valid_from", "kind"} <= value.keys()
