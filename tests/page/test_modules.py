"""What the page's modules decide by themselves, in Node: no browser, no server."""

import json
import subprocess
from pathlib import Path
from typing import Any

from services.domain.lifecycle_views import object_state

PAGE = Path(__file__).parents[2] / "services/api/page"
MODULES = ("asset_state", "own_actions", "queue", "words")


def run(script: str) -> Any:
    """What the script's `told` is, where the modules of the page go by their names."""
    imports = [f"import * as {name} from '{(PAGE / name).as_uri()}.js';" for name in MODULES]
    text = f"{' '.join(imports)} {script}; console.log(JSON.stringify(told));"
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", text], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


ALERT = "const alert = { alert: 'a/silence', rule: 'silence', handling: 'new', occurrences: 1 };"


def test_the_same_action_again_has_the_same_key_until_its_change_has_come() -> None:
    told = run(f"""{ALERT}
        const resolve = (verdict) =>
            own_actions.commandKey("resolve", alert, {{ actor: "ana", verdict }});
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
          own_actions.commandKey("silence", alert, until(ms)))""")
    assert told[0] == told[1] != told[2]


def test_a_lease_is_in_force_whether_or_not_its_papers_name_everything() -> None:
    told = run("""const told = [
        { lease: { lessee: "Blue", lease: "L1" } }, { lease: { lease: "L1" } },
        { lease: null, object_state: "on lease" }, { lease: null, object_state: "awaiting lease" },
        ].map(asset_state.leaseWords)""")
    assert told == [
        "Leased to Blue · lease L1.", "Leased; to whom is not recorded · lease L1.",
        "On lease; which is not recorded.", "No lease in force.",
    ]  # fmt: skip


def test_every_object_state_has_its_other_name() -> None:
    stands = [("ORDERED", "NONE"), ("ACCEPTED", "ON_LEASE"), ("ACCEPTED", "NONE")]
    assert run("const told = Object.keys(words.OBJECT_STATES)") == [
        object_state(*state) for state in stands
    ]


def test_only_a_refusal_of_ones_own_action_is_told() -> None:
    told = run(f"""{ALERT}
        const key = own_actions.commandKey("acknowledge", alert, {{ actor: "ana" }});
        const told = ["of-a-colleague", key].map((cause) => {{
          queue.take({{ ...alert, change: "refused", note: "it is done", cause }});
          return queue.pending("a/silence") ?? null;
        }})""")
    assert told == [None, {"error": "Refused: it is done"}]
