-- The order of the alert queue, and what is counted of it.

-- The gravest first; a severity that nobody knows comes last.
CREATE FUNCTION severity_rank(severity text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE severity WHEN 'emergency' THEN 0 WHEN 'alarm' THEN 1
                         WHEN 'warning' THEN 2 WHEN 'caution' THEN 3 ELSE 4 END
$$;

DROP INDEX alert_open;
CREATE INDEX alert_queue ON alert
    ((condition = 'cleared'), severity_rank(severity), time DESC, alert COLLATE "C")
    WHERE handling <> 'done';
CREATE INDEX alert_done ON alert (time DESC, alert COLLATE "C") WHERE handling = 'done';
