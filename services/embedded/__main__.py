"""`python -m services.embedded`: fetch and build once what the embedded servers need."""

import sys

from services.embedded.errors import EmbeddedServerError
from services.embedded.kafka import prepare_kafka

try:
    prepare_kafka()
except EmbeddedServerError as error:
    sys.exit(str(error))
