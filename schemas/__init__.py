"""The nouns that every part of Leasewatch shares; pydantic and data, nothing else."""

from schemas.alert import AlertChange
from schemas.asset_classes import ASSET_CLASSES, AssetClass
from schemas.command import Command
from schemas.fact import Fact
from schemas.heartbeat import Heartbeat
from schemas.messages import Id, Message, Name, Text, UtcTime, format_time, to_utc
from schemas.reading import Reading, Tick
from schemas.rejected import Rejected
from schemas.signal import Signal
from schemas.topics import ASSET_PARTITIONS, TOPICS, Topic
from schemas.transition import Transition

__all__ = [
    "ASSET_CLASSES",
    "ASSET_PARTITIONS",
    "TOPICS",
    "AlertChange",
    "AssetClass",
    "Command",
    "Fact",
    "Heartbeat",
    "Id",
    "Message",
    "Name",
    "Reading",
    "Rejected",
    "Signal",
    "Text",
    "Tick",
    "Topic",
    "Transition",
    "UtcTime",
    "format_time",
    "to_utc",
]
