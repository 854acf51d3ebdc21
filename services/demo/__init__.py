"""The whole line in one command: servers, services, a simulated fleet and a truthful report."""
