"""The form in which an asset class is described: plain data that all parts read."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Operator = Literal["<", "<=", "==", ">=", ">"]
Bounds = tuple[float | None, float | None]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Channel(_Data):
    """One number that an asset of the class may report.

    `impossible` holds the bounds outside which a value cannot be true (exclusive: a value below the
    first or above the second is flagged); `typical` is where healthy values live, for people and
    start values.  Outside `alarm` for 30 s is an anomaly whatever the statistics say.
    `watched` channels are looked at for sticking and summed up by the minute; those that name the
    channels they follow (the first is the main driver) also pass the statistical detector.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    unit: str
    meaning: str
    typical: Bounds = (None, None)
    impossible: Bounds = (None, None)
    alarm: Bounds = (None, None)
    follows: tuple[str, ...] = ()
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


class Thresholds(_Data):
    """How patient the monitor is with the class; intervals are those between an asset's reports,
    learned from them, and no shorter than the channels' own.
    """

    skew_s: float = Field(default=60.0, description="off by more from its feed, a clock is wrong")
    skew_readings: int = Field(default=10, description="if it is so for so many readings")
    silence_intervals: float = Field(default=4.0, description="so many left out are a silence")
    silence_told_every_s: float = 3600.0
    forbidden_after_s: float = Field(default=60.0, description="inside a forbidden zone: entered")
    frozen_intervals: float = Field(default=30.0, description="unchanged for so long: stuck")
    lively_intervals: float = Field(default=3.0, description="changed since then: alive")
    gap_intervals: float = Field(default=5.0, description="unheard for longer: proves nothing")
    held_intervals: float = Field(default=10.0, description="a channel left out is remembered")
    alarm_hold_s: float = Field(default=30.0, description="outside an alarm limit: an anomaly")
    anomaly_bar: float = Field(default=5.0, description="standard deviations, smoothed")
    anomaly_rows: int = Field(default=6, description="so many over the bar in a row: an anomaly")
    anomaly_rest_s: float = Field(default=120.0, description="a stop no longer is still work")


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
    thresholds: Thresholds = Thresholds()

    def channel(self, name: str) -> Channel:
        """The channel called `name`; raises KeyError with the class's name in it."""
        for channel in self.channels:
            if channel.name == name:
                return channel
        raise KeyError(f"{self.name} has no channel {name!r}")

    @property
    def moving_states(self) -> frozenset[str]:
        """Names of the states in which the asset makes way."""
        return frozenset(state.name for state in self.movement if state.moving)
