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
