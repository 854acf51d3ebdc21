"""The sink on a real PostgreSQL, fed with records by hand: exact, whole, and never stopped."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from schemas import AlertChange, Fact, Message, Rejected, Signal, Tick, Transition
from services.database.migrate import migrate
from services.database.named_sql import query
from services.historian.sink import Fenced, Sink
from services.partition import RecordCopy
from tests.historian.records import START, reading, rows, told

pytestmark = pytest.mark.servers

_TOPICS = ("telemetry", "signals", "facts", "transitions", "alerts", "rejected")


@pytest.fixture
def sink(database: str) -> Iterator[Sink]:
    """A sink that owns the first partition of every topic of a migrated database."""
    migrate(database)
    sink = Sink(database)
    sink.take_over([(topic, 0) for topic in _TOPICS])
    yield sink
    sink.close()


def test_a_reading_is_stored_as_it_was_told(sink: Sink, database: str) -> None:
    told_once = reading(
        0.25, seq=2**62, channels={"sog_kn": 0.1, "new_one": 7.5}, labels={"name": "Aurora"}
    )
    sink.write(told([told_once, Tick(source="test", ingest_time=START)]))
    (row,) = rows(
        database,
        "SELECT asset, source, time, seq, lat, lon, sog_kn, cog_deg, extra FROM reading_ship"
        " JOIN asset USING (asset_id) JOIN source USING (source_id)",
    )
    assert row == (
        "ship-1", "test", told_once.time, 2**62, 50.0, 0.0025, 0.1, None,
        {"channels": {"new_one": 7.5}, "labels": {"name": "Aurora"}},
    )  # fmt: skip
    assert rows(database, "SELECT count(*) FROM reading") == [(1,)]


def test_records_that_come_again_are_left_out(sink: Sink, database: str) -> None:
    records = told(reading(n) for n in range(20))
    sink.write(records[:10])
    sink.write(records)
    sink.write(records)
    assert rows(database, "SELECT count(*) FROM reading_ship") == [(20,)]
    assert rows(database, "SELECT count(*) FROM sink_duplicates") == [(0,)]


def test_an_identity_told_twice_is_kept_once_and_the_other_whole(sink: Sink, database: str) -> None:
    second = reading(1, channels={"sog_kn": 3})
    sink.write(told([reading(0), reading(1), second, reading(2)]))
    sink.write(told([reading(2), reading(3)], first=4))
    assert rows(database, "SELECT count(*), min(sog_kn) FROM reading_ship") == [(4, 12.1)]
    duplicates = rows(database, "SELECT id, stored_in, raw FROM sink_duplicates ORDER BY id")
    assert [(row[0], row[1]) for row in duplicates] == [
        ("telemetry-0-2", "reading_ship"),
        ("telemetry-0-4", "reading_ship"),
    ]
    assert duplicates[0][2] == second.to_json()


_EDGE = b"9999-12-31T23:59:59-05:00"
_POISON = {
    "no JSON": b"\xff\xfe garbage",
    "empty": b"",
    "half": b'{"asset": "ship-1"',
    "not finite": reading().to_json().replace(b"12.1", b"1e999"),
    "naive time": reading().to_json().replace(b"12:00:00Z", b"12:00:00"),
    "seq too large": reading().to_json().replace(b'"seq":0', b'"seq":9223372036854775808'),
    "too deep": reading()
    .to_json()
    .replace(b'"seq"', b'"x":%s%s,"seq"' % (b"[" * 5000, b"]" * 5000)),
    "too deep with NUL": b'{"x":"\\u0000","y":%s%s}' % (b"[" * 5000, b"]" * 5000),
    "time at the calendar's end": reading().to_json().replace(b"2026-03-01T12:00:00Z", _EDGE, 1),
    "taken in at its end": reading(1, ingest_time=START)
    .to_json()
    .replace(b"2026-03-01T12:00:00Z", _EDGE),
    "before the calendar": reading()
    .to_json()
    .replace(b"2026-03-01T12:00:00Z", b"0001-01-01T00:00:00+14:00"),
    "version of 71 bits": reading().to_json().replace(b'"version":1', b'"version":%d' % 2**70),
    "NUL in the source": reading().to_json().replace(b'"test"', b'"te\\u0000st"'),
    "line feed behind the asset": reading().to_json().replace(b'"ship-1"', b'"ship-1\\n"'),
    "source of 257 characters": reading().to_json().replace(b'"test"', b'"%s"' % (b"s" * 257)),
    "half a surrogate pair": reading().to_json().replace(b'"test"', b'"\\ud800"'),
    "half a pair beside NUL": b'{"x":"\\u0000","y":"\\udc00"}',
    "id too long": reading().to_json().replace(b"ship-1", b"s" * 10_000),
}


@pytest.mark.parametrize("name", _POISON)
def test_what_cannot_be_read_is_kept_and_stops_nothing(
    sink: Sink, database: str, name: str
) -> None:
    sink.write(told([reading(1), _POISON[name], reading(2)]))
    assert rows(database, "SELECT count(*) FROM reading") == [(2,)]
    assert rows(database, "SELECT id, raw FROM rejected") == [
        ("kafka:telemetry-0-1", _POISON[name])
    ]


def _refuse(database: str, table: str, sqlstate: str) -> None:
    """Lets the database refuse each row of `table` whose source is `poison`."""
    body = f"""
        CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.source LIKE '%poison' THEN
                RAISE EXCEPTION 'no' USING ERRCODE = '{sqlstate}';
            END IF;
            RETURN NEW;
        END $$;
        CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse();
    """
    with psycopg.connect(database) as connection:
        connection.execute(body.encode())


def _with_poison(count: int, *poisoned: int) -> list[Signal]:
    return [
        _signal(n).model_copy(update={"source": "poison"} if n in poisoned else {})
        for n in range(count)
    ]


# of integrity, of the programme, of the server's inside, of length, of a function, of data
@pytest.mark.parametrize("sqlstate", ["23514", "42804", "XX000", "54000", "P0001", "22003"])
def test_what_the_database_refuses_is_kept_and_stops_nothing(
    sink: Sink, database: str, sqlstate: str
) -> None:
    _refuse(database, "signal", sqlstate)
    sink.write(told(_with_poison(7, 3, 6), "signals"))
    assert rows(database, "SELECT count(*) FROM signal") == [(5,)]
    assert rows(database, "SELECT id, reason FROM rejected ORDER BY id") == [
        ("kafka:signals-0-3", "not_storable"),
        ("kafka:signals-0-6", "not_storable"),
    ]
    sink.write(told([_signal(7)], "signals", first=7))
    assert rows(database, "SELECT count(*) FROM signal") == [(6,)]


@pytest.mark.parametrize(
    "sqlstate", ["40001", "53100", "57014", "25006", "42501", "42P01", "XX001"]
)
def test_what_is_the_databases_own_fault_rejects_nothing(
    sink: Sink, database: str, sqlstate: str
) -> None:
    _refuse(database, "signal", sqlstate)
    records = told(_with_poison(5, 3), "signals")
    with pytest.raises(psycopg.OperationalError):
        sink.write(records)
    assert rows(database, "SELECT (SELECT count(*) FROM signal), (SELECT count(*) FROM rejected)")[
        0
    ] == (0, 0)
    with psycopg.connect(database) as connection:
        connection.execute("DROP TRIGGER refuse ON signal")
    sink.reconnect()
    sink.write(records)
    assert rows(database, "SELECT count(*) FROM signal") == [(5,)]


def test_a_database_that_takes_no_rejection_either_is_tried_again(
    sink: Sink, database: str
) -> None:
    _refuse(database, "signal", "23514")
    with psycopg.connect(database) as connection:
        connection.execute("ALTER TABLE rejected ADD CHECK (reason <> 'not_storable')")
    with pytest.raises(psycopg.OperationalError, match="nothing can be stored"):
        sink.write(told(_with_poison(5, 3), "signals"))
    with psycopg.connect(database) as connection:
        connection.execute("DROP TRIGGER refuse ON signal")
    sink.write(told(_with_poison(5, 3), "signals"))
    assert rows(database, "SELECT count(*) FROM signal") == [(5,)]


@pytest.mark.parametrize("timestamp", [-1, -(2**63), 2**63 - 1, 10**18])
def test_a_nonsensical_time_of_writing_stops_nothing(
    sink: Sink, database: str, timestamp: int
) -> None:
    (bad,) = told([b"no JSON"], first=0)
    sink.write([bad._replace(timestamp=timestamp), *told([reading(1)], first=1)])
    assert rows(database, "SELECT count(*) FROM rejected") == [(1,)]
    assert rows(database, "SELECT count(*) FROM reading") == [(1,)]


def test_nul_in_text_becomes_its_sign(sink: Sink, database: str) -> None:
    sink.write(told([reading(labels={"name": "x\0"})]))
    assert rows(database, "SELECT labels FROM last_state") == [({"name": "x\u2400"},)]


def test_absurd_times_and_unknown_classes_are_kept_whole(sink: Sink, database: str) -> None:
    future = reading(seq=1, time=START + timedelta(days=20_000), ingest_time=START)
    past = reading(seq=2, time=START - timedelta(days=30_000), ingest_time=START)
    drone = reading(seq=3, asset="drone-1", asset_class="drone")
    sink.write(told([future, past, drone, reading(4)]))
    assert rows(database, "SELECT seq FROM reading_misdated ORDER BY seq") == [(1,), (2,)]
    ((whole,),) = rows(database, "SELECT reading FROM reading_undeclared")
    assert whole["channels"] == drone.channels
    assert rows(database, "SELECT count(*) FROM reading") == [(4,)]
    leaves = "SELECT count(*) FROM pg_partition_tree('reading_ship') WHERE isleaf"
    assert rows(database, leaves) == [(1,)]


def test_a_receiver_without_a_fix_is_stored_and_leaves_the_place_alone(
    sink: Sink, database: str
) -> None:
    sink.write(told([reading(0), reading(60, lat=0.0, lon=0.0)]))
    sink.reconnect()  # as after a restart: what is known is read from the table
    sink.write(told([reading(120, lat=0.0, lon=0.0)], first=2))
    now = "SELECT lat, lon, position_time, time FROM last_state"
    assert rows(database, now) == [(50.0, 0.0, reading(0).time, reading(120).time)]
    assert rows(database, "SELECT count(*) FROM reading WHERE lat = 0 AND lon = 0") == [(2,)]


def test_late_data_enters_history_and_leaves_now_alone(sink: Sink, database: str) -> None:
    sink.write(told([reading(100)]))
    sink.write(told([reading(50, channels={"sog_kn": 1, "draught_m": 8})], first=1))
    sink.reconnect()
    sink.write(told([reading(60, channels={"sog_kn": 2})], first=2))
    ((time, lon, channels),) = rows(database, "SELECT time, lon, channels FROM last_state")
    assert (time, lon) == (reading(100).time, 1.0)
    assert channels == {"sog_kn": 12.1, "cog_deg": 90.0, "draught_m": 8.0}
    assert rows(database, "SELECT count(*) FROM reading_ship") == [(3,)]


def test_the_newest_owner_writes_and_the_old_one_is_fenced(database: str) -> None:
    migrate(database)
    old, new = Sink(database), Sink(database)
    records = told(reading(n) for n in range(30))
    assert old.take_over([("telemetry", 0)]) == {("telemetry", 0): 0}
    old.write(records[:10])
    assert new.take_over([("telemetry", 0)]) == {("telemetry", 0): 10}
    with pytest.raises(Fenced):
        old.write(records[10:20])
    with pytest.raises(Fenced):
        old.reconnect()
    new.write(records)
    assert rows(database, "SELECT count(*) FROM reading_ship") == [(30,)]
    old.close()
    new.close()


def test_a_lost_connection_costs_nothing(sink: Sink, database: str) -> None:
    records = told(reading(n) for n in range(30))
    sink.write(records[:10])
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
    rows(database, kill, "historian")
    with pytest.raises(psycopg.OperationalError):
        sink.write(records[10:20])
    sink.reconnect()
    sink.write(records)
    assert rows(database, "SELECT count(*), count(DISTINCT time) FROM reading") == [(30, 30)]


def _signal(number: int, kind: str = "zone_entered") -> Signal:
    return Signal.model_validate(
        {
            "id": f"telemetry-0-{number}-0", "cause": f"telemetry-0-{number}", "asset": "ship-1",
            "asset_class": "ship", "source": "test", "kind": kind, "time": START,
            "ingest_time": START, "evidence": {"speed": 3.5, "port": "NLRTM"},
        }
    )  # fmt: skip


def _transition(number: int, region: str, move: str, **more: object) -> Transition:
    from_state, to_state = move.split(">")
    return Transition.model_validate(
        {
            "id": f"f{number}/{region}", "cause": f"f{number}", "asset": "ship-1",
            "asset_class": "ship", "region": region, "from_state": from_state,
            "to_state": to_state, "valid_from": START + timedelta(days=number),
            "recorded_at": START + timedelta(days=number), "source": "desk", **more,
        }
    )  # fmt: skip


def _change(number: int, change: str, handling: str) -> AlertChange:
    return AlertChange.model_validate(
        {
            "id": f"s{number}/overspeed", "alert": "s0/overspeed", "asset": "ship-1",
            "asset_class": "ship", "rule": "overspeed", "change": change, "cause": f"s{number}",
            "time": START, "recorded_at": START, "actor": "monitor", "severity": "alarm",
            "condition": "firing", "handling": handling, "opened_at": START, "occurrences": 1,
            "summary": "26 kn where 25 are allowed",
        }
    )  # fmt: skip


def test_every_kind_of_message_reaches_its_table(sink: Sink, database: str) -> None:
    fact = Fact(id="f1", asset="ship-1", asset_class="ship", kind="registered",
                valid_from=START, recorded_at=START, source="desk", name="Aurora")  # fmt: skip
    refused = Rejected(id="x/1", source="x", position=1, received_at=START, reason="not_json",
                       detail="no", raw=b"\x00\xff")  # fmt: skip
    sent: dict[str, list[Message]] = {
        "signals": [_signal(0), _signal(1, "minute_summary")],
        "facts": [fact],
        "rejected": [refused],
        "transitions": [_transition(1, "title", "NONE>ORDERED")],
        "alerts": [_change(0, "opened", "new")],
    }
    batch: list[RecordCopy] = [r for topic, messages in sent.items() for r in told(messages, topic)]
    sink.write(batch)
    assert rows(database, "SELECT id, evidence FROM signal") == [
        ("telemetry-0-0-0", {"speed": 3.5, "port": "NLRTM"})
    ]
    assert rows(database, "SELECT id FROM asset_minute") == [("telemetry-0-1-0",)]
    assert rows(database, "SELECT raw FROM rejected") == [(b"\x00\xff",)]
    assert rows(database, "SELECT name, title FROM last_state") == [("Aurora", "ORDERED")]
    assert rows(database, "SELECT id, stored_at IS NOT NULL FROM alert_change") == [
        ("s0/overspeed", True)
    ]


def test_an_alert_is_its_newest_change_and_a_refusal_changes_nothing(
    sink: Sink, database: str
) -> None:
    changes = [
        _change(0, "opened", "new"),
        _change(1, "acknowledged", "acknowledged"),
        _change(2, "resolved", "done"),
        _change(3, "refused", "new"),
    ]
    sink.write(told(changes[:1], "alerts"))
    sink.write(told(changes[1:], "alerts", first=1))
    assert rows(database, "SELECT id, handling FROM alert") == [("s2/overspeed", "done")]
    assert rows(database, "SELECT count(*) FROM alert_change") == [(4,)]


def test_regions_follow_what_is_in_force_whatever_the_order(sink: Sink, database: str) -> None:
    told_of = [
        _transition(5, "contract", "COMMITTED>ON_LEASE", lease="L1", lessee="Blue"),
        _transition(2, "contract", "NONE>COMMITTED", lease="L1", lessee="Blue"),
        _transition(7, "contract", "ON_LEASE>DEFAULT", lease="L1", lessee="Blue"),
        _transition(8, "contract", "DEFAULT>OFF_LEASE", standing="quarantined"),
        _transition(9, "contract", "ON_LEASE>DEFAULT", standing="withdrawn",
                    supersedes="f7/contract"),
        _transition(6, "overlay", "CLEAR>ARRESTED"),
        _transition(8, "overlay", "CLEAR>CASUALTY"),
        _transition(9, "overlay", "ARRESTED>CLEAR"),
    ]  # fmt: skip
    for offset, one in enumerate(told_of):
        sink.write(told([one], "transitions", first=offset))
    assert rows(database, "SELECT contract, lease, lessee, overlays FROM last_state") == [
        ("ON_LEASE", "L1", "Blue", ["CASUALTY"])
    ]


def test_what_is_retracted_leaves_nothing_behind(sink: Sink, database: str) -> None:
    began = [_transition(1, "title", "NONE>ORDERED"), _transition(2, "overlay", "CLEAR>ARRESTED")]
    sink.write(told(began, "transitions"))
    now = "SELECT title, overlays FROM last_state"
    assert rows(database, now) == [("ORDERED", ["ARRESTED"])]
    taken_back = [
        _transition(3, "title", "NONE>ORDERED", standing="withdrawn", supersedes="f1/title"),
        _transition(3, "overlay", "CLEAR>ARRESTED", standing="withdrawn", supersedes="f2/overlay"),
    ]
    sink.write(told(taken_back, "transitions", first=2))
    assert rows(database, now) == [(None, [])]


def test_a_name_is_that_of_the_fact_that_stands(sink: Sink, database: str) -> None:
    def fact(number: int, kind: str, **more: object) -> Fact:
        at = START + timedelta(days=number)
        fields = {"id": f"f{number}", "asset": "ship-1", "asset_class": "ship", "kind": kind,
                  "valid_from": at, "recorded_at": at, "source": "desk"}  # fmt: skip
        return Fact.model_validate({**fields, **more})

    facts = [
        fact(1, "registered", name="Aurora"),
        fact(2, "registered", name="Borealis", supersedes="f1"),
        fact(3, "retracted", supersedes="f2"),
        fact(4, "retracted", supersedes="f1"),
    ]
    names = []
    for offset, one in enumerate(facts):
        sink.write(told([one], "facts", first=offset))
        names += rows(database, "SELECT name FROM last_state")
    assert names == [("Aurora",), ("Borealis",), ("Aurora",), (None,)]


def test_telemetry_regions_follow_the_line_and_not_the_clocks_of_feeds(
    sink: Sink, database: str
) -> None:
    of_a_fast_clock = _transition(9, "movement", "MOORED>UNDER_WAY")
    sink.write(told([of_a_fast_clock], "transitions"))
    sink.write(told([_transition(5, "movement", "UNDER_WAY>AT_ANCHOR")], "transitions", first=1))
    assert rows(database, "SELECT movement FROM last_state") == [("AT_ANCHOR",)]
    with psycopg.connect(database) as connection:
        found = connection.execute(query("regions"), {"asset": "ship-1"}).fetchall()
    assert [row[:2] for row in found] == [("movement", "AT_ANCHOR")]


def test_what_is_declared_ahead_holds_when_it_is_true(sink: Sink, database: str) -> None:
    ahead = datetime.now(UTC) + timedelta(days=30)
    sink.write(told([
        _transition(1, "contract", "NONE>COMMITTED", lease="L1", lessee="Blue"),
        _transition(2, "contract", "COMMITTED>ON_LEASE", lessee="Blue", valid_from=ahead),
        _transition(3, "overlay", "CLEAR>DETAINED", valid_from=ahead),
    ], "transitions"))  # fmt: skip
    now = "SELECT contract, lessee, overlays, next_change FROM last_state"
    assert rows(database, now) == [("COMMITTED", None, [], ahead)], "signed, not leased yet"
    sink.write(told([reading(ingest_time=ahead + timedelta(seconds=1))]))
    assert rows(database, now) == [("ON_LEASE", "Blue", ["DETAINED"], None)]
