"""The lifecycle of a partition, record by record, without a broker."""

from schemas import AlertChange, Command, Fact, Message, Signal
from services.domain.alert_commands import KEPT_DONE
from services.lifecycle.logic import LifecycleLogic
from services.lifecycle.service import lifecycle_line
from services.partition import RecordCopy, StepResult
from tests.domain.lives import ASSET, command, day, delivered_life, fact, moved, signal

TOPICS = {Fact: "facts", Signal: "signals", Command: "commands"}


def record(message: Message, offset: int = 0) -> RecordCopy:
    topic = TOPICS[type(message)]
    return RecordCopy(topic, 0, offset, 0, ASSET.encode(), message.to_json())


def new_logic() -> LifecycleLogic:
    return LifecycleLogic(lifecycle_line("nowhere:9092"))


def test_a_confirmed_fact_goes_out_and_is_nothing_new_when_it_comes_back() -> None:
    logic, yard = new_logic(), {"zone": "Y1", "zone_kind": "yard"}
    proposal = "telemetry-0-3-0/employment/proposal:maintenance"
    messages = [
        *delivered_life(),
        signal("telemetry-0-1-0", "zone_entered", 49, **yard),
        moved("telemetry-0-2-0", 50, "AT_ANCHOR"),
        signal("telemetry-0-3-0", "minute_summary", 51),
        command("c1", "confirm", 52, proposal),
    ]
    result = logic.step([record(message) for message in messages])
    (published,) = [output for output in result.outputs if output.topic == "facts"]
    assert (published.key, Fact.model_validate_json(published.value).id) == (ASSET.encode(), "c1")
    come_back = RecordCopy("facts", 0, 9, 0, published.key, published.value)
    assert logic.step([come_back]) == ([], {})


def test_a_minute_wakes_a_fact_declared_ahead_and_is_read_no_further_otherwise() -> None:
    logic = new_logic()
    minutes = [record(signal(f"telemetry-0-{n}-0", "minute_summary", n)) for n in (88, 89, 90, 91)]
    ahead = fact("f7", "redelivered", 90, told=60)
    logic.step([record(message) for message in (*delivered_life(), ahead)])
    first, early, due, late = (logic.step([minute]) for minute in minutes)
    assert (first.outputs, logic.lives[ASSET].terms.read) == ([], True)
    assert early == late == ([], {})
    assert {output.topic for output in due.outputs} == {"transitions"}
    assert logic.lives[ASSET].regions.contract == "OFF_LEASE"


def test_a_minute_is_read_no_further_until_the_counter_or_a_deadline_asks_for_it() -> None:
    logic = new_logic()
    cover = fact("i1", "insured", 40, until=day(60))
    logic.step([record(message) for message in (*delivered_life(), cover)])

    def step(at: float, hours: float) -> StepResult:
        evidence = {"me_hours": hours, "movement": "UNDER_WAY"}
        id = f"telemetry-0-{round(at * 1440)}-0"
        return logic.step([record(signal(id, "minute_summary", at, evidence=evidence))])

    assert step(41, 1_000.0).state, "its papers are read, its counter is noted"
    assert step(41.01, 1_000.2) == ([], {})
    grown = step(41.02, 1_000.5)
    assert (grown.outputs, grown.state != {}) == ([], True)
    assert step(41.03, 1_000.7) == step(60 - 0.01, 1_000.9) == ([], {})
    (alert,) = step(60, 1_000.9).outputs
    assert AlertChange.model_validate_json(alert.value).rule == "insurance"
    assert step(60.01, 1_000.9) == ([], {})


def test_a_command_makes_no_life() -> None:
    logic = new_logic()
    told_twice = [record(command("c1", "acknowledge", 1, "nobody/silence")) for _ in range(2)]
    result = logic.step(told_twice)
    changes = [AlertChange.model_validate_json(output.value) for output in result.outputs]
    assert {(change.change, change.cause) for change in changes} == {("refused", "c1")}
    assert result.state == {}
    assert logic.lives == {}


def test_a_command_on_a_known_asset_is_answered_once() -> None:
    logic = new_logic()
    logic.step([record(message) for message in delivered_life()])
    twice = [record(command("c1", "acknowledge", 60, "nobody/silence")) for _ in range(2)]
    assert len(logic.step(twice).outputs) == 1
    assert logic.lives[ASSET].commands == ("c1",)


def test_what_is_done_has_a_record_of_its_own_until_a_hundred_newer_ones_are_done() -> None:
    logic, written = new_logic(), dict[bytes, bytes | None]()
    sizes = []
    for n in range(KEPT_DONE + 1):
        began, ended = (
            signal(f"telemetry-0-{n}-{k}", f"silence_{word}", n + 1)
            for k, word in enumerate(("began", "ended"))
        )
        alert = f"{began.id}/silence"
        judged = command(f"c{n}", "resolve", n + 1, alert, verdict="true")
        state = logic.step([record(message) for message in (began, ended, judged)]).state
        sizes.append(len(state[ASSET.encode()] or b""))
        assert f"{ASSET}/{alert}".encode() in state
        written |= state
    assert sizes[-1] < 2 * sizes[KEPT_DONE // 2], "the asset's own record does not grow by them"
    gone = [key for key, value in written.items() if value is None]
    assert gone == [f"{ASSET}/telemetry-0-0-0/silence".encode()]
    logic.load({key: value for key, value in written.items() if value is not None})
    corrected = command("x", "judge", 999, "telemetry-0-1-0/silence", verdict="expected")
    (change,) = logic.step([record(corrected)]).outputs
    assert AlertChange.model_validate_json(change.value).verdict == "expected"


def test_an_unreadable_record_of_what_is_done_strands_nobody() -> None:
    logic = new_logic()
    logic.load({f"{ASSET}/x/silence".encode(): b"{", b"\xff/y": b"{}"})
    began = signal("telemetry-0-1-0", "silence_began", 1)
    judged = command("c1", "judge", 2, "x/silence", verdict="true")
    outputs = logic.step([record(began), record(judged)]).outputs
    told = [output.value for output in outputs if output.topic == "alerts"]
    changes = [AlertChange.model_validate_json(value) for value in told]
    assert [change.change for change in changes] == ["opened", "refused"]
