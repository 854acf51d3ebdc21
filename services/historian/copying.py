"""Rows into tables: binary COPY, and the slower ways for rows that may be there already."""

import logging
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

import psycopg
from psycopg import sql

from services.database.tables import Column, Table
from services.historian.rows import Row, Rows
from services.partition.logic import Record

logger = logging.getLogger(__name__)
_Connection = psycopg.Connection[Any]

_STAGING = Table("sink_staging", (), ())
_POSITION = Column("sink_position", "int8")


class PutRows(Protocol):
    """A way to put rows into a table."""

    def __call__(self, connection: _Connection, table: Table, rows: Rows) -> None: ...


def copy_rows(connection: _Connection, table: Table, rows: Rows) -> None:
    """Binary COPY; raises UniqueViolation when a row is there already."""
    _copy(connection, _copy_statement(table, table.written), table.written, rows.rows)


def merge_rows(connection: _Connection, table: Table, rows: Rows) -> None:
    """COPY into a staging table, then whatever is new; the others are kept as duplicates."""
    columns = (*table.written, _POSITION)
    numbered = [(*row, position) for position, row in enumerate(rows.rows)]
    connection.execute(_stage(table))
    _copy(connection, _copy_statement(_STAGING, columns), columns, numbered)
    repeated = [position for (position,) in connection.execute(_merge(table))]
    connection.execute("DROP TABLE sink_staging")
    if repeated:
        logger.debug("%d records were in %s already", len(repeated), table.name)
        _keep_duplicates(connection, table, [rows.origins[position] for position in repeated])


def upsert_rows(connection: _Connection, table: Table, rows: Rows) -> None:
    """Inserts, or replaces what an earlier offset of the same partition wrote."""
    names = [sql.Identifier(column.name) for column in table.written]
    statement = sql.SQL(
        "INSERT INTO {table} ({names}) VALUES ({values}) ON CONFLICT ({key}) DO UPDATE SET"
        " ({names}) = ROW ({excluded}) WHERE excluded.kafka_offset >= {table}.kafka_offset"
    ).format(
        table=sql.Identifier(table.name),
        names=sql.SQL(", ").join(names),
        values=sql.SQL(", ").join(sql.Placeholder() * len(names)),
        key=sql.SQL(", ").join(map(sql.Identifier, table.key)),
        excluded=sql.SQL(", ").join(sql.SQL("excluded.{}").format(name) for name in names),
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows.rows)


def _copy(
    connection: _Connection, statement: sql.Composed, columns: Sequence[Column], rows: Sequence[Row]
) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types([column.type for column in columns])
        write_row = copy.write_row
        for row in rows:
            write_row(row)


@cache
def _copy_statement(table: Table, columns: Sequence[Column]) -> sql.Composed:
    return sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(sql.Identifier(column.name) for column in columns),
    )


def _stage(table: Table) -> sql.Composed:
    return sql.SQL(
        "CREATE TEMP TABLE sink_staging ON COMMIT DROP AS"
        " SELECT {}, 0::int8 AS sink_position FROM {} WITH NO DATA"
    ).format(
        sql.SQL(", ").join(sql.Identifier(column.name) for column in table.written),
        sql.Identifier(table.name),
    )


def _merge(table: Table) -> sql.Composed:
    """Inserts each identity once and returns the positions of the rows that were there before."""
    return sql.SQL(
        "WITH ranked AS (SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY sink_position)"
        " AS nth FROM sink_staging), placed AS (INSERT INTO {table} ({names})"
        " SELECT {names} FROM ranked WHERE nth = 1 ON CONFLICT DO NOTHING RETURNING {key})"
        " SELECT sink_position FROM ranked LEFT JOIN (SELECT *, true AS new FROM placed) AS placed"
        " USING ({key}) WHERE nth > 1 OR new IS NULL ORDER BY sink_position"
    ).format(
        table=sql.Identifier(table.name),
        key=sql.SQL(", ").join(map(sql.Identifier, table.key)),
        names=sql.SQL(", ").join(sql.Identifier(column.name) for column in table.written),
    )


_DUPLICATE = """
INSERT INTO sink_duplicates (id, stored_in, raw) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""


def _keep_duplicates(connection: _Connection, table: Table, records: Sequence[Record]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            _DUPLICATE,
            [(f"{r.topic}-{r.partition}-{r.offset}", table.name, r.value or b"") for r in records],
        )
