"""The lifecycle of all assets of one partition: records in, transitions and alerts out; pure."""

from collections.abc import Mapping, Sequence

import msgspec
from pydantic import ValidationError

from schemas import Command, Fact, Message, Signal
from services.domain.lifecycle import QUIET_KINDS, step
from services.domain.lifecycle_state import AssetLife, decode, encode
from services.lifecycle.done import DoneAlerts
from services.partition import Output, Record, ServiceLine, StepResult, rejection

Input = Fact | Signal | Command

MODELS: Mapping[str, type[Input]] = {"facts": Fact, "signals": Signal, "commands": Command}


class _Head(msgspec.Struct):
    kind: str
    asset: str


_read_head = msgspec.json.Decoder(_Head).decode


class LifecycleLogic:
    """Implements services.partition.PartitionLogic; a step writes all the states it changed."""

    def __init__(self, line: ServiceLine) -> None:
        self._line = line
        self._lives: dict[str, AssetLife] = {}
        self._done = DoneAlerts()

    @property
    def lives(self) -> Mapping[str, AssetLife]:
        """The assets known in this partition."""
        return self._lives

    def load(self, records: Mapping[bytes, bytes]) -> None:
        """Takes over the state of each asset; raises msgspec.DecodeError on a foreign record."""
        lives = {key: value for key, value in records.items() if not DoneAlerts.owns(key)}
        self._lives = {key.decode(): decode(value) for key, value in lives.items()}
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
        except msgspec.DecodeError:
            return False
        life = changed.get(head.asset) or self._lives.get(head.asset)
        return head.kind in QUIET_KINDS and (life is None or not life.awaits_minutes)

    def _take(
        self,
        record: Record,
        changed: dict[str, AssetLife],
        done: dict[bytes, bytes | None],
    ) -> list[Output]:
        try:
            message = MODELS[record.topic].model_validate_json(record.value or b"")
        except ValidationError as error:
            return [rejection(self._line, record, "unreadable", _first_error(error))]
        asset = message.asset
        if record.key != asset.encode():
            detail = (
                f"The key is {record.key!r}, but the asset is {asset}: send it under the asset."
            )
            return [rejection(self._line, record, "wrong_key", detail)]
        before = changed.get(asset) or self._lives.get(asset) or AssetLife(asset)
        named = message.alert if isinstance(message, Command) else None
        outcome = step(before, message, self._done.named(asset, named))
        if outcome.life is not before and not _is_ghost(outcome.life):
            changed[asset] = outcome.life
        done |= self._done.keep(asset, outcome.done)
        return [
            *_outputs("facts", outcome.facts),
            *_outputs("transitions", outcome.transitions),
            *_outputs("alerts", outcome.changes),
        ]


def _is_ghost(life: AssetLife) -> bool:
    """Whether nothing but commands ever came: they are refused, and that makes no asset."""
    return life == AssetLife(life.asset, commands=life.commands)


def _outputs(topic: str, messages: Sequence[Message]) -> list[Output]:
    return [
        Output(topic, vars(message)["asset"].encode(), message.to_json()) for message in messages
    ]


def _first_error(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{error.title} {where}: {first['msg']}".replace(" :", ":")
