"""When assets are heard: readings in, their number and the gaps between them out."""

from datetime import timedelta

from schemas.messages import LATEST
from services.lab.judge import Gap
from services.lab.run import GAP_S, Heard
from simulators.emission import Emission
from tests.lab.builders import DAY


def emission(second: int, asset: str = "ship-1", topic: str = "telemetry") -> Emission:
    return Emission(second, 0, topic, asset, b"")


def gap(since: int, until: int) -> Gap:
    return Gap(DAY + timedelta(seconds=since), DAY + timedelta(seconds=until))


def test_a_gap_is_longer_than_usual_and_the_last_is_open() -> None:
    heard = Heard(DAY)
    heard.take([emission(10), emission(10 + GAP_S), emission(20, "ship-2")])
    heard.take([emission(11 + 2 * GAP_S), emission(890, topic="facts"), emission(900)])
    assert heard.gaps("ship-1") == [
        gap(10 + GAP_S, 11 + 2 * GAP_S), Gap(DAY + timedelta(seconds=900), LATEST)
    ]  # fmt: skip
    assert (heard.readings("ship-1"), heard.readings("ship-2")) == (4, 1)


def test_what_is_heard_late_or_never_has_a_gap_from_the_start() -> None:
    heard = Heard(DAY)
    heard.take([emission(4_000)])
    assert heard.gaps("ship-1")[0] == gap(0, 4_000)
    assert heard.gaps("ship-9") == [Gap(DAY, LATEST)]
