"""What a feed may be called: the same limit at every door."""

import pytest

from schemas import Reading
from schemas.messages import MAX_NAME
from services.ingest.names import checked, of_file
from services.settings import SettingError
from tests.historian.records import reading


@pytest.mark.parametrize("name", ["x", "ais:Ådal ✓", "s" * 208])
def test_a_name_leaves_room_for_the_ids_made_of_it(name: str) -> None:
    number = 2**63 - 1
    assert len(f"{checked(name)}:20261127T123456123456/{number}") <= MAX_NAME


@pytest.mark.parametrize("name", ["", "s" * 209, "s" * 257, "a\0b", "a\nb", "\ud800", "\x7f"])
def test_what_is_no_name_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(SettingError, match="is no name: give 1 to 208 characters"):
        checked(name)


@pytest.mark.parametrize("file", ["feed.nmea", "a\nb.nmea", "bad\udcff.gz", "n" * 300, "\x01"])
def test_any_file_gives_a_name_that_messages_take(file: str) -> None:
    source = of_file("ais", f"/feeds/{file}")
    assert isinstance(reading(source=source), Reading)
    assert checked(source) == source
