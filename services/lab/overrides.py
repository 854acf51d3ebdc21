"""Other asset-class data for a run: limits, alarms, holds; from TOML, checked as the data is.

    [ship.overspeed]
    limit = 24
    [metro.channels.motor_degc]
    alarm = [-50, 120]
    [ship.movement.UNDER_WAY]
    silence_after_s = 7200

Channels and movement states are named; everything else is a field of schemas.AssetClass.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from schemas import ASSET_CLASSES, AssetClass

Overrides = Mapping[str, Any]


class OverrideError(Exception):
    """Overrides that do not fit the asset classes; the message says what to do."""


def read_overrides(path: Path) -> Overrides:
    """The overrides in a TOML file; raises OverrideError when it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise OverrideError(f"{path} cannot be read as TOML: {error}.") from error


def overridden(overrides: Overrides) -> dict[str, AssetClass]:
    """All asset classes, those named with `overrides`; raises OverrideError with one sentence."""
    if strange := overrides.keys() - ASSET_CLASSES.keys():
        names = ", ".join(sorted(ASSET_CLASSES))
        raise OverrideError(f"no asset class {min(strange)!r}: begin with one of {names}.")
    return {
        name: _changed(asset_class, overrides.get(name, {}))
        for name, asset_class in ASSET_CLASSES.items()
    }


def _changed(asset_class: AssetClass, changes: Mapping[str, Any]) -> AssetClass:
    data = _merged(asset_class.model_dump(), changes, asset_class.name)
    try:
        return AssetClass.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join([asset_class.name, *(str(part) for part in first["loc"])])
        raise OverrideError(f"{where}: {first['msg']}.") from error


def _merged(data: Any, changes: Any, where: str) -> Any:
    """`data` with `changes`: tables key by key, named rows by their names, the rest replaced."""
    if not isinstance(changes, Mapping):
        return changes
    if isinstance(data, Mapping):
        new = {k: _merged(data.get(k), v, f"{where}.{k}") for k, v in changes.items()}
        return {**data, **new}
    if isinstance(data, Sequence) and all("name" in row for row in data):
        return _merged_rows(data, changes, where)
    raise OverrideError(f"{where} is no table: give it one value.")


def _merged_rows(
    rows: Sequence[Mapping[str, Any]], changes: Mapping[str, Any], where: str
) -> list[Any]:
    if strange := changes.keys() - {row["name"] for row in rows}:
        names = ", ".join(row["name"] for row in rows)
        raise OverrideError(f"{where} has no {min(strange)!r}: take one of {names}.")
    return [_merged(row, changes.get(row["name"], {}), f"{where}.{row['name']}") for row in rows]
