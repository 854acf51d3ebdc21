r"""The line around an AIS sentence: who received it and when.

    \s:STATION,c:1699401684*4D\ !AIVDM,1,1,,A,PAYLOAD,0*77 ,r003669987,1152921693
    `-- tag block (NMEA 4.10) -' `-- the sentence --------' `-- trailer (US Coast Guard) -'

A whole number of 9 to 13 digits before the sentence is a receive time too, and so is a line
`$PGHP,1,year,month,day,hour,minute,second,millisecond,...` before it (Gatehouse, Danish network).
"""

import re
from datetime import UTC, datetime
from functools import reduce
from operator import xor
from typing import Literal, NamedTuple

from schemas.messages import LATEST, to_utc

Kind = Literal["ais", "time", "nothing", "other", "unreadable"]

_PREFIX = re.compile(rb"(\d{9,13})(?:\.\d*)?[\s,;:]+(?=[!$\\])")
_TAG_BLOCK = re.compile(rb"\\([^\\]*)\*([0-9A-Fa-f]{2})\\")
_SENTENCE = re.compile(rb"([!$][!-)+-~ ]*\*([0-9A-Fa-f]{2}))(.*)", re.DOTALL)
_AIS = re.compile(rb"!.{2}VD[MO],", re.IGNORECASE | re.DOTALL)
_ADDRESS = re.compile(rb"[!$][A-Z0-9-]{3,}(?:,|\*|$)")
_EPOCH = re.compile(rb"(?:^|,)(\d{9,10}|\d{13})(?=,|$)")
_TAG_TIME = re.compile(rb"(?:^|,)c:(\d{9,10}|\d{13})(?=,|$)")
_MS_DIGITS = 12
_LAST_S = int(LATEST.timestamp())


class Envelope(NamedTuple):
    """One line opened: the bare sentence, the time that came with it, what was wrong with it.

    `kind` is "ais" (VDM or VDO, `is_ais`), "time" (no AIS, but the time of the next sentence),
    "other" (another sentence), "nothing" (empty, a comment) or "unreadable" (`flaw`, `detail`).
    """

    kind: Kind
    sentence: bytes = b""
    time: datetime | None = None
    flaw: str = ""
    detail: str = ""
    bad_tag_block: bool = False


def open_line(line: bytes) -> Envelope:
    """Never raises; a checksum is verified where there is one."""
    line = line.strip()
    prefix = _PREFIX.match(line)
    time = _from_epoch(prefix[1]) if prefix else None
    rest = line[prefix.end() :] if prefix else line
    bad_tag_block = False
    if rest.startswith(b"\\"):
        tag = _TAG_BLOCK.match(rest)
        if tag is None or _checksum(tag[1]) != int(tag[2], 16):
            bad_tag_block = True
            rest = rest.rpartition(b"\\")[2]
        else:
            stamped = _TAG_TIME.search(tag[1])
            time = (_from_epoch(stamped[1]) if stamped else None) or time
            rest = rest[tag.end() :].lstrip()
            if not rest:
                return Envelope("time", time=time)
    return _open_sentence(rest, time)._replace(bad_tag_block=bad_tag_block)


def is_ais(line: bytes) -> bool:
    """Whether the line holds what claims to be an AIS sentence."""
    return _AIS.search(line) is not None


def _open_sentence(rest: bytes, time: datetime | None) -> Envelope:
    if not rest.startswith((b"!", b"$")):
        if _AIS.search(rest):
            return _unreadable("there is something before the sentence that is no tag block")
        return Envelope("nothing", time=time)
    found = _SENTENCE.match(rest)
    if found is None:
        if _ADDRESS.match(rest) and not _AIS.match(rest):
            return Envelope("other", rest)
        return _unreadable("the sentence has no checksum (*hh) or characters outside ASCII")
    sentence, given, trailer = found[1], int(found[2], 16), found[3]
    actual = _checksum(sentence[1:-3])
    if actual != given:
        detail = f"checksum is {actual:02X} and the sentence says {given:02X}: damaged on its way"
        return Envelope("unreadable", sentence, None, "bad_checksum", detail)
    if _AIS.match(sentence):
        trailing = _EPOCH.search(trailer)
        return Envelope("ais", sentence, time or (_from_epoch(trailing[1]) if trailing else None))
    return _open_other(sentence, time)


def _open_other(sentence: bytes, time: datetime | None) -> Envelope:
    if not sentence.startswith(b"$PGHP,"):
        return Envelope("other", sentence)
    try:
        year, month, day, hour, minute, second, ms = map(int, sentence.split(b",")[2:9])
        stamped = to_utc(datetime(year, month, day, hour, minute, second, ms * 1000, tzinfo=UTC))
    except (ValueError, OverflowError):  # no number, no date; beyond what C's int holds
        detail = "the $PGHP line's date cannot be read: the next sentence gets the time of intake"
        return Envelope("unreadable", sentence, time, "bad_time_line", detail)
    return Envelope("time", sentence, stamped)


def _unreadable(detail: str) -> Envelope:
    return Envelope("unreadable", flaw="unreadable_sentence", detail=detail)


def _checksum(text: bytes) -> int:
    return reduce(xor, text, 0)


def _from_epoch(digits: bytes) -> datetime | None:
    seconds = int(digits) / (1000 if len(digits) > _MS_DIGITS else 1)
    return datetime.fromtimestamp(seconds, UTC) if seconds <= _LAST_S else None
