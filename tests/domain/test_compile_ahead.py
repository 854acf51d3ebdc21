"""What `services.monitor.compile` compiles is all that a monitor ever runs.

An array of another layout or one that is read-only would be compiled anew in the middle of the
work, for half a minute: after a restore, say, or when the state has grown.
"""

import os
import subprocess
import sys

import pytest

from services.folders import CHECKOUT

LIFE = """
import sys
from services.domain.monitor.core import MonitorCore
from services.monitor.compile import compile_ahead
from tests.domain.telemetry import reading, tick

def signatures():
    return {
        f"{module.__name__}.{name}": len(function.signatures)
        for module in list(sys.modules.values()) if module.__name__.startswith("services.domain")
        for name, function in vars(module).items() if hasattr(function, "nopython_signatures")
    }

def live(core, first):
    fleet = [f"{name}-{n}" for name in ("ship", "aircraft", "metro") for n in range(200)]
    values = [reading(asset, second, km=second / 9, sog_kn=9 + second % 3, odd=1.0)
              for second in range(first, first + 200, 20) for asset in fleet]
    values += [b"{", reading("ship-1", first + 200, asset_class="metro"), tick(first + 9_000)]
    for start in range(0, len(values), 700):
        part = values[start : start + 700]
        core.step(range(start, start + len(part)), part)

compile_ahead()
ahead = signatures()
core = MonitorCore(0)
live(core, 0)
live(MonitorCore.restore(0, core.snapshot()), 10_000)
core.step([], [])
assert len(ahead) > 20 and any(ahead.values())
print({name: now for name, now in signatures().items() if ahead.get(name) != now})
"""


@pytest.mark.slow
def test_nothing_is_compiled_after_the_set_up() -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    environ["PYTHONPATH"] = str(CHECKOUT)
    done = subprocess.run(
        [sys.executable, "-c", LIFE], env=environ, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "{}"
