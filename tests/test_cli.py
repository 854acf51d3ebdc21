"""An expected error is one sentence, whatever the command."""

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaError, ProducerFenced

from services import cli
from tests.command import Command


@pytest.mark.parametrize("address", ["tcp://host:abc", "tcp://host:99999", "tcp://[::1", "tcp:"])
def test_an_address_that_cannot_be_read_is_a_usage_error(address: str, command: Command) -> None:
    done = command("ingest", "ais", address)
    assert done.returncode == 2
    assert "write tcp://HOST:PORT" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "error",
    [KafkaError(), ProducerFenced(), KafkaConnectionError("no broker"), ConnectionResetError()],
)
def test_kafka_that_goes_away_is_a_sentence(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit, match="2"):
        cli.main()
    said = capsys.readouterr().err
    assert said.startswith("leasewatch: Kafka went away: ")
    assert said.endswith(". Run the same command again: it goes on where it stopped.\n")
