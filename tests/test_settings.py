"""Settings: from the environment, else from a line that runs; a missing one says what to do."""

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


def test_a_running_line_is_found_and_the_environment_goes_before_it(tmp_path: Path) -> None:
    with announcing(SERVERS, tmp_path):
        assert Settings.from_environment({}).bootstrap_servers == "127.0.0.1:1"
        named = Settings.from_environment({"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:2"})
        assert named.bootstrap_servers == "127.0.0.1:2"
    assert announced_servers() == {}


def test_of_two_lines_the_newest_is_taken_with_a_word_or_the_one_that_is_chosen(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    newer = {**SERVERS, "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9"}
    with announcing(SERVERS, tmp_path / "a"):
        with announcing(newer, tmp_path / "b"):
            assert announced_servers() == newer
            assert f"2 lines run here, taking the newest, on {tmp_path / 'b'}" in caplog.text
            assert announced_servers(tmp_path / "a") == SERVERS
            assert announced_servers(tmp_path / "c") == {}
        assert announced_servers() == SERVERS


def test_only_its_user_can_read_the_announcement(runtime_folder: Path) -> None:
    with announcing(SERVERS, runtime_folder):
        (folder,) = runtime_folder.iterdir()
        (file,) = folder.iterdir()
        assert (folder.stat().st_mode | file.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"data_dir": 1, "servers": {}}'])
def test_a_torn_announcement_is_none(runtime_folder: Path, text: str) -> None:
    with announcing(SERVERS, runtime_folder):
        (file,) = runtime_folder.glob("*/*.json")
        file.write_text(text)
        assert announced_servers() == {}


def test_an_announcement_of_a_process_that_is_gone_is_none(runtime_folder: Path) -> None:
    with announcing(SERVERS, runtime_folder):
        (file,) = runtime_folder.glob("*/*.json")
        left = file.with_name("0-leftover.json")
        left.write_bytes(file.read_bytes())
    assert announced_servers() == {}
    assert not left.exists()


def test_a_folder_that_others_can_write_is_not_believed(runtime_folder: Path) -> None:
    with announcing(SERVERS, runtime_folder):
        (folder,) = runtime_folder.iterdir()
        folder.chmod(0o777)
        assert announced_servers() == {}
