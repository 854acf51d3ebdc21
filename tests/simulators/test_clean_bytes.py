"""The clean worlds' bytes stay as they are: keys that make life harder change nothing at 0.

The digests are of small worlds of all classes, with the facts and the labels of their faults.  A
change that means to alter the clean world writes them anew, and says so.
"""

import hashlib
from datetime import UTC, datetime

import pytest

from simulators import World, load_scenario

START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
LABEL_FIELDS = 14  # those that labels had when the digests were taken


@pytest.mark.parametrize(
    ("scenario", "assets", "seconds", "digest"),
    [
        ("demo", 60, 600, "82f1bbba072d11439724263d218e6cf94b57f4495048c02525a793e67cffd229"),
        (
            "clean-smoke",
            32,
            30_000,
            "8be3b520f5c6c5a1cae4e0d714a202c28e0e4165ca75d1df069681600f4f3852",
        ),
        (
            "clean-healthy",
            16,
            20_000,
            "78c4626d1c402945ec6a3a04e8864c987fcccaf5496f25560ff221aa5ff15a98",
        ),
    ],
)
def test_the_clean_world_is_as_it_was(
    scenario: str, assets: int, seconds: int, digest: str
) -> None:
    world = World(load_scenario(scenario).clean().sized(assets), start=START)
    told = hashlib.sha256()
    for fact in world.facts():
        told.update(fact.to_json())
    while world.second < seconds:
        for at, place, topic, key, value in world.advance().emissions:
            told.update(f"{at} {place} {topic} {key} ".encode() + value)
    for label in world.truth():
        told.update(repr(tuple(label[:LABEL_FIELDS])).encode())
    assert told.hexdigest() == digest
