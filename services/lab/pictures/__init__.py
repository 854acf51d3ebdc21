"""Pictures of single cases: what was reported around a fault or a false alarm."""
