"""Pure: whose fault an error is while a batch is written: the database's, or one record's.

The database's fault passes, or somebody mends it: the batch is written again, as it is, until it
goes in.  Whatever else is raised (a value that no column holds, a row that breaks a rule, a bug of
ours that one record wakes) comes again with the record each time: the batch is halved until the
record is alone, and that one is rejected.
"""

from collections.abc import Mapping
from types import MappingProxyType

import psycopg

DATABASES_FAULT: Mapping[str, str] = MappingProxyType(
    {
        "08": "the connection failed",
        "25": "the transaction may not write: a standby, or one that an earlier error ended",
        "28": "the user is not let in",
        "3D": "the database is not there",
        "40": "another transaction was in the way: a deadlock, a conflict",
        "53": "out of disk, memory or connections",
        "55": "a lock or an object is not to be had now",
        "57": "somebody stops the server, or the statement",
        "58": "the system under the server failed",
        "F0": "the server's configuration file",
        "42501": "the user lacks a right",
        "42P01": "not migrated: a table is not there",
        "42703": "not migrated: a column is not there",
        "42883": "not migrated: a function is not there",
        "XX001": "a table's file is damaged",
        "XX002": "an index is damaged",
    }
)
"""SQLSTATE, or the class of two letters that it begins with, and what it means."""


class DatabaseAway(psycopg.OperationalError):
    """The database does not take anything now: reconnect and write the batch again."""


def is_databases(error: Exception) -> bool:
    """Whether the same batch will go in once the database is well again."""
    if not isinstance(error, psycopg.Error):
        return False
    if error.sqlstate is None:  # no answer of the server: libpq or psycopg lost it
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return not DATABASES_FAULT.keys().isdisjoint((error.sqlstate, error.sqlstate[:2]))
