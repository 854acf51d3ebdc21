"""Rows a second of processor time: many assets of eight channels, one row of each in a call.

One asset is taught, and its state copied for all: what is measured is not the warm-up.  Discord
looks back 500 rows, a quarter of what `leasewatch score` affords.
"""

import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from services.domain.detectors.discord import DiscordSettings
from services.domain.detectors.scores import Detectors, ScoreSettings
from services.domain.form import Array

CHANNELS = 8
_TAUGHT, _ROUNDS = 1_000, 5

_State = TypeVar("_State")


def rates(assets: int) -> dict[str, int]:
    """By family of detectors, and of all together."""
    random = np.random.default_rng(1)
    one = Detectors.new(1, CHANNELS, ScoreSettings(discord=DiscordSettings()))
    lesson = random.standard_normal((_TAUGHT, CHANNELS))
    one.take(np.zeros(_TAUGHT, np.int64), lesson, np.zeros(_TAUGHT, np.int64))
    many = copied(one, assets)
    everyone, hours = np.arange(assets), np.zeros(assets, np.int64)
    families: dict[str, Callable[[Array], object]] = {
        "novelty": lambda rows: many.novelty.take(everyone, rows, hours),
        "gated": lambda rows: many.gated.take(everyone, rows),
        "discord": lambda rows: many.discord.take(everyone, rows),
        "all": lambda rows: many.take(everyone, rows, hours),
    }
    return {
        name: _rate(family, [random.standard_normal((assets, CHANNELS)) for _ in range(_ROUNDS)])
        for name, family in families.items()
    }


def copied(state: _State, times: int) -> _State:
    """The state of one asset as that of so many."""
    if isinstance(state, np.ndarray):
        return np.repeat(state, times, axis=0)  # type: ignore[return-value]
    if isinstance(state, tuple) and any(isinstance(part, np.ndarray | tuple) for part in state):
        return type(state)(*(copied(part, times) for part in state))
    return state


def _rate(take: Callable[[Array], object], portions: list[Array]) -> int:
    take(portions[0])
    began = time.process_time()
    for rows in portions:
        take(rows)
    return round(sum(map(len, portions)) / (time.process_time() - began))
