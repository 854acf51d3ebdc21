"""No command makes an asset: through the lifecycle's and the historian's own logic."""

import pytest

from schemas import AlertChange
from services.database.migrate import migrate
from services.historian.sink import Sink
from services.lifecycle.logic import LifecycleLogic
from services.lifecycle.service import lifecycle_line
from services.partition import RecordCopy
from tests.domain.lives import ASSET, command, signal
from tests.historian.records import rows, told

pytestmark = pytest.mark.servers


def test_what_a_command_for_nobody_leads_to_makes_no_asset(database: str) -> None:
    migrate(database)
    logic = LifecycleLogic(lifecycle_line("nowhere:9092"))
    acknowledge = command("c1", "acknowledge", 1, "nobody/silence")
    began = signal("telemetry-0-1-0", "silence_began", 2)
    records = [
        RecordCopy("commands", 0, 0, 0, ASSET.encode(), acknowledge.to_json()),
        RecordCopy("signals", 0, 0, 0, ASSET.encode(), began.to_json()),
    ]
    refused, opened = (
        [AlertChange.model_validate_json(out.value) for out in outputs if out.topic == "alerts"]
        for outputs in (logic.step([one]).outputs for one in records)
    )
    assert [change.change for change in (*refused, *opened)] == ["refused", "opened"]
    sink = Sink(database)
    sink.take_over([("alerts", 0)])
    sink.write(told(refused, "alerts"))
    assert rows(database, "SELECT change FROM alert_change") == [("refused",)]
    for table in ("asset", "last_state", "alert"):
        assert rows(database, f"SELECT count(*) FROM {table}") == [(0,)], table
    sink.write(told(opened, "alerts", first=1))
    assert rows(database, "SELECT asset, asset_class FROM asset") == [(ASSET, "ship")]
    sink.close()
