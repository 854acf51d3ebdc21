"""The world of the first demo; `simulators.world` replaces it."""
