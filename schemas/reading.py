"""`telemetry`: what an asset's device said, as it said it, and the clock ticks of its feed."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from schemas.messages import AssetId, Count, Latitude, Longitude, Message, Name, Text, UtcTime

MAX_AHEAD = timedelta(seconds=120)
"""A device whose clock is further ahead of the line than this does not decide what is now."""

FiniteChannel = Annotated[float, Field(allow_inf_nan=False)]


class Reading(Message):
    """One report of one asset at one instant.

    Raw and never altered: an impossible value stays here and is pointed at by a signal.  A
    protocol's "not available" sentinel is an absent channel, never a value.
    (asset, source, time, seq) is the identity: `seq` is the report's place in its source's own
    order (a line number, a message counter), so that two reports with the same time remain two.
    """

    asset: AssetId
    asset_class: Name
    source: Name = Field(description="the feed that delivered it: ais:FILE, sim:demo-7")
    time: UtcTime = Field(description="event time, by the device or its receiver")
    ingest_time: UtcTime = Field(description="when the line took it in")
    seq: Count
    lat: Latitude | None = None
    lon: Longitude | None = None
    channels: dict[Name, FiniteChannel] = Field(
        default_factory=dict, description="numbers by channel name, units as in the asset class"
    )
    labels: dict[Name, Text] = Field(
        default_factory=dict, description="text beside the numbers: stop, flight number, squawk"
    )


class Tick(Message):
    """The feed's clock, written into every partition of `telemetry` every few seconds.

    An asset's silence is judged against its own feed's clock and never against the wall clock, so
    that a replay concludes the same.
    """

    kind: Literal["tick"] = "tick"
    source: Name
    ingest_time: UtcTime
