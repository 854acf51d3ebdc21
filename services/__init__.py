"""The parts of the line, each a package; what they decide is in `services.domain`."""

from services.folders import keep_compiled_code

keep_compiled_code()
