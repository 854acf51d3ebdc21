"""`leasewatch score`: scores go into files, what went wrong to stderr."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.settings import SettingError


class OutputName(StrEnum):
    """Which of the two scores."""

    alert = "alert"
    level = "level"


def score(
    source: Annotated[
        Path | None,
        typer.Argument(metavar="INPUT.csv", help="A column `timestamp`, others with numbers."),
    ] = None,
    target: Annotated[
        Path | None, typer.Argument(metavar="OUTPUT.csv", help="Its scores are written here.")
    ] = None,
    output: Annotated[
        OutputName,
        typer.Option(help="alert: rare, sharp, early; level: how far out of its baseline it is."),
    ] = OutputName.alert,
    config: Annotated[
        Path | None, typer.Option(help="TOML or JSON of other settings of the detectors.")
    ] = None,
    batch: Annotated[
        Path | None, typer.Option(help="Many files: a line each, the input, a tab, the output.")
    ] = None,
) -> None:
    """Score every row of a table as it comes, from 0 to 1; 0.5 is the threshold of an alarm.

    What the columns mean need not be known; INPUT and OUTPUT may be compressed (.gz). Exit code 1:
    some file could not be scored, the others were.
    """
    from services.domain.detectors.scores import ScoreSettings
    from services.scoring.files import TableError
    from services.scoring.score import Pair, read_list, score_all
    from services.scoring.settings import read_settings

    settings = ScoreSettings() if config is None else read_settings(config)
    if (batch is None) == (source is None or target is None) or (batch and source):
        raise SettingError("give INPUT.csv and OUTPUT.csv, or --batch LIST.")
    try:
        pairs = read_list(batch) if batch else [Pair(source or Path(), target or Path())]
    except TableError as error:
        raise SettingError(str(error)) from error
    said = score_all(
        pairs, output.value, settings, lambda text: typer.echo(f"leasewatch: {text}", err=True)
    )
    raise typer.Exit(int(said > 0))
