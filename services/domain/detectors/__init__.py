"""The statistical detectors: one file each, and the table that finds them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from schemas.asset_classes import AssetClass
from services.domain.detectors.baseline import Baseline
from services.domain.detectors.form import Detector

DETECTORS: Mapping[str, Callable[[AssetClass], Detector]] = MappingProxyType(
    {Baseline.name: Baseline}
)

__all__ = ["DETECTORS", "Detector"]
