"""The peers beside ours, on the same records of the same broker.

One after the other and again, so that a machine which is now quicker, now slower, is so for all.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

from services.embedded.cache import CHECKOUT, cache_dir
from services.monitor.bench.kafka import kafka_with, new_line, run_to_the_end
from services.monitor.bench.line import warm_up
from services.monitor.bench.worlds import fleet
from services.monitor.logic import MonitorLogic

_ASSETS, _READINGS = 10_000, 300_000  # the first of an asset costs more: let it weigh little
_PATIENCE_S = 300.0
_ROUNDS = 3


HOW_TO_INSTALL = (
    "quixstreams is not installed: `make peers` puts it into an environment of its own, or"
    " `pip install leasewatch[peers]` into this one."
)


class Peer(NamedTuple):
    """A program of `peers/`, the library that it needs, how much of the readings it takes, and in
    how many rounds.
    """

    program: str
    library: str
    share: float = 1.0
    rounds: int = _ROUNDS


PEERS: Mapping[str, Peer] = {
    "naive": Peer("naive", "aiokafka"),
    "quix": Peer("quix", "quixstreams"),
    "faust": Peer("faust_table", "faust", 0.1, 1),
}


async def costs_us(scale: float, say: Callable[[str], None]) -> dict[str, float]:
    """Processor time a reading: `ours` with all our detectors, and each peer's; medians.

    A peer that is not installed is left out, and said so.
    """
    warm_up()
    readings, costs = int(_READINGS * scale), defaultdict[str, list[float]](list)
    pythons = {name: _python_with(peer.library) for name, peer in PEERS.items()}
    if None in pythons.values():
        say(f"peers: {HOW_TO_INSTALL}")
    async with kafka_with(islice(fleet(_ASSETS), readings)) as servers:
        for turn in range(_ROUNDS):
            costs["ours"].append(await _our_cost_us(servers, readings))
            say(f"peers: ours {costs['ours'][-1]} us")
            for name, peer in PEERS.items():
                if (python := pythons[name]) and turn < peer.rounds:
                    share = int(readings * peer.share)
                    costs[name].append(await _cost_us(python, peer, servers, share))
                    say(f"peers: {name} {costs[name][-1]} us")
    return {name: median(found) for name, found in costs.items()}


async def _our_cost_us(servers: str, readings: int) -> float:
    line = await new_line(servers)
    took, _ = await run_to_the_end(line, partial(MonitorLogic, line))
    return took.cpu_us(readings)


def _python_with(library: str) -> Path | None:
    """This Python, or that of the peers' environment."""
    if find_spec(library) is not None:
        return Path(sys.executable)
    theirs = cache_dir() / "peers" / "bin" / "python"
    return theirs if theirs.exists() else None


async def _cost_us(python: Path, peer: Peer, servers: str, readings: int) -> float:
    with tempfile.TemporaryDirectory(prefix="leasewatch-peer-") as scratch:
        process = await asyncio.create_subprocess_exec(
            python, "-m", f"services.monitor.bench.peers.{peer.program}",
            servers, str(readings), scratch,
            stdout=asyncio.subprocess.PIPE, cwd=scratch,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        )  # fmt: skip
        try:
            async with asyncio.timeout(_PATIENCE_S):
                told, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode:
        raise RuntimeError(f"{peer.program} has ended with exit code {process.returncode}")
    figures = json.loads(told.splitlines()[-1])
    cost_us: float = figures["cpu_s"] / figures["readings"] * 1e6
    return round(cost_us, 2)
