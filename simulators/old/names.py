"""Invented companies and names, and real types and builders, for the past lives."""

from collections.abc import Mapping
from typing import NamedTuple

OWNERS = ("Leasewatch One Leasing Ltd", "Leasewatch Harbour Leasing Ltd", "Leasewatch Alder DAC")

_FIRST = (
    "Amber", "Arctic", "Autumn", "Azure", "Bold", "Bright", "Calm", "Cedar", "Coral", "Crystal",
    "Eastern", "Emerald", "Evening", "Fair", "Golden", "Grand", "Green", "High", "Iron", "Ivory",
    "Jade", "Lively", "Lucky", "Marble", "Morning", "Noble", "Northern", "Ocean", "Opal", "Pacific",
    "Pearl", "Polar", "Quiet", "Rising", "Royal", "Ruby", "Silver", "Southern", "Steady", "Swift",
)  # fmt: skip
_SECOND = (
    "Albatross", "Anchor", "Beacon", "Breeze", "Bridge", "Compass", "Crane", "Current", "Dawn",
    "Drake", "Falcon", "Fortune", "Gannet", "Harvest", "Heron", "Horizon", "Island", "Lantern",
    "Lotus", "Meridian", "Monsoon", "Orchid", "Osprey", "Passage", "Pilot", "Plover", "Prosperity",
    "Reef", "Ridge", "Sail", "Shore", "Sound", "Spirit", "Star", "Strait", "Summit", "Tern", "Tide",
    "Trader", "Voyager", "Wave",
)  # fmt: skip


def ship_name(number: int) -> str:
    """A name that differs for the first 1,640 numbers and carries a numeral after that."""
    turn, rest = divmod(number * 379, len(_FIRST) * len(_SECOND))
    name = f"{_FIRST[rest // len(_SECOND)]} {_SECOND[rest % len(_SECOND)]}"
    return name if number < len(_FIRST) * len(_SECOND) else f"{name} {turn}"


class Type(NamedTuple):
    """What is bought: its type, who builds it and where, and the registry that fits."""

    title: str
    builder: str
    place: str
    flag: str
    details: Mapping[str, float]


class Trade(NamedTuple):
    """How a class of assets lives: words, partners, lengths in days."""

    types: tuple[Type, ...]
    lessees: tuple[str, ...]
    charterers: tuple[str, ...]
    build_days: tuple[int, int]
    lease_days: tuple[int, int]
    delivery_paper: str
    place_kind: str
    upkeep: str
    upkeep_days: tuple[int, int]
    survey: str


TRADES: Mapping[str, Trade] = {
    "ship": Trade(
        types=(
            Type("Kamsarmax bulk carrier", "Longbay Shipbuilding", "CNSHA", "LR", {"dwt": 82_000}),
            Type("Newcastlemax bulk carrier", "Longbay Shipbuilding", "CNSHA", "MH",
                 {"dwt": 208_000}),
            Type("Suezmax tanker", "Hanbit Heavy Industries", "KRPUS", "MT", {"dwt": 157_000}),
            Type("LR2 product tanker", "Hanbit Heavy Industries", "KRPUS", "SG", {"dwt": 114_000}),
            Type("Neo-Panamax container ship", "Seto Dockyard", "JPUKB", "PA", {"dwt": 147_000}),
            Type("Feeder container ship", "Seto Dockyard", "JPUKB", "HK", {"dwt": 37_000}),
        ),
        lessees=("Meridian Bulk", "Northgate Lines", "Tresco Tankers", "Blue Strait Shipping",
                 "Oriel Container Line", "Kestrel Maritime", "Sundara Shipping", "Pampero Lines"),
        charterers=("Aldous Grain", "Corvane Ore", "Halden Energy", "Marabou Commodities",
                    "Tessaly Trading"),
        build_days=(420, 800), lease_days=(600, 1_500),
        delivery_paper="protocol of delivery and acceptance", place_kind="port",
        upkeep="dry dock", upkeep_days=(12, 28), survey="class annual survey",
    ),
    "aircraft": Trade(
        types=(
            Type("Airbus A320-200", "Airbus", "AMS", "IE", {"mtow_kg": 78_000, "engines": 2}),
            Type("Airbus A321-200", "Airbus", "MUC", "IE", {"mtow_kg": 93_500, "engines": 2}),
            Type("Boeing 737-800", "Boeing", "SFO", "BM", {"mtow_kg": 79_000, "engines": 2}),
        ),
        lessees=("Larkwing Airways", "Aquila Regional", "Nexair", "Tramontana Air", "Zebu Airlines",
                 "Fennec Air", "Borealis Wings"),
        charterers=(),
        build_days=(240, 420), lease_days=(900, 2_200),
        delivery_paper="acceptance certificate", place_kind="airport",
        upkeep="C check", upkeep_days=(10, 24), survey="mid-lease inspection",
    ),
    "metro": Trade(
        types=(
            Type("6-car 1,500 V DC trainset", "Linden Rolling Stock", "Linden works", "",
                 {"cars": 6, "mass_t": 280}),
            Type("6-car 1,500 V DC trainset, series 2", "Varga Rail", "Varga works", "",
                 {"cars": 6, "mass_t": 276}),
        ),
        lessees=("Eastline Metro Operations", "Harbour City Transit", "Pearl Metro"),
        charterers=(),
        build_days=(360, 640), lease_days=(1_400, 2_600),
        delivery_paper="preliminary acceptance certificate", place_kind="depot",
        upkeep="overhaul", upkeep_days=(20, 60), survey="joint condition inspection",
    ),
}  # fmt: skip
