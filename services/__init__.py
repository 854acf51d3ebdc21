"""The parts of the line, each a package; what they decide is in `services.domain`."""
