"""The messages as JSON Schema and the topics as AsyncAPI 3.0, for programs in other languages.

`python -m schemas.export` rewrites `schemas/generated/`, whose committed state is what consumers
rely on: `incompatibilities` says in sentences what a change would break for them.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from schemas.messages import SCHEMA_VERSION, Message
from schemas.topics import TOPICS, Topic

GENERATED = Path(__file__).parent / "generated"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"

Json = dict[str, Any]


def documents() -> dict[str, Json]:
    """Every generated file by its name."""
    schemas = {f"{model.__name__}.schema.json": json_schema(model) for model in _messages()}
    return {**schemas, "asyncapi.json": asyncapi()}


def json_schema(model: type[Message]) -> Json:
    """The JSON Schema of one message as it stands in Kafka."""
    return {"$schema": _DIALECT, **model.model_json_schema(mode="validation")}


def asyncapi() -> Json:
    """The topic table as an AsyncAPI document; payloads refer to the schema files beside it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Leasewatch",
            "version": str(SCHEMA_VERSION),
            "description": "Topics of the line; JSON, UTF-8, one object a message.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in TOPICS.values() if topic.messages},
        "operations": {
            f"receive-{topic.name}": _operation(topic)
            for topic in TOPICS.values()
            if topic.messages
        },
        "components": {"messages": {model.__name__: _message(model) for model in _messages()}},
    }


def _messages() -> list[type[Message]]:
    return list(dict.fromkeys(model for topic in TOPICS.values() for model in topic.messages))


def _span(retention: timedelta) -> str:
    return f"{retention.days} days" if retention.days else f"{retention.seconds // 3600} hours"


def _channel(topic: Topic) -> Json:
    retention = "for ever" if topic.retention is None else _span(topic.retention)
    return {
        "address": topic.name,
        "description": f"{topic.summary}; key: {topic.key}; kept {retention}",
        "messages": {
            model.__name__: {"$ref": f"#/components/messages/{model.__name__}"}
            for model in topic.messages
        },
        "bindings": {"kafka": {"topic": topic.name, "partitions": topic.partitions}},
    }


def _operation(topic: Topic) -> Json:
    return {"action": "receive", "channel": {"$ref": f"#/channels/{topic.name}"}}


def _message(model: type[Message]) -> Json:
    name = model.__name__
    return {
        "name": name,
        "summary": (model.__doc__ or name).strip().splitlines()[0],
        "payload": {"$ref": f"./{name}.schema.json"},
    }


def incompatibilities(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What the schema `new` breaks for those who know `old`, a sentence each; pure.

    Incompatible: a field removed, its type changed, an optional field made required, a required one
    added, a value of an enumeration removed.
    """
    return list(_incompatibilities(old, new))


def _incompatibilities(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    title = old.get("title", "the message")
    fields, now = old.get("properties", {}), new.get("properties", {})
    for name, field in fields.items():
        if name not in now:
            yield f"{title}.{name} was removed: keep it, as an optional field if need be."
            continue
        if _types(field) - _types(now[name]):
            yield f"{title}.{name} changed its type: add a field of another name instead."
        for value in sorted(_values(field) - _values(now[name])) if _values(now[name]) else ():
            yield f"{title}.{name} no longer allows {value!r}: old messages hold it."
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{title}.{name} became required: old messages lack it, so give it a default."


def _options(field: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(field.get("anyOf", [field]))


def _types(field: Mapping[str, Any]) -> set[str]:
    """Kinds of value, the format of a string being part of it."""
    return {f"{o.get('type')}/{o.get('format', '')}" for o in _options(field)}


def _values(field: Mapping[str, Any]) -> set[str]:
    listed = [value for option in _options(field) for value in option.get("enum", ())]
    return {*listed, *(o["const"] for o in _options(field) if "const" in o)}


def broken_promises() -> list[str]:
    """The incompatibilities of the code with the generated files as they stand."""
    new = documents()
    known = [path for path in sorted(GENERATED.glob("*.schema.json")) if path.name in new]
    return [
        sentence
        for path in known
        for sentence in incompatibilities(json.loads(path.read_text()), new[path.name])
    ]


def render(document: Json) -> str:
    """The text of a generated file."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Rewrites the generated files; refuses what would break those who rely on them."""
    if refused := broken_promises():
        sys.exit("\n".join(refused))
    GENERATED.mkdir(exist_ok=True)
    for name, document in documents().items():
        (GENERATED / name).write_text(render(document))


if __name__ == "__main__":
    main()
