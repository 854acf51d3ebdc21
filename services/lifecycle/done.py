"""The newest alerts of each asset that are done: records of their own in the state topic.

Key `<asset>/<alert>`, written when the alert is done and when its verdict is given or corrected, so
that the record of the asset's life, which is written with every change, does not grow by them.
"""

import logging
from collections.abc import Iterable, Mapping

import msgspec

from services.domain.alert_book import Alert
from services.domain.alert_commands import KEPT_DONE, NONE_DONE, Done


class _Kept(msgspec.Struct, frozen=True):
    """`number` counts the asset's alerts that were done: the lowest are given up first."""

    number: int
    alert: Alert


logger = logging.getLogger(__name__)

_decode = msgspec.json.Decoder(_Kept).decode


class DoneAlerts:
    """Those of a partition; kept encoded, for few of them are ever asked for again."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, bytes]] = {}

    @staticmethod
    def owns(key: bytes) -> bool:
        """Whether a record of the state topic is one of these: ids of assets hold no slash."""
        return b"/" in key

    def load(self, records: Mapping[bytes, bytes]) -> None:
        """Takes over the records; one that cannot be read is left where it is."""
        found: dict[str, list[tuple[int, str, bytes]]] = {}
        for key, value in records.items():
            try:
                asset, _, alert = key.decode().partition("/")
                found.setdefault(asset, []).append((_decode(value).number, alert, value))
            except (msgspec.DecodeError, ValueError, RecursionError) as error:
                logger.error("%r in the state topic is unreadable: %s", key, error)
        self._kept = {
            asset: {alert: value for _, alert, value in sorted(kept)}
            for asset, kept in found.items()
        }

    def named(self, asset: str, alert: str | None) -> Done:
        """The one alert of that id, if it is kept."""
        value = self._kept.get(asset, {}).get(alert or "")
        return NONE_DONE if value is None else {alert or "": _decode(value).alert}

    def keep(self, asset: str, alerts: Iterable[Alert]) -> dict[bytes, bytes | None]:
        """Keeps them and gives up the oldest beyond KEPT_DONE: the records to write."""
        written: dict[bytes, bytes | None] = {}
        for alert in alerts:
            kept = self._kept.setdefault(asset, {})
            value = msgspec.json.encode(_Kept(_number(kept, alert.alert), alert))
            kept[alert.alert] = value
            written[_key(asset, alert.alert)] = value
            if len(kept) > KEPT_DONE:
                oldest = next(iter(kept))
                del kept[oldest]
                written[_key(asset, oldest)] = None
        return written


def _number(kept: dict[str, bytes], alert: str) -> int:
    """That of the alert if it is kept, else the next after the newest."""
    if alert in kept:
        return _decode(kept[alert]).number
    return _decode(kept[next(reversed(kept))]).number + 1 if kept else 1


def _key(asset: str, alert: str) -> bytes:
    return f"{asset}/{alert}".encode()
