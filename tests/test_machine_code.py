"""A start that has to compile for itself says so, and only such a one."""

import pytest

from services.domain import compiled
from services.machine_code import warn_if_not_kept


@pytest.mark.parametrize(
    ("kept", "plain", "warned"),
    [(False, False, True), (True, False, False), (False, True, False)],
)
def test_whoever_compiles_at_each_start_is_told(
    kept: bool,
    plain: bool,
    warned: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(compiled, "KEPT", kept)
    monkeypatch.setattr(compiled, "PLAIN", plain)
    warn_if_not_kept()
    assert ("LEASEWATCH_CACHE" in caplog.text) == warned
