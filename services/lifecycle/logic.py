"""The lifecycle of all assets of one partition: records in, transitions and alerts out; pure.

Whatever a record holds, it is stepped or rejected, and the others count all the same: lives are
values, so that a step that fails has changed nothing.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from pydantic import ValidationError

from schemas import ASSET_CLASSES, Command, Fact, Message, Signal
from schemas.topics import MAX_MESSAGE_BYTES
from services.domain.lifecycle import QUIET_KINDS, step
from services.domain.lifecycle_facts import Outcome
from services.domain.lifecycle_state import AssetLife, decode, encode
from services.lifecycle.done import DoneAlerts
from services.partition import Output, Record, ServiceLine, StepResult, rejection
from services.partition.logic import first_error

logger = logging.getLogger(__name__)

Input = Fact | Signal | Command

MODELS: Mapping[str, type[Input]] = {"facts": Fact, "signals": Signal, "commands": Command}

MAX_LIFE_BYTES = MAX_MESSAGE_BYTES // 2
"""Of an asset's state, which is one message: a fact or signal beyond it is rejected."""

_MAX_OUTPUT_BYTES = MAX_MESSAGE_BYTES - (64 << 10)  # its key and the batch around it take some
_GROWTH = 16
"""A record makes a state grow by so many times its own size at most: then it is measured."""

_NO_HEAD = (msgspec.DecodeError, ValueError, RecursionError)


_COUNTER_OF = {name: kind.usage.counter for name, kind in ASSET_CLASSES.items() if kind.usage}
_Counters = msgspec.defstruct(
    "_Counters",
    [(name, float | None, None) for name in sorted(set(_COUNTER_OF.values()))],
    frozen=True,
    gc=False,
)
"""Of a minute's summary the values of the counters that leases are settled by."""

_NONE_COUNTED = _Counters()


class _Head(msgspec.Struct, gc=False):
    kind: str
    asset: str
    ingest_time: Annotated[datetime, msgspec.Meta(tz=True)]
    evidence: _Counters = _NONE_COUNTED  # type: ignore[valid-type]


_read_head = msgspec.json.Decoder(_Head).decode


class LifecycleLogic:
    """Implements services.partition.PartitionLogic; a step writes all the states it changed."""

    def __init__(self, line: ServiceLine) -> None:
        self._line = line
        self._lives: dict[str, AssetLife] = {}
        self._done = DoneAlerts()
        self._bytes: dict[str, int] = {}  # at most so large is each state
        self._unreadable: set[str] = set()

    @property
    def lives(self) -> Mapping[str, AssetLife]:
        """The assets known in this partition."""
        return self._lives

    def load(self, records: Mapping[bytes, bytes]) -> None:
        """Takes over the state of each asset.

        A state that cannot be read stays where it is, and what is told of its asset is rejected.
        """
        lives = {key: value for key, value in records.items() if not DoneAlerts.owns(key)}
        self._lives, self._bytes, self._unreadable = {}, {}, set()
        for key, value in lives.items():
            asset = key.decode(errors="replace")
            try:
                self._lives[asset] = decode(value)
                self._bytes[asset] = len(value)
            except _NO_HEAD as error:
                logger.error("the state of %r is unreadable: %s", asset, error)
                self._unreadable.add(asset)
        self._done.load({key: value for key, value in records.items() if key not in lives})

    def step(self, records: Sequence[Record]) -> StepResult:
        """Steps each record by itself; one that cannot be read is rejected and changes nothing."""
        changed: dict[str, AssetLife] = {}
        done: dict[bytes, bytes | None] = {}
        outputs: list[Output] = []
        for record in records:
            if not self._is_quiet(record, changed):
                outputs += self._take(record, changed, done)
        self._lives |= changed
        lives = {asset.encode(): encode(life) for asset, life in changed.items()}
        self._bytes |= {key.decode(): len(value) for key, value in lives.items()}
        return StepResult(outputs, {**lives, **done})

    def checkpoint(self) -> dict[bytes, bytes | None]:
        """Nothing: the steps have written it all."""
        return {}

    def _is_quiet(self, record: Record, changed: Mapping[str, AssetLife]) -> bool:
        """Most signals are minutes that change nothing: told by their head, read no further."""
        if record.topic != "signals":
            return False
        try:
            head = _read_head(record.value or b"")
        except _NO_HEAD:
            return False
        if head.kind not in QUIET_KINDS:
            return False
        life = changed.get(head.asset) or self._lives.get(head.asset)
        if life is None:
            return True
        name = _COUNTER_OF.get(life.asset_class)
        counter = getattr(head.evidence, name) if name else None
        return not (life.terms.wakes(head.ingest_time, counter) or life.awaits_minutes)

    def _take(
        self,
        record: Record,
        changed: dict[str, AssetLife],
        done: dict[bytes, bytes | None],
    ) -> list[Output]:
        try:
            message = MODELS[record.topic].model_validate_json(record.value or b"")
        except Exception as error:
            why = first_error(error) if isinstance(error, ValidationError) else repr(error)
            return [rejection(self._line, record, "unreadable", why)]
        asset = message.asset
        if record.key != asset.encode():
            detail = (
                f"The key is {record.key!r}, but the asset is {asset}: send it under the asset."
            )
            return [rejection(self._line, record, "wrong_key", detail)]
        before = changed.get(asset) or self._lives.get(asset) or AssetLife(asset)
        try:
            outcome, outputs = self._step(before, message)
            if outcome.life is not before:
                self._measure(outcome.life, len(record.value or b""))
        except Exception as error:
            logger.warning("%s-%d-%d: %r", record.topic, record.partition, record.offset, error)
            why = f"{type(error).__name__}: {error}"
            return [rejection(self._line, record, "step_failed", why)]
        if outcome.life is not before:
            changed[asset] = outcome.life
        done |= self._done.keep(asset, outcome.done)
        return outputs

    def _step(self, before: AssetLife, message: Input) -> tuple[Outcome, list[Output]]:
        """Raises whatever the step raises, and ValueError for what cannot be written."""
        if before.asset in self._unreadable:
            raise ValueError("the state of this asset is unreadable: mend its record")
        named = message.alert if isinstance(message, Command) else None
        done = self._done.named(before.asset, named)
        try:
            outcome = step(before, message, done)
        except ValidationError:
            readable = before.readable()  # what an older version took may have no place any more
            if readable is before:
                raise
            logger.error("%s: old facts are taken to the bounds, or left out", before.asset)
            outcome = step(readable, message, done)
        outputs = [
            *_outputs("facts", outcome.facts),
            *_outputs("transitions", outcome.transitions),
            *_outputs("alerts", outcome.changes),
        ]
        largest = max((len(output.value) for output in outputs), default=0)
        if largest > _MAX_OUTPUT_BYTES:
            raise ValueError(f"it leads to a message of {largest} bytes")
        return outcome, outputs

    def _measure(self, life: AssetLife, growth: int) -> None:
        """Raises ValueError when the state is too large to be written; cheap while it is small."""
        at_most = self._bytes.get(life.asset, 0) + _GROWTH * growth
        if at_most > MAX_LIFE_BYTES:
            at_most = len(encode(life))
        if at_most > MAX_LIFE_BYTES:
            raise ValueError(f"the state of its asset would have {at_most} bytes")
        self._bytes[life.asset] = at_most


def _outputs(topic: str, messages: Sequence[Message]) -> list[Output]:
    return [
        Output(topic, vars(message)["asset"].encode(), message.to_json()) for message in messages
    ]
