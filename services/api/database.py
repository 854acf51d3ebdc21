"""The API's way to the database: named queries over a pool, rows as mappings."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from fastapi import Request
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from services.database.named_sql import query
from services.database.times import BoundedLoader

_PATIENCE_S = 2.0
_LONGEST_QUERY_MS = 15_000

Pool = AsyncConnectionPool[AsyncConnection[DictRow]]


class Database:
    """Runs the queries of services/database/queries.sql; errors are psycopg's own."""

    def __init__(self, dsn: str) -> None:
        self._pool: Pool = AsyncConnectionPool(
            dsn,
            min_size=1,
            max_size=8,
            open=False,
            timeout=_PATIENCE_S,
            reconnect_timeout=_PATIENCE_S,  # then the next request asks for a new attempt
            kwargs={"row_factory": dict_row, "autocommit": True, "application_name": "api"},
            configure=_configure,
            check=AsyncConnectionPool.check_connection,
        )

    async def open(self) -> None:
        """Begins to connect; does not wait for the server."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Gives the connections back."""
        await self._pool.close(timeout=1.0)

    async def rows(self, name: str, **parameters: Any) -> Sequence[dict[str, Any]]:
        """All rows of the query called `name`."""
        async with self._pool.connection() as connection:
            return await _fetch(connection, name, parameters)

    async def snapshot(self, *names: str, **parameters: Any) -> list[list[dict[str, Any]]]:
        """The rows of several queries, all as of one moment."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return [await _fetch(connection, name, parameters) for name in names]

    async def row(self, name: str, **parameters: Any) -> dict[str, Any] | None:
        """The first row of the query called `name`, or None."""
        return next(iter(await self.rows(name, **parameters)), None)


async def _fetch(
    connection: AsyncConnection[DictRow], name: str, parameters: Mapping[str, Any]
) -> list[dict[str, Any]]:
    cursor = await connection.execute(query(name), parameters)
    try:
        return await cursor.fetchall()
    except psycopg.DataError:  # a row from before times had bounds: read once more, slower
        cursor = connection.cursor()
        cursor.adapters.register_loader("timestamptz", BoundedLoader)
        await cursor.execute(query(name), parameters)
        return await cursor.fetchall()


async def _configure(connection: AsyncConnection[Any]) -> None:
    await connection.execute(f"SET statement_timeout = {_LONGEST_QUERY_MS}")
    await connection.execute("SET timezone = 'UTC'")


def database(request: Request) -> Database:
    """FastAPI dependency: the application's database."""
    found: Database = request.app.state.database
    return found
