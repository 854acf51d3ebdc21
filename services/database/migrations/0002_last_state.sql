-- What is known of each asset now.  Telemetry's newest values and the lifecycle's newest states are
-- kept side by side; late data and repeats never move a row backwards.  The headline and the
-- regulator's object state follow from the regions: readers derive them (services.domain).

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
    label_times jsonb NOT NULL DEFAULT '{}',
    -- by facts
    name text,
    -- by transitions
    title text,
    contract text,
    employment text,
    movement text,
    visibility text,
    overlays text[] NOT NULL DEFAULT '{}',
    lease text,
    lessee text,
    charterer text,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 70);
CREATE INDEX last_state_updated_at ON last_state (updated_at);
CREATE INDEX last_state_lessee ON last_state (lessee);
