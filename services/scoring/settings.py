"""The detectors' settings out of a file; what it does not name stays as it is.

    joint_behind = 1.0
    [novelty]
    half_life_rows = 20_000
    [discord]
    history_rows = 2_000

As TOML, or the same as JSON where the name ends in .json.
"""

import json
import tomllib
from pathlib import Path

from pydantic import ValidationError

from services.domain.detectors.scores import ScoreSettings
from services.settings import SettingError


def read_settings(path: Path) -> ScoreSettings:
    """Raises SettingError with one sentence on what cannot be read or is no setting."""
    try:
        text = path.read_text(encoding="utf-8")
        given = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:  # both decoders' errors are ValueErrors
        form = "JSON" if path.suffix == ".json" else "TOML"
        raise SettingError(f"{path} cannot be read as {form}: {error}.") from error
    try:
        return ScoreSettings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise SettingError(f"{path}, {where}: {first['msg']}.") from error
