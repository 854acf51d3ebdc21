"""schemathesis: whatever is sent to the API, what it answers is what its own document says.

Run by test_documented.py against the API whose address is in the environment. Not under test here
is the stream of events, which never ends (test_events.py, test_http.py).
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from schemas.messages import EARLIEST, LATEST
from services.api.app import create_app
from services.settings import Settings

ADDRESS = "LEASEWATCH_DOCUMENTED_API"

ASSET, ALERT = "ship-1", "new/overspeed"

# other seeds and more examples by hand: set SCHEMATHESIS_SEED and _EXAMPLES
SEED = int(os.environ.get("SCHEMATHESIS_SEED", "8"))
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "25"))

CONFIG = schemathesis.Config.from_dict(
    {
        "seed": SEED,
        "generation": {"mode": "all", "database": "none", "allow-x00": True},
        "phases": {"coverage": {"generate-duplicate-query-parameters": True}},
    }
)
API = schemathesis.openapi.from_dict(
    create_app(Settings("nowhere:9092", "postgresql://nobody@nowhere/none")).openapi(),
    config=CONFIG,
)
# years that the schema's pattern would mostly throw away are not drawn at all
_BOUNDS = [time.replace(tzinfo=None) for time in (EARLIEST, LATEST)]
schemathesis.openapi.format(
    "date-time", st.datetimes(*_BOUNDS, timezones=st.just(UTC)).map(datetime.isoformat)
)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A client of the API that runs already."""
    with httpx.Client(base_url=os.environ[ADDRESS], timeout=60) as client:
        yield client


@API.exclude(path="/api/events").parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_documented(case: schemathesis.Case[Any], client: httpx.Client) -> None:
    if case.meta is not None and case.meta.generation.mode.is_positive:
        keep_the_rules(case)
    case.call_and_validate(base_url=str(client.base_url))


def keep_the_rules(case: schemathesis.Case[Any]) -> None:
    """Of a well-formed request: what no schema can say, and in every other one what exists."""
    query, body, path = case.query or {}, case.body, case.path_parameters or {}
    if query.get("from", "") > query.get("to", "~"):
        query["from"], query["to"] = query["to"], query["from"]
    if len(query.get("id", "")) % 2:
        query["id"] = ALERT
    if len(path.get("asset", "")) % 2:
        path["asset"] = ASSET
    if isinstance(body, dict):
        if "until" in body:
            body["until"] = "2199-12-30T00:00:00Z"
        if len(str(body["actor"])) % 2:
            body |= {"asset": ASSET, "alert" if "alert" in body else "proposal": ALERT}
