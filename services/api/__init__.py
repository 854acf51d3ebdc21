"""HTTP for the operations page and for other programs: JSON, server-sent events, OpenAPI."""
