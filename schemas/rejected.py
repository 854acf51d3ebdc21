"""`rejected`: raw input that could not be read, with the reason; nothing is thrown away."""

from pydantic import ConfigDict, Field

from schemas.messages import Count, Id, Message, Name, UtcTime


class Rejected(Message):
    """Raw bytes, where they came from and why they were refused."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    id: Id = Field(description="`<source>/<position>`")
    source: Name
    position: Count = Field(description="line number in the source, from 1; 0 when it has none")
    received_at: UtcTime
    reason: Name = Field(description="a short code: bad_checksum, orphan_fragment, not_json, ...")
    detail: str = Field(description="one sentence for a person")
    raw: bytes = Field(description="as received; base64 in JSON")
