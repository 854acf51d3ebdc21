"""The hour out of timestamps as they are found in real files."""

import pytest

from services.scoring.clock import UNKNOWN, hour_of_day


@pytest.mark.parametrize(
    ("timestamp", "hour"),
    [
        ("2025-03-04 17:05:00", 17),
        ("2025-03-04T07:05:00.123456+02:00", 7),
        ("2025-03-04T23:59:59Z", 23),
        ("20250304T050000", UNKNOWN),
        ("04/03/2025 5:00", 5),
        ("3/4/25 05:00:00 PM", 17),
        ("3/4/25 12:30 am", 0),
        ("Tue Mar  4 09:10:11 2025", 9),
        ("04.03.2025 21:00:00,5", 21),
        ("1741107900", 17),
        ("1741107900.25", 17),
        ("1741107900000", 17),
        ("1741107900000000", 17),
        ("1741107900000000000", 17),
        ("2025-03-04", UNKNOWN),
        ("17", UNKNOWN),
        ("-5.5", UNKNOWN),
        ("nan", UNKNOWN),
        ("1e300", UNKNOWN),
        ("99:99", UNKNOWN),
        ("", UNKNOWN),
        ("yesterday", UNKNOWN),
    ],
)
def test_the_hour_of_a_timestamp(timestamp: str, hour: int) -> None:
    assert hour_of_day(timestamp) == hour
