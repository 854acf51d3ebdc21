"""The whole line on one machine, under a supervisor: what `leasewatch up` and `demo` share."""
