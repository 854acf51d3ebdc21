"""Facts, signals and commands of two dozen ships; some aborted, some unreadable."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from typing import get_args

from schemas import Command, Fact, Signal
from schemas.alert import Verdict
from tests.domain.lives import command, delivered_life, fact, moved, signal
from tests.partition.broker import Message, Sender

SHIPS = [f"ship-{n:07d}" for n in range(24)]
_POISON_EVERY, _ABORT_EVERY = 40, 7


class Traffic:
    """A round of messages every tenth of a second until `stop`; remembers what it sent."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self.facts: dict[str, list[Fact]] = defaultdict(list)
        self.signals: list[Signal] = []
        self.commands: list[Command] = []
        self.poison = 0
        self.stop = asyncio.Event()

    async def flow(self) -> None:
        """Lives first, late and shuffled among the ships; then rounds of signals and commands."""
        async with Sender(self._bootstrap_servers, "traffic") as sender:
            for life in zip(*(self._life(ship) for ship in SHIPS), strict=True):
                await sender.send([self._send(fact) for fact in life])
            number = 0
            while not self.stop.is_set():
                number += 1
                messages = list(self._round(number))
                if number % _ABORT_EVERY == 0:
                    lost = [(topic, key, b"aborted") for topic, key, _ in messages]
                    await sender.send(lost, abort=True)
                await sender.send(messages)
                await asyncio.sleep(0.1)

    def _life(self, ship: str) -> list[Fact]:
        """A delivered ship, the acceptance told late: what needs it is quarantined until then."""
        *before, accepted, signed, delivered = delivered_life()
        corrected = fact("f7", "delivered", 41, told=90, lease="LS-1", supersedes="f6")
        told = [*before, signed, delivered, accepted, corrected]
        return [f.model_copy(update={"asset": ship, "id": f"{ship}-{f.id}", "supersedes":
                f.supersedes and f"{ship}-{f.supersedes}"}) for f in told]  # fmt: skip

    def _round(self, number: int) -> Iterator[Message]:
        at = 100 + number / 1000
        for place, ship in enumerate(SHIPS):
            id = f"telemetry-{place}-{number}"
            to_state = "UNDER_WAY" if number % 2 else "AT_ANCHOR"
            word = "began" if (number + place) % 3 else "ended"
            yield self._send(signal(f"{id}-0", "minute_summary", at, asset=ship))
            if number % 4 == place % 4:
                yield self._send(signal(f"{id}-1", f"silence_{word}", at, asset=ship))
                yield self._send(moved(f"{id}-2", at, to_state).model_copy(update={"asset": ship}))
            if (number + place) % 10 == 0:
                alert = f"{next((s.id for s in self.signals if s.asset == ship), '')}/silence"
                yield self._send(command(f"c-{id}", "acknowledge", at, alert, asset=ship))
            if (number + place) % 10 == 5:
                yield self._send(self._verdict(f"c-{id}", at, ship, number))
        if number % _POISON_EVERY == 1:
            self.poison += 1
            yield "facts", SHIPS[number % len(SHIPS)].encode(), b'{"kind": "delivered"'

    def _verdict(self, id: str, at: float, ship: str, number: int) -> Command:
        """On one of the newest alerts there may be: open, cleared, done or never opened."""
        silences = [s.id for s in self.signals if s.asset == ship and s.kind == "silence_began"]
        alert = f"{silences[-1 - number % min(3, len(silences))] if silences else 'none'}/silence"
        verdict = get_args(Verdict)[number % 4]
        kind = "judge" if number % 3 else "resolve"
        return command(id, kind, at, alert, asset=ship, verdict=verdict)

    def _send(self, message: Fact | Signal | Command) -> Message:
        if isinstance(message, Fact):
            self.facts[message.asset].append(message)
            topic = "facts"
        elif isinstance(message, Signal):
            self.signals.append(message)
            topic = "signals"
        else:
            self.commands.append(message)
            topic = "commands"
        return topic, message.asset.encode(), message.to_json()
