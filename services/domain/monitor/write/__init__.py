"""The kernel's rows of numbers to signals as JSON."""
