"""The state of a partition as compressed chunks: `clock`, and `<class>/<n>` of 128 assets each."""

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from services.domain.monitor.clock import FeedClocks

ASSETS_PER_CHUNK = 128  # about 250 KB packed, 650 KB raw: well below a broker's 1 MiB
CLOCK = "clock"


def pack(content: Mapping[str, Any]) -> bytes:
    """One chunk's content as bytes; the same content gives the same bytes."""
    return zlib.compress(msgspec.msgpack.encode(content), 1)


def unpack(chunk: bytes) -> dict[str, Any]:
    """What `pack` took; raises zlib.error or msgspec.DecodeError when the chunk is damaged."""
    return msgspec.msgpack.decode(zlib.decompress(chunk), type=dict[str, Any])


def pack_clocks(clocks: FeedClocks) -> bytes:
    """The clock chunk."""
    content = {"sources": clocks.sources, "clock_us": clocks.clock_us, "leap_us": clocks.leap_us}
    return pack(content)


def unpack_clocks(chunk: bytes) -> FeedClocks:
    """The feeds of a clock chunk, numbered as they were."""
    content, clocks = unpack(chunk), FeedClocks()
    fields = content["sources"], content["clock_us"], content["leap_us"]
    for source, clock_us, leap_us in zip(*fields, strict=True):
        clocks.add(source, clock_us, leap_us)
    return clocks


def spans(assets: int) -> Iterator[tuple[int, int]]:
    """The rows of each chunk."""
    for start in range(0, assets, ASSETS_PER_CHUNK):
        yield start, min(start + ASSETS_PER_CHUNK, assets)
