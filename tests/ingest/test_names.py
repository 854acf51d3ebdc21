"""What a feed may be called: the same limit at every door."""

import pytest

from schemas.messages import MAX_NAME
from services.ingest.sources import checked
from services.settings import SettingError
from tests.historian.records import reading


@pytest.mark.parametrize("name", ["x", "ais:Ådal ✓", "s" * 232])
def test_a_name_leaves_room_for_the_ids_made_of_it(name: str) -> None:
    assert len(f"{checked(name)}/{2**63 - 1}") <= MAX_NAME
    assert reading(source=name).source == name


@pytest.mark.parametrize("name", ["", "s" * 233, "s" * 257, "a\0b", "a\nb", "\ud800", "\x7f"])
def test_what_is_no_name_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(SettingError, match="cannot be used: give 1 to 232 characters"):
        checked(name)
