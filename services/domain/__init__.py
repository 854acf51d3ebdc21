"""All that decides: pure, no I/O, no clock; tested as timelines."""
