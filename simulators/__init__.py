"""A seeded world of ships, aircraft and metro trains; it imports `schemas` only."""
