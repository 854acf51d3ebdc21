"""Invented companies and names, real types and places: what a leasing desk would believe.

An asset's type and today's lessee follow from its number in its class, so that the fleets and the
papers agree on them without asking each other.
"""

from collections.abc import Mapping
from typing import NamedTuple

OWNERS: Mapping[str, tuple[str, ...]] = {
    "ship": ("Leasewatch Harbour Leasing Ltd", "Leasewatch Alder Shipping DAC",
             "Leasewatch Juniper Maritime Pte Ltd"),
    "aircraft": ("Leasewatch Alder Aviation DAC", "Leasewatch Rowan Aviation DAC",
                 "Leasewatch Cypress Aircraft Ltd"),
    "metro": ("Leasewatch One Rail Leasing Ltd", "Leasewatch Banyan Rail Ltd"),
}  # fmt: skip
INSURERS: Mapping[str, tuple[str, ...]] = {
    "ship": ("Skerry Mutual Marine", "Fairlead Hull Syndicate", "Bight Mutual P&I"),
    "aircraft": ("Contrail Aviation Underwriters", "Meridian Sky Syndicate"),
    "metro": ("Parapet Rail Insurance", "Granite Mutual Transit"),
}

_FIRST = (
    "Amber", "Arctic", "Aurora", "Autumn", "Azure", "Bold", "Bright", "Bronze", "Calm", "Cedar",
    "Celtic", "Coral", "Crystal", "Daring", "Distant", "Eastern", "Emerald", "Evening", "Fair",
    "Gallant", "Gentle", "Golden", "Grand", "Green", "High", "Indigo", "Iron", "Ivory", "Jade",
    "Kindly", "Lively", "Lucky", "Lunar", "Marble", "Merry", "Morning", "Noble", "Northern",
    "Ocean", "Opal", "Pacific", "Pearl", "Polar", "Proud", "Quiet", "Rising", "Royal", "Ruby",
    "Sable", "Scarlet", "Silver", "Southern", "Spring", "Steady", "Summer", "Swift", "Topaz",
    "Tropic", "Valiant", "Velvet", "Western", "White", "Winter", "Zealous",
)  # fmt: skip
_SECOND = (
    "Albatross", "Anchor", "Beacon", "Bay", "Breeze", "Bridge", "Cape", "Channel", "Cloud",
    "Compass", "Crane", "Crest", "Current", "Dawn", "Dolphin", "Drake", "Dune", "Ensign", "Falcon",
    "Fortune", "Gannet", "Garland", "Glory", "Grace", "Gull", "Harbour", "Harvest", "Haven",
    "Heron", "Horizon", "Island", "Jetty", "Kestrel", "Lagoon", "Lantern", "Laurel", "Light",
    "Lotus", "Marlin", "Meridian", "Mistral", "Monsoon", "Moon", "Narwhal", "Ocelot", "Orchid",
    "Osprey", "Passage", "Petrel", "Pilot", "Pine", "Plover", "Prosperity", "Quest", "Reef",
    "Ridge", "River", "Sail", "Sable", "Shore", "Skua", "Sound", "Spirit", "Star", "Stream",
    "Strait", "Summit", "Sun", "Swan", "Tern", "Tide", "Trader", "Trident", "Valley", "Venture",
    "Voyager", "Wave", "Whale", "Willow", "Zephyr",
)  # fmt: skip


def ship_name(number: int, renamed: bool = False) -> str:
    """A name, and the one it may be given later: unique for 2,560 ships, with numerals beyond."""
    places = len(_FIRST) * len(_SECOND)
    turn, place = divmod(2 * number + renamed, places)
    first, second = divmod(place * 379 % places, len(_SECOND))
    name = f"{_FIRST[first]} {_SECOND[second]}"
    return f"{name} {turn + 1}" if turn else name


class Type(NamedTuple):
    """What is bought: its type, who builds it and where, what it trades in, its particulars."""

    title: str
    builder: str
    place: str
    trade: str
    details: Mapping[str, float]


class Lessee(NamedTuple):
    """Who leases: its ISO 3166 country, the trades (or the line) it serves, its flights' code."""

    name: str
    country: str
    serves: tuple[str, ...]
    code: str = ""


class Trade(NamedTuple):
    """How a class of assets lives: words, partners, lengths in days, prices."""

    types: tuple[Type, ...]
    lessees: tuple[Lessee, ...]
    charterers: Mapping[str, tuple[str, ...]]
    build_days: tuple[int, int]
    lease_days: tuple[int, int]
    upkeep_days: tuple[int, int]
    price_usd_m: tuple[int, int]
    delivery_paper: str
    place_kind: str
    upkeep: str
    survey: str
    survey_days: int
    notice_days: int


TRADES: Mapping[str, Trade] = {
    "ship": Trade(
        types=(
            Type("Kamsarmax bulk carrier", "Longbay Shipbuilding", "CNSHA", "bulk",
                 {"dwt": 82_000, "gt": 43_500, "loa_m": 229}),
            Type("Suezmax tanker", "Hanbit Heavy Industries", "KRPUS", "tanker",
                 {"dwt": 157_000, "gt": 81_300, "loa_m": 274}),
            Type("Neo-Panamax container ship", "Seto Dockyard", "JPUKB", "container",
                 {"dwt": 147_000, "gt": 141_000, "loa_m": 366, "teu": 13_100}),
            Type("Newcastlemax bulk carrier", "Longbay Shipbuilding", "CNSHA", "bulk",
                 {"dwt": 208_000, "gt": 107_000, "loa_m": 300}),
            Type("LR2 product tanker", "Hanbit Heavy Industries", "KRPUS", "tanker",
                 {"dwt": 114_000, "gt": 63_900, "loa_m": 250}),
            Type("Feeder container ship", "Seto Dockyard", "JPUKB", "container",
                 {"dwt": 37_000, "gt": 29_800, "loa_m": 186, "teu": 2_750}),
            Type("Ultramax bulk carrier", "Jiaodong Marine Works", "CNTAO", "bulk",
                 {"dwt": 63_500, "gt": 36_300, "loa_m": 200}),
            Type("MR2 product tanker", "Namhae Shipyard", "KRPUS", "tanker",
                 {"dwt": 50_000, "gt": 29_700, "loa_m": 183}),
        ),
        lessees=(
            Lessee("Meridian Bulk", "GR", ("bulk",)), Lessee("Tresco Tankers", "GB", ("tanker",)),
            Lessee("Oriel Container Line", "DE", ("container",)),
            Lessee("Kestrel Maritime", "SG", ("bulk", "tanker")),
            Lessee("Halcyon Tankers", "NO", ("tanker",)),
            Lessee("Northgate Lines", "DK", ("container",)),
            Lessee("Sundara Shipping", "IN", ("bulk", "tanker")),
            Lessee("Pampero Bulk", "BR", ("bulk",)), Lessee("Taihang Lines", "CN", ("container",)),
            Lessee("Blue Strait Shipping", "TR", ("bulk", "container")),
            Lessee("Gulfstar Product Carriers", "AE", ("tanker",)),
        ),
        charterers={
            "bulk": ("Aldous Grain", "Corvane Ore", "Marabou Commodities", "Tessaly Trading"),
            "tanker": ("Halden Energy", "Brisa Petroleum", "Quantock Refining"),
            "container": ("Arcadia Feeder Services", "Lodestar Liner Agencies"),
        },
        build_days=(420, 800), lease_days=(600, 1_500), upkeep_days=(12, 28),
        price_usd_m=(28, 140), delivery_paper="protocol of delivery and acceptance",
        place_kind="port", upkeep="dry dock", survey="class survey", survey_days=365,
        notice_days=30,
    ),
    "aircraft": Trade(
        types=(
            Type("Airbus A320-200", "Airbus", "Toulouse", "passenger",
                 {"mtow_kg": 78_000, "engines": 2, "seats": 180}),
            Type("Boeing 737-800", "Boeing", "Renton", "passenger",
                 {"mtow_kg": 79_000, "engines": 2, "seats": 186}),
            Type("Airbus A321-200", "Airbus", "Hamburg Finkenwerder", "passenger",
                 {"mtow_kg": 93_500, "engines": 2, "seats": 220}),
        ),
        lessees=(
            Lessee("Larkwing Airways", "GB", ("passenger",), "LW"),
            Lessee("Aquila Regional", "ES", ("passenger",), "AQ"),
            Lessee("Nexair", "SG", ("passenger",), "NX"),
            Lessee("Tramontana Air", "MX", ("passenger",), "TV"),
            Lessee("Zebu Airlines", "IN", ("passenger",), "ZB"),
            Lessee("Fennec Air", "AE", ("passenger",), "FJ"),
            Lessee("Borealis Wings", "DE", ("passenger",), "BW"),
            Lessee("Jacaranda Airlines", "ZA", ("passenger",), "JC"),
            Lessee("Jingyun Airlines", "CN", ("passenger",), "JY"),
            Lessee("Southern Cross Connect", "AU", ("passenger",), "SX"),
        ),
        charterers={},
        build_days=(240, 420), lease_days=(900, 2_200), upkeep_days=(10, 24),
        price_usd_m=(32, 62), delivery_paper="acceptance certificate", place_kind="airport",
        upkeep="C check", survey="mid-lease inspection", survey_days=365, notice_days=180,
    ),
    "metro": Trade(
        types=(
            Type("6-car 1,500 V DC trainset", "Linden Rolling Stock", "Linden works", "metro",
                 {"cars": 6, "mass_t": 280, "max_speed_km_h": 80}),
            Type("6-car 1,500 V DC trainset, series 2", "Varga Rail", "Varga works", "metro",
                 {"cars": 6, "mass_t": 276, "max_speed_km_h": 80}),
        ),
        lessees=(
            Lessee("Eastline Metro Operations", "CN", ("SH2",)),
            Lessee("Straits Rapid Transit", "SG", ("SNE",)),
            Lessee("Harbour City Transit", "HK", ("HTW",)),
        ),
        charterers={},
        build_days=(360, 640), lease_days=(1_400, 2_600), upkeep_days=(20, 60),
        price_usd_m=(9, 16), delivery_paper="preliminary acceptance certificate",
        place_kind="depot", upkeep="overhaul", survey="joint condition inspection",
        survey_days=365, notice_days=360,
    ),
}  # fmt: skip


def type_of(asset_class: str, number: int) -> Type:
    """The type of the asset with this number in its class."""
    types = TRADES[asset_class].types
    return types[number % len(types)]


def lessees_for(asset_class: str, asset: str, number: int) -> tuple[Lessee, ...]:
    """Who leases such an asset: operators of its trade, for a trainset that of its line."""
    lessees = TRADES[asset_class].lessees
    if asset_class == "metro":
        own = tuple(lessee for lessee in lessees if lessee.serves[0] in asset)
        return own or lessees[number % len(lessees) :][:1]
    trade = type_of(asset_class, number).trade
    return tuple(lessee for lessee in lessees if trade in lessee.serves)


def lessee_of(asset_class: str, asset: str, number: int) -> Lessee:
    """Who holds the lease at the world's start."""
    lessees = lessees_for(asset_class, asset, number)
    return lessees[number // len(TRADES[asset_class].types) % len(lessees)]
