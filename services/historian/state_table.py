"""Keeps the table `last_state`: telemetry's side from memory, the rest from its own tables."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import psycopg

from schemas import Fact, Transition
from services.database import tables
from services.domain.lifecycle_chart import LEASE_OPEN
from services.historian.decode import Decoded
from services.historian.last_state import LastState, move_forward
from services.historian.names import may_rename, refresh_names
from services.historian.statements import statement

_Connection = psycopg.Connection[Any]
_PLAIN = ("time", "ingest_time", "source", "lat", "lon", "position_time", "course_deg", "speed")
_JSON = ("channels", "channel_times", "labels", "label_times")
_BY_TRANSITIONS = ("refresh_lifecycle", "refresh_overlays", "note_next_change")


class StateTable:
    """States by asset number, loaded when an asset is first seen after a take-over."""

    def __init__(self) -> None:
        self._states: dict[int, LastState] = {}
        self._moved: dict[int, LastState] = {}

    def write(self, connection: _Connection, decoded: Decoded, assets: Mapping[str, int]) -> None:
        """Brings the table up to the batch, inside its transaction."""
        self._moved = {}
        touched = {assets[reading.asset] for _, reading in decoded.readings}
        moved, renamed = _of_transitions(decoded), _of_names(decoded)
        ids = sorted(touched | {assets[name] for name in moved | renamed})
        if not ids:
            return
        connection.execute(statement("lock_last_states"), {"asset_ids": ids})
        if touched:
            self._move(connection, decoded, assets, touched)
            moved |= {asset for (asset,) in connection.execute(statement("find_due"))}
        of_moved = {"names": sorted(moved), "lease_open": sorted(LEASE_OPEN)}
        for name in _BY_TRANSITIONS if moved else ():
            connection.execute(statement(name), of_moved)
        if renamed:
            refresh_names(connection, renamed)

    def keep(self) -> None:
        """The transaction was committed."""
        self._states |= self._moved
        self._moved = {}

    def forget(self) -> None:
        """Somebody else may have moved the rows."""
        self._states, self._moved = {}, {}

    def _move(
        self,
        connection: _Connection,
        decoded: Decoded,
        assets: Mapping[str, int],
        touched: set[int],
    ) -> None:
        self._states |= _load(connection, sorted(touched - self._states.keys()))
        self._moved = {asset_id: self._states[asset_id].copy() for asset_id in sorted(touched)}
        for _, reading in decoded.readings:
            move_forward(self._moved[assets[reading.asset]], reading)
        known = {number: state for number, state in self._moved.items() if state.time is not None}
        if known:
            connection.execute(statement("move_last_states"), _parameters(known))


def _of_transitions(decoded: Decoded) -> set[str]:
    messages = decoded.messages.get(tables.TRANSITION, ())
    return {message.asset for _, message in messages if isinstance(message, Transition)}


def _of_names(decoded: Decoded) -> set[str]:
    facts = (fact for _, fact in decoded.messages.get(tables.FACT, ()) if isinstance(fact, Fact))
    return {fact.asset for fact in facts if may_rename(fact)}


def _load(connection: _Connection, asset_ids: list[int]) -> dict[int, LastState]:
    if not asset_ids:
        return {}
    found = connection.execute(statement("load_last_states"), {"asset_ids": asset_ids})
    return {asset_id: LastState(*known) for asset_id, *known in found}


def _parameters(states: Mapping[int, LastState]) -> dict[str, Any]:
    """One array a column."""
    columns: dict[str, Any] = {"asset_id": list(states)}
    for name in _PLAIN:
        columns[name] = [getattr(state, name) for state in states.values()]
    for name in _JSON:
        columns[name] = list(_encoded(getattr(state, name) for state in states.values()))
    return columns


def _encoded(values: Iterable[object]) -> Iterable[str]:
    return (msgspec.json.encode(value).decode() for value in values)
