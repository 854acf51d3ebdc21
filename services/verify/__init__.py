"""Counts what is in Kafka and what is in the database, and says what was lost or repeated."""
