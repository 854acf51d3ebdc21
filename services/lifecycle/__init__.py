"""Keeps every asset's lifecycle and alert book: facts, signals and commands in, alerts out."""
