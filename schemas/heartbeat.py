"""`heartbeats`: every few seconds, how far a service has come in each partition it owns."""

from typing import Literal

from pydantic import Field

from schemas.messages import Count, Message, Name, Text, UtcTime

PartitionState = Literal["restoring", "live", "held", "refused"]


class Heartbeat(Message):
    """One partition of one service, as its owner sees it.

    restoring  the state is being read again; nothing is consumed yet
    live       consumes what there is
    held       the consumer group is shared out anew; nothing is consumed meanwhile
    refused    the saved position cannot be gone on from; `detail` says why and what to do
    """

    service: Name
    topics: tuple[Name, ...] = Field(min_length=1, description="the inputs")
    partition: Count = Field(description="the number, the same in every one of `topics`")
    state: PartitionState
    detail: Text = ""
    offsets: dict[Name, Count] = Field(
        default_factory=dict, description="next to read, by topic; empty while restoring"
    )
    state_bytes: Count = Field(description="size of what is kept in the state topic")
    expired_records: Count = Field(
        description="records that the topics deleted unread, since the owner took over"
    )
    time: UtcTime

    @property
    def key(self) -> bytes:
        """Key of the message: one partition of one service."""
        return f"{self.service}/{'+'.join(self.topics)}/{self.partition}".encode()
