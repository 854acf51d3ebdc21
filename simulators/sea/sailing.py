"""A step of all ships at once: orders, mishaps and pauses, motion, engines, calls at ports."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from simulators.fault import Fault
from simulators.fleet import Span
from simulators.noise import Bools, Floats
from simulators.scenario import Scenario
from simulators.sea.bridge import USUAL, Bridge
from simulators.sea.engine import Engines
from simulators.sea.helm import Helm
from simulators.sea.mishaps import Crossings, Scene, act
from simulators.sea.needs import State, meets
from simulators.sea.orders import LOOK_S, Orders
from simulators.sea.particulars import Particulars
from simulators.sea.pauses import Pauses
from simulators.sea.reports import WIDTH
from simulators.sea.roster import Roster
from simulators.sea.start import ANCHORED, UNDER_WAY
from simulators.sea.strangers import Strangers
from simulators.sea.traffic import Traffic
from simulators.sea.voyages import Voyages


class Sailing:
    """The ships' state at second `now`; what it is made of is told apart by its parts."""

    def __init__(self, seed: int, roster: Roster, scenario: Scenario, start: datetime) -> None:
        keys, life, look = roster.keys, scenario.life, scenario.look_alikes
        numbers = roster.numbers[: roster.alive]
        self._roster, self.now = roster, 0
        self.ships = Particulars(keys, numbers, life.habits)
        self.voyages = Voyages(keys, numbers, self.ships, scenario.fleet.ships)
        self.helm = Helm(self.voyages.route, self.voyages.begins_m)
        self.engines = Engines(keys, self.ships, life.wear)
        self.strangers = Strangers(np.flatnonzero(~roster.ours))
        self.traffic = Traffic(keys, roster.companions, look)
        self._pauses, self._bridge = Pauses(keys, look), Bridge(self.ships)
        self._crossings = Crossings()
        self._disturbed = False
        self._set_out(Orders(seed, keys, self.ships, self.voyages, self.helm, life, start))

    def _set_out(self, orders: Orders) -> None:
        """Ships under way have been so for long."""
        helm, voyages = self.helm, self.voyages
        self._orders = orders
        helm.off_m[:] = helm.lane_m
        orders.drag = orders.resistance(self.now)
        self._look()
        helm.calm_kn = voyages.goal_kn(helm, orders.order_kn, 1e-3)
        self._move(1e-3)
        self._run(1e-3)
        self.engines.start(orders.sea.sea_degc, self._running())

    def _look(self) -> None:
        """Every ten minutes: what is ordered, what ships begin of their own, who comes near."""
        helm, voyages, now = self.helm, self.voyages, self.now
        self._look_at = now + LOOK_S
        self._orders.look(now)
        if self._pauses.wanted:
            steaming = meets("steaming", self.state) & self._roster.ours[: self._roster.alive]
            self._pauses.look(now, LOOK_S, steaming)
        self.traffic.look(now, helm, voyages, self._pauses)

    @property
    def state(self) -> State:
        """What the needs of faults are judged by."""
        return State(self.helm, self.voyages, self.now)

    def step(self, dt: int, faults: Sequence[Fault]) -> list[Span]:
        """Lives `dt` seconds; returns what forbidden areas were truly crossed."""
        now, orders = self.now, self._orders
        if now >= self._look_at:
            self._look()
        self._prepare(dt, [fault for fault in faults if fault.start <= now < fault.end])
        self._move(dt)
        self._run(dt)
        self.now = now + dt
        self.engines.heat_up(dt, self.now, orders.sea.sea_degc, self._running(), self._bridge.heat)
        self._call_at_ports()
        return [span for fault in faults if fault.kind.name == "forbidden_zone" and now < fault.end
                for span in self._crossings.watch(fault, self.helm, now, self.now)]  # fmt: skip

    def _prepare(self, dt: int, acting: Sequence[Fault]) -> None:
        bridge, helm, sea = self._bridge, self.helm, self._orders.sea
        pausing = self._pauses.wanted and bool(self._pauses.acting(self.now).any())
        if acting or pausing or self._disturbed:
            bridge.clear()
        if pausing:
            self._pauses.act(self.now, bridge, helm, sea)
        scene = Scene(self.now, dt, self.ships, helm, bridge, sea, self.strangers)
        for fault in acting:
            act(fault, scene)
        self._disturbed = bool(acting) or pausing
        self._orders.meet(self.now, dt)

    def _move(self, dt: float) -> None:
        helm, voyages, bridge, orders = self.helm, self.voyages, self._bridge, self._orders
        bridge.steer(helm, dt, orders.order_kn, voyages.for_orders.astype(float), orders.drag)
        goal = bridge.goal_kn(voyages.goal_kn(helm, orders.order_kn, dt))
        gain, loss = bridge.rates(helm, orders.order_kn)
        helm.step(dt, goal, gain, loss, orders.drag, orders.sea, orders.calm_water)
        anchored = voyages.status == ANCHORED
        beam = np.where(anchored, orders.swing_deg, bridge.beam_deg)
        helm.turn(dt, beam, voyages.moored | bridge.aground)

    def _running(self) -> Bools:
        return np.asarray((self.voyages.status == UNDER_WAY) & ~self._bridge.stopped)

    def _run(self, dt: float) -> None:
        helm, bridge, voyages = self.helm, self._bridge, self.voyages
        self.engines.run(
            helm.calm_kn, helm.gain_kn, self._orders.drag, self._running(), bridge.burn
        )
        burnt = self.engines.flow + self.ships.auxiliaries_t_h
        voyages.work(self.now + int(dt), dt, burnt)
        voyages.fuel_t = np.maximum(voyages.fuel_t - bridge.drained_t, 0.0)

    def _call_at_ports(self) -> None:
        berthed = self.voyages.arrive(self.helm, self.now)
        if len(berthed):
            self.engines.repair(berthed, self.now)
        undocked = self.voyages.leave(self.helm, self.now)
        if len(undocked):
            self.engines.overhaul(undocked, self.now)

    def node(self) -> Floats:
        """What is true now: a row a ship; latitude, longitude, and then the channels."""
        helm, voyages, bridge = self.helm, self.voyages, self._bridge
        whole = np.zeros((len(self._roster.every_key), WIDTH))
        node = whole[: self._roster.alive]
        sog_kn, cog_deg = helm.velocity()
        status = np.where(bridge.status == USUAL, voyages.status, bridge.status)
        columns = (
            helm.lat, helm.lon, sog_kn, cog_deg, helm.heading_deg, helm.rot_deg_min, status,
            *self.engines.channels(),
            voyages.fuel_t, self.engines.hours, voyages.draught_m, voyages.cargo_t,
        )  # fmt: skip
        for number, column in enumerate(columns):
            node[:, number] = column
        self.strangers.show(whole, self.now)
        self.traffic.show(whole, self.now)
        return whole
