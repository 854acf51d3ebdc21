-- The registers that the generated tables stand on, and the sink's book of offsets.

CREATE TABLE asset (
    asset_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset text NOT NULL UNIQUE,
    asset_class text NOT NULL
);

CREATE TABLE source (
    source_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL UNIQUE
);

-- How far each partition is stored.  `epoch` counts its owners: a writer whose epoch is not the
-- newest changes no row here, and its transaction is rolled back.
CREATE TABLE sink_offset (
    topic text NOT NULL,
    partition int NOT NULL,
    next_offset bigint NOT NULL,
    epoch bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);

-- Records whose identity was stored before, whole: the second one may say something else.
CREATE TABLE sink_duplicates (
    id text PRIMARY KEY,
    stored_in text NOT NULL,
    raw bytea NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Makes room for one UTC day of readings.  The new table is attached, not created in place, because
-- attaching lets readers of the other days go on.  Hypertables make their own chunks.
CREATE FUNCTION ensure_reading_day(reading_table text, day date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    part text := format('%s_%s', reading_table, to_char(day, 'YYYYMMDD'));
BEGIN
    IF (SELECT value FROM setting WHERE name = 'storage') = 'timescaledb' THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('leasewatch reading days'));
    IF to_regclass(quote_ident(part)) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, reading_table);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   reading_table, part,
                   day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
END $$;
