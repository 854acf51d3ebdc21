"""What a scenario's `[severity]` makes of a fault as the catalogue draws it."""

from simulators.fault import FADES, MASKED, MOTION, SILENT, Fault
from simulators.roughness import Severity

SCALED = frozenset({
    "drift", "bias", "spike", "noise", "loss", "duplicates", "reorder", "late_batches",
    "clock_skew", "spoofed_position", "gps_interference", "bearing_heating", "exhaust_rise",
    "motor_overheating", "wheel_flat", "compressor_leak", "fan_vibration", "oil_loss", "fuel_theft",
})  # fmt: skip
"""Kinds of which half a size is half as bad; the others are what they are by their size."""

WORKING = frozenset({
    "stuck", "drift", "bias", "spike", "noise", "unit_mixup", "swapped", "impossible",
    "bearing_heating", "exhaust_rise", "motor_overheating", "wheel_flat", "compressor_leak",
    "fan_vibration", "oil_loss",
})  # fmt: skip
"""Kinds that show only while the asset is at work."""

_SLOW_S = (2 * 86_400, 14 * 86_400)
_SLOW_NOTICE = 0.6  # of its time: by then a drift over days is more than half of its size
_RETURN_S = 600
_MOTION = {"ship": ("sog_kn", "cog_deg"), "aircraft": ("gs_kn", "track_deg")}


def ranged(fault: Fault, severity: Severity, size: float, variant: float) -> Fault:
    """The fault as `severity` has it, by two numbers of its own in [0, 1)."""
    if fault.kind.name in SCALED and severity.smaller:
        share = 10.0 ** (-severity.smaller * size)
        fault = fault._replace(size=fault.size * share, share=share)
    match fault.kind.name:
        case "gps_interference" if variant < severity.masked / 2:
            return fault._replace(variant=MASKED)
        case "spoofed_position" if variant < severity.fake_motion / 2:
            channels = (*fault.channels, *_MOTION[fault.kind.asset_class])
            within_s = fault.end - fault.start + _RETURN_S  # at the latest when it returns
            kind = fault.kind._replace(notice_within_s=within_s)
            return fault._replace(kind=kind, variant=MOTION, channels=channels)
        case "grounding" if fault.size >= 0.5 - 0.3 * severity.silent_crews:
            return fault._replace(variant=SILENT)
        case "feed_outage" if variant < severity.fading / 2:
            return fault._replace(variant=FADES)
        case "drift" if variant < severity.slow_drifts / 2:
            lasts_s = int(_SLOW_S[0] * (_SLOW_S[1] / _SLOW_S[0]) ** fault.weight)
            kind = fault.kind._replace(notice_within_s=int(_SLOW_NOTICE * lasts_s))
            return fault._replace(kind=kind, end=fault.start + lasts_s)
    return fault


def full_from(fault: Fault) -> int:
    """The second from which an outage is whole; one that fades takes half of its time."""
    return (fault.start + fault.end) // 2 if fault.variant == FADES else fault.start
