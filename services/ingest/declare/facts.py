"""Rows as facts, or the reasons why not: each by itself, then against the others; pure.

A fact without an id gets one from what it says, so that the same row again is the same fact: who
declared it, from which file and when are no part of that.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError
from pydantic_core import to_json

from schemas import ASSET_CLASSES, Fact, format_time
from schemas.fact import FactKind
from services.ingest.declare.table import COLUMNS, HEADER_CODES, Reason, Row
from services.ingest.misdirected import A_READING, is_reading

CLOCK_TOLERANCE = timedelta(seconds=60)
"""By how much `recorded_at` may lie ahead of the clock here."""

MAX_FACT_BYTES = 64 << 10
"""An asset's life is kept in one record: a fact is a page, not an attachment."""

_KINDS: tuple[str, ...] = get_args(FactKind)
_TIMES = tuple(
    name
    for name, schema in Fact.model_json_schema()["properties"].items()
    if "date-time" in str(schema)
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?")
_ZONE = re.compile(r"[Zz]|[+-]\d\d:?\d\d")
_WRITE_A_TIME = "write 2024-05-01T12:30:00Z (with Z or an offset), or 2024-05-01 for midnight UTC"
_WRITE = {
    "asset": "the asset's id, such as ship-9555163",
    "asset_class": f"one of {', '.join(sorted(ASSET_CLASSES))}",
    "kind": "what happened, such as delivered",
    "valid_from": "when it became true: " + _WRITE_A_TIME.removeprefix("write "),
}
_SHOWN = 60
_NO_ID = "-"
_NOT_SAID = frozenset({"id", "source", "recorded_at", "version"})


class Declared(NamedTuple):
    """A fact and the line it stands in."""

    line: int
    fact: Fact


@dataclass
class Declaration:
    """What a file holds; with any reason in it, nothing of it may be taken.

    `repeated` rows say what an earlier row of the file says; `known` facts are declared already.
    """

    rows: int = 0
    facts: list[Declared] = field(default_factory=list)
    repeated: int = 0
    known: int = 0
    reasons: list[Reason] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """For the report; `facts` are those to publish."""
        facts = [] if self.reasons else self.facts
        return {
            "rows": self.rows,
            "facts": len(facts),
            "assets": len({declared.fact.asset for declared in facts}),
            "repeated": self.repeated,
            "known": self.known,
            "bad_rows": len({r.line for r in self.reasons if r.code not in HEADER_CODES}),
            "reasons": dict(sorted(Counter(reason.code for reason in self.reasons).items())),
        }


def declaration_of(rows: Iterable[Row | Reason], source: str, clock: datetime) -> Declaration:
    """All rows of a file; `source` and `clock` stand in where a row names no other."""
    found = Declaration()
    first: dict[str, Declared] = {}
    classes: dict[str, Declared] = {}
    lines: set[int] = set()
    missing: set[str] = set()
    for row in rows:
        if isinstance(row, Reason):
            found.reasons.append(row)
            if row.code == "missing_column":
                missing.add(row.column)
            elif row.code not in HEADER_CODES:
                lines.add(row.line)
            continue
        lines.add(row.line)
        read = read_row(row, source, clock)
        if not isinstance(read, Fact):
            found.reasons += [r for r in read if r.code != "missing" or r.column not in missing]
            continue
        declared = Declared(row.line, read)
        earlier = first.setdefault(read.id, declared)
        told = classes.setdefault(read.asset, declared)
        if told.fact.asset_class != read.asset_class:
            found.reasons.append(_other_class(declared, told))
        elif earlier is declared:
            found.facts.append(declared)
        elif content(earlier.fact) == content(read):
            found.repeated += 1
        else:
            where = f"line {earlier.line}"
            found.reasons.append(_other_content(declared, earlier.fact, where))
    found.rows = len(lines)
    return found


def less_known(declaration: Declaration, known: Mapping[str, Sequence[Fact]]) -> Declaration:
    """Without what is declared already; `known` has by id what was declared under it."""
    left = Declaration(declaration.rows, repeated=declaration.repeated)
    for declared in declaration.facts:
        before = known.get(declared.fact.id, ())
        if not before:
            left.facts.append(declared)
        elif any(content(fact) == content(declared.fact) for fact in before):
            left.known += 1
        else:
            left.reasons.append(_other_content(declared, before[-1], "what is declared already"))
    return left


def read_row(row: Row, source: str, clock: datetime) -> Fact | list[Reason]:
    """The fact that a row declares, or every reason why it is none.  Never raises."""
    if is_reading(row.values):
        return [Reason(row.line, "", "is_a_reading", A_READING)]
    stamped = {"id": _NO_ID, "source": source, "recorded_at": format_time(clock), **row.values}
    reasons = []
    for name in _TIMES:
        if name in stamped:
            stamped[name], problem = _time(stamped[name])
            if problem:
                reasons.append(Reason(row.line, name, *problem))
                stamped[name] = format_time(clock)
    try:
        written = to_json(stamped)
        fact = Fact.model_validate_json(written, strict=True, extra="forbid")
    except ValueError as error:
        return [*_explained(row, error), *reasons]
    if len(written) > MAX_FACT_BYTES:
        detail = f"the fact has {len(written)} bytes: {MAX_FACT_BYTES} at most"
        reasons.append(Reason(row.line, "", "oversize", detail))
    reasons += [Reason(row.line, *flaw) for flaw in _flaws(fact, clock)]
    if reasons:
        return reasons
    return fact if "id" in row.values else fact.model_copy(update={"id": derived_id(fact)})


def content(fact: Fact) -> bytes:
    """What a fact says, in one form: two facts with the same are one."""
    said = fact.model_dump(mode="json", exclude=set(_NOT_SAID), exclude_none=True)
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def derived_id(fact: Fact) -> str:
    """The id of a fact that was given none."""
    return f"declared-{hashlib.sha256(content(fact)).hexdigest()[:32]}"


def _time(written: object) -> tuple[object, tuple[str, str] | None]:
    """A time as the schema takes it, or a code and what is wrong with it."""
    if isinstance(written, str):
        if _DATE.fullmatch(written):
            return f"{written}T00:00:00Z", None
        if begin := _TIME.match(written):
            zone = written[begin.end() :]
            if _ZONE.fullmatch(zone):
                return written, None
            if not zone:
                detail = f"{written!r} has no zone: write {written.replace(' ', 'T')}Z if it is UTC"
                return None, ("no_zone", f"{detail}, else with its offset, such as +02:00")
    return None, ("bad_time", f"{_shown(written)} is no time: {_WRITE_A_TIME}")


def _flaws(fact: Fact, clock: datetime) -> Iterable[tuple[str, str, str]]:
    """What a fact cannot say although each field by itself is right: column, code, detail."""
    if fact.asset_class not in ASSET_CLASSES:
        known = ", ".join(sorted(ASSET_CLASSES))
        detail = f"{_shown(fact.asset_class)} is no asset class: write one of {known}"
        yield "asset_class", "unknown_asset_class", detail
    if fact.recorded_at > clock + CLOCK_TOLERANCE:
        detail = "it lies ahead of the clock here: leave it out, the time of declaring is taken"
        yield "recorded_at", "recorded_ahead", detail
    if fact.kind == "retracted" and fact.supersedes is None:
        yield "supersedes", "missing", "a retraction names the fact that it takes back by its id"
    if fact.supersedes == fact.id:
        yield "supersedes", "names_itself", "a fact cannot correct itself: name the earlier one"


def _explained(row: Row, error: ValueError) -> Iterable[Reason]:
    """One reason a column."""
    if not isinstance(error, ValidationError):  # a lone surrogate, too deep a nesting
        yield Reason(row.line, "", "bad_value", str(error))
        return
    told = set()
    for one in error.errors(include_url=False):
        place = one["loc"][:2] if one["loc"][:1] == ("details",) else one["loc"][:1]
        column = ".".join(map(str, place))[:_SHOWN]
        if column not in told:
            told.add(column)
            yield Reason(row.line, column, *_explain(column, one["type"], one["msg"], one["input"]))


def _explain(column: str, flaw: str, message: str, value: object) -> tuple[str, str]:
    """The code and the sentence for one of pydantic's errors."""
    if flaw == "missing":
        return "missing", f"it is empty: write {_WRITE.get(column, 'a value')}"
    if flaw == "extra_forbidden":
        near = get_close_matches(column, [*COLUMNS, "details"], n=1)
        return "unknown_column", f"no such field: write {near[0] if near else 'it into details'}"
    if column == "kind":
        near = get_close_matches(str(value).lower(), _KINDS, n=1)
        return "unknown_kind", (
            f"{_shown(value)} is no kind of fact: write {near[0]}"
            if near
            else f"{_shown(value)} is no kind of fact: write one of {', '.join(_KINDS)}"
        )
    if column == "asset":
        return "bad_asset", (
            f"{_shown(value)} is no asset's id: write 1 to 64 letters, digits and _ . : -, a "
            "letter or digit first"
        )
    if column.startswith("details.") and flaw != "string_too_long":
        return "bad_value", f"{_shown(value)}: write a text or a number"
    if flaw == "string_pattern_mismatch":
        return (
            "bad_value",
            f"{_shown(value)} has a line break, a tab or the like in it: leave it out",
        )
    return "bad_value", f"{_shown(value)}: {message}"


def _other_class(declared: Declared, earlier: Declared) -> Reason:
    here, there = declared.fact.asset_class, earlier.fact.asset_class
    detail = f"{declared.fact.asset} is a {here} here and a {there} in line {earlier.line}"
    return Reason(declared.line, "asset_class", "other_class", f"{detail}: write one")


def _other_content(declared: Declared, earlier: Fact, where: str) -> Reason:
    ours, theirs = (json.loads(content(fact)) for fact in (declared.fact, earlier))
    names = sorted(n for n in {*ours, *theirs} if ours.get(n) != theirs.get(n))
    return Reason(
        declared.line,
        "id",
        "id_taken",
        f"{_shown(declared.fact.id)} says otherwise in {where} ({', '.join(names)}): give it an id "
        "of its own, and the other's in supersedes if it corrects that one",
    )


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
