"""AIS sentences, published examples and frames of our own, decoded line by line."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyais.encode import encode_dict

from schemas import Fact, Reading, Rejected
from services.ingest.ais import AisDecoder, AisMessage, Item
from services.ingest.fragments import MAX_AGE, MAX_GROUPS
from services.ingest.nmea import is_ais

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CLASS_A = b"!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C"
VOYAGE_1 = b"!AIVDM,2,1,3,B,55P5TL01VIaAL@7WKO@mBplU@<PDhh000000001S;AJ::4A80?4i@E53,0*3E"
VOYAGE_2 = b"!AIVDM,2,2,3,B,1@0000000000000,2*55"


def decode(*lines: bytes) -> list[Item]:
    decoder = AisDecoder("ais:test")
    items = [item for n, line in enumerate(lines, 1) for item in decoder.feed(line, n, NOW)]
    return items + list(decoder.end(NOW))


def reading_of(*lines: bytes) -> Reading:
    return next(i.reading for i in decode(*lines) if isinstance(i, AisMessage) and i.reading)


def fact_of(*lines: bytes) -> Fact:
    return next(i.fact for i in decode(*lines) if isinstance(i, AisMessage) and i.fact)


def reasons_of(*lines: bytes) -> list[str]:
    return [item.reason for item in decode(*lines) if isinstance(item, Rejected)]


def frame(**fields: Any) -> list[bytes]:
    return [line.encode() for line in encode_dict({"mmsi": 244_000_001, **fields})]


def with_checksum(body: str) -> bytes:
    checksum = 0
    for character in body.encode():
        checksum ^= character
    return f"{body}*{checksum:02X}".encode()


def test_a_published_position_report() -> None:
    reading = reading_of(CLASS_A)
    assert (reading.asset, reading.seq, reading.time) == ("mmsi-477553000", 1, NOW)
    assert (reading.lat, reading.lon) == pytest.approx((47.582833, -122.345833), abs=1e-6)
    assert reading.channels == {
        "sog_kn": 0.0, "cog_deg": 51.0, "heading_deg": 181, "rot_deg_min": 0.0, "nav_status": 5,
    }  # fmt: skip


def test_a_published_voyage_report_in_two_parts() -> None:
    fact = fact_of(VOYAGE_1, VOYAGE_2)
    assert (fact.asset, fact.name, fact.kind) == ("mmsi-369190000", "MT.MITCHELL", "particulars")
    assert fact.id == "ais:test/2"
    assert fact.details["callsign"] == "WDA9674"
    assert fact.details["imo"] == "6710932"
    assert fact.details["draught_m"] == 6.0
    assert fact.details["destination"] == "SEATTLE"
    assert fact.details["eta"] == "01-02T08:00Z"


@pytest.mark.parametrize(
    "fields",
    [
        {"type": 1, "speed": 102.3, "course": 360, "heading": 511, "turn": -128, "status": 15},
        {"type": 18, "speed": 102.3, "course": 360, "heading": 511},
        {"type": 9, "speed": 1023, "course": 360, "alt": 4095},
        {"type": 27, "speed": 63, "course": 511, "status": 15},
        {"type": 19, "speed": 102.3, "course": 360, "heading": 511},
    ],
)
def test_what_is_not_available_is_absent(fields: dict[str, Any]) -> None:
    reading = reading_of(*frame(lat=91, lon=181, **fields))
    assert (reading.lat, reading.lon, reading.channels) == (None, None, {})


def test_an_impossible_value_stays_as_it_was_sent() -> None:
    reading = reading_of(*frame(type=1, speed=102.2, lat=91.5, lon=200.0, heading=400))
    assert (reading.lat, reading.lon) == (91.5, 200.0)
    assert reading.channels["sog_kn"] == 102.2
    assert reading.channels["heading_deg"] == 400


def test_class_b_says_its_position_and_its_particulars() -> None:
    lines = frame(type=19, lat=1.0, lon=2.0, speed=5.0, shipname="ANNA", to_bow=9)
    assert reading_of(*lines).channels["sog_kn"] == 5.0
    fact = fact_of(*lines)
    assert (fact.name, fact.details) == ("ANNA", {"to_bow_m": 9.0})


STAMPED = datetime(2013, 11, 12, 12, 0, 1, 219_000, tzinfo=UTC)
EPOCH = datetime.fromtimestamp(1_152_921_693, UTC)
PGHP = with_checksum("PGHP,1,2013,11,12,12,0,1,219,219,,2190067,1,62")
TAGGED = b"\\" + with_checksum("s:r1,c:1152921693") + b"\\"


@pytest.mark.parametrize(
    ("lines", "time"),
    [
        ([b"$" + PGHP, CLASS_A], STAMPED),
        ([b"\\" + with_checksum("si:X") + b"\\", b"$" + PGHP, CLASS_A], STAMPED),
        ([TAGGED + CLASS_A], EPOCH),
        ([TAGGED, CLASS_A], EPOCH),
        ([CLASS_A + b",r003669987,1152921693"], EPOCH),
        ([b"1152921693 " + CLASS_A], EPOCH),
        ([b"$" + PGHP, CLASS_A.replace(b"5C", b"5D"), CLASS_A], NOW),
        ([b"$" + with_checksum("PGHP,1,9999,12,31,23,59,59,219,219"), CLASS_A], NOW),
        ([b"$" + with_checksum(f"PGHP,1,{10**20},11,12,12,0,1,219,219"), CLASS_A], NOW),
        ([b"$" + with_checksum(f"PGHP,1,2013,11,12,12,0,1,{10**20},219"), CLASS_A], NOW),
        ([b"\\" + with_checksum("c:9999999999") + b"\\" + CLASS_A], NOW),
        ([b"9999999999999 " + CLASS_A], NOW),
    ],
)
def test_where_the_time_comes_from(lines: list[bytes], time: datetime) -> None:
    assert reading_of(*lines).time == time


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (CLASS_A.replace(b"5C", b"00"), "bad_checksum"),
        (CLASS_A.partition(b"*")[0], "unreadable_sentence"),
        (b"!" + with_checksum("AIVDM,1,1,,B,,0"), "empty_payload"),
        (b"!" + with_checksum("AIVDM,1,1,,B,17|},0"), "bad_payload"),
        (b"!" + with_checksum("AIVDM,1,1,,B,17,0"), "bad_bit_count"),
        (b"!" + with_checksum("AIVDM,x,1,,B,177KQJ5000,0"), "unreadable_sentence"),
        (b"!" + with_checksum("AIVDM,1,1,,B,w77KQJ5000,0"), "unknown_type"),
        (VOYAGE_1, "orphan_fragment"),
        (b"\xff\x00!AIVDM,1", "unreadable_sentence"),
    ],
)
def test_what_is_rejected_keeps_its_raw_bytes(line: bytes, reason: str) -> None:
    (rejected,) = (item for item in decode(line) if isinstance(item, Rejected))
    assert (rejected.reason, rejected.raw, rejected.position) == (reason, line, 1)


def test_a_message_cut_short_gives_its_whole_fields_only() -> None:
    reading = reading_of(b"!" + with_checksum("AIVDM,1,1,,B,177KQJ5000G?tO,0"))
    assert (reading.asset, reading.lat) == ("mmsi-477553000", None)
    assert reading.channels == {"sog_kn": 0.0, "rot_deg_min": 0.0, "nav_status": 5}


def test_a_sequence_id_used_anew_makes_orphans_of_the_old() -> None:
    assert reasons_of(VOYAGE_1, VOYAGE_1, VOYAGE_2) == ["orphan_fragment"]


def test_a_fragment_waits_for_a_bounded_number_of_sentences() -> None:
    decoder = AisDecoder("ais:test")
    list(decoder.feed(VOYAGE_1, 1, NOW))
    for number in range(MAX_AGE):
        list(decoder.feed(CLASS_A, number + 2, NOW))
    assert decoder.pending == 1
    items = list(decoder.feed(CLASS_A, MAX_AGE + 2, NOW))
    assert [i.reason for i in items if isinstance(i, Rejected)] == ["orphan_fragment"]


def test_comments_and_other_stations_are_no_rejections() -> None:
    base = frame(type=4, year=2026, lat=1, lon=2)
    items = decode(b"# comment", b"", b"$GPGGA,1*7C", *base)
    assert not any(isinstance(item, Rejected) for item in items[:2])
    assert items[-1] == AisMessage(4, 244_000_001, 1)


LINES = st.one_of(
    st.binary(max_size=120),
    st.sampled_from([CLASS_A, VOYAGE_1, VOYAGE_2, TAGGED, b"$" + PGHP, TAGGED + CLASS_A]),
    st.lists(
        st.integers() | st.sampled_from([0, 1, 2013, 10**20, "", "x", "9" * 5_000]), max_size=9
    ).map(lambda numbers: b"$" + with_checksum(",".join(map(str, ["PGHP", 1, *numbers])))),
    st.builds(
        lambda count, part, payload: b"!" + with_checksum(f"AIVDM,{count},{part},1,A,{payload},0"),
        st.integers(0, 3), st.integers(0, 3), st.text("0123456789:;<=>?@AWw`", max_size=70),
    ),
    st.builds(
        lambda at, byte: CLASS_A[:at] + bytes([byte]) + CLASS_A[at + 1 :],
        st.integers(0, len(CLASS_A) - 1), st.integers(0, 255),
    ),
).map(lambda line: line.replace(b"\n", b" "))  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=40))
def test_every_sentence_is_accounted_for(lines: list[bytes]) -> None:
    decoder = AisDecoder("ais:test")
    taken = 0
    for number, line in enumerate(lines, 1):
        for item in decoder.feed(line, number, NOW):
            taken += sentences_in(item)
        assert taken + decoder.pending == decoder.sentences
        assert decoder.pending <= MAX_GROUPS * 9
    taken += sum(map(sentences_in, decoder.end(NOW)))
    assert taken == decoder.sentences


def sentences_in(item: Item) -> int:
    if isinstance(item, AisMessage):
        return item.sentences
    beside = ("bad_tag_block", "bad_time_line")
    if not isinstance(item, Rejected) or item.reason in beside:
        return 0
    return sum(map(is_ais, item.raw.split(b"\n")))
