"""Sections of a scenario that make healthy life as rough as it is at sea, in the air, on the rails.

Every key has a strength of its own: 0 is the clean world, 1 about what recordings of real feeds
show, 2 twice that.  A key at 0 changes no byte.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A table of a scenario: frozen, and without keys that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def strength(description: str, most: float = 2.0) -> Any:
    """A key from 0 (clean) to `most`; 1 is about the real world."""
    return Field(0.0, ge=0, le=most, description=description)


class Coverage(Section):
    """`[coverage]`: when and where assets are heard; strengths, 1 is real life."""

    interval: float = strength(
        "reports stray within their period; 1: their spacing varies by 0.45 of its mean", 1.0
    )
    shadows: float = strength("places without reception for hours; 1: 1.5 % of places and times")
    runs: float = strength(
        "runs of reports that are lost; 1: of ships 13 a day of 10 min, 0.8 of an hour, 0.5 of 6 h"
    )
    satellite: float = strength(
        "share of the sea off ports where only satellites hear, for minutes an hour; 1: 60 %", 1.5
    )


class Wire(Section):
    """`[wire]`: what feeds do to reports on their way; strengths, 1 is real life."""

    delays: float = strength(
        "log-normal delays; 1: half above 3 s, one in a hundred above a minute"
    )
    wrong_times: float = strength(
        "reports with a wrong time on them; 1: 0.15 %, up to half an hour"
    )
    receive_times: float = strength(
        "ships' feeds without numbers date reports on arrival; 1: with the whole delay", 1.0
    )
    jumps: float = strength("positions 5 to 20 km off that return at once; 1: 0.75 an asset-day")
    absent: float = strength(
        "assets that never report a channel; 1: 30 % of ships no heading, 24 % of aircraft no rate"
    )
    no_numbers: float = strength(
        "feeds that number the lines of the receiver and not each device's; 1: half of them"
    )
    sentinels: float = strength("reports without a position; 1: 0.4 %")
    repeats: float = strength("reports heard by a second receiver; 1: 5 % come twice")
    antennas: float = strength(
        "ships (for hours) and trains that report now from one, now from another receiver; 1: 25 %"
    )


class Noise(Section):
    """`[noise]`: how instruments err; strengths, 1 is real life."""

    at_rest: float = strength(
        "ships at rest show some speed, any course; 1: 42 % of ships, 1 % of stays over 3 kn"
    )
    position: float = strength(
        "positions wander; 1: ships at rest 0.7 m (one in 20: 4, in 100: 30), aircraft 0.15 s"
    )
    compass: float = strength("courses and headings err; 1: 2 deg, one in a hundred 19")
    own: float = strength("every sensor has its own noise; 1: 0.5 to 3 times the class's")
    tails: float = strength("noise has heavy tails; 1: one reading in 300 is 5 sd off")
    drift: float = strength("every sensor drifts over days; 1: three times its noise")
    quantised: float = strength("steps of height and its rate; 1: 25 ft and 64 ft/min")
    gauges: float = strength("tank gauges; 1: 0.1 % of the tanks white, 0.2 % of slow wander")
    meters: float = strength("flow meters and counters of hours and km are off; 1: by 1 %")
    accuracy: float = strength(
        "share of aircraft whose nac_p is as recorded (10, 9, 8, and 1.3 % of the time 0)", 1.0
    )


class LookAlikes(Section):
    """`[look_alikes]`: healthy events that look like faults; strengths, 1 is real life."""

    pauses: float = strength(
        "ships that wait, drift with the engine off or steam slowly at sea; 1: 0.25 a ship-day"
    )
    crash_stops: float = strength("ships that stop with full power; 1: 0.2 a ship-day")
    status: float = strength(
        "navigational status left as it was; 1: in six of ten stays, and 0.1 a ship-day under way"
    )
    pilots: float = strength("pilot boats that come alongside off ports; 1: at most calls")
    meetings: float = strength(
        "ships alongside; 1: barges at one anchorage in three, others at 35 % of waits at sea"
    )
    strangers: float = strength("ships that pass within 5 km; 1: two a day under way")
    holds: float = strength("trains held at a stop for 3 to 5 minutes; 1: 0.15 a train-hour")
    layovers: float = strength(
        "planned stands at terminals; 1: three in five are quick, 4 % last 5-10 min longer"
    )
    doors: float = strength("door contacts that lie; 1: 1.2 % of trains always, others at times")
    go_arounds: float = strength("missed approaches; 1: 0.5 % of approaches")
    firm_landings: float = strength("touch-downs of 1.5 to 1.9 g; 1: 6 % of landings")


class Severity(Section):
    """`[severity]`: faults over the range in which figures tell something; see `faults.range`.

    Labels say by `share` how large a fault is of what its kind's range gave it.
    """

    smaller: float = strength(
        "sizes of sensors' and machines' faults, evenly in their logarithm; 1: 0.1 to 1 of today's",
        1.0,
    )
    masked: float = strength("interference that leaves nac_p as it was; 1: half of it")
    fake_motion: float = strength(
        "spoofers that walk slowly, with a speed and a course that fit; 1: half of them"
    )
    silent_crews: float = strength(
        "groundings whose crew sets no status; 1: four in five, in place of half", 1.5
    )
    fading: float = strength("outages that fade in, over their first half; 1: half of them")
    slow_drifts: float = strength("drifts of sensors over 2 to 14 days; 1: half of them")
    working_time: bool = Field(
        False, description="what is noticed at work is to be noticed by so many hours of work"
    )
