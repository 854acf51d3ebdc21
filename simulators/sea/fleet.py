"""The fleet of ships: steps of a minute, all ships at once; reports lie between their ends."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np

from schemas.zones import load_zones
from simulators.faults.model import Fault
from simulators.fleet import Event, Instrument, Panel, Sample, Span, every, keys_of
from simulators.geo import distance_m
from simulators.noise import Bools, Floats, Ints, asset_key, smooth, uniform, white
from simulators.routes import ROUTES
from simulators.scenario import Scenario
from simulators.sea.bridge import USUAL, Bridge
from simulators.sea.engine import CHANNELS, Engines
from simulators.sea.helm import Helm
from simulators.sea.mishaps import NAMES, Crossings, Scene, act
from simulators.sea.particulars import Particulars, between
from simulators.sea.strangers import PER_FEED, Strangers
from simulators.sea.voyages import ANCHORED, DAY_S, HOUR_S, UNDER_WAY, Voyages
from simulators.sea.weather import Weather

STEP_S, LOOK_S = 60, 600
_CLASS_CODE = 1
_STRANGERS_FROM = 1_000_000
_WATCH_S = 4 * HOUR_S
_DRAG_TAU_S = 1_200.0
_FOULED = 0.16  # of the resistance, after the usual years between dry docks
_MOST_LOAD = 0.80 / 0.85
_GPS_DEG = 2.5e-5

_AIS = (
    Instrument("sog_kn", 1, 0.06, low=0),
    Instrument("cog_deg", 1, 0.3),
    Instrument("heading_deg", 0, 0.3),
    Instrument("rot_deg_min", 1, 0.3),
    Instrument("nav_status", 0),
)
_ENGINE = (
    Instrument("me_rpm", 1, 0.25, low=0),
    Instrument("me_load_pct", 1, 0.4, low=0),
    Instrument("exh_temp_degc", 1, 0.8),
    Instrument("lo_press_bar", 2, 0.012, low=0),
    Instrument("lo_temp_degc", 1, 0.12),
    Instrument("jacket_cw_degc", 1, 0.15),
    Instrument("main_brg_degc", 1, 0.15),
    Instrument("tc_rpm", 0, 40, low=0),
)
_MINUTE = (
    Instrument("fuel_flow_t_h", 3, 0.008, low=0),
    Instrument("rob_fuel_t", 2),
    Instrument("me_hours", 3),
)
_STATIC = (Instrument("draught_m", 1), Instrument("cargo_t", 0))
_LAT, _LON, _COG, _HEADING, _ROT, _STATUS = 0, 1, 3, 4, 5, 6
_RPM = 2 + len(_AIS)
_FLOW = _RPM + len(_ENGINE)
_ANGLES = np.array([_LON, _COG, _HEADING])
_NO_LABELS: Mapping[str, str] = {}
_LABELS = [{"destination": "FOR ORDERS" if closed else end}
           for end, closed in zip(ROUTES.end, ROUTES.closed, strict=True)]  # fmt: skip
_PORTS = [zone for zone in load_zones() if zone.kind == "port"]
_PORT_LAT = np.array([[zone.lat] for zone in _PORTS])
_PORT_LON = np.array([[zone.lon] for zone in _PORTS])


def imo_number(base: int) -> str:
    """Seven digits: six of `base` and the check digit (IMO resolution A.1117(30))."""
    digits = f"{base:06d}"
    check = sum(int(digit) * weight for digit, weight in zip(digits, range(7, 1, -1), strict=True))
    return f"{digits}{check % 10}"


def _names(seed: int, numbers: Ints, feeds: Ints) -> tuple[str, ...]:
    first = 100_000 + seed * 7_919 % 100_000
    ours = [f"ship-{imo_number(900_000 + (first + 37 * int(n)) % 99_991)}" for n in numbers]
    others = [f"mmsi-{370_000_000 + (seed * 104_729 + int(code)) % 5_000_000:09d}"
              for code in _stranger_codes(feeds)]  # fmt: skip
    return (*ours, *others)


def _stranger_codes(feeds: Ints) -> Ints:
    codes = np.unique(feeds)[:, None] * PER_FEED + np.arange(PER_FEED)
    return np.asarray(codes.ravel() * 7_919)


class Ships:
    """Ships of world `seed` by their `numbers`; last come strangers, numbered -1, of each feed."""

    asset_class = "ship"
    panel = Panel((*_AIS, *_ENGINE, *_MINUTE, *_STATIC))

    def __init__(
        self, seed: int, numbers: Ints, feeds: Ints, scenario: Scenario, start: datetime
    ) -> None:
        self.assets = _names(seed, numbers, feeds)
        codes = _stranger_codes(feeds)
        self.numbers = np.concatenate([numbers, np.full(len(codes), -1)]).astype(np.int64)
        self.feeds = np.concatenate([feeds, np.repeat(np.unique(feeds), PER_FEED)]).astype(np.int64)
        self._scenario, self._life, self._cadence = scenario, scenario.life, scenario.cadence
        self._year_share = (start.timetuple().tm_yday - 1) / 365.25
        stranger_keys = [asset_key(seed, _CLASS_CODE, _STRANGERS_FROM + int(c)) for c in codes]
        self._keys = np.concatenate(
            [keys_of(seed, _CLASS_CODE, numbers), np.array(stranger_keys, dtype=np.uint64)]
        )
        self._phase_s = (uniform(self._keys, 9, 0) * 3_600).astype(np.int64)
        self._ships = Particulars(self._keys, self.numbers, self._life.habits)
        size = scenario.fleet.ships
        self._voyages = Voyages(self._keys, self.numbers, self._ships, size)
        self._helm = Helm(self._voyages.route, self._voyages.along_m)
        self._engines = Engines(self._keys, self._ships, self._life.wear)
        self._bridge = Bridge(self._ships)
        self._strangers = Strangers(np.flatnonzero(self.numbers < 0))
        self._weather = Weather(seed, self._life.weather, self._life.seasons)
        self._crossings = Crossings()
        self._now = self._look_at = 0
        self._set_out()

    def _set_out(self) -> None:
        """Ships under way have been so for long."""
        helm, voyages = self._helm, self._voyages
        self._drag = np.zeros(len(self._keys))
        self._look()
        helm.off_m[:] = helm.lane_m
        self._drag = self._resistance()
        self._look_at = 0
        self._look()
        helm.calm_kn = voyages.goal_kn(helm, self._order_kn, 1e-3)
        self._move(1e-3)
        self._run(1e-3)
        self._engines.start(self._sea.sea_degc, self._running())
        self._times = np.zeros(1, dtype=np.int64)
        self._nodes = self._node()[None]

    def _look(self) -> None:
        """Every ten minutes: the weather, the lane to keep, and the speed to order."""
        helm, voyages, now = self._helm, self._voyages, self._now
        self._look_at = now + LOOK_S
        share = self._year_share + now / (365.25 * DAY_S)
        self._sea = self._weather.at(helm.lat, helm.lon, now, share)
        gap_m = voyages.to_port_m(helm)
        self._calm_water = 1.0 - np.clip((gap_m - 15_000.0) / 30_000.0, 0.0, 1.0)
        reach_m = np.where(gap_m < 60_000.0, 600.0, 1_200.0) * ~voyages.for_orders
        sides = [2 * uniform(self._keys, stream, 0) - 1 for stream in (7, 8)]
        helm.lane_m = np.stack(sides) * reach_m
        self._order_kn = self._order()
        swing = 25.0 * smooth(self._keys, np.asarray(73), now, np.asarray(5_400.0))
        self._swing_deg = np.degrees(np.arctan2(self._sea.east_kn, self._sea.north_kn)) + swing

    def _order(self) -> Floats:
        """Crews have a speed for the leg, and some alter it from watch to watch."""
        ships, keys, habits = self._ships, self._keys, self._life.habits
        leg = np.clip(0.5 + (self._voyages.leg_share - 0.5) * habits, 0.0, 1.0)
        usual = ships.slowest_kn + (ships.fastest_kn - ships.slowest_kn) * leg
        watch = (self._now + self._phase_s * 4) // _WATCH_S
        alters = uniform(keys, 74, watch) < 0.25 * habits
        usual = usual + alters * between(keys, 75, -0.8, 0.5, int(self._now // DAY_S))
        usual = np.where(self._voyages.for_orders, 8.6 + 0.8 * leg, usual)
        most = ships.design_kn * np.cbrt(_MOST_LOAD / (1.0 + 0.5 * self._drag))
        return np.minimum(usual, most)

    def _resistance(self) -> Floats:
        """Added resistance as a share: waves, a fouled hull; less in ballast."""
        voyages = self._voyages
        waves = np.minimum(0.011 * self._sea.waves_m**2, 0.32) * (1.0 - 0.7 * self._calm_water)
        aged = np.clip(1.0 - (voyages.dock_due - self._now) / (850.0 * DAY_S), 0.0, 1.3)
        light = 0.45 * (voyages.draught_m / self._ships.draught_m - 1.0)
        return waves + _FOULED * self._life.wear * aged + light

    def live(self, until: int, faults: Sequence[Fault]) -> Sequence[Span]:
        """Steps of at most a minute up to `until`; mishaps act from their first second on."""
        mine = [fault for fault in faults if fault.kind.name in NAMES]
        times, nodes, spans = [self._now], [self._nodes[-1]], []
        self._strangers.forget(self._now)
        while self._now < until:
            spans += self._step(min(STEP_S, until - self._now), mine)
            times.append(self._now)
            nodes.append(self._node())
        self._times, self._nodes = np.array(times), np.stack(nodes)
        return spans

    def _step(self, dt: int, faults: Sequence[Fault]) -> list[Span]:
        now = self._now
        if now >= self._look_at:
            self._look()
        acting = [fault for fault in faults if fault.start <= now < fault.end]
        self._prepare(dt, acting)
        self._move(dt)
        self._run(dt)
        self._now = now + dt
        self._engines.heat_up(dt, self._now, self._sea.sea_degc, self._running(), self._bridge.heat)
        self._call_at_ports(dt)
        return [span for fault in faults if fault.kind.name == "forbidden_zone" and now < fault.end
                for span in self._crossings.watch(fault, self._helm, now, self._now)]  # fmt: skip

    def _prepare(self, dt: int, acting: Sequence[Fault]) -> None:
        bridge, helm = self._bridge, self._helm
        if acting or self._disturbed():
            bridge.clear()
        scene = Scene(self._now, dt, self._ships, helm, bridge, self._sea, self._strangers)
        for fault in acting:
            act(fault, scene)
        self._acted = bool(acting)
        self._drag += (self._resistance() - self._drag) * (1 - np.exp(-dt / _DRAG_TAU_S))

    def _disturbed(self) -> bool:
        return getattr(self, "_acted", False)

    def _move(self, dt: float) -> None:
        helm, voyages, bridge = self._helm, self._voyages, self._bridge
        bridge.steer(helm, dt, self._order_kn, voyages.for_orders.astype(float), self._drag)
        goal = bridge.goal_kn(voyages.goal_kn(helm, self._order_kn, dt))
        gain, loss = bridge.rates(helm, self._order_kn)
        helm.step(dt, goal, gain, loss, self._drag, self._sea, self._calm_water)
        anchored = voyages.status == ANCHORED
        beam = np.where(anchored, self._swing_deg, bridge.beam_deg)
        helm.turn(dt, beam, voyages.moored | bridge.aground)

    def _running(self) -> Bools:
        return np.asarray((self._voyages.status == UNDER_WAY) & ~self._bridge.stopped)

    def _run(self, dt: float) -> None:
        helm, bridge, ships = self._helm, self._bridge, self._ships
        running = self._running()
        self._engines.run(helm.calm_kn, helm.gain_kn, self._drag, running, bridge.burn)
        burnt = self._engines.flow + ships.auxiliaries_t_h
        self._voyages.work(self._now + int(dt), dt, burnt)
        self._voyages.fuel_t = np.maximum(self._voyages.fuel_t - bridge.drained_t, 0.0)

    def _call_at_ports(self, dt: int) -> None:
        berthed = self._voyages.arrive(self._helm, self._now)
        if len(berthed):
            self._engines.repair(berthed, self._now)
        undocked = self._voyages.leave(self._helm, self._now)
        if len(undocked):
            self._engines.overhaul(undocked, self._now)

    def _node(self) -> Floats:
        helm, voyages, bridge = self._helm, self._voyages, self._bridge
        node = np.empty((len(self._keys), 2 + len(self.panel.names)))
        sog_kn, cog_deg = helm.velocity()
        status = np.where(bridge.status == USUAL, voyages.status, bridge.status)
        node[:, :_RPM] = np.stack(
            [helm.lat, helm.lon, sog_kn, cog_deg, helm.heading_deg, helm.rot_deg_min, status],
            axis=1,
        )
        node[:, _RPM : _RPM + len(CHANNELS)] = self._engines.channels()
        node[:, _RPM + len(CHANNELS) :] = np.stack(
            [voyages.fuel_t, self._engines.hours, voyages.draught_m, voyages.cargo_t], axis=1
        )
        self._strangers.show(node, self._now)
        return node

    def ready(self, need: str) -> Bools:
        """Rows whose state is as a fault needs it: see `mishaps.NEEDS`; raises KeyError else."""
        helm, voyages = self._helm, self._voyages
        ours = self.numbers >= 0
        sails = ours & (voyages.status == UNDER_WAY) & ~helm.free & (helm.along_mps > 2.6)
        gap_m = voyages.to_port_m(helm)
        fast = sails & (helm.calm_kn > 8.0)
        steaming = fast & (gap_m > 70_000.0) & ~voyages.for_orders
        calls: Mapping[str, Bools] = {
            "any": ours,
            "under_way": fast,
            "steaming": steaming,
            "at_sea": steaming,
            "coastal": sails & (gap_m > 3_000.0) & (gap_m < 60_000.0),
            "near_forbidden": sails & voyages.for_orders & self._on_a_straight(),
            "lying": ours
            & (voyages.status != UNDER_WAY)
            & (voyages.wait_until > self._now + 4.5 * HOUR_S)
            & (voyages.bunker_to_t <= voyages.fuel_t),
        }
        return calls[need] & self._off_ports() if need == "at_sea" else calls[need]

    def _on_a_straight(self) -> Bools:
        """On the near side of a waiting track, well before its end; it begins in the middle."""
        length_m = ROUTES.tracks.length_m[self._helm.route]
        side_m = (self._helm.along_m + length_m / 4) % length_m
        return np.asarray((side_m > 8_000.0) & (side_m < length_m / 2 - 20_000.0))

    def _off_ports(self) -> Bools:
        helm = self._helm
        nearest = distance_m(helm.lat[None], helm.lon[None], _PORT_LAT, _PORT_LON).min(axis=0)
        return np.asarray(nearest > 46_300.0)

    def due(self) -> tuple[Ints, Ints]:
        """Ships report by what they do; strangers only while they meet one of ours."""
        under_way = self._nodes[0, :, _STATUS] != self._voyages.status
        under_way |= self._voyages.status == UNDER_WAY
        period = np.where(
            under_way, self._cadence.ship_under_way_s, self._cadence.ship_moored_s
        ).astype(np.int64)
        period[self._strangers.rows] = 0
        period[self._strangers.heard()] = self._cadence.ship_under_way_s
        self._period_s = period
        return every(period, self._phase_s, int(self._times[0]), int(self._times[-1]))

    def sample(self, rows: Ints, times: Ints) -> Sample:
        """Position, motion and engine; fuel and hours, and then the static data, less often."""
        true, started = self._between(rows, times)
        keys = self._keys[rows]
        alive = np.where(true[:, _RPM] > 0.5, 1.0, 0.15)
        jitter = _GPS_DEG * white(keys[:, None], np.array([[90, 91]]), times[:, None])
        lat, lon = true[:, _LAT] + jitter[:, 0], true[:, _LON] + jitter[:, 1]
        values = self.panel.read(keys, times, true[:, 2:], alive)
        values[:, 1:3] %= 360.0
        values[started == 0, _RPM - 2] = 0.0
        values[started == 0, _FLOW - 2] = 0.0
        counts = self._counts(rows, times)
        labels = [_LABELS[route] if full else _NO_LABELS for route, full in zip(
            self._helm.route[rows].tolist(), (counts == len(self.panel.names)).tolist(),
            strict=True)]  # fmt: skip
        return Sample(rows, times, lat, lon, values, counts, labels)

    def _between(self, rows: Ints, times: Ints) -> tuple[Floats, Floats]:
        """What is true between the ends of steps; and the engine's revolutions at their start."""
        step = np.searchsorted(self._times, times, side="right") - 1
        step = np.minimum(step, len(self._times) - 2)
        before, change = self._nodes[step, rows], self._nodes[step + 1, rows]
        share = (times - self._times[step]) / (self._times[step + 1] - self._times[step])
        rot, revolutions = change[:, _ROT].copy(), before[:, _RPM] + change[:, _RPM]
        change -= before
        change[:, _ANGLES] = (change[:, _ANGLES] + 180.0) % 360.0 - 180.0
        true = before + change * share[:, None]
        true[:, _STATUS], true[:, _ROT] = before[:, _STATUS], rot
        speeding = change[:, 2] / np.maximum(2 * before[:, 2] + change[:, 2], 0.05)
        path = share + speeding * share * (share - 1.0)
        true[:, :2] = before[:, :2] + change[:, :2] * path[:, None]
        return true, revolutions

    def _counts(self, rows: Ints, times: Ints) -> Ints:
        since, period = times + self._phase_s[rows], self._period_s[rows]
        cadence = self._cadence
        hourly = since % max(cadence.ship_engine_s, 1) < period
        static = since % max(cadence.ship_static_s, 1) < period
        fast, minute = len(_AIS) + len(_ENGINE), len(_AIS) + len(_ENGINE) + len(_MINUTE)
        counts = np.where(static, len(self.panel.names), np.where(hourly, minute, fast))
        return np.where(self.numbers[rows] < 0, len(_AIS), counts)

    def usage(self) -> Floats:
        """Running hours of the main engine."""
        return self._engines.hours.copy()

    def events(self) -> Iterator[Event]:
        """Dry docks begun and left in the block just lived."""
        yield from self._voyages.tell_all()
