"""Settings: from the environment, else from a demo that runs; a missing one says what to do."""

import json
import os
from pathlib import Path

import pytest

from services.announcement import announced_servers, announcing
from services.settings import SettingError, Settings

SERVERS = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "DATABASE_URL": "postgresql://x@127.0.0.1/y"}


@pytest.fixture(autouse=True)
def runtime_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


def test_a_missing_server_is_one_sentence_with_the_way_out() -> None:
    with pytest.raises(SettingError, match=r"KAFKA_BOOTSTRAP_SERVERS is not set: .*demo"):
        Settings.from_environment({})


def test_a_number_that_is_none_names_its_setting() -> None:
    with pytest.raises(SettingError, match="LEASEWATCH_API_PORT is 'x'"):
        Settings.from_environment({**SERVERS, "LEASEWATCH_API_PORT": "x"})


def test_a_running_demo_is_found_and_the_environment_goes_before_it() -> None:
    with announcing(SERVERS):
        assert Settings.from_environment({}).bootstrap_servers == "127.0.0.1:1"
        named = Settings.from_environment({"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:2"})
        assert named.bootstrap_servers == "127.0.0.1:2"
    assert announced_servers() == {}


def test_only_its_user_can_read_the_announcement(runtime_folder: Path) -> None:
    with announcing(SERVERS):
        (file,) = runtime_folder.iterdir()
        assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": "x", "servers": {}}', '{"pid": 1}'])
def test_a_torn_announcement_is_none(runtime_folder: Path, text: str) -> None:
    (runtime_folder / f"leasewatch-{os.getuid()}.json").write_text(text)
    assert announced_servers() == {}


def test_an_announcement_of_a_process_that_is_gone_is_none(runtime_folder: Path) -> None:
    told = json.dumps({"pid": 2**22 + 1, "servers": SERVERS})
    (runtime_folder / f"leasewatch-{os.getuid()}.json").write_text(told)
    assert announced_servers() == {}
