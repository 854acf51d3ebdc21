"""The exported schemas are those of the code, and no change breaks those who rely on them."""

import copy

import pytest

from schemas.export import (
    GENERATED,
    broken_promises,
    documents,
    incompatibilities,
    json_schema,
    render,
)
from schemas.fact import Fact
from schemas.topics import TOPICS


def test_generated_files_are_those_of_the_code() -> None:
    on_disk = {path.name: path.read_text() for path in GENERATED.glob("*.json")}
    assert on_disk == {name: render(document) for name, document in documents().items()}, (
        "run `python -m schemas.export` and commit schemas/generated"
    )


def test_the_code_keeps_what_the_committed_schemas_promise() -> None:
    assert broken_promises() == []


def test_every_topic_with_messages_is_a_channel() -> None:
    channels = documents()["asyncapi.json"]["channels"]
    assert set(channels) == {topic.name for topic in TOPICS.values() if topic.messages}


def _changed(edit: str) -> list[str]:
    old = json_schema(Fact)
    new = copy.deepcopy(old)
    properties = new["properties"]
    if edit == "removed":
        del properties["lease"]
    elif edit == "type":
        properties["lease"] = {"type": "integer"}
    elif edit == "time":
        properties["valid_from"]["format"] = "date"
    elif edit == "required":
        new["required"].append("lease")
    elif edit == "value":
        properties["kind"]["enum"].remove("sold")
    elif edit == "new required":
        properties["vault"] = {"type": "string"}
        new["required"].append("vault")
    elif edit == "new optional":
        properties["vault"] = {"type": "string", "default": ""}
        properties["kind"]["enum"].append("painted")
    return incompatibilities(old, new)


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        ("removed", "Fact.lease was removed"),
        ("type", "Fact.lease changed its type"),
        ("time", "Fact.valid_from changed its type"),
        ("required", "Fact.lease became required"),
        ("value", "Fact.kind no longer allows 'sold'"),
        ("new required", "Fact.vault became required"),
    ],
)
def test_an_incompatible_change_is_refused_with_a_sentence(edit: str, sentence: str) -> None:
    (told,) = _changed(edit)
    assert told.startswith(sentence)


def test_new_optional_fields_and_new_values_are_compatible() -> None:
    assert _changed("new optional") == []
