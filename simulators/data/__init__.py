"""Data files of the simulators and the script that makes them."""
