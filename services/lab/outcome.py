"""What a run of the lab found: every fault with whether it was noticed, every alert with a verdict.

Written as JSON and read back without loss.  All times are UTC; ids do not depend on how many
processes the run was shared by.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas import UtcTime
from schemas.alert import Severity

LabelVerdict = Literal["noticed", "late", "missed"]
"""In time; only after `notice_by`; not at all."""

AlertVerdict = Literal["true", "late", "repeat", "side_effect", "declared", "false_alarm"]
"""It was the first to tell of a fault, in time; or too late; it says again what was said; a fault
that it does not tell of caused it; it says what is truly declared on paper; nothing is wrong."""

LeftOut = Literal["run ended", "feed down"]
"""Why a fault does not count: the run ended before it was due; its feed was down."""


class OutcomeError(Exception):
    """A file that is no outcome; the message says what to do."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Label(_Record):
    """The truth about one fault, as simulators.FaultLabel tells it."""

    id: str
    kind: str
    group: str
    asset_class: str
    asset: str
    assets: tuple[str, ...] = Field(description="all that the fault names, `asset` the first")
    start: UtcTime
    shows: UtcTime = Field(description="from when what is expected is there to be noticed")
    end: UtcTime
    severity: str
    weight: float = Field(description="how severe it is, from 0 to 1")
    channels: tuple[str, ...] = Field(description="those that change; empty: anything may")
    expect: str = Field(description="what should be noticed: words joined by |")
    notice_by: UtcTime
    share: float = Field(
        1.0, description="its size as a share of what its kind's range gave; 1 if not told"
    )
    variant: str = Field("", description="which way it took, where its kind has several")


class Alert(_Record):
    """One alert as it opened, or as it fired again after it had cleared."""

    id: str = Field(description="ASSET/RULE/n, the n-th of that rule on that asset")
    asset: str
    asset_class: str
    rule: str = Field(description="anomaly:egt_degc, silence, ...")
    severity: Severity
    time: UtcTime = Field(description="event time of what fired it")
    known_at: UtcTime = Field(description="ingest time of what fired it: when staff could see it")
    ended: UtcTime | None = Field(None, description="when it cleared; none: it fires to the end")
    actor: str = Field("monitor", description="who concluded it: monitor, or contract by a fact")
    detector: str | None = None
    channel: str | None = None
    value: float | None = None
    threshold: float | None = None
    score: float | None = None
    summary: str = Field("", description="the sentence that staff read")
    lat: float | None = None
    lon: float | None = None

    @property
    def family(self) -> str:
        """The rule without its zone or channel: anomaly, data_fault:frozen, silence."""
        head, _, rest = self.rule.partition(":")
        return f"{head}:{rest.partition(':')[0]}" if head == "data_fault" else head


class JudgedLabel(_Record):
    """A fault and whether it was noticed, by which alert, how soon."""

    label: Label
    verdict: LabelVerdict
    alert: str | None = Field(None, description="id of the first alert that noticed it")
    rule: str | None = Field(None, description="that alert's rule")
    noticed_at: UtcTime | None = None
    after_s: float | None = Field(None, description="from when the fault shows to `noticed_at`")
    due: UtcTime | None = Field(None, description="notice_by, or later if not heard then")
    left_out: LeftOut | None = Field(None, description="why it does not count, if it does not")

    @property
    def counts(self) -> bool:
        """Whether it is among the faults of which recall is told."""
        return self.left_out is None


class JudgedAlert(_Record):
    """An alert and what it was worth; `label` is the fault that it tells of or follows from."""

    alert: Alert
    verdict: AlertVerdict
    label: str | None = None


class AssetSeen(_Record):
    """One asset of the fleet: alerts are counted per day of its life in the run."""

    asset: str
    asset_class: str
    days: float
    readings: int


class Outcome(_Record):
    """One run: what was run, on whom, and every verdict."""

    version: Literal[2] = 2
    scenario: str = Field(description="name of the scenario")
    settings: Mapping[str, Any] = Field(
        default_factory=dict, description="asset-class data that was overridden"
    )
    definition: Mapping[str, Any] = Field(
        default_factory=dict, description="the whole scenario: Scenario.model_validate reads it"
    )
    seed: int
    start: UtcTime
    end: UtcTime
    workers: int = 1
    wall_s: float = 0.0
    rejected: int = Field(0, description="messages that could not be read")
    assets: tuple[AssetSeen, ...]
    labels: tuple[JudgedLabel, ...] = Field(description="by start, then id")
    alerts: tuple[JudgedAlert, ...] = Field(description="by known_at, then id")

    @classmethod
    def read(cls, path: Path) -> "Outcome":
        """The outcome in a JSON file; raises OutcomeError with one sentence when it is none."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise OutcomeError(f"{path} cannot be read: {error.strerror}.") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the file"
            raise OutcomeError(
                f"{path} is not what `leasewatch lab run --json` writes: {where}: {first['msg']}."
            ) from error
