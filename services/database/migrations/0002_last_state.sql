-- What is known of each asset now.  Telemetry's newest values and the lifecycle's newest states are
-- kept side by side; late data and repeats never move a row backwards.

-- The one state shown to staff, by a fixed priority: what ends an asset's life before what stops it
-- before what worries us before what it does.
CREATE FUNCTION headline_of(
    title text, contract text, employment text, visibility text, overlay_state text
)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN title IN ('TOTAL_LOSS', 'SCRAPPED', 'SOLD', 'RETIRED', 'CANCELLED') THEN title
        WHEN overlay_state IN ('ARRESTED', 'DETAINED') THEN overlay_state
        WHEN contract IN ('DEFAULT', 'REPOSSESSING') THEN contract
        WHEN visibility LIKE 'DARK%' THEN visibility
        WHEN overlay_state NOT IN ('NONE', 'CLEAR') THEN overlay_state
        WHEN employment IN ('MAINTENANCE', 'STORED', 'OUT_OF_SERVICE', 'OFF_HIRE') THEN employment
        WHEN title IN ('ORDERED', 'UNDER_CONSTRUCTION', 'BUILT') THEN title
        WHEN contract <> 'NONE' THEN contract
        ELSE coalesce(title, contract)
    END
$$;

-- The regulator's three states of a leased object, by build and contract.
CREATE FUNCTION regulator_state_of(title text, contract text)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN title IN ('ORDERED', 'UNDER_CONSTRUCTION', 'BUILT') THEN 'under_construction'
        WHEN title NOT IN ('ACCEPTED', 'OWNED', 'SALE_AGREED') THEN NULL
        WHEN contract IN ('ON_LEASE', 'REDELIVERY_DUE', 'REDELIVERING', 'DEFAULT', 'REPOSSESSING')
            THEN 'on_lease'
        WHEN title IS NOT NULL THEN 'awaiting_lease'
    END
$$;

CREATE TABLE last_state (
    asset_id int PRIMARY KEY REFERENCES asset,
    -- by telemetry
    time timestamptz,
    ingest_time timestamptz,
    source text,
    lat double precision,
    lon double precision,
    position_time timestamptz,
    course_deg double precision,
    speed double precision,
    channels jsonb NOT NULL DEFAULT '{}',
    channel_times jsonb NOT NULL DEFAULT '{}',
    labels jsonb NOT NULL DEFAULT '{}',
    -- by facts
    name text,
    -- by transitions
    title text,
    contract text,
    employment text,
    movement text,
    visibility text,
    overlay text,
    lease text,
    lessee text,
    charterer text,
    headline text GENERATED ALWAYS AS
        (headline_of(title, contract, employment, visibility, overlay)) STORED,
    regulator_state text GENERATED ALWAYS AS (regulator_state_of(title, contract)) STORED,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 70);
CREATE INDEX last_state_updated_at ON last_state (updated_at);
CREATE INDEX last_state_lessee ON last_state (lessee);
