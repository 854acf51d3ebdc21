"""Published ranges that a healthy fleet's figures are held against, as data.

Speeds, draughts and intervals as ships broadcast them (IMO MSC.74(69)); engine values of one
2-stroke engine's alarm sheet; CFM56 type pages for EGT; EN 15437 practice for axle boxes; MetroPT
for the air supply.  The others are usual values of the trade.  Where a share is low the reason is
known: slow steaming keeps exhaust low, and revolutions down to 50; derated take-offs burn less.
"""

from typing import NamedTuple


class Range(NamedTuple):
    """A figure of healthy life: `share` of its values lie within [low, high]."""

    low: float
    high: float
    unit: str
    share: float = 1.0


RANGES = {
    # ships
    "ship speed": Range(0, 22, "kn"),
    "ship sea speed": Range(10, 22, "kn", 0.85),
    "ship acceleration": Range(-0.1, 0.1, "kn/s"),
    "ship rate of turn": Range(-20, 20, "deg/min", 0.99),
    "ship draught": Range(6, 21, "m", 0.95),
    "ship fuel under way": Range(0.3 * 24, 5 * 24, "t/day", 0.99),
    "ship load under way": Range(10, 90, "% MCR", 0.99),
    "ship rpm under way": Range(50, 105, "rpm", 0.95),
    "ship exhaust under way": Range(300, 400, "degC", 0.85),
    "ship lubricating oil pressure": Range(1.9, 3.2, "bar"),
    "ship lubricating oil": Range(40, 50, "degC", 0.95),
    "ship jacket water": Range(75, 90, "degC", 0.99),
    "ship main bearing": Range(45, 65, "degC", 0.95),
    "ship turbocharger": Range(5_000, 20_000, "rpm", 0.95),
    # aircraft
    "aircraft altitude": Range(-500, 43_000, "ft"),
    "aircraft speed in the air": Range(110, 560, "kn", 0.99),
    "aircraft speed on taxiways": Range(0, 35, "kn", 0.99),
    "aircraft vertical rate": Range(-3_000, 3_000, "ft/min", 0.95),
    "aircraft cruise Mach": Range(0.70, 0.86, "Mach", 0.99),
    "aircraft N1 in the air": Range(20, 104, "%", 0.999),
    "aircraft N2 in the air": Range(55, 105, "%", 0.999),
    "aircraft EGT idle": Range(380, 520, "degC", 0.95),
    "aircraft EGT in cruise": Range(550, 750, "degC", 0.95),
    "aircraft EGT at take-off": Range(700, 950, "degC"),
    "aircraft fuel flow in cruise": Range(1_000, 1_400, "kg/h", 0.8),
    "aircraft fuel flow at take-off": Range(3_700, 4_600, "kg/h", 0.95),
    "aircraft oil pressure": Range(25, 60, "psi", 0.99),
    "aircraft oil temperature": Range(50, 120, "degC", 0.95),
    "aircraft fan vibration": Range(0.2, 2.5, "AVM", 0.95),
    "aircraft hours a day": Range(0, 18, "h"),
    "aircraft flights a day": Range(1, 8, "n", 0.9),
    # metro trains
    "train speed": Range(0, 22.3, "m/s"),
    "train acceleration": Range(-1.3, 1.1, "m/s2", 0.999),
    "train dwell": Range(15, 60, "s", 0.9),
    "train km a day": Range(250, 500, "km", 0.8),
    "train line voltage": Range(1_000, 1_800, "V", 0.99),
    "train traction current": Range(-2_500, 3_500, "A", 0.999),
    "train reservoir": Range(7, 10, "bar"),
    "train axle box": Range(-10, 70, "degC"),
    "train motor": Range(40, 140, "degC", 0.95),
    "train bogie vibration": Range(0, 2, "g", 0.999),
    "train compressor current": Range(0, 9.5, "A", 0.999),
    "train compressor oil": Range(40, 85, "degC", 0.95),
    "train passengers": Range(0, 2_000, "n"),
    "train delay": Range(-60, 300, "s", 0.95),
}
