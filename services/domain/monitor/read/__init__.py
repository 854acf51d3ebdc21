"""Records of telemetry to a batch of rows in columns."""
