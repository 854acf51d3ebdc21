"""What the bridge does this step: the usual orders, or what a mishap makes of them."""

import numpy as np

from simulators.noise import Floats, Ints
from simulators.sea.helm import Helm
from simulators.sea.particulars import Particulars

USUAL = -1
_TO_LINE_M, _TO_TRACK_M = 2_500.0, 250.0
_HASTE_KN_MIN = 8.0


class Bridge:
    """One row a ship; `clear` gives everything back to healthy life, mishaps then act anew."""

    def __init__(self, ships: Particulars) -> None:
        self._ships = ships
        count = len(ships.length_m)
        self._unset, self._flags = np.empty((4, count)), np.empty((2, count), dtype=bool)
        self.free_kn, self.free_deg, self.beam_deg, self.rush_kn = self._unset
        self.stopped, self.aground = self._flags
        self.slow_kn, self.burn, self.drained_t = np.empty((3, count))
        self.status = np.empty(count, dtype=np.int64)
        self.heat = np.empty((6, count))
        self.clear()

    def clear(self) -> None:
        """No mishap acts."""
        self._unset.fill(np.nan)
        self._flags.fill(False)
        self.slow_kn.fill(np.inf)
        self.status.fill(USUAL)
        self.heat.fill(0.0)
        self.burn.fill(1.0)
        self.drained_t.fill(0.0)

    def rates(self, helm: Helm, order_kn: Floats) -> tuple[Floats, Floats]:
        """(gain, loss) in kn a minute: those of the ship, unless it rushes or strikes ground."""
        ships, rushing = self._ships, ~np.isnan(self.rush_kn)
        calming = helm.calm_kn > np.maximum(order_kn, ships.fastest_kn) + 3.0
        gain = np.where(rushing, _HASTE_KN_MIN, ships.gain_kn_min)
        loss = np.where(rushing | calming, _HASTE_KN_MIN, ships.loss_kn_min)
        return gain, np.where(self.aground, 2 * _HASTE_KN_MIN, loss)

    def goal_kn(self, usual_kn: Floats) -> Floats:
        """The speed wanted along the route."""
        usual_kn = np.minimum(usual_kn, self.slow_kn)
        goal = np.where(np.isnan(self.rush_kn), usual_kn, self.rush_kn)
        return np.where(self.aground, 0.0, goal)

    def steer(
        self, helm: Helm, dt: float, usual_kn: Floats, on_track: Floats, drag: Floats
    ) -> None:
        """Moves ships that are free of their routes; those that nothing keeps go back to them.

        `on_track`: 1 for ships that wait for orders, which keep close to their track.
        """
        led = ~np.isnan(self.free_kn)
        helm.release(np.flatnonzero(led))
        rows = np.flatnonzero(helm.free)
        if not len(rows):
            return
        alone: Ints = rows[~led[rows]]
        kn, deg = np.where(led, self.free_kn, usual_kn), self.free_deg.copy()
        near_m = np.where(on_track[alone] > 0, _TO_TRACK_M, _TO_LINE_M)
        if len(alone):
            helm.follow(alone)
            deg[alone] = helm.homeward_deg(alone, near_m)
        helm.steer_free(rows, kn[rows], deg[rows], self._ships.loss_kn_min[rows], dt)
        helm.rejoin(alone, near_m, drag)
