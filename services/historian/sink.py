"""One transaction a batch: rows, what is known now, and the offsets, together or not at all.

Fenced                    somebody else owns a partition now: this process must end
psycopg.OperationalError  the database is away: `reconnect`, then write the batch again

No record ends a write: one that cannot be stored goes into `rejected`, in the transaction that
moves its offset on.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import psycopg
from psycopg import errors

from schemas import AlertChange
from services.database import tables
from services.historian import copying, rows
from services.historian.decode import Decoded, decode, explain, next_offsets, refuse
from services.historian.faults import DatabaseAway, is_databases
from services.historian.registers import Registers
from services.historian.state_table import StateTable
from services.historian.statements import statement
from services.partition.logic import Record

logger = logging.getLogger(__name__)

Partition = tuple[str, int]
_Connection = psycopg.Connection[Any]


class Fenced(Exception):
    """Another historian has taken the partition over; the message names it."""


class Sink:
    """Writes batches of records through one connection; not for use by two threads at once."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: _Connection | None = None
        self._standing: dict[Partition, tuple[int, int]] = {}  # next offset, epoch
        self._days: set[tuple[str, date]] = set()
        self._registers = Registers()
        self._states = StateTable()

    @property
    def owned(self) -> set[Partition]:
        """The partitions that were taken over and not let go."""
        return set(self._standing)

    def take_over(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """Fences earlier owners; returns the offset behind the last stored record of each."""
        self._states.forget()
        taken = {}
        with self._connected().transaction() as transaction:
            for topic, partition in sorted(partitions):
                row = transaction.connection.execute(
                    statement("take_over"), {"topic": topic, "partition": partition}
                ).fetchone()
                assert row is not None
                taken[topic, partition] = (row[0], row[1])
        self._standing |= taken
        return {partition: standing[0] for partition, standing in taken.items()}

    def let_go(self, partitions: Iterable[Partition]) -> None:
        """Forgets partitions that somebody else will take over."""
        for partition in partitions:
            self._standing.pop(partition, None)

    def write(self, records: Sequence[Record]) -> None:
        """Stores a batch of owned partitions; what is stored already is left out.

        Raises Fenced or psycopg.OperationalError; then nothing of the rest was stored.
        """
        fresh = [record for record in records if record.offset >= self._next_offset(record)]
        if fresh:
            self._write_fresh(fresh)

    def reconnect(self) -> None:
        """A new connection; raises Fenced if our partitions were taken meanwhile.

        The fate of a commit is unknown when the connection breaks in it: the offsets tell.
        """
        self.close()
        found = {
            (topic, partition): (next_offset, epoch)
            for topic, partition, next_offset, epoch in self._connected().execute(
                statement("standing")
            )
        }
        for partition, (_, epoch) in self._standing.items():
            if found.get(partition, (0, 0))[1] != epoch:
                raise Fenced(f"{partition[0]}-{partition[1]} has another owner")
            self._standing[partition] = found[partition]
        self._states.forget()

    def close(self) -> None:
        """Closes the connection; the next call opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _next_offset(self, record: Record) -> int:
        return self._standing[record.topic, record.partition][0]

    def _write_fresh(self, records: Sequence[Record]) -> None:
        try:
            self._store_once(records, decode(records))
        except Fenced:
            raise
        except Exception as error:
            if is_databases(error):
                raise DatabaseAway(str(error)) from error
            if len(records) > 1:  # halve until the record is alone
                middle = len(records) // 2
                self._write_fresh(records[:middle])
                self._write_fresh(records[middle:])
            else:
                self._reject(records[0], error)

    def _reject(self, record: Record, why: Exception) -> None:
        """Stores the record as one that cannot be stored; what hinders even that is no record's."""
        logger.warning("%s-%d-%d is not storable: %r",
                       record.topic, record.partition, record.offset, why)  # fmt: skip
        decoded = Decoded()
        decoded.add(tables.REJECTED, record, refuse(record, "not_storable", explain(why)))
        try:
            self._store_once([record], decoded)
        except Fenced:
            raise
        except Exception as error:
            raise DatabaseAway(f"nothing can be stored: {error}") from error

    def _store_once(self, records: Sequence[Record], decoded: Decoded) -> None:
        try:
            self._store(records, decoded, copying.copy_rows)
        except errors.UniqueViolation:
            self._store(records, decoded, copying.merge_rows)

    def _store(self, records: Sequence[Record], decoded: Decoded, put: copying.PutRows) -> None:
        self._ensure_days(rows.days(decoded))
        after = next_offsets(records)
        with self._connected().transaction() as transaction:
            connection = transaction.connection
            self._advance(connection, after)
            numbers = self._registers.number(connection, decoded)
            for table, found in rows.reading_rows(decoded, numbers).items():
                put(connection, table, found)
            for table, messages in decoded.messages.items():
                put(connection, table, rows.message_rows(table, messages))
            _keep_alerts(connection, decoded)
            self._states.write(connection, decoded, numbers.assets)
        self._registers.keep()
        self._states.keep()
        for partition, next_offset in after.items():
            self._standing[partition] = (next_offset, self._standing[partition][1])

    def _advance(self, connection: _Connection, after: dict[Partition, int]) -> None:
        """First in the transaction: a new owner waits for our end, we fail after its beginning."""
        moved = connection.execute(
            statement("advance"),
            {
                "topics": [topic for topic, _ in after],
                "partitions": [partition for _, partition in after],
                "before": [self._standing[key][0] for key in after],
                "epochs": [self._standing[key][1] for key in after],
                "after": list(after.values()),
            },
        ).rowcount
        if moved != len(after):
            raise Fenced(f"one of {sorted(after)} has another owner")

    def _ensure_days(self, days: set[tuple[str, date]]) -> None:
        for table, day in sorted(days - self._days):
            self._connected().execute(statement("ensure_day"), {"reading_table": table, "day": day})
            self._days.add((table, day))

    def _connected(self) -> _Connection:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                self._dsn, autocommit=True, connect_timeout=5, application_name="historian"
            )
            # in another zone the last instants of the calendar have no time that Python can hold
            self._connection.execute("SET timezone = 'UTC'")
            self._days.clear()
            self._registers.forget()
        return self._connection


def _keep_alerts(connection: _Connection, decoded: Decoded) -> None:
    """The newest change of each alert becomes its row; a refusal changes nothing."""
    newest: dict[str, tuple[Record, Any]] = {}
    for record, change in decoded.messages.get(tables.ALERT_CHANGE, ()):
        if isinstance(change, AlertChange) and change.change != "refused":
            newest[change.alert] = (record, change)
    if newest:
        copying.upsert_rows(
            connection, tables.ALERT, rows.message_rows(tables.ALERT, newest.values())
        )
