"""What the detectors and the monitor's kernel share."""

from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
