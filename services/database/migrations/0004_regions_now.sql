-- Who says what state a region is in now, in one place.

CREATE INDEX transition_by_telemetry ON transition (asset, region, kafka_offset DESC)
    WHERE region IN ('movement', 'visibility');

-- When the next transition that is told already becomes true: the row is due again then.
ALTER TABLE last_state ADD COLUMN next_change timestamptz;
CREATE INDEX last_state_next_change ON last_state (next_change) WHERE next_change IS NOT NULL;

-- The contract side of an asset's history as it stands: what was withdrawn does not count.
CREATE FUNCTION declared_transitions(of_asset text) RETURNS SETOF transition
LANGUAGE sql STABLE AS $$
    SELECT * FROM transition
    WHERE asset = of_asset AND region IN ('title', 'contract', 'employment', 'overlay')
      AND standing = 'in_force'
      AND NOT EXISTS (SELECT FROM transition AS newer WHERE newer.supersedes = transition.id)
$$;

-- The one transition that a region stands at, or none.  What telemetry told last holds, because the
-- clocks of two feeds differ; of what was declared, the latest that is true by now.  `feed_time` is
-- the now of a feed that runs ahead of the clock.
CREATE FUNCTION standing_transition(of_asset text, of_region text, feed_time timestamptz)
RETURNS SETOF transition LANGUAGE sql STABLE AS $$
    (SELECT * FROM transition
     WHERE asset = of_asset AND region = of_region AND region IN ('movement', 'visibility')
       AND standing = 'in_force'
       AND NOT EXISTS (SELECT FROM transition AS newer WHERE newer.supersedes = transition.id)
     ORDER BY kafka_offset DESC LIMIT 1)
    UNION ALL
    (SELECT * FROM declared_transitions(of_asset) AS declared
     WHERE region = of_region AND valid_from <= greatest(now(), feed_time, recorded_at)
     ORDER BY valid_from DESC, recorded_at DESC, kafka_offset DESC LIMIT 1)
$$;
