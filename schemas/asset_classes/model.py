"""The form in which an asset class is described: plain data that all parts read."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Operator = Literal["<", "<=", "==", ">=", ">"]
Bounds = tuple[float | None, float | None]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Driver(_Data):
    """One term of what a channel is expected to read: their sum, with weights that are learned.

    It is the channel, or the median of the channels, or, of none, 1 while the asset is at work and
    0 after; values in their typical ranges.
    """

    of: tuple[str, ...] = Field(default=(), max_length=4)
    size: bool = Field(default=False, description="without its sign")
    power: int = Field(default=1, ge=1)
    times: str | None = Field(default=None, description="a channel that multiplies it")
    lag_s: float = Field(default=0.0, ge=0, description="followed with a first-order lag")

    @property
    def channels(self) -> tuple[str, ...]:
        """All that it depends on."""
        return self.of if self.times is None else (*self.of, self.times)


def driver(
    *of: str, size: bool = False, power: int = 1, times: str | None = None, lag_s: float = 0.0
) -> Driver:
    """A Driver that reads as one: `driver("me_load_pct", power=2)`."""
    return Driver(of=of, size=size, power=power, times=times, lag_s=lag_s)


class Channel(_Data):
    """One number that an asset of the class may report.

    `impossible` holds the bounds outside which a value cannot be true (exclusive: a value below the
    first or above the second is flagged); `typical` is where healthy values live, for people and
    start values.  Outside `alarm` for 30 s is an anomaly whatever the statistics say.
    `watched` channels are looked at for sticking and summed up by the minute; those that name the
    drivers they follow also pass the statistical detector; less than `matters` off is no anomaly.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    unit: str
    meaning: str
    typical: Bounds = (None, None)
    impossible: Bounds = (None, None)
    alarm: Bounds = (None, None)
    follows: tuple[Driver, ...] = ()
    matters: float = Field(default=0.0, description="least deviation to be told of, in the unit")
    interval_s: float = Field(gt=0, description="seconds between values when reporting normally")
    watched: bool = False
    monotonic: bool = Field(default=False, description="a counter: it never runs backwards")


class Condition(_Data):
    """`quantity` is a channel, or `in:KIND` which is 1 inside a zone of that kind, else 0.

    A condition on an absent channel does not hold.
    """

    quantity: str
    operator: Operator
    value: float


def when(quantity: str, operator: Operator, value: float) -> Condition:
    """A Condition that reads as one: `when("sog_kn", "<", 0.5)`."""
    return Condition(quantity=quantity, operator=operator, value=value)


class MovementState(_Data):
    """One movement state; the first of the class whose conditions all hold is the candidate.

    The candidate becomes the state when it has held for `hold_s` seconds of event time.
    """

    name: str
    words: str | None = Field(
        default=None, description="`silent for 5 h while WORDS`; None: the name in small letters"
    )
    when: tuple[Condition, ...]
    hold_s: float = Field(default=0.0, ge=0)
    silence_after_s: float | None = Field(
        default=None, description="seconds without a reading that are a silence; None: never"
    )
    moving: bool = Field(description="whether the asset makes way in this state")


class TripRule(_Data):
    """A trip begins on a moving state outside `rest_zone`, ends on a resting one inside it."""

    name: str = Field(description="what the field calls it: voyage, flight, trip")
    rest_zone: str | None = Field(default=None, description="zone kind; None: resting anywhere")


class OverspeedRule(_Data):
    """Above `limit` for `hold_s` begins it; below `limit - margin` ends it."""

    channel: str
    limit: float
    margin: float
    hold_s: float


class Rule(_Data):
    """A rule of the monitor (its concerns.rule_table), by its name: its file says how it judges.

    It begins when it has held for `hold_s` of event time.  A reading of which not all of `when` are
    true, or which lacks a channel of them, says nothing.
    """

    name: str
    channel: str | None = Field(description="what it is about; None: the asset as a whole")
    reads: tuple[str, ...] = Field(
        default=(), description="the other channels that it reads, in the order of its file"
    )
    limit: float
    hold_s: float = Field(default=0.0, ge=0)
    when: tuple[Condition, ...] = ()


class Usage(_Data):
    """The counter by which leases of the class are settled, and what papers call its figures.

    Names are those of a fact's details; `imprecision` is the share by which an honest counter may
    be off (hour meters and odometers are right to about a hundredth).
    """

    counter: str = Field(description="a channel")
    step: float = Field(gt=0, description="grown by so much, its value is noted")
    most_per_h: float = Field(gt=0, description="an hour adds no more")
    imprecision: float = Field(default=0.01, ge=0)
    used: str = Field(description="the use that is declared for a period")
    cap: str = Field(description="the use that is allowed a month")
    month_from: str = Field(default="month_from", description="when the month of the cap began")
    counter_from: str = Field(description="the counter at that time, as the parties put it down")


class Thresholds(_Data):
    """How patient the monitor is with the class; intervals are those between an asset's reports,
    learned from them, and no shorter than the channels' own.
    """

    skew_s: float = Field(default=60.0, description="off by more from its feed, a clock is wrong")
    skew_readings: int = Field(default=10, description="if it is so for so many readings")
    silence_intervals: float = Field(default=4.0, description="so many left out are a silence")
    silences_per_day: float = Field(
        default=0.015, description="gaps that come as often, an asset-day on its feed, are none"
    )
    silence_told_every_s: float = 3600.0
    forbidden_after_s: float = Field(default=60.0, description="inside a forbidden zone: entered")
    frozen_readings: float = Field(default=15.0, description="unchanged in fewer: not stuck yet")
    lively_intervals: float = Field(default=3.0, description="changed since then: alive")
    gap_intervals: float = Field(default=5.0, description="unheard for longer: proves nothing")
    held_intervals: float = Field(default=10.0, description="a channel left out is remembered")
    alarm_hold_s: float = Field(default=30.0, description="outside an alarm limit: an anomaly")
    anomaly_bar: float = Field(default=5.5, description="usual deviations of a mean of errors")
    anomaly_rows: int = Field(default=4, description="so many over the bar in a row: an anomaly")
    anomaly_rest_s: float = Field(default=0.0, description="a stop no longer is still work")
    anomaly_awake_s: float = Field(default=1800.0, description="at rest for longer: not at work")
    anomaly_settle_s: float = Field(
        default=1200.0, description="at work again, not judged for so long"
    )


class AssetClass(_Data):
    """Everything the line needs to know of a class of assets; a new class is one such object."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    channels: tuple[Channel, ...]
    speed_channel: str
    course_channel: str
    knots_per_speed_unit: float
    max_implied_speed_kn: float = Field(description="faster between two fixes is a jump")
    movement: tuple[MovementState, ...]
    trip: TripRule
    overspeed: OverspeedRule
    rules: tuple[Rule, ...] = ()
    works_when: tuple[Condition, ...] = Field(
        default=(), description="on channels: its sensors are judged, besides when it makes way"
    )
    thresholds: Thresholds = Thresholds()
    usage: Usage | None = None

    def channel(self, name: str) -> Channel:
        """The channel called `name`; raises KeyError with the class's name in it."""
        for channel in self.channels:
            if channel.name == name:
                return channel
        raise KeyError(f"{self.name} has no channel {name!r}")

    def sums_up(self, channel: Channel) -> bool:
        """Whether a minute's summary tells of a channel: if it is watched, or settles leases."""
        return channel.watched or (self.usage is not None and channel.name == self.usage.counter)

    @property
    def moving_states(self) -> frozenset[str]:
        """Names of the states in which the asset makes way."""
        return frozenset(state.name for state in self.movement if state.moving)
