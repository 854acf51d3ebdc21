"""Rows as people write them: what each becomes, or why it cannot; a file is taken whole or not."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from schemas import ASSET_CLASSES, Fact, format_time
from services.domain.lifecycle_fold import fold
from services.ingest.declare import table as table_module
from services.ingest.declare.facts import (
    MAX_FACT_BYTES,
    Declaration,
    declaration_of,
    derived_id,
    less_known,
)
from services.ingest.declare.table import Reason, read_rows
from tests.historian.records import reading

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
GOOD = {
    "asset": "ship-1",
    "asset_class": "ship",
    "kind": "delivered",
    "valid_from": "2024-05-01T12:30:00+02:00",
}


def declare(content: str | bytes, name: str = "facts", source: str = "desk") -> Declaration:
    raw = content.encode() if isinstance(content, str) else content
    return declaration_of(read_rows(raw, name), source, NOW)


def json_lines(*rows: Mapping[str, Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def table(rows: Sequence[Mapping[str, Any]], delimiter: str = ",") -> str:
    """The rows as CSV; details become columns of their own."""
    flat = [
        {**row, **{f"details.{name}": value for name, value in row.get("details", {}).items()}}
        for row in rows
    ]
    names = sorted({name for row in flat for name in row} - {"details"})
    out = io.StringIO()
    writer = csv.DictWriter(out, names, delimiter=delimiter, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(flat)
    return out.getvalue()


def facts(declaration: Declaration) -> list[Fact]:
    assert declaration.reasons == []
    return [declared.fact for declared in declaration.facts]


def only_fact(declaration: Declaration) -> Fact:
    (fact,) = facts(declaration)
    return fact


def only_reason(declaration: Declaration) -> Reason:
    (reason,) = declaration.reasons
    assert declaration.figures()["facts"] == 0
    return reason


def test_what_is_absent_is_stamped() -> None:
    fact = only_fact(declare(json_lines(GOOD)))
    assert (fact.recorded_at, fact.source) == (NOW, "desk")
    assert format_time(fact.valid_from) == "2024-05-01T10:30:00Z"
    assert fact.id == derived_id(fact)
    given_ones = {"id": "F-1", "source": "registry", "recorded_at": "2024-06-01", "until": None}
    fact = only_fact(declare(json_lines({**GOOD, **given_ones})))
    assert (fact.id, fact.source) == ("F-1", "registry")
    assert format_time(fact.recorded_at) == "2024-06-01T00:00:00Z"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_sheet_in_any_dialect_is_the_same_facts(delimiter: str, mark: str) -> None:
    row = {**GOOD, "lessee": 'ACME; Ships, "North"', "details": {"rent_usd": 12.5, "imo": "0123"}}
    told = only_fact(declare(mark + table([row], delimiter) + delimiter * 5 + "\r\n\r\n"))
    assert told == only_fact(declare(json_lines(row)))
    assert told.details == {"rent_usd": 12.5, "imo": "0123"}


def test_a_row_is_named_by_the_line_that_it_begins_in() -> None:
    text = 'asset,asset_class,kind,valid_from,lessee\n\n"a","ship","built","2024-05-01","x\ny"\n'
    found = declare(text + "b,ship,nonsense,2024-05-01,\n")
    assert [(r.line, r.column) for r in found.reasons] == [(3, "lessee"), (5, "kind")]


BAD = [
    ({"kind": "lease_signd"}, "kind", "unknown_kind", "write lease_signed"),
    ({"kind": "Delivered"}, "kind", "unknown_kind", "write delivered"),
    ({"kind": "xyz"}, "kind", "unknown_kind", "registered, ordered"),
    ({"asset_class": "vessel"}, "asset_class", "unknown_asset_class", "aircraft, metro, ship"),
    ({"asset": "MV Anna"}, "asset", "bad_asset", "letters, digits"),
    ({"asset": None}, "asset", "missing", "such as ship-"),
    ({"valid_from": "2024-05-01T12:00"}, "valid_from", "no_zone", "2024-05-01T12:00Z"),
    ({"until": "2024-05-01 12:00:00"}, "until", "no_zone", "2024-05-01T12:00:00Z"),
    ({"until": "01.05.2024"}, "until", "bad_time", "2024-05-01"),
    ({"until": "5/1/2024"}, "until", "bad_time", "2024-05-01"),
    ({"until": "1714521600"}, "until", "bad_time", "2024-05-01"),
    ({"until": "2024-02-30"}, "until", "bad_value", "2024-02-30"),
    ({"until": "9999-12-31T23:59:59-05:00"}, "until", "bad_value", "1900 to 2199"),
    ({"recorded_at": "2026-01-03"}, "recorded_at", "recorded_ahead", "leave it out"),
    ({"kind": "retracted"}, "supersedes", "missing", "names the fact"),
    ({"id": "F-1", "supersedes": "F-1"}, "supersedes", "names_itself", "the earlier one"),
    ({"lessee": "x" * 300}, "lessee", "bad_value", "256"),
    ({"lessee": "a\0b"}, "lessee", "bad_value", "line break"),
]


@pytest.mark.parametrize(("change", "column", "code", "words"), BAD)
def test_a_bad_row_is_explained(change: dict[str, Any], column: str, code: str, words: str) -> None:
    good = {**GOOD, "asset": "ship-2"}
    bad = {**GOOD, **change}
    for content, line in (
        (json_lines(good, bad, {**good, "lease": "L"}), 2),
        (table([{**good, **dict.fromkeys(change, "")}, bad]), 3),
    ):
        reasons = [r for r in declare(content).reasons if r.line == line]
        (reason,) = reasons
        assert (reason.column, reason.code) == (column, code)
        assert words in reason.detail


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"valid_from": 1714521600}, "valid_from", "bad_time"),
        ({"lesee": "x"}, "lesee", "unknown_column"),
        ({"details": []}, "details", "bad_value"),
        ({"details": {"a": [1]}}, "details.a", "bad_value"),
        ({"details": {"a": True}}, "details.a", "bad_value"),
        ({"lessee": 7}, "lessee", "bad_value"),
        ({"version": 2**70}, "version", "bad_value"),
        ({"details": {str(n): "x" * 4_000 for n in range(20)}}, "", "oversize"),
    ],
)
def test_a_bad_object_is_explained(change: dict[str, Any], column: str, code: str) -> None:
    reason = only_reason(declare(json_lines({**GOOD, **change})))
    assert (reason.column, reason.code) == (column, code)


def test_every_flaw_of_a_row_is_told_at_once() -> None:
    row = {**GOOD, "kind": "built?", "until": "soon", "asset_class": "", "details": {"a": "1,5"}}
    found = declare(table([row], ";"))
    assert {reason.column for reason in found.reasons} == {
        "kind", "until", "asset_class", "details.a",
    }  # fmt: skip
    assert found.figures()["bad_rows"] == 1


@pytest.mark.parametrize(
    ("content", "line", "code", "words"),
    [
        ("asset;lesee;asset_class;kind;valid_from\na;x;ship;built;2024-05-01", 1, "no_column",
         "write lessee, or details.lesee"),
        ("asset,asset_class,valid_from\na,ship,2024-05-01", 1, "missing_column", "missing"),
        ("asset,asset,asset_class,kind,valid_from\n", 1, "repeated_column", "twice"),
        ("asset,,asset_class,kind,valid_from\n", 1, "no_name", "column 2"),
        ("date,ship,what\n2024-05-01,a,b", 1, "no_header", "names no column"),
        ("asset,asset_class,kind,valid_from\na,ship,built", 2, "cell_count", "3 cells"),
        ("asset,asset_class,kind,valid_from\na,ship,built,2024-05-01,x", 2, "cell_count", "5"),
        ('asset,asset_class,kind,valid_from\na,ship,built,"2024', 2, "bad_csv", "quotes"),
        ("[{}]", 1, "json_array", "jq"),
        ('{"asset": 1', 1, "not_json", "no JSON object"),
        ("{}\n7", 2, "not_an_object", "object"),
        (b"asset,asset_class,kind,valid_from\na,ship,built,2024\xe9", 2, "bad_utf8", "UTF-8"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_explained(
    content: str | bytes, line: int, code: str, words: str
) -> None:
    found = [reason for reason in declare(content).reasons if reason.code == code]
    assert [reason.line for reason in found] == [line]
    assert words in found[0].detail


def test_a_missing_column_is_told_once_and_the_rows_are_looked_at_all_the_same() -> None:
    rows = "a,ship,2024-05-01\nb,ship,x\n"
    found = declare("asset,asset_class,valid_from\n" + rows)
    assert [(r.line, r.column) for r in found.reasons] == [(1, "kind"), (3, "valid_from")]


def test_a_reading_is_told_where_to_go() -> None:
    reason = only_reason(declare(reading().to_json()))
    assert reason.code == "is_a_reading"
    assert "leasewatch ingest readings" in reason.detail


def test_an_id_says_one_thing_and_an_asset_is_of_one_class() -> None:
    first = {**GOOD, "id": "F-1"}
    found = declare(json_lines(first, {**first, "lessee": "Boreas"}))
    assert (only_reason(found).line, only_reason(found).code) == (2, "id_taken")
    assert "line 1 (lessee)" in only_reason(found).detail
    found = declare(json_lines(first, {**GOOD, "asset_class": "metro"}))
    assert (only_reason(found).line, only_reason(found).code) == (2, "other_class")
    assert "a ship in line 1" in only_reason(found).detail


def test_what_is_declared_already_is_left_out_and_what_contradicts_it_is_refused() -> None:
    old = facts(declare(json_lines(GOOD, {**GOOD, "id": "F-2"}), "old", "old"))
    known = {fact.id: [fact.model_copy(update={"recorded_at": NOW - timedelta(1)})] for fact in old}
    rows = [GOOD, {**GOOD, "id": "F-2"}, {**GOOD, "id": "F-3"}]
    left = less_known(declare(json_lines(*rows), "new", "new"), known)
    assert (left.known, left.rows, [fact.id for fact in facts(left)]) == (2, 3, ["F-3"])
    left = less_known(declare(json_lines(*rows, {**rows[2], "id": "F-4"})), known)
    assert len(facts(left)) == 2
    other = less_known(declare(json_lines({**GOOD, "id": "F-2", "place": "NLRTM"})), known)
    assert only_reason(other).code == "id_taken"
    assert "declared already (place)" in only_reason(other).detail


def test_the_sample_is_a_life_without_objections() -> None:
    sample = Path(table_module.__file__).with_name("sample.csv")
    told = facts(declare(sample.read_bytes(), sample.name))
    assert {fact.asset_class for fact in told} == set(ASSET_CLASSES)
    for asset in {fact.asset for fact in told}:
        history = fold([fact for fact in told if fact.asset == asset])
        assert history.entries
        assert {entry.standing for entry in history.entries} == {"in_force"}


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=20)
TEXTS = NAMES.map(str.strip).filter(bool)
INSTANTS = st.datetimes(
    datetime(1900, 1, 2), datetime(2199, 12, 30),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5, minutes=-30))]),
).map(datetime.isoformat)  # fmt: skip
KINDS = st.sampled_from(["built", "delivered", "lease_signed", "surveyed"])


@st.composite
def rows(draw: DrawFn) -> dict[str, Any]:
    """Any good row."""
    number = draw(st.integers(1, 4))
    row: dict[str, Any] = {
        "asset": f"asset-{number}",
        "asset_class": sorted(ASSET_CLASSES)[number % len(ASSET_CLASSES)],
        "kind": draw(KINDS),
        "valid_from": draw(INSTANTS),
    }
    optional = {
        "until": INSTANTS, "lessee": TEXTS, "lease": TEXTS, "place": TEXTS, "source": TEXTS,
        "details": st.dictionaries(
            st.from_regex(r"[a-z_]{1,8}", fullmatch=True),
            st.one_of(st.integers(-9, 9).map(float), st.sampled_from(["a", "b;c", 'd "e"', "1e5"])),
            min_size=1,
        ),
    }  # fmt: skip
    for name, values in optional.items():
        if draw(st.booleans()):
            row[name] = draw(values)
    return row


@given(st.lists(rows(), min_size=1, max_size=8), st.sampled_from(",;\t"), st.randoms())
def test_a_table_and_lines_of_json_say_the_same_and_saying_it_again_adds_nothing(
    said: list[dict[str, Any]], delimiter: str, order: Any
) -> None:
    first = declare(json_lines(*said), "a.ndjson", "first")
    sheet = declare(table(said, delimiter), "b.csv", "second")
    assert [fact.id for fact in facts(first)] == [fact.id for fact in facts(sheet)]
    assert len(facts(first)) + first.repeated == first.rows == len(said)
    order.shuffle(said)
    known = {fact.id: [fact] for fact in facts(first)}
    again = less_known(declare(json_lines(*said, *said), "c.ndjson", "third"), known)
    assert (again.facts, again.known, again.reasons) == ([], len(first.facts), [])


@given(st.lists(rows(), min_size=1, max_size=5), st.data())
def test_one_bad_row_anywhere_and_nothing_is_taken(said: list[dict[str, Any]], data: Any) -> None:
    place = data.draw(st.integers(0, len(said)))
    change, column, code, _ = data.draw(st.sampled_from(BAD))
    said.insert(place, {**GOOD, **change})
    found = declare(json_lines(*said))
    assert [(r.line, r.column, r.code) for r in found.reasons] == [(place + 1, column, code)]
    assert found.figures()["facts"] == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text()
    | st.sampled_from(["\ud800", "9999-12-31T23:59:59-05:00", 2**70, 10**300, "x" * 70_000, "\0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
NAMED = st.sampled_from([*Fact.model_fields, "time", "other", ""])


@given(st.lists(st.dictionaries(NAMED, JSON, max_size=6).map(lambda d: {**GOOD, **d}), max_size=4))
def test_no_object_raises_and_each_is_counted(said: list[dict[str, Any]]) -> None:
    found = declare(json_lines(*said))
    assert found.rows == len(said)
    bad = {reason.line for reason in found.reasons}
    assert len(found.facts) + found.repeated == len(said) - len(bad)
    for _, fact in found.facts:
        assert Fact.model_validate_json(fact.to_json()) == fact
        assert len(fact.to_json()) < MAX_FACT_BYTES + 500


@given(st.binary(max_size=300) | st.text("asetkind_cl,;\t\"\n\r'x", max_size=300).map(str.encode))
def test_no_bytes_raise(content: bytes) -> None:
    for start in (b"", b"asset,asset_class,kind,valid_from\n", b"{"):
        found = declare(start + content)
        assert found.reasons or len(found.facts) + found.repeated == found.rows
