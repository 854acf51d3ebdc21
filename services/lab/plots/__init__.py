"""Plots of the simulated world, with the ranges that it should keep to."""
