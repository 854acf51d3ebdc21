-- What the readers look things up by; measured: an index of its own for each question, no more.

CREATE INDEX signal_asset_time ON signal (asset, time DESC);
CREATE INDEX asset_minute_asset_time ON asset_minute (asset, time DESC);
CREATE INDEX fact_asset ON fact (asset, valid_from DESC);
CREATE INDEX transition_asset ON transition (asset, region, valid_from DESC);
CREATE INDEX transition_supersedes ON transition (supersedes) WHERE supersedes IS NOT NULL;
CREATE INDEX alert_change_alert ON alert_change (alert, kafka_offset);
CREATE INDEX alert_asset ON alert (asset, time DESC);
CREATE INDEX alert_open ON alert (time DESC) WHERE handling <> 'done';
CREATE INDEX alert_time ON alert (time DESC);
CREATE INDEX alert_lessee ON alert (lessee, opened_at DESC);
