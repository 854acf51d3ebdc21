"""Every kind of fault: those of instruments and feeds here, those of physics with their fleets.

Durations and sizes are start values of ours where no source is named; scenarios override them.
Sensor sizes are shares of the channel's typical span, transport sizes shares of readings or
seconds, a spoofed position is kilometres off.
"""

from collections.abc import Mapping

from simulators.air import mishaps as air
from simulators.fault import Kind
from simulators.life import mishaps as life
from simulators.rail import mishaps as rail
from simulators.sea import mishaps as sea

_MINUTE, _HOUR = 60, 3600

# The state in which an asset is busy, so that its instruments have something to say.
BUSY = {"ship": "under_way", "aircraft": "airborne", "metro": "in_service"}

_STEADY = {  # slowly moving channels, where a drift or a bias is wrong and not just weather
    "ship": ("lo_temp_degc", "jacket_cw_degc", "main_brg_degc", "exh_temp_degc"),
    "aircraft": ("oil_temp_degc", "oil_press_psi", "egt_degc", "vib_n1"),
    "metro": ("motor_degc", "compressor_oil_degc", "axle_box_1_degc", "axle_box_3_degc"),
}
_LIVELY = {  # channels that never stand still while the asset is busy
    "ship": ("sog_kn", "me_rpm", "exh_temp_degc", "lo_temp_degc"),
    "aircraft": ("egt_degc", "oil_press_psi", "n2_pct", "oil_temp_degc"),
    "metro": ("motor_degc", "compressor_oil_degc", "axle_box_2_degc", "main_res_bar"),
}
_CONVERTED = {  # channels that have a unit to be mixed up
    "ship": ("sog_kn", "lo_temp_degc", "jacket_cw_degc", "lo_press_bar"),
    "aircraft": ("oil_temp_degc", "oil_press_psi", "gs_kn"),
    "metro": ("motor_degc", "speed_mps", "compressor_oil_degc"),
}
_CONFUSED = {  # two channels whose cables fit each other's plugs
    "ship": ("lo_temp_degc", "jacket_cw_degc"),
    "aircraft": ("n1_pct", "n2_pct"),
    "metro": ("motor_degc", "compressor_oil_degc"),
}
_BOUNDED = {  # channels with a bound beyond which no value can be true
    "ship": ("lo_press_bar", "exh_temp_degc"),
    "aircraft": ("egt_degc", "oil_temp_degc"),
    "metro": ("main_res_bar", "motor_degc"),
}
_UNHURRIED = "anomaly|drift|limit|data_fault:impossible"


def _sensor(
    name: str, channels: Mapping[str, tuple[str, ...]], duration_s: tuple[int, int],
    size: tuple[float, float], expect: str, notice_within_s: int, one_channel: bool = True,
) -> list[Kind]:  # fmt: skip
    return [
        Kind(name, "sensor", asset_class, BUSY[asset_class], duration_s, size, "caution",
             expect, notice_within_s, channels[asset_class], one_channel)
        for asset_class in BUSY
    ]  # fmt: skip


def _transport(
    name: str, duration_s: tuple[int, int], size: tuple[float, float], expect: str,
    notice_within_s: int, severity: str = "caution",
) -> list[Kind]:  # fmt: skip
    return [
        Kind(name, "transport", asset_class, BUSY[asset_class], duration_s, size, severity,
             expect, notice_within_s)
        for asset_class in BUSY
    ]  # fmt: skip


def _dark(asset_class: str, needs: str, duration_s: tuple[int, int], notice_within_s: int) -> Kind:
    return Kind("dark_period", "behaviour", asset_class, needs, duration_s, (1, 1), "warning",
                "silence|dark", notice_within_s)  # fmt: skip


def _spoofed(asset_class: str) -> Kind:
    return Kind("spoofed_position", "behaviour", asset_class, BUSY[asset_class],
                (30 * _MINUTE, 6 * _HOUR), (20, 200), "alarm", "position_jump|dark", _HOUR,
                ("lat", "lon"))  # fmt: skip


OWN: tuple[Kind, ...] = (
    *_sensor("stuck", _LIVELY, (_HOUR, 6 * _HOUR), (1, 1), "data_fault:frozen", 30 * _MINUTE),
    *_sensor("drift", _STEADY, (4 * _HOUR, 24 * _HOUR), (0.3, 0.8), _UNHURRIED, 12 * _HOUR),
    *_sensor("bias", _STEADY, (2 * _HOUR, 12 * _HOUR), (0.2, 0.6), _UNHURRIED, _HOUR),
    *_sensor("spike", _STEADY, (_HOUR, 6 * _HOUR), (0.5, 1.2), _UNHURRIED, _HOUR),
    *_sensor("noise", _STEADY, (_HOUR, 6 * _HOUR), (0.08, 0.3), _UNHURRIED, _HOUR),
    *_sensor("unit_mixup", _CONVERTED, (_HOUR, 6 * _HOUR), (1, 1), _UNHURRIED + "|overspeed",
             30 * _MINUTE),
    *_sensor("swapped", _CONFUSED, (_HOUR, 6 * _HOUR), (1, 1), _UNHURRIED, _HOUR,
             one_channel=False),
    *_sensor("impossible", _BOUNDED, (10 * _MINUTE, _HOUR), (0.05, 0.5), "data_fault:impossible",
             10 * _MINUTE),
    *_transport("loss", (30 * _MINUTE, 4 * _HOUR), (0.3, 0.8), "data_fault:gap|silence", _HOUR),
    *_transport("duplicates", (30 * _MINUTE, 4 * _HOUR), (0.3, 0.9), "data_fault:duplicate",
                _HOUR),
    *_transport("reorder", (30 * _MINUTE, 4 * _HOUR), (60, 240), "data_fault:late", _HOUR),
    *_transport("late_batches", (_HOUR, 6 * _HOUR), (5 * _MINUTE, 40 * _MINUTE),
                "data_fault:late|silence", 90 * _MINUTE),
    *_transport("clock_skew", (_HOUR, 6 * _HOUR), (5 * _MINUTE, 30 * _MINUTE),
                "data_fault:clock|data_fault:late", 4 * _HOUR),
    *_transport("clock_jump", (30 * _MINUTE, 4 * _HOUR), (_HOUR, _HOUR + 1),
                "data_fault:clock|data_fault:late", 30 * _MINUTE),
    *_transport("feed_outage", (15 * _MINUTE, _HOUR), (1, 1), "feed_down", 15 * _MINUTE,
                "warning"),
    *_transport("identity_swap", (_HOUR, 6 * _HOUR), (1, 1), "position_jump|identity_conflict",
                10 * _MINUTE, "alarm"),
    # Silence is judged after 4 h at sea, 15 min in the air, 90 s in service: DOMAIN's D1.
    _dark("ship", "under_way", (5 * _HOUR, 14 * _HOUR), 4 * _HOUR + 10 * _MINUTE),
    _dark("aircraft", "airborne", (20 * _MINUTE, 60 * _MINUTE), 20 * _MINUTE),
    _dark("metro", "in_service", (4 * _MINUTE, 40 * _MINUTE), 3 * _MINUTE),
    _spoofed("ship"),
    _spoofed("aircraft"),
)  # fmt: skip

KINDS: tuple[Kind, ...] = (*OWN, *sea.KINDS, *air.KINDS, *rail.KINDS, *life.KINDS)
"""The whole catalogue; a kind that befalls several classes has a row for each."""

PARTNERS: Mapping[str, str] = {"identity_swap": "own", "rendezvous": "stranger"}
"""Kinds that need a second asset of the same feed: one of the fleet, or a stranger to it."""


def kinds_named(name: str) -> list[Kind]:
    """The rows of a kind, one a class."""
    return [kind for kind in KINDS if kind.name == name]
