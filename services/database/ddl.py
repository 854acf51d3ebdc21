"""The statements that make and extend the generated tables, composed and never formatted."""

from collections.abc import Iterable, Set

from psycopg import sql

from services.database.tables import MISDATED, READING_TABLES, UNDECLARED, Column, Table


def create_table(table: Table, *, hypertables: bool) -> sql.Composed:
    """The table with its key; `by_day` tables are partitioned unless hypertables do that."""
    native = table.by_day and not hypertables
    return sql.SQL("CREATE TABLE {} ({}, PRIMARY KEY ({})){}").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(map(_definition, table.columns)),
        sql.SQL(", ").join(map(sql.Identifier, table.key)),
        sql.SQL(" PARTITION BY RANGE (time)" if native else ""),
    )


def create_hypertable(table: Table) -> sql.Composed:
    """TimescaleDB: day chunks, the key as the only index, columns after a week without late data.

    A late row into a compressed chunk costs five times as much, hence the week.  Never run so far:
    the tests have a TimescaleDB only where a container engine answers.
    """
    name = sql.Literal(table.name)
    return sql.SQL(
        "SELECT create_hypertable({name}::regclass, by_range('time', INTERVAL '1 day'),"
        " create_default_indexes => false);"
        " ALTER TABLE {table} SET (timescaledb.enable_columnstore,"
        " timescaledb.segmentby = 'asset_id', timescaledb.orderby = 'time DESC');"
        " CALL add_columnstore_policy({name}::regclass, after => INTERVAL '7 days',"
        " if_not_exists => true)"
    ).format(name=name, table=sql.Identifier(table.name))


def add_columns(table: Table, existing: Set[str]) -> Iterable[sql.Composed]:
    """One statement for each column that the table lacks."""
    for column in table.columns:
        if column.name not in existing:
            yield sql.SQL("ALTER TABLE {} ADD COLUMN IF NOT EXISTS {}").format(
                sql.Identifier(table.name), _definition(column)
            )


def reading_view() -> sql.Composed:
    """All readings of all classes, asset and source by name; the common columns only."""
    names = [table.name for table in (*READING_TABLES.values(), MISDATED, UNDECLARED)]
    select = sql.SQL(
        "SELECT asset, asset_class, source, time, seq, ingest_time, lat, lon"
        " FROM {} JOIN asset USING (asset_id) JOIN source USING (source_id)"
    )
    parts = (select.format(sql.Identifier(name)) for name in names)
    return sql.SQL("CREATE OR REPLACE VIEW reading AS {}").format(
        sql.SQL(" UNION ALL ").join(parts)
    )


def _definition(column: Column) -> sql.Composed:
    default = f" DEFAULT {column.default}" if column.default else ""
    return sql.SQL("{} {}{}").format(
        sql.Identifier(column.name),
        sql.SQL(column.type),
        sql.SQL(default),
    )
