-- name: fleet
-- Every asset as it is known now, with its open alerts that are not silenced; with `since` the rows
-- changed after it, without alerts: whoever follows changes hears of these by themselves.
SELECT asset, asset_class, coalesce(name, labels ->> 'name') AS name, lat, lon, course_deg, speed,
       last_state.time, movement, visibility, lessee, title, contract, employment, overlays,
       coalesce(open_alerts, 0) AS open_alerts, worst_severity, updated_at
FROM last_state
JOIN asset USING (asset_id)
LEFT JOIN (
    SELECT asset, count(*) AS open_alerts,
           (ARRAY['caution', 'warning', 'alarm', 'emergency'])[max(array_position(
               ARRAY['caution', 'warning', 'alarm', 'emergency'], severity))] AS worst_severity
    FROM alert
    WHERE handling <> 'done' AND (silenced_until IS NULL OR silenced_until <= now())
      AND %(since)s::timestamptz IS NULL
    GROUP BY asset
) AS open_alert USING (asset)
WHERE (%(asset_class)s::text IS NULL OR asset_class = %(asset_class)s)
  AND (%(q)s::text IS NULL
       OR strpos(lower(concat_ws(' ', asset, name, labels ->> 'name', lessee)), lower(%(q)s)) > 0)
  AND (%(since)s::timestamptz IS NULL OR updated_at > %(since)s)
ORDER BY asset_id LIMIT %(limit)s;

-- name: asset
-- One asset as it is known now.
SELECT asset, asset_class, coalesce(name, labels ->> 'name') AS name, time, ingest_time, source,
       lat, lon, position_time, course_deg, speed, channels, channel_times, labels,
       title, contract, employment, movement, visibility, overlays, lease, lessee, charterer
FROM last_state JOIN asset USING (asset_id) WHERE asset = %(asset)s;

-- name: regions
-- Since when an asset is in the state that it is in, region by region.
SELECT region.region, state.to_state AS state, state.valid_from AS since, state.source
FROM asset
JOIN last_state USING (asset_id)
CROSS JOIN unnest(ARRAY['title', 'contract', 'employment', 'overlay', 'movement', 'visibility'])
    WITH ORDINALITY AS region (region, place)
CROSS JOIN LATERAL standing_transition(asset.asset, region.region, ingest_time) AS state
WHERE asset.asset = %(asset)s ORDER BY region.place;

-- name: lease
-- When a lease of an asset began and when it is planned to end, by what stands of its history.
SELECT min(declared.valid_from) FILTER (WHERE to_state = 'ON_LEASE') AS since,
       (array_agg(until ORDER BY declared.valid_from DESC) FILTER (
           WHERE kind IN ('lease_signed', 'delivered') AND until IS NOT NULL))[1] AS until
FROM declared_transitions(%(asset)s) AS declared
LEFT JOIN fact ON fact.id = declared.details ->> 'fact'
WHERE region = 'contract' AND declared.lease = %(lease)s;

-- name: facts
-- Everything declared of an asset; who of them stands, services.domain says.
SELECT * FROM fact WHERE asset = %(asset)s;

-- name: track
-- Positions of an asset between two times, thinned evenly to about `limit` of them; last one kept.
WITH bounds AS (
    SELECT asset_id, coalesce(%(until)s::timestamptz, last_state.time) AS until,
           coalesce(%(since)s::timestamptz, %(until)s::timestamptz - INTERVAL '1 day',
                    last_state.time - INTERVAL '1 day') AS since
    FROM asset JOIN last_state USING (asset_id) WHERE asset = %(asset)s
), placed AS (
    SELECT reading.time, reading.lat, reading.lon,
           row_number() OVER (ORDER BY reading.time, seq) AS place, count(*) OVER () AS places
    FROM reading, bounds
    WHERE reading.asset = %(asset)s AND reading.time BETWEEN bounds.since AND bounds.until
      AND reading.lat BETWEEN -90 AND 90 AND reading.lon BETWEEN -180 AND 180
)
SELECT time, lat, lon FROM placed
WHERE (places - place) %% ceil(places::numeric / %(limit)s)::bigint = 0
ORDER BY place;

-- name: life
-- An asset's transitions and the facts that made none, in order of when they became true.  What was
-- declared ahead was told by the signal that found it due: such a transition names its fact.
SELECT * FROM (
    SELECT id, 'transition' AS entry, valid_from AS time, recorded_at, region, from_state, to_state,
           NULL AS kind, cause, lessee, charterer, lease, NULL AS counterparty, place, document,
           standing, reason, source, actor, supersedes, kafka_offset
    FROM transition WHERE asset = %(asset)s AND region = ANY(%(regions)s)
    UNION ALL
    SELECT id, 'fact', valid_from, recorded_at, NULL, NULL, NULL, kind, id, lessee, charterer, lease,
           counterparty, place, document, 'in_force', NULL, source, NULL, supersedes, kafka_offset
    FROM fact
    WHERE asset = %(asset)s
      AND NOT EXISTS (SELECT FROM transition
                      WHERE transition.asset = fact.asset AND transition.cause = fact.id)
      AND NOT EXISTS (SELECT FROM transition
                      WHERE transition.asset = fact.asset AND region = ANY(%(regions)s)
                        AND transition.details ->> 'fact' = fact.id
                        AND (%(known_by)s::timestamptz IS NULL
                             OR transition.recorded_at <= %(known_by)s))
) AS life
WHERE (%(known_by)s::timestamptz IS NULL OR recorded_at <= %(known_by)s)
ORDER BY time, recorded_at, kafka_offset LIMIT %(limit)s;

-- name: alerts_open
-- The queue: firing before cleared, in each the gravest and then the newest change first.
SELECT * FROM alert
WHERE handling <> 'done' AND (silenced_until IS NULL OR silenced_until <= now())
  AND (%(asset)s::text IS NULL OR asset = %(asset)s)
  AND (%(severity)s::text IS NULL OR severity = %(severity)s)
ORDER BY condition = 'cleared', severity_rank(severity), time DESC, alert COLLATE "C"
LIMIT %(limit)s OFFSET %(offset)s;

-- name: alerts_silenced
-- Open alerts that nobody wants to see until their time, in the order of the queue.
SELECT * FROM alert
WHERE handling <> 'done' AND silenced_until > now()
  AND (%(asset)s::text IS NULL OR asset = %(asset)s)
  AND (%(severity)s::text IS NULL OR severity = %(severity)s)
ORDER BY condition = 'cleared', severity_rank(severity), time DESC, alert COLLATE "C"
LIMIT %(limit)s OFFSET %(offset)s;

-- name: alerts_done
-- Alerts that are done, the newest change first.
SELECT * FROM alert
WHERE handling = 'done'
  AND (%(asset)s::text IS NULL OR asset = %(asset)s)
  AND (%(severity)s::text IS NULL OR severity = %(severity)s)
ORDER BY time DESC, alert COLLATE "C"
LIMIT %(limit)s OFFSET %(offset)s;

-- name: alerts_all
-- Every alert: the open ones in the order of the queue, silenced or not, then those that are done.
SELECT * FROM alert
WHERE (%(asset)s::text IS NULL OR asset = %(asset)s)
  AND (%(severity)s::text IS NULL OR severity = %(severity)s)
ORDER BY handling = 'done', handling <> 'done' AND condition = 'cleared',
         CASE WHEN handling <> 'done' THEN severity_rank(severity) END,
         time DESC, alert COLLATE "C"
LIMIT %(limit)s OFFSET %(offset)s;

-- name: alert_total
-- How many alerts a filter finds, however many of them are asked for.
SELECT count(*) AS total FROM alert
WHERE CASE %(state)s
          WHEN 'open' THEN handling <> 'done'
                           AND (silenced_until IS NULL OR silenced_until <= now())
          WHEN 'silenced' THEN handling <> 'done' AND silenced_until > now()
          WHEN 'done' THEN handling = 'done'
          ELSE true END
  AND (%(asset)s::text IS NULL OR asset = %(asset)s)
  AND (%(severity)s::text IS NULL OR severity = %(severity)s);

-- name: alert_counts
-- How many alerts of each kind there are in all; `open` and its parts are without the silenced.
SELECT count(*) FILTER (WHERE shown) AS open,
       count(*) FILTER (WHERE shown AND condition = 'firing') AS firing,
       count(*) FILTER (WHERE shown AND condition = 'cleared') AS cleared,
       count(*) FILTER (WHERE shown AND condition = 'cleared' AND handling <> 'new'
                              AND asks_verdict AND verdict IS NULL) AS awaiting_verdict,
       count(*) FILTER (WHERE NOT shown) AS silenced,
       (SELECT count(*) FROM alert WHERE handling = 'done') AS done,
       count(*) FILTER (WHERE shown AND severity = 'emergency') AS emergency,
       count(*) FILTER (WHERE shown AND severity = 'alarm') AS alarm,
       count(*) FILTER (WHERE shown AND severity = 'warning') AS warning,
       count(*) FILTER (WHERE shown AND severity = 'caution') AS caution
FROM (SELECT *, silenced_until IS NULL OR silenced_until <= now() AS shown
      FROM alert WHERE handling <> 'done') AS unfinished;

-- name: alert
-- One alert as it stands.
SELECT * FROM alert WHERE alert = %(alert)s;

-- name: alert_changes
-- Everything that happened to an alert, in its order.
SELECT * FROM alert_change WHERE alert = %(alert)s ORDER BY kafka_offset LIMIT %(limit)s;

-- name: is_there
-- Whether the database answers and is migrated.
SELECT count(*) AS migrations FROM migration;
