"""Two scores of whole rows, whatever their channels mean, from 0 to 1; 0.5 is the threshold.

    alert   rare, sharp and early: something new, or stiller than ever; see `novelty`, `alarm`
    level   how far out of its baseline the asset now is; see `gated`, `discord`, `departure`

The distances of the level are three more channels of the alert's novelty: their values are new
where all channels are as usual but their combination is not.
"""

from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from services.domain.detectors.alarm import Alarm, AlarmSettings
from services.domain.detectors.departure import Departure, DepartureSettings
from services.domain.detectors.discord import Discord, DiscordSettings
from services.domain.detectors.gated import Gated, GatedSettings
from services.domain.detectors.held import Held
from services.domain.detectors.novelty import NONE, Novelty, NoveltySettings
from services.domain.form import Array

_LATE = DepartureSettings(late_rows=30)
_LONG = DiscordSettings(history_rows=2_000)


class ScoreSettings(BaseModel):
    """What may be set, section by section; each default is what is used without."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    novelty: NoveltySettings = NoveltySettings()
    alarm: AlarmSettings = AlarmSettings()
    gated: GatedSettings = GatedSettings()
    gated_departure: DepartureSettings = _LATE
    discord: DiscordSettings = _LONG
    discord_departure: DepartureSettings = DepartureSettings()
    joint_behind: FiniteFloat = Field(
        0.5, ge=0, description="taken off the novelty of the distances"
    )
    gated_weight: FiniteFloat = Field(
        0.4, ge=0, description="times as much as a discord counts a departure from the baseline"
    )
    level_threshold: FiniteFloat = Field(
        4.0, gt=0, description="deviations out of the baseline at which the level is 0.5"
    )


class Scores(NamedTuple):
    """Of each row."""

    alert: Array
    level: Array


class Detectors(NamedTuple):
    """All detectors of many assets with as many channels; every array has a row an asset."""

    held: Held
    novelty: Novelty
    joint: Novelty
    alarm: Alarm
    gated: Gated
    gated_departure: Departure
    discord: Discord
    discord_departure: Departure
    settings: ScoreSettings

    @classmethod
    def new(cls, assets: int, channels: int, settings: ScoreSettings | None = None) -> "Detectors":
        """Before the first row."""
        of = settings or ScoreSettings()
        return cls(
            Held.new(assets, channels),
            Novelty.new(assets, channels, of.novelty),
            Novelty.new(assets, 3, of.novelty, streams=1),
            Alarm.new(assets, of.alarm),
            Gated.new(assets, channels, of.gated),
            Departure.new(assets, of.gated_departure),
            Discord.new(assets, channels, of.discord),
            Departure.new(assets, of.discord_departure),
            of,
        )

    def take(self, assets: Array, values: Array, hours: Array) -> Scores:
        """The scores of the rows in `values`, one after the other.

        Each is of the asset whose number is in `assets`, in the hour of the day in `hours` (0 where
        it is not known).  How the rows are cut into calls changes nothing.
        """
        of, rows = self.settings, self.held.take(assets, values)
        distances = np.empty((len(rows), 3))
        distances[:, :2] = self.gated.take(assets, rows)
        distances[:, 2] = self.discord.take(assets, rows)
        new, still = self.novelty.take(assets, rows, hours)
        still = np.minimum(still - of.novelty.still_behind, of.novelty.still_most)
        new = np.maximum(new, still)
        jointly_new, _ = self.joint.take(assets, distances, hours)
        new = np.maximum(new, jointly_new - of.joint_behind)
        measured = np.count_nonzero(~np.isnan(rows), axis=1)
        above = self.alarm.take(assets, new, measured)

        out = self.gated_departure.take(assets, distances[:, 0].copy())
        strange = self.discord_departure.take(assets, distances[:, 2].copy())
        parts = np.stack([of.gated_weight * out, strange])
        level = np.sqrt(np.square(np.maximum(parts, 0.0)).sum(axis=0))
        level = np.where(level > 0.0, _squashed(level / of.level_threshold - 1.0), 0.0)
        return Scores(np.where(above > NONE, _squashed(above), 0.0), level)


def _squashed(above: Array) -> Array:
    """From 0 to 1, 0.5 at the threshold; unlike a logistic, far values do not become equal."""
    return 0.5 * (1.0 + above / (1.0 + np.abs(above)))
