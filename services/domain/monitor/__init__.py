"""The monitor of one partition: readings in, signals out; `core.MonitorCore` is its door."""
