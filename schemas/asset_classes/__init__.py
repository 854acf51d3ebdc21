"""The asset classes: one file each, and the table that finds them."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.asset_classes.aircraft import AIRCRAFT
from schemas.asset_classes.metro import METRO
from schemas.asset_classes.model import AssetClass, Channel, Condition, Driver, MovementState
from schemas.asset_classes.ship import SHIP

ASSET_CLASSES: Mapping[str, AssetClass] = MappingProxyType(
    {asset_class.name: asset_class for asset_class in (SHIP, AIRCRAFT, METRO)}
)

__all__ = [
    "AIRCRAFT",
    "ASSET_CLASSES",
    "METRO",
    "SHIP",
    "AssetClass",
    "Channel",
    "Condition",
    "Driver",
    "MovementState",
]
