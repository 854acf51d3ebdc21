"""The monitor: telemetry in, signals out, exactly once; the logic is services.domain.monitor."""
