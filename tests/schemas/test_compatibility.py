"""The exported schemas are those of the code, and no change breaks those who rely on them."""

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from schemas.export import GENERATED, documents, incompatibilities, json_schema, render
from schemas.fact import Fact
from schemas.topics import TOPICS

_SCHEMAS = sorted(name for name in documents() if name.endswith(".schema.json"))


def test_generated_files_are_those_of_the_code() -> None:
    on_disk = {path.name: path.read_text() for path in GENERATED.glob("*.json")}
    assert on_disk == {name: render(document) for name, document in documents().items()}, (
        "run `python -m schemas.export` and commit schemas/generated"
    )


@pytest.mark.parametrize("name", _SCHEMAS)
def test_no_change_is_incompatible_with_the_committed_schema(name: str) -> None:
    committed = _committed(name)
    if committed is None:
        pytest.skip("there is no committed version of this schema to compare with")
    assert incompatibilities(committed, documents()[name]) == []


def _committed(name: str) -> dict[str, Any] | None:
    root = Path(__file__).parents[2]
    shown = subprocess.run(
        ["git", "show", f"HEAD:schemas/generated/{name}"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    return json.loads(shown.stdout) if shown.returncode == 0 else None


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
