"""Takes readings in: one pure decoder a protocol, one exactly-once publisher, thin shells."""
