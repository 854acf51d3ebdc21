"""Whatever fires, clears, is done to alerts and is killed: no alert and no verdict is ever lost."""

from collections import Counter
from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple, get_args

from hypothesis import given
from hypothesis import strategies as st

from schemas import AlertChange, Command, Fact, Signal
from schemas.alert import Verdict
from services.domain.alert_book import Alert
from services.domain.alert_rules import fires, policy_of
from services.domain.lifecycle_state import decode
from services.lifecycle.done import DoneAlerts
from services.partition import Output, StepResult
from tests.domain.lives import ASSET, command, day, fact, moved, signal
from tests.lifecycle.test_logic import new_logic, record

Given = Fact | Signal | Command

HOUR = 1 / 24
ACTIONS = ("acknowledge", "assign", "comment", "silence", "resolve", "resolve", "judge")
FIRING = ("opened", "repeated", "fired_again", "severity_raised")


class Step(NamedTuple):
    """One thing that happens; a command names the alert that opened `alert` openings ago."""

    what: str
    hours: float
    number: int
    alert: int
    verdict: Verdict | None


STEPS = st.builds(
    Step,
    what=st.sampled_from(["began", "began", "ended", "minute", "fact", "act", "act"]),
    hours=st.sampled_from([0.2, 2.0, 30.0]),
    number=st.integers(0, 6),
    alert=st.integers(0, 3),
    verdict=st.sampled_from([None, *get_args(Verdict)]),
)

CONDITIONS: tuple[dict[str, Any], ...] = (
    {"what": "silence"},
    {"what": "overspeed", "channel": "sog_kn"},
    {"what": "anomaly", "channel": "main_brg_degc", "detector": "limit/1"},
    {"what": "data_fault", "flaw": "frozen", "channel": "sog_kn"},
)


def message(step: Step, n: int, at: float, opened: Sequence[str]) -> Given:
    id = f"telemetry-0-{n}-0"
    match step.what:
        case "began" | "ended" as word:
            if step.number > 4:
                return moved(id, at, *(("AGROUND", "DRIFTING") if word == "began" else
                                       ("UNDER_WAY", "AGROUND")))  # fmt: skip
            what, *fields = CONDITIONS[step.number % 4].items()
            return signal(id, f"{what[1]}_{word}", at, **dict(fields))
        case "minute":
            return signal(id, "minute_summary", at)
        case "fact":
            kind = "rent_overdue" if step.number % 2 else "rent_paid"
            return fact(f"f{n}", kind, at, lease="LS-1")
    alert = opened[-1 - step.alert % len(opened)] if opened else "unknown/silence"
    return command(
        f"c{n}", ACTIONS[step.number], at, alert, note="x", assignee="Wu", until=day(at + 1),
        verdict=step.verdict,
    )  # fmt: skip


def live(steps: Sequence[Step]) -> tuple[list[Given], list[AlertChange], dict[bytes, bytes]]:
    """What is told, one by one and without a restart; what comes of it; the state topic."""
    logic, state, at = new_logic(), dict[bytes, bytes](), 1.0
    told: list[Given] = []
    changes: list[AlertChange] = []
    for n, step in enumerate(steps):
        at += step.hours * HOUR
        opened = [change.alert for change in changes if change.change == "opened"]
        told.append(message(step, n, at, opened))
        changes += alerts_of(write(state, logic.step([record(told[-1])])))
    return told, changes, state


def write(state: dict[bytes, bytes], result: StepResult) -> list[Output]:
    for key, value in result.state.items():
        if value is None:
            state.pop(key)
        else:
            state[key] = value
    return result.outputs


def alerts_of(outputs: Sequence[Output]) -> list[AlertChange]:
    return [
        AlertChange.model_validate_json(output.value)
        for output in outputs
        if output.topic == "alerts"
    ]


@given(st.lists(STEPS, min_size=1, max_size=40), st.lists(st.integers(1, 5), min_size=1))
def test_restarts_and_batches_change_nothing(steps: list[Step], cuts: list[int]) -> None:
    told, changes, state = live(steps)
    kept: dict[bytes, bytes] = {}
    outputs: list[Output] = []
    sizes = (cuts[n % len(cuts)] for n in count())
    while told:
        size = next(sizes)
        batch, told = told[:size], told[size:]
        restarted = new_logic()
        restarted.load(kept)
        outputs += write(kept, restarted.step([record(message) for message in batch]))
    assert alerts_of(outputs) == changes
    assert kept == state


@given(st.lists(STEPS, min_size=1, max_size=40))
def test_no_alert_and_no_verdict_is_lost(steps: list[Step]) -> None:
    told, changes, state = live(steps)
    assert len({change.id for change in changes}) == len(changes)
    newest = {change.alert: change for change in changes if change.change != "refused"}
    book = stored_book(state)
    assert newest.keys() == book.keys(), "each alert is kept once, open or done"
    for name, change in newest.items():
        assert stands(book[name]) == stands(change), name
    check_verdicts(told, changes)
    check_done(changes)
    firing = [m.id for m in told if isinstance(m, Signal) and fires(vars(m))]
    causes = Counter(change.cause for change in changes if change.change in FIRING)
    assert {cause: n for cause, n in causes.items() if cause in firing} == dict.fromkeys(firing, 1)
    answered = Counter(change.cause for change in changes if change.cause.startswith("c"))
    assert answered == Counter(m.id for m in told if isinstance(m, Command))


def stored_book(state: dict[bytes, bytes]) -> dict[str, Alert]:
    """Every alert in the state topic by its id; fails where one is kept twice."""
    logic = new_logic()
    logic.load(state)
    life = logic.lives.get(ASSET) or decode(b'{"asset": "%s"}' % ASSET.encode())
    done = DoneAlerts()
    done.load({key: value for key, value in state.items() if DoneAlerts.owns(key)})
    names = [key.decode().partition("/")[2] for key in state if DoneAlerts.owns(key)]
    found = [*life.alerts.values(), *(done.named(ASSET, name)[name] for name in names)]
    assert len({alert.alert for alert in found}) == len(found)
    assert all(alert.done for alert in found[len(life.alerts):])  # fmt: skip
    assert all(not a.done or a.condition == "firing" for a in life.alerts.values())
    return {alert.alert: alert for alert in found}


def stands(alert: Alert | AlertChange) -> tuple[Any, ...]:
    return alert.condition, alert.handling, alert.verdict, alert.severity, alert.occurrences


def check_verdicts(told: Sequence[Given], changes: Sequence[AlertChange]) -> None:
    """A verdict given is taken, whatever has become of the alert, and stays until the next."""
    opened: set[str] = set()
    verdicts: dict[str, Verdict | None] = {}
    given = {m.id: m for m in told if isinstance(m, Command) and m.kind in ("resolve", "judge")}
    for change in changes:
        if change.change == "opened":
            opened.add(change.alert)
        order = given.get(change.cause)
        if order is not None and order.verdict and order.alert in opened:
            assert change.change in ("resolved", "judged"), change.note
            verdicts[change.alert] = order.verdict
        if change.alert in opened:
            assert change.verdict == verdicts.get(change.alert)


def check_done(changes: Sequence[AlertChange]) -> None:
    """What asks for a verdict is done with one only; what is done stays so; it says what to do."""
    done: set[str] = set()
    for change in changes:
        if change.change == "refused":
            assert change.note and len(change.note.split()) > 4
            continue
        assert change.asks_verdict == policy_of(change.rule).asks_verdict
        if change.alert in done:
            assert change.handling == "done"
            assert change.change in ("judged", "repeated", "cleared")
        if change.handling == "done":
            assert change.verdict or not change.asks_verdict
            done.add(change.alert)
