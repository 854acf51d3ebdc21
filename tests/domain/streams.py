"""Rows of an asset's channels for the tests of the detectors: calm, and with what befalls them."""

import numpy as np

from services.domain.form import Array


def sensors(rows: int, channels: int = 3, seed: int = 1) -> Array:
    """Channels that share one slow cause, each with noise and a scale of its own."""
    random = np.random.default_rng(seed)
    cause = np.sin(np.arange(rows) / 17.0)[:, None]
    scales = 10.0 ** np.arange(channels)
    noise: Array = random.standard_normal((rows, channels))
    return (cause + 0.3 * noise + 5.0) * scales


def of_one(rows: int) -> Array:
    """The asset of each row where there is one asset."""
    return np.zeros(rows, np.int64)


def hours(rows: int, every_s: float = 300.0) -> Array:
    """The hour of the day of rows that come so often."""
    return (np.arange(rows) * every_s // 3600 % 24).astype(np.int64)
