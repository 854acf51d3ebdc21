"""What a reader is shown of the regions: the regulator's object state and the headline."""

from collections.abc import Collection

from services.domain.lifecycle_chart import ENDED, LEASE_OPEN

_BEFORE_ACCEPTANCE = frozenset({"ORDERED", "UNDER_CONSTRUCTION", "BUILT"})


def object_state(title: str, contract: str) -> str | None:
    """The leasing regulator's state of a leased object; None before the order and after the end.

    In construction before acceptance; on lease from delivery to redelivery, default included;
    awaiting lease otherwise (the three states of the 2025 rules for financial lessors in China).
    """
    if title in ENDED:
        return None
    if contract in LEASE_OPEN:
        return "on lease"
    if title in _BEFORE_ACCEPTANCE:
        return "in construction"
    return None if title == "NONE" else "awaiting lease"


def headline(
    title: str, contract: str, employment: str, visibility: str, overlays: Collection[str]
) -> str:
    """The one word for the fleet list: the first of a fixed priority that applies.

    Losses and sales before arrest, arrest before default, default before darkness, darkness before
    what the asset is used for.
    """
    order = (
        ("TOTAL_LOSS", title == "TOTAL_LOSS"),
        ("SCRAPPED", title == "SCRAPPED"),
        ("SOLD", title == "SOLD"),
        ("ARRESTED", "ARRESTED" in overlays),
        ("DETAINED", "DETAINED" in overlays),
        ("DEFAULT", contract in ("DEFAULT", "REPOSSESSING")),
        ("DARK", visibility == "SILENT"),
        ("MAINTENANCE", employment == "MAINTENANCE"),
        ("STORED", employment == "STORED"),
        ("IN_SERVICE", employment == "EMPLOYED"),
        (employment, employment in ("IDLE", "OUT_OF_SERVICE")),
        (contract, contract != "NONE"),
    )
    return next((word for word, applies in order if applies), title)
