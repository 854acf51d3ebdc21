"""Sub-charters of ships, one after the other inside the head lease."""

from simulators.life.desk import Desk, Handlers
from simulators.life.standing import ON_LEASE
from simulators.life.subject import DAY_S


def await_charter(desk: Desk, row: int, at: int) -> None:
    """The next sub-charter begins after a pause."""
    subject = desk.subject(row)
    if subject.trade.charterers:
        pause = subject.days(0.1, 4, "pause", at // DAY_S)
        desk.standing.calendar.put(at + pause, row, "charter")


def charter(desk: Desk, row: int, at: int, _: object) -> None:
    """A sub-charter, well within the head lease."""
    now, subject = desk.standing, desk.subject(row)
    left_s = int(now.until[row]) - at
    if now.phase[row] != ON_LEASE or left_s < 20 * DAY_S:
        return
    until = at + min(subject.days(15, 200, "charter", at // DAY_S), left_s - 10 * DAY_S)
    charterers = subject.trade.charterers[subject.type.trade]
    now.charterer[row] = subject.one_of(charterers, "charterer", at // DAY_S)
    desk.declare(
        row, at, "subchartered", "lessee", "time charter", until=until, charterer=now.charterer[row]
    )
    now.calendar.put(until, row, "charter end")


def charter_end(desk: Desk, row: int, at: int, _: object) -> None:
    """It ends as planned."""
    if row in desk.standing.charterer:
        end_charter(desk, row, at)
        await_charter(desk, row, at)


def end_charter(desk: Desk, row: int, at: int) -> None:
    """It ends now."""
    charterer = desk.standing.charterer.pop(row)
    desk.declare(row, at, "subcharter_ended", "lessee", "redelivery note", charterer=charterer)


HANDLERS: Handlers = {"charter": charter, "charter end": charter_end}
