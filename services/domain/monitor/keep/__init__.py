"""The state of a partition as chunks of a checkpoint, and back."""
