"""What goes wrong: faults planned from the seed, each with a label that says what is true.

Three places where a fault acts: on the physics (`begin`), on what the instruments say (`distort`)
and on the way to the line (`speaking`, `transport`).  A fault alters nothing before its start.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from simulators.noise import Floats, Ints
from simulators.old.aircraft import AIRBORNE, AircraftFleet
from simulators.old.emission import Report
from simulators.old.fleet import Fleet, Sample
from simulators.old.metro import STABLED, TOP_SPEED_MPS, MetroTrains
from simulators.old.ships import HOLD_FROM_TICK, UNDER_WAY, Ships

FIRST_S, CYCLE_S, FIRST_CYCLE_S = 15, 600, 300
_FAULT_CODE = 77
_PLAIN = ("value", "jump")  # wrong from their first reading on
_ASSETS_PER_INSTANCE = 1_000


class FaultLabel(NamedTuple):
    """One injected fault; `expect` says what the line should notice and by when."""

    id: str
    asset: str
    kind: str
    start: datetime
    end: datetime
    severity: str
    channel: str | None
    expect: str


class Kind(NamedTuple):
    """A kind of fault: the classes that it befalls, how long it lasts, what it does to whom.

    `amount` is an offset, a value, metres per second, knots, degrees or seconds, as `acts` needs.
    """

    name: str
    asset_class: str
    acts: str
    duration_s: int
    amount: float
    severity: str
    channel: str | None
    expect: str
    ramp_s: int = 0


KINDS = (
    Kind("metro_overspeed", "metro", "speed", 240, 25.5, "alarm", "speed_mps",
         "overspeed within 120 s of the start"),
    Kind("ship_overspeed", "ship", "speed", 240, 27.5, "warning", "sog_kn",
         "overspeed within 120 s of the start"),
    Kind("silence", "metro", "silent", 160, 0, "warning", None,
         "silence 90 s after the start, ended at the end"),
    Kind("axle_box_heating", "metro", "offset", 420, 48, "alarm", "axle_box_2_degc",
         "above 70 degC and its peers, or an anomaly, within 120 s", ramp_s=90),
    Kind("main_bearing_heating", "ship", "offset", 420, 30, "alarm", "main_brg_degc",
         "an anomaly within 200 s", ramp_s=120),
    Kind("exhaust_rise", "ship", "offset", 420, 130, "alarm", "exh_temp_degc",
         "an anomaly within 200 s", ramp_s=120),
    Kind("fan_vibration", "aircraft", "offset", 300, 3.2, "alarm", "vib_n1",
         "an anomaly within 120 s", ramp_s=60),
    Kind("gps_interference", "aircraft", "value", 150, 1, "caution", "nac_p",
         "navigation accuracy lost: a data fault or nothing, never a crash"),
    Kind("stuck_sensor", "metro", "stuck", 300, 0, "caution", "motor_degc",
         "a frozen channel within the fault"),
    Kind("stuck_sensor", "ship", "stuck", 600, 0, "caution", "lo_temp_degc",
         "a frozen channel within the fault"),
    Kind("impossible_value", "metro", "value", 60, 19.5, "caution", "main_res_bar",
         "every reading flagged impossible"),
    Kind("impossible_value", "aircraft", "value", 60, 1_650, "caution", "egt_degc",
         "every reading flagged impossible"),
    Kind("position_jump", "ship", "jump", 25, 0.9, "warning", None,
         "a jump flagged at its first reading"),
    Kind("late_readings", "ship", "late", 180, 45, "caution", None,
         "every third reading comes 45 s late and is flagged late"),
    Kind("late_readings", "metro", "late", 120, 30, "caution", None,
         "every third reading comes 30 s late and is flagged late"),
    Kind("clock_skew", "aircraft", "skew", 90, 420, "caution", None,
         "times 7 min ahead of the feed flagged; nobody else late"),
)  # fmt: skip


class Fault(NamedTuple):
    """A planned fault in ticks: active while start <= tick < end."""

    kind: Kind
    fleet: Fleet
    row: int
    start: int
    end: int
    label: FaultLabel

    def strength(self, tick: int) -> float:
        """From 0 to 1 over the ramp."""
        return min(1.0, (tick - self.start + 1) / max(self.kind.ramp_s, 1))


class FaultPlan:
    """Plans faults cycle by cycle and applies those that are active."""

    def __init__(
        self, seed: int, fleets: Sequence[Fleet], start: datetime, wanted: bool = True
    ) -> None:
        self._seed, self._fleets, self._start, self._wanted = seed, fleets, start, wanted
        self._by_class = {fleet.asset_class: fleet for fleet in fleets}
        self._busy_until: dict[str, int] = {}
        self._planned: list[Fault] = []
        self._active: list[Fault] = []
        self._frozen: dict[str, float] = {}
        self._held_back: list[tuple[int, Report]] = []
        self._zone_labels: list[FaultLabel] = []
        if wanted:
            self._label_zone_entries()
            self._plan(0)

    def labels(self) -> list[FaultLabel]:
        """Every fault planned so far, by start."""
        planned = [fault.label for fault in self._planned] + self._zone_labels
        return sorted(planned, key=lambda label: (label.start, label.id))

    def _label_zone_entries(self) -> None:
        ships = self._by_class["ship"]
        assert isinstance(ships, Ships)
        for row in ships.forbidden_rows.tolist():
            self._busy_until[ships.assets[row]] = 1_200
            self._zone_labels.append(self._label(
                f"forbidden_zone-{row}", ships.assets[row], "forbidden_zone",
                HOLD_FROM_TICK, 24 * 3600, "alarm", None,
                "entry into a forbidden zone within 300 s"))  # fmt: skip

    def _label(self, name: str, asset: str, kind: str, start: int, end: int, severity: str,
               channel: str | None, expect: str) -> FaultLabel:  # fmt: skip
        first, last = (self._start + timedelta(seconds=tick) for tick in (start, end))
        return FaultLabel(f"fault-{self._seed}-{name}", asset, kind, first, last, severity,
                          channel, expect)  # fmt: skip

    def _plan(self, cycle: int) -> None:
        rng = np.random.default_rng([self._seed, _FAULT_CODE, cycle])
        begin = FIRST_S if cycle == 0 else FIRST_CYCLE_S + (cycle - 1) * CYCLE_S
        span = FIRST_CYCLE_S - FIRST_S if cycle == 0 else CYCLE_S
        copies = 1 + sum(len(fleet.assets) for fleet in self._fleets) // _ASSETS_PER_INSTANCE
        kinds = [KINDS[i] for _ in range(copies) for i in rng.permutation(len(KINDS))]
        if cycle == 0:  # plain ones first; slow ones last, when the detectors have learned
            kinds.sort(key=lambda kind: (kind.ramp_s > 0, kind.acts not in _PLAIN))
        for place, kind in enumerate(kinds):
            start = begin + int((place + rng.random()) / len(kinds) * span)
            self._plan_one(kind, start, f"{cycle}-{place}", rng)

    def _plan_one(self, kind: Kind, start: int, name: str, rng: np.random.Generator) -> None:
        fleet = self._by_class[kind.asset_class]
        rows = [row for row in np.flatnonzero(_lively(fleet)).tolist()
                if self._busy_until.get(fleet.assets[row], 0) <= start]  # fmt: skip
        draw = rng.random()
        if rows:
            row = rows[int(draw * len(rows))]
            end = start + kind.duration_s
            self._busy_until[fleet.assets[row]] = end + 30
            label = self._label(f"{name}-{kind.name}", fleet.assets[row], kind.name, start, end,
                                kind.severity, kind.channel, kind.expect)  # fmt: skip
            self._planned.append(Fault(kind, fleet, row, start, end, label))

    def begin(self, tick: int) -> None:
        """Plans the next cycle when it is time, starts and ends faults, acts on the physics."""
        if not self._wanted:
            return
        since = tick - FIRST_CYCLE_S
        if since >= 0 and since % CYCLE_S == 0:
            self._plan(since // CYCLE_S + 1)
        for fault in self._planned:
            if fault.kind.acts == "speed" and tick in (fault.start, fault.end):
                _set_speed(fault, tick < fault.end)
        self._active = [fault for fault in self._planned if fault.start <= tick < fault.end]

    def speaking(self, fleet: Fleet, rows: Ints, tick: int) -> Ints:
        """`rows` without those that a fault has silenced."""
        silent = [fault.row for fault in self._on(fleet) if fault.kind.acts == "silent"]
        return rows[~np.isin(rows, silent)] if silent else rows

    def _on(self, fleet: Fleet) -> list[Fault]:
        return [fault for fault in self._active if fault.fleet is fleet]

    def remembers(self) -> bool:
        """Whether what is said now matters later: a value sticks, or a reading is held back."""
        return any(fault.kind.acts in ("stuck", "late") for fault in self._active)

    def distort(self, fleet: Fleet, sample: Sample, tick: int) -> Sample:
        """What broken instruments make of `sample`."""
        for fault in self._on(fleet):
            distortion = _DISTORTIONS.get(fault.kind.acts)
            place = np.flatnonzero(sample.rows == fault.row)
            if distortion and len(place):
                distortion(fault, sample, int(place[0]), tick, self._frozen)
        return sample

    def transport(self, reports: list[Report], tick: int) -> list[Report]:
        """What reaches the line in this second: late ones first, then those of now."""
        acting = {fault.label.asset: fault for fault in self._active
                  if fault.kind.acts in ("late", "skew")}  # fmt: skip
        if not acting and not self._held_back:
            return reports
        arrived = [report for until, report in self._held_back if until <= tick]
        self._held_back = [held for held in self._held_back if held[0] > tick]
        for report in reports:
            fault = acting.get(report.asset)
            if fault is None:
                arrived.append(report)
            elif fault.kind.acts == "skew":
                ahead = timedelta(seconds=fault.kind.amount)
                arrived.append(report._replace(time=report.time + ahead))
            elif report.seq % 3 == 0:
                self._held_back.append((tick + int(fault.kind.amount), report))
            else:
                arrived.append(report)
        return arrived


def _lively(fleet: Fleet) -> Floats:
    """Rows that will be busy for some minutes, so that a fault on them is seen."""
    if isinstance(fleet, Ships):
        return np.asarray((fleet.status == UNDER_WAY) & (fleet.speed_kn > 10))
    if isinstance(fleet, AircraftFleet):
        left_m = fleet.circles.length_m - fleet.along_m
        return np.asarray((fleet.state == AIRBORNE) & (left_m > 250_000))
    assert isinstance(fleet, MetroTrains)
    return np.asarray(fleet.state != STABLED)


def _set_speed(fault: Fault, active: bool) -> None:
    fleet, row = fault.fleet, fault.row
    if isinstance(fleet, MetroTrains):
        fleet.top_speed[row] = fault.kind.amount if active else TOP_SPEED_MPS
    elif isinstance(fleet, Ships):
        fleet.surge_goal_kn[row] = fault.kind.amount - fleet.speed_kn[row] if active else 0.0


def _column(fault: Fault) -> int:
    return fault.fleet.channels.index(fault.kind.channel or "")


def _add(fault: Fault, sample: Sample, i: int, tick: int, frozen: dict[str, float]) -> None:
    raised = sample.values[i, _column(fault)] + fault.strength(tick) * fault.kind.amount
    sample.values[i, _column(fault)] = round(float(raised), 2)


def _put(fault: Fault, sample: Sample, i: int, tick: int, frozen: dict[str, float]) -> None:
    sample.values[i, _column(fault)] = fault.kind.amount


def _stick(fault: Fault, sample: Sample, i: int, tick: int, frozen: dict[str, float]) -> None:
    now = float(sample.values[i, _column(fault)])
    sample.values[i, _column(fault)] = frozen.setdefault(fault.label.id, now)


def _jump(fault: Fault, sample: Sample, i: int, tick: int, frozen: dict[str, float]) -> None:
    sample.lat[i] += fault.kind.amount if sample.lat[i] < 0 else -fault.kind.amount


_Distortion = Callable[[Fault, Sample, int, int, dict[str, float]], None]
_DISTORTIONS: Mapping[str, _Distortion] = {
    "offset": _add,
    "value": _put,
    "stuck": _stick,
    "jump": _jump,
}
