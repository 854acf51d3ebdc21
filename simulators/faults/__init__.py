"""What goes wrong, and the truth about it."""
