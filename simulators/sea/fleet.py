"""The fleet of ships: steps of a minute, all ships at once; reports lie between their ends.

Who sails is told in `roster`, what masters order in `orders`, a step in `sailing`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np

from simulators.fault import Fault
from simulators.fleet import Event, Sample, Span, every, stray_of, turns
from simulators.noise import Bools, Floats, Ints
from simulators.roughness import Noise
from simulators.scenario import Scenario
from simulators.sea.meters import Meters
from simulators.sea.mishaps import NAMES
from simulators.sea.needs import meets
from simulators.sea.receiver import Receivers
from simulators.sea.reports import LABELS, PANEL, STATUS, Errors, between, counts_of, read
from simulators.sea.roster import Roster
from simulators.sea.sailing import Sailing
from simulators.sea.start import UNDER_WAY
from simulators.sea.status import as_set
from simulators.sensors import Sensors

STEP_S = 60


class Ships:
    """Ships of world `seed` by their `numbers`; last come strangers, numbered -1, of each feed."""

    asset_class = "ship"
    panel = PANEL
    labels = LABELS

    def __init__(
        self, seed: int, numbers: Ints, feeds: Ints, scenario: Scenario, start: datetime
    ) -> None:
        self._roster = roster = Roster(seed, numbers, feeds, scenario.look_alikes)
        self.assets, self.numbers, self.feeds = roster.assets, roster.numbers, roster.feeds
        self._cadence, self._sloppy = scenario.cadence, scenario.look_alikes.status
        self._phase_s = turns(roster.every_key, 9, scenario.cadence.spread_s)
        self._stray = stray_of(roster.every_key, scenario.coverage.interval)
        self._sailing = Sailing(seed, roster, scenario, start)
        self._errors = self._draw_errors(scenario.noise)
        self._times = np.zeros(1, dtype=np.int64)
        self._nodes = self._sailing.node()[None]

    def _draw_errors(self, noise: Noise) -> Errors:
        roster, sailing = self._roster, self._sailing
        keys, hours = roster.every_key, roster.padded(sailing.engines.hours)
        meters = Meters(keys, roster.padded(sailing.ships.bunkers_t), hours, noise)
        sensors = Sensors(keys, PANEL.names, PANEL.noise, noise)
        return Errors(Receivers(keys, noise), meters, sensors)

    def live(self, until: int, faults: Sequence[Fault]) -> Sequence[Span]:
        """Steps of at most a minute up to `until`; mishaps act from their first second on."""
        sailing = self._sailing
        mine = [fault for fault in faults if fault.kind.name in NAMES]
        times, nodes, spans = [sailing.now], [self._nodes[-1]], []
        sailing.strangers.seen()
        sailing.strangers.forget(sailing.now)
        sailing.traffic.seen()
        sailing.traffic.forget(sailing.now)
        while sailing.now < until:
            spans += sailing.step(min(STEP_S, until - sailing.now), mine)
            times.append(sailing.now)
            nodes.append(sailing.node())
        self._times, self._nodes = np.array(times), np.stack(nodes)
        return spans

    def ready(self, need: str) -> Bools:
        """Rows whose state is as a fault needs it: see `needs.NEEDS`; raises KeyError else."""
        met = self._roster.padded(meets(need, self._sailing.state))
        return np.asarray(self._roster.ours & (met > 0))

    def due(self) -> tuple[Ints, Ints]:
        """Ships report by what they do; strangers only while they meet one of ours."""
        sailing, cadence = self._sailing, self._cadence
        under_way = self._roster.padded(self._report_as_under_way()) > 0
        period: Ints = np.where(under_way, cadence.ship_under_way_s, cadence.ship_moored_s)
        period = period.astype(np.int64)
        period[sailing.strangers.rows] = 0
        period[sailing.strangers.heard()] = cadence.ship_under_way_s
        period[sailing.traffic.heard()] = cadence.ship_under_way_s
        self._period_s = period
        since, until = int(self._times[0]), int(self._times[-1])
        return every(period, self._phase_s, since, until, self._stray)

    def _report_as_under_way(self) -> Bools:
        """By what they do; the set also reports fast where its status wrongly says under way."""
        roster, usual = self._roster, self._sailing.voyages.status
        status = self._nodes[0, : roster.alive, STATUS]
        under_way = (status != usual) | (usual == UNDER_WAY)
        if self._sloppy:
            now = np.full(len(status), self._times[0])
            under_way |= as_set(roster.keys, now, status, self._sloppy) == UNDER_WAY
        return np.asarray(under_way)

    def sample(self, rows: Ints, times: Ints) -> Sample:
        """Position, motion and engine; fuel and hours, and then the static data, less often."""
        roster = self._roster
        keys, ours = roster.every_key[rows], roster.ours[rows]
        true, stopped = between(self._nodes, self._times, rows, times)
        if self._sloppy:
            true[:, STATUS] = as_set(keys, times, true[:, STATUS], self._sloppy)
        since = times + self._phase_s[rows]
        counts = counts_of(since, self._period_s[rows], ours, self._cadence)
        routes = self._sailing.helm.route[np.minimum(rows, roster.alive - 1)]
        return read(keys, rows, times, true, stopped, counts, routes, self._errors)

    def usage(self) -> Floats:
        """Running hours of the main engine."""
        return self._roster.padded(self._sailing.engines.hours)

    def events(self) -> Iterator[Event]:
        """Dry docks begun and left in the block just lived."""
        yield from self._sailing.voyages.tell_all()
