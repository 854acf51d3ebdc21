"""AIS: lines of NMEA sentences -> Readings, Facts, other messages, and what could not be read.

Pure: the same lines give the same results.  Reasons for a rejection:

| reason | meaning |
|---|---|
| bad_checksum | the sentence or its tag block was damaged on its way |
| unreadable_sentence | it claims to be NMEA and has no checksum, fields or fragment numbers |
| empty_payload | a sentence without content |
| bad_payload | characters outside the six-bit alphabet, or fields that cannot be decoded |
| bad_bit_count | no type, or a position or static report without a whole MMSI |
| unknown_type | a message type outside 1 to 28 |
| orphan_fragment | a part of a message whose other parts never came |
| bad_time_line, bad_tag_block | the time is lost; the sentence beside it is taken all the same |

A bit count other than the standard's is no reason: surplus bits at the end are ignored, and of a
message that is cut short the whole fields are taken (counted as `cut_short`).
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from pyais.bit_vector import bit_vector
from pyais.exceptions import AISBaseException
from pyais.messages import MSG_CLASS, AISSentence

from schemas import Fact, Reading, Rejected
from services.ingest.ais_messages import (
    IDENTITY_BITS,
    LAST_TYPE,
    POSITION_TYPES,
    STATIC_TYPES,
    Origin,
    to_fact,
    to_reading,
)
from services.ingest.fragments import Fragment, Fragments
from services.ingest.nmea import Envelope, is_ais, open_line

_SIX_BIT = re.compile(rb"[0-W`-w]*")
_FIELDS = 7
_TYPE_BITS = 6
_UNUSED_AT_END = ("spare", "radio")
_TAKEN = POSITION_TYPES | STATIC_TYPES


class AisMessage(NamedTuple):
    """One message; `reading` and `fact` are both absent for types we only count.

    `cut_short`: the payload ends before the message type's fields do; what it holds was taken.
    """

    msg_type: int
    mmsi: int
    sentences: int
    reading: Reading | None = None
    fact: Fact | None = None
    cut_short: bool = False


class NoSentence(NamedTuple):
    """A line that carries no AIS: a comment, an empty line, a time line, another sentence."""

    number: int


Item = AisMessage | Rejected | NoSentence


class AisDecoder:
    """Decodes the lines of one source; keeps fragments and the last time line between calls."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._fragments = Fragments()
        self._next_time: datetime | None = None
        self.sentences = 0

    @property
    def pending(self) -> int:
        """Sentences that wait for the rest of their message."""
        return len(self._fragments)

    def feed(self, line: bytes, number: int, received_at: datetime) -> Iterator[Item]:
        """What line `number` (from 1) completes.  Never raises for any bytes."""
        envelope = open_line(line)
        claims_ais = envelope.kind == "ais" or is_ais(line)
        self.sentences += claims_ais
        if envelope.bad_tag_block:
            detail = "the tag block is damaged: its time is not used"
            yield self._reject("bad_tag_block", detail, line, number, received_at)
        if envelope.kind == "unreadable":
            yield self._reject(envelope.flaw, envelope.detail, line, number, received_at)
        elif envelope.kind == "ais":
            yield from self._feed_sentence(envelope, line, number, received_at)
        elif not envelope.bad_tag_block:
            yield NoSentence(number)
        self._keep_time(envelope)

    def end(self, received_at: datetime) -> Iterator[Rejected]:
        """The fragments that never became a message; call it at the end of input."""
        for orphan in self._fragments.end():
            yield self._reject_orphan(orphan, received_at)

    def _keep_time(self, envelope: Envelope) -> None:
        if envelope.kind == "time":
            self._next_time = envelope.time or self._next_time
        elif envelope.kind != "nothing":  # the time line was for this sentence
            self._next_time = None

    def _feed_sentence(
        self, envelope: Envelope, line: bytes, number: int, received_at: datetime
    ) -> Iterator[Item]:
        flaw = _flaw(envelope.sentence)
        if flaw:
            yield self._reject(*flaw, line, number, received_at)
            return
        try:
            sentence = AISSentence(envelope.sentence, envelope.sentence.split(b","))
        except (AISBaseException, ValueError, IndexError) as error:
            detail = f"the sentence's fields cannot be read: {_first_line(error)}"
            yield self._reject("unreadable_sentence", detail, line, number, received_at)
            return
        time = self._next_time or envelope.time
        parts, orphans = self._fragments.add(Fragment(sentence, number, line, time))
        for orphan in orphans:
            yield self._reject_orphan(orphan, received_at)
        if parts:
            yield self._decode(parts, number, received_at)

    def _decode(self, parts: list[Fragment], number: int, received_at: datetime) -> Item:
        raw = b"\n".join(part.raw for part in parts)
        bits = _join(parts)
        msg_type = bits.get(0, 6) if len(bits) >= _TYPE_BITS else 0
        least = IDENTITY_BITS if msg_type in _TAKEN else _TYPE_BITS
        if len(bits) < least:
            detail = f"{len(bits)} bits: the sender's number is cut off"
            return self._reject("bad_bit_count", detail, raw, number, received_at)
        if not 1 <= msg_type <= LAST_TYPE:
            detail = f"type {msg_type} is not defined"
            return self._reject("unknown_type", detail, raw, number, received_at)
        time = next((part.time for part in parts if part.time), received_at)
        origin = Origin(self._source, number, time, received_at)
        try:
            return _interpret(msg_type, bits, len(parts), origin)
        except (AISBaseException, ValueError, TypeError, KeyError) as error:
            detail = f"the message's fields cannot be decoded: {_first_line(error)}"
            return self._reject("bad_payload", detail, raw, number, received_at)

    def _reject_orphan(self, orphan: Fragment, received_at: datetime) -> Rejected:
        sentence = orphan.sentence
        detail = f"part {sentence.frag_num} of {sentence.frag_cnt}; the others never came"
        return self._reject("orphan_fragment", detail, orphan.raw, orphan.number, received_at)

    def _reject(
        self, reason: str, detail: str, raw: bytes, number: int, received_at: datetime
    ) -> Rejected:
        suffix = "/tag" if reason == "bad_tag_block" else ""
        return Rejected(
            id=f"{self._source}/{number}{suffix}",
            source=self._source,
            position=number,
            received_at=received_at,
            reason=reason,
            detail=detail,
            raw=raw,
        )


def _interpret(msg_type: int, bits: bit_vector, sentences: int, origin: Origin) -> AisMessage:
    mmsi = bits.get(8, 30)
    if msg_type not in _TAKEN:
        return AisMessage(msg_type, mmsi, sentences)
    message = MSG_CLASS[msg_type].from_vector(bits)
    cut_short = _forget_cut_fields(message, len(bits))
    return AisMessage(
        msg_type,
        mmsi,
        sentences,
        to_reading(message, origin) if msg_type in POSITION_TYPES else None,
        to_fact(message, origin) if msg_type in STATIC_TYPES else None,
        cut_short,
    )


def _forget_cut_fields(message: Any, bits: int) -> bool:
    cut = [
        name
        for name, offset, width, *_ in message.decoder_plan()
        if offset + width > bits and not name.startswith(_UNUSED_AT_END)
    ]
    for name in cut:
        setattr(message, name, None)
    return bool(cut)


def _flaw(sentence: bytes) -> tuple[str, str] | None:
    fields = sentence.split(b",")
    if len(fields) != _FIELDS:
        return "unreadable_sentence", f"{len(fields)} fields; an AIS sentence has {_FIELDS}"
    if not fields[5]:
        return "empty_payload", "the sentence has no content"
    if not _SIX_BIT.fullmatch(fields[5]):
        return "bad_payload", "the content has characters outside the six-bit alphabet"
    return None


def _join(parts: list[Fragment]) -> bit_vector:
    if len(parts) == 1:
        return parts[0].sentence.bv
    payload = b"".join(part.sentence.payload for part in parts)
    return bit_vector(payload, parts[-1].sentence.fill_bits)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
