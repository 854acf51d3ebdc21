"""The content of a file as rows, each with its line and what it says; pure.

CSV has a column a field of Fact and `details.NAME` for details; `,` `;` or a tab between the cells,
whichever names the most columns.  A line of JSON is an object as a Fact is one.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic_core import from_json

from schemas import Fact

DETAILS = "details."
COLUMNS = tuple(name for name in Fact.model_fields if name != "details")
REQUIRED = ("asset", "asset_class", "kind", "valid_from")

TEXT_DETAILS = frozenset({
    "imo", "mmsi", "callsign", "icao24", "registration", "msn", "esn", "serial", "trainset",
    "built_year",
})  # fmt: skip
"""Details that stay text although they look like numbers."""

HEADER_CODES = frozenset({"no_header", "no_name", "no_column", "repeated_column", "missing_column"})
"""What is wrong with the first row of a CSV file and with no other."""

_DELIMITERS = ",;\t"
_JSON_NAMES = (".ndjson", ".jsonl", ".json")
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"-?\d[\d.]*,\d+")


class Row(NamedTuple):
    """What one row says: only what is there, by the names of Fact's fields."""

    line: int
    values: dict[str, Any]


class Reason(NamedTuple):
    """Why a row cannot be taken, and what to write instead; `column` "" for the row as a whole."""

    line: int
    column: str
    code: str
    detail: str


def read_rows(content: bytes, name: str) -> Iterator[Row | Reason]:
    """The rows of a file called `name`, or the reasons why they cannot be read.  Never raises."""
    try:
        text = content.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        detail = f"byte {error.start} is no UTF-8: save the file as UTF-8 (Excel: CSV UTF-8)"
        yield Reason(line, "", "bad_utf8", detail)
        return
    is_json = text.lstrip()[:1] in ("{", "[")
    if is_json or name.lower().removesuffix(".gz").endswith(_JSON_NAMES):
        yield from _read_json(text)
    else:
        yield from _read_csv(text)


def _read_json(text: str) -> Iterator[Row | Reason]:
    if text.lstrip().startswith("["):
        yield Reason(1, "", "json_array", "a JSON array: write one object a line (jq -c '.[]')")
        return
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            said = from_json(line, allow_inf_nan=False)
        except ValueError as error:
            yield Reason(number, "", "not_json", f"no JSON object in one line: {error}")
            continue
        if isinstance(said, dict):
            yield Row(number, {name: value for name, value in said.items() if value is not None})
        else:
            yield Reason(number, "", "not_an_object", "write a JSON object, one a line")


def _read_csv(text: str) -> Iterator[Row | Reason]:
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if header:
                yield from _row(line, header, cells, delimiter)
                continue
            header = cells
            reasons = list(_header_reasons(line, header))
            yield from reasons
            if any(reason.code == "no_header" for reason in reasons):
                return
    except csv.Error as error:
        detail = f"{error}: mend the quotes; no row from here on was read"
        yield Reason(before + 1, "", "bad_csv", detail)


def _delimiter(text: str) -> str:
    first = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    return max(_DELIMITERS, key=lambda d: sum(map(_is_column, _cells(first, d))))


def _cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip(' \t\r\n"') for cell in line.split(delimiter)]


def _is_column(name: str) -> bool:
    return name in COLUMNS or (name.startswith(DETAILS) and len(name) > len(DETAILS))


def _header_reasons(line: int, header: Sequence[str]) -> Iterator[Reason]:
    if not any(map(_is_column, header)):
        detail = f"the first row names no column of a fact: {', '.join(COLUMNS)}, {DETAILS}NAME"
        yield Reason(line, "", "no_header", detail)
        return
    for place, name in enumerate(header):
        if not name:
            detail = f"column {place + 1} has no name: give it one or take it out"
            yield Reason(line, "", "no_name", detail)
        elif not _is_column(name):
            yield Reason(line, name, "no_column", f"no such column: {_instead(name)}")
        elif name in header[:place]:
            yield Reason(line, name, "repeated_column", "the column is there twice: keep one")
    for name in REQUIRED:
        if name not in header:
            yield Reason(line, name, "missing_column", "the column is missing: every fact has one")


def _instead(name: str) -> str:
    near = get_close_matches(name.lower(), COLUMNS, n=1)
    if near:
        return f"write {near[0]}, or {DETAILS}{name} for a detail"
    return f"write {DETAILS}{name or 'NAME'} for a detail, or one of {', '.join(COLUMNS)}"


def _row(
    line: int, header: Sequence[str], cells: Sequence[str], delimiter: str
) -> Iterator[Row | Reason]:
    if len(cells) < len(header) or any(cells[len(header) :]):
        detail = f"{len(cells)} cells under {len(header)} columns: put a text with {delimiter!r} in"
        yield Reason(line, "", "cell_count", f"{detail} quotes, and leave an empty cell empty")
        return
    values: dict[str, Any] = {}
    details: dict[str, str | float] = {}
    for name, cell in zip(header, cells, strict=False):
        if not cell or not _is_column(name):
            continue
        if not name.startswith(DETAILS):
            values[name] = _number(cell) if name == "version" else cell
            continue
        if delimiter == ";" and _DECIMAL_COMMA.fullmatch(cell):
            plain = cell.replace(".", "").replace(",", ".")
            yield Reason(line, name, "decimal_comma", f"{cell!r} is no number: write {plain}")
        detail = name.removeprefix(DETAILS)
        details[detail] = cell if detail in TEXT_DETAILS else _number(cell)
    if details:
        values["details"] = details
    yield Row(line, values)


def _number(cell: str) -> str | float:
    """A plain decimal number as a number, anything else as the text that it is."""
    if not _NUMBER.fullmatch(cell):
        return cell
    return float(cell) if "." in cell else int(cell)
