"""Registers of ships and aircraft: which marks they give to whom.

Call signs, registration marks and MMSI country digits follow the ITU's table of call sign series,
ICAO Annex 7 and ITU's table of maritime identification digits.
"""

from collections.abc import Mapping, Sequence
from math import prod
from typing import NamedTuple

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SETS = {"@": _LETTERS, "#": "0123456789"}


class Flag(NamedTuple):
    """A ship's flag: ISO 3166 code, MMSI's first three digits, call signs, port of registry."""

    code: str
    mid: str
    call_sign: str
    port: str


FLAGS: Sequence[Flag] = (
    Flag("LR", "636", "D5@@#", "Monrovia"), Flag("MH", "538", "V7@@#", "Majuro"),
    Flag("PA", "352", "3F@@#", "Panama"), Flag("SG", "563", "9V####", "Singapore"),
    Flag("MT", "249", "9HA####", "Valletta"), Flag("HK", "477", "VR@@#", "Hong Kong"),
    Flag("BS", "311", "C6@@#", "Nassau"), Flag("CY", "209", "5B@@#", "Limassol"),
)  # fmt: skip

MARKS: Mapping[str, str] = {
    "IE": "EI-@@@", "GB": "G-@@@@", "ES": "EC-@@@", "SG": "9V-@@@", "MX": "XA-@@@",
    "IN": "VT-@@@", "AE": "A6-@@@", "DE": "D-A@@@", "ZA": "ZS-@@@", "CN": "B-####",
    "AU": "VH-@@@",
}  # fmt: skip
"""Aircraft: the registration marks of a country."""


def filled(pattern: str, number: int) -> str:
    """The `number`-th mark of a pattern: `@` stands for a letter, `#` for a digit."""
    capacity = prod(len(_SETS.get(sign, " ")) for sign in pattern)
    place, mark = number * 379 % capacity, ""
    for sign in reversed(pattern):
        signs = _SETS.get(sign, sign)
        place, rest = divmod(place, len(signs))
        mark = signs[rest] + mark
    return mark
