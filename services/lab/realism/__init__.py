"""How like real recordings the simulated world is, figure by figure, side by side."""
