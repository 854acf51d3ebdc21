-- name: take_over
-- Makes us the newest owner of a partition and says where it stands.
INSERT INTO sink_offset (topic, partition, next_offset, epoch)
VALUES (%(topic)s, %(partition)s, 0, 1)
ON CONFLICT (topic, partition) DO UPDATE SET epoch = sink_offset.epoch + 1
RETURNING next_offset, epoch;

-- name: standing
-- Where the partitions of a topic stand and who owns them: read after a lost connection.
SELECT topic, partition, next_offset, epoch FROM sink_offset;

-- name: advance
-- Moves offsets on, if we still own them and they stand where we think: else the row is not found.
UPDATE sink_offset SET next_offset = moved.next_offset
FROM unnest(%(topics)s::text[], %(partitions)s::int[], %(epochs)s::bigint[],
            %(before)s::bigint[], %(after)s::bigint[])
    AS moved (topic, partition, epoch, before_offset, next_offset)
WHERE sink_offset.topic = moved.topic AND sink_offset.partition = moved.partition
  AND sink_offset.epoch = moved.epoch AND sink_offset.next_offset = moved.before_offset;

-- name: ensure_day
-- Makes room for one day of one class.
SELECT ensure_reading_day(%(reading_table)s, %(day)s);

-- name: add_sources
-- Numbers sources seen for the first time.
INSERT INTO source (source) SELECT unnest(%(names)s::text[]) ON CONFLICT DO NOTHING;

-- name: find_sources
-- The numbers of sources.
SELECT source, source_id FROM source WHERE source = ANY(%(names)s);

-- name: add_assets
-- Numbers assets seen for the first time.
INSERT INTO asset (asset, asset_class)
SELECT * FROM unnest(%(names)s::text[], %(classes)s::text[]) ON CONFLICT DO NOTHING;

-- name: add_last_states
-- Gives each new asset its row of what is known now.
INSERT INTO last_state (asset_id)
SELECT asset_id FROM asset WHERE asset = ANY(%(names)s) ORDER BY asset_id ON CONFLICT DO NOTHING;

-- name: find_assets
-- The numbers of assets.
SELECT asset, asset_id FROM asset WHERE asset = ANY(%(names)s);

-- name: lock_last_states
-- Locks rows in one order, so that two writers wait for each other and never in a circle.
SELECT FROM last_state WHERE asset_id = ANY(%(asset_ids)s) ORDER BY asset_id FOR NO KEY UPDATE;

-- name: load_last_states
-- What telemetry told of assets so far.
SELECT asset_id, time, ingest_time, source, lat, lon, position_time, channels, channel_times,
       labels, label_times, asset_class
FROM last_state JOIN asset USING (asset_id) WHERE asset_id = ANY(%(asset_ids)s);

-- name: move_last_states
-- Writes the telemetry side; a row that is newer already stays.  Binary parameters: in text every
-- quote of the JSON would be escaped on the way.
UPDATE last_state SET
    time = new.time, ingest_time = new.ingest_time, source = new.source,
    lat = new.lat, lon = new.lon, position_time = new.position_time,
    course_deg = new.course_deg, speed = new.speed, channels = new.channels,
    channel_times = new.channel_times, labels = new.labels,
    label_times = new.label_times, updated_at = clock_timestamp()
FROM unnest(%(asset_id)b::int[], %(time)b::timestamptz[], %(ingest_time)b::timestamptz[],
            %(source)b::text[], %(lat)b::float8[], %(lon)b::float8[],
            %(position_time)b::timestamptz[], %(course_deg)b::float8[], %(speed)b::float8[],
            %(channels)b::text[]::jsonb[], %(channel_times)b::text[]::jsonb[],
            %(labels)b::text[]::jsonb[], %(label_times)b::text[]::jsonb[])
    AS new (asset_id, time, ingest_time, source, lat, lon, position_time, course_deg, speed,
            channels, channel_times, labels, label_times)
WHERE last_state.asset_id = new.asset_id
  AND (last_state.time IS NULL OR last_state.time <= new.time);

-- name: find_due
-- Assets of which something told before has become true meanwhile; rows of other writers are theirs.
SELECT asset FROM last_state JOIN asset USING (asset_id)
WHERE next_change <= greatest(now(), ingest_time)
FOR NO KEY UPDATE OF last_state SKIP LOCKED;

-- name: refresh_lifecycle
-- The state that each region stands at; NULL where nothing is left, as after a retraction.  A lease
-- that is only signed is not in force.
UPDATE last_state SET
    title = now.title, contract = now.contract, employment = now.employment,
    movement = now.movement, visibility = now.visibility, lease = now.lease,
    lessee = now.lessee, charterer = now.charterer, updated_at = clock_timestamp()
FROM (
    SELECT asset_id,
           max(to_state) FILTER (WHERE region.region = 'title') AS title,
           max(to_state) FILTER (WHERE region.region = 'contract') AS contract,
           max(to_state) FILTER (WHERE region.region = 'employment') AS employment,
           max(to_state) FILTER (WHERE region.region = 'movement') AS movement,
           max(to_state) FILTER (WHERE region.region = 'visibility') AS visibility,
           max(t.lease) FILTER (WHERE under_contract) AS lease,
           max(t.lessee) FILTER (WHERE under_contract) AS lessee,
           max(t.charterer) FILTER (WHERE under_contract) AS charterer
    FROM asset
    JOIN last_state USING (asset_id)
    CROSS JOIN unnest(ARRAY['title', 'contract', 'employment', 'movement', 'visibility'])
        AS region (region)
    LEFT JOIN LATERAL standing_transition(asset.asset, region.region, ingest_time) AS t ON true
    CROSS JOIN LATERAL (
        SELECT region.region = 'contract' AND to_state = ANY(%(lease_open)s)
    ) AS lease_open (under_contract)
    WHERE asset.asset = ANY(%(names)s) GROUP BY asset_id
) AS now
WHERE last_state.asset_id = now.asset_id;

-- name: refresh_overlays
-- The overlays (arrest, detention, casualty) whose newest transition in force began them.
UPDATE last_state SET overlays = now.overlays, updated_at = clock_timestamp()
FROM asset
JOIN last_state AS known USING (asset_id)
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(overlay ORDER BY overlay) FILTER (WHERE open), '{}') AS overlays
    FROM (
        SELECT DISTINCT ON (overlay) overlay, to_state = overlay AS open
        FROM declared_transitions(asset.asset) AS declared
        CROSS JOIN LATERAL (VALUES (from_state), (to_state)) AS either (overlay)
        WHERE region = 'overlay' AND overlay NOT IN ('CLEAR', 'NONE')
          AND valid_from <= greatest(now(), known.ingest_time, recorded_at)
        ORDER BY overlay, valid_from DESC, recorded_at DESC, kafka_offset DESC
    ) AS newest
) AS now
WHERE asset.asset = ANY(%(names)s) AND last_state.asset_id = asset.asset_id
  AND last_state.overlays IS DISTINCT FROM now.overlays;

-- name: note_next_change
-- When to look again: the first transition that is told and not true yet.
UPDATE last_state SET next_change = (
    SELECT min(valid_from) FROM declared_transitions(asset.asset) AS declared
    WHERE valid_from > greatest(now(), last_state.ingest_time, recorded_at)
)
FROM asset WHERE asset.asset = ANY(%(names)s) AND last_state.asset_id = asset.asset_id;

-- name: load_facts
-- Everything declared of assets, one asset after the other.
SELECT * FROM fact WHERE asset = ANY(%(names)s) ORDER BY asset;

-- name: refresh_names
-- The names as declared.
UPDATE last_state SET name = declared.name, updated_at = clock_timestamp()
FROM unnest(%(assets)s::text[], %(names)s::text[]) AS declared (asset, name) JOIN asset USING (asset)
WHERE last_state.asset_id = asset.asset_id AND last_state.name IS DISTINCT FROM declared.name;
