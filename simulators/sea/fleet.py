"""The fleet of ships: steps of a minute, all ships at once; reports lie between their ends."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np

from simulators.fault import Fault
from simulators.fleet import (
    COMPANION,
    STRANGER,
    Event,
    Sample,
    Span,
    every,
    keys_of,
    stray_of,
    turns,
)
from simulators.noise import Bools, Floats, Ints, asset_key, smooth, uniform
from simulators.roughness import LookAlikes, Noise
from simulators.scenario import Scenario
from simulators.sea.bridge import USUAL, Bridge
from simulators.sea.engine import CHANNELS, Engines
from simulators.sea.helm import Helm
from simulators.sea.identity import companion_names, names_of, stranger_codes
from simulators.sea.meters import Meters
from simulators.sea.mishaps import NAMES, Crossings, Scene, act
from simulators.sea.needs import State, meets
from simulators.sea.particulars import Particulars
from simulators.sea.particulars import between as drawn
from simulators.sea.pauses import Pauses
from simulators.sea.receiver import Receivers
from simulators.sea.reports import AIS, PANEL, STATUS, WIDTH, Errors, between, counts_of, read
from simulators.sea.start import ANCHORED, DAY_S, HOUR_S, UNDER_WAY
from simulators.sea.status import as_set
from simulators.sea.strangers import PER_FEED, Strangers
from simulators.sea.traffic import Traffic
from simulators.sea.voyages import Voyages
from simulators.sea.weather import Weather
from simulators.sensors import sensors_of

STEP_S, LOOK_S = 60, 600
_CLASS_CODE = 1
_STRANGERS_FROM, _COMPANIONS_FROM = 1_000_000, 100_000_000
_WATCH_S = 4 * HOUR_S
_DRAG_TAU_S = 1_200.0
_FOULED = 0.16  # of the resistance, after the usual years between dry docks
_MOST_LOAD = 0.80 / 0.85
_ENGINE_FROM = 2 + len(AIS)
_ENGINE_TO = _ENGINE_FROM + len(CHANNELS)


class Ships:
    """Ships of world `seed` by their `numbers`; last come strangers, numbered -1, of each feed."""

    asset_class = "ship"
    panel = PANEL

    def __init__(
        self, seed: int, numbers: Ints, feeds: Ints, scenario: Scenario, start: datetime
    ) -> None:
        look = scenario.look_alikes
        codes, kept = stranger_codes(feeds), _with_company(numbers, look)
        self.assets = (*names_of(seed, numbers, feeds), *companion_names(seed, kept))
        others = [np.full(len(codes), STRANGER), np.full(len(kept), COMPANION)]
        self.numbers = np.concatenate([numbers, *others]).astype(np.int64)
        strangers_feeds = np.repeat(np.unique(feeds), PER_FEED)
        self.feeds = np.concatenate([feeds, strangers_feeds, feeds[: len(kept)]]).astype(np.int64)
        self._scenario, self._life, self._cadence = scenario, scenario.life, scenario.cadence
        self._year_share = (start.timetuple().tm_yday - 1) / 365.25
        stranger_keys = [asset_key(seed, _CLASS_CODE, _STRANGERS_FROM + int(c)) for c in codes]
        # Companions come last: they have no life of their own, only keys.
        self._keys = np.concatenate(
            [keys_of(seed, _CLASS_CODE, numbers), np.array(stranger_keys, dtype=np.uint64)]
        )
        company = keys_of(seed, _CLASS_CODE, _COMPANIONS_FROM + kept)
        self._every_key = np.concatenate([self._keys, company])
        self._phase_s = turns(self._every_key, 9, scenario.cadence.spread_s)
        self._stray = stray_of(self._every_key, scenario.coverage.interval)
        self._watch_s = (uniform(self._keys, 12, 0) * _WATCH_S).astype(np.int64)
        alive = self.numbers[: len(self._keys)]
        self._ships = Particulars(self._keys, alive, self._life.habits)
        size = scenario.fleet.ships
        self._voyages = Voyages(self._keys, alive, self._ships, size)
        self._helm = Helm(self._voyages.route, self._voyages.begins_m)
        self._engines = Engines(self._keys, self._ships, self._life.wear)
        self._errors = self._draw_errors(scenario.noise)
        self._pauses = Pauses(self._keys, scenario.look_alikes)
        self._bridge = Bridge(self._ships)
        self._strangers = Strangers(np.flatnonzero(self.numbers < 0))
        self._traffic = Traffic(self._keys, np.flatnonzero(self.numbers == COMPANION), look)
        self._weather = Weather(seed, self._life.weather, self._life.seasons)
        self._crossings = Crossings()
        self._now = self._look_at = 0
        self._disturbed = False
        self._set_out()

    def _draw_errors(self, noise: Noise) -> Errors:
        keys = self._every_key
        tanks_t, hours = self._padded(self._ships.bunkers_t), self._padded(self._engines.hours)
        meters = Meters(keys, tanks_t, hours, noise)
        sensors = sensors_of(keys, PANEL.names, PANEL.noise, noise)
        return Errors(Receivers(keys, noise), meters, sensors)

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
        if self._pauses.wanted:
            steaming = meets("steaming", State(helm, voyages, now))
            steaming &= self.numbers[: len(steaming)] >= 0
            self._pauses.look(now, LOOK_S, steaming)
        self._traffic.look(now, helm, voyages, self._pauses)
        self._order_kn = self._order()
        swing = 25.0 * smooth(self._keys, np.asarray(73), now, np.asarray(5_400.0))
        self._swing_deg = np.degrees(np.arctan2(self._sea.east_kn, self._sea.north_kn)) + swing

    def _order(self) -> Floats:
        """Crews have a speed for the leg, and some alter it from watch to watch."""
        ships, keys, habits = self._ships, self._keys, self._life.habits
        leg = np.clip(0.5 + (self._voyages.leg_share - 0.5) * habits, 0.0, 1.0)
        usual = ships.slowest_kn + (ships.fastest_kn - ships.slowest_kn) * leg
        watch = (self._now + self._watch_s) // _WATCH_S
        alters = uniform(keys, 74, watch) < 0.25 * habits
        usual = usual + alters * drawn(keys, 75, -0.8, 0.5, int(self._now // DAY_S))
        waiting = ships.design_kn * (0.6 + 0.06 * leg)
        usual = np.where(self._voyages.for_orders, waiting, usual)
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
        self._traffic.seen()
        self._traffic.forget(self._now)
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
        pausing = self._pauses.wanted and bool(self._pauses.acting(self._now).any())
        if acting or pausing or self._disturbed:
            bridge.clear()
        if pausing:
            self._pauses.act(self._now, bridge, helm, self._sea)
        scene = Scene(self._now, dt, self._ships, helm, bridge, self._sea, self._strangers)
        for fault in acting:
            act(fault, scene)
        self._disturbed = bool(acting) or pausing
        self._drag += (self._resistance() - self._drag) * (1 - np.exp(-dt / _DRAG_TAU_S))

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
        whole = np.zeros((len(self._every_key), WIDTH))
        node = whole[: len(self._keys)]
        sog_kn, cog_deg = helm.velocity()
        status = np.where(bridge.status == USUAL, voyages.status, bridge.status)
        node[:, :_ENGINE_FROM] = np.stack(
            [helm.lat, helm.lon, sog_kn, cog_deg, helm.heading_deg, helm.rot_deg_min, status],
            axis=1,
        )
        node[:, _ENGINE_FROM:_ENGINE_TO] = self._engines.channels()
        node[:, _ENGINE_TO:] = np.stack(
            [voyages.fuel_t, self._engines.hours, voyages.draught_m, voyages.cargo_t], axis=1
        )
        self._strangers.show(whole, self._now)
        self._traffic.show(whole, self._now)
        return whole

    def ready(self, need: str) -> Bools:
        """Rows whose state is as a fault needs it: see `needs.NEEDS`; raises KeyError else."""
        met = self._padded(meets(need, State(self._helm, self._voyages, self._now)))
        return np.asarray((self.numbers >= 0) & (met > 0))

    def _padded(self, own: Bools | Floats) -> Floats:
        """A number a row, of companions too: they have 0."""
        return np.concatenate([own, np.zeros(len(self._every_key) - len(own))])

    def due(self) -> tuple[Ints, Ints]:
        """Ships report by what they do; strangers only while they meet one of ours."""
        status = self._nodes[0, : len(self._keys), STATUS]
        under_way = status != self._voyages.status
        under_way |= self._voyages.status == UNDER_WAY
        if strength := self._scenario.look_alikes.status:
            # The set reports as fast as its status asks for, right or wrong.
            now = np.full(len(status), self._times[0])
            under_way |= as_set(self._keys, now, status, strength) == UNDER_WAY
        period = np.where(
            self._padded(under_way) > 0, self._cadence.ship_under_way_s, self._cadence.ship_moored_s
        ).astype(np.int64)
        period[self._strangers.rows] = 0
        period[self._strangers.heard()] = self._cadence.ship_under_way_s
        period[self._traffic.heard()] = self._cadence.ship_under_way_s
        self._period_s = period
        since, until = int(self._times[0]), int(self._times[-1])
        return every(period, self._phase_s, since, until, self._stray)

    def sample(self, rows: Ints, times: Ints) -> Sample:
        """Position, motion and engine; fuel and hours, and then the static data, less often."""
        true, stopped = between(self._nodes, self._times, rows, times)
        if strength := self._scenario.look_alikes.status:
            true[:, STATUS] = as_set(self._every_key[rows], times, true[:, STATUS], strength)
        since, ours = times + self._phase_s[rows], self.numbers[rows] >= 0
        counts = counts_of(since, self._period_s[rows], ours, self._cadence)
        routes = self._helm.route[np.minimum(rows, len(self._keys) - 1)]
        return read(self._every_key[rows], rows, times, true, stopped, counts, routes, self._errors)

    def usage(self) -> Floats:
        """Running hours of the main engine."""
        return self._padded(self._engines.hours)

    def events(self) -> Iterator[Event]:
        """Dry docks begun and left in the block just lived."""
        yield from self._voyages.tell_all()


def _with_company(numbers: Ints, look: LookAlikes) -> Ints:
    """The numbers of ships with companions: of all, or of none where no key asks for them."""
    return numbers if look.pilots or look.meetings or look.strangers else numbers[:0]
