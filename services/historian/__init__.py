"""Writes everything that the line says into the database, once and whole."""
