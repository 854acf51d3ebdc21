"""Numbers for assets and sources: made in the batch's transaction, remembered after its commit."""

from typing import Any

import psycopg

from schemas import AlertChange, Message
from services.historian.decode import Decoded
from services.historian.rows import Numbers
from services.historian.statements import statement

_Connection = psycopg.Connection[Any]


class Registers:
    """The registers as far as they are known here; `forget` after a rollback or a lost server."""

    def __init__(self) -> None:
        self._numbers = Numbers({}, {})
        self._found = self._numbers

    def number(self, connection: _Connection, decoded: Decoded) -> Numbers:
        """Numbers of every asset and source in the batch; makes the missing ones."""
        classes = _asset_classes(decoded)
        sources = {reading.source for _, reading in decoded.readings}
        known = self._numbers
        new_assets = sorted(classes.keys() - known.assets.keys())
        new_sources = sorted(sources - known.sources.keys())
        if new_assets or new_sources:
            known = Numbers(
                {**known.assets, **_add_assets(connection, new_assets, classes)},
                {**known.sources, **_add_sources(connection, new_sources)},
            )
        self._found = known
        return known

    def keep(self) -> None:
        """The transaction was committed."""
        self._numbers = self._found

    def forget(self) -> None:
        """The database may be another one now."""
        self._numbers = Numbers({}, {})


def _asset_classes(decoded: Decoded) -> dict[str, str]:
    classes = {reading.asset: reading.asset_class for _, reading in decoded.readings}
    for messages in decoded.messages.values():
        for _, message in messages:
            asset = _of_asset(message)
            if asset is not None:
                classes.setdefault(*asset)
    return classes


def _of_asset(message: Message) -> tuple[str, str] | None:
    if isinstance(message, AlertChange) and message.change == "refused":
        return None  # a command may have named an asset that nobody knows
    asset = getattr(message, "asset", None)
    return None if asset is None else (asset, getattr(message, "asset_class", ""))


def _add_assets(
    connection: _Connection, names: list[str], classes: dict[str, str]
) -> dict[str, int]:
    parameters = {"names": names, "classes": [classes[name] for name in names]}
    connection.execute(statement("add_assets"), parameters)
    connection.execute(statement("add_last_states"), {"names": names})
    return dict(connection.execute(statement("find_assets"), {"names": names}).fetchall())


def _add_sources(connection: _Connection, names: list[str]) -> dict[str, int]:
    connection.execute(statement("add_sources"), {"names": names})
    return dict(connection.execute(statement("find_sources"), {"names": names}).fetchall())
