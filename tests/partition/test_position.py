"""A saved position against the records that come."""

import pytest
from aiokafka import TopicPartition

from services.historian.lane import _SAVER
from services.partition.ending import PositionRefused
from services.partition.position import Saver, after_run, beyond_the_end

PLACE = TopicPartition("telemetry", 2)
MONITOR = Saver("monitor", "begin with a new database and without the topic monitor-state")


def test_a_run_that_begins_at_the_position_or_after_it_moves_it_on() -> None:
    assert after_run(MONITOR, PLACE, 10, (10, 14)) == 15
    assert after_run(MONITOR, PLACE, 10, (12, 12)) == 13  # a transaction marker was between


def test_a_run_before_the_position_is_of_a_topic_made_anew() -> None:
    with pytest.raises(PositionRefused, match=r"stands at offset 10 of telemetry-2, which ends a"):
        after_run(MONITOR, PLACE, 10, (0, 4))


@pytest.mark.parametrize("saver", [MONITOR, _SAVER])
def test_nobody_is_told_to_keep_the_database_of_another_kafka(saver: Saver) -> None:
    sentence = str(beyond_the_end(saver, PLACE, 10, 0))
    assert "with a new database" in sentence
    assert "monitor-state" in sentence
    assert "sink_offset" not in sentence
