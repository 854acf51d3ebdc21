"""What the kernel asks of every reading, one concern a file; `step` says in which order."""
