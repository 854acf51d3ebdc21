"""The name of a worker: the lowest that is free, given back when it ends."""

import tempfile
from pathlib import Path

import pytest

from services.partition.instance import instance_id
from services.settings import SettingError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_lowest_number_that_nobody_holds() -> None:
    with instance_id("monitor") as first, instance_id("monitor") as second:
        assert (first[-2:], second[-2:]) == ("-0", "-1")
    with instance_id("monitor") as again:
        assert again == first


def test_without_a_lock_file_there_is_a_sentence(folder: Path) -> None:
    (folder / "leasewatch-monitor-0.lock").mkdir()
    said = r"lock cannot be opened \(.*TMPDIR"
    with pytest.raises(SettingError, match=said), instance_id("monitor"):
        pass


def test_an_error_of_the_service_comes_out_as_it_is() -> None:
    with pytest.raises(ConnectionResetError, match="broken"), instance_id("monitor"):
        raise ConnectionResetError("broken")
