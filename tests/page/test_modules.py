"""What the page's modules decide by themselves, in Node: no browser, no server."""

import json
import subprocess
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "services/api/page"


def run(script: str) -> Any:
    """What the script's `told` is, with the modules of the page as `./NAME.js`."""
    imports = "import * as own from './own_actions.js'; import * as queue from './queue.js';"
    text = f"{imports} {script}; console.log(JSON.stringify(told));"
    for module in ("own_actions", "queue"):
        text = text.replace(f"'./{module}.js'", f"'{(PAGE / module).as_uri()}.js'")
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", text], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


ALERT = "const alert = { alert: 'a/silence', rule: 'silence', handling: 'new', occurrences: 1 };"


def test_the_same_action_again_has_the_same_key_until_its_change_has_come() -> None:
    told = run(f"""{ALERT}
        const resolve = (verdict) => own.keyOf("resolve", alert, {{ actor: "ana", verdict }});
        const told = [resolve("true"), resolve("true"), resolve("expected")];
        queue.take({{ ...alert, change: "resolved", handling: "done", cause: told[0] }});
        told.push(resolve("true"))""")
    first, again, other, later = told
    assert first == again
    assert len({first, other, later}) == 3


def test_a_silence_for_the_same_span_a_little_later_has_the_same_key() -> None:
    told = run(f"""{ALERT}
        const until = (ms) => ({{ until: new Date(Date.now() + ms).toISOString() }});
        const told = [3600e3, 3610e3, 8 * 3600e3].map((ms) =>
          own.keyOf("silence", alert, until(ms)))""")
    assert told[0] == told[1] != told[2]
