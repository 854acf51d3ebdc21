"""What goes wrong with contracts: rents, caps, ends of leases, declarations, cover, off-hire.

`size`: of late_rent the share of the delay after which treasury declares it, of over_cap the share
of the month's use that the amended lease allows, of wrong_hours the share by which the declared use
is wrong; the others have none.  Durations and sizes are start values of ours, but for wrong_hours:
a twentieth is what lessors' audits look for.
"""

from simulators.fault import Group, Kind

_HOUR, _DAY = 3_600, 86_400
_CLASSES = ("ship", "aircraft", "metro")


def _everywhere(
    name: str, needs: str, days: tuple[float, float], size: tuple[float, float], severity: str,
    expect: str, notice_within_s: int,
) -> list[Kind]:  # fmt: skip
    group: Group = "contract"
    duration_s = (round(days[0] * _DAY), round(days[1] * _DAY))
    return [
        Kind(name, group, asset_class, needs, duration_s, size, severity, expect, notice_within_s)
        for asset_class in _CLASSES
    ]


KINDS: tuple[Kind, ...] = (
    # A desk knows of a missing payment when treasury says so: within grace days, not at once.
    *_everywhere("late_rent", "rent_due", (3, 9), (0.05, 0.3), "warning", "rent_overdue",
                 3 * _DAY),
    *_everywhere("over_cap", "used", (1, 3), (0.6, 0.95), "warning", "over_cap", _DAY),
    *_everywhere("late_redelivery", "lease_end", (1, 5), (1, 1), "alarm", "late_redelivery",
                 6 * _HOUR),
    *_everywhere("wrong_hours", "use_due", (_HOUR / _DAY, 1), (0.08, 0.3), "caution",
                 "declared_hours", _DAY),
    *_everywhere("lapsed_insurance", "cover_end", (1, 5), (1, 1), "alarm", "insurance",
                 6 * _HOUR),
    Kind("off_hire_under_way", "behaviour", "ship", "under_way", (2 * _HOUR, 12 * _HOUR), (1, 1),
         "warning", "off_hire_under_way", _HOUR),
)  # fmt: skip
"""`needs` are words of `Life.ready`."""
