"""The database of the line: its tables, its migrations and the queries of its readers."""
