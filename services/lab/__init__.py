"""The laboratory: a simulated fleet, watched by the real cores, judged by the truth."""
